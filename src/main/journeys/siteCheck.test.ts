import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { Failure } from '../platform/failure.ts';
import { openLog, readLog } from '../platform/logged.ts';
import { parseSite } from '../site.ts';
import { checkSite } from './siteCheck.ts';
import { SignedInDesk } from './signedIn.fixture.ts';

const practice = practiceForTests();
let at: SignedInDesk;
beforeEach(() => {
  at = new SignedInDesk(practice.get());
});
afterEach(() => at.remove());

const read = () => parseSite(JSON.stringify(practice.get().siteFile()));
const marks = async (readSite = read) => {
  const { lines } = await checkSite(at.desk, readSite);
  return (mark: string) => lines.filter((line) => line.mark === mark).map(({ id }) => id);
};

it('before anybody is in tries what needs nobody', async () => {
  const found = await marks();
  expect([found('missing'), found('warning')]).toEqual([[], []]);
  expect(found('not-tried').filter((id) => /^(site|network|sign-in|scopes|fhir)\./.test(id))).toEqual([]);
  expect(found('ok').filter((id) => !/^(site|network|sign-in|scopes|fhir)\./.test(id))).toEqual([]);
});

it('says what is wrong with a site file that was put in place of the former', async () => {
  const found = await marks(() => {
    throw new Failure('site-file-invalid', 'wrong', { field: 'issuer', expected: 'an address' });
  });
  expect([found('missing'), found('ok')]).toEqual([['site.file'], []]);
});

it('leaves a line in the log that counts what is missing and what is worse, and names nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  openLog(join(folder, 'app.log'));
  await marks(() => {
    throw new Failure('site-file-invalid', 'wrong', { field: 'issuer', expected: 'an address' });
  });
  // The newest alone: what earlier tests found waits until there is a file, and goes in first.
  expect(readLog(1).lines).toEqual([{ at: expect.any(String) as string, event: 'site-check', missing: 1, warnings: 0 }]);
  rmSync(folder, { recursive: true });
});

it('as who is in tries the rest, writes nothing, and locked tries it no more', async () => {
  await at.signedIn('ada');
  const from = practice.get().accessLog.length;
  practice.get().lies.noRanges = true;
  const found = await marks();
  expect([found('missing'), found('warning')]).toEqual([[], ['media.range']]);
  expect(found('not-tried')).toEqual(['person.revocation', 'record.create', 'record.once', 'record.read', 'media.version', 'console.assignments', 'console.lists']);
  expect(practice.get().accessLog.slice(from).filter(({ method }) => method !== 'GET')).toEqual([]);
  at.desk.show({ screen: 'closed' });
  expect((await marks())('ok').filter((id) => /^(person|worklist|evidence)\./.test(id))).toEqual([]);
});
