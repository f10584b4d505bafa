/** A manager's trail with a year of a practice's entries: filled once, asked and verified as often as is wanted. The entries are the demo practice's (practice/seed/history.ts). */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { utcMidnight } from '../../practice/days.ts';
import { recordingOf } from '../../practice/index.ts';
import { DEMO_MEDIA, readClips } from '../../practice/media/clips.ts';
import { History } from '../../practice/seed/history.ts';
import { plannedRecordings } from '../../practice/seed/plan.ts';
import { everything } from '../../src/main/audit/trail/filter.ts';
import { flags } from '../../src/main/audit/trail/flags.ts';
import { activity, ladder } from '../../src/main/audit/trail/ladder.ts';
import { deviceRows, eventPage } from '../../src/main/audit/trail/queries.ts';
import { TrailStore } from '../../src/main/audit/trail/store.ts';
import { Verifying, type Known } from '../../src/main/audit/trail/verifying.ts';
import type { EventFilter } from '../../src/preload/console.ts';

const QUERIES = 200;
const PAGE = 1_000;
const DAY = 86_400_000;

function timed<T>(work: () => T): [ms: number, result: T] {
  const from = performance.now();
  const result = work();
  return [performance.now() - from, result];
}

/** The same every time: who, what, when, which recording, patient and device in changing combinations; every other one asks for the second page. */
function questions(people: string[], recordings: string[], patients: string[], devices: string[], end: number): { filter: EventFilter; second: boolean }[] {
  const events = ['opened', 'exposed', 'listed', 'presented', 'denied', 'withheld', 'wrong-secret', 'wrong-patient', 'downloaded', 'never-happened'];
  const pick = (from: string[], i: number, n: number): string[] => Array.from({ length: n }, (_, k) => from[(i * 7 + k * 3) % from.length] ?? '');
  return Array.from({ length: QUERIES }, (_, i) => {
    const days = [1, 7, 30, 90, 365][i % 5] ?? 30;
    const last = end - (i % 11) * 20 * DAY;
    return {
      second: i % 2 === 1,
      filter: {
        from: days === 365 && i % 2 === 0 ? null : new Date(last - days * DAY - 1_234_567).toISOString(), to: i % 4 === 0 ? new Date(last - 7_654_321).toISOString() : null,
        people: i % 3 === 0 ? pick(people, i, 1 + (i % 2)) : [], events: i % 2 === 0 ? pick(events, i, 1 + (i % 4)) : [], recordings: i % 5 === 1 ? pick(recordings, i, 1 + (i % 3)) : [],
        patients: i % 7 === 2 ? pick(patients, i, 1) : [], devices: i % 4 === 3 ? pick(devices, i, 1) : [], refusedOnly: i % 13 === 5,
      },
    };
  });
}

/** Of 200 questions, each once, ms. */
export interface Answers {
  p50: number;
  p95: number;
  max: number;
  /** What was asked for longest, as JSON. */
  slowest: string;
}

export class Trail {
  readonly #store: TrailStore;
  readonly #history: History;
  readonly #folder: string;
  /** Of filling it, as a console does that reads it page by page: without making the entries. */
  addMs = 0;
  firstPageMs = 0;

  constructor(events: number) {
    const today = utcMidnight();
    this.#history = new History(events, plannedRecordings(today, readClips(DEMO_MEDIA)).map(recordingOf), today);
    this.#folder = mkdtempSync(path.join(tmpdir(), 'bench-trail-'));
    this.#store = new TrailStore(this.#file, randomBytes(32));
    this.#fill();
  }

  get #file(): string {
    return path.join(this.#folder, 'trail.db');
  }

  get fileMegabytes(): number {
    return statSync(this.#file).size / 1e6;
  }

  /** Newest first. */
  #fill(): void {
    const [store, history] = [this.#store, this.#history];
    for (let end = history.length; end > 0; end -= PAGE) {
      const page = Array.from({ length: Math.min(PAGE, end) }, (_, i) => {
        const { id, at, ...one } = history.entry(end - 1 - i);
        return { reference: `AuditEvent/${id}`, receivedAt: new Date(at).toISOString(), ...one };
      });
      this.addMs += timed(() => store.add(page))[0];
      if (end === history.length) [this.firstPageMs] = timed(() => eventPage(store.db, everything, null));
    }
  }

  #all(sql: string): string[] {
    return this.#store.db.prepare(sql).pluck().all() as string[];
  }

  ask(): Answers {
    const { db } = this.#store;
    const [people, urns, patients, devices] = [
      this.#all('SELECT DISTINCT sds FROM actor'), this.#all(`SELECT DISTINCT recording FROM subject WHERE recording <> ''`), this.#all(`SELECT DISTINCT patient FROM subject WHERE patient <> ''`),
      this.#all('SELECT DISTINCT device FROM chain')];
    const took = questions(people, urns, patients, devices, this.#end).map(({ filter, second }) => {
      const next = second ? eventPage(db, filter, null).next : null;
      return { ms: timed(() => eventPage(db, filter, next))[0], filter };
    }).sort((a, b) => a.ms - b.ms);
    const share = (of: number): number => took[Math.ceil(took.length * of) - 1]?.ms ?? NaN;
    return { p50: share(0.5), p95: share(0.95), max: share(1), slowest: JSON.stringify(took.at(-1)?.filter) };
  }

  get #end(): number {
    return this.#history.timeOf(this.#history.length - 1);
  }

  /** Views that are more than a page of it, once each, ms. */
  askForMore(): { unfilteredPageMs: number; ladderMs: number; activityOfAYearMs: number; flagsOfAMonthMs: number } {
    const { db } = this.#store;
    const [unfilteredPageMs] = timed(() => eventPage(db, everything, null));
    const [ladderMs, { rows }] = timed(() => ladder(db, { ...everything, recordings: this.#all(`SELECT DISTINCT recording FROM subject WHERE recording <> '' LIMIT 1`) }, true));
    if (rows.length === 0) throw new Error('the recording has no ladder');
    const [activityOfAYearMs] = timed(() => activity(db, everything));
    const [flagsOfAMonthMs] = timed(() => flags(db, { from: new Date(this.#end - 30 * DAY).toISOString(), to: null }));
    return { unfilteredPageMs, ladderMs, activityOfAYearMs, flagsOfAMonthMs };
  }

  /** All of it, from the beginning. Throws where it does not verify. */
  async verify(): Promise<{ ms: number; cpuMs: number; longestSliceMs: number }> {
    const known: Known[] = (this.#history.enrolment('').entry ?? []).map(({ item, extension }) => {
      const [device = '', sds = ''] = (item.identifier?.value ?? '').split('/');
      return { device, sds, enrolled: 'enrolled', key: extension?.[0]?.valueString ?? null, remembered: null };
    });
    const [began, used] = [performance.now(), process.cpuUsage()];
    let [since, longestSliceMs] = [began, 0];
    const { entries, findings } = await new Verifying(this.#store).run(known, true, () => undefined, async () => {
      longestSliceMs = Math.max(longestSliceMs, performance.now() - since);
      await new Promise((resolve) => setImmediate(resolve));
      since = performance.now();
    });
    const ms = performance.now() - began;
    const { user, system } = process.cpuUsage(used);
    const open = deviceRows(this.#store.db).filter(({ proof }) => proof !== 'verified').length;
    if (entries !== this.#history.length || findings !== 0 || open !== 1) throw new Error(`all of it should verify but the chain that nobody enrolled: ${entries} entries, ${findings} findings, ${open} chains`);
    return { ms, cpuMs: (user + system) / 1_000, longestSliceMs };
  }

  close(): void {
    this.#store.close();
    rmSync(this.#folder, { recursive: true });
  }
}
