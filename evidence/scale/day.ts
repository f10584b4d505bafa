/** A clinician's day, and that of all practices: arithmetic from what was measured, the app's own intervals, and what is assumed. */
import { PLAYING_POLL_MS, SYNC_MS } from '../../src/main/journeys/rhythm.ts';
import { FLUSH_MS } from '../../src/main/playback/exposure.ts';
import { MARGIN_MS } from '../../src/main/session/tokens.ts';
import { names, sum, WATCHED_MINUTES, type ByKind, type Cost, type Scene } from './cost.ts';

/** Nobody measured these: put your own here. */
export const assumed = {
  /** Two surgeries and what lies between; sessions end after 12 hours at the latest. */
  hoursSignedIn: 8,
  /** The idle lock comes after ten minutes: unlocked is who reviews, and now and then looks. */
  hoursUnlocked: 2,
  /** After the first of the day. */
  unlocks: 4,
  /** As many recordings are new each day. */
  reviews: 3,
  minutesWatched: 10,
  mediaMinutes: 10,
  mediaMbitPerSecond: 1.5,
  /** As the demo practice gives them. */
  accessTokenSeconds: 600,
  workingDaysPerMonth: 21,
  practices: 7_000,
  cliniciansPerPractice: 5,
  /** All come within it, and nobody has locked by its end. */
  startMinutes: 30,
};
export type Assumed = typeof assumed;

export type Day = ReturnType<typeof dayOf>;

const scaled = (cost: Cost, times: number): Cost => ({ requests: cost.requests * times, bytesUp: cost.bytesUp * times, bytesDown: cost.bytesDown * times, bytesDownGzip: cost.bytesDownGzip * times });
const none: Cost = sum([]);

/** What happens in a day, and how often. @param assignments of whose list the scenes are */
export function dayOf(scenes: readonly Scene[], assignments: number, of: Assumed) {
  const scene = (name: string): ByKind => sceneOf(scenes, name, assignments).byKind;
  const hours = (some: number, everyMs: number): number => (some * 3_600_000) / everyMs;
  const watchedMs = of.reviews * of.minutesWatched * 60_000;
  const { token = none, keys = none } = scene(names.start);
  const parts: [what: string, times: number, cost: ByKind][] = [
    [names.start, 1, scene(names.start)],
    [names.unlock, of.unlocks, scene(names.unlock)],
    [names.list, 1 + of.unlocks, scene(names.list)],
    [names.round, hours(of.hoursUnlocked, SYNC_MS) - of.reviews, scene(names.round)],
    [names.changed, of.reviews, scene(names.changed)],
    [names.locked, hours(of.hoursSignedIn - of.hoursUnlocked, SYNC_MS), scene(names.locked)],
    ['a new access token', hours(of.hoursSignedIn, of.accessTokenSeconds * 1000 - MARGIN_MS), { token, keys }],
    [names.open, of.reviews, scene(names.open)],
    [names.poll, watchedMs / PLAYING_POLL_MS, scene(names.poll)],
    ['the record of watching', watchedMs / FLUSH_MS, { AuditEvent: recordOf(scenes) }],
    [names.review, of.reviews, scene(names.review)],
  ];
  const byKind: ByKind = {};
  for (const [, times, cost] of parts) for (const [kind, one] of Object.entries(cost)) byKind[kind] = sum([byKind[kind] ?? none, scaled(one, times)]);
  return { assignments, ...sum(Object.values(byKind)), parts: parts.map(([what, times, cost]) => ({ what, times, ...scaled(sum(Object.values(cost)), times) })), byKind };
}

/** The assignment that came between is one more. */
function sceneOf(scenes: readonly Scene[], name: string, assignments: number): Scene {
  const found = scenes.find((one) => one.name === name && (one.assignments === assignments || one.assignments === assignments + 1));
  if (!found) throw new Error(`${name} was not measured with ${assignments} assignments`);
  return found;
}

/** One entry of what was watched. */
function recordOf(scenes: readonly Scene[]): Cost {
  const entries = scenes.find(({ name }) => name === names.watch)?.byKind.AuditEvent ?? none;
  return scaled(entries, 1 / Math.max(1, entries.requests));
}

/** What the arithmetic makes of the minutes that were also measured as they went. */
export function watchComposed(scenes: readonly Scene[], assignments: number, { accessTokenSeconds }: Assumed): Cost {
  const ms = WATCHED_MINUTES * 60_000;
  const { token = none, keys = none } = sceneOf(scenes, names.start, assignments).byKind;
  return sum([
    scaled(recordOf(scenes), ms / FLUSH_MS), scaled(sceneOf(scenes, names.poll, assignments), ms / PLAYING_POLL_MS), scaled(sceneOf(scenes, names.round, assignments), ms / SYNC_MS),
    scaled(sum([token, keys]), ms / (accessTokenSeconds * 1000 - MARGIN_MS)),
  ]);
}

export type Country = ReturnType<typeof countryOf>;

/** All practices on one server; media cross once for each recording and computer. */
export function countryOf(day: Day, scenes: readonly Scene[], of: Assumed) {
  const computers = of.practices * of.cliniciansPerPractice;
  const [start, round] = [names.start, names.round].map((name) => sceneOf(scenes, name, day.assignments).requests) as [number, number];
  const atStart = start / (of.startMinutes * 60) + round / (SYNC_MS / 1000);
  const records = day.byKind.AuditEvent ?? none;
  const media = of.reviews * of.mediaMinutes * 60 * of.mediaMbitPerSecond * 125_000;
  const seconds = of.hoursSignedIn * 3600;
  return {
    assignments: day.assignments, computers,
    requestsPerDay: computers * day.requests, requestsPerSecond: (computers * day.requests) / seconds, requestsPerSecondAtStart: computers * atStart, requestsPerSecondAtStartOfOnePractice: of.cliniciansPerPractice * atStart,
    gigabytesUpPerDay: (computers * day.bytesUp) / 1e9, gigabytesDownPerDay: (computers * day.bytesDown) / 1e9, gigabytesDownGzipPerDay: (computers * day.bytesDownGzip) / 1e9,
    accessRecordsPerDay: computers * records.requests, accessRecordTerabytesPerYear: (computers * records.bytesUp * of.workingDaysPerMonth * 12) / 1e12,
    mediaTerabytesPerMonth: (computers * media * of.workingDaysPerMonth) / 1e12, mediaGigabitsPerSecond: (computers * media * 8) / seconds / 1e9,
  };
}
