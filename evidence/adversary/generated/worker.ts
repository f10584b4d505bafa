/** A share of the generated layer, in a process of its own. */
import { type plants, runPlant, type PlantOutcome } from './plants.ts';
import { runGenerated, type Tally } from './run.ts';

export interface Job {
  seed: string;
  wanted: number;
  sample: boolean;
  plants: string[];
  /** Every `stride`-th case from the `first`. */
  first: number;
  stride: number;
}

export type Answer = { tally: Tally; plants: PlantOutcome[] } | { broken: string };

process.once('message', (job: Job) => {
  void work(job).catch((error: unknown): Answer => ({ broken: error instanceof Error ? error.stack ?? error.message : String(error) })).then((answer) => process.send?.(answer, () => process.disconnect()));
});

async function work(job: Job): Promise<Answer> {
  const tally = await runGenerated({ ...job, progress: (cases, findings) => process.send?.({ progress: `   generated, part ${job.first + 1}: ${cases} cases, ${findings} findings` }) });
  const mine = job.plants.filter((_, index) => index % job.stride === job.first);
  const outcomes: PlantOutcome[] = [];
  for (const name of mine) outcomes.push(await runPlant(name as keyof typeof plants, job.seed));
  return { tally, plants: outcomes };
}
