import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadVault } from '../journeys/vaults.ts';
import { computerTag } from '../platform/computer.ts';
import { Keychain } from '../vault/keychain.ts';
import { MemoryKeychain } from '../vault/keychain.fixture.ts';
import { sealerInProcess } from '../vault/sealer/sealer.fixture.ts';
import { assuredFor, keep, PIN, SECRET } from '../vault/vault.fixture.ts';
import { exportKey } from './exportKey.ts';

const bytes = randomBytes(300_000);
const keychain = new Keychain(new MemoryKeychain());
let profile: string;
const machine = () => ({ profile, device: 'device', computer: computerTag('test'), keychain, startSealer: sealerInProcess });
beforeEach(() => {
  profile = mkdtempSync(join(tmpdir(), 'export-key-'));
});
afterEach(() => rmSync(profile, { recursive: true, force: true }));

async function vaultWith(recording: boolean): Promise<{ id: string; recording: string }> {
  const id = randomUUID().replaceAll('-', '');
  const vault = await loadVault({ machine: machine(), site: { recoveryKey: null } }, id);
  await vault.setSecret(SECRET, PIN);
  const assured = await assuredFor(bytes);
  if (recording) await keep(vault, assured, bytes);
  vault.close();
  return { id, recording: assured.recording };
}
async function attemptsLeft(id: string): Promise<number> {
  const vault = await loadVault({ machine: machine(), site: { recoveryKey: null } }, id);
  const { left } = await vault.attempts();
  vault.close();
  return left;
}

describe('exporting a key', () => {
  it('gives the key, the digests and every part in order, and leaves the vault as it was', async () => {
    const { id, recording } = await vaultWith(true);
    const exported = await exportKey(machine(), null, recording, SECRET);
    expect(exported).toMatchObject({ recording, plainBytes: bytes.length });
    expect(Buffer.from(exported.key, 'base64url')).toHaveLength(32);
    expect(exported.parts.map((part) => statSync(part).isFile())).toEqual([true]);
    expect(await exportKey(machine(), id, recording, SECRET)).toEqual(exported);
  });

  it('gives the same key after the keys that wrap it were renewed', async () => {
    const { id, recording } = await vaultWith(true);
    const before = await exportKey(machine(), null, recording, SECRET);
    const vault = await loadVault({ machine: machine(), site: { recoveryKey: null } }, id);
    await vault.unlock(SECRET, Date.now());
    await vault.changeSecret(SECRET, '739152', PIN, Date.now());
    vault.close();
    expect(await exportKey(machine(), null, recording, '739152')).toEqual(before);
    await expect(exportKey(machine(), null, recording, SECRET)).rejects.toMatchObject({ code: 'wrong-secret' });
  });

  it('leaves to the app what the last wrong secret destroys, because the app records it', async () => {
    const { id, recording } = await vaultWith(true);
    const { parts } = await exportKey(machine(), null, recording, SECRET);
    const clock = vi.spyOn(Date, 'now');
    for (let tries = 0; tries < 10; tries += 1) {
      clock.mockReturnValue(Date.UTC(2030, 0, 1 + tries));
      await expect(exportKey(machine(), null, recording, '000111')).rejects.toMatchObject({ code: 'wrong-secret' });
    }
    clock.mockRestore();
    await expect(exportKey(machine(), null, recording, SECRET)).rejects.toThrow(/no attempts left/);
    expect(parts.every((part) => statSync(part).isFile())).toBe(true);
    const vault = await loadVault({ machine: machine(), site: { recoveryKey: null } }, id);
    await expect(vault.unlock(SECRET, Date.now())).rejects.toMatchObject({ code: 'too-many-attempts' });
    vault.close();
  });

  it('counts a wrong secret as the app does', async () => {
    const { id, recording } = await vaultWith(true);
    await expect(exportKey(machine(), null, recording, '000111')).rejects.toMatchObject({ code: 'wrong-secret' });
    expect(await attemptsLeft(id)).toBe(9);
  });

  it('tries no secret where it is not said which vault is meant', async () => {
    const [one, other] = [await vaultWith(true), await vaultWith(false)];
    await expect(exportKey(machine(), null, one.recording, '000111')).rejects.toThrow(/several vaults/);
    expect([await attemptsLeft(one.id), await attemptsLeft(other.id)]).toEqual([10, 10]);
    expect(await exportKey(machine(), one.id, one.recording, SECRET)).toMatchObject({ recording: one.recording });
    await expect(exportKey(machine(), other.id, one.recording, SECRET)).rejects.toThrow(/no sealed copy/);
  });

  it('makes nothing in a folder that is no profile', async () => {
    await expect(exportKey(machine(), null, 'urn:uuid:none', SECRET)).rejects.toThrow(/no such vault/);
    expect(readdirSync(profile)).toEqual([]);
  });
});
