/**
 * Lines in a file that never grows beyond a bound, while it is written as well: a full one becomes the newest of a few older ones. Nothing here throws, because neither a full disk nor
 * a file that another program holds may stop what was to be logged.
 */
import { appendFileSync, mkdirSync, readFileSync, renameSync, statSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';

/** Bytes of one file, or twice as many while it cannot be renamed. */
const FULL = 500_000;
/** Older files beside the one that is written. */
const KEPT = 4;

export class LogFile {
  readonly #path: string;
  readonly #full: number;
  #works = true;

  constructor(path: string, full = FULL) {
    this.#path = path;
    this.#full = full;
  }

  /** Newest first. */
  get #paths(): string[] {
    return [this.#path, ...Array.from({ length: KEPT }, (_, index) => `${this.#path}.${index + 1}`)];
  }

  append(line: string): void {
    const bytes = Buffer.from(`${line}\n`, 'utf8');
    // Looked at each time: another program may have taken the file away, or emptied it.
    if (sizeOf(this.#path) + bytes.length > this.#full) this.#rotate();
    // It could not be renamed for as long again: the newest lines are worth more than the oldest.
    if (sizeOf(this.#path) + bytes.length > 2 * this.#full) attempt(() => truncateSync(this.#path));
    this.#works = sizeOf(this.#path) + bytes.length <= 2 * this.#full && attempt(() => {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      appendFileSync(this.#path, bytes, { mode: 0o600 });
    });
  }

  /** Oldest first. One that cannot be moved is written over by the next, or stays. */
  #rotate(): void {
    const paths = this.#paths;
    for (let n = KEPT; n > 0; n -= 1) attempt(() => renameSync(paths[n - 1] ?? '', paths[n] ?? ''));
  }

  /** The newest lines, oldest first. */
  last(most: number): string[] {
    let lines: string[] = [];
    for (const path of this.#paths) {
      if (lines.length >= most) break;
      attempt(() => {
        lines = [...readFileSync(path, 'utf8').split('\n').filter((line) => line !== ''), ...lines];
      });
    }
    return lines.slice(-most);
  }

  /** `works`: the last line was kept. */
  usage(): { files: number; bytes: number; works: boolean } {
    const sizes = this.#paths.map(sizeOf).filter((size) => size > 0);
    return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0), works: this.#works };
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
