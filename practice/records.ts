import type { Task } from '@medplum/fhirtypes';
import { plusDays, plusMinutes, utcMidnight } from './days.ts';
import { inMemory, type Binaries } from './fhir/binaries.ts';
import type { Store } from './fhir/store.ts';
import { demoKeys } from './keys.ts';
import { ownCopy, ownTranscript, type Clip } from './media/clips.ts';
import { personCalled } from './people.ts';
import { nextOf, patientResource, testNhsNumbers, type DemoPatient } from './seed/patients.ts';
import { mediaOf, stableUuid } from './seed/plan.ts';
import { manifestProvenance, mediaId, recordingResources } from './seed/recording-resources.ts';
import type { Media, Purpose, RecordingSpec } from './seed/recording-spec.ts';
import { statementBytes, type Manifest } from './statements.ts';

/** One recording of the practice as a test needs to know it. */
export type RecordingInfo = {
  id: string;
  masterIdentifier: string;
  binaryId: string;
  transcriptId: string | undefined;
  title: string;
  contentType: string;
  size: number;
  seconds: number;
  clinicianPractitionerId: string;
  /** Of every Task on it, in the order they were made. */
  ownerPractitionerIds: string[];
  taskIds: string[];
  patientId: string;
  patientName: string;
  encounterId: string;
  consentId: string;
};

export type AddRecording = {
  /** Username of who is to review it. */
  owner: string;
  /** `own`: the owner was in the consultation. `peer`: a colleague was, and the assignment is signed. */
  review?: 'own' | 'peer';
  /** The bytes, or a file that is streamed from disk with its digests. A demo clip's bytes when absent. */
  media?: Buffer | Media;
  contentType?: string;
  declared?: RecordingSpec['declared'];
  inBlocks?: boolean;
  seconds?: number;
  /** Parts of an invented patient, for example a name that must never be seen. */
  patient?: Partial<Omit<DemoPatient, 'id'>>;
  title?: string;
  description?: string;
  purpose?: Purpose;
  status?: Task['status'];
  confidentiality?: 'R' | 'V';
  sensitivity?: readonly string[];
  transcript?: string;
  offlinePermitted?: boolean;
  startedAt?: Date;
  encounterMinutes?: number;
  period?: { start: Date; end: Date };
  consent?: Partial<RecordingSpec['consent']>;
};

export type SignManifest = {
  /** `stranger`'s key is in no site file, `revoked` and `retired` no longer count; `manifestES256` is trusted too. */
  signWith?: 'manifest' | 'manifestES256' | 'revoked' | 'retired' | 'stranger';
  /** Leave the bytes as changed but keep the signature of what was there before. */
  keepSignature?: boolean;
  /** Exact bytes to sign and serve in place of the manifest, for what no manifest should be (a key twice, not JSON). */
  bytes?: Buffer;
};

/** The practice's recordings: which there are, and how to add to them and sign them again. */
export class Records {
  readonly #store: Store;
  readonly #binaries: Binaries;
  readonly #clips: readonly Clip[];
  readonly #specs = new Map<string, RecordingSpec>();
  readonly #manifests = new Map<string, Manifest>();
  readonly #today: Date;
  readonly #moreNumbers = testNhsNumbers(999_500_000);
  #added = 0;

  constructor(store: Store, binaries: Binaries, clips: readonly Clip[], today = utcMidnight()) {
    this.#store = store;
    this.#binaries = binaries;
    this.#clips = clips;
    this.#today = today;
  }

  /** Puts a recording and all that belongs to it. `asNew`: with the time of now, so that a sync in progress sees it. */
  async put(spec: RecordingSpec, asNew = false): Promise<void> {
    const { resources, binaries, manifest } = recordingResources(spec);
    for (const [id, content] of binaries) this.#binaries.put(id, content);
    for (const { resource, lastUpdated } of resources) await this.#store.seed(resource, asNew ? new Date().toISOString() : lastUpdated);
    this.#specs.set(`rec-${spec.key}`, spec);
    this.#manifests.set(`rec-${spec.key}`, manifest);
  }

  list(): RecordingInfo[] {
    return [...this.#specs.keys()].map((id) => this.get(id));
  }

  get(recordingId: string): RecordingInfo {
    const spec = this.#specOf(recordingId);
    return {
      id: recordingId,
      masterIdentifier: spec.masterIdentifier,
      binaryId: mediaId(spec.key),
      transcriptId: spec.transcript === undefined ? undefined : `tr-${spec.key}`,
      title: spec.title,
      contentType: spec.media.contentType,
      size: spec.media.size,
      seconds: spec.seconds,
      clinicianPractitionerId: spec.clinician.practitionerId,
      ownerPractitionerIds: spec.tasks.map(({ owner }) => owner.practitionerId),
      taskIds: spec.tasks.map(({ id }) => id),
      patientId: spec.patient.id,
      patientName: `${spec.patient.given} ${spec.patient.family}`,
      encounterId: `enc-${spec.key}`,
      consentId: `con-${spec.key}`,
    };
  }

  manifestOf(recordingId: string): Manifest {
    const manifest = this.#manifests.get(recordingId);
    if (!manifest) throw new Error(`The demo practice has no recording ${recordingId}`);
    return structuredClone(manifest);
  }

  /** Lets a test change a recording's manifest (its revision is already one higher), then signs and serves it. */
  async signManifest(recordingId: string, change: (manifest: Manifest) => void, { signWith = 'manifest', keepSignature = false, bytes }: SignManifest = {}): Promise<Manifest> {
    const spec = this.#specOf(recordingId);
    const manifest = this.manifestOf(recordingId);
    manifest.revision++;
    change(manifest);
    const signed = bytes ?? statementBytes(manifest);
    this.#manifests.set(recordingId, manifest);
    this.#binaries.put(`manifest-${spec.key}`, inMemory(signed, 'application/json'));
    if (!keepSignature) await this.#store.update(manifestProvenance(spec.key, signed, manifest.issuedAt, spec.transcript !== undefined, demoKeys[signWith]));
    return manifest;
  }

  /** One more recording, complete and signed, assigned to one clinician. */
  async add(options: AddRecording): Promise<RecordingInfo> {
    const number = ++this.#added;
    const patient = this.#inventPatient(number, options.patient);
    await this.#store.seed(patientResource(patient), new Date().toISOString());
    const spec = this.#specFor(number, patient, options);
    await this.put(spec, true);
    return this.get(`rec-${spec.key}`);
  }

  /** The same recording for one more clinician, by signed assignment where it is not their own consultation. @param until when their review is due */
  async assign(recordingId: string, username: string, until: Date): Promise<void> {
    const spec = this.#specOf(recordingId);
    const [first] = spec.tasks;
    if (!first) throw new Error(`${recordingId} is assigned to nobody`);
    const task = { ...first, id: `task-${spec.key}-${username}`, owner: personCalled(username), period: { ...first.period, end: until } };
    const [before, now] = [recordingResources(spec), recordingResources({ ...spec, tasks: [...spec.tasks, task] })];
    const there = new Set(before.resources.map(({ resource }) => `${resource.resourceType}/${resource.id}`));
    for (const [id, content] of now.binaries) if (!before.binaries.has(id)) this.#binaries.put(id, content);
    for (const { resource } of now.resources) if (!there.has(`${resource.resourceType}/${resource.id}`)) await this.#store.seed(resource, new Date().toISOString());
    this.#specs.set(recordingId, { ...spec, tasks: [...spec.tasks, task] });
  }

  #specFor(number: number, patient: DemoPatient, options: AddRecording): RecordingSpec {
    const key = `x${number}`;
    const masterIdentifier = `urn:uuid:${stableUuid(`added recording ${number}`)}`;
    const [clip] = this.#clips;
    if (!clip) throw new Error('There are no demo clips');
    const { media: given, contentType = 'video/mp4', review = 'own', title = `Added recording ${number}` } = options;
    const media = given && !Buffer.isBuffer(given) ? given : mediaOf(given ?? ownCopy(clip.bytes, masterIdentifier), contentType);
    const owner = personCalled(options.owner);
    // Each on a day of its own, long before those of the seed: no two can overlap.
    const startedAt = options.startedAt ?? plusMinutes(plusDays(this.#today, -90 - number), 10 * 60);
    const encounterMinutes = options.encounterMinutes ?? Math.ceil((options.seconds ?? clip.seconds) / 60) + 10;
    const now = new Date(Math.floor(Date.now() / 1000) * 1000);
    return {
      key,
      masterIdentifier,
      title,
      media,
      ...(options.declared ? { declared: options.declared } : {}),
      ...(options.inBlocks ? { inBlocks: true } : {}),
      seconds: options.seconds ?? clip.seconds,
      patient,
      clinician: review === 'own' ? owner : personCalled(options.owner === 'ben' ? 'cara' : 'ben'),
      encounterStart: plusMinutes(startedAt, -3),
      encounterMinutes,
      startedAt,
      confidentiality: options.confidentiality ?? 'R',
      ...(options.sensitivity ? { sensitivity: options.sensitivity } : {}),
      ...(options.transcript === undefined ? {} : { transcript: ownTranscript(options.transcript, masterIdentifier) }),
      consent: { status: 'active', purposes: ['HQUALIMP', 'TRAIN'], end: plusDays(this.#today, 400), ...options.consent },
      tasks: [
        {
          id: `task-${key}`,
          owner,
          status: options.status ?? 'requested',
          purpose: options.purpose ?? 'HQUALIMP',
          description: options.description ?? `Video consultation: ${title}`,
          authoredOn: now,
          lastModified: now,
          period: options.period ?? { start: plusDays(this.#today, -1), end: plusDays(this.#today, 30) },
          offlinePermitted: options.offlinePermitted ?? true,
          assigner: personCalled('pat'),
        },
      ],
    };
  }

  #inventPatient(number: number, parts: Partial<Omit<DemoPatient, 'id'>> = {}): DemoPatient {
    return { id: `pat-x${number}`, given: 'Xtra', family: `Addedperson${number}`, gender: 'other', birthDate: '1970-01-02', nhsNumber: parts.nhsNumber ?? nextOf(this.#moreNumbers), ...parts };
  }

  #specOf(recordingId: string): RecordingSpec {
    const spec = this.#specs.get(recordingId);
    if (!spec) throw new Error(`The demo practice has no recording ${recordingId}`);
    return spec;
  }
}
