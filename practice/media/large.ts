import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { plusDays, plusMinutes, workingDaysBefore } from '../days.ts';
import { personCalled } from '../people.ts';
import { demoPatients } from '../seed/patients.ts';
import { stableUuid } from '../seed/plan.ts';
import type { Media, RecordingSpec } from '../seed/recording-spec.ts';
import type { Clip } from './clips.ts';
import { chain } from './mp4-chain.ts';

/** Sizes in the larger sense of the words, so that both senses are met; lengths of a consultation and a long clinic. */
const SIZES = {
  '20MB': { bytes: 20 * 1024 ** 2, minutes: 4, daysAgo: 62 },
  '200MB': { bytes: 200 * 1024 ** 2, minutes: 60, daysAgo: 60 },
  '4GB': { bytes: 4 * 1024 ** 3, minutes: 120, daysAgo: 61 },
};
export type LargeSize = keyof typeof SIZES;
export const isLargeSize = (size: string): size is LargeSize => Object.hasOwn(SIZES, size);
const CACHE = cacheFolder();
/** Part of the cached files' names: raise it when the way they are made changes. */
const RECIPE = 1;
const HEADROOM = 64 * 1024 ** 2;

/** The repository's cache, where it can be written to: a test's ordinary user works in a repository that is not theirs. */
function cacheFolder(): string {
  const own = join(import.meta.dirname, '..', '..', '.cache', 'practice');
  try {
    mkdirSync(own, { recursive: true });
    accessSync(own, constants.W_OK);
    return own;
  } catch {
    return join(tmpdir(), 'viewing-room-practice');
  }
}

/** Which clip, and which second of it, a large recording shows at a time in seconds. The clips take turns in order. */
export function largeRecordingAt(seconds: number, clips: readonly Clip[]): { clip: number; seconds: number } {
  const turns = pictured(clips);
  const each = lengthOf(turns);
  const clip = turns[Math.floor(seconds / each) % turns.length];
  return { clip: clip?.number ?? 0, seconds: seconds % each };
}

/** A recording of hours or gigabytes for gp-1: made once from the demo clips, then kept in `.cache`. */
export async function largeRecording(size: LargeSize, clips: readonly Clip[], today: Date, quiet: boolean): Promise<RecordingSpec> {
  const { minutes, daysAgo } = SIZES[size];
  const key = `large-${size.toLowerCase()}`;
  const owner = personCalled('ada');
  const turns = pictured(clips);
  const each = lengthOf(turns);
  const count = (minutes * 60) / each;
  const [patient] = demoPatients();
  if (!patient) throw new Error('There are no demo patients');
  const encounterStart = plusMinutes(workingDaysBefore(today, daysAgo), 9 * 60);
  const title = `Long recording (${size.replace(/(\d)([MG])/, '$1 $2')})`;
  return {
    key,
    masterIdentifier: `urn:uuid:${stableUuid(`recording ${key}`)}`,
    title,
    media: await cached(size, turns, each, count, quiet),
    // So long that nobody would wait for all of it.
    inBlocks: true,
    seconds: each * count,
    patient,
    clinician: owner,
    encounterStart,
    encounterMinutes: minutes + 15,
    startedAt: plusMinutes(encounterStart, 5),
    confidentiality: 'R',
    transcript: chainTranscripts(turns, each, count),
    consent: { status: 'active', purposes: ['HQUALIMP', 'TRAIN'], end: plusDays(today, 400) },
    tasks: [
      {
        id: `task-${key}`,
        owner,
        status: 'requested',
        purpose: 'HQUALIMP',
        description: `Video consultation: ${title.toLowerCase()}`,
        authoredOn: plusMinutes(plusDays(today, -5), 9 * 60),
        lastModified: plusMinutes(plusDays(today, -5), 9 * 60),
        period: { start: plusDays(today, -7), end: plusDays(today, 30) },
        offlinePermitted: true,
        assigner: personCalled('pat'),
      },
    ],
  };
}

/** What to say when the disk has no room for the large recordings that are not there yet. */
export function missingSpace(sizes: readonly LargeSize[], clips: readonly Clip[]): string | undefined {
  const needed = sizes.filter((size) => !existsSync(pathOf(size, pictured(clips)))).reduce((sum, size) => sum + SIZES[size].bytes + HEADROOM, 0);
  if (needed === 0) return undefined;
  mkdirSync(CACHE, { recursive: true });
  const { bavail, bsize } = statfsSync(CACHE);
  const free = bavail * bsize;
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  return free < needed ? `Large recordings need ${gigabytes(needed)} of disk for the demo practice, and ${gigabytes(free)} is free.` : undefined;
}

async function cached(size: LargeSize, turns: readonly Clip[], each: number, count: number, quiet: boolean): Promise<Media> {
  const file = pathOf(size, turns);
  const description = `${file}.json`;
  if (existsSync(file) && existsSync(description)) {
    const known = JSON.parse(readFileSync(description, 'utf8')) as { size: number; sha256: string; sha1: string };
    if (statSync(file).size === known.size) return { contentType: 'video/mp4', ...known, file };
  }
  const noSpace = missingSpace([size], turns);
  if (noSpace) throw new Error(noSpace);
  if (!quiet) console.log(`Making the ${size} recording, once …`);
  const movie = chain(turns.map(({ bytes }) => bytes), each, count, SIZES[size].bytes);
  const digests = await writeMovie(file, movie.head, movie.pieces());
  const made = { size: movie.size, ...digests };
  await writeFile(description, JSON.stringify(made));
  return { contentType: 'video/mp4', ...made, file };
}

/** Written under another name first: half a file must never be taken for the whole one. */
async function writeMovie(file: string, head: Buffer, pieces: Iterable<Buffer>): Promise<{ sha256: string; sha1: string }> {
  mkdirSync(CACHE, { recursive: true });
  const part = `${file}.${process.pid}.part`;
  const [sha256, sha1] = [createHash('sha256'), createHash('sha1')];
  const handle = await open(part, 'w');
  try {
    const write = async (bytes: Buffer): Promise<void> => {
      sha256.update(bytes);
      sha1.update(bytes);
      await handle.writeFile(bytes);
    };
    await write(head);
    for (const piece of pieces) await write(piece);
    await handle.close();
    await rename(part, file);
  } catch (error) {
    await handle.close().catch(() => undefined);
    rmSync(part, { force: true });
    throw error;
  }
  return { sha256: sha256.digest('base64url'), sha1: sha1.digest('base64') };
}

function pathOf(size: LargeSize, turns: readonly Clip[]): string {
  const content = createHash('sha256').update(`recipe ${RECIPE} ${size}`);
  for (const { bytes } of turns) content.update(bytes);
  return join(CACHE, `large-${size}-${content.digest('hex').slice(0, 16)}.mp4`);
}

function pictured(clips: readonly Clip[]): Clip[] {
  return clips.filter(({ contentType }) => contentType.startsWith('video/'));
}

function lengthOf(turns: readonly Clip[]): number {
  const [first] = turns;
  if (!first || turns.some(({ seconds }) => seconds !== first.seconds)) throw new Error('Only clips of one length can be chained');
  return first.seconds;
}

function chainTranscripts(turns: readonly Clip[], each: number, count: number): string {
  const cues = Array.from({ length: count }, (_, i) => {
    const transcript = turns[i % turns.length]?.transcript ?? '';
    const later = transcript.replace(/(\d\d):(\d\d):(\d\d\.\d{3})/g, (_match, hours, minutes, seconds) => stamp(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + i * each));
    return later.slice(later.search(/\n\d\d:/) + 1);
  });
  return `WEBVTT\n\n${cues.join('\n')}`;
}

function stamp(seconds: number): string {
  const milliseconds = Math.round(seconds * 1000);
  const part = (value: number, length = 2): string => String(value).padStart(length, '0');
  return `${part(Math.floor(milliseconds / 3_600_000))}:${part(Math.floor(milliseconds / 60_000) % 60)}:${part(Math.floor(milliseconds / 1000) % 60)}.${part(milliseconds % 1000, 3)}`;
}
