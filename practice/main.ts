/** `node practice/main.ts [--port N] [--site-out FILE] [--large 20MB|200MB|4GB] [--events N]`: runs the demo practice until it is stopped. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { LargeSize } from './index.ts';
import { DEMO_MEDIA, readClips } from './media/clips.ts';
import { isLargeSize, missingSpace } from './media/large.ts';
import { DEFAULT_PORT, doorplate, openNear } from './open.ts';

type Options = { port: number; siteOut: string; large: LargeSize[]; events: number };

const options = readOptions(process.argv.slice(2));
const noSpace = missingSpace(options.large, readClips(DEMO_MEDIA));
if (noSpace) fail(noSpace);

const practice = await openNear(options.port, options.large, options.events).catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
mkdirSync(dirname(options.siteOut), { recursive: true });
writeFileSync(options.siteOut, `${JSON.stringify(practice.siteFile(), undefined, 2)}\n`);
console.log(`\n${doorplate(practice)}\nSite file: ${options.siteOut}\nStop with Ctrl+C.\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    console.log('The demo practice closes.');
    void practice.stop().then(() => process.exit(0));
  });
}

function readOptions(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args,
      options: { port: { type: 'string' }, 'site-out': { type: 'string' }, large: { type: 'string', multiple: true }, events: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help) {
      console.log('node practice/main.ts [--port N] [--site-out FILE] [--large 20MB] [--large 200MB] [--large 4GB] [--events N]');
      process.exit(0);
    }
    const port = values.port ?? String(DEFAULT_PORT);
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) fail(`--port must be a number from 0 to 65535, not "${port}".`);
    const events = values.events ?? '0';
    if (!/^\d{1,7}$/.test(events)) fail(`--events must be a number up to 9999999, not "${events}".`);
    const siteOut = resolve(values['site-out'] ?? join(import.meta.dirname, '..', '.cache', 'practice', 'site.json'));
    return { port: Number(port), siteOut, large: [...new Set(values.large ?? [])].map(readLarge), events: Number(events) };
  } catch (error) {
    return fail(`${(error instanceof Error ? error.message : String(error)).split('. ')[0] ?? ''}.`);
  }
}

function readLarge(size: string): LargeSize {
  return isLargeSize(size) ? size : fail(`--large must be 20MB, 200MB or 4GB, not "${size}".`);
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
