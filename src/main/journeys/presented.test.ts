/** What of the list was really on the screen, and for how long, is on record: never less than a crash leaves, never more than can be. */
import type { DocumentReference, Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Worklist } from '../../preload/contract.ts';
import type { ListQuery } from '../../preload/review.ts';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import type { EntryBody } from '../audit/entry.ts';
import { Failure } from '../platform/failure.ts';
import type { Vault } from '../vault/vault.ts';
import { decisionsOf, type Decided } from './decisions.ts';
import { fetchCopy } from './fetchCopy.ts';
import { handlersFor } from './handlers.ts';
import { changeAtPractice, moveAtPractice, patientAnew, SECRET, TestDesk, WINDOW } from './journeys.fixture.ts';
import { lock, signOut, unlock } from './lock.ts';
import { Rhythm } from './rhythm.ts';
import type { SignIn } from './signIn.ts';
import { syncWorklist } from './sync.ts';
import { buildWorklist, recordListed, subjectOf } from './worklist.ts';

const practice = practiceForTests();
let at: TestDesk;
let vault: Vault;
let clock = 1_000_000;
let first = '';
let second = '';
const undo: (() => Promise<unknown>)[] = [];
const handlers = () => handlersFor(at.desk, new Rhythm(at.desk), { cancel: () => false } as unknown as SignIn, async () => undefined);
const report = (seconds: Record<string, number>, left = false) => {
  clock += Math.max(0, ...Object.values(seconds)) * 1000;
  return handlers().reportPresented(WINDOW, Object.entries(seconds).map(([id, s]) => ({ id, seconds: s })), left);
};
const list = () => handlers().worklist(WINDOW);
const entries = () => (at.desk.vault?.ledger.entries(1, 10_000) ?? []).map(({ body }) => JSON.parse(body.toString('utf8')) as EntryBody);
/** Row and seconds, in the order in which they were written. */
const presented = () => entries().flatMap((entry) => (entry.event === 'presented' ? [[entry.subject.task, entry.seconds]] : []));
const anything = { text: '', progress: [], due: 'any', copy: 'any', review: 'any', refused: false, sort: 'due', descending: false } satisfies ListQuery;
/** Ids of each list that the page was sent after so many messages. */
const listsSince = (before: number) => at.pushed.slice(before).flatMap(({ name, value }) => (name === 'worklist' ? [(value as Worklist).ids] : []));
const unwritable = () => vi.spyOn(vault.ledger, 'append').mockImplementation(() => {
  throw new Failure('disk-full', 'no space left');
});

beforeEach(async () => {
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
  at = new TestDesk(practice.get());
  vault = await at.enter('ada');
  await syncWorklist(at.desk);
  await list();
  [first, second] = [at.rowOf('task-01'), at.rowOf('task-02')];
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const back of undo.splice(0).reverse()) await back();
  at.remove();
});

describe('a row on the screen', () => {
  it('is on record as soon as it was there for a second, and how much longer when the list is left', async () => {
    await report({ [first]: 0.9, [second]: 0.2 });
    expect(presented()).toEqual([]);
    await report({ [first]: 0.3 });
    expect(presented()).toEqual([['Task/task-01', 1.2]]);
    await report({ [first]: 2 });
    await report({ [first]: 2.5 });
    expect(presented()).toHaveLength(1);
    await report({ [first]: 0.3 }, true);
    expect(presented()).toEqual([['Task/task-01', 1.2], ['Task/task-01', 4.8]]);
    await report({}, true);
    expect(presented()).toHaveLength(2);
    // The rest of the list was before the person, and not on the screen.
    expect(entries().filter(({ event }) => event === 'listed').length).toBeGreaterThan(2);
  });

  it('counts glances once they add up, also over leaving the list', async () => {
    await report({ [first]: 0.6 }, true);
    await report({ [first]: 0.6 }, true);
    expect(presented()).toEqual([['Task/task-01', 1.2]]);
  });

  it('is written every five minutes of a list that stays', async () => {
    for (let second = 0; second < 301; second += 1) await report({ [first]: 1 });
    expect(presented()).toEqual([['Task/task-01', 1], ['Task/task-01', 299]]);
  });

  it('is written before the lock, and begins anew after it', async () => {
    await report({ [first]: 3 });
    await report({ [first]: 2, [second]: 0.5 });
    await lock(at.desk, new Failure('locked', 'test'));
    expect(at.recorded().slice(-2)).toEqual(['presented', 'locked']);
    expect(presented()).toEqual([['Task/task-01', 3], ['Task/task-01', 2]]);
    await expect(async () => report({ [first]: 2 })).rejects.toMatchObject({ code: 'locked' });
    await unlock(at.desk, SECRET);
    await list();
    await report({ [first]: 1, [second]: 0.6 });
    expect(presented()).toEqual([['Task/task-01', 3], ['Task/task-01', 2], ['Task/task-01', 1]]);
  });

  it('is written before a sign-out', async () => {
    await report({ [first]: 3 });
    await report({ [first]: 2 });
    const { ledger } = vault;
    const append = vi.spyOn(ledger, 'append');
    await signOut(at.desk);
    expect(append.mock.calls.map(([{ body }]) => (JSON.parse(body.toString('utf8')) as EntryBody).event)).toEqual(['presented', 'signed-out']);
  });
});

describe('of what the screen says', () => {
  const say = (id: string, seconds: number) => handlers().reportPresented(WINDOW, [{ id, seconds }], true);

  it('nothing counts of rows that were not listed', async () => {
    await lock(at.desk, new Failure('locked', 'test'));
    await unlock(at.desk, SECRET);
    clock += 60_000;
    await say(first, 30);
    await say('no such row', 30);
    expect(presented()).toEqual([]);
  });

  it('no more counts than time has passed since the row was listed', async () => {
    clock += 3000;
    await say(first, 900_000);
    expect(presented()).toEqual([['Task/task-01', 3]]);
    for (let i = 0; i < 20; i += 1) await say(first, 5);
    expect(presented()).toHaveLength(1);
  });

  it('no more counts than time has passed since the last report, but for those that were held up', async () => {
    clock += 600_000;
    await say(second, 1);
    clock += 2000;
    await say(first, 600);
    expect(presented()).toEqual([['Task/task-02', 1], ['Task/task-01', 7]]);
    clock += 3000;
    for (let i = 0; i < 3; i += 1) await say(first, 1);
    expect(presented().slice(2).map(([, seconds]) => seconds)).toEqual([1, 1, 1]);
  });
});

describe('a list that is not decided whole when the screen asks', () => {
  it('is brought by the repaint that is under way, or by one of its own', async () => {
    const undecided: Decided = { passed: [], withheld: [], checking: 3 };
    vi.spyOn(decisionsOf(at.desk), 'growing').mockImplementation(async function* growing() {
      yield undecided;
    });
    const repaints = async () => {
      const before = at.desk.repaints.begun;
      expect((await list()).checking).toBe(3);
      return at.desk.repaints.begun - before;
    };
    expect(await repaints()).toBe(1);
    await vi.waitFor(() => expect(at.desk.repaints.underWay).toBe(0));
    at.desk.repaints.underWay += 1;
    expect(await repaints()).toBe(0);
    at.desk.repaints.underWay -= 1;
  });
});

describe('when it cannot be recorded', () => {
  const shown = async () => {
    await vi.waitFor(() => expect(at.desk.repaints.underWay).toBe(0), { timeout: 20_000 });
    return (at.pushed.findLast(({ name }) => name === 'worklist')?.value as Worklist | undefined)?.ids ?? null;
  };

  it('the list goes off the screen, and nothing is lost when it comes back', async () => {
    const full = unwritable();
    await expect(async () => report({ [first]: 1.5 })).rejects.toMatchObject({ code: 'audit-unwritable' });
    expect(await shown()).toEqual([]);
    expect(at.desk.standing().problem?.code).toBe('audit-unwritable');
    await expect(list).rejects.toMatchObject({ code: 'audit-unwritable' });
    full.mockRestore();
    expect((await list()).ids).toContain(first);
    await report({ [second]: 0.1 });
    expect(presented()).toEqual([['Task/task-01', 1.5]]);
  });

  it('also when only how much longer cannot be', async () => {
    await report({ [first]: 1 });
    unwritable();
    await report({ [first]: 1 });
    expect(await shown()).toBeNull();
    await expect(async () => report({ [first]: 1 }, true)).rejects.toMatchObject({ code: 'audit-unwritable' });
    expect(await shown()).toEqual([]);
  });

  it('the vault locks all the same', async () => {
    await report({ [first]: 1 });
    await report({ [first]: 1 });
    unwritable();
    await expect(lock(at.desk, new Failure('locked', 'test'))).rejects.toMatchObject({ code: 'audit-unwritable' });
    expect([vault.unlocked, at.desk.state.screen]).toEqual([false, 'unlock']);
  });
});

describe('a row that becomes another patient’s', () => {
  /** Task/task-01 names by now what task-02 names. */
  const moveIt = () => moveAtPractice(practice.get(), undo, 'task-01', 'task-02');
  const move = async () => {
    await moveIt();
    const before = at.pushed.length;
    await syncWorklist(at.desk);
    return listsSince(before);
  };

  it('is another row: the page has nothing of the former left to show for it, and nobody opens it by the former', async () => {
    const { rows: [{ patient } = { patient: null }] } = await handlers().rows(WINDOW, [first], '');
    const lists = await move();
    const now = at.rowOf('task-01');
    expect(lists.length).toBeGreaterThan(0);
    for (const ids of lists) expect(ids).not.toContain(first);
    expect((await handlers().rows(WINDOW, [first], '')).rows).toEqual([]);
    expect((await handlers().rows(WINDOW, [now], '')).rows).toMatchObject([{ id: now }]);
    expect((await handlers().rows(WINDOW, [now], '')).rows[0]?.patient).not.toEqual(patient);
    await expect(handlers().openRecording(WINDOW, first)).rejects.toThrow('no such row');
  });

  it('is not opened where that is heard only as somebody opens it', async () => {
    await moveIt();
    const before = at.pushed.length;
    await expect(handlers().openRecording(WINDOW, first)).rejects.toMatchObject({ code: 'recording-withheld' });
    const lists = listsSince(before);
    expect(lists.at(-1)).not.toContain(first);
    expect(entries().filter(({ event }) => event === 'opened')).toEqual([]);
  });

  it('ends what is played of it, also where nothing but the patient is another', async () => {
    const { grant } = await handlers().openRecording(WINDOW, first);
    await patientAnew(practice.get(), undo, 'task-01', 'rec-01');
    expect(at.desk.watching.has(grant)).toBe(true);
    await syncWorklist(at.desk);
    expect(at.rowOf('task-01')).not.toBe(first);
    expect(at.desk.watching.has(grant)).toBe(false);
    expect(at.desk.grants.find(grant, WINDOW)).toBeNull();
    expect(at.pushed).toContainEqual({ name: 'revoked', value: expect.objectContaining({ grant }) });
  });

  it('is another row too where it named nothing in between', async () => {
    await changeAtPractice<Task>(practice.get(), undo, 'Task', 'task-01', (before) => ({ ...before, focus: { reference: 'DocumentReference/not-yet' } }));
    await syncWorklist(at.desk);
    await move();
    expect(at.rowOf('task-01')).not.toBe(first);
    await expect(handlers().openRecording(WINDOW, first)).rejects.toThrow('no such row');
  });

  it('is off the list at once, also where the round breaks off over what it means', async () => {
    await moveIt();
    const before = at.pushed.length;
    vi.spyOn(vault.copies, 'stale').mockImplementation(() => {
      throw new Failure('disk-full', 'no space left');
    });
    await expect(syncWorklist(at.desk)).rejects.toMatchObject({ code: 'disk-full' });
    const lists = listsSince(before);
    expect(lists.length).toBeGreaterThan(0);
    expect(lists.at(-1)).not.toContain(first);
  });

  it('is off the list at once, also where its new name cannot be recorded', async () => {
    const full = unwritable();
    const lists = await move().catch(() => null);
    full.mockRestore();
    const pushed = lists ?? listsSince(0);
    expect(pushed.at(-1)).not.toContain(first);
    expect(pushed.at(-1)).not.toContain(at.rowOf('task-01'));
  });
});

describe('listed', () => {
  it('is each recording once, and a row anew when its recording becomes another patient’s', async () => {
    const about = () => entries().flatMap((entry) => (entry.event === 'listed' && entry.subject.task === 'Task/task-01' ? [entry.subject] : []));
    await list();
    expect(about()).toHaveLength(1);
    await report({ [first]: 1 });
    await report({ [first]: 1 });
    const { patient } = about()[0]!;
    await changeAtPractice<DocumentReference>(practice.get(), undo, 'DocumentReference', 'rec-01', (before) => ({ ...before, subject: { reference: 'Patient/somebody-else' } }));
    await syncWorklist(at.desk);
    // Assurance withholds it; this is about what a row that passes would have on record.
    const now = at.rowOf('task-01');
    for (const _ of [1, 2]) recordListed(at.desk, [{ id: now, subject: subjectOf(vault.library.assignment(now)!.evidence, at.desk.site) }]);
    expect(about().map((subject) => subject.patient)).toEqual([patient, 'Patient/somebody-else']);
    await report({ [now]: 2 }, true);
    expect(entries().flatMap((entry) => (entry.event === 'presented' ? [[entry.subject.patient, entry.seconds]] : []))).toEqual([[patient, 1], [patient, 1], ['Patient/somebody-else', 2]]);
  });

  it('is under the one name that the patient has, however the practice writes it, and for the purpose that was agreed', async () => {
    const about = () => entries().flatMap((entry) => (entry.event === 'listed' && entry.subject.task === 'Task/task-01' ? [entry.subject] : []));
    const [{ patient, purpose } = { patient: null, purpose: null }] = about();
    expect(patient).toMatch(/^Patient\//);
    for (const written of [`${at.desk.site.fhirBase}/${patient}`, `${patient}/_history/1`]) {
      await changeAtPractice<DocumentReference>(practice.get(), undo, 'DocumentReference', 'rec-01', (before) => ({ ...before, subject: { reference: written } }));
      await changeAtPractice<Task>(practice.get(), undo, 'Task', 'task-01', (before) => ({ ...before, reasonCode: { coding: [{ system: 'urn:local', code: 'asked by Mrs Sample' }, ...(before.reasonCode?.coding ?? [])] } }));
      await syncWorklist(at.desk);
      at.desk.listed.clear();
      expect((await list()).ids).toContain(first);
      expect(about().at(-1)).toMatchObject({ patient, purpose });
    }
  });

  it('is what a list shows, whatever became of a row while it was made', async () => {
    at.desk.listed.clear();
    const before = entries().length;
    const showing = list();
    // Withdrawn, and moved on to what another row has, after they were decided and before they are shown.
    vault.library.removeAssignment('Task/task-01');
    const [one, other] = [vault.library.assignment(second)!, vault.library.assignment(at.rowOf('task-03'))!];
    vault.library.saveAssignment({ ...one, evidence: { ...one.evidence, recording: other.evidence.recording } });
    const { ids } = await showing;
    expect(ids).toEqual(expect.arrayContaining([first, second]));
    const listed = entries().slice(before).map((entry) => (entry.event === 'listed' ? [entry.subject.task, entry.subject.document] : []));
    expect(listed).toHaveLength(ids.length);
    expect(listed).toEqual(expect.arrayContaining([['Task/task-01', 'DocumentReference/rec-01'], ['Task/task-02', 'DocumentReference/rec-02']]));
  });

  it('is what a row’s content is of, before the content is given, however it is asked for', async () => {
    const listed = (from: number) => entries().slice(from).flatMap((entry) => (entry.event === 'listed' ? [[entry.subject.task, entry.subject.document]] : []));
    const [kept, moved] = [vault.library.assignment(first)!, vault.library.assignment(at.rowOf('task-03'))!];
    const { rows: [{ patient: { name } } = { patient: { name: '' } }] } = await handlers().rows(WINDOW, [first], '');
    expect(name).not.toBe('');
    for (const give of [() => handlers().rows(WINDOW, [first], ''), () => handlers().findRows(WINDOW, { ...anything, text: name })]) {
      vault.library.saveAssignment(kept);
      await list();
      at.desk.listed.clear();
      const before = entries().length;
      const giving = give();
      vault.library.saveAssignment({ ...kept, evidence: { ...kept.evidence, recording: moved.evidence.recording } });
      expect(JSON.stringify(await giving)).toContain(name);
      expect(listed(before)).toContainEqual(['Task/task-01', 'DocumentReference/rec-01']);
      at.desk.listed.clear();
      const full = unwritable();
      vault.library.saveAssignment(kept);
      await expect(give()).rejects.toMatchObject({ code: 'audit-unwritable' });
      full.mockRestore();
    }
  });

  it('is what the list of copies names, or it names nothing', async () => {
    await fetchCopy(at.desk, vault.library.assignment(first)!, () => undefined);
    await lock(at.desk, new Failure('locked', 'test'));
    await unlock(at.desk, SECRET);
    const full = unwritable();
    await expect(async () => handlers().storage(WINDOW)).rejects.toMatchObject({ code: 'audit-unwritable' });
    full.mockRestore();
    const before = entries().length;
    expect((await handlers().storage(WINDOW)).copies.map(({ id }) => id)).toEqual([first]);
    expect(entries().slice(before)).toMatchObject([{ event: 'listed', subject: { task: 'Task/task-01' } }]);
    expect((await buildWorklist(at.desk)).rows.length).toBeGreaterThan(1);
  });
});
