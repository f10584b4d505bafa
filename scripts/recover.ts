/**
 * For a practice: opens what a computer could not send any more, with the private half of the site file's recovery key.
 *
 *   npm run recover -- --vault FOLDER --key PRIVATE.jwk --out NEW-FOLDER
 *
 * FOLDER is a vault, or one that was set aside (docs/formats.md, "What the practice can open"). It is copied and never written to. The
 * new folder gets `entries.jsonl`, the audit entries that the practice has no receipt for, and `work/`, what was made and not sent.
 */
import Database from 'better-sqlite3';
import { compactDecrypt, importJWK, type JWK } from 'jose';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { main, say, Stop } from './lib/process.ts';

interface EntryRow { seq: number; body: Buffer; hash: Buffer; signature: Buffer }
interface WorkRow { id: string; kind: string; sealed: string; kept_at: string }

/** @throws Stop with what is missing, or which key the vault is sealed to. */
export async function recover(vault: string, key: JWK, out: string): Promise<{ entries: number; work: number }> {
  const privateKey = await importJWK(key, 'ECDH-ES');
  const open = async (sealed: string) => Buffer.from((await compactDecrypt(sealed, privateKey, { keyManagementAlgorithms: ['ECDH-ES'], contentEncryptionAlgorithms: ['A256GCM'] })).plaintext);
  const { keyring } = JSON.parse(await readFile(path.join(vault, 'keyring.json'), 'utf8')) as { keyring: { recovery: string | null } };
  if (keyring.recovery === null) throw new Stop('This vault was made without a recovery key: its site file named none.');
  const ledgerKey = await open(keyring.recovery).catch(() => {
    throw new Stop('This is not the key that the vault was sealed to.');
  });
  const copy = await mkdtemp(path.join(os.tmpdir(), 'recover-'));
  try {
    for (const name of ['ledger.db', 'ledger.db-wal']) await cp(path.join(vault, name), path.join(copy, name)).catch(() => undefined);
    const db = new Database(path.join(copy, 'ledger.db'), { fileMustExist: true });
    db.pragma(`cipher='chacha20'`);
    db.key(Buffer.concat([Buffer.from('raw:'), ledgerKey]));
    const entries = db.prepare('SELECT seq, body, hash, signature FROM entry JOIN delivery USING (seq) WHERE receipt IS NULL ORDER BY seq').all() as EntryRow[];
    const work = db.prepare('SELECT id, kind, sealed, kept_at FROM work WHERE receipt IS NULL ORDER BY kept_at').all() as WorkRow[];
    db.close();
    await mkdir(out, { mode: 0o700 });
    await mkdir(path.join(out, 'work'), { mode: 0o700 });
    const line = ({ seq, body, hash, signature }: EntryRow) => JSON.stringify({ seq, entry: body.toString('base64'), hash: hash.toString('base64'), signature: signature.toString('base64') });
    await writeFile(path.join(out, 'entries.jsonl'), entries.map((entry) => `${line(entry)}\n`).join(''), { mode: 0o600 });
    for (const { id, kind, sealed, kept_at: keptAt } of work) {
      // The id is the app's own; a file name takes only its harmless part.
      await writeFile(path.join(out, 'work', `${id.replace(/[^\w-]/g, '_')}.json`), JSON.stringify({ id, kind, keptAt, body: (await open(sealed)).toString('utf8') }), { mode: 0o600, flag: 'wx' });
    }
    return { entries: entries.length, work: work.length };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

if (import.meta.main)
  await main(async () => {
    const { vault, key, out } = parseArgs({ options: { vault: { type: 'string' }, key: { type: 'string' }, out: { type: 'string' } } }).values;
    if (!vault || !key || !out) throw new Stop('npm run recover -- --vault FOLDER --key PRIVATE.jwk --out NEW-FOLDER');
    const { entries, work } = await recover(vault, JSON.parse(await readFile(key, 'utf8')) as JWK, out);
    say(`${entries} audit entries and ${work} pieces of work that were not sent are in ${out}. They are patient data: keep them as such.`);
  });
