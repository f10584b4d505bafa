import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deviceId, loadVault } from '../journeys/vaults.ts';
import { Keychain } from '../vault/keychain.ts';
import { MemoryKeychain } from '../vault/keychain.fixture.ts';
import { assuredFor, keep, PIN, SECRET } from '../vault/vault.fixture.ts';
import { exportKey } from './exportKey.ts';

const bytes = randomBytes(300_000);
const keychain = new Keychain(new MemoryKeychain());
let profile: string;
beforeEach(() => {
  profile = mkdtempSync(join(tmpdir(), 'export-key-'));
});
afterEach(() => rmSync(profile, { recursive: true, force: true }));

async function vaultWith(recording: boolean): Promise<{ id: string; recording: string }> {
  const id = randomUUID().replaceAll('-', '');
  const vault = await loadVault(profile, deviceId(profile), keychain, id);
  await vault.setSecret(SECRET, PIN);
  const assured = await assuredFor(bytes);
  if (recording) await keep(vault, assured, bytes);
  vault.close();
  return { id, recording: assured.recording };
}
async function attemptsLeft(id: string): Promise<number> {
  const vault = await loadVault(profile, deviceId(profile), keychain, id);
  const { left } = await vault.attempts();
  vault.close();
  return left;
}

describe('exporting a key', () => {
  it('gives the key, the digests and every part in order, and leaves the vault as it was', async () => {
    const { id, recording } = await vaultWith(true);
    const exported = await exportKey(profile, null, keychain, recording, SECRET);
    expect(exported).toMatchObject({ recording, plainBytes: bytes.length });
    expect(Buffer.from(exported.key, 'base64url')).toHaveLength(32);
    expect(exported.parts.map((part) => statSync(part).isFile())).toEqual([true]);
    expect(await exportKey(profile, id, keychain, recording, SECRET)).toEqual(exported);
  });

  it('counts a wrong secret as the app does', async () => {
    const { id, recording } = await vaultWith(true);
    await expect(exportKey(profile, null, keychain, recording, '000111')).rejects.toMatchObject({ code: 'wrong-secret' });
    expect(await attemptsLeft(id)).toBe(9);
  });

  it('tries no secret where it is not said which vault is meant', async () => {
    const [one, other] = [await vaultWith(true), await vaultWith(false)];
    await expect(exportKey(profile, null, keychain, one.recording, '000111')).rejects.toThrow(/several vaults/);
    expect([await attemptsLeft(one.id), await attemptsLeft(other.id)]).toEqual([10, 10]);
    expect(await exportKey(profile, one.id, keychain, one.recording, SECRET)).toMatchObject({ recording: one.recording });
    await expect(exportKey(profile, other.id, keychain, one.recording, SECRET)).rejects.toThrow(/no sealed copy/);
  });

  it('makes nothing in a folder that is no profile', async () => {
    await expect(exportKey(profile, null, keychain, 'urn:uuid:none', SECRET)).rejects.toThrow(/no such vault/);
    expect(readdirSync(profile)).toEqual([]);
  });
});
