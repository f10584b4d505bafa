/** A sync that is broken off, overtaken by a quicker question, or answered in part: nothing that it learned is lost, and nothing is kept that should go. */
import type { DocumentReference, Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Practice, RecordingInfo } from '../../../practice/index.ts';
import type { Asked, Given } from '../../../practice/lies.ts';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { Failure } from '../platform/failure.ts';
import { SearchIndex } from '../review/search.ts';
import type { Vault } from '../vault/vault.ts';
import { fetchCopy } from './fetchCopy.ts';
import { changeAtPractice, Gate, SECRET, TestDesk, WINDOW } from './journeys.fixture.ts';
import { lock, unlock } from './lock.ts';
import { Rhythm } from './rhythm.ts';
import { confirmRole } from './role.ts';
import { syncWorklist } from './sync.ts';
import { refreshRow } from './takeIn.ts';
import { standUp } from './vaults.ts';
import { openRecording } from './watch.ts';

const nothing = () => undefined;
const shared = practiceForTests();
let practice: Practice;
let at: TestDesk;
let vault: Vault;
const undo: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  practice = shared.get();
  at = new TestDesk(practice);
  vault = await at.enter('ada');
  await syncWorklist(at.desk);
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const back of undo.splice(0).reverse()) await back();
  at.remove();
});

const rowOf = (task: string) => vault.library.assignment(at.rowOf(task))!;
const fetchOne = (task: string) => fetchCopy(at.desk, rowOf(task), nothing);
const open = (task: string) => openRecording(at.desk, WINDOW, at.rowOf(task), nothing);
const tasks = () => vault.library.assignments().map(({ task }) => task);
const add = (title: string): Promise<RecordingInfo> => practice.repo.addRecording({ owner: 'ada', title, media: Buffer.from(`bytes of ${title}`) });

const change = <T extends Task | DocumentReference>(type: T['resourceType'], id: string, to: (before: T) => T) => changeAtPractice(practice, undo, type, id, to);
const isOver = (task: Task): Task => ({ ...task, restriction: { period: { start: '2020-01-01', end: '2020-02-01' } } });
const enteredInError = () => change<DocumentReference>('DocumentReference', 'rec-01', (document) => ({ ...document, status: 'entered-in-error' }));

const standing = (task: string) => at.standingOf(task);

type Entries = { resource: Record<string, unknown> & { id: string } }[];
/** Answers Bundles with other entries. */
function retold(asked: (asked: Asked) => boolean, tell: (entries: Entries) => Entries): void {
  practice.lies.answer = (question, honest): Given => {
    if (!asked(question)) return honest;
    const bundle = JSON.parse(honest.body.toString('utf8')) as { entry?: Entries };
    return { ...honest, body: Buffer.from(JSON.stringify({ ...bundle, entry: tell(bundle.entry ?? []) })) };
  };
}
const deleted = (id: string) => retold(({ path, query }) => path === 'DocumentReference' && query.get('_id') !== null, (entries) => entries.filter(({ resource }) => resource.id !== id));

describe('a sync that is broken off between what it keeps and what it does about it', () => {
  const brokenOff = async (how: 'lock' | 'kill') => {
    const take = vault.library.takeEvidence.bind(vault.library);
    vi.spyOn(vault.library, 'takeEvidence').mockImplementationOnce((taken) => {
      take(taken);
      if (how === 'kill') throw new Failure('internal', 'killed');
      void lock(at.desk, new Failure('locked', 'idle'));
    });
    await syncWorklist(at.desk).catch(nothing);
    if (how === 'kill') {
      standUp(at.desk);
      vault = await at.enter('ada');
    } else {
      await vi.waitFor(() => expect(at.desk.state.screen).toBe('unlock'), { timeout: 20_000 });
      await unlock(at.desk, SECRET);
    }
  };
  const left = () => {
    const urn = practice.repo.recordings().find(({ id }) => id === 'rec-01')!.masterIdentifier;
    return [vault.copies.stored(urn) !== null, vault.copies.hasFiles(urn), vault.library.sealedRecordings().includes(urn)];
  };

  it.each([['lock', 'is over'], ['lock', 'points to nothing'], ['kill', 'is over'], ['kill', 'points to nothing']] as const)('(%s) destroys the copy of an assignment that %s', async (how, what) => {
    await fetchOne('task-01');
    if (what === 'is over') await change<Task>('Task', 'task-01', isOver);
    else deleted('rec-01');
    await brokenOff(how);
    await syncWorklist(at.desk);
    expect(left()).toEqual([false, false, false]);
  });

  it('leaves nothing to a role that ends afterwards', async () => {
    await fetchOne('task-01');
    await change<Task>('Task', 'task-01', isOver);
    await brokenOff('lock');
    practice.lies.answer = (asked, honest) => (asked.path === 'Practitioner/gp-1' ? { ...honest, status: 410 } : honest);
    await expect(confirmRole(at.desk)).rejects.toMatchObject({ code: 'role-ended' });
    expect(vault.copies.counts().recordings).toBe(0);
  });
});

describe('a slow sync that a quick question overtakes', () => {
  const overtaken = async (quick: () => Promise<unknown>) => {
    const gate = at.hold(/Provenance\?target/);
    const sync = syncWorklist(at.desk);
    await gate.reached;
    await quick();
    gate.open();
    await sync;
  };

  it('still ends what plays when its record was entered in error', async () => {
    await fetchOne('task-01');
    await open('task-01');
    await enteredInError();
    await overtaken(() => new Rhythm(at.desk).pollWatched());
    expect([await standing('task-01'), at.desk.grants.ids]).toEqual([['recording-status'], []]);
  });

  it('still remembers the newer manifest that it saw', async () => {
    const own = await add('signed anew');
    const [task = ''] = own.taskIds;
    await syncWorklist(at.desk);
    const { revision } = practice.repo.manifest(own.id);
    await practice.repo.signManifest(own.id, (manifest) => {
      manifest.revision = revision + 4;
      manifest.clinicians = ['555000000002'];
      for (const joined of manifest.joined) if (joined.role === 'clinician') joined.id = '555000000002';
    });
    await overtaken(() => refreshRow(at.desk, rowOf(task)));
    expect([await standing(task), vault.ledger.seen(own.masterIdentifier)?.revision]).toEqual([['not-mine'], revision + 4]);
  });

  it('does not end the alarm over an older store on evidence that was put back', async () => {
    await enteredInError();
    vault.ledger.set('rolledBack', JSON.stringify({ library: 1, keptLibrary: 2 }));
    await overtaken(() => refreshRow(at.desk, rowOf('task-01')));
    expect(await standing('task-01')).toEqual(['recording-status']);
  });

  it('believes no answer that was made before the assignment was taken away', async () => {
    await fetchOne('task-01');
    await open('task-01');
    const computed = new Gate();
    practice.lies.answer = async (asked, honest) => {
      if (asked.path !== 'Task' || asked.query.get('_id') !== 'task-01') return honest;
      await computed.pass();
      return honest;
    };
    const poll = new Rhythm(at.desk).pollWatched();
    await computed.reached;
    await change<Task>('Task', 'task-01', (task) => ({ ...task, status: 'cancelled' }));
    const gate = at.hold(/Task\?owner/);
    const sync = syncWorklist(at.desk);
    await gate.reached;
    computed.open();
    await poll;
    gate.open();
    await sync;
    expect([at.desk.grants.ids, tasks().includes('Task/task-01')]).toEqual([[], false]);
  });
});

describe('one bad answer', () => {
  it('about one consultation keeps no other recording away, and leaves its own as it was known', async () => {
    const known = await add('known');
    await syncWorklist(at.desk);
    const [fresh, bad] = [await add('honest'), await add('bad')];
    const broken = [known.encounterId, bad.encounterId];
    practice.lies.answer = (asked, honest) => (asked.path === 'Encounter' && (asked.query.get('_id') ?? '').split(',').some((id) => broken.includes(id)) ? { ...honest, status: 500 } : honest);
    await expect(syncWorklist(at.desk)).rejects.toMatchObject({ code: 'practice-error' });
    expect([known, fresh, bad].map(({ taskIds: [task] }) => tasks().includes(`Task/${task}`))).toEqual([true, true, false]);
    expect(await standing(known.taskIds[0]!)).toBe('shown');
  });

  it('about one recording’s statements keeps no other away, however many there are', async () => {
    const [fresh, bad] = [await add('honest too'), await add('of many statements')];
    const answer = (asked: Asked) => asked.path === 'Provenance';
    retold(answer, (entries) => {
      const its = entries.filter(({ resource }) => (resource.target as { reference: string }[]).some(({ reference }) => reference.endsWith(bad.id)));
      return [...entries, ...its, ...its, ...its, ...its];
    });
    const told = practice.lies.answer!;
    practice.lies.answer = (asked, honest) => (asked.path === `Binary/manifest-${bad.id.slice('rec-'.length)}` ? { ...honest, status: 503 } : told(asked, honest));
    await expect(syncWorklist(at.desk)).rejects.toMatchObject({ code: 'practice-error' });
    expect([fresh, bad].map(({ taskIds: [task] }) => tasks().includes(`Task/${task}`))).toEqual([true, false]);
  });

  it('to every question of a kind is a practice that does not answer', async () => {
    practice.lies.answer = (asked, honest) => (asked.path === 'Encounter' ? { ...honest, status: 500 } : honest);
    await expect(syncWorklist(at.desk)).rejects.toMatchObject({ code: 'practice-error' });
  });

  it('keeps no assignment open whose time is over', async () => {
    await fetchOne('task-01');
    await change<Task>('Task', 'task-01', isOver);
    practice.lies.answer = (asked, honest) => (asked.path === 'Encounter' ? { ...honest, status: 500 } : honest);
    await syncWorklist(at.desk).catch(nothing);
    expect(await standing('task-01')).toContain('outside-period');
    at.desk.session = null;
    await expect(open('task-01')).rejects.toMatchObject({ code: 'recording-withheld' });
  });
});

it('a document that cannot be read in full still replaces a recording', async () => {
  const document = await practice.repo.read<DocumentReference>('DocumentReference', 'rec-01');
  const newer = { ...document, id: 'rec-01-new', modifierExtension: [{ url: 'https://practice.example/x', valueBoolean: true }], relatesTo: [{ code: 'replaces', target: { reference: 'DocumentReference/rec-01' } }] };
  retold(({ path, query }) => path === 'DocumentReference' && query.get('relatesto') !== null, (entries) => [...entries, { resource: newer }]);
  await syncWorklist(at.desk);
  expect(await standing('task-01')).toEqual(['recording-status']);
});

describe('words that rows are found by', () => {
  const found = (text: string) => [...new SearchIndex((work) => vault.library.work(work)).find(text).keys()];
  const retitled = (n: number) => change<Task>('Task', `task-0${n}`, (task) => ({ ...task, description: `Retitled${n}` }));

  it('are written together, also when one of the rows cannot be settled', async () => {
    for (const n of [1, 2, 3]) await retitled(n);
    const work = vi.spyOn(vault.library, 'setWithheldSince');
    const together = vi.spyOn(vault.library, 'work');
    const stale = vault.copies.stale.bind(vault.copies);
    vi.spyOn(vault.copies, 'stale').mockImplementation((assured) => {
      expect(work).not.toHaveBeenCalled();
      if (assured.title === 'Retitled3') throw new Failure('disk-fault', 'test');
      return stale(assured);
    });
    await expect(syncWorklist(at.desk)).rejects.toMatchObject({ code: 'disk-fault' });
    expect(work.mock.calls.length).toBeGreaterThan(2);
    const withheld = work.mock.calls.filter(([, since]) => since !== null).length;
    expect(withheld).toBeGreaterThan(0);
    // One that takes the evidence in, and one for all that pass, in which each row's is nested; of one that is withheld two things go, each for itself.
    expect(together.mock.calls).toHaveLength(work.mock.calls.length + withheld + 2);
    expect([1, 2, 3].map((n) => found(`Retitled${n}`))).toEqual([1, 2, 3].map((n) => [`Task/task-0${n}`]));
  });

  it('are not kept of a row that goes while others are decided', async () => {
    await retitled(1);
    const stale = vault.copies.stale.bind(vault.copies);
    vi.spyOn(vault.copies, 'stale').mockImplementation((assured) => {
      if (assured.title === 'Retitled1') {
        vault.library.removeAssignment('Task/task-01');
        at.desk.took('Task/task-01');
      }
      return stale(assured);
    });
    await syncWorklist(at.desk);
    expect(found('Retitled1')).toEqual([]);
  });
});
