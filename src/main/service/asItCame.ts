/** The bytes of a stream of Node's as a web stream, each piece as it came: Node's own `Readable.toWeb` copies every one, which took main as long as all else that it does for a download (evidence/bench/NOTES.md). */
import { finished, type Readable } from 'node:stream';

/** One piece is taken before it is asked for. Cancelling it destroys `readable`; whatever that fails with, an early end included, whoever reads is told. */
export function asItCame(readable: Readable): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      readable.on('data', (piece: Buffer) => {
        controller.enqueue(piece);
        if ((controller.desiredSize ?? 0) <= 0) readable.pause();
      });
      readable.pause();
      finished(readable, { writable: false }, (error) => {
        // After a cancellation there is nobody to tell.
        try {
          if (error) controller.error(error);
          else controller.close();
        } catch {
          readable.destroy();
        }
      });
    },
    pull: () => void readable.resume(),
    cancel: () => void readable.destroy(),
  });
}
