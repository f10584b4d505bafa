/** What is fetched from a feed: bounded in time and size, no redirects, and the file is the signed one or it is not here. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import type { UpdateRefusal } from '../../../preload/updates.ts';
import { atMost } from '../bounded.ts';
import { heard, type Fetch } from '../heard.ts';
import { FEED_LIMIT, UpdateRefused, type FeedFile } from './feed.ts';

/** How long the document may take, ms. */
const TIMEOUT_MS = 30_000;
/** A file ends when fewer than {@link LEAST_BYTES} came in so many ms: a server that sends a byte now and then would otherwise keep a download going for years. */
const SILENCE_MS = 60_000;
const LEAST_BYTES = 64 * 1024;

/** Turns whatever was thrown into a refusal; one that it is already stays as it is. */
const as = (why: UpdateRefusal) => (error: unknown): never => {
  throw error instanceof UpdateRefused ? error : new UpdateRefused(why, { cause: error });
};

async function get(fetch: Fetch, url: string, signal: AbortSignal): Promise<Response> {
  const response = await heard(fetch)(url, { redirect: 'error', credentials: 'omit', cache: 'no-store', headers: { 'cache-control': 'no-cache' }, signal }).catch(as('unreachable'));
  if (response.status === 200) return response;
  await response.body?.cancel().catch(() => undefined);
  throw new UpdateRefused('unreachable');
}

/** The feed's document as it is there. */
export async function fetchDocument(fetch: Fetch, url: string): Promise<Buffer> {
  const response = await get(fetch, url, AbortSignal.timeout(TIMEOUT_MS));
  return Buffer.concat(await Array.fromAsync(atMost(response, FEED_LIMIT, () => new UpdateRefused('unreadable'))).catch(as('unreachable')));
}

/**
 * Writes the file that was signed to `destination`, and never more than its size. What is not exactly it is not left there.
 * @throws UpdateRefused `unreachable`, `interrupted`, `hash-differs` or `disk`
 */
export async function fetchFile(fetch: Fetch, url: string, destination: string, { size, sha512 }: FeedFile, onProgress: (received: number) => void): Promise<void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  const hash = createHash('sha512');
  let [received, counted] = [0, 0];
  try {
    const response = await get(fetch, url, silence.signal);
    const file = await open(destination, 'w', 0o600).catch(as('disk'));
    try {
      for await (const chunk of atMost(response, size, () => new UpdateRefused('hash-differs'))) {
        received += chunk.length;
        hash.update(chunk);
        await file.writeFile(chunk).catch(as('disk'));
        onProgress(received);
        if (received - counted < LEAST_BYTES) continue;
        counted = received;
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
      }
      await file.sync().catch(as('disk'));
    } finally {
      await file.close();
    }
    if (received < size) throw new UpdateRefused('interrupted');
    if (hash.digest('base64') !== sha512) throw new UpdateRefused('hash-differs');
  } catch (error) {
    await rm(destination, { force: true });
    as('interrupted')(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Is this still the file that was signed? */
export async function isFile(path: string, { size, sha512 }: FeedFile): Promise<boolean> {
  const hash = createHash('sha512');
  let read = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
      read += chunk.length;
      hash.update(chunk);
    }
  } catch {
    return false;
  }
  return read === size && hash.digest('base64') === sha512;
}
