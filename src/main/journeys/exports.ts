/**
 * What a person takes away: a file in the Downloads folder, and a small text beside it that says what it is. It has its name only once the export is in the audit
 * chain; until then it is a `.part`, which goes when anything fails.
 */
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Exported } from '../../preload/console.ts';
import { defuse } from '../audit/csv.ts';
import type { AuditEvent } from '../audit/entry.ts';
import type { Stamp } from '../audit/printed/page.ts';
import { dayOf, momentWords } from '../audit/printed/words.ts';
import { diskRefusal, Failure } from '../platform/failure.ts';
import { syncFolder } from '../vault/atomicFile.ts';
import { diskFailure } from '../vault/diskFailure.ts';

export interface ExportPlace {
  /** The user's Downloads; made where it is missing. */
  folder: string;
  /** Writes into the chain of whoever asked, and into no other's. */
  record: (event: AuditEvent) => void;
  /** Throws when whoever asked is not here any more. */
  still: () => void;
  stamp: Stamp;
  /** What it draws on of the practice's record has been read to its end. */
  complete: boolean;
}

export interface Export {
  /** Of the file's name and the audit entry. No name of a person: a file's name is seen by more than its reader. */
  kind: 'events' | 'ladder' | 'patient-access' | 'incident' | 'letters' | 'mail-merge' | 'chains' | 'portfolio';
  type: 'csv' | 'pdf' | 'jsonl';
  content: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;
  /** Asked for after the last of the content. */
  rows: () => number;
  /** For the audit entry, as JSON. */
  filter: unknown;
  /** For people, a line each. */
  filterWords: readonly string[];
}

const PREFIX = 'viewing-room-';
const BLOCK = 256 * 1024;
/** More of one kind on one day is a fault, not an export. */
const MOST_A_DAY = 10_000;

const inFolder = (error: unknown): unknown => diskRefusal(diskFailure(error), 'export');

async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw inFolder(error);
  }
}

/** Takes a name that no file has, by making it: two exports at once get two names. */
async function takeName(folder: string, kind: string, type: string, day: string): Promise<string> {
  for (let n = 1; n <= MOST_A_DAY; n += 1) {
    const name = `${PREFIX}${kind}-${day}-${n}.${type}`;
    try {
      await (await open(join(folder, name), 'wx', 0o600)).close();
      return name;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  throw new Failure('disk-fault', 'no free name', { of: 'export' });
}

/** Blocks of a useful size, whatever the pieces are. */
async function* blocks(content: Export['content']): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of content as AsyncIterable<string | Uint8Array>) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece, 'utf8') : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    pieces.push(bytes);
    size += bytes.length;
    if (size < BLOCK) continue;
    yield Buffer.concat(pieces);
    pieces = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(pieces);
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
}

/** Writes to a new file, on disk when it returns. Faults of what is written pass as they are. */
async function writePart(path: string, content: Export['content'], still: () => void): Promise<string> {
  const hash = createHash('sha256');
  const file = await onDisk(async () => {
    // Its name is ours, so one that is there was left behind; and `wx` follows no link.
    await rm(path, { force: true });
    return open(path, 'wx', 0o600);
  });
  try {
    for await (const block of blocks(content)) {
      still();
      hash.update(block);
      await onDisk(() => writeAll(file, block));
    }
    await onDisk(() => file.sync());
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

/** Plain text for people; what a person typed cannot end its line. */
function aboutText(name: string, rows: number, sha256: string, { filterWords, type }: Export, { stamp: { practice, exporter, at }, complete }: ExportPlace): string {
  const plain = (text: string) => text.replace(/[\s\p{Cc}\p{Bidi_Control}]+/gu, ' ');
  return [
    `File: ${name}`, `Practice: ${plain(practice.name)} (${practice.odsCode})`, `Exported by: ${plain(exporter.name)}, ${plain(exporter.role)} (${exporter.sds})`, `Exported on: ${momentWords(at)} (${at})`,
    ...filterWords.map((line, i) => `${i === 0 ? 'Filter: ' : '        '}${plain(line)}`),
    ...(complete ? [] : ['Record: had not been read to its end when this was made, so there may be more']), `Rows: ${rows}`, `SHA-256: ${sha256}`,
    ...(type === 'csv' ? ['', `Text in a cell that a spreadsheet would calculate has an apostrophe in front: ${defuse('=1+1')} stands for =1+1.`] : []), '',
  ].join('\r\n');
}

/** `disk-full` or `disk-fault` {of: 'export'}, `audit-unwritable`, or what `content` and `still` throw; then nothing of it is left in the folder. */
export async function exportFile(place: ExportPlace, what: Export): Promise<Exported> {
  const { folder, record, still, stamp } = place;
  still();
  const name = await onDisk(async () => {
    await mkdir(folder, { recursive: true });
    return takeName(folder, what.kind, what.type, dayOf(Date.parse(stamp.at)));
  });
  const file = join(folder, name);
  const about = `${file}.about.txt`;
  const made = [file];
  const part = (path: string): string => {
    made.push(`${path}.part`);
    return `${path}.part`;
  };
  try {
    const sha256 = await writePart(part(file), what.content, still);
    const rows = what.rows();
    // One of an earlier export whose file is gone would be taken for this one's.
    await onDisk(() => rm(about, { force: true }));
    await writePart(part(about), [aboutText(name, rows, sha256, what, place)], still);
    still();
    record({ event: 'exported', what: `${what.kind}.${what.type}`, rows, sha256, filter: JSON.stringify(what.filter) });
    made.push(about);
    await onDisk(async () => {
      await rename(`${about}.part`, about);
      await rename(`${file}.part`, file);
      syncFolder(folder);
    });
    return { file: name, rows, sha256 };
  } catch (error) {
    await Promise.all(made.map((path) => rm(path, { force: true }).catch(() => undefined)));
    throw error;
  }
}

/** What holds nothing of a patient or a person, and so stands in nobody's record. @returns the file's name; `disk-full` or `disk-fault` {of: 'export'}, and then nothing of it is left */
export async function saveUnrecorded(folder: string, kind: string, type: string, content: string, now: number): Promise<string> {
  const name = await onDisk(async () => {
    await mkdir(folder, { recursive: true });
    return takeName(folder, kind, type, dayOf(now));
  });
  const file = join(folder, name);
  try {
    await writePart(`${file}.part`, [content], () => undefined);
    await onDisk(() => rename(`${file}.part`, file));
    return name;
  } catch (error) {
    await Promise.all([file, `${file}.part`].map((path) => rm(path, { force: true }).catch(() => undefined)));
    throw error;
  }
}

const PART = /^viewing-room-[a-z-]+-\d{4}-\d\d-\d\d-\d+\.(csv|pdf|jsonl|json)(\.about\.txt)?\.part$/;

/** What an export left behind whose app ended in the middle; nobody recorded it. To be called before anybody can export. */
export async function sweepExports(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.filter((name) => PART.test(name)).map((name) => rm(join(folder, name), { force: true }).catch(() => undefined)));
}
