/**
 * What the app would say to a signed statement. Whether it is signed and can be read is decided by the app's own code; why it is not, and what
 * a statement alone shows (its file, its size, its period, the Provenance that carries it), is looked into here.
 */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { forRecord, type ReasonCode } from '../../src/main/assurance/reasons.ts';
import { joinedDiffers } from '../../src/main/assurance/manifest.ts';
import { algorithms, readStatement } from '../../src/main/assurance/signed.ts';
import { taskReference, type Assignment, type Manifest, type TranscriptStatement } from '../../src/main/assurance/statements.ts';
import { inPeriod } from '../../src/main/fhir/period.ts';
import { Provenance } from '../../src/main/fhir/resources.ts';
import { Failure } from '../../src/main/platform/failure.ts';
import { carriedBy, STATEMENT_LIMIT } from '../../src/main/service/statements.ts';
import { parseSite, type Site, type TrustedKey } from '../../src/main/site.ts';
import { withFetchedKeys } from '../../src/main/siteKeys.ts';
import { cache } from '../lib/paths.ts';
import { Stop } from '../lib/process.ts';
import { bytesOf, digestsOf, jsonOf, schemas, targetType, wrongField, type Kind } from './files.ts';

/** Without `code` the app says no by leaving captions away: the recording still plays. */
export type Verdict = { ok: true; kid: string; statement: unknown } | { ok: false; code: ReasonCode | null; sentence: string; why: string };

export interface Given {
  site: string;
  bytes: string;
  jws?: string | undefined;
  media?: string | undefined;
  text?: string | undefined;
  provenance?: string | undefined;
}

const NO_CAPTIONS = 'the transcript is not the one that was signed: no captions, and the recording still plays';
const no = (code: ReasonCode | null, why: string): Verdict => ({ ok: false, code, sentence: code === null ? NO_CAPTIONS : forRecord(code), why });

/** For each kind what the app says when there is no statement, none that a trusted key signed, one that it cannot read, and one about other things. */
const codes = {
  manifest: { missing: 'manifest-missing', untrusted: 'manifest-untrusted', malformed: 'manifest-malformed', retired: 'manifest-key-retired', differs: 'media-bytes-differ' },
  transcript: { missing: null, untrusted: null, malformed: null, retired: null, differs: null },
  assignment: { missing: 'not-mine', untrusted: 'not-mine', malformed: 'not-mine', retired: 'not-mine', differs: 'assignment-invalid' },
} as const satisfies Record<Kind, Record<string, ReasonCode | null>>;

const keyLists = { manifest: 'manifestKeys', transcript: 'transcriberKeys', assignment: 'assignmentKeys' } as const;

async function readSiteFile(file: string): Promise<Site> {
  try {
    return await withFetchedKeys(parseSite((await bytesOf(file)).toString('utf8')), fetch, path.join(cache, 'keys'));
  } catch (error) {
    if (error instanceof Failure && error.code === 'practice-unreachable') throw new Stop(`${file} names a key file that cannot be fetched.`);
    if (error instanceof Failure) throw new Stop(`${file} is not a site file that the app would take: ${error.detail?.field} should be ${error.detail?.expected}.`);
    throw error;
  }
}

/** Why no trusted key is found to have signed these bytes. Only for people: the answer is no already. */
function whyUntrusted(jws: string, kind: Kind, site: Site): string {
  const parts = jws.split('.');
  if (parts.length !== 3) return `the signature is not a compact JWS: it has ${parts.length} parts and not 3`;
  if (parts[1] !== '') return 'the JWS carries its payload: a detached one has nothing between its dots';
  let header: { kid?: unknown; alg?: unknown } | null;
  try {
    header = JSON.parse(Buffer.from(parts[0] ?? '', 'base64url').toString('utf8')) as { kid?: unknown; alg?: unknown } | null;
  } catch {
    return 'the header of the JWS is not JSON';
  }
  if (typeof header?.kid !== 'string') return 'the header of the JWS names no key (kid)';
  const { kid } = header;
  const list = keyLists[kind];
  const key = site[list].find((k) => k.kid === kid);
  if (!key) {
    const elsewhere = Object.values(keyLists).find((other) => site[other].some((k: TrustedKey) => k.kid === kid));
    return elsewhere === undefined ? `the key ${kid} is not in the site file's ${list}` : `the key ${kid} is in the site file's ${elsewhere} and not in ${list}: it may not sign a ${kind}`;
  }
  const allowed = algorithms(key);
  if (!allowed.includes(String(header.alg))) return `the JWS says alg ${String(header.alg)}, and the key ${kid} is for ${allowed.join(' or ')}`;
  return `the signature of key ${kid} does not hold for these bytes: they were changed after signing (line ends and the last line's end count), or another key signed`;
}

/** What the app takes from a Provenance, or why it takes nothing. */
async function fromProvenance(file: string, kind: Kind, site: Site): Promise<{ jws: string; targets: string[] } | { why: string }> {
  const value = jsonOf(file, await bytesOf(file));
  // One that is still to be sent has no id yet.
  const parsed = Provenance.safeParse(typeof value === 'object' ? { id: 'to-be-given', ...value } : value);
  if (!parsed.success) return { why: `${file} is not a Provenance that the app would read: ${(parsed.error.issues[0]?.path ?? []).join('.') || 'the whole file'} is wrong` };
  const carried = carriedBy(parsed.data, site.fhirBase);
  if (!carried) return { why: 'the Provenance has no entity of role source that is a Binary of this practice, or no signature of sigFormat application/jose' };
  const targets = carried.about.filter((reference) => reference.startsWith(`${targetType[kind]}/`));
  if (targets.length === 0) return { why: `the Provenance has no target that is a ${targetType[kind]} of this practice` };
  return { jws: carried.jws, targets };
}

/** @throws Stop when there is nothing to judge: a file is missing, or the site file is not one. */
export async function verify(kind: Kind, given: Given, now = Date.now()): Promise<Verdict> {
  if (given.media !== undefined && kind === 'assignment') throw new Stop('An assignment says nothing about a file: leave --media out.');
  if (given.text !== undefined && kind !== 'transcript') throw new Stop('Only a transcript statement speaks of a text: leave --text out.');
  const site = await readSiteFile(given.site);
  const bytes = await bytesOf(given.bytes);
  for (const file of [given.media, given.text]) {
    if (file !== undefined && !await stat(file).catch(() => null)) throw new Stop(`There is no file ${file}.`);
  }
  // The end of its line is the file's and not the signature's.
  const alone = given.jws === undefined ? null : (await bytesOf(given.jws)).toString('latin1').trim();
  const code = codes[kind];
  const carried = given.provenance === undefined ? null : await fromProvenance(given.provenance, kind, site);
  if (carried && 'why' in carried) return no(code.missing, carried.why);
  if (carried && alone !== null && carried.jws !== alone) throw new Stop(`${given.provenance} holds another signature than ${given.jws}.`);
  const jws = carried?.jws ?? alone;
  if (jws === null) throw new Stop('Name the signature: --jws FILE, or --provenance FILE which holds it.');
  if (bytes.length > STATEMENT_LIMIT) return no(code.missing, `the statement has ${bytes.length} bytes; the app reads at most ${STATEMENT_LIMIT}`);

  const read = await readStatement<Manifest | TranscriptStatement | Assignment>(schemas[kind], { bytes: bytes.toString('base64'), jws }, site[keyLists[kind]]);
  if (read === 'untrusted') return no(code.untrusted, whyUntrusted(jws, kind, site));
  if (read === 'malformed') return no(code.malformed, whyMalformed(given.bytes, bytes, kind));
  if (read === 'retired') return no(code.retired, 'the key that signed it is revoked in the site file, or was not in use when the statement says that it was issued');
  const { statement, key } = read;
  const differs = 'media' in statement ? await manifestDiffers(statement, site, given.media)
    : 'task' in statement ? assignmentDiffers(statement, site, now, carried?.targets ?? null) : await transcriptDiffers(statement, given.media, given.text);
  if (differs) return differs;
  return { ok: true, kid: key.kid, statement };
}

function whyMalformed(file: string, bytes: Buffer, kind: Kind): string {
  try {
    return wrongField(kind, jsonOf(file, bytes)) ?? 'the statement cannot be read';
  } catch (error) {
    return error instanceof Stop ? error.message : String(error);
  }
}

async function manifestDiffers(manifest: Manifest, site: Site, media: string | undefined): Promise<Verdict | null> {
  const { media: said, clinicians } = manifest;
  // Whoever it is shown to as their own; and what nobody could be shown.
  if ([...clinicians, ''].some((reviewer) => joinedDiffers(manifest, reviewer))) {
    return no('joined-differs', 'a clinician of it is not among those who joined with the role clinician and an id, or somebody joined after endedAt');
  }
  if (said.size > site.largestRecordingBytes) return no('media-too-large', `media.size is ${said.size}, and the site file allows ${site.largestRecordingBytes}`);
  if (media === undefined) return null;
  const found = await digestsOf(media);
  if (found.size !== said.size) return no(codes.manifest.differs, `${media} has ${found.size} bytes, and the manifest says ${said.size}`);
  return found.sha256 === said.sha256 ? null : no(codes.manifest.differs, `${media} has SHA-256 ${found.sha256}, and the manifest says ${said.sha256}`);
}

async function transcriptDiffers(said: TranscriptStatement, media: string | undefined, text: string | undefined): Promise<Verdict | null> {
  for (const [file, digest, field] of [[media, said.mediaSha256, 'mediaSha256'], [text, said.transcriptSha256, 'transcriptSha256']] as const) {
    const found = file === undefined ? digest : (await digestsOf(file)).sha256;
    if (found !== digest) return no(codes.transcript.differs, `${file} has SHA-256 ${found}, and ${field} says ${digest}`);
  }
  return null;
}

function assignmentDiffers(assignment: Assignment, site: Site, now: number, targets: readonly string[] | null): Verdict | null {
  const { period, purpose } = assignment;
  const about = taskReference(assignment);
  if (targets && !targets.includes(about)) return no(codes.assignment.differs, `the Provenance is about ${targets.join(', ')}, and the assignment about ${about}`);
  if (!Object.hasOwn(site.purposes, purpose)) return no(codes.assignment.differs, `the purpose ${purpose} is not in the site file`);
  return inPeriod(now, period) ? null : no(codes.assignment.differs, `now is not between ${period.start} and ${period.end}`);
}
