/** Keys that the site file names by address and SHA-256 instead of holding them: fetched once, and only ever the bytes that were named. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './platform/failure.ts';
import { parseStrict } from './platform/json.ts';
import { heard, unanswered } from './platform/heard.ts';
import { readBytes, type Fetch } from './service/http.ts';
import { type KeyFile, KeySet, type Site, type TrustedKey, uniqueKeys } from './site.ts';

const LIMIT = 256 * 1024;
const TIMEOUT_MS = 20_000;

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('base64url');

/**
 * The site with the keys of its key files beside those that it holds. A file that was fetched before is kept in `folder`, where its digest guards
 * it as it did on the way. Throws `practice-unreachable` when a file is not here and cannot be fetched, `site-file-invalid` when it is not the one.
 */
export async function withFetchedKeys(site: Site, fetch: Fetch, folder: string): Promise<Site> {
  const { manifest, transcriber, assignment } = site.keyFiles;
  const add = async (name: string, own: TrustedKey[], file: KeyFile | undefined): Promise<TrustedKey[]> => {
    if (!file) return own;
    const all = uniqueKeys.safeParse([...own, ...await keysOf(name, file, fetch, folder)]);
    if (!all.success) throw wrong(name, 'keys of a kid that no other key has');
    return all.data;
  };
  return {
    ...site, manifestKeys: await add('manifest', site.manifestKeys, manifest), transcriberKeys: await add('transcriber', site.transcriberKeys, transcriber),
    assignmentKeys: await add('assignment', site.assignmentKeys, assignment),
  };
}

const wrong = (name: string, expected: string, cause?: unknown) => new Failure('site-file-invalid', 'key file is not as named', { field: `keyFiles.${name}`, expected }, { cause });

async function keysOf(name: string, { url, sha256 }: KeyFile, fetch: Fetch, folder: string): Promise<TrustedKey[]> {
  const kept = join(folder, `${sha256}.json`);
  let bytes = read(kept);
  if (!bytes || digest(bytes) !== sha256) {
    bytes = await download(url, fetch);
    if (digest(bytes) !== sha256) throw wrong(name, 'the file whose SHA-256 is given; the address answers another');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(kept, bytes, { mode: 0o600 });
  }
  try {
    return KeySet.parse(parseStrict(bytes.toString('utf8'))).keys;
  } catch (error) {
    throw wrong(name, 'a JWK Set of public keys with kid and alg', error);
  }
}

function read(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

async function download(url: string, fetch: Fetch): Promise<Buffer> {
  try {
    // From the address that the practice's IT named and no other, without whatever else this computer knows of it.
    const response = await heard(fetch)(url, { redirect: 'error', credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return await readBytes(response, LIMIT);
  } catch (error) {
    throw new Failure('practice-unreachable', 'key file cannot be fetched', unanswered(error).detail, { cause: error });
  }
}
