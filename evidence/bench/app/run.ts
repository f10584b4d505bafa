/** `node evidence/bench/app/run.ts SCENE SIZES`: one scene of the measures with a window, as an ordinary user in a desktop session; what it measured goes to VIEWING_ROOM_OUTPUT. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { main } from '../../../scripts/lib/process.ts';
import type { Measured } from '../measure.ts';
import type { sizes } from '../trial.ts';
import { longList } from './longList.ts';
import { growth, memory } from './memory.ts';
import { firstFrameOf, playback } from './playback.ts';
import { start } from './start.ts';

const scenes = { playback, 'playback-4GB': firstFrameOf('4GB'), start, 'long-list': longList, memory: memory('200MB'), 'memory-4GB': memory('4GB'), growth } as const satisfies Record<string, (given: typeof sizes) => Promise<Record<string, Measured>>>;

await main(async () => {
  const [, , scene = '', given = ''] = process.argv;
  const measured = await scenes[scene as keyof typeof scenes](JSON.parse(given) as typeof sizes);
  writeFileSync(path.join(process.env.VIEWING_ROOM_OUTPUT ?? '', `${scene}.json`), JSON.stringify(measured));
});
