/** Runs in as many processes as there are cores for it. */
import { fork } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { cache } from '../../scripts/lib/paths.ts';
import { none, type Outcome } from './verdict.ts';
import type { Answer, Job } from './worker.ts';

const WORKERS = Math.max(1, Math.min(2, availableParallelism()));

/** One process, for its runs in their order. One that dies is a finding of the run that was under way, and those after it are not run. */
export function inWorker(script: string, job: Job, heard: (outcome: Outcome) => void): Promise<void> {
  return new Promise((resolve) => {
    const child = fork(script, [], { serialization: 'advanced', env: { ...process.env, NODE_COMPILE_CACHE: join(cache, 'chaos/compiled') } });
    let last: Answer | null = null;
    let count = 0;
    let isOver = false;
    const ended = (how: string): void => {
      if (isOver) return;
      isOver = true;
      const { seed = 'after the last', control = null } = job.runs[count] ?? {};
      if (!(last && 'done' in last)) heard({ ran: { seed, findings: [{ kind: 'stuck', what: last && 'broken' in last ? last.broken : how }], injected: none(), sequence: [], done: 0, arriving: 0, ms: 0 }, control });
      resolve();
    };
    child.on('message', (answer: Answer) => {
      last = answer;
      if (!('ran' in answer)) return;
      count += 1;
      heard(answer);
    });
    child.on('error', (error) => ended(String(error)));
    child.once('exit', (code, signal) => ended(`a worker ended with ${signal ?? `code ${code}`}`));
    child.send(job);
  });
}

export async function inWorkers(runs: Job['runs'], until: number, folder: string, heard: (outcome: Outcome) => void): Promise<void> {
  const script = join(import.meta.dirname, 'worker.ts');
  await Promise.all(Array.from({ length: WORKERS }, (_, first) => inWorker(script, { folder: mkdtempSync(join(folder, 'worker-')), runs: runs.filter((_run, n) => n % WORKERS === first), until }, heard)));
}
