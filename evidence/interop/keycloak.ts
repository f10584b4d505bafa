/** Keycloak from Maven Central, with the demo practice's people in a realm of its own; development mode, H2 in a folder. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { must, say, Stop } from '../../scripts/lib/process.ts';
import { interopCache, startPeer, type Peer, type Where } from './peer.ts';
import { REALM, realm, type RealmOptions } from './realm.ts';
import { javaOptions, maven } from './toolchain.ts';

const VERSION = '26.7.3';
const SHA256 = '77657f30b7e90d70f727712ce1c967f430fd6a5e9f458d32d8c6df0635345f47';
/** A fixed version: the one that the super POM names depends on the Maven that is installed. */
const DEPENDENCY_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.0';

/** Who may use Keycloak's own console and admin interface, on loopback, while it runs. */
export const admin = { username: 'interop-admin', password: 'interop-admin-1' };

export async function startKeycloak({ port, folder, ...options }: Where & RealmOptions): Promise<Peer> {
  const home = await unpacked();
  // A realm that the database has already is left as it is.
  const imported = path.join(home, 'data/import');
  mkdirSync(imported, { recursive: true });
  writeFileSync(path.join(imported, `${REALM}-realm.json`), JSON.stringify(realm(options)));
  const address = `http://127.0.0.1:${port}`;
  const url = `${address}/realms/${REALM}`;
  return startPeer({
    name: 'keycloak', version: VERSION, url, health: `${url}/.well-known/openid-configuration`,
    command: path.join(home, 'bin/kc.sh'),
    args: [
      'start-dev', '--http-host', '127.0.0.1', '--http-port', String(port), '--hostname', address, '--import-realm',
      '--db', 'dev-file', '--db-url', `jdbc:h2:file:${path.join(folder, 'h2')};NON_KEYWORDS=VALUE`,
    ],
    env: { KC_BOOTSTRAP_ADMIN_USERNAME: admin.username, KC_BOOTSTRAP_ADMIN_PASSWORD: admin.password, JAVA_OPTS_APPEND: ['-XX:-UseG1GC', ...javaOptions].join(' ') },
  });
}

/** The distribution, unpacked once. */
async function unpacked(): Promise<string> {
  const home = path.join(interopCache, `keycloak-${VERSION}-${SHA256.slice(0, 16)}`);
  if (existsSync(home)) return home;
  say('Keycloak is fetched with Maven (176 MB the first time).');
  mkdirSync(interopCache, { recursive: true });
  const making = mkdtempSync(path.join(interopCache, 'making-'));
  try {
    await maven([`${DEPENDENCY_PLUGIN}:copy`, `-Dartifact=org.keycloak:keycloak-quarkus-dist:${VERSION}:tar.gz`, `-DoutputDirectory=${making}`], making);
    const archive = path.join(making, `keycloak-quarkus-dist-${VERSION}.tar.gz`);
    const hash = createHash('sha256');
    await pipeline(createReadStream(archive), hash);
    const digest = hash.digest('hex');
    if (digest !== SHA256) throw new Stop(`Keycloak ${VERSION} is not the one that was pinned: SHA-256 ${digest}, not ${SHA256} (evidence/interop/keycloak.ts).`);
    await must('tar', ['-xzf', archive, '-C', making]);
    renameSync(path.join(making, `keycloak-${VERSION}`), home);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return home;
}
