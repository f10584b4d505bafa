/** Signs one statement: a detached JWS over exact bytes, and the resources that bring both to the app. */
import { calculateJwkThumbprint, FlattenedSign, importJWK } from 'jose';
import { signedBy } from '../../src/main/assurance/signed.ts';
import { taskReference } from '../../src/main/assurance/statements.ts';
import { STATEMENT_LIMIT } from '../../src/main/service/statements.ts';
import { Stop } from '../lib/process.ts';
import { bytesOf, digestsOf, jsonOf, schemas, sha256, targetType, wrongField, type Kind } from './files.ts';
import { publicHalf, type PrivateKey } from './key.ts';

export interface Signed {
  /** What was signed, and what `Binary/<id>` must answer with, to the byte. */
  bytes: Buffer;
  jws: string;
  signedAt: string;
  /** Members that were not in the statement and were worked out from the files: then `bytes` are not the statement's own. */
  filled: string[];
}

export interface Files {
  media?: string | undefined;
  /** The transcript, for a statement about it. */
  text?: string | undefined;
}

type Members = Record<string, unknown>;
const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Puts what a file says where the statement is silent. @throws Stop where the statement says something else */
async function compare(kind: Kind, statement: Members, { media, text }: Files): Promise<string[]> {
  const filled: string[] = [];
  const settle = (within: Members, name: string, field: string, found: unknown, file: string) => {
    if (within[name] === undefined) {
      within[name] = found;
      filled.push(field);
    } else if (within[name] !== found) throw new Stop(`${field} says ${JSON.stringify(within[name])}, and ${file} has ${JSON.stringify(found)}. Nothing was signed.`);
  };
  if (media !== undefined && kind === 'manifest') {
    const said = statement.media ??= {};
    // What is no object has no fields to compare; the schema names it.
    if (!isObject(said)) return filled;
    const blocks = isObject(said.blocks) ? said.blocks : null;
    const blockSize = blocks && Number.isSafeInteger(blocks.size) && Number(blocks.size) > 0 ? Number(blocks.size) : null;
    const found = await digestsOf(media, blockSize);
    settle(said, 'size', 'media.size', found.size, media);
    settle(said, 'sha256', 'media.sha256', found.sha256, media);
    if (blocks && blockSize !== null && blocks.sha256 === undefined) {
      blocks.sha256 = found.blocks;
      filled.push('media.blocks.sha256');
    } else if (blocks && blockSize !== null && JSON.stringify(blocks.sha256) !== JSON.stringify(found.blocks)) throw new Stop(`media.blocks.sha256 are not the digests of the blocks of ${media}. Nothing was signed.`);
  }
  if (media !== undefined && kind === 'transcript') settle(statement, 'mediaSha256', 'mediaSha256', (await digestsOf(media)).sha256, media);
  if (text !== undefined) settle(statement, 'transcriptSha256', 'transcriptSha256', (await digestsOf(text)).sha256, text);
  return filled;
}

/** @throws Stop with the wrong field, or where statement and files differ: what the app would not read is not signed. */
export async function signStatement(key: PrivateKey, kind: Kind, file: string, files: Files = {}, now = new Date()): Promise<Signed> {
  if (files.media !== undefined && kind === 'assignment') throw new Stop('An assignment says nothing about a file: leave --media out.');
  if (files.text !== undefined && kind !== 'transcript') throw new Stop('Only a transcript statement speaks of a text: leave --text out.');
  const given = await bytesOf(file);
  const statement = jsonOf(file, given);
  const filled = isObject(statement) ? await compare(kind, statement, files) : [];
  const wrong = wrongField(kind, statement);
  if (wrong !== null) throw new Stop(`${file} is not a ${kind} that the app would read. ${wrong}. Nothing was signed.`);
  const bytes = filled.length === 0 ? given : Buffer.from(JSON.stringify(statement));
  if (bytes.length > STATEMENT_LIMIT) throw new Stop(`${file} has ${bytes.length} bytes; a statement has at most ${STATEMENT_LIMIT}.`);
  const signedAt = `${now.toISOString().slice(0, 19)}Z`;
  const cannotSign = new Stop('The key does not sign: its private and its public half do not belong together.');
  const signature = await new FlattenedSign(bytes).setProtectedHeader({ alg: key.alg, kid: key.kid, typ: `consult-${kind}+jws`, sigT: signedAt })
    .sign(await importJWK(key, key.alg).catch(() => { throw cannotSign; }));
  const jws = `${signature.protected ?? ''}..${signature.signature}`;
  if (!await signedBy({ bytes: bytes.toString('base64'), jws }, [publicHalf(key)])) throw cannotSign;
  return { bytes, jws, signedAt, filled };
}

/** The Binary's id follows from its bytes, so that sending it twice makes one. */
export const binaryId = (kind: Kind, bytes: Buffer): string => `${kind}-${Buffer.from(sha256(bytes), 'base64url').toString('hex').slice(0, 40)}`;

/**
 * The Provenance to POST, once its bytes stand under `Binary/<id>` ({@link binaryId}, or where the server put them).
 * @param who a reference to who signed; without it the key's thumbprint (RFC 9278) says so
 */
export async function provenanceOf(kind: Kind, signed: Signed, key: PrivateKey, targets: readonly string[], binary: string, who?: string) {
  const type = targetType[kind];
  for (const target of targets) {
    if (!new RegExp(`^${type}/[A-Za-z0-9\\-.]{1,64}$`).test(target)) throw new Stop(`--provenance ${target}: a ${kind} is about a ${type}, in the form ${type}/<id>.`);
  }
  if (!/^Binary\/[A-Za-z0-9\-.]{1,64}$/.test(binary)) throw new Stop(`--binary ${binary}: it has the form Binary/<id>.`);
  if (kind === 'assignment') {
    const about = taskReference(schemas.assignment.parse(JSON.parse(signed.bytes.toString('utf8'))));
    const other = targets.find((target) => target !== about);
    if (other !== undefined) throw new Stop(`--provenance ${other}: the assignment is about ${about}.`);
  }
  const signer = who === undefined
    ? { identifier: { system: 'urn:ietf:rfc:3986', value: `urn:ietf:params:oauth:jwk-thumbprint:sha-256:${await calculateJwkThumbprint(publicHalf(key))}` } } : { reference: who };
  return {
    resourceType: 'Provenance' as const,
    target: targets.map((reference) => ({ reference })),
    recorded: signed.signedAt,
    agent: [{ who: signer }],
    entity: [{ role: 'source' as const, what: { reference: binary } }],
    signature: [{
      type: [{ system: 'urn:iso-astm:E1762-95:2013', code: '1.2.840.10065.1.12.1.14', display: 'Source Signature' }],
      when: signed.signedAt, who: signer, targetFormat: 'application/json', sigFormat: 'application/jose', data: Buffer.from(signed.jws).toString('base64'),
    }],
  };
}
