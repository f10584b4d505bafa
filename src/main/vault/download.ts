/** One download into the vault: gap after gap is asked for and sealed, part by part, where somebody waits first. */
import { basename } from 'node:path';
import type { Assured } from '../assurance/assess.ts';
import { Failure } from '../platform/failure.ts';
import type { Arriving, Stretch } from './arriving.ts';
import type { PartialRow } from './library.ts';
import type { MediaFolder } from './mediaFolder.ts';
import { boundTo } from './sealedPart.ts';
import type { PartFile, Received } from './sealer/receiving.ts';
import type { Sealer } from './sealer/sealer.ts';

/** The bytes of a recording from plaintext byte `from` to its end, and their strong entity tag where there is one. */
export interface MediaBody {
  from: number;
  etag: string | null;
  chunks: AsyncIterable<Uint8Array>;
}

/** Asks the practice for the rest of a recording; `from` of the answer is what was asked for, or 0. @param etag what is here already, if that is known. */
export type AskFrom = (from: number, etag: string | null) => Promise<MediaBody>;

type Parts = PartialRow['parts'];

export interface Downloaded extends Received {
  /** In order of place. */
  parts: { file: string; plainBytes: number }[];
}

interface Means {
  sealer: Sealer;
  arriving: Arriving;
  media: MediaFolder;
  /** Notes which parts there are, and removes the files of those that are none any more. */
  setParts: (before: Parts, now: Parts, etag: string | null) => void;
}

export function refuseStopped(signal: AbortSignal): void {
  if (signal.aborted) throw new Failure('locked', 'stopped during download');
}

export class Download {
  readonly #assured: Assured;
  readonly #key: Buffer;
  readonly #means: Means;
  #parts: Parts = [];
  #etag: string | null = null;

  /** @param key the recording's; the caller's to wipe */
  constructor(assured: Assured, key: Buffer, means: Means) {
    this.#assured = assured;
    this.#key = key;
    this.#means = means;
  }

  /** @param known what earlier downloads left, in order of place. @param etag of what that is. @param progress plaintext bytes that are here. Throws as {@link Copies.seal} says. */
  async run(known: Parts, etag: string | null, ask: AskFrom, progress: (plainBytes: number) => void, signal: AbortSignal, inOne: boolean): Promise<Downloaded> {
    const { sealer, arriving } = this.#means;
    const { size, sha256 } = this.#assured.media;
    const kept = await this.#takeUp(known, etag);
    refuseStopped(signal);
    progress(kept);
    let ranges = !inOne;
    for (let gap = arriving.nextGap(); gap; gap = arriving.nextGap()) {
      // Without a signed digest nothing but the practice's own tag says that two answers are of one recording.
      const body = await ask(inOne || (this.#etag === null && sha256 === null) ? 0 : gap.from, this.#etag);
      refuseStopped(signal);
      const anew = body.from === 0 && (gap.from > 0 || (this.#parts.length > 0 && body.etag !== this.#etag));
      if (gap.from > 0 && anew) ranges = false;
      const line = await this.#begin(anew ? { from: 0, until: size } : gap, anew, body.etag);
      if (!await this.#follow(line, body.chunks, progress, ranges)) break;
    }
    if (arriving.isRefused) throw refused();
    const received = await sealer.end();
    return { ...received, parts: arriving.parts.map(({ path, plainBytes }) => ({ file: basename(path), plainBytes })) };
  }

  #file({ file, from }: Parts[number]): PartFile {
    return { path: this.#means.media.path(file), from };
  }

  #set(parts: Parts, etag: string | null): void {
    this.#means.setParts(this.#parts, parts, etag);
    this.#parts = parts;
    this.#etag = etag;
  }

  async #takeUp(known: Parts, etag: string | null): Promise<number> {
    const { sealer, arriving } = this.#means;
    const { recording, manifestSha256, media } = this.#assured;
    const bound = boundTo(recording, manifestSha256);
    const lengths = await sealer.begin(this.#key, bound, media.size, known.map((part) => this.#file(part)));
    const here = known.map((part, n) => ({ part, plainBytes: lengths[n] ?? 0 })).filter(({ plainBytes }) => plainBytes > 0);
    this.#parts = known;
    this.#set(here.map(({ part }) => part), etag);
    arriving.begin(this.#key, bound, here.map(({ part, plainBytes }) => ({ ...this.#file(part), plainBytes })));
    return arriving.received;
  }

  async #begin(gap: Stretch, anew: boolean, etag: string | null): Promise<Stretch> {
    const { sealer, arriving, media } = this.#means;
    const { recording, manifestSha256 } = this.#assured;
    const part = { file: media.newName(recording), from: gap.from };
    this.#set([...(anew ? [] : this.#parts), part], anew || this.#parts.length === 0 ? etag : this.#etag);
    // Made here and after its row, so that no file is ever unknown, and none comes back after a destruction.
    media.create(part.file);
    if (anew) arriving.begin(this.#key, boundTo(recording, manifestSha256), []);
    await sealer.part(this.#file(part), anew);
    arriving.grow(this.#file(part), () => sealer.arrived);
    return gap;
  }

  /** Seals what comes until the gap is closed, or somebody waits elsewhere. @returns false where the practice had no more to give, which the digest judges. */
  async #follow({ from, until }: Stretch, chunks: AsyncIterable<Uint8Array>, progress: (plainBytes: number) => void, ranges: boolean): Promise<boolean> {
    const { sealer, arriving } = this.#means;
    const before = arriving.received;
    let at = from;
    let turns = false;
    try {
      for await (const chunk of chunks) {
        if (arriving.isRefused) throw refused();
        // More than was signed is for the sealer to refuse; what is here already is left.
        const wanted = until < this.#assured.media.size ? chunk.subarray(0, until - at) : chunk;
        // What was pushed is the sealer's.
        const { length } = wanted;
        await sealer.push(wanted);
        at += length;
        progress(before + at - from);
        turns = ranges && arriving.turns(from, at);
        if (turns || (at >= until && until < this.#assured.media.size)) break;
      }
      await sealer.pause();
    } catch (error) {
      // What came is closed and synced, so that the next download goes on behind it. Of one whose sealer is gone the next download finds out what there is.
      arriving.close(await sealer.pause().then(() => at - from, () => 0));
      throw error;
    }
    arriving.close(at - from);
    return turns || at >= until;
  }
}

const refused = (): Failure => new Failure('recording-mismatch', 'a block is not what was signed');
