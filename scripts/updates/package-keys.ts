/** The keys that a package trusts feeds by. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { cache, root } from '../lib/paths.ts';
import { Stop } from '../lib/process.ts';
import { keygen, readKey } from '../statements/key.ts';
import { readKeySet } from './folder.ts';
import { feedKeyOf } from './sign.ts';

const releaseKeys = path.join(root, 'resources/update-keys.json');
const demo = path.join(cache, 'updates');
/** Of the key of packages to try out: made once for each checkout, so that tests can sign feeds. */
export const demoPrivateKey = path.join(demo, 'demo-private.jwk');

/** The file to package as `update-keys.json`. @param own a release's @throws Stop when a release has no keys of its own */
export async function updateKeysFor({ demo: isDemo }: { demo: boolean }, own = releaseKeys): Promise<string> {
  if (isDemo) return demoKeys();
  if (!existsSync(own)) {
    throw new Stop('There is no resources/update-keys.json: a release without the public keys of its update feed could never be updated. Make a key (npm run feed -- keygen --out PRIVATE.jwk), keep it away from this repository, and put what it prints into that file.');
  }
  await readKeySet(own);
  return own;
}

async function demoKeys(): Promise<string> {
  const file = path.join(demo, 'update-keys.json');
  await mkdir(demo, { recursive: true });
  if (!existsSync(demoPrivateKey)) {
    await keygen(demoPrivateKey, 'EdDSA');
    // Worth nothing, and the end-to-end tests read it as an ordinary user.
    await chmod(demoPrivateKey, 0o644);
  }
  await writeFile(file, `${JSON.stringify({ keys: [feedKeyOf(await readKey(demoPrivateKey))] }, null, 2)}\n`);
  return file;
}
