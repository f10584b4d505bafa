/** The practice's stop list: learned while playing, downloading, locked and offline; kept whatever the list says later. */
import type { List, Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Worklist } from '../../preload/contract.ts';
import type { Practice, RecordingInfo } from '../../../practice/index.ts';
import { EVERYTHING, recordingStop } from '../../../practice/stops.ts';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import type { EntryBody } from '../audit/entry.ts';
import { stopKey } from '../assurance/stops.ts';
import { Failure } from '../platform/failure.ts';
import { issueLease } from '../vault/lease.ts';
import type { Vault } from '../vault/vault.ts';
import { SECRET, TestDesk, WINDOW } from './journeys.fixture.ts';
import { fetchCopy } from './fetchCopy.ts';
import { lock, unlock } from './lock.ts';
import { Rhythm } from './rhythm.ts';
import { enforceStops, learnStops } from './stops.ts';
import { syncWorklist } from './sync.ts';
import { refreshRow } from './takeIn.ts';
import { openRecording } from './watch.ts';
import { buildWorklist } from './worklist.ts';

const NHS = 'https://fhir.nhs.uk/Id/nhs-number';
const nothing = () => undefined;
const shared = practiceForTests();
let practice: Practice;
let at: TestDesk;
let vault: Vault;
beforeEach(async () => {
  practice = shared.get();
  // A list that forgets, for the next test's computer that has seen nothing.
  const list = await practice.repo.read<List>('List', 'stop-list');
  await practice.repo.update({ ...list, code: { coding: [{ system: 'https://viewing-room.example/fhir/CodeSystem/list', code: 'stop-list' }] }, entry: [] });
  at = new TestDesk(practice);
  vault = await at.enter('ada');
  await syncWorklist(at.desk);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  at.remove();
});

const recording = (id: string): RecordingInfo => practice.repo.recordings().find((one) => one.id === id)!;
const urn = (id: string) => recording(id).masterIdentifier;
const nhsNumberOf = async (id: string) => (await practice.repo.read('Patient', recording(id).patientId) as { identifier?: { system?: string; value?: string }[] }).identifier?.find(({ system }) => system === NHS)?.value ?? '';
const fetchOne = (task: string) => fetchCopy(at.desk, vault.library.assignment(at.rowOf(task))!, nothing);
const open = (task: string) => openRecording(at.desk, WINDOW, at.rowOf(task), nothing);
const entries = () => vault.ledger.entries(1, 10_000).map(({ body }) => JSON.parse(body.toString('utf8')) as EntryBody);
const reasonsOf = async (task: string) => {
  const id = at.rowOf(task);
  const { rows, withheld } = await buildWorklist(at.desk);
  return withheld.find((row) => row.id === id)?.reasons.map(({ code }) => code) ?? (rows.some((row) => row.id === id) ? 'shown' : 'gone');
};
const revoked = () => at.pushed.filter(({ name }) => name === 'revoked').map(({ value }) => value);
const setList = async (change: Partial<List>) => {
  const list = await practice.repo.read<List>('List', 'stop-list');
  await practice.repo.update({ ...list, ...change });
};

describe('a stop that is learned while its recording plays', () => {
  it.each([
    ['the recording', async () => recordingStop(urn('rec-01'))], ['its patient', async () => ({ system: NHS, value: await nhsNumberOf('rec-01') })], ['everything', async () => EVERYTHING],
  ])('of %s ends playback, destroys the copy, and says so', async (_what, what) => {
    await fetchOne('task-01');
    const { grant } = await open('task-01');
    await practice.repo.stop(await what());
    await new Rhythm(at.desk).pollWatched();
    expect(at.desk.grants.ids).toEqual([]);
    expect(revoked()).toEqual([{ grant, problem: expect.objectContaining({ code: 'recording-withheld', detail: { cause: 'stopped' } }) }]);
    expect([vault.copies.stored(urn('rec-01')), vault.copies.hasFiles(urn('rec-01'))]).toEqual([null, false]);
    expect(await reasonsOf('task-01')).toEqual(['stopped']);
    const said = entries().filter(({ event }) => event === 'destroyed' || event === 'withheld');
    expect(said).toContainEqual(expect.objectContaining({ event: 'destroyed', cause: 'stopped', subject: expect.objectContaining({ recording: urn('rec-01') }) }));
    expect(said.find(({ event }) => event === 'withheld')).toMatchObject({ reasons: ['stopped'] });
    await expect(open('task-01')).rejects.toMatchObject({ code: 'recording-withheld' });
  });

  it.each([['is not answered', null], ['is answered by a gateway that has nobody to ask', { status: 503, headers: {}, body: Buffer.alloc(0) }]])('is heard at an opening whose Task %s', async (_what, given) => {
    await fetchOne('task-01');
    await practice.repo.stop(recordingStop(urn('rec-01')));
    practice.lies.answer = async ({ path }, honest) => {
      if (path !== 'List') return path.startsWith('Task') ? given : honest;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return honest;
    };
    await expect(open('task-01')).rejects.toMatchObject({ code: 'recording-withheld' });
    expect(at.desk.grants.ids).toEqual([]);
  });

  it('is the only reason to look through all that is here', async () => {
    const read = vi.spyOn(vault.library, 'assignmentOf');
    await enforceStops(at.desk, vault);
    expect(read).not.toHaveBeenCalled();
    vault.ledger.keepStops([{ identifier: stopKey({ system: NHS, value: await nhsNumberOf('rec-01') }), at: 1 }], []);
    await enforceStops(at.desk, vault);
    expect(read.mock.calls.length).toBeGreaterThanOrEqual(vault.library.assignmentNames().length);
    expect(await reasonsOf('task-01')).toEqual(['stopped']);
  });

  it('leaves every other recording as it was', async () => {
    await fetchOne('task-01');
    await fetchOne('task-02');
    await practice.repo.stop(recordingStop(urn('rec-01')));
    await syncWorklist(at.desk);
    expect(await reasonsOf('task-02')).toBe('shown');
    expect((await open('task-02')).mediaUrl).toMatch(/^recording:/);
  });

  it('is finished while locked where something interrupted it', async () => {
    await fetchOne('task-01');
    const keep = vault.ledger.keepStops.bind(vault.ledger);
    vi.spyOn(vault.ledger, 'keepStops').mockImplementationOnce((stops, lifts) => {
      keep(stops, lifts);
      throw new Failure('internal', 'interrupted');
    });
    await practice.repo.stop(recordingStop(urn('rec-01')));
    await expect(learnStops(at.desk, vault)).rejects.toThrow('interrupted');
    await lock(at.desk, new Failure('locked', 'idle'));
    await learnStops(at.desk, vault);
    expect(vault.copies.hasFiles(urn('rec-01'))).toBe(false);
  });

  it('ends it even where the list of assignments does not come', async () => {
    await fetchOne('task-01');
    await open('task-01');
    await practice.repo.stop(recordingStop(urn('rec-01')));
    const gate = at.hold(/Task\?owner/);
    const sync = syncWorklist(at.desk);
    await gate.reached;
    await vi.waitFor(() => expect(at.desk.grants.ids).toEqual([]), { timeout: 20_000 });
    const listed = () => at.pushed.filter(({ name }) => name === 'worklist').at(-1)?.value;
    await vi.waitFor(() => expect(listed()).toMatchObject({ withheld: [{ id: at.rowOf('task-01'), reasons: [{ code: 'stopped' }] }] }), { timeout: 20_000 });
    gate.open();
    await sync;
  });
});

it('a stop that is learned during a download leaves nothing of it', async () => {
  const gate = at.hold(new RegExp(`Binary/${recording('rec-01').binaryId}`));
  const download = fetchOne('task-01');
  download.catch(nothing);
  await gate.reached;
  await practice.repo.stop(recordingStop(urn('rec-01')));
  await learnStops(at.desk, vault);
  gate.open();
  await expect(download).rejects.toMatchObject({ code: 'recording-withheld' });
  await at.downloaded();
  expect([vault.copies.stored(urn('rec-01')), vault.copies.hasFiles(urn('rec-01'))]).toEqual([null, false]);
  await expect(fetchOne('task-01')).rejects.toMatchObject({ code: 'recording-withheld' });
});

describe('what was stopped once', () => {
  beforeEach(async () => {
    await fetchOne('task-02');
    await practice.repo.stop(recordingStop(urn('rec-01')));
    await syncWorklist(at.desk);
  });

  it.each<[string, () => unknown]>([
    ['vanishes from the list', () => setList({ entry: [] })], ['vanishes with its list', () => setList({ code: { text: 'no code' } })],
    ['is on a list that nobody understands', () => setList({ entry: [{ item: { reference: 'Patient/pat-01' } }] })],
    ['is refused', () => void (practice.lies.listStatus = 403)], ['is denied', () => void (practice.lies.listStatus = 404)], ['breaks', () => void (practice.lies.listStatus = 500)],
  ])('stays stopped when it %s', async (_what, spoil) => {
    await spoil();
    await syncWorklist(at.desk);
    expect(await reasonsOf('task-01')).toEqual(['stopped']);
  });

  it('stays stopped offline, and after a forgotten PIN', async () => {
    practice.lies.down = true;
    await lock(at.desk, new Failure('locked', 'test'));
    await unlock(at.desk, SECRET);
    expect(await reasonsOf('task-01')).toEqual(['stopped']);
    await expect(open('task-01')).rejects.toMatchObject({ code: 'recording-withheld' });
    practice.lies.down = false;
    vault.destroyContent();
    practice.lies.listStatus = 500;
    vault = await at.enter('ada');
    await syncWorklist(at.desk);
    expect(await reasonsOf('task-01')).toEqual(['stopped']);
  });

  it('is lifted by two people, not by one, and stopped again by a later stop', async () => {
    const what = recordingStop(urn('rec-01'));
    await practice.repo.lift(what, ['Practitioner/pm-1', 'Practitioner/pm-1']);
    await syncWorklist(at.desk);
    expect(await reasonsOf('task-01')).toEqual(['stopped']);
    await practice.repo.lift(what, ['Practitioner/pm-1', 'Practitioner/gp-4']);
    await syncWorklist(at.desk);
    expect(await reasonsOf('task-01')).toBe('shown');
    await practice.repo.stop(what);
    await syncWorklist(at.desk);
    expect(await reasonsOf('task-01')).toEqual(['stopped']);
  });

  it('is not lifted for everyone by lifting something else', async () => {
    await practice.repo.lift(EVERYTHING, ['Practitioner/pm-1', 'Practitioner/gp-4']);
    await syncWorklist(at.desk);
    expect(await reasonsOf('task-01')).toEqual(['stopped']);
  });
});

describe('a list that is not heard any more', () => {
  beforeEach(async () => {
    await fetchOne('task-01');
    practice.lies.listStatus = 500;
  });
  const ended = () => vault.ledger.set('lease', JSON.stringify({ ...issueLease(at.desk.clock(), 1), expires: 0 }));

  it('is said, and what is not stopped goes on for as long as the lease, which is not renewed', async () => {
    const before = vault.ledger.get('lease');
    at.desk.stand({ online: true });
    await syncWorklist(at.desk);
    expect(at.desk.standing().problem).toMatchObject({ code: 'stop-list-unreadable' });
    expect(vault.ledger.get('lease')).toBe(before);
    await open('task-01');
    ended();
    await expect(open('task-01')).rejects.toMatchObject({ code: 'stop-list-unreadable' });
    expect(entries().at(-1)).toMatchObject({ event: 'denied', reasons: ['stop-list-unreadable'] });
    practice.lies.listStatus = 0;
    await open('task-01');
    expect(at.desk.standing().problem).toBeNull();
  });

  it('ends what plays when the lease ends', async () => {
    const { grant } = await open('task-01');
    ended();
    await new Rhythm(at.desk).pollWatched();
    expect(revoked()).toEqual([{ grant, problem: expect.objectContaining({ code: 'stop-list-unreadable' }) }]);
  });

  it('does not end the alarm over an older copy of the store', async () => {
    vault.ledger.set('rolledBack', '{}');
    await syncWorklist(at.desk);
    expect(vault.rolledBack).toBe(true);
    practice.lies.listStatus = 0;
    await syncWorklist(at.desk);
    expect(vault.rolledBack).toBe(false);
  });
});

it('a practice that never gave a list has none, and that is said', async () => {
  practice.lies.listStatus = 404;
  vault = await at.enter('ben');
  await syncWorklist(at.desk);
  expect(at.desk.standing()).toMatchObject({ noStopList: true, problem: null });
  expect(await reasonsOf('task-11')).toBe('shown');
  practice.lies.listStatus = 0;
  await syncWorklist(at.desk);
  expect(at.desk.standing().noStopList).toBe(false);
});

describe('a stop that is learned while the vault is locked', () => {
  beforeEach(async () => {
    await fetchOne('task-01');
    await fetchOne('task-02');
    await lock(at.desk, new Failure('locked', 'test'));
  });
  const files = (...ids: string[]) => ids.map((id) => vault.copies.hasFiles(urn(id)));

  it('of a recording destroys its copy at once, and its keys at the next unlock', async () => {
    await practice.repo.stop(recordingStop(urn('rec-01')));
    await learnStops(at.desk, vault);
    expect(files('rec-01', 'rec-02')).toEqual([false, true]);
    expect(entries().at(-1)).toMatchObject({ event: 'destroyed', cause: 'stopped', subject: { recording: urn('rec-01') } });
    await unlock(at.desk, SECRET);
    expect(vault.library.recordingsHere()).toEqual([urn('rec-02')]);
  });

  it('of everything destroys all copies at once, and names them at the next unlock', async () => {
    await practice.repo.stop(EVERYTHING);
    await learnStops(at.desk, vault);
    expect(files('rec-01', 'rec-02')).toEqual([false, false]);
    expect(entries().at(-1)).toMatchObject({ event: 'content-destroyed', cause: 'stopped', recordings: 2 });
    await unlock(at.desk, SECRET);
    expect(vault.library.recordingsHere()).toEqual([]);
    const destroyed = entries().flatMap((entry) => (entry.event === 'destroyed' ? [entry.subject.recording] : []));
    expect(destroyed.sort()).toEqual([urn('rec-01'), urn('rec-02')].sort());
    await practice.repo.lift(EVERYTHING, ['Practitioner/pm-1', 'Practitioner/gp-4']);
    await syncWorklist(at.desk);
    await fetchOne('task-01');
    await lock(at.desk, new Failure('locked', 'test'));
    await unlock(at.desk, SECRET);
    expect(files('rec-01')).toEqual([true]);
  });

  it('of a patient waits for the unlock, and needs no practice then', async () => {
    await practice.repo.stop({ system: NHS, value: await nhsNumberOf('rec-01') });
    await learnStops(at.desk, vault);
    expect(files('rec-01', 'rec-02')).toEqual([true, true]);
    practice.lies.down = true;
    await unlock(at.desk, SECRET);
    await enforceStops(at.desk, vault);
    expect(files('rec-01', 'rec-02')).toEqual([false, true]);
  });

  it('is asked for by itself', async () => {
    await practice.repo.stop(recordingStop(urn('rec-01')));
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    new Rhythm(at.desk).enter();
    // The usual time, and the tenth that it may be longer.
    const later = performance.now() + 331_000;
    vi.spyOn(performance, 'now').mockReturnValue(later);
    await vi.advanceTimersByTimeAsync(10_000);
    vi.useRealTimers();
    await vi.waitFor(() => expect(files('rec-01')).toEqual([false]), { timeout: 20_000 });
  });
});

it('many recordings that are not here are kept and leave no trace among what was destroyed', async () => {
  await lock(at.desk, new Failure('locked', 'test'));
  for (let i = 0; i < 20; i += 1) await practice.repo.stop(recordingStop(`urn:uuid:00000000-0000-4000-8000-0000000000${10 + i}`));
  const due = vault.ledger.get('renewalDue');
  await learnStops(at.desk, vault);
  expect([vault.ledger.doomed(), vault.ledger.get('renewalDue')]).toEqual([[], due]);
  await unlock(at.desk, SECRET);
  expect(entries().filter(({ event }) => event === 'destroyed')).toEqual([]);
});

it('asking again for what is known writes nothing', async () => {
  await practice.repo.stop(recordingStop(urn('rec-01')));
  await syncWorklist(at.desk);
  const row = vault.library.assignment(at.rowOf('task-02'))!;
  await refreshRow(at.desk, row);
  const recorded = entries().length;
  const { changes } = vault.ledger.peek();
  await learnStops(at.desk, vault);
  expect([entries().length, vault.ledger.peek().changes]).toEqual([recorded, changes]);
});

it('each that is stopped goes, whatever fails with another', async () => {
  const [tasks, urns] = [['task-01', 'task-02', 'task-03'], ['rec-01', 'rec-02', 'rec-03'].map(urn)];
  for (const task of tasks) at.onScreen(at.rowOf(task));
  vault.ledger.keepStops(urns.map((value) => ({ identifier: stopKey(recordingStop(value)), at: 1 })), []);
  vi.spyOn(vault, 'destroyCopy').mockImplementation(() => {
    throw new Failure('disk-fault', 'test');
  });
  await expect(enforceStops(at.desk, vault)).rejects.toMatchObject({ code: 'disk-fault' });
  const { ids } = at.pushed.findLast(({ name }) => name === 'worklist')!.value as Worklist;
  expect([at.desk.watching.size, tasks.filter((task) => ids.includes(at.rowOf(task)))]).toEqual([0, []]);
});

it('what is stopped and cannot be kept as that is not played on, listed or opened, until it is kept', async () => {
  await fetchOne('task-01');
  for (const task of ['task-01', 'task-02']) at.onScreen(at.rowOf(task));
  await practice.repo.stop(recordingStop(urn('rec-01')));
  const kept = vi.spyOn(vault.ledger, 'keepStops').mockImplementation(() => {
    throw new Failure('disk-fault', 'test');
  });
  await expect(learnStops(at.desk, vault)).rejects.toMatchObject({ code: 'disk-fault' });
  expect([...at.desk.watching.values()].map(({ subject }) => subject.task)).toEqual(['Task/task-02']);
  const { session } = at.desk;
  at.desk.session = null;
  await expect(open('task-01')).rejects.toMatchObject({ code: 'recording-withheld' });
  expect(await reasonsOf('task-01')).toEqual(['stopped']);
  at.desk.session = session;
  kept.mockRestore();
  await learnStops(at.desk, vault);
  expect([at.desk.unkeptOf(vault).stops.size, await reasonsOf('task-01')]).toEqual([0, ['stopped']]);
});

it('a stop that cannot be carried out keeps no other news from being acted on', async () => {
  const [rhythm, stopped] = [new Rhythm(at.desk), at.rowOf('task-01')];
  at.onScreen(at.rowOf('task-02'));
  vault.ledger.keepStops([{ identifier: stopKey(recordingStop(urn('rec-01'))), at: 1 }], []);
  at.onScreen(stopped);
  vi.spyOn(vault, 'destroyCopy').mockImplementation(() => {
    throw new Failure('disk-fault', 'test');
  });
  const task = await practice.repo.read<Task>('Task', 'task-02');
  await practice.repo.update({ ...task, status: 'cancelled' });
  try {
    await rhythm.sync(true);
  } finally {
    await practice.repo.update(task);
  }
  expect([at.desk.watching.size, at.desk.standing().problem?.code]).toEqual([0, 'disk-fault']);
});
