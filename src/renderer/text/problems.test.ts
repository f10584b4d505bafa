import { expect, test } from 'vitest';
import { problemCodes, type Problem } from '../../preload/contract.ts';
import { keptTitle } from './common.ts';
import { problemWords } from './problems.ts';

test.each(problemCodes)('%s says what happened, what it means and what to do, with and without detail', (code) => {
  const details: Problem['detail'][] = [undefined, {}, { of: 'export' }, { of: 'console' }, { why: 'page' }, { why: 'proxy' }, { why: 'proxy-refused' }, { why: 'certificate', of: 'console' }, { of: 'sign-in' }, { of: 'first-sign-in' }, { of: 'first-sign-in', why: 'page' }, { of: 'sign-in', why: 'proxy' }, { of: 'sign-in', why: 'proxy-refused' }, { of: 'first-sign-in', why: 'certificate-date' }, { why: 'certificate-date' }, { why: 'unheard of' }, { of: 'note' }, { of: 'download' }, { of: 'restart' }, { field: 'fhirBase', expected: 'an https address.', needed: 5e9, free: 1e9, seconds: 30, attemptsLeft: 1 }];
  for (const detail of details) {
    const { what, means, next } = problemWords({ code, message: 'technical', ...(detail && { detail }) });
    expect(what).toMatch(/^[A-Z][^.]+$/);
    for (const sentence of [means, next]) expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(`${what} ${means} ${next}`).not.toMatch(/undefined|NaN|technical|\.\./);
  }
});

test.each([['page', /want you to sign in first/], ['proxy', /let Viewing Room pass the proxy/], ['certificate', /may lack the certificate/], ['certificate-date', /Check the date and time/]])(
  'why the practice cannot be reached is said where it is known: %s', (why, next) => {
    const said = problemWords({ code: 'practice-unreachable', message: '', detail: { why } });
    const usual = problemWords({ code: 'practice-unreachable', message: '' });
    expect(said.what).not.toBe(usual.what);
    expect(said.means.endsWith(usual.means)).toBe(true);
    expect(said.next).toMatch(next);
  });

test('who cannot sign in is told that the address may be wrong, and of recordings that are here only where somebody has any', () => {
  const said = (of: string, why?: string) => Object.values(problemWords({ code: 'practice-unreachable', message: '', detail: { of, ...(why !== undefined && { why }) } })).join(' ');
  for (const of of ['sign-in', 'first-sign-in']) {
    for (const why of [undefined, 'page', 'certificate']) expect(said(of, why)).toMatch(/address of the practice that was set up on this computer may (also )?be wrong/);
    for (const why of [undefined, 'page', 'proxy', 'certificate', 'certificate-date']) expect(said(of, why)).not.toContain('keeps trying');
  }
  expect(said('sign-in')).toContain('you can unlock without a connection');
  expect(said('first-sign-in')).toContain('the first sign-in needs a connection');
  for (const of of ['sign-in', 'first-sign-in']) expect(said(of)).not.toContain('ready offline');
  expect(said('console')).toContain('keeps trying');
});

test('names the field of a wrong site file and what it should be', () => {
  expect(problemWords({ code: 'site-file-invalid', message: '', detail: { field: 'fhirBase', expected: 'an https address' } }).means).toContain(
    'The field “fhirBase” is wrong. Expected: an https address.',
  );
  expect(problemWords({ code: 'site-file-invalid', message: '', detail: { field: 'fhirbase', expected: 'no such field' } }).means).toContain(
    'It has a field “fhirbase”, and there is no such field.',
  );
});

test('says what is needed and free', () => {
  expect(problemWords({ code: 'disk-full', message: '', detail: { needed: 1_200_000_000, free: 300_000_000 } }).means).toContain('needs 1.2 GB and 300 MB is free');
  expect(problemWords({ code: 'budget-full', message: '', detail: { needed: 1_200_000_000, free: 0 } }).means).toContain('needs 1.2 GB and 0 bytes of that space is left');
});

test('an export that has no place to go says so, and not what is said of downloads', () => {
  expect(problemWords({ code: 'disk-full', message: '', detail: { of: 'export' } }).what).toBe('There is not enough room for the export');
  expect(problemWords({ code: 'disk-fault', message: '', detail: { of: 'export' } }).means).toContain('Nothing of the export was kept.');
  expect(problemWords({ code: 'disk-full', message: '', detail: { of: 'download' } }).means).toContain('Downloads are paused');
});

test.each(['disk-full', 'disk-fault', 'audit-unwritable'] as const)('%s while something of a review is kept says what is not kept, and nothing of downloads', (code) => {
  const said = ['note', 'message', 'form', 'release', 'step', 'change'].map((of) => Object.values(problemWords({ code, message: '', detail: { of } })).join(' '));
  expect(said[0]).toContain('Your note is not saved');
  expect(said[1]).toContain('Your message is not saved');
  expect(new Set(said).size).toBe(said.length);
  for (const one of said) expect(one).not.toMatch(/download|copies|plays/i);
});

test('a full disk of which nothing more is known says nothing of downloads', () => {
  expect(problemWords({ code: 'disk-full', message: '' }).means).not.toMatch(/download/i);
});

test('a console, which has no copies, is told what it cannot do without the practice', () => {
  const { means, next } = problemWords({ code: 'practice-unreachable', message: '', detail: { of: 'console' } });
  expect(`${means} ${next}`).not.toMatch(/offline|download|your list/);
  expect(means).toContain('nothing can be stopped');
  expect(problemWords({ code: 'practice-unreachable', message: '' }).means).toContain('ready offline');
});

test('tells what the practice took away from what it replaced', () => {
  const what = (cause: string) => problemWords({ code: 'recording-withheld', message: '', detail: { cause } }).what;
  expect(['stopped', 'assignment-withdrawn', 'superseded', 'withheld'].map(what)).toEqual([
    'Your practice has stopped this recording', 'This recording is no longer assigned to you', 'This recording has been replaced', 'This recording is being withheld',
  ]);
});

test('says who withdrew it and when', () => {
  expect(problemWords({ code: 'recording-withheld', message: '', detail: { by: 'Demo Manager', at: '2026-03-14T14:05:00Z' } }).means).toContain(
    'This was done by Demo Manager on 14 March 2026, 2:05pm.',
  );
});

test('what can no longer be opened says what becomes of notes', () => {
  const means = (code: Problem['code'], cause?: string) => problemWords({ code, message: '', ...(cause !== undefined && { detail: { cause } }) }).means;
  for (const code of ['too-many-attempts', 'library-corrupt'] as const) {
    expect(means(code)).toContain('you had sent');
    expect(means(code)).toContain('recovery key');
  }
  for (const cause of ['stopped', 'assignment-withdrawn']) expect(means('recording-withheld', cause)).toContain(`under “${keptTitle}”`);
});
