/** The bundle after a busy session: nothing of a patient, a person, a server or a recording is in it, and a search that can fail says so. */
import { appendFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DocumentReference, Patient } from '@medplum/fhirtypes';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findCanaries } from '../../../../e2e/harness/canary.ts';
import { practiceForTests } from '../../../../practice/testing/fixture.ts';
import { Failure } from '../../platform/failure.ts';
import { log } from '../../platform/log.ts';
import { openLog } from '../../platform/logged.ts';
import { showProblem } from '../arrive.ts';
import { fetchCopy } from '../fetchCopy.ts';
import { TestDesk, WINDOW } from '../journeys.fixture.ts';
import { lock } from '../lock.ts';
import { Rhythm } from '../rhythm.ts';
import { syncWorklist } from '../sync.ts';
import { openRecording } from '../watch.ts';
import { supportBundle } from './bundle.ts';
import { healthHandlers } from './handlers.ts';

const practice = practiceForTests();
const nothing = () => undefined;
let at: TestDesk;
let path: string;
beforeEach(() => {
  at = new TestDesk(practice.get());
  path = join(at.profile, 'logs', 'app.log');
  openLog(path);
});
afterEach(() => {
  vi.restoreAllMocks();
  at.remove();
});

/** Everything that a bundle must not hold, of everybody the demo practice knows. */
async function canaries(): Promise<string[]> {
  const { repo, url, people, fhirBase } = practice.get();
  const patients = await repo.all<Patient>('Patient');
  const recordings = await repo.all<DocumentReference>('DocumentReference');
  return [...new Set([
    ...patients.flatMap(({ id, name, identifier, birthDate }) => [`Patient/${id}`, ...(name ?? []).flatMap(({ family, given }) => [family, ...(given ?? []), `${given?.[0]} ${family}`]), ...(identifier ?? []).map(({ value }) => value), birthDate]),
    ...recordings.flatMap(({ id, description, content }) => [`DocumentReference/${id}`, description, ...content.flatMap(({ attachment }) => [attachment.title, attachment.hash])]),
    ...people.flatMap(({ name, sdsUserId, password, practitionerId }) => [name, sdsUserId, password, `Practitioner/${practitionerId}`]),
    url, new URL(url).host, fhirBase, at.desk.site.practice.name, at.desk.site.support.contact, at.desk.site.clientId,
  ].filter((text): text is string => text !== undefined && text.length >= 8))];
}

/** Signs in, syncs, opens, is refused, loses the line, fails in ways that carry names, and locks. */
async function busySession(): Promise<void> {
  const vault = await at.enter('ada');
  const rhythm = new Rhythm(at.desk);
  await syncWorklist(at.desk);
  const row = vault.library.assignment(at.rowOf('task-01'))!;
  await fetchCopy(at.desk, row, nothing);
  await openRecording(at.desk, WINDOW, row.rowId, nothing);
  at.broken = /Task/;
  await rhythm.sync();
  at.broken = null;
  await rhythm.sync();
  const name = (await practice.get().repo.all<Patient>('Patient'))[0]?.name?.[0]?.family ?? '';
  expect(name.length).toBeGreaterThan(2);
  log('fault', { errorName: name, errno: name.toUpperCase(), count: 9_990_000_026, note: name } as never);
  await lock(at.desk, new Failure('locked', name, { name }));
  showProblem(at.desk, new Failure('practice-error', name, { status: 500, name }, { cause: Object.assign(new Error(name), { name, code: name.toUpperCase() }) }), null);
}

it('holds nothing of a patient, a person, a recording or a server, nor does the log', async () => {
  await busySession();
  const wanted = await canaries();
  expect(wanted.length).toBeGreaterThan(40);
  const folder = join(at.profile, 'looked-at');
  mkdirSync(folder);
  const { text, lines } = await supportBundle(at.desk);
  expect(lines).toBeGreaterThan(5);
  for (const event of ['opened', 'sealed', 'refused', 'sync', 'locked', 'problem']) expect(text).toContain(`"event":"${event}"`);
  writeFileSync(join(folder, 'bundle.json'), text);
  for (const name of readdirSync(join(at.profile, 'logs'))) writeFileSync(join(folder, name), readFileSync(join(at.profile, 'logs', name)));
  expect(await findCanaries([folder], wanted)).toEqual([]);
  // No number that an NHS number fits into.
  expect(text).not.toMatch(/\d{10}/);
  // The search finds what is there: each of what it looks for, written into the bundle.
  writeFileSync(join(folder, 'bundle.json'), text.replace('"log": [', `"log": [ ${JSON.stringify(wanted.join(' '))},`));
  expect(new Set((await findCanaries([folder], wanted)).map(({ canary }) => canary))).toEqual(new Set(wanted));
});

it('drops a line of the log that somebody changed, and says how many', async () => {
  log('started', { version: '0.1.0' });
  const evil = ['{"at":"2026-11-28T09:30:00.000Z","event":"fault","errorName":"Testperson"}', 'Sam Testperson', '{"at":"2026-11-28T09:30:00.000Z","event":"sync","count":9990000026}', '{"at":"2026-11-28T09:30:00.000Z","event":"sync","event":"Sam Testperson"}'];
  appendFileSync(path, `${evil.join('\n')}\n`);
  log('unlocked');
  const { text, lines, dropped } = await supportBundle(at.desk);
  expect([lines, dropped]).toEqual([2, 4]);
  expect(text).not.toMatch(/Testperson|9990000026/);
  const read = JSON.parse(text) as { logLinesLeftOut: number; log: { event: string }[]; screen: string; health: object; site: object };
  expect(read).toMatchObject({ format: 'viewing-room-support', version: 1, screen: 'starting', logLinesLeftOut: 4, log: [{ event: 'started' }, { event: 'unlocked' }] });
  expect(Object.keys(read.health)).toEqual(['at', 'runtime', 'system', 'keychain', 'disk', 'clock', 'practice', 'record', 'site', 'updates', 'log']);
  expect(read.site).toMatchObject({ assurance: 'signed', sharedLogin: false, leaseHours: 72 });
});

it('is made without a site file, and on the problem screen', async () => {
  (at.desk as { site?: unknown }).site = undefined;
  showProblem(at.desk, new Failure('site-file-invalid', 'x', { field: 'fhirBase', expected: 'an https:// address' }), null);
  expect(JSON.parse((await supportBundle(at.desk)).text)).toMatchObject({ screen: 'problem', problem: 'site-file-invalid', site: null, health: { site: { field: 'fhirBase' } } });
});

it('leaves as it was shown, and not before', async () => {
  let copied = '';
  at.desk.machine.copyText = (text) => {
    copied = text;
  };
  const handlers = healthHandlers(at.desk);
  expect(() => handlers.copySupportBundle()).toThrow(expect.objectContaining({ code: 'bad-request' }));
  await expect(handlers.saveSupportBundle()).rejects.toMatchObject({ code: 'bad-request' });
  const { text } = await handlers.supportBundle();
  log('unlocked');
  handlers.copySupportBundle();
  expect(copied).toBe(text);
  const { file } = await handlers.saveSupportBundle();
  expect(readFileSync(join(at.desk.machine.downloads, file), 'utf8')).toBe(text);
});
