import { beforeAll, describe, expect, it } from 'vitest';
import { newSigner, newSigners, signed, type Signers } from './assurance.fixture.ts';
import { signedBy } from './signed.ts';

let signers: Signers;
beforeAll(async () => {
  signers = await newSigners();
});
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const held = async (statement: { bytes: string; jws: string }, keys = [signers.recorder.trusted, signers.recorderES256.trusted]) => {
  const found = await signedBy(statement, keys);
  return found === null ? null : found.bytes.toString();
};

describe('signed bytes', () => {
  it('come back exactly as they were signed', async () => {
    for (const by of [signers.recorder, signers.recorderES256]) expect(await held(await signed(' {"a": 1}\r\n', by))).toBe(' {"a": 1}\r\n');
  });

  it('may name Ed25519 by its old or its new name', async () => {
    const { kty, crv, x, kid } = signers.recorder.trusted;
    for (const [inKey, inHeader] of [['EdDSA', 'Ed25519'], ['Ed25519', 'EdDSA'], ['Ed25519', 'Ed25519']] as const) {
      expect(await held(await signed('{}', signers.recorder, { alg: inHeader }), [{ kty, crv, x, kid, alg: inKey }])).toBe('{}');
    }
  });

  it.each<[string, (jws: string) => string]>([
    ['a fourth part', (jws) => `${jws}.`], ['a fourth part of something', (jws) => `${jws}.AAAA`], ['two parts', (jws) => jws.replace('..', '.')], ['one part', (jws) => jws.replaceAll('.', '')], ['no signature', (jws) => jws.replace(/[^.]*$/, '')],
    ['no header', (jws) => jws.replace(/^[^.]*/, '')], ['a header of null', (jws) => jws.replace(/^[^.]*/, encode(null))], ['a header that is not JSON', (jws) => jws.replace(/^[^.]*/, 'AAAA')],
    ['a space for a payload', (jws) => jws.replace('..', '. .')],
  ])('with %s are refused', async (_what, change) => {
    const { bytes, jws } = await signed('{}', signers.recorder);
    expect(await held({ bytes, jws: change(jws) })).toBeNull();
  });

  it('without a kid are refused, even by the only key that there is', async () => {
    expect(await held(await signed('{}', signers.recorder, { kid: undefined }), [signers.recorder.trusted])).toBeNull();
    expect(await held(await signed('{}', signers.recorder), [])).toBeNull();
  });

  it('are refused when the signer demands what is not understood', async () => {
    const header = encode({ alg: 'EdDSA', kid: 'recorder', crit: ['exp'], exp: 1 });
    const { sign } = await import('node:crypto');
    const { KeyObject } = await import('node:crypto');
    const bytes = Buffer.from('{}');
    const signature = sign(null, Buffer.from(`${header}.${bytes.toString('base64url')}`), KeyObject.from(signers.recorder.private)).toString('base64url');
    expect(await held({ bytes: bytes.toString('base64'), jws: `${header}..${signature}` })).toBeNull();
  });

  it('by a key that cannot be read are refused and stop nothing', async () => {
    const broken = { ...signers.recorderES256.trusted, x: 'AAAA' };
    expect(await held(await signed('{}', signers.recorderES256), [broken])).toBeNull();
    expect(await held(await signed('{}', signers.recorder), [signers.recorderES256.trusted, signers.recorder.trusted])).toBe('{}');
  });

  it('are of the key’s own algorithm', async () => {
    // The same name for a key of each kind: the one that the site file has decides.
    const es256 = await newSigner('recorder', 'ES256');
    expect(await held(await signed('{}', es256), [signers.recorder.trusted])).toBeNull();
    expect(await held(await signed('{}', signers.recorder), [es256.trusted])).toBeNull();
  });
});
