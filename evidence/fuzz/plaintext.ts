/**
 * Plaintext and keys on the disk: after every step of every scenario all files are searched, deleted rows and logs included. The other
 * classes search what they leave behind as well.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sightings } from './canaries.ts';
import { CANARIES } from './content.ts';
import type { Context, FuzzClass, Prepared, Tally } from './fuzzClass.ts';
import { FileKeychain } from './keychainFile.ts';
import { randomFor } from './random.ts';
import { Run, scenarios, templateSteps } from './scenario.ts';
import { layOut, makeTemplate, vaultIn } from './template.ts';

/** Ways in which a defect could write it down. */
const PLANTED: readonly ((folder: string, random: ReturnType<typeof randomFor>) => void)[] = [
  (folder, random) => writeFileSync(join(folder, 'temp'), Buffer.concat([random.bytes(5_000), Buffer.from(CANARIES.patient), random.bytes(100)])),
  (folder, random) => writeFileSync(join(folder, 'media', 'x.sealed'), Buffer.concat([random.bytes(70_000), Buffer.from(CANARIES.media)])),
  (folder) => writeFileSync(join(folder, 'log.json'), JSON.stringify({ text: Buffer.from(`x${CANARIES.work}`).toString('base64') })),
  (folder) => writeFileSync(join(folder, 'other.db'), `SQLite format 3\0${CANARIES.transcript}`),
];

async function prepare(context: Context): Promise<Prepared> {
  const template = await makeTemplate(join(context.folder, 'template'), templateSteps);
  const run = async (index: number, tally: Tally | null, plant: number | null): Promise<string[]> => {
    const scenario = scenarios[index % scenarios.length];
    if (!scenario) throw new Error('no scenarios');
    const random = randomFor(context.seed, 'plaintext', index);
    const folder = join(context.folder, 'run');
    const { keychain } = layOut(template, scenario, folder);
    const found: string[] = [];
    const run = new Run(vaultIn(folder), new FileKeychain(keychain), (said) => {
      if ('done' in said) found.push(...sightings(folder, template.needles).map((what) => `${what}, after ${said.done.do} in ${scenario.name}`));
    });
    try {
      await run.go(scenario.steps(random));
      if (plant !== null) PLANTED[plant]?.(vaultIn(folder), random);
    } finally {
      await run.close();
    }
    found.push(...sightings(folder, template.needles));
    tally?.sort(scenario.name);
    return found;
  };
  return {
    async run(index, tally) {
      for (const what of await run(index, tally, null)) tally.note('canariesFound', index, what);
    },
    /** Every planted way of writing it down is seen. */
    async control() {
      for (let plant = 0; plant < PLANTED.length; plant += 1) if ((await run(1, null, plant)).length === 0) return false;
      return true;
    },
    end: () => rmSync(context.folder, { recursive: true, force: true }),
  };
}

export const plaintext: FuzzClass = { name: 'plaintext', share: 0.03, slice: 16, least: 200, realCost: false, prepare };
