/** What Electron's network answers, as a `Response` whose body comes in the pieces in which it came: Node's own `Readable.toWeb` copies every one, which took main as long as all else that it does for a download (evidence/bench/NOTES.md). */
import { finished, type Readable } from 'node:stream';

/** Null body statuses that a `Response` can have (Fetch, 2.2.3). */
const WITHOUT_BODY = [204, 205, 304];

/**
 * @param leave ends what `readable` comes from: called where the stream is cancelled.
 * @returns a stream that takes one piece ahead. An error or an early end of `readable` (ERR_STREAM_PREMATURE_CLOSE) is what its reader throws.
 */
export function asItCame(readable: Readable, leave: () => void): ReadableStream<Uint8Array> {
  let cancelled = false;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      readable.on('data', (piece: Buffer) => {
        // What waited in the stream still comes.
        if (cancelled) return;
        controller.enqueue(piece);
        if ((controller.desiredSize ?? 0) <= 0) readable.pause();
      });
      readable.pause();
      finished(readable, { writable: false }, (error) => {
        if (cancelled) return;
        if (error) controller.error(error);
        else controller.close();
      });
    },
    pull: () => void readable.resume(),
    cancel: () => {
      cancelled = true;
      leave();
    },
  });
}

/** Of Electron's IncomingMessage, what is read here. */
export type Message = Readable & { statusCode: number; statusMessage: string; headers: Record<string, string | string[]> };

/** Throws where a `Response` cannot say it: a status outside 200 to 599, or a header that is none. @param leave as for {@link asItCame} */
export function answerOf(message: Message, leave: () => void): Response {
  const headers = Object.entries(message.headers).map(([name, value]): [string, string] => [name, [value].flat().join(', ')]);
  const init = { status: message.statusCode, statusText: message.statusMessage, headers };
  return WITHOUT_BODY.includes(message.statusCode) ? new Response(null, init) : new Response(asItCame(message, leave), init);
}
