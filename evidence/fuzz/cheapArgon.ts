/**
 * Argon2id at its lowest cost, in place of the real one, for classes that open a vault hundreds of thousands of times. The wanted
 * cost goes into the salt, so that a changed cost, salt or secret still gives another key.
 */
import type * as Argon2 from '@node-rs/argon2';
import { createHash } from 'node:crypto';
import { createRequire, registerHooks } from 'node:module';

const real = createRequire(import.meta.url)('@node-rs/argon2') as typeof Argon2;

export const hashRaw: typeof real.hashRaw = (secret, options) => {
  const { memoryCost, timeCost, parallelism, salt } = options ?? {};
  const wanted = createHash('sha256').update(JSON.stringify([memoryCost, timeCost, parallelism])).update(salt ?? '').digest();
  return real.hashRaw(secret, { ...options, salt: wanted, memoryCost: 8, timeCost: 1, parallelism: 1 });
};

/** Imported with `--import`, before the vault. */
registerHooks({
  resolve: (specifier, context, next) => (specifier === '@node-rs/argon2' && context.parentURL !== import.meta.url ? { url: import.meta.url, format: 'module-typescript', shortCircuit: true } : next(specifier, context)),
});
