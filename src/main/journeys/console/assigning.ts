/**
 * Assigning reviews. A colleague's review needs an assignment signed with this console's own key, which the practice's IT adds to the site file. The statement names
 * the Task as the server does, so the Task is there first, as a draft, which opens nothing; what is cut short leaves a draft to cancel.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { AssignmentView } from '../../../preload/console.ts';
import { purposeOf } from '../../assurance/admit.ts';
import { recordingUrn } from '../../assurance/recording.ts';
import { Assignment, type SignedPatient } from '../../assurance/statements.ts';
import type { Subject } from '../../audit/entry.ts';
import { localReference } from '../../fhir/reference.ts';
import { DocumentReference, hasCode, identifiersOf, Patient, PractitionerRole, Task } from '../../fhir/resources.ts';
import { ASSIGNMENT, PURPOSE_OF_USE, SDS_USER_ID, TASK_INPUT, TASK_STATUS_REASON, TASK_TYPE } from '../../fhir/systems.ts';
import { Failure } from '../../platform/failure.ts';
import type { SignedStatement } from '../../service/offered.ts';
import { readRoles } from '../../service/people.ts';
import { byId } from '../../service/search.ts';
import { reviewPeriod } from '../../service/subjects.ts';
import { change, create, createBinary, readResource, type Resource } from '../../service/writing.ts';
import { sessionRoles } from '../../session/roles.ts';
import type { Desk } from '../desk.ts';
import { act, managerHere, reasonCode, refused, type Manager } from './acts.ts';
import { consoleKey, moment, signFor, type ConsoleKey } from './consoleKey.ts';

/** Somebody may still be doing it: it can be extended. */
const OPEN = ['requested', 'accepted', 'in-progress'];
/** Has ended for good, and cannot be cancelled; a completed one is still shown for a while. */
const ENDED = ['cancelled', 'rejected', 'entered-in-error', 'failed'];

/** What a manager may do with an assignment of this status; of a draft and of what is reviewed nothing but cancel it. */
export const mayDo = (status: string): AssignmentView['may'] => [...(OPEN.includes(status) ? ['extend' as const] : []), ...(ENDED.includes(status) ? [] : ['cancel' as const])];

/** Who is to review what, as the manager saw it: what the practice says otherwise by then is refused. */
export interface AssignmentTerms {
  /** "DocumentReference/id" and its urn:uuid. */
  document: string;
  recording: string;
  /** "Patient/id". */
  patient: string;
  /** "Practitioner/id". */
  owner: string;
  /** PurposeOfUse code of the site file. */
  purpose: string;
  /** ISO times. */
  from: string;
  until: string;
  offline: boolean;
}

/** The terms with what the practice says of what they name. */
interface Checked extends AssignmentTerms {
  encounter: string;
  title: string;
  ownerSds: string;
  signedPatient: SignedPatient | null;
  /** Null where the owner was in the consultation, which needs no signature. */
  key: ConsoleKey | null;
}

const Described = DocumentReference.extend({ description: z.string().max(4000).optional() });

async function check(desk: Desk, manager: Manager, terms: AssignmentTerms): Promise<Checked> {
  const { http } = manager;
  const { fhirBase } = http;
  const [from = NaN, until = NaN] = [terms.from, terms.until].map((time) => Date.parse(z.iso.datetime({ offset: true }).safeParse(time).data ?? ''));
  if (!(from < until && until > desk.now())) throw refused('period');
  if (!Object.hasOwn(desk.site.purposes, terms.purpose)) throw refused('purpose');
  const recording = (await byId(http, 'DocumentReference', Described, [terms.document])).get(terms.document);
  const encounter = localReference(recording?.context?.encounter?.[0]?.reference, fhirBase, 'Encounter');
  const same = recording?.status === 'current' && recordingUrn(recording) === terms.recording && localReference(recording.subject?.reference, fhirBase, 'Patient') === terms.patient;
  if (!same || encounter === null) throw refused('recording-changed');
  const authored = (recording.author ?? []).some(({ reference }) => localReference(reference, fhirBase, 'Practitioner') === terms.owner);
  const ownerSds = await clinician(desk, manager, terms.owner);
  const checked: Checked = {
    ...terms, encounter, title: recording.description ?? recording.type?.text ?? 'Consultation recording', ownerSds, signedPatient: null, key: null,
  };
  if (authored) return checked;
  const patient = (await byId(http, 'Patient', Patient, [terms.patient])).get(terms.patient);
  const name = patient?.name?.find(({ use }) => use === 'official') ?? patient?.name?.[0];
  const identifiers = (patient?.identifier ?? []).flatMap(({ system, value }) => (system && value ? [{ system, value }] : []));
  if (!patient?.birthDate || !name?.family || identifiers.length === 0) throw refused('patient-unclear');
  const key = await consoleKey(manager);
  const signing = { ...checked, key, signedPatient: { identifiers, birthDate: patient.birthDate, family: name.family } };
  // Before anything is written: nobody should be told of a review that no app will open.
  await signAssignment(desk, manager, signing, 'Task/to-be-made');
  return signing;
}

/** SDS user id of somebody who is a clinician here now. @param owner "Practitioner/id" */
async function clinician(desk: Desk, { http }: Manager, owner: string): Promise<string> {
  const id = owner.slice('Practitioner/'.length);
  const staff = localReference(owner, http.fhirBase, 'Practitioner') === owner ? await readRoles(http, id) : null;
  const [sds, ...more] = staff ? identifiersOf(staff.practitioner, SDS_USER_ID) : [];
  if (!staff || sds === undefined || more.length > 0 || staff.practitioner.active === false) throw refused('owner-unclear');
  if (!sessionRoles(staff.roles, id, desk.site, desk.now()).some(({ kind }) => kind === 'clinician')) throw refused('not-clinician');
  return sds;
}

/** Null where none is needed. @param task "Task/id" */
async function signAssignment(desk: Desk, { person }: Manager, { key, signedPatient, recording, ownerSds, purpose, from, until }: Checked, task: string): Promise<SignedStatement | null> {
  if (!key || !signedPatient) return null;
  const signed = await signFor(desk, key, {
    version: 1, task: task.slice('Task/'.length), recording, patient: signedPatient, owner: ownerSds, purpose, period: { start: from, end: until }, issuedAt: moment(desk.now()), assigner: person.sds,
  } satisfies Assignment as { issuedAt: string }, Assignment);
  if (signed === 'untrusted') throw refused('key-unknown');
  if (signed === 'retired') throw refused('key-retired');
  if (signed === 'malformed') throw refused('patient-unclear');
  return signed;
}

/** The bytes first: a Provenance never names what is not there. */
async function keepStatement(desk: Desk, { http, role }: Manager, { bytes, jws }: SignedStatement, task: string): Promise<void> {
  const binary = await createBinary(http, Buffer.from(bytes, 'base64'), 'application/json');
  const at = moment(desk.now());
  const who = { reference: role };
  const { same } = await create(http, {
    resourceType: 'Provenance', target: [{ reference: task }], recorded: at, agent: [{ who }], entity: [{ role: 'source', what: { reference: binary } }],
    signature: [{
      type: [{ system: 'urn:iso-astm:E1762-95:2013', code: '1.2.840.10065.1.12.1.14', display: 'Source Signature' }],
      when: at, who, targetFormat: 'application/json', sigFormat: 'application/jose', data: Buffer.from(jws).toString('base64'),
    }],
  }, `target=${encodeURIComponent(task)}&entity=${encodeURIComponent(binary)}`);
  if (!same) throw new Failure('practice-error', 'another Provenance was answered');
}

const subjectOf = ({ recording, document, patient, purpose }: AssignmentTerms, task: string | null): Subject => ({ recording, document, patient, task, purpose });

/** Returns "Task/id". */
export async function assign(desk: Desk, terms: AssignmentTerms): Promise<string> {
  const manager = managerHere(desk);
  const { http, role, person } = manager;
  const checked = await check(desk, manager, terms);
  const { document, patient, encounter, owner, ownerSds, purpose, title, from, until, offline } = checked;
  // The practice has given it no name yet: the record names what is assigned to whom.
  return act(desk, manager, [{ event: 'assigned', subject: subjectOf(terms, null), owner: ownerSds, from, until }], async () => {
    const identifier = { system: ASSIGNMENT, value: `urn:uuid:${randomUUID()}` };
    const at = moment(desk.now());
    const { kept, same } = await create(http, {
      resourceType: 'Task', identifier: [identifier], status: 'draft', intent: 'order', priority: 'routine',
      code: { coding: [{ system: TASK_TYPE, code: 'review-recording' }], text: 'Review consultation recording' }, description: title,
      focus: { reference: document }, for: { reference: patient }, encounter: { reference: encounter }, authoredOn: at, lastModified: at,
      requester: { reference: role, display: person.name }, owner: { reference: owner }, reasonCode: { coding: [{ system: PURPOSE_OF_USE, code: purpose }] },
      restriction: { period: { start: from, end: until } }, input: [{ type: { coding: [{ system: TASK_INPUT, code: 'offline-permitted' }] }, valueBoolean: offline }],
    }, `identifier=${encodeURIComponent(`${identifier.system}|${identifier.value}`)}`);
    if (!same) throw new Failure('practice-error', 'another Task was answered');
    const task = `Task/${kept.id}`;
    await give(desk, manager, checked, task);
    return task;
  });
}

/** From a draft to a review that is its owner's. */
async function give(desk: Desk, manager: Manager, checked: Checked, task: string): Promise<void> {
  const statement = await signAssignment(desk, manager, checked, task);
  if (statement) await keepStatement(desk, manager, statement, task);
  await change(manager.http, task, (before) => {
    if (before.status === 'requested') return null;
    if (before.status !== 'draft') throw new Failure('practice-error', 'no draft any more');
    return { ...before, status: 'requested', lastModified: moment(desk.now()) };
  });
}

/** What the manager saw of an assignment: what it names by now must be that. */
export interface SeenAssignment {
  /** "Task/id". */
  task: string;
  /** urn:uuid, and SDS user id. */
  recording: string;
  owner: string;
}

/** The Task as it is now, with its terms checked as for a new one. @param until in place of its own end */
async function checkTask(desk: Desk, manager: Manager, { task, recording, owner }: SeenAssignment, until: string): Promise<{ checked: Checked; read: Task }> {
  const { http } = manager;
  const read = (await byId(http, 'Task', Task, [task])).get(task);
  if (!read || !hasCode(read.code, TASK_TYPE, 'review-recording') || !OPEN.includes(read.status)) throw refused('status');
  const purpose = purposeOf(read, desk.site);
  if (purpose === null) throw refused('purpose');
  const start = read.restriction?.period?.start;
  if (!start?.includes('T')) throw refused('period');
  const [document, patient, person] = [localReference(read.focus?.reference, http.fhirBase, 'DocumentReference'), localReference(read.for?.reference, http.fhirBase, 'Patient'), await personOf(manager, read.owner?.reference)];
  if (document === null || patient === null || person === null) throw refused('recording-changed');
  const offline = (read.input ?? []).some(({ type, valueBoolean }) => hasCode(type, TASK_INPUT, 'offline-permitted') && valueBoolean === true);
  const checked = await check(desk, manager, { document, recording, patient, owner: person, purpose, from: start, until, offline });
  if (checked.ownerSds !== owner) throw refused('owner-unclear');
  return { checked, read };
}

/** "Practitioner/id" of an owner, who may be named by a role. */
async function personOf({ http }: Manager, reference: string | undefined): Promise<string | null> {
  const role = localReference(reference, http.fhirBase, 'PractitionerRole');
  if (role === null) return localReference(reference, http.fhirBase, 'Practitioner');
  return localReference((await byId(http, 'PractitionerRole', PractitionerRole, [role])).get(role)?.practitioner?.reference, http.fhirBase, 'Practitioner');
}

/** @param until ISO time, later than it was @param reason its code */
export async function extendAssignment(desk: Desk, seen: SeenAssignment, until: string, reason: string): Promise<void> {
  const manager = managerHere(desk);
  const { task } = seen;
  const code = reasonCode(reason);
  const { checked, read } = await checkTask(desk, manager, seen, until);
  const end = reviewPeriod(read).until;
  if (end === null || Date.parse(end) >= Date.parse(until)) throw refused('period');
  await act(desk, manager, [{ event: 'assignment-extended', subject: subjectOf(checked, task), until, reason: code }], async () => {
    // Until the Task says so too, its former end counts.
    const statement = await signAssignment(desk, manager, checked, task);
    if (statement) await keepStatement(desk, manager, statement, task);
    await change(manager.http, task, (before) => {
      if (!OPEN.includes(String(before.status))) throw new Failure('practice-error', 'it has ended meanwhile');
      const restriction = z.looseObject({ period: z.looseObject({ end: z.string().optional() }) }).parse(before.restriction);
      if (restriction.period.end === until) return null;
      return { ...before, restriction: { ...restriction, period: { ...restriction.period, end: until } }, lastModified: moment(desk.now()) };
    });
  });
}

/** Any that is not over, however little of it can be read: its copies go with the reviewer's next sync. @param task "Task/id" @param reason its code */
export async function cancelAssignment(desk: Desk, task: string, reason: string): Promise<void> {
  const manager = managerHere(desk);
  const { http } = manager;
  const code = reasonCode(reason);
  if (localReference(task, http.fhirBase, 'Task') !== task) throw new Failure('bad-request', 'no such assignment');
  const before = await readResource(http, task);
  if (ENDED.includes(String(before.status)) || !isReview(before)) throw refused('status');
  const readable = Task.safeParse(before).data;
  const document = localReference(readable?.focus?.reference, http.fhirBase, 'DocumentReference');
  const recording = document === null ? undefined : (await byId(http, 'DocumentReference', DocumentReference, [document])).get(document);
  const subject: Subject = {
    recording: recording ? recordingUrn(recording) : null, document, patient: localReference(readable?.for?.reference, http.fhirBase, 'Patient'), task, purpose: readable ? purposeOf(readable, desk.site) : null,
  };
  await act(desk, manager, [{ event: 'assignment-cancelled', subject, reason: code }], () => change(http, task, (now) => {
    if (now.status === 'cancelled') return null;
    if (!isReview(now)) throw new Failure('practice-error', 'no review any more');
    return { ...now, status: 'cancelled', statusReason: { coding: [{ system: TASK_STATUS_REASON, code }] }, lastModified: moment(desk.now()) };
  }));
}

const isReview = (task: Resource) => hasCode(Task.shape.code.safeParse(task.code).data, TASK_TYPE, 'review-recording');
