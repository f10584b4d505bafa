/** What happens by itself while somebody is in: sync, polling what is on screen, delivery, the lease's clock, the idle lock. */
import { Failure, problemOf } from '../platform/failure.ts';
import { faultFields, log } from '../platform/log.ts';
import { singleFlight } from '../platform/singleFlight.ts';
import { PracticeHttp } from '../service/http.ts';
import { discover } from '../session/discovery.ts';
import { IdleLock } from '../session/idle.ts';
import { Tokens } from '../session/tokens.ts';
import { advance, parseLease } from '../vault/lease.ts';
import type { Desk } from './desk.ts';
import { fetchWaiting } from './fetchCopy.ts';
import { lock, signOut } from './lock.ts';
import { deliverWaiting, refreshRow, syncWorklist } from './sync.ts';
import { buildWorklist, recordListed } from './worklist.ts';

const SYNC_MS = 5 * 60_000;
const PLAYING_POLL_MS = 60_000;
const TICK_MS = 10_000;

export class Rhythm {
  readonly #desk: Desk;
  #idle: IdleLock | null = null;
  #timer: NodeJS.Timeout | null = null;
  #lastSync = 0;
  #lastPoll = 0;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Somebody is in: shows their room and begins. */
  enter(): void {
    const desk = this.#desk;
    desk.stand({ lastSync: desk.vault?.ledger.get('lastSync') ?? null });
    desk.showRoom();
    this.#idle?.stop();
    this.#idle = new IdleLock(desk.site.idleLockMinutes, (secondsLeft) => desk.machine.push('idle', { secondsLeft }), () => {
      // A manager has no secret to come back with: what was left alone is signed out.
      const leave = desk.vault?.unlocked ? lock(desk, new Failure('locked', 'idle')) : signOut(desk);
      void leave.catch((error: unknown) => log('fault', faultFields(error)));
    });
    this.#idle.start();
    this.#timer ??= setInterval(() => void this.#tick(), TICK_MS);
    void this.changed();
    void this.sync();
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
    try {
      const lease = parseLease(vault.ledger.get('lease'));
      if (lease) vault.ledger.set('lease', JSON.stringify(advance(lease, desk.machine.now())));
      if (vault.unlocked && desk.watching.size > 0 && Date.now() - this.#lastPoll >= PLAYING_POLL_MS) await this.#pollWatched();
      if (vault.unlocked && Date.now() - this.#lastSync >= SYNC_MS) await this.sync();
      else {
        const waiting = vault.ledger.undelivered();
        await deliverWaiting(desk);
        if (vault.ledger.undelivered() !== waiting) desk.stand({});
      }
    } catch (error) {
      log('fault', faultFields(error));
    }
  }

  /** What is on screen is asked about again: withdrawn means gone at once. */
  async #pollWatched(): Promise<void> {
    this.#lastPoll = Date.now();
    const desk = this.#desk;
    for (const { rowId } of [...desk.watching.values()]) {
      const row = desk.vault?.unlocked ? desk.vault.library.assignment(rowId) : null;
      if (!row) continue;
      try {
        await refreshRow(desk, row);
        desk.stand({ online: true });
      } catch (error) {
        this.#troubled(error);
      }
    }
    await this.changed();
  }

  #troubled(error: unknown): void {
    const problem = problemOf(error);
    log('refused', { code: problem.code, ...faultFields(error) });
    if (problem.code === 'session-expired') this.#desk.session = null;
    this.#desk.stand({ online: problem.code !== 'practice-unreachable' && this.#desk.session !== null, problem });
  }

  /** One round with the practice; a call during one joins it. Never throws: what went wrong is on the standing banner. */
  readonly sync = singleFlight(async (): Promise<void> => {
    const desk = this.#desk;
    const { vault } = desk;
    if (!vault) return;
    this.#lastSync = Date.now();
    desk.stand({ syncing: true });
    try {
      if (!desk.session) await this.#reconnect();
      if (desk.session && desk.person?.role.kind === 'clinician' && vault.unlocked) await syncWorklist(desk);
      if (desk.session) {
        const lastSync = new Date(desk.machine.now()).toISOString();
        vault.ledger.set('lastSync', lastSync);
        desk.stand({ online: true, lastSync, problem: null });
      }
    } catch (error) {
      // A lock in the middle of a round is no trouble of the practice's.
      if (problemOf(error).code !== 'locked') this.#troubled(error);
    } finally {
      desk.stand({ syncing: false });
    }
    await this.changed();
    if (desk.session && vault.unlocked && !desk.siteChanged) await fetchWaiting(desk, () => void this.changed());
    await deliverWaiting(desk);
    desk.stand({});
    log('sync', { count: vault.unlocked ? vault.library.assignments().length : 0 });
  });

  /** Goes on with the session of the last sign-in, if the practice still honours it. */
  async #reconnect(): Promise<void> {
    const desk = this.#desk;
    const refreshToken = desk.vault?.unlocked ? desk.vault.library.get('refreshToken') : null;
    if (refreshToken === null) throw new Failure('session-expired', 'nothing to go on with');
    // A changed site file needs a person at the sign-in page.
    if (desk.siteChanged) throw new Failure('site-file-changed', 'site changed since the last sign-in');
    const practice = await discover(desk.site, desk.machine.fetch);
    const tokens = new Tokens(practice.configuration, null, refreshToken, (token) => {
      if (desk.vault?.unlocked) desk.vault.library.set('refreshToken', token);
    });
    await tokens.get(false);
    desk.session = { tokens, http: new PracticeHttp(desk.site.fhirBase, desk.machine.fetch, (refresh) => tokens.get(refresh)) };
  }

  /** Repaints the worklist; what it shows is recorded first. */
  async changed(): Promise<void> {
    const desk = this.#desk;
    if (!desk.vault?.unlocked || desk.person?.role.kind !== 'clinician') return;
    try {
      const worklist = await buildWorklist(desk);
      recordListed(desk, worklist.rows);
      desk.machine.push('worklist', worklist);
    } catch (error) {
      if (problemOf(error).code !== 'locked') this.#troubled(error);
    }
  }
}
