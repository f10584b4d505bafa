/** The list of events, as it was filtered. */
import type { EventFilter, EventRow } from '../../../preload/console.ts';
import { eventName, longSeconds, proofNames } from '../../../preload/words.ts';
import { facts, html, tableOf } from './html.ts';
import { printed, type Printed, type Stamp } from './page.ts';
import { counted, filterWords, momentWords, nhsNumberWords, purposeWords } from './words.ts';

/** A longer list is for a spreadsheet: the rest is said to be left out, and is in the CSV. */
export const MOST_PRINTED = 1000;

export interface EventList {
  /** Newest first, as on the screen. */
  rows: readonly EventRow[];
  /** How many fit the filter. */
  total: number;
  filter: EventFilter;
  /** The practice's record has been read to its end. */
  complete: boolean;
}

function what(row: EventRow): string {
  const words = [
    row.seconds === null ? '' : longSeconds(row.seconds),
    row.media.length > 0 ? `at ${row.media.map(([from, to]) => `${from}–${to} s`).join(', ')}` : '',
    row.transcript ? 'transcript' : '', row.detail,
  ];
  return words.filter((word) => word !== '').join('; ');
}

export function eventList({ rows: given, total, filter, complete }: EventList, stamp: Stamp): Printed {
  const rows = given.slice(0, MOST_PRINTED);
  const body = html`<h1>Access record</h1>
${facts([
    ['Filter', filterWords(filter).map((line) => html`<p>${line}</p>`)], ['Rows', rows.length === total ? String(total) : `The first ${rows.length} of ${total}. The CSV export has all of them.`],
    ['Made by', `${stamp.exporter.name}, ${stamp.exporter.role} (${stamp.exporter.sds})`], ['Made on', momentWords(stamp.at)],
  ])}
${complete ? null : html`<p class="notice warning">The practice’s record had not been read to its end when this was made: there may be more.</p>`}
${tableOf<EventRow>(counted(rows.length, 'event'), [
    { name: 'When', value: ({ at }) => momentWords(at) }, { name: 'Who', value: ({ who }) => `${who.name}, ${who.role}` }, { name: 'Did', value: ({ event, refused }) => `${eventName(event)}${refused ? ' (refused)' : ''}` },
    { name: 'Recording', value: ({ recording }) => [recording?.title ?? recording?.recording ?? recording?.document ?? '', recording?.consultedAt ? momentWords(recording.consultedAt) : ''].filter((part) => part !== '').join(', ') },
    { name: 'Patient', value: ({ patient }) => html`${patient?.name ?? patient?.patient ?? ''}${patient?.nhsNumber ? html`<br>${nhsNumberWords(patient.nhsNumber)}` : null}` },
    { name: 'Why', value: ({ purpose }) => (purpose ? purposeWords(purpose) : ''), kind: 'short' }, { name: 'How much, and more', value: what }, { name: 'Device', value: ({ device }) => device.slice(0, 8), kind: 'short' },
    { name: 'Chain', value: ({ proof }) => proofNames[proof], kind: 'short' },
  ], rows)}`;
  return printed('Access record', body, stamp, { landscape: true });
}
