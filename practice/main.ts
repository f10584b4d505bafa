/** `node practice/main.ts [--port N] [--site-out FILE] [--large 200MB|4GB]`: runs the demo practice until it is stopped. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startPractice, type LargeSize, type Practice } from './index.ts';
import { DEMO_MEDIA, readClips } from './media/clips.ts';
import { missingSpace } from './media/large.ts';

const DEFAULT_PORT = 8474;
const PORTS_TO_TRY = 20;

type Options = { port: number; siteOut: string; large: LargeSize[] };

const options = readOptions(process.argv.slice(2));
const noSpace = missingSpace(options.large, readClips(DEMO_MEDIA));
if (noSpace) fail(noSpace);

const practice = await startNear(options.port);
mkdirSync(dirname(options.siteOut), { recursive: true });
writeFileSync(options.siteOut, `${JSON.stringify(practice.siteFile(), undefined, 2)}\n`);
console.log(summary(practice));
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
      options: { port: { type: 'string' }, 'site-out': { type: 'string' }, large: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help) {
      console.log('node practice/main.ts [--port N] [--site-out FILE] [--large 200MB] [--large 4GB]');
      process.exit(0);
    }
    const port = values.port ?? String(DEFAULT_PORT);
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) fail(`--port must be a number from 0 to 65535, not "${port}".`);
    const siteOut = resolve(values['site-out'] ?? join(import.meta.dirname, '..', '.cache', 'practice', 'site.json'));
    return { port: Number(port), siteOut, large: [...new Set(values.large ?? [])].map(readLarge) };
  } catch (error) {
    return fail(`${(error instanceof Error ? error.message : String(error)).split('. ')[0] ?? ''}.`);
  }
}

function readLarge(size: string): LargeSize {
  return size === '200MB' || size === '4GB' ? size : fail(`--large must be 200MB or 4GB, not "${size}".`);
}

/** Another program may have the port; the next free one is as good, and the site file says which it is. */
async function startNear(port: number): Promise<Practice> {
  for (let tried = port; tried < port + PORTS_TO_TRY && tried <= 65_535; tried++) {
    try {
      const started = await startPractice({ port: tried, large: options.large });
      if (tried !== port) console.log(`Port ${port} is taken, so this is on port ${tried}.`);
      return started;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    }
  }
  return fail(`No port from ${port} to ${port + PORTS_TO_TRY - 1} is free; choose another with --port.`);
}

function summary({ url, people, repo }: Practice): string {
  const recordings = repo.recordings();
  const rows = people.map(({ username, password, name, roles, practitionerId }) => {
    const count = recordings.filter(({ ownerPractitionerIds }) => ownerPractitionerIds.includes(practitionerId)).length;
    const tells = [roles.join(' and ') || 'no role at the practice', ...(count > 0 ? [`${count} recordings to review`] : [])].join(', ');
    return [username, password, name, tells];
  });
  const table = [['Username', 'Password', 'Name', 'Who they are'], ...rows].map((row) => `  ${row.map((cell, i) => (i < 3 ? cell.padEnd(18) : cell)).join('')}`);
  return ['', `Demo Surgery is open at ${url}`, `Site file: ${options.siteOut}`, '', ...table, '', 'Nobody here is real. Stop with Ctrl+C.', ''].join('\n');
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
