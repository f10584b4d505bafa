/**
 * The demo practice: a real OpenID provider and FHIR R4 server on loopback, with invented people and consultations.
 * Used by the e2e suite in its own process and by `npm run practice` (main.ts).
 */
import type { WithId } from '@medplum/core';
import type { AuditEvent, Resource } from '@medplum/fhirtypes';
import { utcMidnight } from './days.ts';
import { Binaries } from './fhir/binaries.ts';
import { FhirServer } from './fhir/server.ts';
import { Store, type Stored } from './fhir/store.ts';
import { loadDefinitions } from './fhir/validate.ts';
import { Listener, type AccessLogEntry } from './listener.ts';
import { honest, type Asked, type Given, type Lies } from './lies.ts';
import { DEMO_MEDIA, readClips } from './media/clips.ts';
import { largeRecording, type LargeSize } from './media/large.ts';
import { tokenCaller } from './oidc/caller.ts';
import { Interactions } from './oidc/interactions.ts';
import { createProvider, forgetSessions, forgetSigningKey } from './oidc/provider.ts';
import { people, type Person } from './people.ts';
import { Records, type AddRecording, type RecordingInfo, type SignManifest } from './records.ts';
import { History, type HistoryRecording } from './seed/history.ts';
import { demoPatients, patientResource } from './seed/patients.ts';
import { plannedRecordings } from './seed/plan.ts';
import type { RecordingSpec } from './seed/recording-spec.ts';
import { questionnaires } from './seed/questionnaires.ts';
import { reviews } from './seed/reviews.ts';
import { staff } from './seed/staff.ts';
import { siteFile, type SiteFile } from './site.ts';
import type { Manifest } from './statements.ts';
import { StopList, type Stopped } from './stops.ts';

export type { AccessLogEntry, AddRecording, Asked, Given, LargeSize, Lies, Manifest, Person, RecordingInfo, SignManifest, SiteFile, Stopped };

export type PracticeOptions = {
  /** 0, the default, takes any free port. */
  port?: number;
  host?: '127.0.0.1';
  /** Long recordings for gp-1, made on first use. */
  large?: readonly LargeSize[];
  quiet?: boolean;
  /** So many access records of the year before, none by default. */
  events?: number;
  /** Where the demo clips are; the committed ones by default. */
  mediaDir?: string;
  /** How long access tokens last; 600 by default. */
  accessTokenSeconds?: number;
};

export type Practice = {
  url: string;
  fhirBase: string;
  issuer: string;
  people: readonly Person[];
  siteFile: () => SiteFile;
  accessLog: AccessLogEntry[];
  lies: Lies;
  repo: {
    update: <T extends Resource>(resource: WithId<T>) => Promise<WithId<T>>;
    remove: (type: Resource['resourceType'], id: string) => Promise<void>;
    read: <T extends Resource>(type: T['resourceType'], id: string) => Promise<WithId<T>>;
    /** Every resource of one type, as it is now. */
    all: <T extends Resource>(type: T['resourceType']) => Promise<WithId<T>[]>;
    recordings: () => RecordingInfo[];
    manifest: (recordingId: string) => Manifest;
    signManifest: (recordingId: string, change: (manifest: Manifest) => void, options?: SignManifest) => Promise<Manifest>;
    addRecording: (options: AddRecording) => Promise<RecordingInfo>;
    /** Has a recording reviewed by one more clinician, until then. */
    assign: (recordingId: string, username: string, until: Date) => Promise<void>;
    /** Puts a recording, a patient or everything on the stop list. */
    stop: (identifier: Stopped, options?: { reason?: string }) => Promise<void>;
    /** Takes a stop back, in the name of `by`. */
    lift: (identifier: Stopped, by: readonly string[]) => Promise<void>;
    auditEvents: () => Promise<WithId<AuditEvent>[]>;
  };
  /** What a restart of the provider loses: everybody has to sign in again. */
  forgetSessions: () => void;
  /** The provider signs with another key from now on, and knows the one before no more. Sessions go on. */
  rotateKeys: () => void;
  stop: () => Promise<void>;
};

export async function startPractice({ port = 0, host = '127.0.0.1', large = [], quiet = false, events = 0, mediaDir = DEMO_MEDIA, accessTokenSeconds = 600 }: PracticeOptions = {}): Promise<Practice> {
  loadDefinitions();
  const today = utcMidnight();
  const clips = readClips(mediaDir);
  const planned = plannedRecordings(today, clips);
  const history = events > 0 ? new History(events, planned.map(recordingOf), today) : null;
  const [store, binaries] = [new Store(history), new Binaries()];
  const stopList = new StopList(store);
  const records = new Records(store, binaries, clips, today);
  for (const resource of [...staff(today.toISOString()), ...questionnaires(), ...demoPatients().map(patientResource)]) {
    await store.seed(resource, new Date(today.getTime() - 30 * 86_400_000).toISOString());
  }
  for (const spec of planned) await records.put(spec);
  for (const review of reviews(today)) await store.seed(review, review.authored ?? today.toISOString());
  if (history) await store.seed(history.enrolment(today.toISOString()), today.toISOString());
  for (const size of large) await records.put(await largeRecording(size, clips, today, quiet));

  const listener = new Listener();
  const lies = honest(() => listener.dropConnections());
  const url = await listener.listen(host, port);
  const serve = (): void => {
    const provider = createProvider(url, accessTokenSeconds, lies);
    const fhir = new FhirServer({ url, store, binaries, lies, callerOf: tokenCaller(provider), swappedWith: (binaryId) => swapped(records, lies, binaryId), heardInBatch: (one, caller) => listener.heardInBatch(one, caller?.person.sdsUserId ?? null) });
    listener.serve({ lies, provider, fhir, interactions: new Interactions(provider, lies) });
  };
  serve();

  return {
    url,
    fhirBase: `${url}/fhir`,
    issuer: `${url}/oidc`,
    people,
    siteFile: () => siteFile(url),
    accessLog: listener.accessLog,
    lies,
    repo: {
      update: (resource) => store.update(resource),
      remove: (type, id) => store.remove(type, id),
      read: async <T extends Resource>(type: T['resourceType'], id: string) => {
        const found = await store.find(type, id);
        if (!found) throw new Error(`The demo practice has no ${type}/${id}`);
        return structuredClone<Stored>(found) as WithId<T>;
      },
      all: (type) => store.allOf(type),
      recordings: () => records.list(),
      manifest: (id) => records.manifestOf(id),
      signManifest: (id, change, options) => records.signManifest(id, change, options),
      addRecording: (options) => records.add(options),
      assign: (id, username, until) => records.assign(id, username, until),
      stop: (identifier, options) => stopList.stop(identifier, options),
      lift: (identifier, by) => stopList.lift(identifier, by),
      auditEvents: () => store.allOf<AuditEvent>('AuditEvent'),
    },
    forgetSessions: () => forgetSessions(url),
    rotateKeys: () => {
      forgetSigningKey();
      serve();
    },
    stop: () => listener.close(),
  };
}

export function recordingOf({ key, masterIdentifier, patient, seconds, tasks }: RecordingSpec): HistoryRecording {
  return { id: `rec-${key}`, masterIdentifier, patientId: patient.id, seconds, owners: tasks.map(({ id, owner, purpose }) => ({ practitionerId: owner.practitionerId, taskId: id, purpose })) };
}

/** The Binary whose bytes stand in for another's: its own unless a lie swaps two recordings. */
function swapped(records: Records, lies: Lies, binaryId: string): string {
  for (const [a, b] of lies.swapMedia) {
    const [binaryA, binaryB] = [records.get(a).binaryId, records.get(b).binaryId];
    if (binaryId === binaryA) return binaryB;
    if (binaryId === binaryB) return binaryA;
  }
  return binaryId;
}
