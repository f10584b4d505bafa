/** The table of a benchmark, for the screen and for README.md. */
import type { Result, Results } from './results.ts';

const [BEGIN, END] = ['<!-- results: npm run bench -->', '<!-- end of results -->'];
const HEAD = ['Measure', 'Value', 'Ratio', 'Goal', 'Met', 'Runs', 'Spread', 'Taken (UTC), load before'];

/** Three digits, as much as such a figure says; whole numbers whole. */
export const figure = (value: number): string => (Math.abs(value) >= 100 ? value.toLocaleString('en-GB', { maximumFractionDigits: 0 }) : value.toLocaleString('en-GB', { maximumSignificantDigits: 3 }));

const goalOf = ({ goal: { is, figure: bar, of }, unit }: Result): string => `${is === 'at most' ? '≤' : '≥'} ${figure(bar)}${of === 'ratio' ? '' : ` ${unit}`}`;

/** Not the year. */
const takenOf = (result: Result): string => `${result.date.slice(5, 16).replace('T', ' ')}${'load' in result ? `, ${result.load}` : ''}`;

function cellsOf(result: Result): string[] {
  if ('failed' in result) return [result.name, `failed: ${result.failed}`, '', goalOf(result), 'failed', '', '', takenOf(result)];
  const { name, value, unit, ratio, met, runs, spread } = result;
  return [name, `${figure(value)} ${unit}`, ratio === undefined ? '' : figure(ratio), goalOf(result), met ? 'yes' : '**no**', String(runs), spread.map(figure).join(' to '), takenOf(result)];
}

/** A cell of a Markdown table is one line, without what would end it. */
const cell = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
const rowOf = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

export const tableOf = (results: readonly Result[]): string =>
  [HEAD, HEAD.map((_, n) => (n === 0 ? '---' : '---:')), ...results.map(cellsOf)].map(rowOf).join('\n');

/** In words, each goal that was not met or not tried. */
export const shortfalls = (results: readonly Result[]): string[] => results.flatMap((result) => {
  const { name, what, goal } = result;
  if ('failed' in result) return `✗ ${name} failed: ${result.failed}`;
  if (result.met) return [];
  const got = goal.of === 'ratio' ? `a ratio of ${figure(result.ratio ?? NaN)}` : `${figure(result.value)} ${result.unit}`;
  return `✗ ${name} missed its goal: ${got}, and it should be ${goal.is} ${figure(goal.figure)} (${what})`;
});

function section({ date, runtime, results }: Results): string {
  const { node, electron, openssl, cpu, cpus, platform } = runtime;
  return [
    BEGIN, '',
    `${date.slice(0, 10)}: Node ${node}, ${electron === null ? 'no package' : `Electron ${electron}`}, OpenSSL ${openssl}, ${cpus} × ${cpu}, ${platform}.`,
    '', tableOf(results), '', ...results.map(({ name, what }) => `- \`${name}\`: ${what}`), '', END,
  ].join('\n');
}

/** @returns `readme` with the results between its markers. Throws where it has none. */
export function withResults(readme: string, results: Results): string {
  const [from, until] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (from < 0 || until < from) throw new Error(`README.md has no ${BEGIN} … ${END}`);
  return `${readme.slice(0, from)}${section(results)}${readme.slice(until + END.length)}`;
}
