import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Lies } from '../lies.ts';

/** What a Binary holds: small things in memory, long recordings on disk, never read whole. */
export type Content = { contentType: string; size: number; sha256: string } & ({ bytes: Buffer } | { file: string });

/** What is served for a Binary at this moment, lies included. */
export type Served = { contentType: string; size: number; etag: string; ranges: boolean; cutAt: number | undefined; open: (from: number, to: number) => Readable; bytes?: Buffer };

export class Binaries {
  readonly #content = new Map<string, Content>();

  put(id: string, content: Content): void {
    this.#content.set(id, content);
  }

  get(id: string): Content | undefined {
    return this.#content.get(id);
  }

  served(id: string, lies: Lies, swappedWith: (id: string) => string): Served | undefined {
    const own = this.#content.get(id);
    const content = this.#content.get(swappedWith(id));
    if (!own || !content) return undefined;
    const instead = lies.mediaInstead.get(id);
    const shown = instead ? inMemory(instead, own.contentType) : content;
    const cut = lies.cutMedia.get(id);
    const size = lies.truncateMedia.has(id) ? Math.floor(shown.size / 2) : shown.size;
    return {
      contentType: own.contentType,
      size,
      etag: `"${shown.sha256}${size === shown.size ? '' : '-half'}"`,
      ranges: !lies.noRanges,
      cutAt: cut === undefined ? undefined : Math.floor(cut * size),
      // `to` is included, as in HTTP and in createReadStream.
      open: (from, to) => ('file' in shown ? createReadStream(shown.file, { start: from, end: to }) : Readable.from([shown.bytes.subarray(from, to + 1)])),
      ...('bytes' in shown ? { bytes: shown.bytes.subarray(0, size) } : {}),
    };
  }
}

export function inMemory(bytes: Buffer, contentType: string): Content {
  return { contentType, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('base64url'), bytes };
}
