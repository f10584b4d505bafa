import { createContext, use } from 'react';
import type { AssignmentView, EventFilter, EventRow, LadderRow, PatientRef, PersonRef, RecordingRef, TrailState } from '../../../preload/console.ts';
import type { Option } from '../../parts/fields.tsx';
import { eventName, finding } from '../../text/console.ts';
import type { FilterList } from '../../words/filter.ts';
import { formatNhsNumber } from '../../words/nhsNumber.ts';
import { formatDate, formatShortDay } from '../../words/time.ts';

/** One recording, clinician or patient, by the practice's reference. */
export interface About {
  kind: 'recording' | 'person' | 'patient';
  id: string;
}

export type Place =
  | { kind: 'managers' | 'events' | 'flags' | 'findings' | 'incidents' | 'assignments' | 'devices' | 'computer' }
  | { kind: 'history'; about: About | null }
  | { kind: 'incident'; id: string };

/** The field of when the practice became aware, which the clock leads to. */
export const awareField = 'incident-aware-at';

/** What is known by name, as choices of a field. */
export interface Known {
  people: readonly Option[];
  recordings: readonly Option[];
  patients: readonly Option[];
  staff: readonly PersonRef[];
}

interface ConsoleContext {
  /** Who is here. */
  name: string;
  /** A manager, who does something about what they see; a second reader only reads. */
  acts: boolean;
  trail: TrailState | null;
  /** The practice cannot be asked: what is kept here is all there is. */
  offline: boolean;
  known: Known;
  /** The name of a value, where any answer had one; else the value. */
  label: (list: FilterList, value: string) => string;
  /** Names that an answer had. */
  learn: (rows: readonly Named[]) => void;
  go: (place: Place) => void;
  showEvents: (filter: EventFilter) => void;
}

export const ConsoleContext = createContext<ConsoleContext | null>(null);

export function useConsole(): ConsoleContext {
  const context = use(ConsoleContext);
  if (!context) throw new Error('outside of the console');
  return context;
}

export type Named = Pick<EventRow, 'who' | 'recording' | 'patient'> | Pick<AssignmentView, 'owner' | 'recording' | 'patient'>;

/** Changes by the thousand entries, at the end, and with what was found out about them: often enough for what is figured out from the record while it is being read. */
export const readSoFar = (trail: TrailState | null): string => `${trail?.complete} ${Math.floor((trail?.entries ?? 0) / 1000)} ${trail?.checks}`;

/** How a recording is named in lists; its identifier where the practice gives no title. */
export const recordingName = ({ title, recording, document }: RecordingRef): string => title ?? recording ?? document ?? '';
export const recordingId = ({ recording, document }: RecordingRef): string => recording ?? document ?? '';
export const patientName = ({ name, patient }: PatientRef): string => name ?? patient;

/** A recording where no column beside it has the day: two consultations can have one title. */
export const recordingLabel = (recording: RecordingRef): string => `${recordingName(recording)}${recording.consultedAt === null ? '' : `, ${formatShortDay(recording.consultedAt)}`}`;

/** What a question about an assignment names it by. */
export const assignmentWords = ({ owner, recording, patient }: AssignmentView): string => [recordingLabel(recording), ...(patient ? [patientName(patient)] : []), owner.name].join('; ');

/** Who and when: what tells two patients of one name apart. */
export function patientWords({ name, patient, dateOfBirth, nhsNumber }: PatientRef): string {
  return [name ?? patient, ...(dateOfBirth === null ? [] : [finding.born(formatDate(dateOfBirth))]), ...(nhsNumber === null ? [] : [finding.nhs(formatNhsNumber(nhsNumber))])].join(', ');
}

/** Under whose names recordings stand, each once. */
export const patientsOf = (rows: readonly Pick<LadderRow, 'patient'>[]): PatientRef[] => [...new Map(rows.flatMap(({ patient }) => (patient ? [[patient.patient, patient] as const] : []))).values()];

/** "people a" → "Ada Example" */
export type Names = ReadonlyMap<string, string>;
export const nameKey = (list: FilterList, value: string) => `${list} ${value}`;

export function namesIn(rows: readonly Named[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const row of rows) {
    const who = 'who' in row ? row.who : row.owner;
    if (who.name !== '') names.set(nameKey('people', who.sds), who.name);
    if (row.recording?.title != null) names.set(nameKey('recordings', recordingId(row.recording)), recordingLabel(row.recording));
    if (row.patient?.name != null) names.set(nameKey('patients', row.patient.patient), row.patient.name);
  }
  return names;
}

export const nameOf = (names: Names, list: FilterList, value: string): string => (list === 'events' ? eventName(value) : list === 'devices' ? shortDevice(value) : (names.get(nameKey(list, value)) ?? value));

/** The first characters of a device's id: enough to tell a practice's computers apart by eye. */
export const shortDevice = (device: string): string => device.slice(0, 8);
