/** Reads the practice's record into the trail, newest first and then what is new, and has its chains verified. */
import type { TrailState } from '../../../preload/console.ts';
import { reportedFrom } from '../../audit/reported.ts';
import type { Trail } from '../../audit/trail/client.ts';
import type { Known } from '../../audit/trail/verifying.ts';
import { singleFlight } from '../../platform/singleFlight.ts';
import { auditPages } from '../../service/auditTrail.ts';
import { chainName } from '../../service/deviceList.ts';
import type { Desk } from '../desk.ts';
import { stillHere, type Manager } from './acts.ts';
import { readDevices } from './devices.ts';

/** What is new is asked for from a little before the newest that is here: a server may store in another order than it dates. */
const OVERLAP_MS = 5 * 60_000;
/** The screens are told so often while pages come in. */
const TELL_MS = 500;

export class Reading {
  readonly #desk: Desk;
  readonly #manager: Manager;
  readonly #trail: Trail;
  #state: TrailState = { reading: false, entries: 0, others: 0, since: null, complete: false, verified: 0, verifying: false, findings: 0, notEnrolled: 0, checks: 0, readAt: null };
  #result = '';
  #newest = -Infinity;
  #oldest = Infinity;
  #toldAt = -Infinity;

  constructor(desk: Desk, manager: Manager, trail: Trail) {
    [this.#desk, this.#manager, this.#trail] = [desk, manager, trail];
  }

  get state(): TrailState {
    return this.#state;
  }

  /** One round; a call during one joins it. Throws what keeps the record from being read; what came until then stays. */
  readonly catchUp = singleFlight(async (): Promise<void> => {
    this.#tell({ reading: true });
    try {
      await this.#read();
      this.#tell({ reading: false, complete: true, readAt: new Date(this.#desk.machine.now()).toISOString() });
      await this.verify();
    } finally {
      this.#tell({ reading: false, verifying: false });
    }
  });

  async #read(): Promise<void> {
    // A server whose clock was once ahead would be asked for nothing else until then.
    const newest = Math.min(this.#newest, this.#desk.machine.now());
    const since = this.#state.complete && Number.isFinite(newest) ? new Date(newest - OVERLAP_MS).toISOString() : null;
    for await (const page of auditPages(this.#manager.http, since)) {
      stillHere(this.#desk, this.#manager);
      const reported = page.flatMap((resource) => reportedFrom(resource) ?? []);
      await this.#trail.add(reported);
      for (const { receivedAt } of reported) this.#saw(receivedAt === null ? NaN : Date.parse(receivedAt));
      const { entries, others } = await this.#trail.ask('counts', null);
      this.#tell({ entries, others, since: Number.isFinite(this.#oldest) ? new Date(this.#oldest).toISOString() : null }, true);
    }
  }

  #saw(at: number): void {
    if (Number.isNaN(at)) return;
    this.#newest = Math.max(this.#newest, at);
    this.#oldest = Math.min(this.#oldest, at);
  }

  /** Holds the chains against the enrolled keys, and against what this manager's own ledger remembers of them. */
  async verify(): Promise<void> {
    const { list, remembered } = await readDevices(this.#desk);
    const known = new Map<string, Known>();
    for (const { chain, state, key } of list.chains.values()) known.set(chainName(chain), { ...chain, enrolled: state, key, remembered: null });
    for (const { device, sds, key, seq, hash } of remembered.values()) {
      const name = chainName({ device, sds });
      const before = known.get(name) ?? { device, sds, enrolled: 'not-enrolled', key: null, remembered: null };
      // The key that was seen first is the one: an enrolment that another key was put into later shows.
      known.set(name, { ...before, key: key ?? before.key, remembered: seq > 0 && hash ? { seq, hash: new Uint8Array(hash) } : null });
    }
    this.#tell({ verifying: true, verified: 0 });
    const { complete } = this.#state;
    const { entries, findings, notEnrolled, chains } = await this.#trail.ask('verify', { known: [...known.values()], complete }, (verified) => this.#tell({ verified }, true));
    stillHere(this.#desk, this.#manager);
    // Of a chain whose key nobody vouches for, and in which something does not fit, it is not known whose head this is.
    const whose = chains.filter(({ device, sds, findings: bad }) => bad === 0 || known.get(chainName({ device, sds }))?.key != null);
    if (complete) this.#manager.vault.ledger.verifiedUpTo(whose.flatMap(({ device, sds, head }) => (head ? [{ device, sds, seq: head.seq, hash: Buffer.from(head.hash) }] : [])));
    const result = JSON.stringify([entries, findings, notEnrolled, [...known.values()].flatMap(({ device, sds, enrolled, key }) => (key === null && enrolled === 'not-enrolled' ? [] : [[device, sds, enrolled, key]]))]);
    const checks = this.#state.checks + Number(result !== this.#result);
    this.#result = result;
    this.#tell({ verifying: false, verified: entries, findings, notEnrolled, checks });
  }

  #tell(change: Partial<TrailState>, often = false): void {
    this.#state = { ...this.#state, ...change };
    if (often && performance.now() - this.#toldAt < TELL_MS) return;
    this.#toldAt = performance.now();
    this.#desk.machine.push('trail', this.#state);
  }
}
