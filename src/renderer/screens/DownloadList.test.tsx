import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import type { CopyView, WorklistRow } from '../../preload/contract.ts';
import type { PresentedReporter } from '../presented/PresentedReporter.ts';
import { problemWords } from '../text/problems.ts';
import { DownloadList } from './DownloadList.tsx';

vi.mock('../door.ts', () => ({ door: {} }));

const row = (id: string, copy: Partial<CopyView>): WorklistRow => ({
  id, title: `Title of ${id}`, patient: { name: `Sam ${id}`, dateOfBirth: '1962-03-14', nhsNumber: null }, consultedAt: '2026-11-20T09:00:00Z', medium: 'video', review: 'own', purpose: 'TREAT', due: null,
  progress: 'new', sensitive: false, sensitiveKinds: [], offline: true, hasTranscript: false, copy: { state: 'queued', received: 0, total: 1_200_000_000, rate: null, problem: null, ...copy },
});
const shown = (rows: readonly WorklistRow[], online = true): string =>
  renderToStaticMarkup(<DownloadList downloads={rows.map(({ id }) => id)} rows={new Map(rows.map((one) => [one.id, one]))} isUnsigned={false} online={online} presented={{} as unknown as PresentedReporter} />);
/** Words of the buttons, without whose they are. */
const buttons = (markup: string) => [...markup.matchAll(/<button[^>]*>([^<]*)</g)].map(([, words]) => words);

test('one that comes says how far it is, how fast and how long it still takes, and announces none of that by itself', () => {
  const markup = shown([row('a', { state: 'downloading', received: 120_000_000, rate: 2_250_000 })]);
  for (const words of ['Downloading, 10%', '120 MB of 1.2 GB, 18 Mbit/s', 'about 8 minutes left']) expect(markup).toContain(words);
  expect(markup).not.toMatch(/aria-live|role="(status|alert)"/);
  expect(markup).toContain('Pause<span class="nhsuk-u-visually-hidden"> Sam a, Title of a</span>');
});

test('while it is not known how fast it comes nothing is said of that', () => {
  expect(shown([row('a', { state: 'downloading', received: 1, rate: null })])).not.toMatch(/Mbit|left</);
});

test.each([
  ['downloading', ['Pause', 'Cancel']], ['queued', ['Pause', 'Download now', 'Cancel']], ['paused', ['Resume', 'Cancel']], ['failed', ['Try again', 'Cancel']],
] as const)('one that is %s can be steered', (state, words) => {
  expect(buttons(shown([row('a', { state })]))).toEqual(words);
});

test('without a connection nothing can be asked for, and all can be put off', () => {
  expect(buttons(shown([row('a', { state: 'queued' }), row('b', { state: 'paused' })], false))).toEqual(['Pause', 'Cancel', 'Cancel']);
});

test('one that did not come says why', () => {
  const problem = { code: 'download-interrupted' as const, message: '' };
  expect(shown([row('a', { state: 'failed', received: 600_000_000, problem })])).toContain(problemWords(problem).what);
});

test('of a long queue the rest is counted', () => {
  const markup = shown(Array.from({ length: 500 }, (_, n) => row(`n${n}`, {})));
  expect(markup.match(/<tr role="row" class/g)).toHaveLength(20);
  expect(markup).toContain('480 more wait');
});
