/**
 * A recording of ten minutes at 1280×720: forty seconds that the runtime itself encodes (WebCodecs, H.264 Main) with the sound of a demo clip, chained as the practice chains
 * its long recordings (practice/media/mp4-chain.ts). Nothing has to be installed for it.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { DEMO_MEDIA, readClips } from '../../../practice/media/clips.ts';
import { makeBox, makeTable, need } from '../../../practice/media/mp4-boxes.ts';
import { chain } from '../../../practice/media/mp4-chain.ts';
import { readMp4, type Mp4, type Track } from '../../../practice/media/mp4-read.ts';
import type { Media } from '../../../practice/seed/recording-spec.ts';

const [WIDTH, HEIGHT, RATE, SECONDS, TIMES] = [1280, 720, 25, 40, 15];
/** Bits a second, of a video call. */
const BITRATE = 1_600_000;
/** Frames: a seek decodes up to two seconds. */
const GROUP = 50;
const TIMESCALE = 12_800;

export const MOVIE_SECONDS = SECONDS * TIMES;

interface Encoded {
  /** AVCDecoderConfigurationRecord (ISO/IEC 14496-15), base64. */
  setup: string;
  /** Each frame, base64. */
  frames: string[];
}

/** In the page: a moving scene with some noise, as a camera has it. */
const encode = (page: Page): Promise<Encoded> => page.evaluate(async ({ width, height, rate, seconds, bitrate, group }) => {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  const base64 = (bytes: Uint8Array): string => {
    let text = '';
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return btoa(text);
  };
  let setup = '';
  const frames: string[] = [];
  const encoder = new VideoEncoder({
    output: (chunk, about) => {
      const description = about?.decoderConfig?.description;
      if (description instanceof ArrayBuffer) setup = base64(new Uint8Array(description));
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      frames.push(base64(bytes));
    },
    error: (error) => {
      throw error;
    },
  });
  encoder.configure({ codec: 'avc1.4d001f', width, height, framerate: rate, bitrate, avc: { format: 'avc' } });
  for (let n = 0; n < rate * seconds; n += 1) {
    context.fillStyle = `hsl(${(n / 3) % 360} 40% 80%)`;
    context.fillRect(0, 0, width, height);
    for (let i = 0; i < 40; i += 1) {
      context.fillStyle = `hsl(${i * 9} 60% ${30 + ((n + i) % 40)}%)`;
      context.fillRect((i * 97 + n * (1 + (i % 5))) % width, (i * 53 + n * (1 + (i % 3))) % height, 60, 40);
    }
    context.fillStyle = '#000';
    context.font = '60px sans-serif';
    context.fillText(`FICTIONAL ${(n / rate).toFixed(2)} s`, 40, 90);
    const frame = new VideoFrame(canvas, { timestamp: (n * 1e6) / rate, duration: 1e6 / rate });
    encoder.encode(frame, { keyFrame: n % group === 0 });
    frame.close();
    while (encoder.encodeQueueSize > 8) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await encoder.flush();
  return { setup, frames };
}, { width: WIDTH, height: HEIGHT, rate: RATE, seconds: SECONDS, bitrate: BITRATE, group: GROUP });

const big = (...numbers: number[]): Buffer => {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [i, number] of numbers.entries()) bytes.writeUInt32BE(number, i * 4);
  return bytes;
};

/** A video sample entry (ISO/IEC 14496-12, 12.1.3) in its table. */
function description(setup: Buffer): Buffer {
  const entry = Buffer.alloc(78);
  entry.writeUInt16BE(1, 6);
  entry.writeUInt16BE(WIDTH, 24);
  entry.writeUInt16BE(HEIGHT, 26);
  // 72 dots an inch, one frame a sample, 24 bits.
  entry.writeUInt32BE(0x480000, 28);
  entry.writeUInt32BE(0x480000, 32);
  entry.writeUInt16BE(1, 40);
  entry.writeUInt16BE(24, 74);
  entry.writeInt16BE(-1, 76);
  return makeBox('stsd', big(0, 1), makeBox('avc1', entry, makeBox('avcC', setup)));
}

/** A track as in `like`, of these samples, which lie together at `offset`. */
function track(like: Track, stsd: Buffer, samples: readonly Buffer[], duration: number, timescale: number, offset: number, syncs: readonly number[] | null): Buffer {
  const [header, media] = [Buffer.from(need(like.box, 'tkhd').bytes), Buffer.from(need(like.box, 'mdia/mdhd').bytes)];
  media.writeUInt32BE(timescale, 8 + 12);
  media.writeUInt32BE(duration * samples.length, 8 + 16);
  if (like.kind === 'video') header.set(big(WIDTH * 65_536, HEIGHT * 65_536), header.length - 8);
  const table = makeBox('stbl', stsd, makeTable('stts', 1, samples.length, duration), ...(syncs ? [makeTable('stss', syncs.length, ...syncs)] : []), makeTable('stsc', 1, 1, samples.length, 1),
    makeTable('stsz', 0, samples.length, ...samples.map(({ length }) => length)), makeTable('stco', 1, offset));
  const information = makeBox('minf', need(like.box, like.kind === 'video' ? 'mdia/minf/vmhd' : 'mdia/minf/smhd').bytes, need(like.box, 'mdia/minf/dinf').bytes, table);
  return makeBox('trak', header, makeBox('mdia', media, need(like.box, 'mdia/hdlr').bytes, information));
}

/** The encoded frames with the sound of a demo clip, as an MP4 file. */
function clipOf({ setup, frames }: Encoded, demo: Mp4): Buffer {
  const of = (kind: Track['kind']): Track => {
    const found = demo.tracks.find((one) => one.kind === kind);
    if (!found) throw new Error(`the demo clip has no ${kind}`);
    return found;
  };
  const [picture, sound] = [of('video'), of('audio')];
  const pictures = frames.map((frame) => Buffer.from(frame, 'base64'));
  const sounds = sound.samples.map(({ offset, size }) => demo.file.subarray(offset, offset + size));
  const syncs = pictures.flatMap((_, n) => (n % GROUP === 0 ? [n + 1] : []));
  const pictureBytes = pictures.reduce((sum, { length }) => sum + length, 0);
  const head = (start: number): Buffer => Buffer.concat([need(demo.file, 'ftyp').bytes, makeBox('moov', makeBox('mvhd', demo.movieHeader.body),
    track(picture, description(Buffer.from(setup, 'base64')), pictures, TIMESCALE / RATE, TIMESCALE, start, syncs),
    track(sound, need(sound.box, 'mdia/minf/stbl/stsd').bytes, sounds, sound.sampleDuration, sound.timescale, start + pictureBytes, null))]);
  const start = head(0).length + 8;
  return Buffer.concat([head(start), makeBox('mdat', ...pictures, ...sounds)]);
}

/** Makes it. @param page of the bare runtime, which encodes */
export async function makeMovie(folder: string, page: Page): Promise<Media & { file: string }> {
  const demo = readClips(DEMO_MEDIA).find(({ contentType }) => contentType === 'video/mp4');
  if (!demo) throw new Error('there are no demo clips');
  const { head, pieces } = chain([clipOf(await encode(page), readMp4(demo.bytes))], SECONDS, TIMES, 0);
  const bytes = Buffer.concat([head, ...pieces()]);
  const file = path.join(folder, 'movie.mp4');
  writeFileSync(file, bytes);
  return { contentType: 'video/mp4', size: bytes.length, file, sha256: createHash('sha256').update(bytes).digest('base64url'), sha1: createHash('sha1').update(bytes).digest('base64') };
}
