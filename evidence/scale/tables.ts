/** The tables of docs/scale.md, from a run's summary. */
import { names, sum, type Cost, type Scene } from './cost.ts';
import type { Assumed, Country, Day } from './day.ts';

export interface Summary {
  date: string;
  runtime: Record<string, string>;
  seconds: number;
  scenes: Scene[];
  /** {@link Scene} of the ten minutes, by the arithmetic of the day. */
  watchComposed: Cost;
  assumed: Assumed;
  days: Day[];
  country: Country[];
}

/** Three digits, as much as such a figure says. */
const figure = (value: number): string => value.toLocaleString('en-GB', { maximumSignificantDigits: 3 });
const kB = (bytes: number): string => figure(bytes / 1000);
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, ['---', ...head.slice(1).map(() => '---:')], ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Kinds of request of which the day's account is given. */
const MOST = 8;

const costs = (cost: Cost): string[] => [figure(cost.requests), kB(cost.bytesUp), kB(cost.bytesDown), kB(cost.bytesDownGzip)];
const COSTS = ['Requests', 'kB up', 'kB down', 'kB down, gzip'];

export function tables({ scenes, watchComposed, assumed, days, country }: Summary): Record<string, string> {
  const rounds = scenes.filter(({ name }) => name === names.round);
  const kinds = [...new Set(rounds.flatMap(({ byKind }) => Object.keys(byKind)))];
  const last = days.at(-1);
  const most = Object.entries(last?.byKind ?? {}).sort(([, a], [, b]) => b.requests - a.requests).slice(0, MOST).map(([kind]) => kind);
  const row = (what: string, of: (one: Country) => number): string[] => [what, ...country.map((one) => figure(of(one)))];
  return {
    scenes: table(['Scene', 'Assignments', 'Copies here', ...COSTS], [
      ...scenes.map((one) => [one.name, figure(one.assignments), figure(one.copies), ...costs(one)]), ['the same ten minutes, by arithmetic', '', '', ...costs(watchComposed)],
    ]),
    rounds: table(['In a round', ...rounds.flatMap(({ assignments }) => [`${assignments}: requests`, 'kB down'])], kinds.map((kind) => [kind, ...rounds.flatMap(({ byKind }) => [figure(byKind[kind]?.requests ?? 0), kB(byKind[kind]?.bytesDown ?? 0)])])),
    assumed: table(['Assumed', ''], Object.entries(assumed).map(([name, value]) => [`\`${name}\``, figure(value)])),
    day: table(['In a day', 'Times', ...COSTS], [
      ...(last?.parts ?? []).map((part) => [part.what, figure(part.times), ...costs(part)]), ...days.toReversed().map((day) => [`**all**, with ${day.assignments} assignments`, '', ...costs(day)]),
    ]),
    kinds: table(['Most of a day', ...days.flatMap(({ assignments }) => [`${assignments}: requests`, 'kB up', 'kB down'])], most.map((kind) => [kind, ...days.flatMap(({ byKind }) => costs(byKind[kind] ?? sum([])).slice(0, 3))])),
    country: table(['All practices on one server', ...country.map(({ assignments }) => `${assignments} assignments each`)], [
      row('computers', (one) => one.computers), row('requests a day', (one) => one.requestsPerDay), row('requests a second, mean of the day', (one) => one.requestsPerSecond), row('requests a second, while all come', (one) => one.requestsPerSecondAtStart),
      row('the same, of one practice', (one) => one.requestsPerSecondAtStartOfOnePractice), row('GB up a day', (one) => one.gigabytesUpPerDay), row('GB down a day', (one) => one.gigabytesDownPerDay), row('GB down a day, gzip', (one) => one.gigabytesDownGzipPerDay),
      row('access records a day', (one) => one.accessRecordsPerDay), row('TB of access records a year, as sent', (one) => one.accessRecordTerabytesPerYear), row('TB of media a month', (one) => one.mediaTerabytesPerMonth), row('Gbit/s of media, mean of the day', (one) => one.mediaGigabitsPerSecond),
    ]),
  };
}
