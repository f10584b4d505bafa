import { compactDecrypt, CompactEncrypt, importJWK, type JWK } from 'jose';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { meanings } from '../scripts/site-fields/meanings.ts';
import { withFields } from '../scripts/site-fields/table.ts';
import { siteFile } from '../src/main/site.fixture.ts';
import { parseSite } from '../src/main/site.ts';

const page = readFileSync(path.join(import.meta.dirname, 'site-file.md'), 'utf8');

/** Names of fields, as the table has them. */
const namesIn = (texts: object, above = ''): string[] => Object.entries(texts).flatMap(([name, text]) => (typeof text === 'string' ? [above + name] : namesIn(text as object, `${above}${name}.`)));

it('the table of fields is what the schema gives (npm run docs:site-file)', () => {
  expect(page).toBe(withFields(page));
});

it('the table has each field once, and no text in it breaks a row', () => {
  const rows = page.split('\n').filter((line) => /^\| `[\w.]+` \| /.test(line));
  expect(rows.map((row) => /`([\w.]+)`/.exec(row)?.[1]).sort()).toEqual(namesIn(meanings).sort());
  for (const row of rows) expect(row.split(' | ')).toHaveLength(4);
});

it('the complete example is a site file, and has every field', () => {
  const text = /```json\n([^]*?)```/.exec(page)?.[1] ?? '';
  const given = JSON.parse(text) as Record<string, unknown>;
  const { manifestKeys } = parseSite(text);
  // Copied in another year it is as good.
  expect(manifestKeys.filter(({ notBefore, notAfter, revoked }) => notBefore !== undefined || notAfter !== undefined || revoked === true)).toEqual([]);
  const missing = namesIn(meanings).filter((name) => name.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], given) === undefined);
  expect(missing).toEqual(['updates.feed']);
});

it('the command for a recovery key prints what a site file takes, and keeps what opens it', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'recovery-'));
  try {
    const command = /```sh\n(node -e [^]*?)```/.exec(page)?.[1] ?? 'false';
    const printed = JSON.parse(execFileSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' })) as JWK;
    const recoveryKey = parseSite(JSON.stringify({ ...siteFile, recoveryKey: printed })).recoveryKey as JWK;
    const sealed = await new CompactEncrypt(Buffer.from('unsent')).setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' }).encrypt(await importJWK(recoveryKey, 'ECDH-ES'));
    const kept = JSON.parse(readFileSync(path.join(folder, 'recovery.jwk'), 'utf8')) as JWK;
    expect(Buffer.from((await compactDecrypt(sealed, await importJWK(kept, 'ECDH-ES'))).plaintext).toString()).toBe('unsent');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
