/**
 * Argon2id at its lowest cost, in place of the real one, for tests that open a vault many times. The wanted cost goes into the salt, so that a
 * changed cost, salt or secret still gives another key.
 */
import type * as Argon2 from '@node-rs/argon2';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';

/** Loaded around whatever stands in for it. */
const real = createRequire(import.meta.url)('@node-rs/argon2') as typeof Argon2;

export const hashRaw: typeof real.hashRaw = (secret, options) => {
  const { memoryCost, timeCost, parallelism, salt } = options ?? {};
  const wanted = createHash('sha256').update(JSON.stringify([memoryCost, timeCost, parallelism])).update(salt ?? '').digest();
  return real.hashRaw(secret, { ...options, salt: wanted, memoryCost: 8, timeCost: 1, parallelism: 1 });
};
