import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Failure } from './failure.ts';
import { faultFields, log } from './log.ts';
import { openLog, readLog } from './logged.ts';
import { lineOf, readLine, type LogFields } from './logLine.ts';

const at = new Date('2026-11-28T09:30:00Z');
/** What a careless caller might hand over: a name, an NHS number as text and as a number, an address, a token, a title. */
const personal = ['Sam Testperson', 'Testperson', 'TESTPERSON', '999 000 0026', '9990000026', 9_990_000_026, 'https://practice.example/fhir/Patient/7', 'eyJhbGciOi.J9', 'Knee pain, second call', '1984-07-02', ['Sam'], { name: 'Sam' }];
const fields = ['code', 'errorName', 'errno', 'httpStatus', 'why', 'step', 'method', 'count', 'kilobytes', 'milliseconds', 'version', 'patient', '__proto__', 'at', 'event', 'unfit'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-'));
  openLog(join(folder, 'app.log'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('no field takes anything of a person, whatever the compiler was told', () => {
  for (const field of fields) {
    for (const value of personal) {
      const given = JSON.parse(JSON.stringify({ [field]: value })) as LogFields;
      expect(lineOf(at, 'fault', given)).toEqual({ at: at.toISOString(), event: 'fault', unfit: 1 });
    }
  }
});

test('no line that was changed on the disk is read back with anything of a person in it', () => {
  const whole = { at: at.toISOString(), event: 'fault' };
  expect(readLine(JSON.stringify(whole))).toEqual(whole);
  for (const field of fields) {
    for (const value of personal) expect(readLine(`{"at":${JSON.stringify(whole.at)},"event":"fault",${JSON.stringify(field)}:${JSON.stringify(value)}}`)).toBeNull();
  }
  for (const text of ['', 'null', '[]', '"Sam Testperson"', 'Sam Testperson', '{"event":"fault"}', '{"at":"2026-11-28T09:30:00.9990000026Z","event":"fault"}', '{"at":"2026-11-28T09:30:00.000Z","event":"Sam Testperson"}']) expect(readLine(text)).toBeNull();
});

test('what is written is what is read, and a line that does not fit is counted and not shown', () => {
  log('sync', { count: 12, milliseconds: 340 });
  log('refused', { method: 'openRecording', code: 'practice-unreachable', httpStatus: 407, why: 'proxy' });
  appendFileSync(join(folder, 'app.log'), '{"at":"2026-11-28T09:30:00.000Z","event":"fault","note":"Sam Testperson"}\n');
  log('started', { version: '0.1.0' });
  const { lines, dropped } = readLog(10);
  expect(lines.map(({ at: when, ...rest }) => ({ ...rest, dated: Number.isFinite(Date.parse(when)) }))).toEqual([
    { event: 'sync', count: 12, milliseconds: 340, dated: true },
    { event: 'refused', method: 'openRecording', code: 'practice-unreachable', httpStatus: 407, why: 'proxy', dated: true },
    { event: 'started', version: '0.1.0', dated: true },
  ]);
  expect(dropped).toBe(1);
  expect(readFileSync(join(folder, 'app.log'), 'utf8')).toContain('"method":"openRecording"');
});

test.each([
  ['a class of its own', Object.assign(new Error('Sam Testperson'), { name: 'Testperson' }), { errorName: 'other' }],
  ['a system’s code', Object.assign(new Error('no space for Sam Testperson'), { code: 'ENOSPC' }), { errorName: 'Error', errno: 'ENOSPC' }],
  ['a code that is none', Object.assign(new Error('x'), { code: 'TESTPERSON' }), { errorName: 'Error' }],
  ['text that was thrown', 'Sam Testperson', { errorName: 'string' }],
  ['a network error of Chromium’s', new Error('net::ERR_NAME_NOT_RESOLVED'), { errorName: 'Error', errno: 'ERR_NAME_NOT_RESOLVED' }],
  ['a failure, with what it failed of', new Failure('practice-unreachable', 'no answer', { why: 'proxy', status: 407, name: 'Sam Testperson' }, { cause: new TypeError('x', { cause: Object.assign(new Error('y'), { code: 'ECONNRESET' }) }) }), { errorName: 'TypeError', errno: 'ECONNRESET', httpStatus: 407, why: 'proxy' }],
  ['a failure alone', new Failure('locked', 'vault is locked'), { errorName: 'Failure' }],
])('of %s there are kind and codes, and no text', (_what, thrown, expected) => {
  expect(faultFields(thrown)).toEqual(expected);
  expect(lineOf(at, 'fault', faultFields(thrown))).toEqual({ at: at.toISOString(), event: 'fault', ...expected });
});

test('keeps what came before there was a file, and no more than a little of it', async () => {
  vi.resetModules();
  const { log, logTo } = await import('./log.ts');
  for (let n = 0; n < 30; n += 1) log('renderer-gone', { count: n });
  const written: unknown[] = [];
  logTo((event, fields) => written.push([event, fields.count]));
  log('started');
  expect(written).toEqual([...Array.from({ length: 20 }, (_, n) => ['renderer-gone', n]), ['started', undefined]]);
});
