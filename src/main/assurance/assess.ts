/**
 * The decision: does this recording belong before this clinician? Pure; run when listed, before and after download, at every
 * open and at every sync. Anything missing, contradictory or unknown counts as no.
 */
import { createHash } from 'node:crypto';
import type { Evidence, Offered } from '../service/offered.ts';
import { localReference } from '../fhir/reference.ts';
import { displayName, hasCode, identifiersOf, type DocumentReference, type Encounter, type Patient, type Reference, type Task } from '../fhir/resources.ts';
import { ODS_CODE, SDS_USER_ID, TASK_INPUT } from '../fhir/systems.ts';
import type { Site } from '../site.ts';
import { purposeOf, taskReasons, type Reviewer } from './admit.ts';
import { consentAllows } from './consent.ts';
import { joinedDiffers, trustedManifest, type SeenManifest } from './manifest.ts';
import { mine } from './mine.ts';
import { isSamePatient, isSignedPatient, shownAs } from './patient.ts';
import type { ReasonCode } from './reasons.ts';
import { attachmentOf, recordingUrn, type Attachment } from './recording.ts';
import { sensitivity, type SensitiveKind } from './sensitive.ts';
import { rivalReasons, sightingOf, type Sighting } from './sighting.ts';
import { readStatement } from './signed.ts';
import { TranscriptStatement, type Manifest } from './statements.ts';
import { isStopped } from './stops.ts';
import { inPeriod, moment } from '../fhir/period.ts';

/** Encounter.status of a consultation that began; planned, cancelled, in error or unknown is none that could be recorded. */
const TOOK_PLACE = ['arrived', 'triaged', 'in-progress', 'onleave', 'finished'];

export interface Context {
  reviewer: Reviewer;
  site: Site;
  /** Effective time, ms since the epoch. */
  now: number;
  /** The newest manifest ever seen for a recording (its urn), kept across purges; null when none was. */
  seen: (recording: string) => SeenManifest | null;
  /** What was sighted of the recordings of other assignments here that may share bytes, a name or time with this one. */
  rivals: (mine: Sighting) => readonly Sighting[];
  /** Does a stop of this identifier ({@link stopKey}) stand? */
  stopped: (identifier: string) => boolean;
  /** Manifest revision up to which the person said that a recording is another patient's; null when they never did. */
  wrongRevision: (recording: string) => number | null;
}

/** What was proved, in the form in which later stages and screens use it. */
export interface Facts {
  evidence: Evidence;
  /** urn:uuid of the recording. */
  recording: string;
  title: string;
  patient: { name: string; dateOfBirth: string; nhsNumber: string | null };
  startedAt: string;
  endedAt: string;
  clinicians: string[];
  review: 'own' | 'peer';
  purpose: string;
  due: string | null;
  progress: 'new' | 'in-progress' | 'reviewed';
  sensitive: boolean;
  /** Which of the site file's kinds; empty where the practice's label names none. */
  sensitiveKinds: SensitiveKind[];
  offline: boolean;
  /** False only where the practice works without manifests. */
  signed: boolean;
  revision: number;
  /** SHA-256 of the exact manifest bytes, base64url. */
  manifestSha256: string;
  media: { binary: string; contentType: string; size: number; sha256: string | null };
  /** SHA-256 of each so many bytes of it, base64url, where they were signed: it can be watched while it comes. */
  blocks: Readonly<{ size: number; sha256: readonly string[] }> | null;
  /** A transcript whose digest its transcriber signed for exactly this media. */
  transcript: { binary: string; sha256: string; language: string } | null;
  transcriptAbsent: 'none' | 'mismatch' | null;
}

declare const assured: unique symbol;
/** A recording that passed every check at one moment. Only {@link assess} makes one; the vault seals and opens nothing else. */
export type Assured = Facts & { readonly [assured]: true };

export type Assessment = { ok: true; assured: Assured } | { ok: false; reasons: [ReasonCode, ...ReasonCode[]] };

export async function assess(offered: Offered, context: Context): Promise<Assessment> {
  const { task, recording, encounter } = offered;
  const { site, reviewer, now } = context;
  const found = new Set<ReasonCode>([...(isStopped(offered, context.stopped) ? ['stopped' as const] : []), ...taskReasons(task, reviewer, site, now)]);
  const refuse = (): Assessment => {
    const [first, ...rest] = found;
    if (first === undefined) throw new Error('refused without a reason');
    return { ok: false, reasons: [first, ...rest] };
  };
  if (!recording || localReference(task.focus?.reference, site.fhirBase, 'DocumentReference') !== `DocumentReference/${recording.id}`) {
    found.add('recording-missing');
    return refuse();
  }
  if (recording.status !== 'current' || recording.docStatus === 'entered-in-error' || offered.replaced) found.add('recording-status');
  const media = attachmentOf(recording, site);
  const urn = recordingUrn(recording);
  if (!media || urn === null) {
    found.add('recording-shape');
    return refuse();
  }
  if (!isOurs(offered, site)) found.add('custodian-differs');

  const { trusted: signed } = await trustedManifest(offered, urn, site, context.seen(urn));
  if (typeof signed === 'string') found.add(signed);
  const manifest = typeof signed === 'object' ? signed : null;
  const statement = manifest?.statement ?? null;
  const sighting = sightingOf(recording, urn, statement, site);
  for (const reason of [
    ...encounterReasons(task, recording, encounter, statement, site),
    ...patientReasons(offered, statement, site),
    ...mediaReasons(media, statement, site),
    // What is said without the signature that should be there is held against nobody.
    ...(typeof signed === 'string' ? [] : rivalReasons(sighting, context.rivals(sighting))),
  ]) found.add(reason);
  if (statement && joinedDiffers(statement, reviewer.sds)) found.add('joined-differs');
  const purpose = purposeOf(task, site);
  if (purpose !== null && !consentAllows(offered, purpose, site, now)) found.add('consent-missing');
  const review = await mine(offered, statement, urn, purpose, context);
  // Who was in the consultation is not known without the manifest that should be there.
  if (review === 'assignment-invalid' || (review === 'not-mine' && typeof signed !== 'string')) found.add(review);
  const wrong = context.wrongRevision(urn);
  if (wrong !== null && (!statement || statement.revision <= wrong)) found.add('wrong-patient');
  const patient = offered.patients.find((p) => `Patient/${p.id}` === localReference(recording.subject?.reference, site.fhirBase, 'Patient'));
  if (found.size > 0 || !patient || purpose === null || (review !== 'own' && review !== 'peer')) return refuse();

  const sha256 = statement?.media.sha256 ?? media.sha256Hint;
  const transcript = await transcriptOf(offered, urn, sha256, site);
  const facts: Facts = {
    evidence: offered, recording: urn, title: task.description ?? recording.type?.text ?? 'Consultation recording',
    patient: {
      ...shownAs(patient, statement?.patient ?? null), dateOfBirth: statement?.patient.birthDate ?? patient.birthDate ?? '',
    },
    startedAt: statement?.startedAt ?? recording.context?.period?.start ?? '',
    endedAt: statement?.endedAt ?? recording.context?.period?.end ?? '',
    clinicians: clinicianNames(offered, statement),
    review, purpose, due: task.restriction?.period?.end?.includes('T') ? task.restriction.period.end : null,
    progress: task.status === 'completed' ? 'reviewed' : task.status === 'in-progress' ? 'in-progress' : 'new',
    ...sensitivity(recording, site),
    offline: (task.input ?? []).some((i) => hasCode(i.type, TASK_INPUT, 'offline-permitted') && i.valueBoolean === true),
    signed: manifest !== null, revision: statement?.revision ?? 0,
    manifestSha256: manifest?.sha256 ?? createHash('sha256').digest('base64url'),
    media: { binary: media.binary, contentType: media.contentType, size: statement?.media.size ?? media.size, sha256 },
    blocks: statement?.media.blocks ?? null,
    ...transcript,
  };
  return { ok: true, assured: facts as Assured };
}

function isOurs({ recording, custodian }: Offered, site: Site): boolean {
  const reference = localReference(recording?.custodian?.reference, site.fhirBase, 'Organization');
  return custodian !== null && reference === `Organization/${custodian.id}` && identifiersOf(custodian, ODS_CODE).includes(site.practice.odsCode);
}

function encounterReasons(task: Task, recording: DocumentReference, encounter: Encounter | null, manifest: Manifest | null, site: Site): ReasonCode[] {
  const named = [task.encounter, recording.context?.encounter?.[0]].map((r) => localReference(r?.reference, site.fhirBase, 'Encounter'));
  if (!encounter || named.includes(null)) return ['encounter-missing'];
  const found: ReasonCode[] = [];
  const sameRecord = named.every((r) => r === `Encounter/${encounter.id}`) && (recording.context?.encounter?.length ?? 0) === 1;
  // A server's local id can be reused or renumbered: only a business identifier ties the encounter to what was signed.
  const signedFor = manifest === null || identifiersOf(encounter, manifest.encounter.system).includes(manifest.encounter.value);
  if (!sameRecord || !signedFor) found.push('encounter-differs');
  if (!TOOK_PLACE.includes(encounter.status)) found.push('encounter-not-held');
  const capture = manifest ? [manifest.startedAt, manifest.endedAt] : [recording.context?.period?.start, recording.context?.period?.end];
  const tolerance = site.captureToleranceMinutes * 60_000;
  const { period } = encounter;
  // A day or a year would cover any capture: both must be moments.
  const exact = !Number.isNaN(moment(period?.start)) && !Number.isNaN(moment(period?.end));
  if (!period || !exact || !capture.every((t) => inPeriod(moment(t), period, tolerance))) found.push('capture-outside-encounter');
  return found;
}

function patientReasons(offered: Offered, manifest: Manifest | null, site: Site): ReasonCode[] {
  const resolve = (reference: Reference | undefined): Patient | undefined => {
    const wanted = localReference(reference?.reference, site.fhirBase, 'Patient');
    return offered.patients.find((p) => `Patient/${p.id}` === wanted);
  };
  const named = [offered.task.for, offered.recording?.subject, offered.encounter?.subject, ...offered.consents.map((c) => c.patient)].map(resolve);
  const [first] = named;
  if (!first || named.includes(undefined)) return ['patient-missing'];
  const agree = named.every((p) => p && isSamePatient(p, first) && (!manifest || isSignedPatient(p, manifest.patient)));
  return agree ? [] : ['patient-differs'];
}

function mediaReasons(media: Attachment, manifest: Manifest | null, site: Site): ReasonCode[] {
  const found: ReasonCode[] = [];
  if (manifest) {
    const { contentType, size, sha256 } = manifest.media;
    const hintDiffers = media.sha256Hint !== null && media.sha256Hint !== sha256;
    if (media.contentType !== contentType || media.size !== size || hintDiffers) found.push('media-differs');
  }
  if ((manifest?.media.size ?? media.size) > site.largestRecordingBytes) found.push('media-too-large');
  return found;
}

/** Absent or mismatched means no captions; the recording still plays. */
async function transcriptOf(offered: Offered, urn: string, mediaSha256: string | null, site: Site): Promise<Pick<Facts, 'transcript' | 'transcriptAbsent'>> {
  if (!offered.transcript) return { transcript: null, transcriptAbsent: 'none' };
  const { document, statements } = offered.transcript;
  const attachment = document.content.find((c) => c.attachment.contentType?.startsWith('text/vtt'))?.attachment;
  const binary = localReference(attachment?.url, site.fhirBase, 'Binary');
  for (const candidate of statements) {
    const read = await readStatement(TranscriptStatement, candidate, site.transcriberKeys);
    if (typeof read === 'string') continue;
    const { statement } = read;
    if (binary !== null && statement.recording === urn && statement.mediaSha256 === mediaSha256) {
      return { transcript: { binary, sha256: statement.transcriptSha256, language: statement.language }, transcriptAbsent: null };
    }
  }
  return { transcript: null, transcriptAbsent: 'mismatch' };
}

function clinicianNames(offered: Offered, manifest: Manifest | null): string[] {
  if (!manifest) return offered.authors.map((p) => displayName(p.name)).filter(Boolean);
  return manifest.clinicians.map((sds) => {
    const author = offered.authors.find((p) => identifiersOf(p, SDS_USER_ID).includes(sds));
    return author ? displayName(author.name) : `SDS user ${sds}`;
  });
}
