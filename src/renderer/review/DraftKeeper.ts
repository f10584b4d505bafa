/** Unfinished text on its way to where it outlives the screen. */

/** Milliseconds after the first change that is not kept: no keystroke waits for longer, however long somebody types on. */
const WAIT = 400;
const RETRY = 3_000;

export type DraftState = 'kept' | 'keeping' | 'failed';

export class DraftKeeper<T> {
  readonly #keep: (value: T) => Promise<boolean>;
  readonly #onState: (state: DraftState) => void;
  #waiting: { value: T } | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #due = 0;
  #sent = 0;

  /** @param keep resolves to whether it was kept. Calls arrive in the order in which they are made. */
  constructor(keep: (value: T) => Promise<boolean>, onState: (state: DraftState) => void) {
    this.#keep = keep;
    this.#onState = onState;
  }

  change(value: T): void {
    this.#waiting = { value };
    this.#onState('keeping');
    this.#wait(WAIT);
  }

  /** Now: the screen is about to go, or the focus has. */
  flush(): void {
    this.#rest();
    const waiting = this.#waiting;
    if (!waiting) return;
    this.#waiting = null;
    this.#sent += 1;
    const mine = this.#sent;
    void this.#keep(waiting.value).then((kept) => {
      // What was typed since then, or let go of, speaks for itself.
      if (mine !== this.#sent || this.#waiting) return;
      this.#onState(kept ? 'kept' : 'failed');
      if (kept) return;
      this.#waiting = waiting;
      this.#wait(RETRY);
    });
  }

  /** `save` makes something else of it: what waits is kept before that, or it would come after and stay. Resolves to what `save` does, whether it is saved. */
  async become(save: () => Promise<boolean>): Promise<boolean> {
    this.flush();
    const saved = await save();
    if (saved) this.drop();
    return saved;
  }

  /** It is something else by now, or not wanted: nothing of it is kept any more by this. */
  drop(): void {
    this.#rest();
    this.#waiting = null;
    this.#sent += 1;
  }

  /** Keeps what waits, and tries no more after that. */
  end(): void {
    this.flush();
    this.#sent += 1;
  }

  /** A shorter wait takes the place of a longer one, and never the other way round. */
  #wait(milliseconds: number): void {
    const due = Date.now() + milliseconds;
    if (this.#timer && this.#due <= due) return;
    this.#rest();
    this.#due = due;
    this.#timer = setTimeout(() => this.flush(), milliseconds);
  }

  #rest(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
