/** Imported with `--import`, before the vault: whoever asks for Argon2id gets the cheap one, for classes that open a vault hundreds of thousands of times. */
import { registerHooks } from 'node:module';

export { hashRaw } from '../../src/main/vault/cheapArgon.fixture.ts';

registerHooks({
  resolve: (specifier, context, next) => (specifier === '@node-rs/argon2' ? { url: import.meta.url, format: 'module-typescript', shortCircuit: true } : next(specifier, context)),
});
