/** Words of the manager's console. */
import type { DeviceRow, Finding, Flag, Proof, TrailState } from '../../preload/console.ts';
import { eventNames as allEvents } from '../../preload/words.ts';
import { computer } from './health.ts';
import { formatDate, localParts } from '../words/time.ts';

const number = new Intl.NumberFormat('en-GB');
export const formatCount = (count: number): string => number.format(count);
const many = (count: number, one: string, more: string) => `${formatCount(count)} ${count === 1 ? one : more}`;

export const frame = {
  nav: 'Console',
  noPlay: 'Managers cannot play recordings, and this app fetches no recording, note or grade for you.',
  readsOnly: 'A second reader cannot play recordings and changes nothing: this app fetches no recording, note or grade for you.',
  managers: 'Managers’ actions',
  places: { events: 'Events', history: 'People and recordings', flags: 'Flags', incidents: 'Incidents', assignments: 'Assignments and stops', devices: 'Devices', computer: computer.title },
};

export const trail = {
  region: 'The practice’s record',
  starting: 'Reading the practice’s record…',
  /** "12,340 entries read, newest first, back to 3 March 2026; still reading…" */
  words({ entries, since, complete, reading }: Pick<TrailState, 'entries' | 'since' | 'complete' | 'reading'>): string {
    const read = `${many(entries, 'entry', 'entries')} read`;
    if (complete) return `${read}: the whole record${reading ? ', and what is new is being read…' : '.'}`;
    const back = since === null ? ', newest first' : `, newest first, back to ${formatDate(localParts(since).day)}`;
    return `${read}${back}${reading ? '; still reading…' : '; not all of it could be read.'}`;
  },
  others: (count: number) => `${many(count, 'other record of the practice was', 'other records of the practice were')} left out.`,
  verifying: (verified: number, entries: number) => `Checking: ${formatCount(verified)} of ${formatCount(entries)}.`,
  findings: (count: number) => (count === 0 ? 'No entry of it is missing or changed.' : `${many(count, 'finding', 'findings')}: the record does not fit together`),
  wrongPatient: (count: number) => `${many(count, 'report', 'reports')} of a wrong patient in the last 7 days`,
  notEnrolled: (count: number) => many(count, 'computer is not enrolled yet', 'computers are not enrolled yet'),
};

export const events = {
  title: 'Events',
  ask: { loading: 'Looking…', tryAgain: 'Try again' },
  /** "Last 30 days (since 25 October 2026): 1,204 events; the newest 50 are shown." */
  count: (shown: number, total: number, period: string) =>
    `${period.charAt(0).toUpperCase()}${period.slice(1)}: ${total === 0 ? 'no event' : many(total, 'event', 'events')}${shown < total ? `; the newest ${formatCount(shown)} are shown` : ''}.`,
  none: { title: 'No event found', body: 'Nothing in the record that has been read so far fits these filters. Remove one, or choose a longer period.' },
  columns: { when: 'When', who: 'Who', what: 'Did what', recording: 'Which recording', patient: 'Which patient', why: 'Why', outcome: 'Outcome', device: 'Device' },
  more: 'Show more',
  moreLoading: 'Loading more…',
  fresh: 'More of the record has been read or checked.',
  showFresh: 'Show it',
  refused: 'Refused',
  transcript: 'Transcript shown',
  onScreen: (seconds: string) => `on screen ${seconds}`,
  open: (what: string) => ` ${what}: show details`,
};

export const filters = {
  region: 'Filters',
  period: 'Period',
  periods: { usual: 'Last 30 days', week: 'Last 7 days', today: 'Today', all: 'All that has been read', dates: 'Between two dates…' },
  from: 'From', to: 'To',
  what: 'Did what', who: 'Who', any: 'Anything', anyone: 'Anyone', refusedOnly: 'Refused only', find: 'Find a patient or recording…', add: 'Filter by this', findNothing: 'Search, and choose one',
  chips: 'Filters in use',
  remove: (words: string) => `Remove filter: ${words}`,
  clear: 'Clear all',
  lists: { people: 'Who', events: 'Did what', recordings: 'Recording', patients: 'Patient', devices: 'Device' },
};

export const views = {
  label: 'Saved views',
  choose: 'Choose a saved view',
  save: 'Save this view',
  name: 'Name of the view', nameMissing: 'Give the view a name',
  saveTitle: 'Save these filters',
  saveBody: 'The filters and the period are kept for you, and no event. A view of the last 30 days always shows the last 30.',
  remove: 'Delete view',
  removeTitle: (name: string) => `Delete the view “${name}”?`,
  removeBody: 'Only the saved filters go. No event is changed.',
};

export const exporting = {
  csv: 'Export CSV', pdf: 'Export PDF', chain: 'Export proof',
  about: 'An export says which filters it was made with, and is itself on the record.',
  busy: 'Exporting…',
  done: (file: string, rows: number) => `Saved in your Downloads folder as ${file}, with ${many(rows, 'row', 'rows')}.`,
  hash: 'SHA-256',
};

/** What somebody did, in one word or a few. */
export { eventName } from '../../preload/words.ts';
/** What can be filtered by. */
export const eventNames: readonly string[] = Object.keys(allEvents);
/** What each of the words means, beside the list. */
export const meanings = {
  summary: 'What the words mean',
  rows: [
    ['Listed', 'the recording was on the person’s list, perhaps off screen'],
    ['Presented', 'its row was on screen: patient and title could be read'],
    ['Opened', 'the person opened it; picture or sound may not have begun'],
    ['Watched', 'picture, sound or transcript was shown: which minutes and seconds of the recording, and how many'],
    ['Attended', 'watched while the window was visible and in use'],
    ['Exposed', 'in the sentence at the top: was shown any of it, however little, or may have been; the seconds are those under Watched'],
    ['Refused', 'asked for it and did not get it, or had it withheld'],
  ],
} as const;

export { proofNames as proofWords } from '../../preload/words.ts';
export const proofMeans: Record<Proof, string> = {
  verified: 'Signed with the key that a manager enrolled, and nothing before it is missing or changed.',
  unenrolled: 'Signed, and nothing before it is missing or changed, but no manager has enrolled the key: that it is this person’s is not proved yet. A manager can enrol it under Devices.',
  broken: 'Something in this chain does not fit. See the findings.',
  unchecked: 'The app has not come to it yet. It checks by itself.',
};

export const drawer = {
  title: 'Event',
  close: 'Close',
  previous: 'Previous', next: 'Next',
  place: (index: number, count: number) => `${formatCount(index)} of ${formatCount(count)} shown`,
  keys: 'Up and Down change the event, Esc closes.',
  filter: 'Filter by this',
  filterBy: (value: string) => `Filter by this: ${value}`,
  history: 'History',
  loading: 'Loading the entry…',
  fields: {
    when: 'When', who: 'Who', role: 'Role', what: 'Did what', recording: 'Recording', patient: 'Patient', born: 'Date of birth', nhs: 'NHS number', why: 'Why', outcome: 'Outcome',
    media: 'Watched', attended: 'Attended', seconds: 'Seconds', transcript: 'Transcript', detail: 'Detail', device: 'Device', proof: 'Proof', sequence: 'Number in its chain', received: 'Received by the practice',
    reference: 'Record of the practice', hash: 'Hash', findings: 'Findings',
  },
  shown: 'Shown',
  done: 'Done', refused: 'Refused',
  entry: 'The entry as it was signed',
  signature: 'Signature',
  notReceived: 'Not said',
};

export const activity = {
  show: 'Show activity by day', hide: 'Hide activity by day',
  measure: 'Show',
  measures: { opened: 'Opened', presented: 'Presented', listed: 'Listed', exposedSeconds: 'Seconds watched', refused: 'Refused' },
  about: 'Choose a day to see its events: with the arrow keys and Enter, or with the mouse.',
  region: 'Activity by day',
  none: 'No event on any day of this period.',
  table: 'Activity by day, as a table',
  day: 'Day',
  chart: (measure: string) => `${measure} by day`,
  bar: (day: string, count: string, measure: string) => `${day}: ${measure}, ${count}`,
};

/** Finding by what a person knows. */
export const finding = {
  filterTitle: 'Find a patient, a recording or a clinician',
  label: 'Patient’s name, NHS number or date of birth, or a clinician’s name',
  hint: 'A patient’s name, NHS number or date of birth, such as 14/03/1962. Whom you find is itself on the record.',
  search: 'Search',
  searching: 'Searching…',
  none: 'Nobody found. Check the spelling, or try the NHS number.',
  count: (count: number, more: boolean) => (more ? `The first ${formatCount(count)} are shown. Give more of the name to see others.` : `${formatCount(count)} found.`),
  born: (date: string) => `born ${date}`,
  nhs: (number: string) => `NHS number ${number}`,
  theirRecordings: (name: string) => `Recordings of ${name}`,
  recordings: (count: number, name: string) => (count === 0 ? `The practice has no recording of ${name}.` : `${many(count, 'recording', 'recordings')} of ${name}: choose one.`),
  remove: (name: string) => `Remove ${name}`,
  offline: 'Names cannot be searched without a connection: choose one that is kept here, or give the practice’s reference.',
};

export const history = {
  title: 'People and recordings',
  about: 'What the record says of one recording, one clinician or one patient: listed, presented, opened, watched.',
  kinds: { recording: 'A recording', person: 'A clinician', patient: 'A patient' },
  kind: 'History of',
  which: { recording: 'Recording', person: 'Clinician', patient: 'Patient' },
  hint: { recording: 'Find the patient first, choose one from the list, or give its identifier.', person: 'Choose one from the list.', patient: 'Give their name, NHS number or date of birth, or the practice’s reference, such as Patient/123.' },
  choose: 'Choose',
  show: 'Show history',
  again: 'Choose another',
  heading: { recording: 'History of a recording', person: 'History of a clinician', patient: 'Access report of a patient' },
  under: (patients: string) => `In the record it stands under the name of ${patients}.`,
  notUnder: 'The record does not say under whose name it stands.',
  /** So many names can be read at a glance; the table has them all. */
  exposed: (names: readonly string[], most = 6) => `Who was exposed: ${names.slice(0, most).join(', ')}${names.length > most ? ` and ${many(names.length - most, 'other', 'others')}` : ''}.`,
  incomplete: 'The record has not been read to its end yet: these figures can still grow.',
  columns: {
    who: 'Who', recording: 'Recording', why: 'Why', when: 'First and last', listed: 'Listed', presented: 'Presented', opened: 'Opened', exposed: 'Watched', attended: 'Attended', refused: 'Refused',
  },
  times: (count: number) => (count === 1 ? 'Once' : count === 0 ? 'No' : `${formatCount(count)} times`),
  no: 'No',
  at: 'at',
  unreported: 'And for a time that the screen did not report',
  denied: (count: number) => many(count, 'refusal', 'refusals'),
  withheld: (count: number) => `withheld ${count === 1 ? 'once' : `${formatCount(count)} times`}`,
  wrongPatient: 'Said: wrong patient',
  downloaded: (count: number) => (count === 1 ? 'copy downloaded' : `${formatCount(count)} copies downloaded`),
  destroyed: (count: number) => (count === 1 ? 'copy erased' : `${formatCount(count)} copies erased`),
  events: 'Show the events',
  incident: 'Open an incident from this',
  stop: { recording: 'Stop this recording', patient: 'Stop this patient’s recordings' },
  report: 'Export access report', ladder: 'Export this history', personExport: 'Export their events (PDF)',
  reportAbout: 'The report says who, when, why and how much: what a patient may ask for. It names staff; read it before you hand it out.',
};

export const flags = {
  title: 'Flags',
  about: 'Something to look at, and why. What may be a wrong patient comes first, then the newest. A flag is no accusation: most have an ordinary explanation.',
  withheld: 'It was not shown then. Its history says whether anybody was shown it before.',
  history: 'History',
  none: { title: 'No flags', body: 'Nothing in the record that has been read so far stands out.' },
  columns: { when: 'When', kind: 'What', who: 'Who', about: 'About', sentence: 'Why it is flagged', actions: 'Actions' },
  kinds: {
    'unassigned-attempt': 'Not assigned', 'bulk-opening': 'Many opened', 'out-of-hours': 'Out of hours', 'same-surname': 'Same surname', 'staff-as-patient': 'Staff as patient',
    'failed-secrets': 'Wrong secrets', 'withheld-mismatch': 'Withheld: mismatch', 'wrong-patient': 'Wrong patient',
  } satisfies Record<Flag['kind'], string>,
  look: (count: number) => (count === 1 ? 'Show the event' : `Show the ${formatCount(count)} events`),
  incident: 'Open an incident',
  which: (kind: string, who: string) => `: ${kind}, ${who}`,
};

export const findings = {
  title: 'Findings',
  about: 'Where the record does not fit together. Each entry is signed and names the one before it; a finding says what is missing, changed or twice. It can have an ordinary cause, such as a restored backup, and should be explained.',
  none: { title: 'No findings', body: 'Everything that has been checked so far fits together.' },
  columns: { kind: 'What', who: 'Whose record', place: 'Number in its chain', at: 'When', sentence: 'What it means' },
  kinds: {
    unreadable: 'Cannot be read', edited: 'Changed', signature: 'Signature is wrong', gap: 'Missing', fork: 'Two versions', replay: 'Sent again', regression: 'Went back', truncated: 'Cut off', 'other-key': 'Another key',
  } satisfies Record<Finding['kind'], string>,
  devices: 'Devices',
  enrol: 'Compare and enrol the new key',
  enrolWhich: (who: string) => ` of ${who}`,
  enrolled: (who: string) => `The new key of ${who} is enrolled. What was signed with the former one now shows as signed with another.`,
};

export const devices = {
  title: 'Devices',
  about: 'Each person’s app signs what it records with a key of its own, one on each computer. What a key signed is in the record, and counts, before it is enrolled as well; enrolling it says that you know whose it is. Ring or meet the person, and compare the characters.',
  none: { title: 'No devices', body: 'Nothing has been read from any computer yet.' },
  columns: { who: 'Who', device: 'Device', version: 'Version', contact: 'Last contact', chain: 'What it signed', enrolled: 'Enrolment', actions: 'Actions' },
  entries: (count: number) => many(count, 'entry', 'entries'),
  findings: (count: number) => many(count, 'finding', 'findings'),
  states: { enrolled: 'Enrolled', 'not-enrolled': 'Not enrolled yet', 'other-key': 'Another key than enrolled', revoked: 'Revoked' } satisfies Record<DeviceRow['enrolled'], string>,
  key: 'Key',
  noKey: 'Names no key',
  never: 'Never',
  enrol: 'Enrol', revoke: 'Revoke',
  which: (who: string) => ` ${who}’s device`,
  enrolTitle: (who: string) => `Enrol a device of ${who}?`,
  enrolBody: 'Ask the person to read their characters to you from their own computer, in person or on a telephone number that you know. A clinician finds them under “Storage on this computer”, a manager under “Devices”. Do not read them out first. Enrol only if all are the same.',
  otherKey: 'Another key was enrolled for this person on this device before. If nobody set the computer up anew, do not enrol: find out why first.',
  enrolYes: 'All are the same: enrol',
  revokeTitle: (who: string) => `Revoke a device of ${who}?`,
  revokeBody: 'From now on what this key signs is shown as not enrolled. What it signed before stays on the record, and access to recordings is not touched: stop those too if the device is lost.',
  revokeYes: 'Revoke',
  done: { enrol: (who: string) => `The device of ${who} is enrolled.`, revoke: (who: string) => `The device of ${who} is revoked.` },
};
