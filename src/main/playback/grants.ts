/**
 * Grants: the right of one window to read one opened recording for a while. The id is random and says nothing; the recording is
 * closed and its key wiped the moment the grant ends.
 */
import { randomBytes } from 'node:crypto';
import type { SealedRecording } from '../vault/sealedRecording.ts';
import { Exposure, FLUSH_MS, type ExposureWriter } from './exposure.ts';

/** A review session outlives no working day; an open player is renewed by its reports. */
const IDLE_EXPIRY_MS = 30 * 60_000;

/** Lower case, because it is the host of a URL. */
export const newGrantId = (): string => randomBytes(20).toString('hex');

export interface Grant {
  id: string;
  /** The window it is bound to. */
  window: number;
  recording: SealedRecording;
  exposure: Exposure;
}

interface Held extends Grant {
  /** Called whenever its exposure was written or there was none, and at its end: what else is kept no less often. */
  kept: () => void;
  lastUsed: number;
  timer: NodeJS.Timeout;
}

export class Grants {
  readonly #held = new Map<string, Held>();
  readonly #now: () => number;
  readonly #onBroken: (grant: string, error: unknown) => void;

  /** @param onBroken a grant's exposure could not be written: the owner must revoke it. */
  constructor(now: () => number, onBroken: (grant: string, error: unknown) => void) {
    this.#now = now;
    this.#onBroken = onBroken;
  }

  /** @param id from {@link newGrantId}, so that its owner can end it before it begins. */
  issue(window: number, recording: SealedRecording, write: (grant: string) => ExposureWriter, id = newGrantId(), kept: () => void = () => undefined): string {
    const exposure = new Exposure(write(id));
    const timer = setInterval(() => {
      this.flush(id);
    }, FLUSH_MS);
    this.#held.set(id, { id, window, recording, exposure, kept, lastUsed: this.#now(), timer });
    return id;
  }

  /** The grant, when it exists, has not expired and belongs to this window. */
  find(id: string, window: number): Grant | null {
    const held = this.#held.get(id);
    if (held?.window !== window) return null;
    if (this.#now() - held.lastUsed > IDLE_EXPIRY_MS) {
      void this.revoke(id);
      return null;
    }
    held.lastUsed = this.#now();
    return held;
  }

  flush(id: string): void {
    const held = this.#held.get(id);
    if (!held) return;
    try {
      held.exposure.flush();
    } catch (error) {
      this.#onBroken(id, error);
      return;
    }
    held.kept();
  }

  get ids(): string[] {
    return [...this.#held.keys()];
  }

  /** Ends a grant: nothing can be read through it from here on. The exposure so far is written first. */
  async revoke(id: string): Promise<void> {
    const held = this.#held.get(id);
    if (!held) return;
    this.#held.delete(id);
    clearInterval(held.timer);
    try {
      held.exposure.end(performance.now());
    } finally {
      held.kept();
      await held.recording.close();
    }
  }
}
