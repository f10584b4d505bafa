import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { PlaybackReport } from '../../preload/contract.ts';
import { PlaybackReporter } from './PlaybackReporter.ts';

const reports: PlaybackReport[] = [];
vi.mock('../door.ts', () => ({ attempt: async () => undefined, door: { reportPlayback: (report: PlaybackReport) => reports.push(report) } }));

const LOADING = 2;
beforeEach(() => {
  reports.length = 0;
  vi.useFakeTimers();
  vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible', hasFocus: () => true }));
  vi.stubGlobal('window', new EventTarget());
  vi.stubGlobal('HTMLMediaElement', { NETWORK_LOADING: LOADING });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('says what stands still while more of it comes, so that no bytes are without a word; and nothing once all is here', () => {
  const media = Object.assign(new EventTarget(), { paused: true, ended: false, seeking: false, readyState: 4, networkState: LOADING, currentTime: 7, duration: 60, playbackRate: 1 });
  const reporter = new PlaybackReporter('grant', 'video', media as unknown as HTMLVideoElement, () => undefined);
  vi.advanceTimersByTime(2_000);
  expect(reports.map(({ intervals, playing }) => ({ intervals, playing }))).toEqual([{ intervals: [[7, 7]], playing: false }, { intervals: [[7, 7]], playing: false }]);
  media.networkState = 1;
  vi.advanceTimersByTime(5_000);
  expect(reports).toHaveLength(2);
  reporter.stop();
});
