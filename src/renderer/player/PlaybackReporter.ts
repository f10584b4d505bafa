import { attempt, door } from '../door.ts';
import type { Interval } from '../../preload/intervals.ts';
import { ExposureMeter } from './exposure.ts';

const every = 1000;
const mostIntervals = 200;
const round = (seconds: number) => Math.round(seconds * 1000) / 1000;

/** Watches a media element and tells the main process what it showed: every second while playing, and at every pause, jump, change of window and end. */
export class PlaybackReporter {
  #meter = new ExposureMeter();
  #grant: string;
  #onShown: (intervals: readonly Interval[]) => void;
  #media: HTMLVideoElement;
  #isVideo: boolean;
  #visible = document.visibilityState === 'visible';
  #focused = document.hasFocus();
  #timer: ReturnType<typeof setInterval>;
  #ended = new AbortController();

  /** @param onShown told the same, after main */
  constructor(grant: string, medium: 'video' | 'audio', media: HTMLVideoElement, onShown: (intervals: readonly Interval[]) => void) {
    this.#grant = grant;
    this.#onShown = onShown;
    this.#media = media;
    this.#isVideo = medium === 'video';
    this.#timer = setInterval(() => {
      const { paused, networkState } = media;
      // What is read ahead goes on coming while it stands still: that is said, or main has bytes of which nobody said what was shown.
      const isFilling = paused && networkState === HTMLMediaElement.NETWORK_LOADING;
      if (isFilling) this.#still();
      if (isFilling || this.#meter.isPlaying) this.#report();
    }, every);

    const on = (target: EventTarget, names: string[], listener: () => void) => {
      for (const name of names) target.addEventListener(name, listener, { signal: this.#ended.signal });
    };
    const meter = this.#meter;
    on(media, ['durationchange'], () => {
      meter.duration = media.duration;
    });
    on(media, ['playing', 'timeupdate', 'ratechange'], () => {
      if (!media.paused && !media.seeking && !media.ended && media.readyState > 2) meter.playing(media.currentTime, performance.now(), media.playbackRate);
    });
    on(media, ['loadeddata', 'seeked'], () => {
      if (media.paused) this.#still();
      this.#report();
    });
    on(media, ['waiting'], () => meter.stopped(media.currentTime, performance.now()));
    on(media, ['seeking'], () => {
      meter.jumped(performance.now());
      this.#report();
    });
    on(media, ['pause', 'ended'], () => {
      meter.stopped(media.currentTime, performance.now());
      if (!media.seeking) this.#still();
      this.#report();
    });
    // What was shown until now was shown in the old state of the window: report it so, then change.
    on(document, ['visibilitychange'], () => this.#windowChanged());
    on(window, ['focus', 'blur'], () => this.#windowChanged());
    on(window, ['pagehide'], () => this.stop());
  }

  /** The last report. */
  stop(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    clearInterval(this.#timer);
    this.#meter.stopped(this.#media.currentTime, performance.now());
    this.#report();
  }

  /** A still picture is shown; sound that is paused shows nothing. */
  #still(): void {
    if (this.#isVideo && this.#media.readyState >= 2) this.#meter.still(this.#media.currentTime);
  }

  #windowChanged(): void {
    const visible = document.visibilityState === 'visible';
    const focused = document.hasFocus();
    if (visible === this.#visible && focused === this.#focused) return;
    this.#report();
    this.#visible = visible;
    this.#focused = focused;
    // A still picture that comes back into sight is seen anew.
    if (this.#media.paused) this.#still();
    this.#report();
  }

  #report(): void {
    const intervals = this.#meter.take(performance.now()).map(([from, to]): Interval => [round(from), round(to)]);
    const shown = intervals.slice();
    const report = { grant: this.#grant, position: round(this.#media.currentTime), playing: !this.#media.paused && !this.#media.ended, visible: this.#visible, focused: this.#focused };
    do {
      void attempt(door.reportPlayback({ ...report, intervals: intervals.splice(0, mostIntervals) }));
    } while (intervals.length > 0);
    if (shown.length > 0) this.#onShown(shown);
  }
}
