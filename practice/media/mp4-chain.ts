import { makeBox, makeTable, need } from './mp4-boxes.ts';
import { readMp4, type Mp4, type Sample, type Track } from './mp4-read.ts';

/** The movie is written in pieces of this length, sound beside picture: both have a whole number of samples in it. */
const PIECE_SECONDS = 1.6;

/** A long movie before it is written: its head, and its pieces one after the other. */
export type Chain = { head: Buffer; size: number; seconds: number; pieces: () => Generator<Buffer> };

/**
 * Chains clips of one length and one encoding into one long MP4, without ffmpeg: their samples are repeated as they
 * are under a new `moov`, which comes first.
 *
 * To be as large as a real recording, each picture is followed by a filler data unit (H.264, NAL unit type 12), which
 * decoders skip: the bytes have to be fetched and read like any others, as padding between samples would not.
 */
export function chain(clips: readonly Buffer[], clipSeconds: number, count: number, leastSize: number): Chain {
  const sources = clips.map(readMp4);
  const first = sources[0];
  if (!first) throw new Error('There are no clips to chain');
  for (const other of sources) assertSameEncoding(first, other);
  const order = Array.from({ length: count }, (_, i) => sources[i % sources.length] ?? first);
  const pictures = order.flatMap((mp4) => samplesOf(mp4, 'video', clipSeconds));
  const sounds = order.flatMap((mp4) => samplesOf(mp4, 'audio', clipSeconds));
  const plain = [...pictures, ...sounds].reduce((sum, { sample }) => sum + sample.size, 0);
  const filler = fillerUnit(Math.ceil((leastSize - plain) / pictures.length));

  const seconds = clipSeconds * count;
  const pieceCount = Math.round(seconds / PIECE_SECONDS);
  const picturesPerPiece = pictures.length / pieceCount;
  const soundsPerPiece = sounds.length / pieceCount;
  const pieceSizes = Array.from({ length: pieceCount }, (_, piece) => {
    const picture = sumSizes(pictures.slice(piece * picturesPerPiece, (piece + 1) * picturesPerPiece)) + filler.length * picturesPerPiece;
    return { picture, sound: sumSizes(sounds.slice(piece * soundsPerPiece, (piece + 1) * soundsPerPiece)) };
  });
  const dataSize = pieceSizes.reduce((sum, { picture, sound }) => sum + picture + sound, 0);
  const head = (start: number): Buffer => {
    const [pictureOffsets, soundOffsets]: [number[], number[]] = [[], []];
    let at = start;
    for (const { picture, sound } of pieceSizes) {
      pictureOffsets.push(at);
      soundOffsets.push(at + picture);
      at += picture + sound;
    }
    const movie = makeBox(
      'moov',
      withDuration(makeBox('mvhd', first.movieHeader.body), 8 + 16, seconds * first.movieTimescale),
      trackBox(first, 'video', pictures, filler.length, picturesPerPiece, pictureOffsets, seconds),
      trackBox(first, 'audio', sounds, 0, soundsPerPiece, soundOffsets, seconds),
    );
    return Buffer.concat([need(first.file, 'ftyp').bytes, movie, largeMediaHeader(dataSize)]);
  };
  // Offsets are 64-bit numbers, so the head is as long with the real ones as without.
  const finished = head(head(0).length);
  return {
    head: finished,
    size: finished.length + dataSize,
    seconds,
    *pieces() {
      for (let piece = 0; piece < pieceCount; piece++) {
        const picture = pictures.slice(piece * picturesPerPiece, (piece + 1) * picturesPerPiece).flatMap((one) => [bytesOf(one), filler]);
        const sound = sounds.slice(piece * soundsPerPiece, (piece + 1) * soundsPerPiece).map(bytesOf);
        yield Buffer.concat([...picture, ...sound]);
      }
    },
  };
}

type Placed = { mp4: Mp4; sample: Sample };

/** Sound starts one frame late in a clip (the encoder's priming, before time 0): chained, that frame is left out. */
function samplesOf(mp4: Mp4, kind: Track['kind'], seconds: number): Placed[] {
  const track = trackOf(mp4, kind);
  const skip = kind === 'audio' ? Math.round(track.mediaTime / track.sampleDuration) : 0;
  const count = (seconds * track.timescale) / track.sampleDuration;
  const samples = track.samples.slice(skip, skip + count);
  if (samples.length !== count) throw new Error(`A clip has ${samples.length} ${kind} samples, not ${count}`);
  return samples.map((sample) => ({ mp4, sample }));
}

function trackBox(first: Mp4, kind: Track['kind'], samples: Placed[], extra: number, perPiece: number, offsets: number[], seconds: number): Buffer {
  const track = trackOf(first, kind);
  const { box, sampleDuration, timescale, mediaTime } = track;
  const inMovie = seconds * first.movieTimescale;
  const chunkOffsets = Buffer.alloc(8 + offsets.length * 8);
  chunkOffsets.writeUInt32BE(offsets.length, 4);
  for (const [i, offset] of offsets.entries()) chunkOffsets.writeBigUInt64BE(BigInt(offset), 8 + i * 8);
  const syncs = samples.flatMap(({ sample }, i) => (sample.sync ? [i + 1] : []));
  const table = makeBox(
    'stbl',
    need(box, 'mdia/minf/stbl/stsd').bytes,
    makeTable('stts', 1, samples.length, sampleDuration),
    ...(kind === 'video' ? [compositionTable(samples), makeTable('stss', syncs.length, ...syncs)] : []),
    makeTable('stsc', 1, 1, perPiece, 1),
    makeTable('stsz', 0, samples.length, ...samples.map(({ sample }) => sample.size + extra)),
    makeBox('co64', chunkOffsets),
  );
  const information = makeBox('minf', need(box, kind === 'video' ? 'mdia/minf/vmhd' : 'mdia/minf/smhd').bytes, need(box, 'mdia/minf/dinf').bytes, table);
  const media = makeBox('mdia', withDuration(need(box, 'mdia/mdhd').bytes, 8 + 16, seconds * timescale), need(box, 'mdia/hdlr').bytes, information);
  const edit = kind === 'video' && mediaTime > 0 ? [makeBox('edts', makeTable('elst', 1, inMovie, mediaTime, 0x10000))] : [];
  return makeBox('trak', withDuration(need(box, 'tkhd').bytes, 8 + 20, inMovie), ...edit, media);
}

function compositionTable(samples: Placed[]): Buffer {
  const runs: number[] = [];
  for (const { sample } of samples) {
    if (runs.at(-1) === sample.compositionOffset) runs[runs.length - 2] = (runs.at(-2) ?? 0) + 1;
    else runs.push(1, sample.compositionOffset);
  }
  return makeTable('ctts', runs.length / 2, ...runs);
}

/** A copy of a header box (version 0) with another duration. */
function withDuration(box: Buffer, at: number, duration: number): Buffer {
  const copy = Buffer.from(box);
  copy.writeUInt32BE(Math.round(duration), at);
  return copy;
}

function largeMediaHeader(size: number): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32BE(1, 0);
  header.write('mdat', 4, 'latin1');
  header.writeBigUInt64BE(BigInt(size + 16), 8);
  return header;
}

/** Length, type 12, 0xFF bytes, and the bit that ends a unit. */
function fillerUnit(size: number): Buffer {
  const unit = Buffer.alloc(Math.max(size, 6), 0xff);
  unit.writeUInt32BE(unit.length - 4, 0);
  unit[4] = 12;
  unit[unit.length - 1] = 0x80;
  return unit;
}

function assertSameEncoding(a: Mp4, b: Mp4): void {
  for (const kind of ['video', 'audio'] as const) {
    const [left, right] = [trackOf(a, kind), trackOf(b, kind)];
    if (!decoderSetup(left).equals(decoderSetup(right)) || left.mediaTime !== right.mediaTime || left.timescale !== right.timescale) {
      throw new Error(`The clips cannot be chained: their ${kind} is encoded differently`);
    }
  }
}

/** What a decoder is set up with: avcC for H.264, the DecoderSpecificInfo (tag 5) in esds for AAC. Bit rates may differ. */
function decoderSetup({ kind, box }: Track): Buffer {
  const description = need(box, 'mdia/minf/stbl/stsd').bytes;
  const at = description.indexOf(kind === 'video' ? 'avcC' : 'esds', 0, 'latin1');
  if (at < 0) throw new Error(`The clips cannot be chained: their ${kind} is not H.264 with AAC`);
  const setup = description.subarray(at, at - 4 + description.readUInt32BE(at - 4));
  if (kind === 'video') return setup;
  const tag = setup.indexOf(Buffer.from([0x05, 0x80, 0x80, 0x80]));
  return setup.subarray(tag, tag + 5 + (setup[tag + 4] ?? 0));
}

function trackOf(mp4: Mp4, kind: Track['kind']): Track {
  const track = mp4.tracks.find((one) => one.kind === kind);
  if (!track) throw new Error(`A clip has no ${kind}`);
  return track;
}

const sumSizes = (samples: Placed[]): number => samples.reduce((sum, { sample }) => sum + sample.size, 0);
const bytesOf = ({ mp4, sample }: Placed): Buffer => mp4.file.subarray(sample.offset, sample.offset + sample.size);
