import type { List, Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { practiceForTests } from '../../../../practice/testing/fixture.ts';
import { Failure } from '../../platform/failure.ts';
import { changeAtPractice, TestDesk } from '../journeys.fixture.ts';
import { syncWorklist } from '../sync.ts';
import { assign, cancelAssignment, extendAssignment, type AssignmentTerms } from './assigning.ts';
import { assignments, subjectsOf } from './assignments.ts';
import { actsOf, enterManager } from './console.fixture.ts';
import { assignmentKey } from './consoleKey.ts';
import { enrolDevice, readDevices, revokeDevice } from './devices.ts';
import { confirmLift, proposeLift, readStops, stop } from './stops.ts';

const practice = practiceForTests();
const code = (expected: string): unknown => expect.objectContaining({ code: expected });
const refused = (why: string): unknown => expect.objectContaining({ code: 'act-refused', detail: { why } });
const DAY = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString();

const desks: TestDesk[] = [];
const undo: (() => Promise<unknown>)[] = [];
const newDesk = () => {
  const at = new TestDesk(practice.get());
  desks.push(at);
  return at;
};
let at: TestDesk;
beforeEach(() => {
  at = newDesk();
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const putBack of undo.splice(0)) await putBack();
  for (const one of desks.splice(0)) one.remove();
});
const pat = () => enterManager(at, practice.get(), 'pat');
const dee = () => enterManager(at, practice.get(), 'dee');

/** A clinician at their own computer, who asked the practice just now. */
async function clinicianAt(username: string, site = at.desk.site): Promise<TestDesk> {
  const clinician = newDesk();
  clinician.desk.site = site;
  await clinician.enter(username);
  await syncWorklist(clinician.desk);
  return clinician;
}

const idOf = (task: string) => task.slice('Task/'.length);

/** How a clinician's app takes what is assigned to them now. */
const standingFor = async (username: string, task: string, site = at.desk.site) => (await clinicianAt(username, site)).standingOf(idOf(task));

/** The practice's IT adds the console's key. */
async function trustKey(): Promise<void> {
  const { jwk } = await assignmentKey(at.desk);
  at.desk.site = { ...at.desk.site, assignmentKeys: [...at.desk.site.assignmentKeys, JSON.parse(jwk) as never] };
}

/** A recording of Ada's, for Ben to review. */
async function termsFor(owner: string, more: Partial<AssignmentTerms> = {}): Promise<AssignmentTerms> {
  const recording = await practice.get().repo.addRecording({ owner: 'ada' });
  return { document: `DocumentReference/${recording.id}`, recording: recording.masterIdentifier, patient: `Patient/${recording.patientId}`, owner, purpose: 'TRAIN', from: inDays(-1), until: inDays(14), offline: true, ...more };
}

describe('an act', () => {
  it('is a manager’s alone, of whoever is here', async () => {
    await at.enter('ada');
    const calls = [() => stop(at.desk, { kind: 'all' }, 'other'), () => readStops(at.desk), () => assignmentKey(at.desk), () => assignments(at.desk, { document: null, owners: [] }, null), () => enrolDevice(at.desk, { device: at.desk.machine.device, sds: '1' }, Buffer.alloc(32).toString('base64url'))];
    for (const call of calls) await expect(call()).rejects.toThrow(code('bad-request'));
    const desk = await pat();
    desk.session = null;
    await expect(stop(desk, { kind: 'all' }, 'other')).rejects.toThrow(code('session-expired'));
    expect(actsOf(desk)).toEqual([]);
  });

  it('that cannot be recorded is not done', async () => {
    const desk = await pat();
    vi.spyOn(desk.journal!, 'write').mockImplementation(() => {
      throw new Failure('audit-unwritable', 'full');
    });
    const before = practice.get().accessLog.length;
    await expect(stop(desk, { kind: 'all' }, 'other')).rejects.toThrow(code('audit-unwritable'));
    expect(practice.get().accessLog.slice(before).filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('that the practice does not confirm is recorded once, and says so', async () => {
    const desk = await pat();
    at.broken = /\/fhir\/List/;
    await expect(stop(desk, { kind: 'all' }, 'incident')).rejects.toMatchObject({ code: 'act-unconfirmed', detail: { why: 'practice-unreachable' } });
    expect(actsOf(desk)).toEqual([{ event: 'stopped', target: 'all', subject: null, reason: 'incident' }]);
  });

  it('is not done for who was here before', async () => {
    const desk = await pat();
    const gate = at.hold(/\/fhir\/Patient/);
    const stopping = stop(desk, { kind: 'patient', patient: 'Patient/pat-1' }, 'other');
    await gate.reached;
    await dee();
    gate.open();
    await expect(stopping).rejects.toThrow(code('locked'));
    expect(actsOf(desk)).toEqual([]);
  });

  it('takes a reason that is a code', async () => {
    const desk = await pat();
    for (const reason of ['', 'lifted', 'Because of Demo Samplepatient', 'x'.repeat(61)]) await expect(stop(desk, { kind: 'all' }, reason)).rejects.toThrow(code('bad-request'));
  });
});

describe('stopping', () => {
  it('a recording reaches its clinician, and takes two managers to lift', async () => {
    const desk = await pat();
    const { recording } = await termsFor('Practitioner/gp-1');
    const [task = ''] = practice.get().repo.recordings().find(({ masterIdentifier }) => masterIdentifier === recording)!.taskIds;
    const ada = await clinicianAt('ada');
    const standingNow = async () => {
      await syncWorklist(ada.desk);
      return ada.standingOf(task);
    };
    expect(await standingNow()).toBe('shown');
    await stop(desk, { kind: 'recording', recording }, 'wrong-patient');
    expect(await standingNow()).toContain('stopped');
    const { state, stops: [standing, ...more] } = await readStops(desk);
    expect([state, more]).toEqual(['read', []]);
    expect(standing).toMatchObject({ target: 'recording', recording, reason: 'wrong-patient', proposals: [] });
    const ids = [standing!.id];

    await expect(confirmLift(desk, ids)).rejects.toThrow(refused('not-proposed'));
    await proposeLift(desk, ids, 'corrected');
    await expect(proposeLift(desk, ids, 'corrected')).rejects.toThrow(refused('proposed-already'));
    await expect(confirmLift(desk, ids)).rejects.toThrow(refused('second-person'));
    expect(await standingNow()).toContain('stopped');
    const subject = { recording, document: null, patient: null, task: null, purpose: null };
    expect(actsOf(desk)).toEqual([{ event: 'stopped', target: 'recording', subject, reason: 'wrong-patient' }, { event: 'lifted', target: 'recording', subject, reason: 'proposed:corrected' }]);

    await dee();
    expect((await readStops(desk)).stops).toMatchObject([{ proposals: [{ by: 'Practitioner/pm-1', reason: 'corrected', mine: false }] }]);
    await confirmLift(desk, ids);
    expect((await readStops(desk)).stops).toEqual([]);
    expect(actsOf(desk)).toEqual([{ event: 'lifted', target: 'recording', subject, reason: 'confirmed:corrected' }]);
    expect(await standingNow()).toBe('shown');

    // What was proposed before it was stopped again lifts nothing.
    await stop(desk, { kind: 'recording', recording }, 'other');
    await expect(confirmLift(desk, ids)).rejects.toThrow(refused('not-proposed'));
    await proposeLift(desk, ids, 'corrected');
    await pat();
    await confirmLift(desk, ids);
  });

  it('a patient is by each identifier of theirs, the NHS number first', async () => {
    const desk = await pat();
    await changeAtPractice(practice.get(), undo, 'Patient', 'pat-3', (patient) => ({ ...patient, identifier: [{ system: 'https://demo-surgery.example/Id/local', value: 'L-3' }, { system: 'urn:nothing' }, ...((patient as { identifier?: object[] }).identifier ?? [])] }) as never);
    await stop(desk, { kind: 'patient', patient: 'Patient/pat-3' }, 'incident');
    const { entry = [] } = await practice.get().repo.read<List>('List', 'stop-list');
    expect(entry.slice(-2).map(({ item }) => [item.reference, item.identifier?.system])).toEqual([['Patient/pat-3', 'https://fhir.nhs.uk/Id/nhs-number'], ['Patient/pat-3', 'https://demo-surgery.example/Id/local']]);
    const { stops } = await readStops(desk);
    expect(stops.map(({ target, patient }) => [target, patient])).toEqual([['patient', 'Patient/pat-3'], ['patient', 'Patient/pat-3']]);
    await proposeLift(desk, stops.map(({ id }) => id), 'corrected');
    expect(actsOf(desk)).toHaveLength(2);
    await dee();
    await confirmLift(desk, stops.map(({ id }) => id));
    expect((await readStops(desk)).stops).toEqual([]);
    await expect(stop(desk, { kind: 'patient', patient: 'Patient/nobody' }, 'other')).rejects.toThrow(refused('no-identifier'));
    await expect(stop(desk, { kind: 'recording', recording: 'rec-01' }, 'other')).rejects.toThrow(code('bad-request'));
  });

  it('is not lifted with who is no manager any more, nor upon a list that cannot be read', async () => {
    const desk = await pat();
    await stop(desk, { kind: 'all' }, 'incident');
    const ids = (await readStops(desk)).stops.map(({ id }) => id);
    await proposeLift(desk, ids, 'corrected');
    await dee();
    await changeAtPractice(practice.get(), undo, 'PractitionerRole', 'role-pm-1', (role) => ({ ...role, active: false }) as never);
    await expect(confirmLift(desk, ids)).rejects.toThrow(refused('second-person'));
    await undo.pop()!();
    // Another record of the same person is not another person.
    await changeAtPractice(practice.get(), undo, 'Practitioner', 'pm-1', (one) => ({ ...one, identifier: [{ system: 'https://fhir.nhs.uk/Id/sds-user-id', value: at.desk.person!.sds }] }) as never);
    await expect(confirmLift(desk, ids)).rejects.toThrow(refused('second-person'));
    await undo.pop()!();
    practice.get().lies.listStatus = 500;
    await expect(confirmLift(desk, ids)).rejects.toThrow(refused('list-unreadable'));
    practice.get().lies.listStatus = 0;
    await confirmLift(desk, ids);
    expect(await readStops(desk)).toEqual({ state: 'read', stops: [] });
  });
});

describe('enrolling devices', () => {
  const chain = { device: '6a7c0b52-6d0f-4a53-9d3a-1f6f0c7a8b11', sds: '555000000001' };
  const [key, other] = [Buffer.alloc(32, 1).toString('base64url'), Buffer.alloc(32, 2).toString('base64url')];
  const name = `${chain.device}/${chain.sds}`;

  it('is seen by every manager, who remembers the first key that they saw', async () => {
    const desk = await pat();
    expect((await readDevices(desk)).list).toMatchObject({ state: 'read', decisions: [] });
    await expect(revokeDevice(desk, chain)).rejects.toThrow(refused('device-unknown'));
    await enrolDevice(desk, chain, key);
    const { list, remembered } = await readDevices(desk);
    expect([list.chains.get(name), remembered.get(name)]).toMatchObject([{ state: 'enrolled', key, by: 'Practitioner/pm-1' }, { key, seq: 0 }]);
    desk.vault!.ledger.verifiedUpTo([{ ...chain, seq: 7, hash: Buffer.alloc(32, 7) }]);

    await dee();
    expect((await readDevices(desk)).remembered.get(name)).toMatchObject({ key, seq: 0 });
    await enrolDevice(desk, chain, other);
    expect((await readDevices(desk)).remembered.get(name)).toMatchObject({ key: other });
    expect(actsOf(desk)).toEqual([{ event: 'device-enrolled', chain, key: other }]);

    await pat();
    const now = await readDevices(desk);
    expect([now.list.chains.get(name), now.remembered.get(name)]).toMatchObject([{ key: other }, { key, seq: 7 }]);
    await revokeDevice(desk, chain);
    expect((await readDevices(desk)).list.chains.get(name)).toMatchObject({ state: 'revoked', key: other });
    expect(actsOf(desk)).toEqual([{ event: 'device-enrolled', chain, key }, { event: 'device-revoked', chain, key: other }]);
    await enrolDevice(desk, chain, other);
    expect((await readDevices(desk)).remembered.get(name)).toMatchObject({ key: other, seq: 0, hash: null });
  });

  it('takes a key and a chain that are one, and is remembered only when it was confirmed', async () => {
    const desk = await pat();
    for (const [of, with_] of [[chain, key.slice(1)], [{ ...chain, device: 'x' }, key], [{ ...chain, sds: 'a/b' }, key]] as const) await expect(enrolDevice(desk, of, with_)).rejects.toThrow(code('bad-request'));
    practice.get().lies.listStatus = 500;
    await expect(enrolDevice(desk, { ...chain, sds: '555000000009' }, key)).rejects.toThrow(code('act-unconfirmed'));
    expect(desk.vault!.ledger.rememberedChains()).toEqual([]);
    expect(actsOf(desk)).toHaveLength(1);
  });
});

describe('assigning', () => {
  it('gives a colleague a review that their app takes, once the console’s key is in the site file', async () => {
    const desk = await pat();
    const terms = await termsFor('Practitioner/gp-2');
    const { jwk, standing } = await assignmentKey(desk);
    expect([standing, (JSON.parse(jwk) as { d?: string }).d]).toEqual(['unknown', undefined]);
    const before = practice.get().accessLog.length;
    await expect(assign(desk, terms)).rejects.toThrow(refused('key-unknown'));
    expect([actsOf(desk), practice.get().accessLog.slice(before).filter(({ method }) => method !== 'GET')]).toEqual([[], []]);

    await trustKey();
    expect(await assignmentKey(desk)).toEqual({ jwk, standing: 'trusted' });
    const task = await assign(desk, terms);
    const { document, recording, patient, purpose, from, until } = terms;
    expect(actsOf(desk)).toEqual([{ event: 'assigned', subject: { recording, document, patient, task: null, purpose }, owner: '555000000002', from, until }]);
    expect(await standingFor('ben', task)).toBe('shown');
    // Without that key it is nobody's.
    expect(await standingFor('ben', task, newDesk().desk.site)).toContain('not-mine');
    // Nor is it anybody else's.
    await changeAtPractice(practice.get(), undo, 'Task', idOf(task), (one) => ({ ...one, owner: { reference: 'Practitioner/gp-3' } }) as never);
    expect(await standingFor('cara', task)).toContain('assignment-invalid');
  });

  it('keeps its key, which is another than that of the record, for this person on this computer', async () => {
    const desk = await pat();
    const { jwk } = await assignmentKey(desk);
    await dee();
    expect((await assignmentKey(desk)).jwk).not.toBe(jwk);
    await pat();
    expect((await assignmentKey(desk)).jwk).toBe(jwk);
    expect(desk.vault!.assignmentSeed()).not.toEqual(desk.vault!.signingSeed());
    await trustKey();
    const [own] = desk.site.assignmentKeys.slice(-1);
    desk.site = { ...desk.site, assignmentKeys: [{ ...own!, revoked: true }] };
    expect((await assignmentKey(desk)).standing).toBe('retired');
    await expect(assign(desk, await termsFor('Practitioner/gp-2'))).rejects.toThrow(refused('key-retired'));
  });

  it('of one’s own consultation needs no key', async () => {
    const desk = await pat();
    const task = await assign(desk, await termsFor('Practitioner/gp-1'));
    expect(await standingFor('ada', task)).toBe('shown');
  });

  it.each<[string, Partial<AssignmentTerms>]>([
    ['period', { until: inDays(-2) }], ['period', { from: inDays(15) }], ['period', { until: 'x' }], ['period', { until: '2099-01-01' }], ['purpose', { purpose: 'OTHER' }], ['recording-changed', { patient: 'Patient/pat-1' }], ['recording-changed', { recording: 'urn:uuid:00000000-0000-4000-8000-000000000000' }],
    ['recording-changed', { document: 'DocumentReference/nothing' }], ['owner-unclear', { owner: 'Practitioner/nobody' }], ['owner-unclear', { owner: 'PractitionerRole/role-gp-2' }], ['not-clinician', { owner: 'Practitioner/pm-1' }],
  ])('is refused for %s (%o) before anything is recorded or written', async (why, wrong) => {
    const desk = await pat();
    await trustKey();
    const before = practice.get().accessLog.length;
    await expect(assign(desk, await termsFor('Practitioner/gp-2', wrong))).rejects.toThrow(refused(why));
    expect([actsOf(desk), practice.get().accessLog.slice(before).filter(({ method }) => method !== 'GET')]).toEqual([[], []]);
  });

  it('that is cut short leaves a draft, which is nobody’s and can be cancelled', async () => {
    const desk = await pat();
    await trustKey();
    const terms = await termsFor('Practitioner/gp-2');
    at.broken = /\/fhir\/Provenance$/;
    await expect(assign(desk, terms)).rejects.toThrow(code('act-unconfirmed'));
    at.broken = null;
    const { rows: [draft, ...more] } = await assignments(desk, { document: terms.document, owners: ['Practitioner/gp-2'] }, null);
    expect([draft?.status, more]).toEqual(['draft', []]);
    const ben = await clinicianAt('ben');
    expect(() => ben.rowOf(idOf(draft!.task))).toThrow('no row');

    const seen = { task: draft!.task, recording: terms.recording, owner: '555000000002' };
    expect(draft!.may).toEqual(['cancel']);
    await expect(extendAssignment(desk, seen, inDays(40), 'more-time')).rejects.toThrow(refused('status'));
    await cancelAssignment(desk, seen.task, 'in-error');
    expect(actsOf(desk)).toMatchObject([{ event: 'assigned', subject: { task: null } }, { event: 'assignment-cancelled', subject: { task: seen.task } }]);
  });

  it('makes one Task when the answer is lost', async () => {
    const desk = await pat();
    let lost = 1;
    practice.get().lies.answer = ({ method, path }, honest) => (method === 'POST' && path === 'Task' && lost-- > 0 ? null : honest);
    const terms = await termsFor('Practitioner/gp-1');
    const task = await assign(desk, terms);
    const { rows } = await assignments(desk, { document: terms.document, owners: [] }, null);
    expect(rows.map((row) => row.task).filter((one) => !one.startsWith('Task/task-'))).toEqual([task]);
  });

  it('does not take another Task for the one that it made', async () => {
    const desk = await pat();
    practice.get().lies.answer = ({ method, path }, honest) => (method === 'POST' && path === 'Task' ? { ...honest, body: Buffer.from(honest.body.toString().replace('Practitioner/gp-1', 'Practitioner/gp-3')) } : honest);
    await expect(assign(desk, await termsFor('Practitioner/gp-1'))).rejects.toThrow(code('act-unconfirmed'));
  });
});

describe('an assignment', () => {
  async function assigned(owner = 'Practitioner/gp-2') {
    const desk = await pat();
    await trustKey();
    const terms = await termsFor(owner);
    return { desk, terms, seen: { task: await assign(desk, terms), recording: terms.recording, owner: owner === 'Practitioner/gp-2' ? '555000000002' : '555000000001' } };
  }

  it('is extended with a statement of its own', async () => {
    const { desk, terms, seen } = await assigned();
    const until = inDays(30);
    await extendAssignment(desk, seen, until, 'more-time');
    expect(actsOf(desk).at(-1)).toMatchObject({ event: 'assignment-extended', subject: { task: seen.task, recording: terms.recording }, until, reason: 'more-time' });
    const ben = await clinicianAt('ben');
    vi.spyOn(ben.desk, 'now').mockReturnValue(Date.parse(terms.until) + DAY);
    expect(await ben.standingOf(idOf(seen.task))).toBe('shown');
    await expect(extendAssignment(desk, { ...seen, owner: '555000000003' }, inDays(50), 'more-time')).rejects.toThrow(refused('owner-unclear'));
    await expect(extendAssignment(desk, { ...seen, recording: 'urn:uuid:00000000-0000-4000-8000-000000000000' }, inDays(50), 'more-time')).rejects.toThrow(refused('recording-changed'));
    await expect(extendAssignment(desk, seen, inDays(29), 'more-time')).rejects.toThrow(refused('period'));
    await expect(extendAssignment(desk, seen, until, 'more-time')).rejects.toThrow(refused('period'));
  });

  it('is cancelled, and not taken up again', async () => {
    const { desk, terms, seen } = await assigned('Practitioner/gp-1');
    await cancelAssignment(desk, seen.task, 'consent-withdrawn');
    expect(await practice.get().repo.read<Task>('Task', idOf(seen.task))).toMatchObject({ status: 'cancelled', statusReason: { coding: [{ code: 'consent-withdrawn' }] } });
    expect(actsOf(desk).at(-1)).toEqual({ event: 'assignment-cancelled', subject: { recording: terms.recording, document: terms.document, patient: terms.patient, task: seen.task, purpose: 'TRAIN' }, reason: 'consent-withdrawn' });
    await expect(cancelAssignment(desk, seen.task, 'other')).rejects.toThrow(refused('status'));
    await expect(extendAssignment(desk, seen, inDays(40), 'more-time')).rejects.toThrow(refused('status'));
    await expect(cancelAssignment(desk, 'Patient/pat-1', 'other')).rejects.toThrow(code('bad-request'));
  });

  it('is cancelled although its clinician was quicker with a step', async () => {
    const { desk, seen } = await assigned('Practitioner/gp-1');
    let reads = 0;
    practice.get().lies.answer = async ({ method, path }, honest) => {
      if (method === 'GET' && path === seen.task && ++reads === 2) await changeAtPractice(practice.get(), [], 'Task', idOf(seen.task), (task) => ({ ...task, status: 'accepted' }) as never);
      return honest;
    };
    const before = practice.get().accessLog.length;
    await cancelAssignment(desk, seen.task, 'other');
    expect(practice.get().accessLog.slice(before).filter(({ method }) => method === 'PUT').map(({ status }) => status)).toEqual([412, 200]);
    expect(await practice.get().repo.read<Task>('Task', idOf(seen.task))).toMatchObject({ status: 'cancelled' });
  });
});

describe('the practice’s assignments', () => {
  it('come in pages, named, and each once', async () => {
    const desk = await pat();
    const tasks: string[] = [];
    let next: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof assignments>> = await assignments(desk, { document: null, owners: [] }, next);
      tasks.push(...page.rows.map(({ task }) => task));
      next = page.next;
      expect(page.unread).toBe(0);
      // No address of the server leaves.
      expect(next ?? '').not.toContain('http');
      for (const { owner, recording, patient } of page.rows) expect([owner.name, recording.title, patient?.name]).not.toContain(null);
    } while (next !== null);
    const all = practice.get().repo.recordings().flatMap(({ taskIds }) => taskIds.map((id) => `Task/${id}`));
    expect(new Set(tasks).size).toBe(tasks.length);
    expect(tasks).toEqual(expect.arrayContaining(all));
    await expect(assignments(desk, { document: null, owners: [] }, 'https://elsewhere.example/Task')).rejects.toThrow(code('bad-request'));
  });

  it('are named from what the practice gives, asked for once', async () => {
    const desk = await pat();
    const subjects = subjectsOf(desk);
    const [recording] = practice.get().repo.recordings();
    const { id, masterIdentifier, patientId } = recording!;
    const patients = await subjects.patients([`Patient/${patientId}`, 'Patient/nobody', 'Binary/x']);
    expect([...patients]).toEqual([[`Patient/${patientId}`, expect.objectContaining({ name: recording!.patientName, dateOfBirth: expect.stringMatching(/^\d{4}-/), nhsNumber: expect.stringMatching(/^999/) })], ['Patient/nobody', null]]);
    const before = practice.get().accessLog.length;
    await subjects.patients([`Patient/${patientId}`, 'Patient/nobody']);
    expect(practice.get().accessLog).toHaveLength(before);
    const named = await subjects.recordings([`DocumentReference/${id}`]);
    const byName = await subjects.recordingsNamed([masterIdentifier, 'urn:uuid:00000000-0000-4000-8000-000000000000']);
    expect([...byName]).toEqual([[masterIdentifier, named.get(`DocumentReference/${id}`)], ['urn:uuid:00000000-0000-4000-8000-000000000000', null]]);
    expect(named.get(`DocumentReference/${id}`)).toMatchObject({ recording: masterIdentifier, title: recording!.title, patient: `Patient/${patientId}`, clinicians: [{ practitioner: `Practitioner/${recording!.clinicianPractitionerId}`, sds: expect.any(String) }] });
    expect([...await subjects.holders(['PractitionerRole/role-gp-2', 'Practitioner/gp-3'])].map(([, one]) => one?.sds)).toEqual(['555000000002', '555000000003']);
  });

  it('that cannot be read just now are asked for again', async () => {
    const desk = await pat();
    const subjects = subjectsOf(desk);
    at.broken = /\/fhir\/Patient/;
    expect((await subjects.patients(['Patient/pat-1'])).get('Patient/pat-1')).toBeNull();
    at.broken = null;
    expect((await subjects.patients(['Patient/pat-1'])).get('Patient/pat-1')).not.toBeNull();
  });
});
