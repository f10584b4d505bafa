/** Whether the person still has the role that they chose: asked with every sync, while something plays, and with every reading of the record. */
import { byNameAlone } from '../audit/entry.ts';
import { Failure } from '../platform/failure.ts';
import { log } from '../platform/log.ts';
import { identifiersOf } from '../fhir/resources.ts';
import { SDS_USER_ID } from '../fhir/systems.ts';
import { Ahead } from '../service/batch.ts';
import { readRoles } from '../service/people.ts';
import type { Reader } from '../service/http.ts';
import { rolesToChoose } from '../session/roles.ts';
import type { Vault } from '../vault/vault.ts';
import type { Desk, Person, PracticeSession } from './desk.ts';
import { destroyCopy } from './destroy.ts';
import { closeContent } from './lock.ts';
import { endSession } from './practiceSession.ts';
import { deliverWaiting } from './deliver.ts';
import { endForRole } from './kept.ts';
import { withdraw } from './withdraw.ts';

/**
 * Returns while the practice says that the role goes on; ends it and throws `role-ended` when it says that it does not. Throws what stopped it from asking.
 * @param together in one request where the practice allows it
 */
export async function confirmRole(desk: Desk, together = false): Promise<void> {
  const { session, person, site } = desk;
  const vault = person && person.role.kind !== 'clinician' ? desk.vault : desk.vaultOrThrow();
  if (!vault || !session || !person) throw new Failure('session-expired', 'not signed in');
  const { role } = person;
  const read = async (http: Reader) => {
    const staff = await readRoles(http, person.practitioner);
    if (role.kind === 'clinician') desk.stillOrThrow(vault);
    else if (desk.person !== person || desk.session !== session) throw new Failure('locked', 'somebody else is here');
    // Whom the practice does not know any more has no role there.
    const same = staff !== null && staff.practitioner.active !== false && identifiersOf(staff.practitioner, SDS_USER_ID).includes(person.sds);
    // A second reader is one by name: whichever role they have here.
    const goesOn = same && rolesToChoose(staff.roles, person, site, desk.now()).some(({ id, kind }) => kind === role.kind && (id === role.id || kind === 'guardian'));
    return { staff, goesOn };
  };
  const ahead = new Ahead(session.http);
  let { staff, goesOn } = await read(together ? ahead : session.http);
  // No role ends because a batch lacks it.
  if (!goesOn && ahead.isUsed) ({ staff, goesOn } = await read(session.http));
  if (goesOn) return;
  if (staff?.unclear.has(role.id)) throw new Failure('practice-error', 'says two things of the role, or none that can be read');
  await endRole(desk, vault, session, person);
  throw new Failure('role-ended', 'role ended');
}

/** Everything of the role ends here, until a sign-in finds one: copies are destroyed, the session is revoked; what was recorded is sent first. */
async function endRole(desk: Desk, vault: Vault, session: PracticeSession, person: Person): Promise<void> {
  // Before anything waits: from here on nothing is shown, listed or opened, and no unlock goes on with the session, whatever becomes of the rest.
  endSession(desk, session);
  try {
    try {
      // What a console has here goes when it closes; of their copies as a clinician nothing was said.
      if (person.role.kind === 'clinician') {
        vault.ledger.set('roleEnded', new Date(desk.now()).toISOString());
        vault.library.set('refreshToken', null);
      }
      log('refused', { step: 'roles', code: 'role-ended' });
      desk.journal?.write({ event: 'role-ended' });
      if (person.role.kind === 'clinician') await eraseEnded(desk, vault);
      if (person.role.kind === 'manager') endForRole(desk, vault, []);
    } finally {
      if (desk.vault === vault) await closeEnded(desk, vault, person);
    }
    await deliverWaiting(desk, session, vault);
  } finally {
    await session.tokens.revoke();
  }
}

/** The screen goes with the content, and does not wait for what the practice is still to be told. */
async function closeEnded(desk: Desk, vault: Vault, { name, role }: Person): Promise<void> {
  try {
    await closeContent(desk, new Failure('role-ended', 'role ended'));
  } finally {
    if (desk.vault === vault && !vault.unlocked) desk.show({ screen: 'no-role', name, practice: desk.practice, ended: role.kind });
  }
}

/** Every copy of a role that ended: also what an ending that broke off left behind. */
export async function eraseEnded(desk: Desk, vault: Vault): Promise<void> {
  if (!desk.roleEnded) return;
  for (const row of vault.library.assignments()) await withdraw(desk, vault, row, 'role-ended');
  for (const recording of vault.library.recordingsHere()) destroyCopy(desk, vault, recording, byNameAlone(recording), 'role-ended');
}
