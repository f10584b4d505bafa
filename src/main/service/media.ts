/** The bytes of a recording, streamed. */
import { Failure } from '../platform/failure.ts';
import type { PracticeHttp } from './http.ts';

/**
 * Streams a Binary. A body that breaks off throws `download-interrupted`; a refusal throws `recording-withheld`.
 * @param binary "Binary/id". @param idleMs longest silence before the download counts as broken.
 */
export async function* downloadMedia(http: PracticeHttp, binary: string, contentType: string, signal: AbortSignal, idleMs = 60_000): AsyncGenerator<Uint8Array> {
  const idle = new AbortController();
  const response = await http.send(binary, { accept: `${contentType}, application/octet-stream;q=0.9, */*;q=0.1`, signal: AbortSignal.any([signal, idle.signal]), timeoutMs: 24 * 3600 * 1000 });
  if ([403, 404, 410].includes(response.status)) {
    await response.body?.cancel();
    throw new Failure('recording-withheld', 'practice no longer gives this recording', { status: response.status });
  }
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new Failure('practice-error', 'unexpected status', { status: response.status });
  }
  let timer = setTimeout(() => idle.abort(), idleMs);
  try {
    for await (const chunk of response.body) {
      clearTimeout(timer);
      yield chunk;
      timer = setTimeout(() => idle.abort(), idleMs);
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('download-interrupted', 'download broke off', {}, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** A small text Binary (a transcript): exact bytes, or null when it is not to be had. */
export async function downloadText(http: PracticeHttp, binary: string, limit: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of downloadMedia(http, binary, 'text/vtt', new AbortController().signal)) {
      size += chunk.length;
      if (size > limit) return null;
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Failure && error.code === 'recording-withheld') return null;
    throw error;
  }
  return Buffer.concat(chunks);
}
