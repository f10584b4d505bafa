/** What is exported as rows, column by column. Times in UTC as they were recorded; seconds as numbers. */
import type { EventRow, LadderRow, PatientRef, RecordingRef, Rung } from '../../preload/console.ts';
import type { Interval } from '../../preload/intervals.ts';
import type { Cell, Table } from './csv.ts';
import { nhsNumberWords } from './printed/words.ts';

type Rows<T> = Iterable<T> | AsyncIterable<T>;
type Columns<T> = readonly (readonly [name: string, value: (row: T) => Cell])[];

function table<T>(columns: Columns<T>, rows: Rows<T>): Table {
  const cells = async function* (): AsyncGenerator<readonly Cell[]> {
    for await (const row of rows) yield columns.map(([, value]) => value(row));
  };
  return { header: columns.map(([name]) => name), rows: cells() };
}

/** "0 to 9; 12.5 to 20": a spreadsheet takes 3-9 for a day in September. */
const intervals = (list: readonly Interval[]): string => list.map(([from, to]) => `${from} to ${to}`).join('; ');
/** In groups, which no spreadsheet takes for a number. */
const nhsNumber = (patient: PatientRef | null): string | null => (patient?.nhsNumber ? nhsNumberWords(patient.nhsNumber) : null);

const person = <T extends { who: EventRow['who'] }>(): Columns<T> => [
  ['Person', ({ who }) => who.name], ['Role', ({ who }) => who.role], ['SDS user id', ({ who }) => who.sds],
];
const subject = <T extends { recording: RecordingRef | null; patient: PatientRef | null }>(): Columns<T> => [
  ['Recording', ({ recording }) => recording?.recording ?? null], ['Document', ({ recording }) => recording?.document ?? null], ['Title', ({ recording }) => recording?.title ?? null],
  ['Consultation', ({ recording }) => recording?.consultedAt ?? null], ['Patient', ({ patient }) => patient?.patient ?? null], ['Patient name', ({ patient }) => patient?.name ?? null],
  ['Date of birth', ({ patient }) => patient?.dateOfBirth ?? null], ['NHS number', ({ patient }) => nhsNumber(patient)],
];

const eventColumns: Columns<EventRow> = [
  ['When', ({ at }) => at], ['Event', ({ event }) => event], ...person<EventRow>(), ...subject<EventRow>(), ['Purpose', ({ purpose }) => purpose], ['Refused', ({ refused }) => refused],
  ['Seconds', ({ seconds }) => seconds], ['Shown, media seconds', ({ media }) => intervals(media)], ['Of these attended', ({ attended }) => intervals(attended)],
  ['Transcript', ({ transcript }) => transcript], ['Detail', ({ detail }) => detail], ['Device', ({ device }) => device], ['Chain', ({ proof }) => proof],
];
export const eventTable = (rows: Rows<EventRow>): Table => table(eventColumns, rows);

/** As the sentence on the screen has it. */
const rungNames: Record<Rung, string> = { exposed: 'exposed', opened: 'opened', presented: 'presented', listed: 'listed off screen', refused: 'refused' };
const ladderColumns: Columns<LadderRow> = [
  ...person<LadderRow>(), ...subject<LadderRow>(), ['Got as far as', ({ rung }) => (rung === null ? null : rungNames[rung])], ['Times listed', ({ listed }) => listed], ['Seconds on screen in a list', ({ presentedSeconds }) => presentedSeconds],
  ['Times opened', ({ opened }) => opened], ['Seconds exposed', ({ exposedSeconds }) => exposedSeconds], ['Seconds attended', ({ attendedSeconds }) => attendedSeconds],
  ['Shown, media seconds', ({ media }) => intervals(media)], ['Transcript', ({ transcript }) => transcript], ['May be more', ({ unreported }) => unreported],
  ['Times refused', ({ denied }) => denied], ['Times withheld', ({ withheld }) => withheld], ['Times downloaded', ({ downloaded }) => downloaded], ['Copies erased', ({ destroyed }) => destroyed],
  ['Said wrong patient', ({ wrongPatient }) => wrongPatient], ['First', ({ first }) => first], ['Last', ({ last }) => last], ['Purposes', ({ purposes }) => purposes.join('; ')],
  ['Devices', ({ devices }) => devices.join('; ')], ['Chain', ({ proof }) => proof],
];
export const ladderTable = (rows: Rows<LadderRow>): Table => table(ladderColumns, rows);
