/** "Wrong patient": everything goes at once, with and without the practice, and stays away until it is signed anew. */
import type { Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Practice } from '../../../practice/index.ts';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import type { EntryBody } from '../audit/entry.ts';
import { Failure } from '../platform/failure.ts';
import type { Vault } from '../vault/vault.ts';
import { holdNextCopy, SECRET, TestDesk, WINDOW } from './journeys.fixture.ts';
import { lock, unlock } from './lock.ts';
import { deliverWaiting } from './deliver.ts';
import { syncWorklist } from './sync.ts';
import { openRecording } from './watch.ts';
import { reference } from './worklist.ts';
import { wrongPatient } from './wrongPatient.ts';

const nothing = () => undefined;
const shared = practiceForTests();
let practice: Practice;
let at: TestDesk;
let vault: Vault;
let urn: string;
let grant: string;
beforeEach(async () => {
  practice = shared.get();
  at = new TestDesk(practice);
  vault = await at.enter('ada');
  urn = practice.repo.recordings().find(({ id }) => id === 'rec-01')?.masterIdentifier ?? '';
  await at.withCopy('task-01');
  ({ grant } = await open());
});
afterEach(() => {
  vi.restoreAllMocks();
  at.remove();
});

const open = (task = 'task-01') => openRecording(at.desk, WINDOW, at.rowOf(task), nothing);
const entries = () => vault.ledger.entries(1, 10_000).map(({ body }) => JSON.parse(body.toString('utf8')) as EntryBody);
const state = () => at.standingOf('task-01');
const nothingLeft = () => {
  expect(at.desk.grants.ids).toEqual([]);
  expect(at.desk.watching.size).toBe(0);
  expect(vault.copies.hasFiles(urn)).toBe(false);
};

it('ends the grant, destroys the copy, records it, and gives the reference of the row', async () => {
  expect(await wrongPatient(at.desk, grant)).toEqual({ reference: reference('Task/task-01') });
  nothingLeft();
  expect(vault.copies.stored(urn)).toBeNull();
  expect(entries().slice(-3)).toEqual([
    expect.objectContaining({ event: 'wrong-patient', revision: practice.repo.manifest('rec-01').revision, subject: expect.objectContaining({ recording: urn, task: 'Task/task-01' }) }),
    expect.objectContaining({ event: 'destroyed', cause: 'wrong-patient' }), expect.objectContaining({ event: 'withheld', reasons: ['wrong-patient'] }),
  ]);
  expect(await state()).toEqual(['wrong-patient']);
  await expect(open()).rejects.toMatchObject({ code: 'recording-withheld' });
});

it('reaches the practice as an access record of its own', async () => {
  await wrongPatient(at.desk, grant);
  await deliverWaiting(at.desk);
  const event = (await practice.repo.auditEvents()).find(({ subtype }) => subtype?.some(({ code }) => code === 'wrong-patient'));
  expect(event).toMatchObject({ outcome: '8', outcomeDesc: 'wrong-patient' });
  expect(JSON.stringify(event)).toContain('"DocumentReference/rec-01"');
});

it('works without the practice, and after a forgotten PIN it is still known', async () => {
  practice.lies.down = true;
  await wrongPatient(at.desk, grant);
  nothingLeft();
  await lock(at.desk, new Failure('locked', 'test'));
  await unlock(at.desk, SECRET);
  expect(await state()).toEqual(['wrong-patient']);
  practice.lies.down = false;
  vault.destroyContent();
  vault = await at.enter('ada');
  await syncWorklist(at.desk);
  expect(await state()).toEqual(['wrong-patient']);
});

describe('afterwards', () => {
  beforeEach(async () => {
    await wrongPatient(at.desk, grant);
  });

  it('only a manifest of a higher revision by a trusted key brings it back', async () => {
    await syncWorklist(at.desk);
    expect(await state()).toEqual(['wrong-patient']);
    await practice.repo.signManifest('rec-01', nothing, { signWith: 'stranger' });
    await syncWorklist(at.desk);
    expect(await state()).toContain('wrong-patient');
    await practice.repo.signManifest('rec-01', nothing);
    await syncWorklist(at.desk);
    expect(await state()).toBe('shown');
  });

  it('the same key pressed again does nothing more', async () => {
    const before = entries().length;
    await wrongPatient(at.desk, grant);
    // Said twice is recorded twice; there is nothing left to destroy.
    expect(entries().slice(before).map(({ event }) => event)).toEqual(['wrong-patient']);
  });
});

async function endsOpeningOf(task: string): Promise<void> {
  const gate = holdNextCopy(vault);
  const refused = expect(open(task)).rejects.toMatchObject({ code: 'recording-withheld', message: 'wrong patient' });
  await gate.reached;
  await wrongPatient(at.desk, grant);
  gate.open();
  await refused;
  nothingLeft();
}

it('ends the same recording that is just being opened again', () => endsOpeningOf('task-01'));

it('ends the same recording that is just being opened by another assignment', async () => {
  const task = { ...await practice.repo.read<Task>('Task', 'task-01'), id: 'task-01-again' };
  await practice.repo.update(task);
  try {
    await syncWorklist(at.desk);
    await endsOpeningOf('task-01-again');
  } finally {
    await practice.repo.update({ ...task, status: 'cancelled' });
  }
});

it('counts when the vault was locked in the same moment', async () => {
  await lock(at.desk, new Failure('locked', 'test'));
  await wrongPatient(at.desk, grant);
  nothingLeft();
  await unlock(at.desk, SECRET);
  expect(await state()).toEqual(['wrong-patient']);
});

it('destroys the copy even where nothing can be recorded, and says that it could not', async () => {
  vi.spyOn(vault.ledger, 'append').mockImplementation(() => {
    throw new Error('disk');
  });
  await expect(wrongPatient(at.desk, grant)).rejects.toMatchObject({ code: 'audit-unwritable' });
  nothingLeft();
  expect(vault.ledger.wrongRevision(urn)).toBe(practice.repo.manifest('rec-01').revision);
});

it('is nothing that another grant can say', async () => {
  await expect(wrongPatient(at.desk, 'f'.repeat(40))).rejects.toMatchObject({ code: 'bad-request' });
  expect(at.desk.grants.ids).toEqual([grant]);
});
