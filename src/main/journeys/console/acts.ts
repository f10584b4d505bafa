/** What a manager does: in a manager's session alone, and recorded before it is done. */
import type { ManagerEvent } from '../../audit/entry.ts';
import type { Journal } from '../../audit/journal.ts';
import { Failure, problemOf } from '../../platform/failure.ts';
import type { PracticeHttp } from '../../service/http.ts';
import type { Vault } from '../../vault/vault.ts';
import type { Desk, Person, PracticeSession } from '../desk.ts';

/** Who is at the console, as they were when they began: a manager, or where it is only about reading, a second reader. */
export interface Manager {
  vault: Vault;
  journal: Journal;
  session: PracticeSession;
  http: PracticeHttp;
  person: Person;
  /** "Practitioner/id" and "PractitionerRole/id". */
  me: string;
  role: string;
}

/** For what changes nothing but their own record. Throws `bad-request` for everybody else. */
export function readerHere(desk: Desk): Manager {
  const { vault, journal, session, person } = desk;
  if (!vault || !journal || !person || person.role.kind === 'clinician') throw new Failure('bad-request', 'nobody is at the console');
  if (!session) throw new Failure('session-expired', 'not signed in');
  return { vault, journal, session, http: session.http, person, me: `Practitioner/${person.practitioner}`, role: `PractitionerRole/${person.role.id}` };
}

/** For what a manager does. Throws `bad-request` for everybody else, a second reader too. */
export function managerHere(desk: Desk): Manager {
  if (desk.person?.role.kind !== 'manager') throw new Failure('bad-request', 'no manager is here');
  return readerHere(desk);
}

/** After every wait: what was begun for one person must not go on for the next. */
export function stillHere(desk: Desk, { person, session }: Manager): void {
  if (desk.person !== person || desk.session !== session) throw new Failure('locked', 'somebody else is here');
}

/** A console has no copies that can be used meanwhile, and has words of its own for that. */
export const withoutCopies = (error: unknown): unknown => (error instanceof Failure && error.code === 'practice-unreachable' ? new Failure(error.code, error.message, { ...error.detail, of: 'console' }, { cause: error }) : error);

/** Why something was not done; nothing was written or recorded. Words: src/renderer/text/problems.ts. */
export type Refusal =
  | 'key-unknown' | 'key-retired' | 'no-identifier' | 'recording-changed' | 'patient-unclear' | 'owner-unclear' | 'not-clinician' | 'period' | 'purpose' | 'status'
  | 'not-standing' | 'dated-ahead' | 'not-proposed' | 'second-person' | 'list-unreadable' | 'proposed-already' | 'device-unknown' | 'key-changed' | 'incident-newer' | 'incident-too-long' | 'incident-empty' | 'too-vague';

export const refused = (why: Refusal): Failure => new Failure('act-refused', why, { why });

/** Writes what is about to be done, and does it. `act-unconfirmed`: nobody knows whether it was; `why` is the code of what went wrong. */
export async function act<T>(desk: Desk, manager: Manager, events: readonly ManagerEvent[], work: () => Promise<T>): Promise<T> {
  stillHere(desk, manager);
  for (const event of events) manager.journal.write(event);
  try {
    return await work();
  } catch (error) {
    const { code } = problemOf(error);
    if (code !== 'practice-unreachable' && code !== 'practice-error') throw error;
    throw new Failure('act-unconfirmed', 'recorded, and not confirmed', { why: code }, { cause: error });
  }
}

/** A code of a reason: what is recorded and sent holds no free text, which could name a patient. */
export function reasonCode(reason: string): string {
  if (!/^[a-z][a-z0-9-]{0,59}$/.test(reason) || reason === 'lifted') throw new Failure('bad-request', 'no such reason');
  return reason;
}
