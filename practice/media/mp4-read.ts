import { boxesIn, find, need, type Box } from './mp4-boxes.ts';

export type Sample = { offset: number; size: number; compositionOffset: number; sync: boolean };
/** One track with its samples, all of the same duration, as the demo clips have them. */
export type Track = {
  kind: 'video' | 'audio';
  timescale: number;
  sampleDuration: number;
  /** How much of the media comes before time 0, from the edit list. */
  mediaTime: number;
  samples: Sample[];
  box: Buffer;
};
export type Mp4 = { file: Buffer; movieHeader: Box; movieTimescale: number; tracks: Track[] };

export function readMp4(file: Buffer): Mp4 {
  const moov = need(file, 'moov').body;
  const movieHeader = need(moov, 'mvhd');
  const tracks = boxesIn(moov).filter(({ type }) => type === 'trak').map(({ body }) => readTrack(body));
  return { file, movieHeader, movieTimescale: movieHeader.body.readUInt32BE(12), tracks };
}

function readTrack(box: Buffer): Track {
  const kind = need(box, 'mdia/hdlr').body.toString('latin1', 8, 12) === 'vide' ? 'video' : 'audio';
  const table = need(box, 'mdia/minf/stbl').body;
  const sizes = sampleSizes(need(table, 'stsz').body);
  const offsets = sampleOffsets(table, sizes);
  const compositionOffsets = expand(find(table, 'ctts')?.body, sizes.length);
  const durations = expand(need(table, 'stts').body, sizes.length);
  const syncBox = find(table, 'stss')?.body;
  const sync = syncBox && new Set(numbers(syncBox, 8, syncBox.readUInt32BE(4)));
  const edit = find(box, 'edts/elst')?.body;
  return {
    kind,
    timescale: need(box, 'mdia/mdhd').body.readUInt32BE(12),
    sampleDuration: durations[0] ?? 0,
    mediaTime: edit ? edit.readInt32BE(12) : 0,
    samples: sizes.map((size, i) => ({ size, offset: offsets[i] ?? 0, compositionOffset: compositionOffsets[i] ?? 0, sync: sync?.has(i + 1) ?? true })),
    box,
  };
}

function sampleSizes(body: Buffer): number[] {
  const [common, count] = [body.readUInt32BE(4), body.readUInt32BE(8)];
  return common === 0 ? numbers(body, 12, count) : Array.from({ length: count }, () => common);
}

function sampleOffsets(table: Buffer, sizes: number[]): number[] {
  const short = find(table, 'stco')?.body;
  const chunks = short ?? need(table, 'co64').body;
  const runs = need(table, 'stsc').body;
  const chunkCount = chunks.readUInt32BE(4);
  const offsets: number[] = [];
  for (let run = 0, runCount = runs.readUInt32BE(4); run < runCount; run++) {
    const first = runs.readUInt32BE(8 + run * 12);
    const perChunk = runs.readUInt32BE(12 + run * 12);
    const next = run + 1 < runCount ? runs.readUInt32BE(8 + (run + 1) * 12) : chunkCount + 1;
    for (let chunk = first; chunk < next; chunk++) {
      let at = short ? chunks.readUInt32BE(8 + (chunk - 1) * 4) : Number(chunks.readBigUInt64BE(8 + (chunk - 1) * 8));
      for (let i = 0; i < perChunk; i++) {
        offsets.push(at);
        at += sizes[offsets.length - 1] ?? 0;
      }
    }
  }
  return offsets;
}

/** `stts` and `ctts` hold runs of (count, value). */
function expand(body: Buffer | undefined, length: number): number[] {
  if (!body) return Array.from({ length }, () => 0);
  return Array.from({ length: body.readUInt32BE(4) }, (_, i) => Array.from({ length: body.readUInt32BE(8 + i * 8) }, () => body.readUInt32BE(12 + i * 8))).flat();
}

function numbers(body: Buffer, at: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => body.readUInt32BE(at + i * 4));
}
