/**
 * Locks after a time without activity, with a warning before. Linux sends no lock-screen event, so a timer must do it. Two clocks
 * count and the longer time holds: the wall clock can be set back, and the steady one may stand still while the computer sleeps.
 */
export const WARNING_SECONDS = 60;

export class IdleLock {
  readonly #minutes: () => number;
  readonly #onWarn: (secondsLeft: number | null) => void;
  readonly #onLock: () => void;
  #lastActivity = { wall: 0, steady: 0 };
  #warned = false;
  #timer: NodeJS.Timeout | null = null;

  /** @param minutes asked every second: they are fewer while something sensitive is open. */
  constructor(minutes: () => number, onWarn: (secondsLeft: number | null) => void, onLock: () => void) {
    this.#minutes = minutes;
    this.#onWarn = onWarn;
    this.#onLock = onLock;
  }

  start(): void {
    this.stop();
    this.#noteActivity();
    this.#timer = setInterval(() => this.#check(), 1000);
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#warned = false;
  }

  #noteActivity(): void {
    this.#lastActivity = { wall: Date.now(), steady: performance.now() };
  }

  activity(): void {
    this.#noteActivity();
    if (this.#warned) this.#onWarn(null);
    this.#warned = false;
  }

  #check(): void {
    const { wall, steady } = this.#lastActivity;
    const whole = this.#minutes() * 60_000;
    const left = whole - Math.max(Date.now() - wall, performance.now() - steady);
    if (left <= 0) {
      this.stop();
      this.#onLock();
    } else if (left <= Math.min(WARNING_SECONDS * 1000, whole / 2)) {
      // Of a short time the second half: whoever chose a minute would else be asked at once, and again after every answer.
      this.#warned = true;
      this.#onWarn(Math.ceil(left / 1000));
    } else if (this.#warned) {
      // What asked for the shorter time is not open any more.
      this.#warned = false;
      this.#onWarn(null);
    }
  }
}
