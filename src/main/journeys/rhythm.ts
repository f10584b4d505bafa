/** What happens by itself while somebody is in, or has locked with a session: sync, polling what is on screen, delivery, the lease's clock, the idle lock. */
import { Failure, problemOf } from '../platform/failure.ts';
import { FirstFailure } from '../platform/firstFailure.ts';
import { faultFields, log } from '../platform/log.ts';
import { Pace } from '../platform/pace.ts';
import { singleFlight } from '../platform/singleFlight.ts';
import { discover } from '../session/discovery.ts';
import { IdleLock } from '../session/idle.ts';
import { forClinician } from '../assurance/reasons.ts';
import { advance, offlineRefusal } from '../vault/lease.ts';
import type { AssignmentRow } from '../vault/library.ts';
import type { Vault } from '../vault/vault.ts';
import { stopFor } from './arrive.ts';
import { withoutCopies } from './console/acts.ts';
import { consoleOf } from './console/console.ts';
import { lookAfterKept } from './console/keeping.ts';
import type { Desk } from './desk.ts';
import { fetchWaiting, heedConnection } from './downloads/prefetch.ts';
import { lock, lockedItself, signOut } from './lock.ts';
import { endExpired, keptHere } from './kept.ts';
import { leaveKept } from './keptPage.ts';
import { newSession } from './practiceSession.ts';
import { deliverWaiting } from './deliver.ts';
import { syncWorklist } from './sync.ts';
import { refreshRow } from './takeIn.ts';
import { deliverWork } from './reviewing/deliverWork.ts';
import { learnReviews, showReviews, tidyWork } from './reviewing/reviewing.ts';
import { revokeGrant, revokeTask } from './revoke.ts';
import { confirmRole, eraseEnded } from './role.ts';
import { enforceStops, learnStops, stopListRefusal } from './stops.ts';
import { decide, showWorklist, subjectOf } from './worklist.ts';

export const SYNC_MS = 5 * 60_000;
/** Who reads the record sees what happened a minute ago. */
const RECORD_MS = 60_000;
export const PLAYING_POLL_MS = 60_000;
export const TICK_MS = 10_000;

export class Rhythm {
  readonly #desk: Desk;
  #idle: IdleLock | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** On the steady clock: one that was set back would put off every question. */
  readonly #pace: Pace;
  /** Was there any network at the last tick? */
  #connected = true;
  #lastPoll = -Infinity;
  /** Questions in a row about what is on screen to which the practice had no answer. */
  #missed = 0;
  #asking = false;
  /** A person asked: the next round lists all. */
  #all = false;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#pace = new Pace(() => (desk.person && desk.person.role.kind !== 'clinician' ? RECORD_MS : SYNC_MS));
  }

  /** The computer has slept, or has a network again: what it knows may be old, and is asked for at once. */
  wake(): void {
    this.#pace.wake();
    this.#lastPoll = -Infinity;
    void this.#tick();
  }

  /** Somebody is in: shows their room and begins. */
  enter(): void {
    const desk = this.#desk;
    desk.stand({ lastSync: desk.vault?.ledger.get('lastSync') ?? null });
    desk.showRoom();
    this.watchIdle();
    this.#timer ??= setInterval(() => void this.#tick(), TICK_MS);
    void this.changed();
    void this.sync();
  }

  /** Locks, or signs out of the console, when nothing has been touched for as long as the practice allows. */
  watchIdle(): void {
    const desk = this.#desk;
    this.#idle?.stop();
    this.#idle = new IdleLock(() => desk.idleMinutes(), (secondsLeft) => desk.machine.push('idle', { secondsLeft }), () => {
      // A manager has no secret to come back with: what was left alone is signed out.
      const leave = desk.vault?.unlocked && (desk.keptOnly || desk.person?.role.kind === 'clinician') ? lock(desk, new Failure('locked', 'idle')) : signOut(desk);
      void leave.catch((error: unknown) => log('fault', faultFields(error)));
    });
    this.#idle.start();
  }

  activity(): void {
    this.#idle?.activity();
  }

  /** Nobody is in. Delivery goes on while there is a session. */
  rest(): void {
    this.#idle?.stop();
  }

  async #tick(): Promise<void> {
    const desk = this.#desk;
    const { vault } = desk;
    if (!vault) return;
    const connected = desk.machine.isConnected();
    if (connected && !this.#connected) this.#pace.wake();
    this.#connected = connected;
    if (desk.unreached && desk.standing().online) this.#pace.wake();
    desk.unreached = false;
    try {
      const lease = desk.lease();
      if (lease) vault.ledger.set('lease', JSON.stringify(advance(lease, desk.clock())));
      if (desk.keptOnly) {
        endExpired(desk, vault);
        if (!keptHere(vault)) {
          await leaveKept(desk);
          return;
        }
      }
      if ((desk.state.screen === 'room' || desk.state.screen === 'kept') && vault.lockedBy) await lockedItself(desk, vault.lockedBy);
      if (vault.unlocked && desk.watching.size > 0 && performance.now() - this.#lastPoll >= PLAYING_POLL_MS) await this.pollWatched();
      if (!vault.unlocked) await this.#askWhileLocked(vault);
      if (vault.unlocked && desk.downloads.anyOfThemselves) await heedConnection(desk);
      // That nothing comes any more shows too.
      if (!desk.downloads.idle) void this.changed();
      if ((vault.unlocked || desk.state.screen === 'console') && this.#pace.isDue(performance.now())) await this.sync();
      else {
        const waiting = vault.ledger.undelivered();
        await deliverWaiting(desk);
        const moved = await deliverWork(desk);
        if (moved) await Promise.all([showReviews(desk), this.changed()]);
        if (moved || vault.ledger.undelivered() !== waiting) desk.stand({});
      }
    } catch (error) {
      log('fault', faultFields(error));
    }
  }

  /** A stop destroys copies of a locked vault too, as long as there is a session to ask with. */
  async #askWhileLocked(vault: Vault): Promise<void> {
    const desk = this.#desk;
    if (!desk.session || desk.person?.role.kind !== 'clinician' || desk.siteChanged || !this.#pace.isDue(performance.now())) return;
    this.#pace.asked(performance.now());
    try {
      await learnStops(desk, vault);
      this.#pace.answered();
    } catch (error) {
      if (desk.vault === vault) this.#troubled(error);
    }
  }

  /** What is on screen is asked about again: withdrawn means gone at once. */
  async pollWatched(): Promise<void> {
    this.#lastPoll = performance.now();
    const desk = this.#desk;
    for (const [grant, { rowId }] of [...desk.watching]) {
      const row = desk.vault?.unlocked ? desk.vault.library.assignment(rowId) : null;
      if (!row) {
        await revokeGrant(desk, grant, new Failure('recording-withheld', 'withdrawn', { cause: 'assignment-withdrawn' }));
        continue;
      }
      if (this.#asking) {
        // The question before this one has had no answer in all that time.
        this.#missed += 1;
        await this.#endUnlessOffline(row);
        continue;
      }
      this.#asking = true;
      try {
        await this.#confirmRole(desk.vault, false);
        await refreshRow(desk, row);
        this.#missed = 0;
        desk.stand({ online: true });
        const refusal = stopListRefusal(desk);
        if (refusal) await this.#end(row, [refusal.code], refusal);
      } catch (error) {
        this.#troubled(error);
        this.#missed += 1;
        await this.#endUnlessOffline(row);
      } finally {
        this.#asking = false;
      }
    }
    await this.changed();
  }

  /** A role that cannot be asked about keeps no stop from being heard. */
  async #confirmRole(vault: Vault | null, together: boolean): Promise<void> {
    const desk = this.#desk;
    try {
      await confirmRole(desk, together);
    } catch (error) {
      if (vault?.unlocked && desk.vault === vault && desk.session) await learnStops(desk, vault).catch((fault: unknown) => log('refused', { step: 'stop-list', ...faultFields(fault) }));
      throw error;
    }
  }

  /**
   * The practice could not say: what is on screen stays there only as far as it could be opened offline at this moment. One answer may get lost
   * on the way, as long as there is a session to ask with.
   */
  async #endUnlessOffline(row: AssignmentRow): Promise<void> {
    const desk = this.#desk;
    if (!desk.vault?.unlocked) return;
    const refusal = offlineRefusal(desk.lease(), desk.clock());
    const decision = await decide(desk, row);
    if (refusal) await this.#end(row, [refusal], new Failure(refusal, 'offline use refused'));
    else if (!decision.ok) await this.#end(row, decision.reasons, new Failure('recording-withheld', 'no longer allowed', { sentence: forClinician(decision.reasons[0]) }));
    else if (!decision.assured.offline && (this.#missed > 1 || !desk.session)) await this.#end(row, ['offline-not-permitted'], new Failure('recording-not-here', 'not for offline use', { reason: 'offline-not-permitted' }));
  }

  /** Ends what is on screen, and records why, as a refusal to open it would be. */
  async #end(row: AssignmentRow, reasons: string[], why: Failure): Promise<void> {
    await revokeTask(this.#desk, row.task, why);
    this.#desk.journal?.write({ event: 'denied', subject: subjectOf(row.evidence, this.#desk.site), reasons });
  }

  #troubled(error: unknown): void {
    const problem = problemOf(this.#desk.person && this.#desk.person.role.kind !== 'clinician' ? withoutCopies(error) : error);
    log('refused', { code: problem.code, ...faultFields(error) });
    if (problem.code === 'library-corrupt' || problem.code === 'vault-corrupt') {
      void stopFor(this.#desk, error);
      return;
    }
    if (problem.code === 'session-expired' || problem.code === 'identity-mismatch') this.#desk.session = null;
    // Why it ended goes on being said, however often it is asked for since.
    if (problem.code === 'session-expired' && this.#desk.standing().problem?.code === 'identity-mismatch') return;
    if (problem.code === 'practice-unreachable' || problem.code === 'practice-error') this.#pace.failed();
    this.#desk.stand({ online: problem.code !== 'practice-unreachable' && this.#desk.session !== null, problem });
  }

  /**
   * Asks the practice, and does what follows from the answers. Never throws: what went wrong is on the standing banner. What follows may take its time, as where the
   * practice is slow to take what was recorded: the next question does not wait for it.
   * @param all whether all that is assigned is listed, and not only what has changed: a person asked for it.
   */
  async sync(all = false): Promise<void> {
    const began = performance.now();
    this.#all ||= all;
    // Whoever asks for it wants to know whether the practice takes it now.
    if (all) this.#desk.vault?.ledger.tryAside();
    await this.#ask();
    const desk = this.#desk;
    const { vault } = desk;
    if (!vault) return;
    await this.changed();
    if (desk.vault === vault) await this.fillUp();
    await deliverWaiting(desk);
    const moved = await deliverWork(desk);
    if (desk.vault === vault) await this.#learnReviews();
    if (moved && desk.vault === vault) await this.changed();
    desk.stand({});
    log('sync', { count: vault.unlocked ? vault.library.assignmentNames().length : 0, milliseconds: Math.round(performance.now() - began) });
  }

  /** One round of questions; a call during one joins it. */
  readonly #ask = singleFlight(async (): Promise<void> => {
    let vault: Vault | null;
    do {
      ({ vault } = this.#desk);
      await this.#round();
      // Who sat down during a round has had none of their own yet.
    } while (this.#desk.vault !== vault && this.#desk.vault?.unlocked);
  });

  async #round(): Promise<void> {
    const desk = this.#desk;
    const { vault } = desk;
    // Signing in is what ends it: of a manager no session is kept.
    if (!vault || desk.keptOnly) return;
    const isHere = () => desk.vault === vault;
    this.#pace.asked(performance.now());
    desk.stand({ syncing: true });
    try {
      const first = new FirstFailure();
      // What was stopped while locked, and what an earlier round did not finish. It keeps nothing else from being heard.
      if (vault.unlocked && desk.person?.role.kind === 'clinician') {
        await first.attempt(() => enforceStops(desk, vault));
        await first.attempt(() => eraseEnded(desk, vault));
      }
      if (!desk.session) await this.#reconnect();
      if (isHere() && desk.session && desk.person?.role.kind === 'clinician' && vault.unlocked) {
        await this.#confirmRole(vault, true);
        const all = this.#all;
        this.#all = false;
        await syncWorklist(desk, all, () => {
          void this.changed();
          void this.fillUp();
        });
      }
      if (isHere() && desk.session && desk.person && desk.person.role.kind !== 'clinician') {
        await confirmRole(desk);
        const console = await consoleOf(desk);
        await console.reading.catchUp();
        if (isHere() && desk.person.role.kind === 'manager') await lookAfterKept(desk, console);
      }
      first.rethrow();
      // Who locked in the middle of it has had no list.
      if (isHere() && desk.session && (desk.person?.role.kind !== 'clinician' || vault.unlocked)) {
        const lastSync = new Date(desk.machine.now()).toISOString();
        vault.ledger.set('lastSync', lastSync);
        this.#pace.answered();
        desk.stand({ online: true, lastSync, problem: null });
      }
    } catch (error) {
      // A lock in the middle of a round is no trouble of the practice's.
      if (isHere() && problemOf(error).code !== 'locked') this.#troubled(error);
    } finally {
      desk.stand({ syncing: false });
    }
  }

  /** Forms, and what others wrote about what is here or on the screen. What cannot be had stays as it was. */
  async #learnReviews(): Promise<void> {
    const desk = this.#desk;
    if (desk.person?.role.kind !== 'clinician' || !desk.session || !desk.vault?.unlocked || desk.siteChanged) return;
    try {
      tidyWork(desk);
      const here = new Set(desk.vault.library.sealedRecordings());
      await learnReviews(desk, desk.vault.library.assignmentNames().filter(({ recording }) => recording !== null && here.has(recording)).map(({ rowId }) => rowId));
      await showReviews(desk);
    } catch (error) {
      log('refused', { step: 'reviews', code: problemOf(error).code, ...faultFields(error) });
    }
  }

  /** Brings here what is due and fits. */
  async fillUp(): Promise<void> {
    const desk = this.#desk;
    if (desk.person?.role.kind !== 'clinician' || !desk.session || !desk.vault?.unlocked || desk.siteChanged) return;
    try {
      await fetchWaiting(desk, () => void this.changed());
    } catch (error) {
      if (problemOf(error).code !== 'locked') this.#troubled(error);
    }
  }

  /** Goes on with the session of the last sign-in, if the practice still honours it. */
  async #reconnect(): Promise<void> {
    const desk = this.#desk;
    const { vault, person } = desk;
    const refreshToken = vault?.unlocked ? vault.library.get('refreshToken') : null;
    if (!vault || !person || refreshToken === null) throw new Failure(desk.roleEnded ? 'role-ended' : 'session-expired', 'nothing to go on with');
    // A changed site file needs a person at the sign-in page.
    if (desk.siteChanged) throw new Failure('site-file-changed', 'site changed since the last sign-in');
    const practice = await discover(desk.site, desk.machine.fetch);
    const session = newSession(desk, vault, person, practice.configuration, null, refreshToken);
    await session.tokens.get(null);
    // Who signed in anew meanwhile has a session already; revoking this one could end that as well.
    if (desk.vault === vault && desk.session) return;
    // One person's session is never the next one's.
    if (desk.vault !== vault) {
      await session.tokens.revoke();
      throw new Failure('locked', 'somebody else is here');
    }
    desk.session = session;
  }

  /** Repaints the worklist; what it shows is recorded first. */
  async changed(): Promise<void> {
    const desk = this.#desk;
    if (!desk.vault?.unlocked || desk.person?.role.kind !== 'clinician') return;
    try {
      await showWorklist(desk);
    } catch (error) {
      if (problemOf(error).code !== 'locked') this.#troubled(error);
    }
  }
}
