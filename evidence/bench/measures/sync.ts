/** What a round costs in which one assignment of a very long list has changed: requests, counted on their way to the practice (evidence/scale). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Task } from '@medplum/fhirtypes';
import type { Command, Rest } from '../../chaos/messages.ts';
import { sum, type ByKind } from '../../scale/cost.ts';
import { worldOf, type World } from '../../scale/scenes.ts';
import { median, type Measure } from '../measure.ts';
import { sizes } from '../trial.ts';

/** Longer than the app thinks between two requests of one thing. */
const QUIET_MS = 2_000;
/** The first round reads all that is assigned. */
const PATIENCE_MS = 60 * 60_000;

async function ask({ computer }: World, command: Command): Promise<unknown> {
  const outcome = await computer.ask(command);
  if (!outcome.ok) throw new Error(`${command.name}: ${outcome.code}, ${outcome.said}`);
  return outcome.value;
}

/** Until nothing is asked, nothing waits to be sent, and what is to be here is here. */
async function settle(world: World): Promise<void> {
  for (const began = performance.now(); performance.now() - began < PATIENCE_MS;) {
    await wait(250);
    if (world.proxy.quietFor < QUIET_MS) continue;
    const { busy, waiting, undelivered, copies } = await ask(world, { name: 'rest' }) as Rest;
    if (!busy && waiting === 0 && undelivered === 0 && copies.length === sizes.sealed && world.proxy.quietFor >= QUIET_MS) return;
  }
  throw new Error('the app never comes to rest');
}

/** `together`: reads that came in batches, each of which is one request. */
interface Round {
  kinds: ByKind;
  together: number;
}

async function round(world: World): Promise<Round> {
  world.proxy.take();
  await ask(world, { name: 'wake' });
  await settle(world);
  const together = world.proxy.readsTogether;
  return { kinds: world.proxy.take(), together };
}

const requests = ({ kinds }: Round): number => sum(Object.values(kinds)).requests;

export const syncCost: Measure = {
  name: 'sync-cost',
  what: 'every request of a round in which one of 10,000 assignments has changed, with 50 copies here',
  unit: 'requests',
  goal: { is: 'at most', figure: 6, of: 'value' },
  run: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-sync-'));
    const world = await worldOf(folder, sizes.assignments, sizes.sealed);
    try {
      await ask(world, { name: 'come' });
      await settle(world);
      const { repo } = world.practice;
      // Of what has no copy here: nothing is downloaded for it.
      const tasks = repo.recordings().slice(-sizes.runs).flatMap(({ taskIds }) => taskIds);
      const rounds: { changed: Round; unchanged: Round }[] = [];
      for (const id of tasks) {
        const unchanged = await round(world);
        await repo.update<Task>({ ...await repo.read<Task>('Task', id), priority: 'urgent', lastModified: new Date().toISOString() });
        rounds.push({ changed: await round(world), unchanged });
      }
      const figures = rounds.map(({ changed }) => requests(changed));
      const value = median(figures);
      const typical = rounds.find(({ changed }) => requests(changed) === value)?.changed;
      return {
        value, runs: rounds.length, spread: [Math.min(...figures), Math.max(...figures)],
        detail: {
          assignments: sizes.assignments, copies: sizes.sealed, nothingChanged: median(rounds.map(({ unchanged }) => requests(unchanged))),
          moreThanNothingChanged: median(rounds.map(({ changed, unchanged }) => requests(changed) - requests(unchanged))),
          readsInBatches: typical?.together ?? 0,
          ...Object.fromEntries(Object.entries(typical?.kinds ?? {}).map(([kind, cost]) => [kind, cost.requests])),
        },
      };
    } finally {
      await world.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};
