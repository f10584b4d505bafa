/** The key with which a manager signs assignments on this computer. The practice's IT adds its public half to the site file; until then it signs nothing that counts. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { readStatement, type Refused } from '../../assurance/signed.ts';
import { publicJwk, signStatement } from '../../assurance/signing.ts';
import { signingKey } from '../../audit/chain.ts';
import type { SignedStatement } from '../../service/offered.ts';
import type { TrustedKey } from '../../site.ts';
import type { Desk } from '../desk.ts';
import { managerHere, type Manager } from './acts.ts';

export interface ConsoleKey {
  privateKey: KeyObject;
  jwk: TrustedKey;
}

export async function consoleKey({ vault }: Manager): Promise<ConsoleKey> {
  const seed = vault.assignmentSeed();
  const privateKey = signingKey(seed);
  seed.fill(0);
  return { privateKey, jwk: await publicJwk(createPublicKey(privateKey)) };
}

/** ISO time to the second, as statements have it. */
export const moment = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** Signs, and asks what every app of the practice will say to it. */
export async function signFor(desk: Desk, { privateKey, jwk }: ConsoleKey, statement: { issuedAt: string }, schema: z.ZodType<{ issuedAt: string }>): Promise<SignedStatement | Refused> {
  const signed = await signStatement(Buffer.from(JSON.stringify(statement)), privateKey, jwk.kid, 'consult-assignment+jws', statement.issuedAt);
  const read = await readStatement(schema, signed, desk.site.assignmentKeys);
  return typeof read === 'string' ? read : signed;
}

/** The public half of this manager's key on this computer, as text for the site file's `assignmentKeys`, and whether it counts there. */
export async function assignmentKey(desk: Desk): Promise<{ jwk: string; standing: 'trusted' | 'unknown' | 'retired' }> {
  const key = await consoleKey(managerHere(desk));
  const signed = await signFor(desk, key, { issuedAt: moment(desk.now()) }, z.object({ issuedAt: z.string() }));
  return { jwk: JSON.stringify(key.jwk), standing: typeof signed !== 'string' ? 'trusted' : signed === 'retired' ? 'retired' : 'unknown' };
}
