/**
 * recording://<grant>/media → bytes. Answers GET and HEAD with single ranges; streams one authenticated segment per pull up to the
 * requested end (a response that stops early breaks the player), and stops when the player cancels.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { Failure, problemOf } from '../platform/failure.ts';
import type { Grant } from './grants.ts';
import { indexEnd } from './movieIndex.ts';
import { parseRange } from './range.ts';

export const RECORDING_SCHEME = 'recording';
/** The page may read a frame of what it plays, for the small pictures of it. */
const PAGE = 'app://ui';

/** So much of an answer goes out as fast as it is taken, behind the index where it begins with it: what the first picture needs. Bytes; of a recording of ten minutes its half of a per cent is three seconds. */
const atOnce = (size: number): number => Math.max(768 * 1024, size / 200);
/** Before each segment of what is read ahead after that, ms: handing it over takes main and the page as much work as the picture that somebody waits for meanwhile. */
export const PAUSE_MS = 100;
/** By then the picture is there, ms after the question; and what is read ahead goes out as fast as anything plays (some 10 MB a second). */
const [PICTURE_MS, LATER_PAUSE_MS] = [500, 25];

/** @param passed ms since the question. @returns ms before the next segment */
export const pauseAfter = (passed: number): number => (passed < PICTURE_MS ? PAUSE_MS : LATER_PAUSE_MS);

export interface MediaRequest {
  method: string;
  url: string;
  range: string | null;
}

const none = (status: number, headers: Record<string, string> = {}) => new Response(null, { status, headers });

/** @param find the grant by id for the window that asked. @param onBroken reading failed part way: a corrupt copy, or other bytes than were signed. */
export function answerMedia(request: MediaRequest, find: (id: string) => Grant | null, onBroken: (grant: string, error: unknown) => void): Response {
  const url = URL.canParse(request.url) ? new URL(request.url) : null;
  const grant = url?.protocol === `${RECORDING_SCHEME}:` && url.pathname === '/media' ? find(url.host) : null;
  if (!grant) return none(404);
  if (request.method !== 'GET' && request.method !== 'HEAD') return none(405, { allow: 'GET, HEAD' });
  const { recording, exposure, id } = grant;
  const common = { 'accept-ranges': 'bytes', 'cache-control': 'no-store', 'content-type': recording.contentType, 'x-content-type-options': 'nosniff', 'access-control-allow-origin': PAGE };
  const range = parseRange(request.range, recording.size);
  if (range.kind === 'unsatisfiable') return none(416, { ...common, 'content-range': `bytes */${recording.size}` });
  const { start, end } = range.kind === 'part' ? range : { start: 0, end: recording.size };
  const headers = { ...common, 'content-length': String(end - start), ...(range.kind === 'part' ? { 'content-range': `bytes ${start}-${end - 1}/${recording.size}` } : {}) };
  const status = range.kind === 'part' ? 206 : 200;
  if (request.method === 'HEAD') return none(status, headers);

  const asked = performance.now();
  let at = start;
  let ahead = start + atOnce(recording.size);
  let left = false;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        if (at >= end) {
          controller.close();
          return;
        }
        if (at >= ahead) await wait(pauseAfter(performance.now() - asked));
        if (left) return;
        const bytes = await recording.readFrom(at, end);
        // Revoked while this was read: its exposure has been written, and nothing more may go out.
        if (find(id) !== grant) throw new Failure('locked', 'grant has ended');
        if (at === 0) ahead += indexEnd(bytes);
        at += bytes.length;
        exposure.bytesDelivered();
        controller.enqueue(bytes);
        if (at >= end) controller.close();
      } catch (error) {
        if (['recording-corrupt', 'recording-mismatch'].includes(problemOf(error).code)) onBroken(id, error);
        controller.error(error);
      }
    },
    cancel() {
      left = true;
    },
  }, { highWaterMark: 0 });
  return new Response(body, { status, headers });
}
