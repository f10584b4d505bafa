/**
 * The disk as a power cut may leave it. What was synced is there. Of what was not, each write is kept, dropped or torn at sectors,
 * in any order; folder entries are on disk once their folder was synced, and before that by chance.
 */
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Random } from './random.ts';
import type { Logged } from './shim/record.ts';

const SECTOR = 512;

type Change = { offset: number; data: Buffer } | { size: number };
/** The name `path` now means `file`; null: it means nothing. 'folder' is a folder. One rename is two of them that stay together. */
type Naming = { path: string; file: string | null }[];

interface File {
  durable: Buffer;
  pending: Change[];
}

/**
 * How much a file system promises of names beyond POSIX. `strict`: nothing, each by chance. `ordered`: in order, and syncing any
 * file brings all names before it to disk, as with a journal (ext4, XFS).
 */
export type NameRule = 'strict' | 'ordered';

export class Disk {
  readonly #files = new Map<string, File>();
  readonly #names = new Map<string, string>();
  #pending: Naming[] = [];
  /** Names as the running process sees them: what a path means while it runs. */
  readonly #seen: Map<string, string>;
  readonly #rule: NameRule;

  /** @param base what is on disk before the run: path below `folder` → inode. */
  constructor(folder: string, base: ReadonlyMap<string, string>, rule: NameRule) {
    this.#rule = rule;
    for (const [path, file] of base) {
      this.#names.set(path, file);
      if (file !== 'folder') this.#files.set(file, { durable: readFileSync(join(folder, path)), pending: [] });
    }
    this.#seen = new Map(this.#names);
  }

  /** Of a folder before a run: what {@link Disk} starts from. */
  static namesOf(folder: string): Map<string, string> {
    const names = new Map<string, string>();
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const info = lstatSync(join(folder, name), { bigint: true });
      names.set(name, info.isDirectory() ? 'folder' : info.ino.toString());
    }
    return names;
  }

  /** A disk of its own, for going on from here more than once. */
  copy(): Disk {
    const disk = new Disk('', new Map(), this.#rule);
    for (const [id, { durable, pending }] of this.#files) disk.#files.set(id, { durable, pending: [...pending] });
    for (const [path, file] of this.#names) disk.#names.set(path, file);
    for (const [path, file] of this.#seen) disk.#seen.set(path, file);
    disk.#pending = [...this.#pending];
    return disk;
  }

  do(entry: Logged): void {
    switch (entry.op) {
      case 'mark': return;
      case 'create':
        // An inode number may be one that a deleted file had.
        this.#files.set(entry.file, { durable: Buffer.alloc(0), pending: [] });
        { this.#name([{ path: entry.path, file: entry.file }]); return; }
      case 'write': this.#files.get(entry.file)?.pending.push({ offset: entry.offset, data: entry.data }); return;
      case 'truncate': this.#files.get(entry.file)?.pending.push({ size: entry.size }); return;
      case 'sync': {
        const file = this.#files.get(entry.file);
        if (file) Object.assign(file, { durable: applied(file.durable, file.pending), pending: [] });
        if (this.#rule === 'ordered') this.#settle(() => true);
        return;
      }
      case 'syncFolder': { this.#settle((naming) => naming.every(({ path }) => folderOf(path) === entry.path)); return; }
      case 'rename': {
        const moved: Naming = [];
        for (const [path, file] of this.#seen) {
          if (path === entry.from || path.startsWith(`${entry.from}/`)) moved.push({ path, file: null }, { path: entry.to + path.slice(entry.from.length), file });
        }
        this.#name(moved); return;
      }
      case 'unlink': case 'rmdir': { this.#name([{ path: entry.path, file: null }]); return; }
      case 'mkdir': { this.#name([{ path: entry.path, file: 'folder' }]); return; }
    }
  }

  #name(naming: Naming): void {
    apply(this.#seen, naming);
    this.#pending.push(naming);
  }

  #settle(which: (naming: Naming) => boolean): void {
    this.#pending = this.#pending.filter((naming) => {
      if (!which(naming)) return true;
      apply(this.#names, naming);
      return false;
    });
  }

  /** Writes into `folder` what may be found after the cut, as `random` decides. */
  materialize(folder: string, random: Random): void {
    const names = new Map(this.#names);
    const kept = this.#rule === 'ordered' ? random.int(this.#pending.length + 1) : null;
    const chance = 1 + random.int(4);
    for (const [i, naming] of this.#pending.entries()) if (kept === null ? !random.coin(1 + chance) : i < kept) apply(names, naming);
    mkdirSync(folder, { recursive: true });
    for (const [path, file] of names) if (file === 'folder') mkdirSync(join(folder, path), { recursive: true });
    const style = random.int(5);
    const contents = new Map<string, Buffer>();
    for (const [path, file] of names) {
      // SQLite makes its index of the log anew.
      if (file === 'folder' || path.endsWith('-shm')) continue;
      // A file whose folder's entry was lost is lost with it.
      if (path.includes('/') && names.get(dirname(path)) !== 'folder') continue;
      let bytes = contents.get(file);
      if (!bytes) {
        const { durable, pending } = this.#files.get(file) ?? { durable: Buffer.alloc(0), pending: [] };
        bytes = applied(durable, survived(pending, durable.length, style, random));
        contents.set(file, bytes);
      }
      writeFileSync(join(folder, path), bytes);
    }
  }
}

const folderOf = (path: string): string => (path.includes('/') ? dirname(path) : '');

function apply(names: Map<string, string>, naming: Naming): void {
  for (const { path, file } of naming) if (file === null) names.delete(path); else names.set(path, file);
}

function applied(start: Buffer, changes: readonly Change[]): Buffer {
  let length = start.length;
  let capacity = length;
  for (const change of changes) capacity = Math.max(capacity, 'size' in change ? change.size : change.offset + change.data.length);
  const bytes = Buffer.alloc(capacity);
  start.copy(bytes);
  for (const change of changes) {
    if ('size' in change) {
      bytes.fill(0, Math.min(change.size, length), Math.max(change.size, length));
      length = change.size;
    } else {
      change.data.copy(bytes, change.offset);
      length = Math.max(length, change.offset + change.data.length);
    }
  }
  return bytes.subarray(0, length);
}

/** Which of the unsynced changes reached the disk. Style 0: none; 1: all; 2: those before some moment; else each by chance, some torn. */
function survived(pending: readonly Change[], durable: number, style: number, random: Random): Change[] {
  if (style === 0) return [];
  if (style === 1) return [...pending];
  const until = style === 2 ? random.int(pending.length + 1) : pending.length;
  const kept: Change[] = [];
  let size = durable;
  for (const [i, change] of pending.entries()) {
    if ('size' in change) {
      if (i < until && (style === 2 || random.coin())) kept.push(change);
      continue;
    }
    size = Math.max(size, change.offset + change.data.length);
    if (style === 2 ? i < until - 1 : random.coin(3)) kept.push(change);
    else if (style === 2 ? i === until - 1 : random.coin()) kept.push(...torn(change, random));
  }
  // The length may have been written before the bytes: then zeros stand in for them.
  if (style > 2 && random.coin()) kept.unshift({ size });
  return kept;
}

/** Some sectors of one write. */
function torn({ offset, data }: { offset: number; data: Buffer }, random: Random): Change[] {
  const kept: Change[] = [];
  const first = Math.floor(offset / SECTOR);
  const last = Math.floor((offset + data.length - 1) / SECTOR);
  const inOrder = random.coin();
  const cut = first + random.int(last - first + 1);
  for (let sector = first; sector <= last; sector += 1) {
    if (inOrder ? sector >= cut : random.coin()) continue;
    const from = Math.max(offset, sector * SECTOR);
    const to = Math.min(offset + data.length, (sector + 1) * SECTOR);
    kept.push({ offset: from, data: data.subarray(from - offset, to - offset) });
  }
  return kept;
}
