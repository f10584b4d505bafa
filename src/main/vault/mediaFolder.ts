/** The files of the sealed copies, as far as they are files: names, lengths, removal. Needs no open library, so it works while locked. */
import { createHmac, randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from './atomicFile.ts';
import { onDisk } from './diskFailure.ts';

const TAG_DIGITS = 32;

export class MediaFolder {
  readonly #folder: string;
  readonly #nameKey: Buffer;

  /** @param nameKey 32 bytes: with it a recording's files are found by their names, and only with it. */
  constructor(folder: string, nameKey: Buffer) {
    this.#folder = folder;
    this.#nameKey = nameKey;
  }

  /** Makes the folder where there is none. */
  prepare(): void {
    onDisk(() => mkdirSync(this.#folder, { recursive: true, mode: 0o700 }));
  }

  path(file: string): string {
    return join(this.#folder, file);
  }

  #tag(recording: string): string {
    return createHmac('sha256', this.#nameKey).update(recording, 'utf8').digest('hex').slice(0, TAG_DIGITS);
  }

  #files(): string[] {
    return onDisk(() => readdirSync(this.#folder));
  }

  /** A name that no file has: `<tag of the recording>-<random>.sealed`. */
  newName(recording: string): string {
    return `${this.#tag(recording)}-${randomBytes(16).toString('hex')}.sealed`;
  }

  /** Makes an empty file of that name; `disk-full` or `internal` when the disk refuses. */
  create(file: string): void {
    onDisk(() => closeSync(openSync(this.path(file), 'wx', 0o600)));
  }

  /** Length of a file; 0 for one that is not there. */
  bytesOf(file: string): number {
    return statSync(this.path(file), { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Bytes that this person may still write to the disk. */
  async free(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#folder);
    return bavail * bsize;
  }

  /** Recordings with files here, whole or in part, and the bytes that these take. */
  counts(): { recordings: number; bytes: number } {
    const files = this.#files();
    return { recordings: new Set(files.map((file) => file.slice(0, TAG_DIGITS))).size, bytes: files.reduce((sum, file) => sum + this.bytesOf(file), 0) };
  }

  /** File names and their removals are on disk. */
  sync(): void {
    onDisk(() => syncFolder(this.#folder));
  }

  remove(files: readonly string[]): void {
    onDisk(() => {
      for (const file of files) rmSync(this.path(file), { force: true, recursive: true });
    });
  }

  /** Removes every file of a recording; they are gone from the disk when this returns. */
  removeOf(recording: string): { files: number; bytes: number } {
    const tag = this.#tag(recording);
    const files = this.#files().filter((file) => file.startsWith(`${tag}-`));
    const bytes = files.reduce((sum, file) => sum + this.bytesOf(file), 0);
    this.remove(files);
    if (files.length > 0) this.sync();
    return { files: files.length, bytes };
  }

  has(recording: string): boolean {
    const tag = this.#tag(recording);
    return this.#files().some((file) => file.startsWith(`${tag}-`));
  }

  removeAllBut(known: ReadonlySet<string>): void {
    this.remove(this.#files().filter((file) => !known.has(file)));
  }

  /** Deletes everything, whatever it is. */
  removeAll(): void {
    onDisk(() => rmSync(this.#folder, { recursive: true, force: true }));
    this.prepare();
  }
}
