/**
 * For the systems of a practice that sign: makes keys, signs statements, and says what the app would say to one (docs/backend.md, "Signed statements").
 *
 *   npm run manifest -- keygen --out PRIVATE.jwk [--alg EdDSA|ES256]
 *   npm run manifest -- sign --key PRIVATE.jwk --kind manifest|transcript|assignment STATEMENT.json [--media FILE] [--text FILE]
 *                            [--provenance Type/id]... [--binary Binary/id] [--who Type/id]
 *   npm run manifest -- verify --site SITE.json --kind manifest|transcript|assignment --bytes FILE (--jws FILE | --provenance FILE) [--media FILE] [--text FILE]
 */
import { writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { main, say, Stop } from './lib/process.ts';
import { kinds, sha256, type Kind } from './statements/files.ts';
import { algorithms, keygen, readKey } from './statements/key.ts';
import { binaryId, provenanceOf, signStatement } from './statements/sign.ts';
import { verify } from './statements/verify.ts';

const usage = {
  keygen: 'npm run manifest -- keygen --out PRIVATE.jwk [--alg EdDSA|ES256]',
  sign: 'npm run manifest -- sign --key PRIVATE.jwk --kind manifest|transcript|assignment STATEMENT.json [--media FILE] [--text FILE] [--provenance Type/id]... [--binary Binary/id] [--who Type/id]',
  verify: 'npm run manifest -- verify --site SITE.json --kind manifest|transcript|assignment --bytes FILE (--jws FILE | --provenance FILE) [--media FILE] [--text FILE]',
};

function kindOf(text: string | undefined): Kind {
  const kind = kinds.find((k) => k === text);
  if (kind === undefined) throw new Stop(`--kind is one of ${kinds.join(', ')}.`);
  return kind;
}

const string = { type: 'string' } as const;

async function makeKey(args: string[]): Promise<void> {
  const { values: { out, alg = 'EdDSA' } } = parseArgs({ args, options: { out: string, alg: string } });
  const algorithm = algorithms.find((a) => a === alg);
  if (out === undefined) throw new Stop(usage.keygen);
  if (algorithm === undefined) throw new Stop(`--alg is one of ${algorithms.join(', ')}.`);
  const key = await keygen(out, algorithm);
  say(`The private key is in ${out}: it stays where statements are signed. This is its public half, for a key list of the site file:`);
  say(JSON.stringify(key));
}

async function sign(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args, allowPositionals: true, options: { key: string, kind: string, media: string, text: string, provenance: { type: 'string', multiple: true }, binary: string, who: string },
  });
  const [file] = positionals;
  if (values.key === undefined || values.kind === undefined || file === undefined || positionals.length > 1) throw new Stop(usage.sign);
  const kind = kindOf(values.kind);
  const key = await readKey(values.key);
  const signed = await signStatement(key, kind, file, values);
  const base = file.replace(/\.json$/, '');
  const binary = values.binary ?? `Binary/${binaryId(kind, signed.bytes)}`;
  const written: [file: string, content: Buffer | string][] = [[`${base}.signed.json`, signed.bytes], [`${base}.jws`, signed.jws]];
  if (values.provenance) {
    const provenance = await provenanceOf(kind, signed, key, values.provenance, binary, values.who);
    written.push([`${base}.provenance.json`, `${JSON.stringify(provenance, null, 2)}\n`]);
  }
  // All or none: an old signature beside new bytes would be a trap.
  const there = written.find(([name]) => existsSync(name));
  if (there) throw new Stop(`${there[0]} exists already. Nothing was written; move it away first.`);
  for (const [name, content] of written) await writeFile(name, content, { flag: 'wx' });
  const same = signed.filled.length === 0 ? `the bytes of ${file} as they are` : `not the bytes of ${file}: ${signed.filled.join(' and ')} were added`;
  say(`Signed bytes: ${base}.signed.json, ${same} (${signed.bytes.length} bytes, SHA-256 ${sha256(signed.bytes)}). Serve exactly these.`);
  if (values.provenance) say(`First PUT them as ${binary} (application/json), then POST ${base}.provenance.json.`);
  say(`Signature, by key ${key.kid}, also in ${base}.jws:`);
  say(signed.jws);
}

async function check(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { site: string, kind: string, bytes: string, jws: string, media: string, text: string, provenance: string } });
  const { site, kind, bytes } = values;
  if (site === undefined || kind === undefined || bytes === undefined) throw new Stop(usage.verify);
  const verdict = await verify(kindOf(kind), { ...values, site, bytes });
  if (verdict.ok) {
    say(`ok: the app would take this ${kind}. Key ${verdict.kid} of the site file signed exactly these bytes.`);
    say('Not looked at: whether Task, recording, encounter, patient and consent at the practice fit it.');
    return;
  }
  say(`${verdict.code ?? 'no captions'}: ${verdict.sentence}`);
  say(`Why: ${verdict.why}.`);
  process.exitCode = 1;
}

const commands = new Map([['keygen', makeKey], ['sign', sign], ['verify', check]]);

await main(async () => {
  const [name = '', ...args] = process.argv.slice(2);
  const command = commands.get(name);
  if (!command) throw new Stop(Object.values(usage).join('\n'));
  try {
    await command(args);
  } catch (error) {
    // parseArgs' own sentences name the wrong option.
    if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) throw new Stop(`${error.message}\n${usage[name as keyof typeof usage]}`);
    throw error;
  }
});
