/** A recording that is watched while it comes: of a block nothing is given out before all of it is here and is what was signed. */
import { createHash } from 'node:crypto';
import type { Assured } from '../assurance/assess.ts';
import { Failure } from '../platform/failure.ts';
import type { Arriving, Stretch } from './arriving.ts';
import { corrupt, type SealedRecording, type Transcript } from './sealedRecording.ts';

export class ArrivingCopy implements SealedRecording {
  declare readonly sealedBrand: never;
  readonly contentType: string;
  readonly transcript: Transcript | null;
  readonly #arriving: Arriving;
  /** As signed. */
  readonly #blocks: NonNullable<Assured['blocks']>;
  readonly #onClose: () => void;
  readonly #closed = new AbortController();
  /** Blocks that were compared, of this version of what is here. */
  #right = new Set<number>();
  #version = -1;

  constructor(arriving: Arriving, blocks: NonNullable<Assured['blocks']>, contentType: string, transcript: Transcript | null, onClose: () => void) {
    this.#arriving = arriving;
    this.#blocks = blocks;
    this.contentType = contentType;
    this.transcript = transcript;
    this.#onClose = onClose;
  }

  get size(): number {
    return this.#arriving.size;
  }

  /** Waits for what is not here yet. `recording-mismatch` where the practice sent something else than was signed. */
  async readFrom(start: number, end: number): Promise<Buffer> {
    const { size } = this.#blocks;
    const block = Math.floor(start / size);
    const stretch = { from: block * size, until: Math.min(this.size, (block + 1) * size) };
    for (;;) {
      await this.#arriving.waitFor(stretch, this.#closed.signal);
      const { version } = this.#arriving;
      if (version !== this.#version) this.#right.clear();
      this.#version = version;
      try {
        if (!this.#right.has(block)) await this.#compare(block, stretch, version);
        const piece = await this.#read({ from: start, until: Math.min(end, stretch.until) });
        // Begun anew while this was read: of another version, and not compared.
        if (this.#arriving.version === version) return piece;
        piece.fill(0);
      } catch (error) {
        if (this.#arriving.version === version) throw corrupt(error);
      }
    }
  }

  async #compare(block: number, { from, until }: Stretch, version: number): Promise<void> {
    const digest = createHash('sha256');
    for (let at = from; at < until;) {
      const piece = await this.#read({ from: at, until });
      digest.update(piece);
      at += piece.length;
      piece.fill(0);
    }
    // Begun anew meanwhile: what was read may be of both, and says nothing of what is here now.
    if (this.#arriving.version !== version) return;
    if (digest.digest('base64url') !== this.#blocks.sha256[block]) {
      this.#arriving.refuse();
      throw new Failure('recording-mismatch', 'a block is not what was signed');
    }
    this.#right.add(block);
  }

  async #read(stretch: Stretch): Promise<Buffer> {
    this.#closed.signal.throwIfAborted();
    const piece = await this.#arriving.read(stretch);
    if (!this.#closed.signal.aborted) return piece;
    piece.fill(0);
    throw this.#closed.signal.reason;
  }

  async close(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort(new Failure('locked', 'recording was closed'));
    this.#onClose();
  }
}
