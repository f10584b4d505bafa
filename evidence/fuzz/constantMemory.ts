/** A recording of 4 GB takes no more memory than one of 40 MB, sealed, taken up again and read back: see memory.ts. */
import type { FuzzClass, Prepared, Tally } from './fuzzClass.ts';
import { memoryClass, MOST_RATIO } from './memory.ts';

const MB = 1024 * 1024;
/** The slice measures the first two alone. */
const SIZES = [160 * MB, 160 * MB, 4096 * MB];

async function prepare(): Promise<Prepared> {
  let caught = false;
  return {
    total: SIZES.length,
    async run(index, tally: Tally) {
      const bigBytes = SIZES[index] ?? 0;
      const { ratio, controlCaught } = await memoryClass({ bigBytes });
      caught = controlCaught;
      tally.sort(`${bigBytes / MB} MB take ${ratio.toFixed(2)} times the memory of 40 MB`);
      if (ratio > MOST_RATIO) tally.note('wrong', index, `memory grows with the recording: ${bigBytes / MB} MB take ${ratio.toFixed(2)} times that of 40 MB`);
    },
    /** A sealer that keeps everything in memory. */
    control: async () => caught,
  };
}

export const constantMemory: FuzzClass = { name: 'constantMemory', share: 0, slice: 1, least: 3, realCost: false, prepare };
