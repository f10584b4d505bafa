/** Tells the practice what the person made: in order for each Task, each exactly once, as it is when it goes. */
import { z } from 'zod';
import type { Conflict } from '../../../preload/review.ts';
import type { Assured } from '../../assurance/assess.ts';
import { ownedBy } from '../../assurance/admit.ts';
import { CLOCK_DIFFERENCE_MS } from '../../fhir/period.ts';
import { Task } from '../../fhir/resources.ts';
import { MESSAGE_ID, REVIEW_ID } from '../../fhir/systems.ts';
import { Failure, problemOf } from '../../platform/failure.ts';
import { faultFields, log } from '../../platform/log.ts';
import { waitAfter } from '../../platform/pace.ts';
import { FormShelf } from '../../review/forms.ts';
import { Notebook } from '../../review/notebook.ts';
import { LONGEST_WAIT, Outgoing, type Item } from '../../review/outgoing.ts';
import { communication, formResponse, mayStep, notesResponse, stepped, urn, type About } from '../../review/resources.ts';
import { tasksById } from '../../service/worklist.ts';
import { change, create, holds, readResource, type Unwritten } from '../../service/writing.ts';
import type { AssignmentRow } from '../../vault/library.ts';
import type { Library } from '../../vault/library.ts';
import type { Vault } from '../../vault/vault.ts';
import type { Desk, PracticeSession } from '../desk.ts';
import { refreshRow, removeAll } from '../takeIn.ts';
import { decide } from '../worklist.ts';
import { aboutOf, inLibraryOf, noteConflict, statusOf } from './reviewing.ts';

/** After each failure twice as long. */
const backoff = (attempts: number): number => waitAfter(attempts, 5_000, LONGEST_WAIT);

/** Where it was locked and unlocked meanwhile the library is another: what was begun with the one before ends. */
const isHere = (desk: Desk, vault: Vault, library: Library): boolean => desk.vault === vault && vault.unlocked && vault.library === library;

/** More than a person writes between two rounds. */
const MOST = 200;

/** Never throws: what did not go stays queued. One round at a time. @returns whether anything changed */
export async function deliverWork(desk: Desk): Promise<boolean> {
  const { session, vault } = desk;
  if (!session || !vault?.unlocked || desk.person?.role.kind !== 'clinician' || desk.siteChanged || desk.roleEnded) return false;
  const running = desk.sendingWork.get(vault);
  if (running) return running;
  const round = send(desk, session, vault).finally(() => desk.sendingWork.delete(vault));
  desk.sendingWork.set(vault, round);
  return round;
}

async function send(desk: Desk, session: PracticeSession, vault: Vault): Promise<boolean> {
  let changed = false;
  const withheld = new Set<string>();
  const { library } = vault;
  for (let tried = 0; tried < MOST + withheld.size; tried += 1) {
    if (!isHere(desk, vault, library)) return changed;
    const inLibrary = inLibraryOf(desk);
    const [item] = inLibrary((db) => new Outgoing(db).due(desk.machine.now(), (task) => library.assignmentOf(task) === null, withheld));
    if (!item) return changed;
    const { uuid } = inLibrary((db) => new Outgoing(db).identity(item.task, item.kind, item.ref));
    const isStill = (): boolean => inLibrary((db) => new Outgoing(db).isStill(item));
    try {
      const went = await sendOne(desk, session, vault, item);
      if (!isHere(desk, vault, library)) return changed;
      if (!went) {
        withheld.add(item.task);
        continue;
      }
      // Before it leaves the queue: what breaks off between goes once more, and makes no second one. What changed while it went is still to go, and stays sealed.
      if (isStill()) vault.ledger.workSent(uuid, `${item.kind} ${item.version}`);
      inLibrary((db) => {
        const outgoing = new Outgoing(db);
        outgoing.sent(item);
        // The evidence says it now.
        if (item.kind === 'step' && !outgoing.of(item.task).some(({ kind }) => kind === 'step')) new Notebook((work) => work(db)).forgetStep(item.task);
      });
      changed = true;
    } catch (error) {
      if (!isHere(desk, vault, library)) return changed;
      const { code } = problemOf(error);
      log('refused', { step: 'deliver-work', code, ...faultFields(error) });
      const unkept = isUnkept(error);
      const final = isFinal(error) || (unkept && item.unkept + 1 >= TRIES);
      if (final && item.kind === 'step' && isStill()) stepRefused(desk, new Notebook(inLibrary), item.task);
      inLibrary((db) => final ? new Outgoing(db).refused(item, code) : new Outgoing(db).later(item, desk.machine.now() + backoff(item.attempts), unkept));
      changed ||= final;
      if (code === 'practice-unreachable' || code === 'session-expired') return changed;
    }
  }
  return changed;
}

/** Answers that another try may change (RFC 9110 §15.5, RFC 6585 §4): not who asks now, something in between, or too many at once. */
const PASSING = [401, 408, 409, 412, 429];

/** Will the practice never take it as it is? */
function isFinal(error: unknown): boolean {
  const { code, detail } = problemOf(error);
  const status = Number(detail?.status ?? 0);
  return code === 'act-refused' || code === 'practice-unsupported' || (code === 'practice-error' && status >= 400 && status < 500 && !PASSING.includes(status));
}

/**
 * So often what the practice does not keep is written: with the waits between them more than half an hour, in which a server that is restarted, or a page that somebody else
 * answers with, is over; and no more than so many versions of it at the practice.
 */
const TRIES = 10;

/** Did the practice answer, and keep something else than was sent, or nothing? Or several of this name (412), which stay several. */
function isUnkept(error: unknown): boolean {
  const { code, detail } = problemOf(error);
  return code === 'practice-error' && (detail?.status === undefined || detail.status === 412);
}

/** The review stands where the practice has it, and the person is told; they may take the step again. */
function stepRefused(desk: Desk, notebook: Notebook, task: string): void {
  if (notebook.step(task) === null) return;
  noteConflict(desk, task, 'refused', null);
  notebook.forgetStep(task);
}

/** Throws `act-refused` for what will never go. @returns false where the recording is withheld: it waits until that passes again, or its assignment is gone */
async function sendOne(desk: Desk, session: PracticeSession, vault: Vault, item: Item): Promise<boolean> {
  const { task, kind, ref } = item;
  const inLibrary = inLibraryOf(desk);
  const notebook = new Notebook(inLibrary);
  const row = vault.library.assignmentOf(task);
  const decision = row && await decide(desk, row);
  desk.stillOrThrow(vault);
  // Of another recording by now: what waited is set aside.
  if (row && vault.library.assignmentOf(task)?.recording !== row.recording) return false;
  if (kind === 'step') {
    await sendStep(desk, session, vault, item, row);
    return true;
  }
  // What is no longer this person's is not written about: it stays here, and the person is told.
  if (!decision) throw new Failure('act-refused', 'not theirs any more');
  if (!decision.ok) {
    // What was written then is about somebody else, whatever the recording becomes.
    if (decision.reasons.includes('wrong-patient')) throw new Failure('act-refused', 'about another patient');
    return false;
  }
  const about = aboutOf(desk, decision.assured);
  if (!about) throw new Failure('act-refused', 'no patient to write about');
  const identity = inLibrary((db) => new Outgoing(db).identity(task, kind, ref));
  const resource = resourceOf(desk, notebook, about, decision.assured, item, identity.uuid);
  if (!resource) return true;
  const [system, path] = kind === 'message' ? [MESSAGE_ID, 'Communication'] : [REVIEW_ID, 'QuestionnaireResponse'];
  const keptAs = (reference: string | null): void => inLibrary((db) => new Outgoing(db).keptAs(identity.uuid, reference));
  let { reference } = identity;
  if (reference === null) {
    const { kept } = await create(session.http, resource, `identifier=${encodeURIComponent(`${system}|${urn(identity.uuid)}`)}`);
    desk.stillOrThrow(vault);
    if (!isOwn(kept, resource)) throw new Failure('practice-error', 'something else was answered to what was made');
    if (kind === 'message' && !asSent(kept, resource)) throw new Failure('act-refused', 'another message has this name');
    reference = `${path}/${kept.id}`;
    keptAs(reference);
    if (asSent(kept, resource)) return true;
  } else if (kind === 'message') return true;
  await change(session.http, reference, (before) => {
    stillAsDecided(desk, vault, row);
    if (isOwn(before, resource)) return asSent(before, resource) ? null : { ...resource, id: before.id };
    // It is looked for by its name again.
    keptAs(null);
    throw new Failure('practice-error', 'something else is where it was kept');
  });
  return true;
}

/** Has it the name that was given to what is sent, and the same author? Nothing else is written over, whatever the practice answers. */
function isOwn(kept: Record<string, unknown>, sent: Unwritten): boolean {
  const namesOf = ({ identifier }: Record<string, unknown>): unknown[] => [identifier].flat();
  return namesOf(sent).every((name) => namesOf(kept).some((one) => holds(one, name))) && holds(kept.author ?? kept.sender, sent.author ?? sent.sender);
}

/** Between a question and the writing that its answer leads to: what was taken away or withheld meanwhile, or is somebody else's by now, is not written about. */
function stillAsDecided(desk: Desk, vault: Vault, row: AssignmentRow | null): void {
  desk.stillOrThrow(vault);
  const present = row && vault.library.assignmentOf(row.task);
  if (present?.recording !== row?.recording || present?.withheldSince !== row?.withheldSince) throw new Failure('busy', 'decided otherwise meanwhile');
}

/** A server may add to what it keeps, but not to what a person said: an answer that was taken back is not there any more. */
const asSent = (kept: Record<string, unknown>, sent: Record<string, unknown>): boolean => holds(kept, sent) && holds(sent.item, kept.item);

/**
 * Seals what waits of a Task to the practice's recovery key, beside the access record: it outlives the library, and then only the practice can read it. As the practice would get it.
 * Nothing where the site names no such key.
 */
export async function sealUnsent(desk: Desk, assured: Assured): Promise<void> {
  const vault = desk.vaultOrThrow();
  const inLibrary = inLibraryOf(desk);
  const notebook = new Notebook(inLibrary);
  const about = aboutOf(desk, assured);
  if (!about) return;
  const at = new Date(desk.now()).toISOString();
  // All at once: between two that are sealed the Task may move to another recording, and what is kept of it is then of that one.
  const waiting = inLibrary((db) => new Outgoing(db).of(`Task/${assured.evidence.task.id}`).map((item) => {
    const { uuid } = new Outgoing(db).identity(item.task, item.kind, item.ref);
    const resource = item.kind === 'step' ? { resourceType: 'Task', id: assured.evidence.task.id, step: notebook.step(item.task) } : resourceOf(desk, notebook, about, assured, item, uuid);
    return { item, uuid, resource };
  }));
  for (const { item, uuid, resource } of waiting) {
    // What went meanwhile, or has changed and is sealed as it is now, is not kept as it was.
    const isStill = () => desk.vault === vault && vault.unlocked && inLibrary((db) => new Outgoing(db).isStill(item));
    if (resource) await vault.keepWork(uuid, item.kind, Buffer.from(JSON.stringify(resource)), at, isStill);
    desk.stillOrThrow(vault);
  }
}

function resourceOf(desk: Desk, notebook: Notebook, about: About, assured: Assured, { task, kind, ref }: Item, uuid: string): Unwritten | null {
  const responses = notebook.responses(task);
  switch (kind) {
    case 'notes': {
      const notes = notebook.notes(task);
      const released = responses.some(({ state }) => state === 'released') || statusOf(assured, notebook, task) === 'completed';
      return notesResponse(about, uuid, notes, notebook.room(task).ever, released, notes.map(({ changedAt }) => changedAt).sort().at(-1) ?? new Date(desk.now()).toISOString());
    }
    case 'form': {
      const response = responses.find(({ form }) => form === ref);
      const form = new FormShelf(inLibraryOf(desk)).all().find(({ id }) => id === ref);
      return response && form ? formResponse(about, uuid, form, response.state, response.answers, response.changedAt) : null;
    }
    case 'message': {
      const message = notebook.messages(task).find(({ id }) => id === ref);
      return message ? communication(about, message) : null;
    }
    default: return null;
  }
}

const Dated = z.object({ lastModified: z.string(), meta: z.object({ lastUpdated: z.string() }) });

/** A step that was taken while this computer's clock was ahead has the moment at which the practice got it: what is dated in the future counts, for everybody, as not done yet. */
async function dateBack({ http }: PracticeSession, task: string, written: Record<string, unknown>): Promise<void> {
  const isAhead = ({ lastModified, meta }: z.infer<typeof Dated>) => Date.parse(lastModified) > Date.parse(meta.lastUpdated) + CLOCK_DIFFERENCE_MS;
  const dated = Dated.safeParse(written).data;
  if (!dated || !isAhead(dated)) return;
  await change(http, task, (before) => {
    const now = Dated.safeParse(before).data;
    return now && isAhead(now) ? { ...before, lastModified: now.meta.lastUpdated } : null;
  });
}

/** The Task as it is now decides: what somebody else did meanwhile is a conflict, and no step of ours is put over it. @param row where its assignment is here: what was written of it is named, withheld or not */
async function sendStep(desk: Desk, session: PracticeSession, vault: Vault, item: Item, row: AssignmentRow | null): Promise<void> {
  const { task } = item;
  const inLibrary = inLibraryOf(desk);
  const notebook = new Notebook(inLibrary);
  const reviewer = desk.reviewer();
  const step = notebook.step(task);
  if (!step) return;
  const conflict = (kind: Conflict['kind']): Failure => {
    // One that was taken since, or of another recording, speaks for itself.
    if (inLibrary((db) => new Outgoing(db).isStill(item))) {
      noteConflict(desk, task, kind, null);
      notebook.forgetStep(task);
    }
    return new Failure('act-refused', kind);
  };
  const known = await session.http.json(task);
  desk.stillOrThrow(vault);
  if (known === null) throw conflict('withdrawn');
  const output = row ? inLibrary((db) => db.prepare(`SELECT reference FROM identity WHERE task = ? AND kind IN ('notes', 'form') AND reference IS NOT NULL ORDER BY kind, ref`).pluck().all(task)) as string[] : [];
  /** Begun from another computer, and only accepted from here. */
  const isFurtherOn = ({ status }: Task): boolean => step.status === 'accepted' && status === 'in-progress';
  // Each time that it is read: somebody else may have been faster than the first try.
  const written = await change(session.http, task, (before) => {
    desk.stillOrThrow(vault);
    const now = Task.safeParse(before).data;
    if (!now || !ownedBy(now, reviewer, desk.site.fhirBase)) throw conflict('reassigned');
    // It was taken about another recording.
    if (row && now.focus?.reference !== row.evidence.task.focus?.reference) throw conflict('changed-elsewhere');
    if (['cancelled', 'entered-in-error'].includes(now.status)) throw conflict('withdrawn');
    if (['completed', 'rejected', 'failed'].includes(now.status) && now.status !== step.status) throw conflict('completed-elsewhere');
    if (isFurtherOn(now)) return null;
    // Without its assignment nothing says what it was taken about, and what was written of that is not there.
    if (now.status !== step.status && (!row || !mayStep(now.status, step.status))) throw conflict('changed-elsewhere');
    return stepped(before, step, output);
  });
  await dateBack(session, task, written);
  // What the practice has now is read back, and counts from here on.
  const kept = Task.safeParse(await readResource(session.http, task)).data;
  desk.stillOrThrow(vault);
  if (!kept || (kept.status !== step.status && !isFurtherOn(kept))) throw new Failure('practice-error', 'the step was not kept');
  const present = vault.library.assignmentOf(task);
  if (!present) return;
  // What was turned down is gone, as with the next round, and was not withheld from anybody.
  const listed = kept.status === 'rejected' ? (await tasksById(session.http, [task])).found.get(task) : (await refreshRow(desk, present))?.evidence.task;
  desk.stillOrThrow(vault);
  // What a search answers, or something on the way, may be older than what was read: until it says so too, the step is the person's own, and counts.
  if (listed && isOlder(listed, kept)) throw new Failure('busy', 'the practice lists it as it was before the step');
  if (kept.status === 'rejected') await removeAll(desk, vault, [vault.library.assignmentOf(task)].filter((row) => row !== null));
}

const isOlder = (one: Task, other: Task): boolean => Date.parse(one.meta?.lastUpdated ?? '') < Date.parse(other.meta?.lastUpdated ?? '');
