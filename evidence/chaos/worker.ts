/** Runs in a process of their own, one after the other. Its work is one message; each run is another, and the last says that it is done. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeClips } from './practiceSide.ts';
import { runOnce } from './run.ts';
import type { Control, Outcome } from './verdict.ts';

export interface Job {
  /** An empty folder of this worker's own. */
  folder: string;
  /** What to run, in order; begun while the time (ms since the epoch) is not over. */
  runs: { seed: string; control: Control | null }[];
  until: number;
}
export type Answer = Outcome | { done: true } | { broken: string };

async function work({ folder, runs, until }: Job): Promise<void> {
  const media = makeClips(join(folder, 'media'));
  for (const [n, { seed, control }] of runs.entries()) {
    if (Date.now() >= until) break;
    const place = join(folder, String(n));
    mkdirSync(place);
    process.send?.({ ran: await runOnce(seed, place, media, control), control } satisfies Answer);
  }
}

// Whoever started it is gone: nobody would hear.
process.once('disconnect', () => process.exit());
process.once('message', (job: Job) => {
  void work(job).then((): Answer => ({ done: true }), (error: unknown): Answer => ({ broken: error instanceof Error ? error.stack ?? error.message : String(error) })).then((answer) => process.send?.(answer, () => process.disconnect()));
});
