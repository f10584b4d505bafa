/** Sealed media: every bit, every length, every exchange of segments, every wrong key and associated data, with short segments in memory. */
import { createDecipheriv, hkdfSync } from 'node:crypto';
import { sealed } from '../adapter.ts';
import { Tally, type FuzzClass, type Prepared } from '../fuzzClass.ts';
import { type Random, randomFor } from '../random.ts';
import { flipped, judge, noteVerdict, scrambled } from './change.ts';

interface Attempt {
  what: string;
  bytes: Buffer;
  key: Buffer;
  associated: Buffer;
}

type Open = (attempt: Attempt, segmentBytes: number) => Buffer;

interface Victim {
  plain: Buffer;
  segmentBytes: number;
  attempts: (() => Attempt)[];
}

/** Cases of one sealed message, before another one is made. */
const BLOCK = 6_000;

function makeVictim(random: Random): Victim {
  const segmentBytes = random.pick([64, 80, 128, 200]);
  const plain = random.bytes(1 + random.int(4 * segmentBytes));
  const [key, otherKey] = [random.bytes(32), random.bytes(32)];
  const [associated, otherAssociated] = [random.bytes(78), random.bytes(78)];
  const bytes = sealed.seal(plain, key, associated, segmentBytes);
  // Of the same length: another stream of the same recording, another recording, other content.
  const again = sealed.seal(plain, key, associated, segmentBytes);
  const foreign = sealed.seal(plain, otherKey, otherAssociated, segmentBytes);
  const other = sealed.seal(random.bytes(plain.length), key, associated, segmentBytes);
  const slots = Math.ceil(bytes.length / segmentBytes);
  const slot = (from: Buffer, i: number) => from.subarray(i * segmentBytes, (i + 1) * segmentBytes);
  const joined = (order: readonly number[]) => Buffer.concat(order.map((i) => slot(bytes, i)));
  const all = Array.from({ length: slots }, (_, i) => i);
  const it = { bytes, key, associated };
  const attempts: (() => Attempt)[] = [];
  for (let bit = 0; bit < bytes.length * 8; bit += 1) attempts.push(() => ({ ...it, what: 'bit of the file', bytes: flipped(bytes, bit) }));
  for (let bit = 0; bit < 256; bit += 1) attempts.push(() => ({ ...it, what: 'bit of the key', key: flipped(key, bit) }));
  for (let bit = 0; bit < associated.length * 8; bit += 1) attempts.push(() => ({ ...it, what: 'bit of the associated data', associated: flipped(associated, bit) }));
  for (let length = 0; length < bytes.length; length += 1) attempts.push(() => ({ ...it, what: 'cut short', bytes: bytes.subarray(0, length) }), () => ({ ...it, what: 'cut at its start', bytes: bytes.subarray(bytes.length - length) }));
  for (let more = 1; more <= 2 * segmentBytes; more += 1) attempts.push(() => ({ ...it, what: 'made longer', bytes: Buffer.concat([bytes, Buffer.alloc(more)]) }), () => ({ ...it, what: 'made longer by its own bytes', bytes: Buffer.concat([bytes, bytes.subarray(0, more)]) }));
  for (let length = 0; length < associated.length; length += 1) attempts.push(() => ({ ...it, what: 'associated data cut short', associated: associated.subarray(0, length) }));
  for (const a of all) for (const b of all) {
    if (a < b) attempts.push(() => ({ ...it, what: 'segments exchanged', bytes: joined(all.map((i) => (i === a ? b : i === b ? a : i))) }));
    if (a !== b) attempts.push(() => ({ ...it, what: 'segment repeated', bytes: joined(all.map((i) => (i === a ? b : i))) }), () => ({ ...it, what: 'segment put in', bytes: joined([...all.slice(0, a), b, ...all.slice(a)]) }));
  }
  for (const a of all) {
    attempts.push(() => ({ ...it, what: 'segment left out', bytes: joined(all.filter((i) => i !== a)) }));
    // A message of one segment under the same key is no forgery: each download has a key of its own.
    const others = [['segment of another stream', again], ['segment of another recording', foreign], ...(slots > 1 ? [['segment of other content', other] as const] : [])] as const;
    for (const [what, from] of others) {
      attempts.push(() => ({ ...it, what, bytes: Buffer.concat(all.map((i) => (i === a ? slot(from, i) : slot(bytes, i)))) }));
      attempts.push(() => ({ ...it, what: `${what}, from there on`, bytes: Buffer.concat(all.map((i) => (i >= a && a > 0 ? slot(from, i) : slot(bytes, i)))) }));
    }
  }
  attempts.push(() => ({ ...it, what: 'another recording', bytes: foreign }), () => ({ ...it, what: 'another key', key: otherKey }), () => ({ ...it, what: 'associated data of another', associated: otherAssociated }));
  return { plain, segmentBytes, attempts };
}

const openIt: Open = ({ bytes, key, associated }, segmentBytes) => sealed.open(bytes, key, associated, segmentBytes);

/** For the control: the same format, opened without looking at the tags. */
const openWithoutTags: Open = ({ bytes, key, associated }, segmentBytes) => {
  const streamKey = Buffer.from(hkdfSync('sha256', key, bytes.subarray(1, 33), associated, 32));
  const parts: Buffer[] = [];
  for (let i = 0; i * segmentBytes < bytes.length; i += 1) {
    const iv = Buffer.alloc(12);
    bytes.copy(iv, 0, 33, 40);
    iv.writeUInt32BE(i, 7);
    iv[11] = (i + 1) * segmentBytes >= bytes.length ? 1 : 0;
    const slot = bytes.subarray(i * segmentBytes + (i === 0 ? 40 : 0), (i + 1) * segmentBytes);
    parts.push(createDecipheriv('aes-256-gcm', streamKey, iv).update(slot.subarray(0, Math.max(0, slot.length - 16))));
  }
  return Buffer.concat(parts);
};

async function prepare({ seed }: { seed: string }): Promise<Prepared> {
  let victim: { block: number; is: Victim } | null = null;
  const run = async (index: number, tally: Tally, open: Open) => {
    const block = Math.floor(index / BLOCK);
    if (victim?.block !== block) victim = { block, is: makeVictim(randomFor(seed, 'media', block)) };
    const { plain, segmentBytes, attempts } = victim.is;
    const made = attempts[index % BLOCK];
    const attempt = made ? made() : scrambledOf(victim.is, randomFor(seed, 'media', index));
    noteVerdict(tally, index, attempt.what, await judge(() => open(attempt, segmentBytes), (found) => found.equals(plain)));
  };
  return {
    run: (index, tally) => run(index, tally, openIt),
    async control() {
      const tally = new Tally();
      for (let i = 0; i < 2_000; i += 1) await run(i, tally, openWithoutTags);
      return tally.counts.acceptedTampering > 0;
    },
  };
}

function scrambledOf({ attempts }: Victim, random: Random): Attempt {
  const attempt = random.pick(attempts)();
  return { ...attempt, what: 'several changes', bytes: scrambled(attempt.bytes, random) };
}

export const media: FuzzClass = { name: 'media', share: 0.05, slice: 12_000, least: 60_000, realCost: false, prepare };
