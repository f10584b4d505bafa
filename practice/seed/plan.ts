import { createHash } from 'node:crypto';
import type { Task } from '@medplum/fhirtypes';
import { plusDays, plusMinutes, workingDaysBefore } from '../days.ts';
import { ownCopy, ownTranscript, type Clip } from '../media/clips.ts';
import { personCalled, type Person } from '../people.ts';
import { demoPatients } from './patients.ts';
import type { Media, Purpose, RecordingSpec, TaskSpec } from './recording-spec.ts';

const OWNERS = ['ada', 'ben', 'cara'] as const;
const EACH = 10;
/** Recordings that the partner, who joined none of them, reviews as well. */
const ALSO_FOR_DEE: readonly number[] = [4, 12, 15, 24];

/** What the k-th assignment of each clinician is like. */
type Kind = { peer?: true; status: Task['status']; offline?: false; soon?: true; confidentiality?: 'V'; sensitivity?: readonly string[]; audio?: true; noTranscript?: true; withdrawn?: true; purpose: Purpose };
const KINDS: readonly Kind[] = [
  { status: 'requested', purpose: 'TREAT' },
  { status: 'requested', purpose: 'HQUALIMP', soon: true },
  { status: 'requested', purpose: 'TRAIN', peer: true },
  { status: 'accepted', purpose: 'HQUALIMP' },
  { status: 'in-progress', purpose: 'TREAT' },
  { status: 'requested', purpose: 'HQUALIMP', peer: true, offline: false },
  { status: 'completed', purpose: 'HQUALIMP' },
  { status: 'requested', purpose: 'TREAT' },
  { status: 'accepted', purpose: 'TRAIN', peer: true },
  { status: 'requested', purpose: 'HQUALIMP' },
];
/** The odd ones, by number of the recording. All but one are Ada's, whom a newcomer signs in as. */
const ODD: Readonly<Record<number, Partial<Kind>>> = {
  4: { audio: true },
  8: { confidentiality: 'V', sensitivity: ['safeguarding'] },
  10: { status: 'cancelled', withdrawn: true },
  13: { noTranscript: true },
};

/** The thirty seeded recordings: rec-01 to rec-10 are Ada's to review, then Ben's, then Cara's. */
export function plannedRecordings(today: Date, clips: readonly Clip[]): RecordingSpec[] {
  const patients = demoPatients();
  return Array.from({ length: OWNERS.length * EACH }, (_, i) => {
    const number = i + 1;
    const kind: Kind = { ...kindOf(i % EACH), ...ODD[number] };
    const ownerIndex = Math.floor(i / EACH);
    const owner = personCalled(OWNERS[ownerIndex] ?? 'ada');
    // A peer review is of a colleague's consultation.
    const colleague = personCalled(OWNERS[(ownerIndex + 1 + (i % 2)) % OWNERS.length] ?? 'ben');
    return planOne(number, kind, owner, kind.peer ? colleague : owner, pick(patients, i * 7), clipFor(number, kind, clips), today);
  });
}

function planOne(number: number, kind: Kind, owner: Person, clinician: Person, patient: RecordingSpec['patient'], clip: Clip, today: Date): RecordingSpec {
  const key = String(number).padStart(2, '0');
  const masterIdentifier = `urn:uuid:${stableUuid(`recording ${key}`)}`;
  // One working day each: nobody's recordings can overlap.
  const encounterStart = plusMinutes(workingDaysBefore(today, 9 + number), 9 * 60 + (number % 9) * 40);
  const spec: RecordingSpec = {
    key,
    masterIdentifier,
    title: clip.title,
    media: mediaOf(ownCopy(clip.bytes, masterIdentifier), clip.contentType),
    seconds: clip.seconds,
    patient,
    clinician,
    encounterStart,
    encounterMinutes: 12,
    startedAt: plusMinutes(encounterStart, 3),
    confidentiality: kind.confidentiality ?? 'R',
    ...(kind.sensitivity ? { sensitivity: kind.sensitivity } : {}),
    ...(kind.noTranscript ? {} : { transcript: ownTranscript(clip.transcript, masterIdentifier) }),
    consent: { status: kind.withdrawn ? 'inactive' : 'active', purposes: ['HQUALIMP', 'TRAIN'], end: plusDays(today, 400) },
    tasks: [],
  };
  const forOwner = taskFor(spec, `task-${key}`, owner, kind, clip, today);
  const forDee = taskFor(spec, `task-${key}-dee`, personCalled('dee'), { status: key === '04' ? 'in-progress' : 'requested', purpose: 'TRAIN' }, clip, today);
  return { ...spec, tasks: ALSO_FOR_DEE.includes(number) ? [forOwner, forDee] : [forOwner] };
}

function taskFor(spec: RecordingSpec, id: string, owner: Person, kind: Kind, clip: Clip, today: Date): TaskSpec {
  const authoredOn = plusMinutes(plusDays(today, -6), 8 * 60 + Number(spec.key));
  const changed = kind.status === 'requested' ? authoredOn : plusMinutes(plusDays(today, -2), 12 * 60 + Number(spec.key));
  const where = clip.contentType.startsWith('audio/') ? 'Telephone' : 'Video';
  return {
    id,
    owner,
    status: kind.status,
    ...(kind.withdrawn ? { statusReason: 'consent-withdrawn' } : {}),
    purpose: kind.purpose,
    description: `${where} consultation: ${clip.title.charAt(0).toLowerCase()}${clip.title.slice(1)}`,
    authoredOn,
    lastModified: changed,
    period: { start: plusDays(today, -7), end: plusDays(today, kind.soon ? 2 : 30) },
    offlinePermitted: kind.offline ?? true,
    assigner: personCalled('pat'),
  };
}

export function mediaOf(bytes: Buffer, contentType: string): Media {
  const digest = (algorithm: string): Buffer => createHash(algorithm).update(bytes).digest();
  return { contentType, size: bytes.length, sha256: digest('sha256').toString('base64url'), sha1: digest('sha1').toString('base64'), bytes };
}

/** A UUID that a name always gives again (in the form of RFC 9562, version 8). */
export function stableUuid(name: string): string {
  const hex = createHash('sha256').update(`viewing-room demo practice ${name}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function clipFor(number: number, kind: Kind, clips: readonly Clip[]): Clip {
  return pick(clips.filter(({ contentType }) => contentType.startsWith('audio/') === (kind.audio ?? false)), number - 1);
}

function kindOf(index: number): Kind {
  return pick(KINDS, index);
}

function pick<T>(from: readonly T[], index: number): T {
  const one = from[index % from.length];
  if (one === undefined) throw new Error('There is nothing to pick from');
  return one;
}
