/**
 * `--test-command=export-key RECORDING --out FILE`: what another program needs to open one sealed recording (docs/formats.md). Takes
 * what the app takes, the keychain entry and the secret, and goes through the vault's own unlocking: a wrong secret is counted.
 * The recording's key is unwrapped here and not in the vault, so that the shipped vault has no way to give one out.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadVault, placeOf, vaultIds, type Where } from '../journeys/vaults.ts';
import { Keyring, wipeKeys } from '../vault/keyring.ts';
import { unwrap } from '../vault/wrap.ts';
import type { Invocation } from './commands.ts';

export interface ExportedKey {
  recording: string;
  /** 32 bytes, base64url; so are both digests. */
  key: string;
  manifestSha256: string;
  plainBytes: number;
  mediaSha256: string;
  /** Absolute paths, in order. */
  parts: string[];
}

const refusal = (why: string) => new Error(`test-command export-key: ${why}`);

/** @param vault which of the profile's vaults; null where there is one. Throws the vault's own failures as well. */
export async function exportKey(machine: Where['machine'], vault: string | null, recording: string, secret: string): Promise<ExportedKey> {
  const ids = vaultIds(machine.profile);
  const [id] = vault === null ? ids : ids.filter((one) => one === vault);
  if (id === undefined) throw refusal('there is no such vault in this profile');
  // Trying a secret on every vault would use up the attempts of the others.
  if (vault === null && ids.length > 1) throw refusal(`this profile has several vaults; add --vault and one of ${ids.join(', ')}`);
  const opened = await loadVault({ machine, site: { recoveryKey: null } }, id);
  try {
    await opened.unlock(secret, Date.now());
    const row = opened.library.sealed(recording);
    if (!row) throw refusal('this recording has no sealed copy here');
    const place = placeOf(machine, id);
    const keyring = await Keyring.load(place);
    const keys = (await keyring.tryUnlock(secret))?.find(({ epoch }) => epoch === row.epoch);
    if (!keys) throw refusal('the secret that opened the vault does not open its keyring');
    const { plainBytes, manifestSha256, mediaSha256 } = row;
    const key = unwrap(keys.kek, row.wrappedKey, `${keyring.account} ${recording} ${row.epoch} ${plainBytes}`);
    wipeKeys(keys);
    return { recording, key: key.toString('base64url'), manifestSha256, plainBytes, mediaSha256, parts: row.parts.map(({ file }) => join(place.folder, 'media', file)) };
  } finally {
    opened.close();
  }
}

/** Writes the export for its owner's eyes, and over nothing. */
export async function runExportKey({ operand, option, machine, secret, say }: Invocation): Promise<number> {
  const out = option('out');
  if (operand === null || out === null) throw refusal('name the recording (urn:uuid:…) and --out FILE; the secret comes by standard input');
  const exported = await exportKey(machine, option('vault'), operand, await secret());
  writeFileSync(out, `${JSON.stringify(exported, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
  say(`test-command export-key: ${exported.parts.length} sealed part(s), ${exported.plainBytes} bytes of media; this file opens the recording: ${out}`);
  return 0;
}
