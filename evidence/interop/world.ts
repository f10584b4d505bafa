/** HAPI FHIR with the demo practice's seed, Keycloak with its people, and the gateway in front of both of them: a practice that others wrote. */
import { personCalled, type Person } from '../../practice/people.ts';
import { siteFile, type SiteFile } from '../../practice/site.ts';
import { startGateway, type Gateway } from './gateway/gateway.ts';
import { startHapi } from './hapi.ts';
import { startKeycloak } from './keycloak.ts';
import { Provider } from './oidc.ts';
import { freePort, runFolder, type Peer } from './peer.ts';
import { REALM } from './realm.ts';
import { seed, Staff, type Seeded } from './seed.ts';

/** HAPI gives 50 a page: whose Tasks these are, their reviews are on the second. */
export const OTHER_WORK = { of: personCalled('cara'), count: 60 };

export type Server = 'hapi' | 'keycloak';

export interface World {
  gateway: Gateway;
  seeded: Seeded;
  staff: Staff;
  provider: Provider;
  siteFile(): SiteFile;
  /** Name → version. */
  servers: Record<string, string>;
  halt(which: Server): Promise<void>;
  /** Started again in the same place, with what it had. */
  resume(which: Server): Promise<void>;
  stop(): Promise<void>;
}

export async function startWorld({ accessTokenSeconds }: { accessTokenSeconds: number }): Promise<World> {
  const [hapiAt, keycloakAt] = [{ port: await freePort(), folder: runFolder('hapi') }, { port: await freePort(), folder: runFolder('keycloak') }];
  const issuer = `http://127.0.0.1:${keycloakAt.port}/realms/${REALM}`;
  const peers = new Map<Server, Peer>();
  let gateway: Gateway | undefined;
  const stop = async (): Promise<void> => {
    await gateway?.stop();
    for (const peer of peers.values()) await peer.stop();
  };
  try {
    // One after the other: each start takes all the cores there are.
    const hapi = await startHapi(hapiAt);
    peers.set('hapi', hapi);
    const seeded = await seed(hapi.url, OTHER_WORK);
    const front = gateway = await startGateway({ hapi: hapi.url, issuer });
    const practitionerId = (person: Person): string => seeded.practitioner(person).split('/')[1] ?? '';
    const starts = { hapi: () => startHapi(hapiAt), keycloak: () => startKeycloak({ ...keycloakAt, fhirBase: front.fhirBase, practitionerId, accessTokenSeconds }) };
    peers.set('keycloak', await starts.keycloak());
    return {
      gateway, seeded, stop, provider: new Provider(issuer, front.fhirBase),
      staff: new Staff(seeded, () => front.changed()),
      siteFile: () => ({ ...siteFile('http://127.0.0.1'), fhirBase: front.fhirBase, issuer }),
      servers: Object.fromEntries([...peers.values()].map(({ name, version }) => [name, version])),
      halt: async (which) => peers.get(which)?.stop(),
      resume: async (which) => void peers.set(which, await starts[which]()),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
