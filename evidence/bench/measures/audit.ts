/** A manager's console on a practice's record: how long a filtered page takes, and verifying all of it. */
import { median, type Measure } from '../measure.ts';
import { Trail } from '../trail.ts';
import { sizes } from '../trial.ts';

/** Filled once, for both. */
let trail: Trail | null = null;
function filled(): Trail {
  if (trail) return trail;
  const made = trail = new Trail(sizes.events);
  process.once('exit', () => made.close());
  return made;
}

const many = () => sizes.events.toLocaleString('en-GB');

export const auditQuery: Measure = {
  name: 'audit-query',
  what: 'a page of a manager’s record of a million entries, by any filter: of 200 filters the 95th percentile',
  unit: 'ms',
  goal: { is: 'at most', figure: 100, of: 'value' },
  run: async () => {
    const it = filled();
    it.ask();
    const answers = Array.from({ length: sizes.runs }, () => it.ask());
    const p95 = answers.map((one) => one.p95);
    return {
      value: median(p95), runs: sizes.runs, spread: [Math.min(...p95), Math.max(...p95)],
      detail: {
        entries: many(), p50Ms: median(answers.map((one) => one.p50)), maxMs: Math.max(...answers.map((one) => one.max)), slowest: answers[0]?.slowest ?? '',
        fillMs: it.addMs, firstPageMs: it.firstPageMs, fileMB: it.fileMegabytes, ...it.askForMore(),
      },
    };
  },
};

export const auditVerify: Measure = {
  name: 'audit-verify',
  what: 'verifying every chain of a manager’s record of a million entries, hashes and signatures',
  unit: 's',
  goal: { is: 'at most', figure: 10, of: 'value' },
  run: async () => {
    const it = filled();
    const runs: Awaited<ReturnType<Trail['verify']>>[] = [];
    for (let n = 0; n < sizes.runs; n += 1) runs.push(await it.verify());
    const seconds = runs.map(({ ms }) => ms / 1000);
    return {
      value: median(seconds), runs: sizes.runs, spread: [Math.min(...seconds), Math.max(...seconds)],
      detail: { entries: many(), cpuSeconds: median(runs.map(({ cpuMs }) => cpuMs / 1000)), longestSliceMs: Math.max(...runs.map(({ longestSliceMs }) => longestSliceMs)) },
    };
  },
};
