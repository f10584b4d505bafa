/** One process that runs cases of one class, under the shim. Its work is one message; its answer another. */
import { mkdirSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { type FuzzClass, Tally } from './fuzzClass.ts';
import { classes } from './classes.ts';
import { Shim } from './shim/shim.ts';

export interface Job {
  name: string;
  seed: string;
  /** A folder of this worker's own; what the shim watches is `watched` in it. */
  folder: string;
  library: string;
  /** Cases first, first + stride, … */
  first: number;
  stride: number;
  /** At least so many and at most so many; between the two until the time (ms) is over. */
  least: number;
  most: number;
  until: number;
  control: boolean;
}

export type Answer = { progress: Tally } | { done: Tally; controlFound: boolean | null; total: number | null } | { broken: string };

async function work(job: Job, is: FuzzClass): Promise<void> {
  const send = (answer: Answer) => process.send?.(answer);
  const folder = join(job.folder, 'watched');
  const aside = join(job.folder, 'aside');
  mkdirSync(folder, { recursive: true });
  mkdirSync(aside, { recursive: true });
  // Processes that are killed leave no compiled code behind for the next one.
  flushCompileCache();
  const shim = new Shim();
  const prepared = await is.prepare({ seed: job.seed, folder, aside, log: join(job.folder, 'shim.log'), shim, library: job.library });
  let tally = new Tally();
  const sum = new Tally();
  let told = Date.now();
  try {
    for (let n = 0; n < job.most && (n < job.least || Date.now() < job.until); n += 1) {
      const index = job.first + n * job.stride;
      if (prepared.total !== undefined && index >= prepared.total) break;
      try {
        await prepared.run(index, tally);
      } catch (error) {
        tally.note('wrong', index, `the case itself broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      }
      tally.cases += 1;
      if (Date.now() - told > 2_000) {
        told = Date.now();
        sum.add(tally);
        tally = new Tally();
        send({ progress: sum });
      }
    }
    sum.add(tally);
    const controlFound = job.control ? await prepared.control() : null;
    send({ done: sum, controlFound, total: prepared.total ?? null });
  } finally {
    prepared.end?.();
    shim.close();
  }
}

process.once('message', (job: Job) => {
  const is = classes.find(({ name }) => name === job.name);
  const broken = (error: unknown) => process.send?.({ broken: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  if (!is) broken(`no class ${job.name}`);
  else void work(job, is).catch(broken).finally(() => process.disconnect());
});
