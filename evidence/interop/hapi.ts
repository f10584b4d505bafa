/** HAPI FHIR JPA for R4, assembled by Maven from evidence/interop/hapi; H2 in a folder, server-assigned ids, no access rule. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { contentHash } from '../../scripts/lib/digest.ts';
import { say, Stop } from '../../scripts/lib/process.ts';
import { interopCache, startPeer, type Peer, type Where } from './peer.ts';
import { java, javaOptions, maven } from './toolchain.ts';

const PROJECT = path.join(import.meta.dirname, 'hapi');
const VERSION = '8.8.0';
/** Of all libraries together, as `contentHash` of their folder: Maven Central is asked for names and versions, this says which bytes. */
const LIBRARIES = '3a0b82bfab3a17c0ccbe88ecfd43d349d8a55c52ebb2b7070dc26e81e6099118';

export async function startHapi({ port, folder }: Where): Promise<Peer> {
  const built = await build();
  const url = `http://127.0.0.1:${port}/fhir`;
  return startPeer({
    name: 'hapi', version: VERSION, url, health: `${url}/metadata`,
    command: java, args: [...javaOptions, '-cp', `${path.join(built, 'classes')}:${path.join(built, 'lib')}/*`, 'interop.HapiServer', String(port), folder],
  });
}

async function build(): Promise<string> {
  const sources = await contentHash([path.join(PROJECT, 'pom.xml'), path.join(PROJECT, 'src')], [LIBRARIES]);
  const built = path.join(interopCache, `hapi-${sources.slice(0, 16)}`);
  if (existsSync(built)) return built;
  say('Maven builds HAPI FHIR (about 300 MB the first time).');
  mkdirSync(interopCache, { recursive: true });
  const making = mkdtempSync(path.join(interopCache, 'making-'));
  try {
    await maven([`-Dinterop.build=${making}`, 'process-classes'], PROJECT);
    const libraries = await contentHash([path.join(making, 'lib')]);
    if (libraries !== LIBRARIES) throw new Stop(`HAPI's libraries are not those that were pinned: ${libraries}, not ${LIBRARIES} (evidence/interop/hapi.ts).`);
    for (const older of readdirSync(interopCache).filter((name) => name.startsWith('hapi-'))) rmSync(path.join(interopCache, older), { recursive: true });
    renameSync(making, built);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return built;
}
