/**
 * `--test-command=export-key RECORDING --out FILE`: what another program needs to open one sealed recording (docs/formats.md). Takes
 * what the app takes, the keychain entry and the secret, and counts a wrong secret as the app does. It reads keyring and library
 * itself: unlocking the vault would finish work that the app has to record, and a vault that gives out keys must not be shipped.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeOf, vaultIds, type Where } from '../journeys/vaults.ts';
import { Failure } from '../platform/failure.ts';
import { openDatabase } from '../platform/database.ts';
import { Keyring, type OpenKeys, wipeKeys } from '../vault/keyring.ts';
import { Library, libraryMigrations, type SealedRow } from '../vault/library.ts';
import { Limiter } from '../vault/limiter.ts';
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
  const place = placeOf(machine, id);
  const keyring = await Keyring.load(place);
  try {
    const opened = await unlocked(keyring, new Limiter(place.keychain, keyring.account), secret);
    try {
      const row = sealedRow(place.folder, opened, recording);
      const keys = opened.find(({ epoch }) => epoch === row.epoch);
      if (!keys) throw refusal('the key of this recording is of another epoch than the keyring');
      const { plainBytes, manifestSha256, mediaSha256 } = row;
      const key = unwrap(keys.kek, row.wrappedKey, `${keyring.account} ${recording} ${row.epoch} ${plainBytes}`);
      return { recording, key: key.toString('base64url'), manifestSha256, plainBytes, mediaSha256, parts: row.parts.map(({ file }) => join(place.folder, 'media', file)) };
    } finally {
      opened.forEach(wipeKeys);
    }
  } finally {
    keyring.close();
  }
}

/** Two sets of keys when renewing them was cut short. What the last wrong secret destroys, the app destroys and records when it starts. */
async function unlocked(keyring: Keyring, limiter: Limiter, secret: string): Promise<OpenKeys[]> {
  const { left, retryAt } = await limiter.state();
  if (left === 0 || (retryAt !== null && Date.now() < retryAt)) throw refusal(left === 0 ? 'no attempts left' : 'wait before the next attempt');
  const opened = await keyring.tryUnlock(secret, limiter.count(Date.now()));
  if (!opened) throw new Failure('wrong-secret', 'wrong secret');
  await limiter.forgive();
  return opened;
}

function sealedRow(folder: string, [keys]: OpenKeys[], recording: string): SealedRow {
  if (!keys) throw refusal('no secret is set');
  const library = new Library(openDatabase(join(folder, 'library.db'), Buffer.from(keys.libraryKey), libraryMigrations, true, 'library-corrupt'), () => undefined);
  try {
    const row = library.sealed(recording);
    if (!row) throw refusal('this recording has no sealed copy here');
    return row;
  } finally {
    library.close();
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
