/** The main process of Electron, without a window, as src/main/index.ts sets it up: takes the measure that the environment names, and writes what it came to as its last line. */
import { app, session } from 'electron';
import { join } from 'node:path';
import { useNativeBinding } from '../../../src/main/platform/database.ts';
import { sqliteBinding } from '../../../src/main/platform/runtime.ts';
import { growNoMore } from '../../../src/main/platform/youngGeneration.ts';
import { netFetch } from '../../../src/main/service/netFetch.ts';
import { sealersOf } from '../../../src/main/vault/sealer/start.ts';
import type { Asked } from '../inElectron.ts';
import type { Measured } from '../measure.ts';
import { ingest } from './ingest.ts';
import { jank } from './jank.ts';
import { opening } from './opening.ts';
import type { Means } from './recording.ts';

function take(asked: Asked): Promise<Measured> {
  const network = session.fromPartition('practice');
  const means: Means = { fetch: netFetch(() => network), startSealer: sealersOf(join(import.meta.dirname, 'sealer.js')) };
  switch (asked.name) {
    case 'crypto': return opening(asked.megabytes, asked.runs);
    case 'ingest': return ingest(asked.media, means, asked.runs);
    case 'jank': return jank(asked.media, means, asked.runs);
  }
}

async function start(): Promise<void> {
  const { folder, resources, asked } = JSON.parse(process.env.BENCH ?? '') as { folder: string; resources: string; asked: Asked };
  app.setPath('userData', folder);
  useNativeBinding(sqliteBinding(resources));
  await app.whenReady();
  growNoMore();
  process.stdout.write(`\n${JSON.stringify(await take(asked))}\n`, () => app.exit());
}

void start().catch((error: unknown) => process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`, () => app.exit(1)));
