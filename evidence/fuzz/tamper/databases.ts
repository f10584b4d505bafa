/**
 * Both databases and their write-ahead logs: bits, lengths, pages exchanged, old pages, old logs and old files put back. The vault
 * must say no by name, or hold exactly what it held.
 */
import { join } from 'node:path';
import { type Context, type FuzzClass, type Prepared, Tally } from '../fuzzClass.ts';
import { type Random, randomFor } from '../random.ts';
import { flipped, judge, noteVerdict } from './change.ts';
import { type Files, holds, live, type Moment } from './moments.ts';

const PAGE = 4096;
const FRAME = PAGE + 24;
const LOG_HEADER = 32;

const pageOf = (bytes: Buffer, i: number): Buffer => bytes.subarray(i * PAGE, (i + 1) * PAGE);

function withPage(bytes: Buffer, i: number, page: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  page.copy(changed, i * PAGE);
  return changed;
}

type Change = [what: string, moment: Moment, files: Files];

async function prepare(context: Context): Promise<Prepared> {
  const scratch = join(context.folder, 'scratch');
  const life = await live(join(context.folder, 'life'), scratch);
  const { early, usedEarly, usedLate, closed } = life;
  const bytesOf = (moment: Moment, name: string): Buffer => moment.files.get(name) ?? Buffer.alloc(0);
  const put = (moment: Moment, ...changes: [name: string, bytes: Buffer | null][]): Files => {
    const files = new Map(moment.files);
    for (const [name, bytes] of changes) if (bytes === null) files.delete(name); else files.set(name, bytes);
    return files;
  };
  const sorts: ((random: Random) => Change)[] = [];
  for (const name of ['ledger.db', 'library.db']) {
    const log = `${name}-wal`;
    const file = bytesOf(closed, name);
    const oldFile = bytesOf(early, name);
    const wal = bytesOf(usedLate, log);
    const pages = file.length / PAGE;
    const frames = Math.floor((wal.length - LOG_HEADER) / FRAME);
    const change = (what: string, moment: Moment, made: (random: Random) => [string, Buffer | null][]) => sorts.push((random) => [`${name}, ${what}`, moment, put(moment, ...made(random))]);
    for (let twice = 0; twice < 3; twice += 1) {
      change('bit of the file', closed, (random) => [[name, flipped(file, random.int(file.length * 8))]]);
      change('bit of the log', usedLate, (random) => [[log, flipped(wal, random.int(wal.length * 8))]]);
    }
    change('bit of a page’s start or end', closed, (random) => [[name, flipped(file, (random.int(pages) * PAGE + (random.coin() ? random.int(100) : PAGE - 1 - random.int(40))) * 8 + random.int(8))]]);
    change('bit of the file, log beside it', usedLate, (random) => {
      const bytes = bytesOf(usedLate, name);
      return [[name, flipped(bytes, random.int(bytes.length * 8))]];
    });
    change('file cut short', closed, (random) => [[name, file.subarray(0, random.int(file.length))]]);
    change('file cut at a page', closed, (random) => [[name, file.subarray(0, random.int(pages) * PAGE)]]);
    change('pages exchanged', closed, (random) => {
      const [a, b] = [random.int(pages), random.int(pages)];
      return [[name, withPage(withPage(file, a, Buffer.from(pageOf(file, b))), b, Buffer.from(pageOf(file, a)))]];
    });
    change('page of the other database', closed, (random) => {
      const other = bytesOf(closed, name === 'ledger.db' ? 'library.db' : 'ledger.db');
      return [[name, withPage(file, random.int(pages), pageOf(other, random.int(other.length / PAGE)))]];
    });
    change('old page put back', closed, (random) => {
      const i = random.int(Math.min(pages, oldFile.length / PAGE));
      return [[name, withPage(file, i, pageOf(oldFile, i))]];
    });
    change('old file put back', closed, () => [[name, oldFile]]);
    change('file of the other database', closed, () => [[name, bytesOf(closed, name === 'ledger.db' ? 'library.db' : 'ledger.db')]]);
    change('file left out', closed, () => [[name, null]]);
    change('file emptied', closed, () => [[name, Buffer.alloc(0)]]);
    change('log left out', usedLate, () => [[log, null]]);
    change('log cut short', usedLate, (random) => [[log, wal.subarray(0, random.int(wal.length))]]);
    change('log cut at a frame', usedLate, (random) => [[log, wal.subarray(0, LOG_HEADER + random.int(frames) * FRAME)]]);
    change('frames of the log exchanged', usedLate, (random) => {
      const [a, b] = [random.int(frames), random.int(frames)];
      const changed = Buffer.from(wal);
      wal.copy(changed, LOG_HEADER + a * FRAME, LOG_HEADER + b * FRAME, LOG_HEADER + (b + 1) * FRAME);
      wal.copy(changed, LOG_HEADER + b * FRAME, LOG_HEADER + a * FRAME, LOG_HEADER + (a + 1) * FRAME);
      return [[log, changed]];
    });
    change('log of an earlier time', usedLate, () => [[log, bytesOf(usedEarly, log)]]);
    change('log of an earlier time beside a closed file', closed, (random) => [[log, bytesOf(random.coin() ? usedEarly : usedLate, log)]]);
    change('file and log of an earlier time', usedLate, () => [[name, bytesOf(usedEarly, name)], [log, bytesOf(usedEarly, log)]]);
  }
  for (const [earlier, later] of [[early, closed], [usedEarly, usedLate], [usedLate, closed], [usedEarly, closed]] as const) {
    sorts.push(() => [`the whole vault of an earlier time`, later, earlier.files]);
  }
  const run = async (index: number, tally: Tally, look: typeof holds) => {
    const make = sorts[index % sorts.length];
    if (!make) return;
    const [what, moment, files] = make(randomFor(context.seed, 'databases', index));
    noteVerdict(tally, index, what, await judge(() => look(scratch, files, moment), (found) => found === moment.holds));
  };
  return {
    run: (index, tally) => run(index, tally, holds),
    /** A look that takes files as they are. */
    async control() {
      const tally = new Tally();
      for (let i = 0; i < sorts.length; i += 1) await run(i, tally, async (_folder, files) => [...files.values()].map((bytes) => bytes.toString('base64')).join());
      return tally.counts.acceptedTampering > 0;
    },
  };
}

export const databases: FuzzClass = { name: 'databases', share: 0.2, slice: 600, least: 8_000, realCost: false, prepare };
