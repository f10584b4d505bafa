import { describe, expect, it } from 'vitest';
import { median, type Measure } from './measure.ts';
import { counted, failureOf, merged, resultOf, type Result, type Results, type Runtime } from './results.ts';
import { figure, shortfalls, tableOf, withResults } from './table.ts';

const measure = (name: string, goal: Measure['goal'], unit: Measure['unit'] = 'ms'): Measure => ({ name, what: `what ${name} is`, unit, goal, run: async () => ({ value: 0, runs: 0, spread: [0, 0] }) });
const fast = measure('fast', { is: 'at least', figure: 0.85, of: 'ratio' }, 'MB/s');
const soon = measure('soon', { is: 'at most', figure: 100, of: 'value' });
const runtime: Runtime = { node: 'v24.0.0', electron: '45.0.0', openssl: '3.5.0', cpu: 'Some CPU', cpus: 2, platform: 'linux x64' };
const of = (results: Result[], change: Partial<Runtime> = {}, date = '2026-11-20T10:00:00.000Z'): Results => ({ date, runtime: { ...runtime, ...change }, results });
const met = resultOf(fast, { value: 512.4, ratio: 0.912, runs: 9, spread: [0.9, 0.95] }, '2026-11-20T10:00:00.000Z');
const missed = resultOf(soon, { value: 123.456, runs: 9, spread: [101, 1_234.5], detail: { queries: 200 } }, '2026-11-20T10:00:00.000Z');

it('a median is the middle one, or between the two of the middle', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([7])]).toEqual([2, 2.5, 7]);
});

describe('a goal', () => {
  it('is one of the ratio or of the value, and is met where it is reached exactly', () => {
    expect([met, missed]).toMatchObject([{ met: true }, { met: false }]);
    expect(resultOf(fast, { value: 1, ratio: 0.85, runs: 9, spread: [0, 1] }, '')).toMatchObject({ met: true });
    expect(resultOf(soon, { value: 100, ratio: 3, runs: 9, spread: [0, 1] }, '')).toMatchObject({ met: true });
    expect(resultOf(fast, { value: 1, runs: 9, spread: [0, 1] }, '')).toMatchObject({ met: false });
  });

  it('that is missed is counted, and is no failure', () => {
    expect(counted([met, missed, failureOf(soon, new Error('no package'), '')])).toEqual({ met: 1, missed: 1, failed: 1 });
  });
});

describe('a run of some measures', () => {
  it('replaces those alone, each with its own date, in the order of the measures', () => {
    const before = of([met, missed]);
    const again = resultOf(soon, { value: 50, runs: 9, spread: [40, 60] }, '2026-11-21T10:00:00.000Z');
    const now = merged(before, of([again], {}, '2026-11-21T10:00:00.000Z'), [soon, fast]);
    expect(now.results).toEqual([again, met]);
    expect(now.results.map(({ date }) => date.slice(0, 10))).toEqual(['2026-11-21', '2026-11-20']);
    expect(now.date.slice(0, 10)).toBe('2026-11-21');
  });

  it('stands alone on another machine or runtime, and after nothing', () => {
    for (const before of [of([met, missed], { node: 'v25.0.0' }), of([met], { cpu: 'Another' }), null]) expect(merged(before, of([missed]), [fast, soon]).results).toEqual([missed]);
  });

  it('says what each is in the words of now, and judges it by the goal of now', () => {
    const now: Measure = { ...fast, what: 'said better', goal: { ...fast.goal, figure: 0.95 } };
    expect(merged(of([met]), of([]), [now]).results).toEqual([{ ...met, what: 'said better', goal: now.goal, met: false }]);
  });

  it('leaves out what is measured no more', () => {
    expect(merged(of([met, missed]), of([]), [soon]).results).toEqual([missed]);
  });

  it('replaces a result by the failure that came after it', () => {
    const failed = failureOf(fast, 'gone', '');
    expect(merged(of([met]), of([failed]), [fast]).results).toEqual([failed]);
  });
});

describe('the table', () => {
  it('has a row for each, with three digits', () => {
    expect(tableOf([met, { ...missed, load: 0.4 }, failureOf(fast, new Error('a |\nb'), '2026-11-21T09:30:59.000Z')]).split('\n')).toEqual([
      '| Measure | Value | Ratio | Goal | Met | Runs | Spread | Taken (UTC), load before |',
      '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
      '| fast | 512 MB/s | 0.912 | ≥ 0.85 | yes | 9 | 0.9 to 0.95 | 11-20 10:00 |',
      '| soon | 123 ms |  | ≤ 100 ms | **no** | 9 | 101 to 1,235 | 11-20 10:00, 0.4 |',
      '| fast | failed: a \\| b |  | ≥ 0.85 | failed |  |  | 11-21 09:30 |',
    ]);
    expect([figure(8.216), figure(71_681.9), figure(0)]).toEqual(['8.22', '71,682', '0']);
  });

  it('is followed by what was missed and what failed', () => {
    expect(shortfalls([met, missed, resultOf(fast, { value: 9, ratio: 0.5, runs: 9, spread: [0, 1] }, ''), failureOf(fast, new Error('no package'), '')])).toEqual([
      '✗ soon missed its goal: 123 ms, and it should be at most 100 (what soon is)', '✗ fast missed its goal: a ratio of 0.5, and it should be at least 0.85 (what fast is)', '✗ fast failed: no package',
    ]);
  });

  it('goes between the markers of the page, which stay, and leaves the rest', () => {
    const page = '# Speed\n<!-- results: npm run bench -->\nold\n<!-- end of results -->\nMore.\n';
    const once = withResults(page, of([met]));
    expect(once).toContain(tableOf([met]));
    expect(once).not.toContain('old');
    expect([once.startsWith('# Speed\n'), once.endsWith('\nMore.\n')]).toEqual([true, true]);
    expect(withResults(once, of([met]))).toBe(once);
    expect(() => withResults('# Speed\n', of([met]))).toThrow('README.md has no');
  });
});
