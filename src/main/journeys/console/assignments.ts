/** The practice's assignments as a manager sees them, and the names for a manager's screens. */
import { randomUUID } from 'node:crypto';
import type { AssignmentView, PersonRef } from '../../../preload/console.ts';
import { purposeOf } from '../../assurance/admit.ts';
import { localReference } from '../../fhir/reference.ts';
import { hasCode, type Task } from '../../fhir/resources.ts';
import { TASK_INPUT } from '../../fhir/systems.ts';
import { Failure } from '../../platform/failure.ts';
import { patientView, reviewPage, reviewPeriod, Subjects, type ReviewQuery } from '../../service/subjects.ts';
import type { Desk, PracticeSession } from '../desk.ts';
import { readerHere, type Manager } from './acts.ts';
import { mayDo } from './assigning.ts';

/** What the lists of one session share: names that were asked for, and where the pages that follow are. */
const shared = new WeakMap<PracticeSession, { subjects: Subjects; pages: Map<string, string> }>();

function sharedOf({ session, http }: Manager): { subjects: Subjects; pages: Map<string, string> } {
  const known = shared.get(session) ?? { subjects: new Subjects(http), pages: new Map<string, string>() };
  shared.set(session, known);
  return known;
}

/** Names of patients, recordings and staff for this manager's screens, kept for the session. */
export const subjectsOf = (desk: Desk): Subjects => sharedOf(readerHere(desk)).subjects;

/** Review Tasks in whatever state, drafts among them; newest first. @param next what the page before gave */
export async function assignments(desk: Desk, query: ReviewQuery, next: string | null): Promise<{ rows: AssignmentView[]; unread: number; next: string | null }> {
  const manager = readerHere(desk);
  const { http } = manager;
  const { subjects, pages } = sharedOf(manager);
  const address = next === null ? null : pages.get(next);
  if (address === undefined) throw new Failure('bad-request', 'no such page');
  const page = await reviewPage(http, query, address);
  const owner = ({ owner: { reference } = {} }: Task) => localReference(reference, http.fhirBase, 'Practitioner') ?? localReference(reference, http.fhirBase, 'PractitionerRole') ?? '';
  const document = ({ focus }: Task) => localReference(focus?.reference, http.fhirBase, 'DocumentReference') ?? '';
  const patient = ({ for: whose }: Task) => localReference(whose?.reference, http.fhirBase, 'Patient') ?? '';
  const [people, recordings, patients] = [await subjects.holders(page.tasks.map(owner)), await subjects.recordings(page.tasks.map(document)), await subjects.patients(page.tasks.map(patient))];
  const personRef = (task: Task): PersonRef => {
    const named = people.get(owner(task));
    return { sds: named?.sds ?? '', name: named?.name ?? '', role: '' };
  };
  const rows = page.tasks.map((task): AssignmentView => {
    const [of, whose] = [document(task), patient(task)];
    const { recording = null, title = null, consultedAt = null } = recordings.get(of) ?? {};
    return {
      task: `Task/${task.id}`, owner: personRef(task), recording: { recording, document: of || null, title, consultedAt }, patient: whose ? patientView(whose, patients.get(whose)) : null,
      status: task.status, purpose: purposeOf(task, desk.site), ...reviewPeriod(task), offline: (task.input ?? []).some(({ type, valueBoolean }) => hasCode(type, TASK_INPUT, 'offline-permitted') && valueBoolean === true),
      may: mayDo(task.status),
    };
  });
  const token = page.next === null ? null : randomUUID();
  if (token !== null && page.next !== null) pages.set(token, page.next);
  return { rows, unread: page.unread, next: token };
}
