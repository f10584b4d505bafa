import type { Task } from '@medplum/fhirtypes';
import type { Person } from '../people.ts';
import type { DemoPatient } from './patients.ts';

/** The recording's own file: in memory, or on disk when it is long. Digests are of the bytes as served. */
export type Media = { contentType: string; size: number; sha256: string; sha1: string } & ({ bytes: Buffer } | { file: string });

export type Purpose = 'TREAT' | 'HQUALIMP' | 'TRAIN';

/** Everything there is to know about one recording before it becomes resources. */
export type RecordingSpec = {
  /** What ids end with: `rec-<key>`, `enc-<key>` and so on. */
  key: string;
  /** urn:uuid:… */
  masterIdentifier: string;
  title: string;
  media: Media;
  /** What the resources and the manifest say, where a test wants them to differ from the file. */
  declared?: { size?: number; sha256?: string; contentType?: string };
  /** Whether the manifest signs the blocks of the file as well. */
  inBlocks?: boolean;
  seconds: number;
  patient: DemoPatient;
  clinician: Person;
  encounterStart: Date;
  encounterMinutes: number;
  startedAt: Date;
  confidentiality: 'R' | 'V';
  /** Codes of the practice's own sensitivity labels. */
  sensitivity?: readonly string[];
  transcript?: string;
  consent: { status: 'active' | 'inactive'; purposes: readonly Purpose[]; end: Date };
  tasks: readonly TaskSpec[];
};

export type TaskSpec = {
  id: string;
  owner: Person;
  status: Task['status'];
  statusReason?: string;
  purpose: Purpose;
  description: string;
  authoredOn: Date;
  lastModified: Date;
  period: { start: Date; end: Date };
  offlinePermitted: boolean;
  /** Who signs the assignment of a peer review; own reviews need none. */
  assigner: Person;
};
