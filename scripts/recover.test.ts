import { exportJWK, generateKeyPair } from 'jose';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RecoveryKey } from '../src/main/vault/recovery.ts';
import { TestVaults } from '../src/main/vault/vault.fixture.ts';
import { Vault } from '../src/main/vault/vault.ts';
import { recover } from './recover.ts';

let vaults: TestVaults;
beforeEach(() => {
  vaults = new TestVaults();
});
afterEach(() => vaults.remove());

async function keyPair(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
  return { privateJwk: await exportJWK(privateKey), publicJwk: { ...await exportJWK(publicKey), kid, alg: 'ECDH-ES' } as RecoveryKey };
}

/** A vault with two entries, the first of them delivered, and one piece of work. */
async function leave(recoveryKey: RecoveryKey | null): Promise<void> {
  const vault = await Vault.load('id', vaults.place(), recoveryKey, vaults.startSealer);
  for (const seq of [1, 2]) vault.ledger.append({ seq, body: Buffer.from(`{"seq":${seq}}`), hash: Buffer.alloc(32, seq), signature: Buffer.alloc(64) });
  vault.ledger.delivered(1, 'AuditEvent/1');
  await vault.keepWork('note/../1', 'note', Buffer.from('what was written'), '2026-11-20T12:00:00Z');
  vault.close();
  await Vault.allLeft();
  // The computer's keychain is lost.
  vaults.api.entries.clear();
}

it('gives a practice what a lost keychain would have kept from it', async () => {
  const { privateJwk, publicJwk } = await keyPair('one');
  await leave(publicJwk);
  const before = readFileSync(join(vaults.folder, 'ledger.db'));
  const out = join(vaults.root, 'out');
  expect(await recover(vaults.folder, privateJwk, out)).toEqual({ entries: 1, work: 1 });
  const [entry] = readFileSync(join(out, 'entries.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { seq: number; entry: string });
  expect([entry?.seq, Buffer.from(entry?.entry ?? '', 'base64').toString()]).toEqual([2, '{"seq":2}']);
  const [work] = readdirSync(join(out, 'work'));
  expect(JSON.parse(readFileSync(join(out, 'work', work ?? ''), 'utf8'))).toMatchObject({ kind: 'note', body: 'what was written' });
  expect(readFileSync(join(vaults.folder, 'ledger.db')).equals(before)).toBe(true);
});

it('opens nothing with another key, or where there was none', async () => {
  const [one, other] = [await keyPair('one'), await keyPair('other')];
  await leave(one.publicJwk);
  await expect(recover(vaults.folder, other.privateJwk, join(vaults.root, 'out'))).rejects.toThrow(/not the key/);
  expect(existsSync(join(vaults.root, 'out'))).toBe(false);
  vaults.remove();
  vaults = new TestVaults();
  await leave(null);
  await expect(recover(vaults.folder, one.privateJwk, join(vaults.root, 'out'))).rejects.toThrow(/named none/);
});

it('follows a practice that changes its recovery key', async () => {
  const [one, other] = [await keyPair('one'), await keyPair('other')];
  const vault = await Vault.load('id', vaults.place(), one.publicJwk, vaults.startSealer);
  vault.close();
  const again = await Vault.load('id', vaults.place(), other.publicJwk, vaults.startSealer);
  again.close();
  expect(await recover(vaults.folder, other.privateJwk, join(vaults.root, 'out'))).toEqual({ entries: 0, work: 0 });
});
