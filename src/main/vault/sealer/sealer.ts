/** Main's end of one sealer. */
import { Failure } from '../../platform/failure.ts';
import type { FromSealer, SealerThread, ToSealer } from './messages.ts';
import type { PartFile, Received } from './receiving.ts';

/** Plaintext on its way to the sealer at most: the practice is asked for more only as fast as the disk takes it. */
const IN_FLIGHT_BYTES = 4 * 1024 * 1024;

/** Bytes in a buffer of their own: sending a view would send all of what it is a view of, which may hold other secrets and be needed here. */
const alone = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => (bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer ? bytes as Uint8Array<ArrayBuffer> : new Uint8Array(bytes));

/**
 * Every method throws what the sealer failed with: `disk-full`, `recording-mismatch` or `internal`; and `download-interrupted` when it
 * has died, which loses nothing but what was not on disk yet.
 */
export class Sealer {
  readonly #thread: SealerThread;
  readonly #exited: Promise<void>;
  readonly #sealed: () => void;
  /** As the sealer has it, and in the same memory. */
  #key: Uint8Array | null = null;
  #failure: Failure | null = null;
  #inFlight = 0;
  /** Pushed into the open part. */
  #pushed = 0;
  /** Answers that were not waited for yet: at most the one to the last request. */
  #answer: Exclude<FromSealer, { did: 'chunk' | 'fail' }> | null = null;
  /** Wakes whoever waits for an answer, for room or for the end. */
  #wake = (): void => undefined;

  /** @param sealed more of the open part is on disk. */
  constructor(thread: SealerThread, sealed: () => void = () => undefined) {
    this.#thread = thread;
    this.#sealed = sealed;
    thread.onMessage((message) => this.#take(message));
    this.#exited = new Promise((resolve) => {
      thread.onExit(() => {
        // One that was ended in the middle of its work wiped nothing.
        this.#key?.fill(0);
        this.#failure ??= new Failure('download-interrupted', 'sealer ended');
        this.#wake();
        resolve();
      });
    });
  }

  #take(message: FromSealer): void {
    if (message.did === 'chunk') {
      this.#inFlight -= message.bytes;
      this.#sealed();
    } else if (message.did === 'fail') this.#failure ??= new Failure(message.code, message.message);
    else this.#answer = message;
    this.#wake();
  }

  #post(message: ToSealer, given: readonly ArrayBuffer[] = []): void {
    if (this.#failure) throw this.#failure;
    this.#thread.post(message, given);
  }

  async #until(ready: () => boolean): Promise<void> {
    while (!ready()) {
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async #ask<K extends 'begin' | 'part' | 'pause' | 'end'>(message: ToSealer & { do: K }): Promise<FromSealer & { did: K }> {
    this.#answer = null;
    this.#post(message);
    await this.#until(() => this.#answer?.did === message.do);
    return this.#answer as unknown as FromSealer & { did: K };
  }

  /** Plaintext bytes kept of each of `parts`, in order; 0 for one of no use. @param key the caller's stays the caller's. */
  async begin(key: Uint8Array, bound: Uint8Array, limit: number, parts: PartFile[]): Promise<number[]> {
    this.#key = new Uint8Array(new SharedArrayBuffer(key.length));
    this.#key.set(key);
    return (await this.#ask({ do: 'begin', key: this.#key, bound: alone(bound), limit, parts })).kept;
  }

  /** Everything pushed from now on goes into this empty file. @param anew whether nothing that is here counts any more */
  async part(part: PartFile, anew: boolean): Promise<void> {
    await this.#ask({ do: 'part', part, anew });
    this.#pushed = 0;
  }

  /** Bytes of the open part that have reached the sealer, and its file but for what fits into one slot. */
  get arrived(): number {
    return this.#pushed - this.#inFlight;
  }

  /** Closes the open part: all that was pushed is sealed and on disk. */
  async pause(): Promise<void> {
    await this.#ask({ do: 'pause' });
  }

  /** Sends one chunk, which is empty afterwards where it was all of its buffer; waits while {@link IN_FLIGHT_BYTES} are on their way. */
  async push(chunk: Uint8Array): Promise<void> {
    await this.#until(() => this.#inFlight < IN_FLIGHT_BYTES);
    this.#inFlight += chunk.length;
    this.#pushed += chunk.length;
    const bytes = alone(chunk);
    this.#post({ do: 'chunk', bytes }, [bytes.buffer]);
  }

  /** All that was pushed is sealed and on disk, and this is what the whole is. */
  async end(): Promise<Received> {
    return (await this.#ask({ do: 'end' })).received;
  }

  /** Lets go of one that has answered to the end; ends any other, and waits until it has ended: nothing is written afterwards. */
  async close(): Promise<void> {
    if (this.#answer?.did === 'end' && !this.#failure) {
      this.#key?.fill(0);
      this.#thread.rest();
      return;
    }
    this.#thread.kill();
    await this.#exited;
  }

  /** Ends it now, in the middle of whatever it does. */
  kill(): void {
    this.#failure ??= new Failure('locked', 'sealing was stopped');
    this.#thread.kill();
    this.#wake();
  }
}
