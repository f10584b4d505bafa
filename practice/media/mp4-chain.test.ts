import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DEMO_MEDIA, readClips } from './clips.ts';
import { largeRecordingAt } from './large.ts';
import { boxesIn } from './mp4-boxes.ts';
import { chain } from './mp4-chain.ts';
import { readMp4, type Mp4 } from './mp4-read.ts';

const clips = readClips(DEMO_MEDIA).filter(({ contentType }) => contentType === 'video/mp4');
const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A picture's own bytes: what its data units hold besides filler. */
function withoutFiller(mp4: Mp4, index: number): string {
  const { offset = 0, size = 0 } = mp4.tracks.find(({ kind }) => kind === 'video')?.samples[index] ?? {};
  const units: Buffer[] = [];
  for (let at = offset; at < offset + size; ) {
    const length = mp4.file.readUInt32BE(at) + 4;
    if (((mp4.file[at + 4] ?? 0) & 31) !== 12) units.push(mp4.file.subarray(at, at + length));
    at += length;
  }
  return digest(Buffer.concat(units));
}

describe('a chain of clips', () => {
  const long = chain(clips.map(({ bytes }) => bytes), 48, 13, 30_000_000);
  const file = Buffer.concat([long.head, ...long.pieces()]);

  it('is as long and as large as asked, index first', () => {
    expect(file.length).toBe(long.size);
    expect(file.length).toBeGreaterThanOrEqual(30_000_000);
    expect(boxesIn(file).map(({ type }) => type)).toEqual(['ftyp', 'moov', 'mdat']);
    const { tracks, movieHeader, movieTimescale } = readMp4(file);
    expect(movieHeader.body.readUInt32BE(16) / movieTimescale).toBe(13 * 48);
    for (const { samples, sampleDuration, timescale } of tracks) expect((samples.length * sampleDuration) / timescale).toBe(13 * 48);
  });

  it('shows at each time the clip and second it should', () => {
    const mp4 = readMp4(file);
    const sources = new Map(clips.map((clip) => [clip.number, readMp4(clip.bytes)]));
    const frameTime = 1 / 12.5;
    for (const seconds of [0, 47.92, 48, 100.08, 287.92, 288, 500, 623.92]) {
      const expected = largeRecordingAt(seconds + 0.001, clips);
      const source = sources.get(expected.clip);
      if (!source) throw new Error(`No clip ${expected.clip}`);
      expect(withoutFiller(mp4, Math.round(seconds / frameTime))).toBe(withoutFiller(source, Math.floor(expected.seconds / frameTime)));
    }
  });

  it('starts each clip with a picture that needs no other', () => {
    const samples = readMp4(file).tracks.find(({ kind }) => kind === 'video')?.samples ?? [];
    for (let clip = 0; clip < 13; clip++) expect(samples[clip * 600]?.sync).toBe(true);
  });
});
