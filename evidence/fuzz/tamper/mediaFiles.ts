/** Recordings on disk, of one part and of several, with segments of the real size. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onDisk, sealed } from '../adapter.ts';
import { type Context, type FuzzClass, type Prepared, Tally } from '../fuzzClass.ts';
import { mediaOf } from '../content.ts';
import { randomFor } from '../random.ts';
import { flipped, judge, noteVerdict } from './change.ts';

const { SEGMENT_BYTES } = sealed;

async function prepare(context: Context): Promise<Prepared> {
  const random = randomFor(context.seed, 'mediaFiles');
  const [key, associated] = [random.bytes(32), random.bytes(78)];
  const plain = mediaOf(1, 3 * SEGMENT_BYTES + 1_000);
  const seal = async (name: string, bytes: Buffer, from = 0, under = key): Promise<Buffer> => {
    const path = join(context.folder, name);
    await onDisk.seal(path, bytes, under, associated, from);
    return readFileSync(path);
  };
  const whole = await seal('whole', plain);
  const wholeAgain = await seal('again', plain);
  // As a download that went on twice: parts of one key, two of them of the same length.
  const cuts = [0, 1_000, 2_000, 5_000, 9_000];
  const several = plain.subarray(0, 9_000);
  const parts = await Promise.all(cuts.slice(1).map((to, i) => seal(`part ${i}`, several.subarray(cuts[i], to), cuts[i])));
  const otherParts = await Promise.all(cuts.slice(1).map((to, i) => seal(`other part ${i}`, mediaOf(2, 9_000).subarray(cuts[i], to), cuts[i], random.bytes(32))));

  const open = async (files: readonly Buffer[], size: number): Promise<Buffer> => {
    const paths = files.map((bytes, i) => {
      const path = join(context.folder, `tampered ${i}`);
      writeFileSync(path, bytes);
      return path;
    });
    const [found] = await onDisk.open(paths, key, associated, size);
    return found ?? Buffer.alloc(0);
  };
  const run = async (index: number, tally: Tally, opener: typeof open) => {
    const pick = randomFor(context.seed, 'mediaFiles', index);
    const slot = (from: Buffer, i: number) => from.subarray(i * SEGMENT_BYTES, (i + 1) * SEGMENT_BYTES);
    const all = [0, 1, 2, 3];
    const [a, b] = [pick.int(4), pick.int(4)];
    const ofParts = (change: (files: Buffer[]) => Buffer[]): [Buffer[], Buffer] => [change([...parts]), several];
    const swap = (files: Buffer[]) => files.map((file, i) => (i === a ? files[b] ?? file : i === b ? files[a] ?? file : file));
    const sorts: [string, () => [Buffer[], Buffer]][] = [
      ['bit of a file', () => [[flipped(whole, pick.int(whole.length * 8))], plain]],
      ['file cut short', () => [[whole.subarray(0, pick.int(whole.length))], plain]],
      ['segments exchanged', () => [[Buffer.concat(all.map((i) => slot(whole, i === a ? b : i === b ? a : i)))], plain]],
      ['segment of another stream', () => [[Buffer.concat(all.map((i) => slot(i === a ? wholeAgain : whole, i)))], plain]],
      ['bit of a part', () => ofParts((files) => files.map((file, i) => (i === a ? flipped(file, pick.int(file.length * 8)) : file)))],
      ['part cut short', () => ofParts((files) => files.map((file, i) => (i === a ? file.subarray(0, pick.int(file.length)) : file)))],
      ['parts exchanged', () => ofParts(swap)],
      ['part repeated', () => ofParts((files) => files.map((file, i) => (i === a ? files[b] ?? file : file)))],
      ['part left out', () => ofParts((files) => files.filter((_, i) => i !== a))],
      ['part put in', () => ofParts((files) => [...files.slice(0, a), files[b] ?? whole, ...files.slice(a)])],
      ['part of another recording', () => ofParts((files) => files.map((file, i) => (i === a ? otherParts[a] ?? file : file)))],
      ['parts joined in one file', () => ofParts((files) => [Buffer.concat(files)])],
    ];
    const [what, make] = sorts[index % sorts.length] ?? ['', () => [[], plain]];
    const [files, content] = make();
    noteVerdict(tally, index, what, await judge(() => opener(files, content.length), (found) => found.equals(content)));
  };
  return {
    run: (index, tally) => run(index, tally, open),
    /** Opening that takes whatever the files hold. */
    async control() {
      const tally = new Tally();
      for (let i = 0; i < 60; i += 1) await run(i, tally, async (files) => Buffer.concat(files));
      return tally.counts.acceptedTampering > 0;
    },
  };
}

export const mediaFiles: FuzzClass = { name: 'mediaFiles', share: 0.05, slice: 240, least: 4_000, realCost: false, prepare };
