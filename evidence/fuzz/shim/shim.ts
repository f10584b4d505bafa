/** Builds the file-call shim (shim.c), names it to a process's environment, and steers it from inside that process. */
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { cache } from '../../../scripts/lib/paths.ts';
import { Stop } from '../../../scripts/lib/process.ts';

/** A path that is on no disk: only the shim knows it. */
const CONTROL = '/shim-control';

/** Compiles the shim when this source has not been compiled before. Returns the library. @throws Stop without a C compiler */
export function buildShim(): string {
  if (process.platform !== 'linux') throw new Stop('Faults, power cuts and half of the kills need Linux: they stand between the process and the C library.');
  const source = join(import.meta.dirname, 'shim.c');
  const digest = createHash('sha256').update(readFileSync(source)).update(process.arch).digest('hex').slice(0, 16);
  const folder = join(cache, 'fuzz');
  const library = join(folder, `shim-${digest}.so`);
  if (existsSync(library)) return library;
  mkdirSync(folder, { recursive: true });
  const made = `${library}.${process.pid}`;
  const { status, stderr, error } = spawnSync('cc', ['-O2', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', '-o', made, source, '-ldl', '-lpthread'], { encoding: 'utf8' });
  if (error) throw new Stop('The fuzz run needs a C compiler, named cc. On Debian or Ubuntu: sudo apt-get install -y --no-install-recommends gcc libc6-dev');
  if (status !== 0) throw new Stop(`cc could not compile ${source}:\n${stderr}`);
  renameSync(made, library);
  return library;
}

/** @param folder whose calls are watched. @param log where changes are written while the log is on. */
export function shimEnvironment(library: string, folder: string, log: string): NodeJS.ProcessEnv {
  // io_uring would go past the C library.
  return { ...process.env, LD_PRELOAD: library, SHIM_FOLDER: folder, SHIM_LOG: log, SHIM_CONTROL: CONTROL, UV_USE_IO_URING: '0' };
}

/** Letters of shim.c for the calls that a fault can meet. */
export const KINDS = {
  /** A full disk is met where something grows. */
  ENOSPC: 'cwnd',
  EIO: 'ocwtsnudrx',
  EMFILE: 'oc',
  short: 'w',
  change: 'cwtsnud',
} as const;

const ERRNO = { ENOSPC: 28, EIO: 5, EMFILE: 24 } as const;
export type Fault = keyof typeof ERRNO | 'short';

/** The shim of this very process. */
export class Shim {
  readonly #fd = openSync(CONTROL, 'r+');

  #tell(line: string): void {
    writeSync(this.#fd, line);
  }

  mark(text: string): void {
    this.#tell(`mark ${text}`);
  }

  log(on: boolean): void {
    this.#tell(on ? 'log on' : 'log off');
  }

  count(kinds: string): void {
    this.#tell(`count ${kinds}`);
  }

  /** Call `n` of the fault's kinds meets it; with `stay` every later one as well, as on a disk that stays full. */
  fail(fault: Fault, n: number, stay: boolean): void {
    this.#tell(fault === 'short' ? `short ${n}` : `fail ${n} ${KINDS[fault]} ${ERRNO[fault]}${stay ? ' stay' : ''}`);
  }

  killAt(n: number): void {
    this.#tell(`kill ${n}`);
  }

  syncsDoNothing(): void {
    this.#tell('nosync');
  }

  /** Ends faults and counting; the log goes on. */
  off(): void {
    this.#tell('off');
  }

  counted(): { calls: number; fired: number } {
    const answer = Buffer.alloc(64);
    const length = readSync(this.#fd, answer);
    const [calls = 0, fired = 0] = answer.toString('utf8', 0, length).trim().split(' ').map(Number);
    return { calls, fired };
  }

  close(): void {
    closeSync(this.#fd);
  }
}
