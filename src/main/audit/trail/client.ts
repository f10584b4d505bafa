/** Main's end of the trail: one for as long as a manager is signed in. Its file is made anew each time and goes at the end; what a crash left goes at the next start. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../platform/failure.ts';
import type { FromTrail, Question, Questions, StartTrail, ToTrail, TrailProcess } from './messages.ts';
import type { Reported } from '../reported.ts';
import type { Added } from './store.ts';

/** Bytes in a buffer of their own: sending a view would send all of what it is a view of. */
const alone = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);

interface Waiting {
  resolve: (answer: never) => void;
  reject: (error: Failure) => void;
  progress?: ((verified: number, of: number) => void) | undefined;
}

/** Deletes what an earlier trail left behind. @param folder the trail's own. */
export function clearTrail(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Every question rejects with what failed in the process, or with `locked` when it has ended or is closed. */
export class Trail {
  readonly #process: TrailProcess;
  readonly #folder: string;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  #ended = false;
  #last = 0;

  private constructor(process: TrailProcess, folder: string) {
    this.#process = process;
    this.#folder = folder;
    process.onMessage((message) => this.#take(message));
    this.#exited = new Promise((resolve) => {
      process.onExit(() => {
        this.#end();
        resolve();
      });
    });
  }

  /** @param folder the trail's own: emptied first. */
  static async open(start: StartTrail, folder: string): Promise<Trail> {
    clearTrail(folder);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const trail = new Trail(start(), folder);
    const key = new Uint8Array(randomBytes(32));
    try {
      await trail.ask('open', { path: join(folder, 'trail.db'), key });
      return trail;
    } catch (error) {
      await trail.close();
      throw error;
    } finally {
      key.fill(0);
    }
  }

  get ended(): boolean {
    return this.#ended;
  }

  #take(message: FromTrail): void {
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return;
    if (message.did === 'progress') {
      waiting.progress?.(message.verified, message.of);
      return;
    }
    this.#waiting.delete(message.id);
    if (message.did === 'answer') waiting.resolve(message.answer as never);
    else waiting.reject(new Failure(message.code, message.message));
  }

  #end(): void {
    this.#ended = true;
    for (const { reject } of this.#waiting.values()) reject(new Failure('locked', 'the trail ended'));
    this.#waiting.clear();
  }

  async ask<Q extends Question>(question: Q, ask: Questions[Q]['ask'], progress?: (verified: number, of: number) => void): Promise<Questions[Q]['answer']> {
    if (this.#ended) throw new Failure('locked', 'the trail ended');
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, progress });
      this.#process.post({ id, do: question, ask } as ToTrail);
    });
  }

  async add(reported: readonly Reported[]): Promise<Added> {
    return this.ask('add', { reported: reported.map((one) => ({ ...one, body: alone(one.body), hash: alone(one.hash), signature: alone(one.signature) })) });
  }

  /** Ends the process, and deletes the file when it has ended. */
  async close(): Promise<void> {
    this.#end();
    this.#process.kill();
    await this.#exited;
    clearTrail(this.#folder);
  }
}
