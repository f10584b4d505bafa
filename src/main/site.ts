/** The practice's site file: one JSON file that its IT places. It holds no secrets; it is the root of every trust decision. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { Failure } from './platform/failure.ts';
import { parseStrict, RepeatedName } from './platform/json.ts';

/** TLS only; plain http is for a practice on this very machine (the demo). */
export const isSecure = ({ protocol, hostname }: URL): boolean => protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname));

// What a field has to be is said once: by the error, and by the table in docs/site-file.md (`npm run docs:site-file`).
const ADDRESS = 'an https:// address without query or password';
const KEY = 'a public Ed25519 or P-256 key (JWK) with kid and alg';
const ODS_CODE = 'an ODS code such as A12345';
const SHA256 = 'a SHA-256 in base64url, 43 characters';

const serverUrl = z.string().refine((text) => {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return isSecure(url) && !url.username && !url.password && !url.search && !url.hash;
}, ADDRESS).describe(ADDRESS);

const key = z.object({
  kty: z.enum(['OKP', 'EC']), kid: z.string().min(1), alg: z.enum(['EdDSA', 'Ed25519', 'ES256']),
  crv: z.enum(['Ed25519', 'P-256']), x: z.string().min(1), y: z.string().optional(),
  /** For a key that follows or was followed by another: what it signed outside this time does not count. */
  notBefore: z.iso.datetime({ offset: true }).optional(), notAfter: z.iso.datetime({ offset: true }).optional(),
  /** Nothing that it ever signed counts. */
  revoked: z.boolean().optional(),
}).strict().refine((jwk) => (jwk.kty === 'OKP') === (jwk.crv === 'Ed25519') && (jwk.kty === 'EC') === (jwk.alg === 'ES256') && (jwk.kty === 'EC') === (jwk.y !== undefined), KEY).describe(KEY);
export type TrustedKey = z.infer<typeof key>;

const recoveryKey = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), kid: z.string().min(1), alg: z.literal('ECDH-ES'), x: z.string().min(1), y: z.string().min(1) }).strict()
  .describe('a public P-256 key (JWK) for ECDH-ES');

/** Signatures name their key by `kid`: two keys of one name would leave the choice to chance. */
export const uniqueKeys = z.array(key).refine((list) => new Set(list.map((k) => k.kid)).size === list.length, 'keys of different kid');
/** RFC 7517 §5, of such keys alone. */
export const KeySet = z.object({ keys: uniqueKeys }).strict();
const keyFile = z.object({ url: serverUrl, sha256: z.string().regex(/^[\w-]{43}$/, SHA256).describe(SHA256) }).strict();
export type KeyFile = z.infer<typeof keyFile>;

const roleCode = z.object({ system: z.string().min(1), code: z.string().min(1) }).strict();
const positive = z.number().int().positive();

export const Site = z.object({
  version: z.literal(1),
  practice: z.object({ name: z.string().min(1), odsCode: z.string().regex(/^[A-Z0-9]{3,12}$/, ODS_CODE).describe(ODS_CODE) }).strict(),
  fhirBase: serverUrl,
  issuer: serverUrl,
  clientId: z.string().min(1),
  /** The ID token's claim that holds the SDS user id. */
  userIdClaim: z.string().min(1).default('nhsid_useruid'),
  roles: z.object({ clinician: z.array(roleCode).min(1), manager: z.array(roleCode) }).strict(),
  /** SDS user ids of who reads what the managers did (the Caldicott Guardian), whatever their role at the practice is called. */
  secondReaders: z.array(z.string().min(1, 'an SDS user id')).default([]),
  /** `unsigned-permitted` is for a practice whose recorder cannot sign; the app then says so on every recording. */
  assurance: z.enum(['signed', 'unsigned-permitted']),
  /** Public; its private half is kept by the practice. What is not sent yet is sealed to it, and so is what opens the access record. */
  recoveryKey: recoveryKey.nullable().default(null),
  manifestKeys: uniqueKeys, transcriberKeys: uniqueKeys, assignmentKeys: uniqueKeys,
  /** More keys, each set in a file that is fetched and must be exactly the one named. */
  keyFiles: z.object({ manifest: keyFile.optional(), transcriber: keyFile.optional(), assignment: keyFile.optional() }).strict().default({}),
  /** PurposeOfUse code → the Consent.provision.purpose it needs, or null where none is needed. */
  purposes: z.record(z.string(), z.object({ consent: z.string().nullable() }).strict()),
  offline: z.object({ leaseHours: z.number().positive().max(24 * 31) }).strict(),
  sharedLogin: z.boolean(),
  secret: z.object({ pinMinLength: z.number().int().min(6), passphraseMinLength: z.number().int().min(12) }).strict(),
  idleLockMinutes: z.number().positive().max(60),
  /** Security labels that make a recording sensitive, besides confidentiality V. */
  sensitiveLabels: z.array(z.object({ system: z.string().min(1), code: z.string().min(1), kind: z.enum(['intimate', 'child', 'safeguarding']) }).strict()).default([]),
  /** While a sensitive recording is open; the shorter of the two counts. */
  sensitiveIdleLockMinutes: z.number().positive().max(60).default(2),
  completedVisibleDays: z.number().min(0).max(31),
  captureToleranceMinutes: z.number().min(0).max(120),
  largestRecordingBytes: positive,
  diskBudgetBytes: positive,
  updates: z.object({ by: z.enum(['it', 'feed']), feed: serverUrl.optional() }).strict()
    .refine((updates) => updates.by === 'it' || updates.feed !== undefined, { path: ['feed'], message: 'an https:// address, because updates come by feed' }),
  support: z.object({ name: z.string().min(1), contact: z.string().min(1) }).strict(),
}).strict().refine((site) => site.assurance === 'unsigned-permitted' || site.manifestKeys.length > 0 || site.keyFiles.manifest !== undefined,
  { path: ['manifestKeys'], message: 'at least one key, because assurance is "signed"' });
export type Site = z.infer<typeof Site>;

/** What is wrong with text that {@link parseStrict} refused, for whoever has to find it there: mostly a comma. */
function jsonFault(text: string, error: unknown): string {
  if (error instanceof RepeatedName) return `each field once; “${error.member}” is there twice`;
  const at = / at position (\d+)/.exec((error as Error).message)?.[1];
  const place = at === undefined ? 'its end' : `line ${text.slice(0, Number(at)).split('\n').length}`;
  return `one JSON object; it cannot be read from ${place} on, where a comma, a quotation mark or a bracket may be missing or too many`;
}

/** Text → site. Throws `site-file-invalid` with the first wrong field and what it should be. */
export function parseSite(text: string): Site {
  let json: unknown;
  try {
    json = parseStrict(text);
  } catch (error) {
    throw new Failure('site-file-invalid', 'not JSON', { field: 'the whole file', expected: jsonFault(text, error) }, { cause: error });
  }
  // Read once: zod would compile a parser for each part of it first.
  const parsed = Site.safeParse(json, { jitless: true });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const field = [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])].join('.') || 'the whole file';
  throw new Failure('site-file-invalid', 'site file does not fit the schema', { field, expected: unknown === undefined ? issue?.message ?? 'valid' : 'no such field' });
}

/** Where site files may be, first wins: a machine-wide one that only an administrator can write, then `--site`. */
export function readSite(machineWide: string, named: string | null): Site {
  for (const path of [machineWide, named]) {
    if (path === null) continue;
    try {
      return parseSite(readFileSync(path, 'utf8'));
    } catch (error) {
      const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (absent && path === machineWide) continue;
      if (error instanceof Failure) throw error;
      throw new Failure('site-file-missing', 'site file cannot be read', {}, { cause: error });
    }
  }
  throw new Failure('site-file-missing', 'no site file');
}

/** Members of a site file, by their names in the schema. */
export const siteMembers: readonly string[] = Object.keys(Site.shape);

/** Which of the two {@link readSite} takes: none where there is neither. */
export const siteFrom = (machineWide: string, named: string | null): 'machine-wide' | 'named' | 'none' => (existsSync(machineWide) ? 'machine-wide' : named !== null && existsSync(named) ? 'named' : 'none');

/** What a vault is bound to (issuer, keys, mode): when this changes, everything is withheld until an online sign-in. base64url SHA-256. */
export function siteBinding(site: Site): string {
  const { issuer, fhirBase, assurance, manifestKeys, transcriberKeys, assignmentKeys } = site;
  const ids = (keys: TrustedKey[]) => keys.map((k) => [k.kid, k.alg, k.x, k.y ?? '', k.notBefore ?? '', k.notAfter ?? '', String(k.revoked ?? false)]).sort();
  const bound = [issuer, fhirBase, assurance, ids(manifestKeys), ids(transcriberKeys), ids(assignmentKeys)];
  return createHash('sha256').update(JSON.stringify(bound)).digest('base64url');
}
