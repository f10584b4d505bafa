import { attempt, door } from '../door.ts';
import { isCovered, onCovered } from './covered.ts';
import { PresentedMeter } from './PresentedMeter.ts';

const every = 1000;

/** Watches which rows of a screen are on it, at least half of each, and tells the main process for how long. */
export class PresentedReporter {
  #meter = new PresentedMeter();
  #ids = new WeakMap<Element, string>();
  #observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const id = this.#ids.get(target);
      if (id !== undefined) this.#meter.row(id, isIntersecting, performance.now());
    }
  }, { threshold: 0.5 });

  /** The element of a row is on the page. Returns what to call when it goes. */
  watch(element: Element, id: string): () => void {
    this.#ids.set(element, id);
    this.#observer.observe(element);
    return () => {
      this.#ids.delete(element);
      this.#observer.unobserve(element);
      this.#meter.row(id, false, performance.now());
    };
  }

  /** The screen is there. Returns what to call when it goes. */
  start(): () => void {
    const timer = setInterval(() => this.#report(false), every);
    const ended = new AbortController();
    const { signal } = ended;
    const look = () => this.#meter.canBeSeen(document.visibilityState === 'visible' && !isCovered(), performance.now());
    look();
    const uncover = onCovered(look);
    document.addEventListener('visibilitychange', () => {
      look();
      this.#report(false);
    }, { signal });
    // Before whatever the person does next: after a lock nothing is heard any more.
    for (const name of ['pointerdown', 'keydown']) window.addEventListener(name, () => this.#report(false), { signal, capture: true, passive: true });
    window.addEventListener('pagehide', () => this.#report(true), { signal });
    return () => {
      clearInterval(timer);
      ended.abort();
      uncover();
      this.#report(true);
    };
  }

  #report(left: boolean): void {
    const rows = this.#meter.take(performance.now());
    if (left || rows.length > 0) void attempt(door.reportPresented(rows, left));
  }
}
