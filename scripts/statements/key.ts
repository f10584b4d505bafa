/** Signing keys: the private half is a JWK in a file of its owner's; the public half goes into the site file. */
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { TrustedKey } from '../../src/main/site.ts';
import { Stop } from '../lib/process.ts';
import { bytesOf, jsonOf } from './files.ts';

export const algorithms = ['EdDSA', 'ES256'] as const;

const shared = { kid: z.string().min(1), x: z.string().min(1), d: z.string().min(1) };
const PrivateKey = z.discriminatedUnion('kty', [
  z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), alg: z.enum(['EdDSA', 'Ed25519']), ...shared }),
  z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), alg: z.literal('ES256'), ...shared, y: z.string().min(1) }),
]);
export type PrivateKey = z.infer<typeof PrivateKey>;

/** Makes a key pair and writes its private half, readable by its owner alone. Never over another file: that may be the only copy of a key. */
export async function keygen(file: string, alg: (typeof algorithms)[number]): Promise<TrustedKey> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true, ...(alg === 'EdDSA' ? { crv: 'Ed25519' } : {}) });
  const jwk = await exportJWK(privateKey);
  const key = PrivateKey.parse({ ...jwk, kid: await calculateJwkThumbprint(jwk), alg });
  await writeFile(file, `${JSON.stringify(key, null, 2)}\n`, { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw new Stop(code === 'EEXIST' ? `${file} exists already and was left as it is. Name another file.` : `${file} cannot be written (${code ?? String(error)}).`);
  });
  return publicHalf(key);
}

/** The form that the site file's key lists take: nothing private, and nothing that they do not know. */
export function publicHalf(key: PrivateKey): TrustedKey {
  const { kty, crv, alg, kid, x } = key;
  return { kty, crv, x, ...(key.kty === 'EC' ? { y: key.y } : {}), kid, alg };
}

export async function readKey(file: string): Promise<PrivateKey> {
  const value = jsonOf(file, await bytesOf(file));
  const parsed = PrivateKey.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue?.path[0] === 'd') throw new Stop(`${file} holds no private key (its member d is missing): it is the half for the site file, which signs nothing.`);
  throw new Stop(`${file} is not a signing key: ${(issue?.path ?? []).join('.') || 'the whole file'} is wrong. Needed is a private Ed25519 or P-256 JWK with kid and alg, as keygen makes it.`);
}
