/** What was learned stays learned, and what is taken away leaves the screen when that is learned: not when the round is over, and not for want of a second answer. */
import type { Consent, DocumentReference, List, PractitionerRole, Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Worklist, WorklistRow } from '../../preload/contract.ts';
import type { Practice, RecordingInfo } from '../../../practice/index.ts';
import type { Manifest } from '../../../practice/statements.ts';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import type { Vault } from '../vault/vault.ts';
import { Failure } from '../platform/failure.ts';
import { fetchCopy } from './fetchCopy.ts';
import { changeAtPractice, Gate, TestDesk, WINDOW } from './journeys.fixture.ts';
import { lock, switchUser } from './lock.ts';
import { Rhythm } from './rhythm.ts';
import { confirmRole } from './role.ts';
import { syncWorklist } from './sync.ts';
import { refreshRow } from './takeIn.ts';
import { openRecording } from './watch.ts';
import { buildWorklist, showWorklist } from './worklist.ts';

const nothing = () => undefined;
const shared = practiceForTests();
let practice: Practice;
let at: TestDesk;
let vault: Vault;
let rhythm: Rhythm;
const undo: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  practice = shared.get();
  at = new TestDesk(practice);
  vault = await at.enter('ada');
  rhythm = new Rhythm(at.desk);
  await syncWorklist(at.desk);
  await showWorklist(at.desk);
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const back of undo.splice(0).reverse()) await back();
  at.remove();
});

const rowOf = (task: string) => vault.library.assignment(at.rowOf(task))!;
const open = (task: string) => openRecording(at.desk, WINDOW, at.rowOf(task), () => void rhythm.changed());
const fetchOne = (task: string) => fetchCopy(at.desk, rowOf(task), nothing);
/** Ids of the rows that the screen shows with title and patient. */
const painted = () => (at.pushed.filter(({ name }) => name === 'worklist').at(-1)?.value as Worklist).ids;
const change = <T extends Task | Consent | DocumentReference>(type: T['resourceType'], id: string, to: (before: T) => T) => changeAtPractice(practice, undo, type, id, to);
const cancelled = (task: Task): Task => ({ ...task, status: 'cancelled' });
const elsewhere = (task: Task): Task => ({ ...task, owner: { reference: 'Practitioner/gp-2' } });
const add = (title: string): Promise<RecordingInfo> => practice.repo.addRecording({ owner: 'ada', title, media: Buffer.from(`bytes of ${title}`) });
const standing = (task: string) => at.standingOf(task);
const consentOf = (task: string) => rowOf(task).evidence.consents[0]!.id;
const inactive = (consent: Consent): Consent => ({ ...consent, status: 'inactive' });
/** A Task of Ada's that is shown, and would not be without its Consent. */
async function withConsent(): Promise<string> {
  const { rows } = await buildWorklist(at.desk);
  const needs = ({ id, purpose }: WorklistRow) => at.desk.site.purposes[purpose]!.consent !== null && vault.library.assignment(id)!.evidence.consents.length === 1;
  return vault.library.assignment(rows.find(needs)!.id)!.task.replace('Task/', '');
}

describe('an assignment that was taken away', () => {
  it.each([['cancelled', cancelled], ['given to somebody else', elsewhere]])('(%s) leaves the screen at once, however slow the practice is with the rest', async (_what, to) => {
    const id = at.rowOf('task-01');
    expect(painted()).toContain(id);
    await change<Task>('Task', 'task-01', to);
    const gate = at.hold(/DocumentReference\?_id/);
    const sync = rhythm.sync();
    await gate.reached;
    expect(vault.library.assignment(id)).toBeNull();
    await vi.waitFor(() => expect(painted()).not.toContain(id), { timeout: 1000 }).finally(gate.open);
    await sync;
  });

  it('leaves the screen when its opening learns of it', async () => {
    const id = at.rowOf('task-01');
    await change<Task>('Task', 'task-01', elsewhere);
    await expect(open('task-01')).rejects.toMatchObject({ code: 'recording-withheld' });
    await vi.waitFor(() => expect(painted()).not.toContain(id), { timeout: 1000 });
  });

  it('does not stay for want of a second answer', async () => {
    await fetchOne('task-01');
    await open('task-01');
    const computed = new Gate();
    practice.lies.answer = async (asked, honest) => {
      if (asked.path === 'Task' && asked.query.get('_id') === 'task-01') await computed.pass();
      return honest;
    };
    const consents = () => practice.accessLog.filter(({ path }) => path.includes('Consent')).length;
    const before = consents();
    const poll = new Rhythm(at.desk).pollWatched();
    await computed.reached;
    await vi.waitFor(() => expect(consents()).toBeGreaterThan(before));
    await change<Task>('Task', 'task-01', cancelled);
    const gate = at.hold(/Task\?owner/);
    const sync = syncWorklist(at.desk);
    await gate.reached;
    computed.open();
    await poll;
    at.broken = /Task\?_id=task-01&/;
    gate.open();
    await expect(sync).rejects.toMatchObject({ code: 'practice-unreachable' });
    expect([at.desk.grants.ids, vault.library.assignmentOf('Task/task-01')?.rowId]).toEqual([[], undefined]);
  });

  it.each([403, 404, 410])('by %i to the question about it is gone', async (status) => {
    await fetchOne('task-01');
    await open('task-01');
    practice.lies.answer = (asked, honest) => (asked.path === 'Task' && asked.query.get('_id') === 'task-01' ? { ...honest, status } : honest);
    await new Rhythm(at.desk).pollWatched();
    expect([at.desk.grants.ids, vault.library.assignmentOf('Task/task-01')?.rowId]).toEqual([[], undefined]);
  });

  it('leaves library and screen although nothing can be recorded', async () => {
    await fetchOne('task-01');
    const id = at.rowOf('task-01');
    await change<Task>('Task', 'task-01', cancelled);
    vi.spyOn(vault.ledger, 'append').mockImplementation(() => {
      throw new Error('disk');
    });
    await rhythm.sync();
    expect(vault.library.assignment(id)).toBeNull();
    expect(painted()).not.toContain(id);
  });
});

describe('a consent that was withdrawn', () => {
  it('stays so when a slower answer still has it, and no second one comes', async () => {
    const task = await withConsent();
    const id = consentOf(task);
    const gate = at.hold(/Provenance\?target/);
    const sync = syncWorklist(at.desk);
    await gate.reached;
    await change<Consent>('Consent', id, inactive);
    await refreshRow(at.desk, rowOf(task));
    expect(await standing(task)).toEqual(['consent-missing']);
    at.broken = new RegExp(`Task\\?_id=${task}&`);
    gate.open();
    await expect(sync).rejects.toMatchObject({ code: 'practice-unreachable' });
    expect(await standing(task)).toEqual(['consent-missing']);
  });

  it('is withdrawn for every recording that it is for, whichever was asked about', async () => {
    const task = await withConsent();
    await practice.repo.update<Task>({ ...structuredClone(await practice.repo.read<Task>('Task', task)), id: `${task}-b` });
    undo.push(() => change<Task>('Task', `${task}-b`, cancelled));
    await syncWorklist(at.desk);
    expect(await standing(`${task}-b`)).toBe('shown');
    await change<Consent>('Consent', consentOf(task), inactive);
    await refreshRow(at.desk, rowOf(task));
    expect([await standing(task), await standing(`${task}-b`)]).toEqual([['consent-missing'], ['consent-missing']]);
  });

  it('stays so when it cannot be read, and another assignment knew it from before', async () => {
    const task = await withConsent();
    const other = `${task}-c`;
    await practice.repo.update<Task>({ ...structuredClone(await practice.repo.read<Task>('Task', task)), id: other });
    undo.push(() => change<Task>('Task', other, cancelled));
    await syncWorklist(at.desk);
    const [id, before] = [consentOf(task), rowOf(other)];
    await change<Consent>('Consent', id, inactive);
    await refreshRow(at.desk, rowOf(task));
    // As a computer has it that learned of one only.
    vault.library.saveAssignment(before);
    practice.lies.answer = (asked, honest) => (asked.path === 'Consent' && (asked.query.get('_id') ?? '').split(',').includes(id) ? { ...honest, status: 503 } : honest);
    await expect(syncWorklist(at.desk)).rejects.toMatchObject({ code: 'practice-error' });
    expect(await standing(task)).toEqual(['consent-missing']);
  });
});

describe('a manifest', () => {
  const other = (manifest: Manifest) => {
    manifest.clinicians = ['555000000002'];
    for (const joined of manifest.joined) if (joined.role === 'clinician') joined.id = '555000000002';
  };

  it('that is newer counts although another statement beside it cannot be read', async () => {
    const own = await add('newer beside a broken one');
    const [task = ''] = own.taskIds;
    await syncWorklist(at.desk);
    expect(await standing(task)).toBe('shown');
    await practice.repo.signManifest(own.id, (manifest) => {
      manifest.revision += 4;
      other(manifest);
    });
    practice.lies.answer = (asked, honest) => {
      if (asked.path === 'Binary/broken') return { ...honest, status: 503 };
      if (asked.path !== 'Provenance') return honest;
      const bundle = JSON.parse(honest.body.toString('utf8')) as { entry?: { resource: { id: string; target: { reference: string }[]; entity: unknown } }[] };
      const its = (bundle.entry ?? []).find(({ resource }) => resource.target.some(({ reference }) => reference.endsWith(own.id)));
      const broken = its && { resource: { ...its.resource, id: 'broken', entity: [{ role: 'source', what: { reference: 'Binary/broken' } }] } };
      return { ...honest, body: Buffer.from(JSON.stringify({ ...bundle, entry: [...(bundle.entry ?? []), ...(broken ? [broken] : [])] })) };
    };
    await expect(syncWorklist(at.desk)).rejects.toMatchObject({ code: 'practice-error' });
    expect(await standing(task)).toEqual(['not-mine']);
  });

  it('that another of its revision once contradicted does not come back when that one is gone', async () => {
    const own = await add('contradicted once');
    const [task = ''] = own.taskIds;
    await syncWorklist(at.desk);
    await practice.repo.signManifest(own.id, (manifest) => {
      manifest.revision -= 1;
      other(manifest);
    });
    await syncWorklist(at.desk);
    expect(await standing(task)).toContain('manifest-contradicts');
    await practice.repo.signManifest(own.id, (manifest) => {
      manifest.revision -= 1;
      manifest.clinicians = ['555000000001'];
      for (const joined of manifest.joined) if (joined.role === 'clinician') joined.id = '555000000001';
    });
    await syncWorklist(at.desk);
    expect(await standing(task)).toContain('manifest-contradicts');
  });
});

it('a recording is replaced although the document that says so also says something else that cannot be read', async () => {
  const document = await practice.repo.read<DocumentReference>('DocumentReference', 'rec-01');
  const newer = { ...document, id: 'rec-01-new', relatesTo: [{ code: 'replaces', target: { reference: 'DocumentReference/rec-01' } }, { code: 'appends' }] };
  practice.lies.answer = (asked, honest) => {
    if (asked.path !== 'DocumentReference' || asked.query.get('relatesto') === null) return honest;
    const bundle = JSON.parse(honest.body.toString('utf8')) as { entry?: unknown[] };
    return { ...honest, body: Buffer.from(JSON.stringify({ ...bundle, entry: [...(bundle.entry ?? []), { resource: newer }] })) };
  };
  await syncWorklist(at.desk);
  expect(await standing('task-01')).toEqual(['recording-status']);
});

describe('a round', () => {
  it('that a lock overtakes while what is due is looked for throws nothing', async () => {
    vi.spyOn(vault.library, 'notByThemselves').mockImplementationOnce(() => {
      void lock(at.desk, new Failure('locked', 'idle'));
      return new Set();
    });
    await expect(rhythm.sync()).resolves.toBeUndefined();
    await vi.waitFor(() => expect(at.desk.state.screen).toBe('unlock'), { timeout: 20_000 });
  });

  it('is had by everybody who sits down during a slow one', async () => {
    const first = at.hold(/PractitionerRole\?/);
    const sync = rhythm.sync();
    await first.reached;
    await switchUser(at.desk);
    await at.enter('ben');
    const joined = rhythm.sync();
    const second = at.hold(/PractitionerRole\?/);
    first.open();
    await second.reached;
    await switchUser(at.desk);
    const third = await at.enter('dee');
    const last = rhythm.sync();
    second.open();
    await Promise.all([sync, joined, last]);
    expect(third.library.assignments()).not.toEqual([]);
  });
});

it('a stop counts although its date is written as no date is', async () => {
  const list = await practice.repo.read<List>('List', 'stop-list');
  const urn = practice.repo.recordings().find(({ id }) => id === 'rec-01')!.masterIdentifier;
  practice.lies.answer = (asked, honest) => {
    if (asked.path !== 'List') return honest;
    const resource = { ...list, entry: [{ date: '2026-11-22T10:00Z', item: { identifier: { system: 'urn:ietf:rfc:3986', value: urn } } }] };
    return { ...honest, body: Buffer.from(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry: [{ resource }] })) };
  };
  await syncWorklist(at.desk);
  expect(await standing('task-01')).toEqual(['stopped']);
});

it.each(['without a date', 'dated ahead'])('a stop %s counts at every moment, and those beside it: also between two milliseconds', async (how) => {
  const list = await practice.repo.read<List>('List', 'stop-list');
  const urn = practice.repo.recordings().find(({ id }) => id === 'rec-01')!.masterIdentifier;
  vi.spyOn(at.desk, 'now').mockReturnValue(Date.now() + 0.5);
  practice.lies.answer = (asked, honest) => {
    if (asked.path !== 'List') return honest;
    const resource = { ...list, entry: [{ ...(how === 'dated ahead' ? { date: '2099-01-01T00:00:00Z' } : {}), item: { identifier: { system: 'urn:ietf:rfc:3986', value: urn } } }] };
    return { ...honest, body: Buffer.from(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry: [{ resource }] })) };
  };
  await syncWorklist(at.desk).catch(nothing);
  expect(await standing('task-01')).toEqual(['stopped']);
});

it.each([403, 404, 410])('a consent that the practice refuses with %i, asked for alone, is none', async (status) => {
  const task = await withConsent();
  const id = consentOf(task);
  practice.lies.answer = (asked, honest) => (asked.path === 'Consent' && (asked.query.get('_id') ?? '').split(',').includes(id) ? { ...honest, status } : honest);
  await syncWorklist(at.desk);
  expect(await standing(task)).toEqual(['consent-missing']);
});

it('a role that is over is not prolonged by a clock that was set back', async () => {
  const role = await practice.repo.read<PractitionerRole>('PractitionerRole', 'role-gp-1');
  undo.push(() => practice.repo.update(structuredClone(role)));
  const hour = 3600_000;
  await practice.repo.update<PractitionerRole>({ ...structuredClone(role), period: { start: '2020-01-01', end: new Date(Date.now() - hour).toISOString() } });
  vi.spyOn(at.desk.machine, 'now').mockReturnValue(Date.now() - 2 * hour);
  expect(at.desk.now()).toBeGreaterThan(Date.now() - hour);
  await expect(confirmRole(at.desk)).rejects.toMatchObject({ code: 'role-ended' });
});
