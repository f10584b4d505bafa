import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { readEntry, reportedFrom } from '../audit/reported.ts';
import { Verifier } from '../audit/verify.ts';
import { openLog } from '../platform/logged.ts';
import { deliverWaiting } from './deliver.ts';
import { TestDesk } from './journeys.fixture.ts';

const practice = practiceForTests();
let at: TestDesk;
beforeEach(() => {
  at = new TestDesk(practice.get());
});
afterEach(() => at.remove());

it('what the practice was sent verifies under the key that it names, and says which version sent it', async () => {
  const before = (await practice.get().repo.auditEvents()).length;
  await at.enter('ada');
  for (let i = 0; i < 5; i += 1) at.desk.journal!.write({ event: 'foreign-offered', count: i });
  await deliverWaiting(at.desk);
  const stored = (await practice.get().repo.auditEvents()).slice(before);
  const entries = stored.map((resource) => reportedFrom(resource)!).map((reported) => ({ ...reported, seq: readEntry(reported.body)!.seq })).sort((a, b) => a.seq - b.seq);
  const verifier = new Verifier({ enrolled: null, signatures: 'all', remembered: at.desk.vault!.ledger.head() });
  for (const entry of entries) verifier.add(entry);
  expect(verifier.finish().verdict).toMatchObject({ findings: [], entries: stored.length });
  expect(stored.length).toBeGreaterThanOrEqual(5);
  expect(new Set(entries.map(({ version }) => version))).toEqual(new Set(['0.0.0']));
});

it('what the practice refuses for good is counted as not sent, and logged', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  openLog(join(folder, 'log'));
  const vault = await at.enter('ada');
  at.desk.journal!.write({ event: 'foreign-offered', count: 1 });
  at.desk.session!.http.send = async () => new Response('{}', { status: 422 });
  await deliverWaiting(at.desk);
  expect(at.desk.standing().queued).toBe(vault.ledger.head()!.seq);
  expect(readFileSync(join(folder, 'log'), 'utf8')).toMatch(/"event":"refused","step":"deliver","code":"practice-error"/);
  rmSync(folder, { recursive: true });
});
