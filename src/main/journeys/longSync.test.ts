/** Rounds over a long list: what they ask for follows what has changed and what is here; the first goes on where it broke off; and no answer hides what is assigned. */
import type { Bundle, Consent, DocumentReference, Task } from '@medplum/fhirtypes';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Practice } from '../../../practice/index.ts';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { changeAtPractice, TestDesk } from './journeys.fixture.ts';
import { fetchCopy } from './fetchCopy.ts';
import { syncWorklist } from './sync.ts';

const MANY = 150;
const shared = practiceForTests();
let practice: Practice;
let at: TestDesk;
let asked: { path: string; query: URLSearchParams }[];
const undo: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  for (let n = 0; n < MANY; n += 1) await shared.get().repo.addRecording({ owner: 'ada', title: `Of many ${n}`, media: Buffer.from(`bytes ${n}`) });
}, 120_000);
afterAll(() => vi.useRealTimers());
beforeEach(async () => {
  practice = shared.get();
  at = new TestDesk(practice);
  await at.enter('ada');
  asked = [];
  practice.lies.answer = ({ path, query }, honest) => {
    asked.push({ path, query });
    return honest;
  };
});
afterEach(async () => {
  vi.restoreAllMocks();
  practice.lies.answer = null;
  for (const back of undo.splice(0).reverse()) await back();
  at.remove();
});

const count = () => at.desk.vaultOrThrow().library.assignments().length;
const of = (type: string) => asked.filter(({ path }) => path === type);
const idsAsked = (type: string) => new Set(of(type).flatMap(({ query }) => query.get('_id')?.split(',') ?? []));
/** What one round asks for. */
async function round(): Promise<void> {
  asked.length = 0;
  await syncWorklist(at.desk);
}
const change = <T extends Task | DocumentReference | Consent>(type: T['resourceType'], id: string, to: (before: T) => T) => changeAtPractice(practice, undo, type, id, to);
const newest = () => practice.repo.recordings().at(-1)!;
const readWhen = (task: string) => at.desk.vaultOrThrow().library.knownTasks().find((one) => one.task === `Task/${task}`)?.readAt ?? null;

describe('a first round', () => {
  it('has what is still to be done before what is done is listed, and reads nothing of it twice', async () => {
    const rows: number[] = [];
    await syncWorklist(at.desk, false, () => rows.push(count(), of('Task').length));
    const before = of('Task').slice(0, rows[1]);
    expect(before.map(({ query }) => query.get('status'))).toEqual(before.map(() => 'requested,accepted,in-progress'));
    expect(rows[0]).toBeGreaterThan(MANY);
    expect(of('Task').slice(rows[1]).map(({ query }) => query.get('status'))).toEqual(of('Task').slice(rows[1]).map(() => null));
    const read = of('DocumentReference').flatMap(({ query }) => query.get('_id')?.split(',') ?? []);
    expect(new Set(read).size).toBe(read.length);
    expect(rows[0]).toBeLessThanOrEqual(count());
  });

  it('lists all where the practice does not know what is still to be done', async () => {
    const { answer } = practice.lies;
    let told = 0;
    practice.lies.answer = async (one, honest) => {
      if (one.path === 'Task' && one.query.get('status') !== null) return { ...honest, body: Buffer.from(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry: [{ resource: { ...JSON.parse(honest.body.toString()).entry[0].resource, status: 'completed' }, search: { mode: 'match' } }] })) };
      return answer?.(one, honest) ?? honest;
    };
    await syncWorklist(at.desk, false, () => {
      told += 1;
    });
    expect([told, count() > MANY]).toEqual([0, true]);
  });
});

describe('what is gone', () => {
  it('before all was listed the first time, after it had been found still to be done, is gone', async () => {
    const [task = ''] = newest().taskIds;
    const note = practice.lies.answer;
    practice.lies.answer = async (question, honest) => {
      // It is on a later page: that is answered when it is the person's no more.
      if (question.path === 'Task' && question.query.get('owner') !== null && question.query.get('status') === null) {
        practice.lies.answer = note;
        expect(await at.standingOf(task)).toBe('shown');
        await change<Task>('Task', task, (before) => ({ ...before, owner: { reference: 'Practitioner/gp-2' } }));
      }
      return note?.(question, honest) ?? honest;
    };
    await round();
    expect(at.desk.vaultOrThrow().library.assignmentOf(`Task/${task}`)).toBeNull();
    expect(count()).toBeGreaterThanOrEqual(MANY - 1);
  });

  it('is nothing that was listed before the first listing broke off, however long before', async () => {
    await round();
    const all = count();
    at.remove();
    at = new TestDesk(practice);
    await at.enter('ada');
    // As if the assignments had been made over days.
    const made = Date.now();
    const longAgo = (time: string) => new Date(made - (made - Date.parse(time)) * 10_000).toISOString();
    const note = practice.lies.answer;
    let pages = 0;
    practice.lies.answer = (question, honest) => {
      if (question.path !== 'Task' || question.query.get('owner') === null) return note?.(question, honest) ?? honest;
      if ((pages += 1) === 4) return null;
      const bundle = JSON.parse(honest.body.toString()) as Bundle<Task>;
      const since = question.query.get('_lastUpdated')?.slice(2) ?? '';
      for (const { resource } of bundle.entry ?? []) resource!.meta!.lastUpdated = longAgo(resource!.meta!.lastUpdated!);
      bundle.entry = (bundle.entry ?? []).filter(({ resource }) => resource!.meta!.lastUpdated! > since);
      return { ...honest, body: Buffer.from(JSON.stringify(bundle)) };
    };
    await expect(round()).rejects.toMatchObject({ code: 'practice-unreachable' });
    await round();
    expect(count()).toBe(all);
  });
});

describe('a round over a long list', () => {
  it('lists what has changed by the practice’s own time, and reads what is here and some of the rest in turn', async () => {
    await round();
    expect(of('Task').map(({ query }) => query.get('_lastUpdated'))).toEqual(of('Task').map(() => null));
    expect(idsAsked('DocumentReference').size).toBe(count());
    const all = asked.length;
    const sealed = at.desk.vaultOrThrow().library.assignmentOf(`Task/${newest().taskIds[0]}`)!;
    await fetchCopy(at.desk, sealed, () => undefined);
    await round();
    expect(of('Task')[0]?.query.get('_lastUpdated')).toMatch(/^gt2026-\d\d-\d\dT/);
    // A hundred in turn, and what has a copy.
    expect(idsAsked('DocumentReference').size).toBeGreaterThanOrEqual(100);
    expect(idsAsked('DocumentReference').size).toBeLessThanOrEqual(110);
    expect(idsAsked('DocumentReference')).toContain(newest().id);
    expect(asked.length).toBeLessThan(all);
    const first = idsAsked('DocumentReference');
    await round();
    // The rest has its turn, and what has a copy is asked about each time.
    expect([...idsAsked('DocumentReference')].filter((id) => !first.has(id)).length).toBeGreaterThan(MANY - 110);
    expect(idsAsked('DocumentReference')).toContain(newest().id);
  });

  it('asks for what is signed once: again where the signature is another, where it did not pass, and when all is asked for', async () => {
    const binaries = () => asked.flatMap(({ path }) => (path.startsWith('Binary/') ? [path.slice('Binary/'.length)] : []));
    const [first, second] = practice.repo.recordings().slice(-2);
    await practice.repo.signManifest(first!.id, () => undefined, { signWith: 'stranger' });
    undo.push(() => practice.repo.signManifest(first!.id, () => undefined));
    await round();
    const all = binaries();
    expect(new Set(all).size).toBe(all.length);
    const key = (id: string) => `manifest-${id.replace('rec-', '')}`;
    expect(all).toEqual(expect.arrayContaining([key(first!.id), key(second!.id)]));
    await round();
    await round();
    expect(binaries().filter((binary) => binary !== key(first!.id))).toEqual([]);
    await practice.repo.signManifest(second!.id, () => undefined);
    const again: string[] = [];
    for (let n = 0; n < 2; n += 1) {
      await round();
      again.push(...binaries());
    }
    expect(again).toContain(key(second!.id));
    expect(at.desk.vaultOrThrow().library.assignmentOf(`Task/${second!.taskIds[0]}`)?.withheldSince).toBeNull();
    asked.length = 0;
    await syncWorklist(at.desk, true);
    expect(binaries().length).toBeGreaterThan(90);
  });

  it('learns what is new, changed, given to somebody else and gone, whenever its turn is', async () => {
    await round();
    const recordings = practice.repo.recordings().slice(-4);
    const [a = '', b = '', c = '', d = ''] = recordings.map(({ taskIds }) => taskIds[0] ?? '');
    await change<Task>('Task', a, (task) => ({ ...task, description: 'Changed' }));
    await change<Task>('Task', b, (task) => ({ ...task, status: 'cancelled' }));
    await change<Task>('Task', c, (task) => ({ ...task, owner: { reference: 'Practitioner/gp-2' } }));
    await change<DocumentReference>('DocumentReference', recordings[3]?.id ?? '', (document) => ({ ...document, status: 'entered-in-error' }));
    const before = count();
    const fresh = await practice.repo.addRecording({ owner: 'ada', title: 'New', media: Buffer.from('new') });
    undo.push(() => change<Task>('Task', fresh.taskIds[0] ?? '', (task) => ({ ...task, status: 'cancelled' })));
    await round();
    expect(at.desk.vaultOrThrow().library.assignmentOf(`Task/${a}`)?.evidence.task.description).toBe('Changed');
    expect(at.desk.vaultOrThrow().library.assignmentOf(`Task/${b}`)).toBeNull();
    expect(await at.standingOf(fresh.taskIds[0] ?? '')).toBe('shown');
    for (let turns = 0; turns < 3; turns += 1) await round();
    expect(at.desk.vaultOrThrow().library.assignmentOf(`Task/${c}`)).toBeNull();
    expect(await at.standingOf(d)).toContain('recording-status');
    expect(count()).toBe(before - 2 + 1);
  });

  it.each([['in what is still to be done', 1], ['in the list of all', 3]])('goes on where the first broke off, %s, and reads nothing of it twice', async (_where, most) => {
    let pages = 0;
    const note = practice.lies.answer;
    practice.lies.answer = (question, honest) => {
      if (question.path === 'Task' && question.query.get('owner') && (pages += 1) > most) return null;
      return note?.(question, honest) ?? honest;
    };
    await expect(round()).rejects.toMatchObject({ code: 'practice-unreachable' });
    // A page of it, or all.
    expect(count()).toBeGreaterThan(90);
    if (most === 1) expect(count()).toBeLessThanOrEqual(100);
    const before = idsAsked('DocumentReference');
    practice.lies.answer = note;
    await round();
    expect(count()).toBeGreaterThanOrEqual(MANY);
    const listed = of('Task').filter(({ query }) => query.get('owner') !== null);
    if (most === 3) {
      expect(listed[0]?.query.get('_lastUpdated')).toMatch(/^gt/);
      expect(listed.length).toBeLessThanOrEqual(2);
    }
    // A hundred have their turn in any round; nothing else is read twice.
    expect([...idsAsked('DocumentReference')].filter((id) => before.has(id)).length).toBeLessThanOrEqual(100);
  });

  it('is not deceived by a practice that answers what has changed with nothing, or with times that have not come', async () => {
    await change<Task>('Task', 'task-01', (task) => task);
    const note = practice.lies.answer;
    const late = (body: Buffer) => Buffer.from(body.toString('utf8').replace(/("id":"task-01","meta":\{[^}]*"lastUpdated":")[^"]*/, '$12999-01-01T00:00:00.000Z'));
    practice.lies.answer = (question, honest) => note && (question.path === 'Task' ? note(question, { ...honest, body: late(honest.body) }) : note(question, honest));
    await round();
    expect(at.desk.vaultOrThrow().library.get('sync')).not.toContain('2999');
    practice.lies.answer = (question, honest) => {
      void note?.(question, honest);
      return question.query.get('_lastUpdated') === null ? honest : { ...honest, body: Buffer.from(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', total: 0 })) };
    };
    const fresh = await practice.repo.addRecording({ owner: 'ada', title: 'Not told of', media: Buffer.from('x') });
    undo.push(() => change<Task>('Task', fresh.taskIds[0] ?? '', (task) => ({ ...task, status: 'cancelled' })));
    await round();
    expect(await at.standingOf(fresh.taskIds[0] ?? '')).toBe('shown');
    expect(of('Task').some(({ query }) => query.get('owner') !== null && query.get('_lastUpdated') === null)).toBe(true);
  });

  it('lists all once a day, whatever this computer’s clock does, and everything after another site file or an older store', async () => {
    const whole = () => of('Task').some(({ query }) => query.get('owner') !== null && query.get('_lastUpdated') === null);
    await round();
    await round();
    expect(whole()).toBe(false);
    asked.length = 0;
    await syncWorklist(at.desk, true);
    expect(whole()).toBe(true);
    await round();
    expect(whole()).toBe(false);
    const { machine } = at.desk;
    const now = machine.now.bind(machine);
    for (const hours of [25, -25]) {
      vi.spyOn(machine, 'now').mockImplementation(() => now() + hours * 3600_000);
      await round();
      // The floor of the lease keeps the time from running back.
      if (hours > 0) expect(whole()).toBe(true);
    }
    vi.restoreAllMocks();
    await round();
    at.desk.vaultOrThrow().ledger.set('rolledBack', '{}');
    await round();
    expect(whole()).toBe(true);
    expect(idsAsked('DocumentReference').size).toBe(count());
    expect(at.desk.vaultOrThrow().rolledBack).toBe(false);
  });
});

describe('what is not here', () => {
  it('is read whole before it is downloaded, and does not come where it should not', async () => {
    await round();
    const { id, taskIds: [task = ''] } = newest();
    await change<DocumentReference>('DocumentReference', id, (document) => ({ ...document, status: 'entered-in-error' }));
    await expect(fetchCopy(at.desk, at.desk.vaultOrThrow().library.assignmentOf(`Task/${task}`)!, () => undefined)).rejects.toMatchObject({ code: 'recording-withheld' });
    expect(asked.some(({ path }) => path.startsWith('Binary/media'))).toBe(false);
    expect(await at.standingOf(task)).toContain('recording-status');
  });

  it('and could not be read just now has its turn in the next round', async () => {
    const note = practice.lies.answer;
    const { id, taskIds: [task = ''] } = newest();
    practice.lies.answer = (question, honest) => (question.path === 'DocumentReference' && question.query.get('_id')?.split(',').includes(id) ? { ...honest, status: 500 } : note?.(question, honest) ?? honest);
    await expect(round()).rejects.toMatchObject({ code: 'practice-error' });
    expect(at.desk.vaultOrThrow().library.assignmentOf(`Task/${task}`)).toBeNull();
    practice.lies.answer = note;
    await round();
    expect(await at.standingOf(task)).toBe('shown');
    expect(readWhen(task)).not.toBeNull();
  });

  it.each(['the first time', 'a day later'])('%s, and stays so, is said, and costs no round of all each time', async (when) => {
    const note = practice.lies.answer;
    const { id, taskIds: [task = ''] } = newest();
    if (when === 'a day later') {
      await round();
      const { machine } = at.desk;
      const now = machine.now.bind(machine);
      vi.spyOn(machine, 'now').mockImplementation(() => now() + 25 * 3600_000);
      // What does not change is not looked at.
      await change<Task>('Task', task, (before) => ({ ...before, description: 'Otherwise' }));
    }
    practice.lies.answer = (question, honest) => {
      const given = note?.(question, honest) ?? honest;
      return question.path === 'DocumentReference' && question.query.get('_id')?.split(',').includes(id) ? { ...honest, status: 500 } : given;
    };
    await expect(round()).rejects.toMatchObject({ code: 'practice-error' });
    await expect(round()).rejects.toMatchObject({ code: 'practice-error' });
    asked.length = 0;
    await expect(round()).rejects.toMatchObject({ code: 'practice-error' });
    expect(of('Task').filter(({ query }) => query.get('owner') !== null).every(({ query }) => query.get('_lastUpdated') !== null)).toBe(true);
    expect(of('Task')).not.toEqual([]);
    practice.lies.answer = note;
    await round();
    expect(await at.standingOf(task)).toBe('shown');
  });
});
