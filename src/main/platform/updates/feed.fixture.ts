/** Keys and feeds for tests. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { feedKeyOf, signFeed } from '../../../../scripts/updates/sign.ts';
import type { PrivateKey } from '../../../../scripts/statements/key.ts';
import type { FeedDocument, FeedFile, FeedKey, Installation } from './feed.ts';

export const NOW = Date.parse('2026-11-20T12:00:00Z');
const DAY = 24 * 3600 * 1000;
export const daysFrom = (days: number): string => new Date(NOW + days * DAY).toISOString();

export function newKey(kid: string): { private: PrivateKey; public: FeedKey } {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const key: PrivateKey = { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', kid, x, d };
  return { private: key, public: feedKeyOf(key) };
}

export const fileOf = (bytes: Buffer, change: Partial<FeedFile> = {}): FeedFile => ({
  kind: 'deb', arch: 'x64', name: 'viewing-room-1.2.0-linux-amd64.deb', size: bytes.length, sha512: createHash('sha512').update(bytes).digest('base64'), ...change,
});

export const INSTALLER = Buffer.from('the bytes of an installer '.repeat(100));

export const documentOf = (change: Partial<FeedDocument> = {}): FeedDocument => ({
  version: 1, release: '1.2.0', issuedAt: daysFrom(-1), expires: daysFrom(29), minimum: '1.0.0', rollout: 100, notes: 'Clearer captions.', files: [fileOf(INSTALLER)], ...change,
});

export const signed = (change: Partial<FeedDocument>, ...keys: { private: PrivateKey }[]): Promise<Buffer> => signFeed(documentOf(change), keys.map((key) => key.private));

export const installation: Installation = { version: '1.1.0', device: '00000000-0000-4000-8000-000000000000', kind: 'deb', arch: 'x64' };
