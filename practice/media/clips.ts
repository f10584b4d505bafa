import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One committed demo clip, with its bytes. */
export type Clip = { id: string; number: number; title: string; contentType: string; seconds: number; bytes: Buffer; transcript: string };

type IndexEntry = { id: string; number: number; title: string; file: string; transcript: string; contentType: string; seconds: number };

export const DEMO_MEDIA = join(import.meta.dirname, '..', '..', 'resources', 'demo');

export function readClips(mediaDir: string): Clip[] {
  const { clips } = JSON.parse(readFileSync(join(mediaDir, 'index.json'), 'utf8')) as { clips: IndexEntry[] };
  return clips.map(({ id, number, title, file, transcript, contentType, seconds }) => ({
    id, number, title, contentType, seconds,
    bytes: readFileSync(join(mediaDir, file)),
    transcript: readFileSync(join(mediaDir, transcript), 'utf8'),
  }));
}

/**
 * The clip as one recording's own file. Two recordings never share a digest (an app may take that for a mix-up), so a
 * `free` box with the recording's name, which every player skips, ends the file.
 */
export function ownCopy(clip: Buffer, recording: string): Buffer {
  const name = Buffer.from(recording);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + name.length, 0);
  header.write('free', 4, 'latin1');
  return Buffer.concat([clip, header, name]);
}

export function ownTranscript(transcript: string, recording: string): string {
  return transcript.replace('\n\n', `\n\nNOTE ${recording}\n\n`);
}
