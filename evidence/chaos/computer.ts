/** A computer that can be killed, as a run has it: one process after another on the same profile and keychain. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { cache } from '../../scripts/lib/paths.ts';
import type { Command, FromClient, Reply, Setup, Stands } from './messages.ts';

/** Longer than anything takes: who does not answer is a finding. */
const PATIENCE_MS = 45_000;

/** `killed`: what became of it nobody knows. */
export type Outcome = (Reply | { ok: false; code: 'killed' | 'silent'; said: string }) & { stands: Stands | null };

/** Started before it is needed: it waits, with everything loaded, for what profile it is to work on. */
function startWarm(tmp: string): ChildProcess {
  // Its own temporary folder, which is searched; secrets are derived at a low cost, as in most of the fuzz run.
  return fork(join(import.meta.dirname, 'client.ts'), [], {
    execArgv: ['--import', join(import.meta.dirname, '../fuzz/cheapArgon.ts')], env: { ...process.env, TMPDIR: tmp, NODE_COMPILE_CACHE: join(cache, 'chaos/compiled') }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

export class Computer {
  readonly #setup: Omit<Setup, 'survived'>;
  readonly #tmp: string;
  #process: ChildProcess;
  #warm: ChildProcess | null = null;
  #exited: Promise<void> = Promise.resolve();
  #id = 0;
  readonly #waiting = new Map<number, (outcome: Outcome) => void>();
  /** What the app logged as a fault of its own and went on. */
  readonly faults: string[] = [];

  constructor(setup: Omit<Setup, 'survived'>, tmp: string) {
    this.#setup = setup;
    this.#tmp = tmp;
    this.#process = this.#start(startWarm(tmp), false);
  }

  #start(child: ChildProcess, survived: boolean): ChildProcess {
    child.on('message', (message: FromClient) => {
      if ('fault' in message) this.faults.push(message.fault);
      if (!('id' in message)) return;
      const { id, reply, stands } = message;
      this.#settle(id, { ...reply, stands });
    });
    this.#exited = new Promise((resolve) => {
      child.once('exit', () => {
        // All that it was asked and had not answered.
        for (const id of [...this.#waiting.keys()]) this.#settle(id, { ok: false, code: 'killed', said: 'the process ended', stands: null });
        resolve();
      });
    });
    child.send({ ...this.#setup, survived } satisfies Setup);
    this.#warm = startWarm(this.#tmp);
    return child;
  }

  #settle(id: number, outcome: Outcome): void {
    this.#waiting.get(id)?.(outcome);
    this.#waiting.delete(id);
  }

  ask(command: Command): Promise<Outcome> {
    this.#id += 1;
    const id = this.#id;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(id, { ok: false, code: 'silent', said: `no answer to ${command.name}`, stands: null }), PATIENCE_MS);
      this.#waiting.set(id, (outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      });
      if (this.#process.connected) this.#process.send({ id, command }, (error) => error && this.#settle(id, { ok: false, code: 'killed', said: error.message, stands: null }));
      else this.#settle(id, { ok: false, code: 'killed', said: 'not running', stands: null });
    });
  }

  set clock(ms: number) {
    this.#setup.clock = ms;
  }

  /** kill -9, and a new start on what is left. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exited;
    this.#process = this.#start(this.#warm ?? startWarm(this.#tmp), true);
  }

  async stop(): Promise<void> {
    this.#warm?.kill('SIGKILL');
    this.#process.kill('SIGKILL');
    await this.#exited;
  }
}
