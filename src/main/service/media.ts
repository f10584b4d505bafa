/** The bytes of a recording, streamed. */
import { Failure, unexpected } from '../platform/failure.ts';
import { isRefusal, type PracticeHttp } from './http.ts';

/** The bytes from `from` to the end, and their strong entity tag (RFC 9110, 8.8.3) or null. */
export interface MediaBody {
  from: number;
  etag: string | null;
  chunks: AsyncGenerator<Uint8Array>;
}

/** What is here already: bytes up to `from` of `total`, of the version that `etag` names, if that is known. */
export interface Already {
  from: number;
  total: number;
  etag: string | null;
}

/** Longest time of waiting in which less than {@link SLOWEST} came, before a download counts as broken: one that drips would hold the queue for ever. */
const IDLE_MS = 60_000;
/** Bytes a second. */
const SLOWEST = 1024;

/**
 * Asks for a Binary, or for the rest of it (RFC 9110, 14.2 and 13.1.5). A practice that answers no ranges, or not as it was asked, gives the
 * whole: `from` is then 0. A body that breaks off throws `download-interrupted`; a refusal throws `recording-withheld`.
 * @param binary "Binary/id".
 */
export async function downloadMedia(http: PracticeHttp, binary: string, contentType: string, signal: AbortSignal, already: Already | null = null, idleMs = IDLE_MS): Promise<MediaBody> {
  const idle = new AbortController();
  const rest = already && already.from > 0 ? already : null;
  const headers = rest ? { range: `bytes=${rest.from}-`, ...(rest.etag === null ? {} : { 'if-range': rest.etag }) } : {};
  const unanswered = setTimeout(() => idle.abort(), idleMs);
  const response = await http.send(binary, {
    accept: `${contentType}, application/octet-stream;q=0.9, */*;q=0.1`, headers, signal: AbortSignal.any([signal, idle.signal]), timeoutMs: 24 * 3600 * 1000,
  }).finally(() => clearTimeout(unanswered));
  const isRest = rest !== null && continues(response, rest);
  if (rest && !isRest && [206, 416].includes(response.status)) {
    await response.body?.cancel();
    return downloadMedia(http, binary, contentType, signal, null, idleMs);
  }
  if (isRefusal(response.status)) {
    await response.body?.cancel();
    throw new Failure('recording-withheld', 'practice no longer gives this recording', { status: response.status });
  }
  if (!response.ok || !response.body || (response.status === 206 && !isRest)) {
    await response.body?.cancel();
    throw unexpected(response.status);
  }
  return { from: isRest ? rest.from : 0, etag: strongTag(response), chunks: streamed(response, idle, idleMs) };
}

const strongTag = (response: Response): string | null => {
  const etag = response.headers.get('etag');
  return etag !== null && /^"[^"]*"$/.test(etag) ? etag : null;
};

/** Is this exactly what was asked for: the bytes from there to the end of the same version, as they are? */
function continues(response: Response, { from, total, etag }: Already): boolean {
  const { headers } = response;
  const tag = strongTag(response);
  return response.status === 206 && headers.get('content-range') === `bytes ${from}-${total - 1}/${total}` && (headers.get('content-encoding') ?? 'identity') === 'identity'
    && (etag === null || tag === null || tag === etag);
}

/** @param response held until its body is read: Node's fetch ends, without an error, the body of one that was collected before anybody began. */
async function* streamed(response: Response, idle: AbortController, idleMs: number): AsyncGenerator<Uint8Array> {
  // While whoever takes the bytes is busy nobody waits.
  let waited = 0;
  let came = 0;
  let since = performance.now();
  const wait = () => setTimeout(() => idle.abort(), idleMs - waited);
  let timer = wait();
  try {
    for await (const chunk of response.body as ReadableStream<Uint8Array>) {
      clearTimeout(timer);
      waited += performance.now() - since;
      came += chunk.length;
      if (came >= (SLOWEST * idleMs) / 1000) [waited, came] = [0, 0];
      yield chunk;
      since = performance.now();
      timer = wait();
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('download-interrupted', 'download broke off', {}, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** A small text Binary (a transcript): exact bytes, or null when it is not to be had, which a practice that answers with an error says as well. */
export async function downloadText(http: PracticeHttp, binary: string, limit: number, signal: AbortSignal): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of (await downloadMedia(http, binary, 'text/vtt', signal)).chunks) {
      size += chunk.length;
      if (size > limit) return null;
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Failure && (error.code === 'recording-withheld' || error.code === 'practice-error')) return null;
    throw error;
  }
  return Buffer.concat(chunks);
}
