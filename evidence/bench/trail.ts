/**
 * `npm run bench:trail -- [--events 1000000]`: how long the manager's trail takes with a year of a practice's entries: to fill, to filter and page, to verify. In Node, without
 * Electron, in one process; the entries are the demo practice's (practice/seed/history.ts). Ends with 1 when a bar is missed.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { utcMidnight } from '../../practice/days.ts';
import { recordingOf } from '../../practice/index.ts';
import { DEMO_MEDIA, readClips } from '../../practice/media/clips.ts';
import { History } from '../../practice/seed/history.ts';
import { plannedRecordings } from '../../practice/seed/plan.ts';
import { root } from '../../scripts/lib/paths.ts';
import { main, say, Stop } from '../../scripts/lib/process.ts';
import { everything } from '../../src/main/audit/trail/filter.ts';
import { flags } from '../../src/main/audit/trail/flags.ts';
import { activity, ladder } from '../../src/main/audit/trail/ladder.ts';
import { deviceRows, eventPage } from '../../src/main/audit/trail/queries.ts';
import { TrailStore } from '../../src/main/audit/trail/store.ts';
import { Verifying, type Known } from '../../src/main/audit/trail/verifying.ts';
import type { EventFilter } from '../../src/preload/console.ts';

const BARS = { firstPageMs: 1_000, filterAndPageP95Ms: 100, verificationMs: 10_000 };
const QUERIES = 200;
const PAGE = 1_000;
const DAY = 86_400_000;

const tenth = (ms: number): number => Math.round(ms * 10) / 10;
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

/** Newest first, as a console reads them; making the entries is not counted. */
function fill(store: TrailStore, history: History): { addMs: number; firstPageMs: number } {
  let [addMs, firstPageMs] = [0, 0];
  for (let end = history.length; end > 0; end -= PAGE) {
    const page = Array.from({ length: Math.min(PAGE, end) }, (_, i) => {
      const { id, at, ...one } = history.entry(end - 1 - i);
      return { reference: `AuditEvent/${id}`, receivedAt: new Date(at).toISOString(), ...one };
    });
    addMs += timed(() => store.add(page))[0];
    if (end === history.length) [firstPageMs] = timed(() => eventPage(store.db, everything, null));
    if (Math.floor(end / 100_000) !== Math.floor((end - PAGE) / 100_000)) say(`${store.counts().entries} entries, ${tenth(addMs / 1000)} s`);
  }
  return { addMs, firstPageMs };
}

async function verify(store: TrailStore, history: History): Promise<{ verificationMs: number; verificationCpuMs: number; longestSliceMs: number }> {
  const known: Known[] = (history.enrolment('').entry ?? []).map(({ item, extension }) => {
    const [device = '', sds = ''] = (item.identifier?.value ?? '').split('/');
    return { device, sds, enrolled: 'enrolled', key: extension?.[0]?.valueString ?? null, remembered: null };
  });
  const [began, used] = [performance.now(), process.cpuUsage()];
  let [since, longestSliceMs] = [began, 0];
  const { entries, findings } = await new Verifying(store).run(known, true, () => undefined, async () => {
    longestSliceMs = Math.max(longestSliceMs, performance.now() - since);
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  });
  const verificationMs = performance.now() - began;
  const { user, system } = process.cpuUsage(used);
  const open = deviceRows(store.db).filter(({ proof }) => proof !== 'verified').length;
  if (entries !== history.length || findings !== 0 || open !== 1) throw new Stop(`All of it should verify but the chain that nobody enrolled: ${entries} entries, ${findings} findings, ${open} chains.`);
  return { verificationMs, verificationCpuMs: (user + system) / 1_000, longestSliceMs };
}

async function measure(events: number, store: TrailStore, file: string) {
  const today = utcMidnight();
  const recordings = plannedRecordings(today, readClips(DEMO_MEDIA)).map(recordingOf);
  const [madeMs, history] = timed(() => new History(events, recordings, today));
  say(`${events} entries were made in ${tenth(madeMs / 1000)} s.`);
  const { db } = store;
  const end = history.timeOf(events - 1);
  const { addMs, firstPageMs } = fill(store, history);
  const list = (sql: string): string[] => db.prepare(sql).pluck().all() as string[];
  const [people, urns, patients, devices] = [
    list('SELECT DISTINCT sds FROM actor'), list(`SELECT DISTINCT recording FROM subject WHERE recording <> ''`), list(`SELECT DISTINCT patient FROM subject WHERE patient <> ''`), list('SELECT DISTINCT device FROM chain')];
  const [unfilteredMs] = timed(() => eventPage(db, everything, null));
  const took = questions(people, urns, patients, devices, end).map(({ filter, second }) => {
    const next = second ? eventPage(db, filter, null).next : null;
    return { ms: timed(() => eventPage(db, filter, next))[0], filter };
  }).sort((a, b) => a.ms - b.ms);
  const share = (of: number): number => tenth(took[Math.ceil(took.length * of) - 1]?.ms ?? 0);
  say(`The slowest of ${QUERIES}: ${JSON.stringify(took.at(-1)?.filter)}`);
  const [ladderMs, { rows }] = timed(() => ladder(db, { ...everything, recordings: urns.slice(0, 1) }, true));
  if (rows.length === 0) throw new Stop('The recording has no ladder.');
  const [activityMs] = timed(() => activity(db, everything));
  const [flagsMs] = timed(() => flags(db, { from: new Date(end - 30 * DAY).toISOString(), to: null }));
  const { verificationMs, verificationCpuMs, longestSliceMs } = await verify(store, history);
  return {
    addMs: tenth(addMs), firstPageMs: tenth(firstPageMs), unfilteredPageMs: tenth(unfilteredMs), filterAndPageP50Ms: share(0.5), filterAndPageP95Ms: share(0.95), filterAndPageMaxMs: share(1), queries: QUERIES,
    ladderMs: tenth(ladderMs), activityOfAYearMs: tenth(activityMs), flagsOfAMonthMs: tenth(flagsMs), verificationMs: tenth(verificationMs), verificationCpuMs: tenth(verificationCpuMs), longestSliceMs: tenth(longestSliceMs),
    tallies: db.prepare('SELECT count(*) FROM tally').pluck().get() as number, fileMB: Math.round(statSync(file).size / 1e6), memoryMB: Math.round(process.resourceUsage().maxRSS / 1e3),
  };
}

async function bench(): Promise<void> {
  const events = Number(parseArgs({ options: { events: { type: 'string', default: '1000000' } } }).values.events);
  if (!Number.isSafeInteger(events) || events < 1_000) throw new Stop('--events must be a number of at least 1000.');
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-trail-'));
  const file = path.join(folder, 'trail.db');
  const store = new TrailStore(file, randomBytes(32));
  try {
    const figures = await measure(events, store, file);
    say(JSON.stringify(figures, undefined, 2));
    const runtime = { node: process.version, cpu: cpus()[0]?.model ?? '', cpus: cpus().length, load: loadavg().map(tenth) };
    writeFileSync(path.join(root, 'evidence/bench/trail.json'), `${JSON.stringify({ date: new Date().toISOString(), runtime, events, bars: BARS, figures }, undefined, 2)}\n`);
    const missed = (Object.keys(BARS) as (keyof typeof BARS)[]).filter((name) => figures[name] > BARS[name]);
    if (missed.length > 0) throw new Stop(`Missed: ${missed.map((name) => `${name} ${figures[name]} > ${BARS[name]}`).join(', ')}.`);
  } finally {
    store.close();
    rmSync(folder, { recursive: true });
  }
}

await main(bench);
