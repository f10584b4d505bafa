/** Properties (fast-check): whatever is sealed, cut, resumed and sought comes back as it was; and the life of copies goes as in a model. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { FuzzVault, onDisk, sealed } from './adapter.ts';
import { mediaOf, SECRETS } from './content.ts';
import type { Context, FuzzClass, Prepared, Tally } from './fuzzClass.ts';
import { FileKeychain } from './keychainFile.ts';
import { randomFor } from './random.ts';

const { SEGMENT_BYTES } = sealed;
/** Examples that fast-check makes for one case. */
const EXAMPLES = 25;

type Locate = typeof sealed.locate;
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));

/** Seal and open, with segments of any length; any cutting of what comes in. */
const sealing = fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.integer({ min: 58, max: 600 }), bytes32, fc.uint8Array({ maxLength: 100 }), (plain, segmentBytes, key, associated) => {
  const bytes = Buffer.from(plain);
  return sealed.open(sealed.seal(bytes, key, Buffer.from(associated), segmentBytes), key, Buffer.from(associated), segmentBytes).equals(bytes);
});

/** A position is in the slot and at the place that counting says. */
const seeking = (locate: Locate) => fc.property(fc.integer({ min: 58, max: 600 }), fc.nat({ max: 100_000 }), (segmentBytes, offset) => {
  const { slot, within } = locate(offset, segmentBytes);
  let before = 0;
  for (let i = 0; i < slot; i += 1) before += sealed.slotCapacity(i, segmentBytes);
  return before + within === offset && within < sealed.slotCapacity(slot, segmentBytes);
});

const size = fc.oneof(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: SEGMENT_BYTES - 200, max: SEGMENT_BYTES + 200 }), fc.integer({ min: 1, max: 3 * SEGMENT_BYTES }));

/** A recording of parts, broken off and gone on with at any places, read from any place to any place. */
const resuming = (context: Context) => fc.asyncProperty(size, fc.array(fc.nat(), { maxLength: 4 }), fc.integer({ min: 1, max: 300_000 }), fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 8 }), bytes32, async (length, breaks, chunk, seeks, key) => {
  const plain = mediaOf(7, 3 * SEGMENT_BYTES).subarray(0, length);
  const cuts = [...new Set([0, ...breaks.map((at) => at % length), length])].sort((a, b) => a - b);
  const paths: string[] = [];
  for (const [i, to] of cuts.slice(1).entries()) {
    const path = join(context.folder, `part ${i}`);
    rmSync(path, { force: true });
    await onDisk.seal(path, plain.subarray(cuts[i], to), key, Buffer.from('any'), cuts[i] ?? 0, chunk);
    paths.push(path);
  }
  const ranges = seeks.map(([a, b]): [number, number] => [a % length, Math.min(length, (a % length) + 1 + (b % length))]);
  const read = await onDisk.open(paths, key, Buffer.from('any'), length, [[0, length], ...ranges]);
  return [[0, length] as const, ...ranges].every(([from, to], i) => read[i]?.equals(plain.subarray(from, to)));
});

type Act = { do: 'download'; recording: number } | { do: 'purge'; recording: number } | { do: 'restart' } | { do: 'lock' };
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ do: fc.constant('download' as const), recording: fc.integer({ min: 1, max: 4 }) }), fc.record({ do: fc.constant('purge' as const), recording: fc.integer({ min: 1, max: 4 }) }),
  fc.constant({ do: 'restart' as const }), fc.constant({ do: 'lock' as const }));

/** Copies come, go and stay as a list on paper would have it. */
const living = (context: Context) => fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 12 }), async (acts) => {
  const folder = join(context.folder, 'lives');
  rmSync(folder, { recursive: true, force: true });
  const keychain = new FileKeychain({});
  let vault = await FuzzVault.load(folder, keychain);
  const paper = new Set<number>();
  const lengthOf = (recording: number) => recording * 1_000;
  try {
    await vault.setSecret(SECRETS[0]);
    for (const each of acts) {
      if (each.do === 'restart') {
        await vault.close();
        vault = await FuzzVault.load(folder, keychain);
        await vault.unlock(SECRETS[0]);
      } else if (each.do === 'lock') {
        vault.lock();
        await vault.unlock(SECRETS[0]);
      } else if (each.do === 'purge') {
        await vault.purge(each.recording);
        paper.delete(each.recording);
      } else if (!paper.has(each.recording)) {
        await vault.download(each.recording, lengthOf(each.recording));
        paper.add(each.recording);
      }
      for (let recording = 1; recording <= 4; recording += 1) {
        const length = lengthOf(recording);
        if (vault.holds(recording, length) !== paper.has(recording)) return false;
        if (paper.has(recording) && !(await vault.read(recording, length)).equals(mediaOf(recording, length))) return false;
      }
      if (vault.strays().length > 0) return false;
    }
    return true;
  } finally {
    await vault.close();
  }
});

async function prepare(context: Context): Promise<Prepared> {
  const all: [name: string, property: fc.IRawProperty<unknown>, examples: number][] = [
    ['seal and open', sealing, EXAMPLES], ['seek', seeking(sealed.locate), EXAMPLES], ['resume and seek', resuming(context), 4], ['life of copies', living(context), 2],
  ];
  const check = async (property: fc.IRawProperty<unknown>, index: number, examples: number): Promise<string | null> => {
    const details = await fc.check(property, { seed: randomFor(context.seed, 'properties', index).int(2 ** 31), numRuns: examples });
    return details.failed ? fc.defaultReportMessage(details) : null;
  };
  return {
    async run(index, tally: Tally) {
      const [name, property, examples] = all[index % all.length] ?? ['', sealing, 1];
      const failed = await check(property, index, examples);
      tally.sort(name);
      // Each example is a case; the worker counts one of them.
      tally.cases += examples - 1;
      if (failed !== null) tally.note('wrong', index, `${name}: ${failed}`);
    },
    /** Seeking that forgets the header of the first slot. */
    async control() {
      return (await check(seeking((offset, segmentBytes) => ({ slot: Math.floor(offset / ((segmentBytes ?? 0) - 16)), within: offset % ((segmentBytes ?? 0) - 16) })), 0, EXAMPLES)) !== null;
    },
  };
}

export const properties: FuzzClass = { name: 'properties', share: 0.05, slice: 80, least: 800, realCost: false, prepare };
