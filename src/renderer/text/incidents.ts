/** Words of the practice's register of incidents, and of one incident. */
import type { Incident } from '../../preload/console.ts';
import type { ChecklistStep, ClosingGap } from '../words/breach.ts';

type Trigger = Incident['trigger'];

export const triggers: Record<Trigger, string> = { 'wrong-patient': 'Someone said: wrong patient', withheld: 'A recording was withheld for a mismatch', flag: 'A flag', query: 'A question or a complaint' };

export const register = {
  title: 'Incidents',
  about: 'The practice’s register of breaches and suspected breaches: each stays here, also where the practice decided not to report it.',
  open: 'Open an incident',
  none: { title: 'No incidents', body: 'None has been opened. Open one from a flag or from the history of a recording, or here.' },
  columns: { title: 'Incident', state: 'State', opened: 'Opened', clock: '72 hours' },
  states: { open: 'Open', closed: 'Closed' },
  untitled: 'Untitled incident',
  by: (who: string) => `by ${who}`,
};

export const opening = {
  title: 'Open an incident',
  body: 'It goes into the register with who was listed, presented, opened and exposed. Nothing is reported or stopped by that.',
  recordings: (count: number) => (count === 1 ? 'It is about 1 recording.' : `It is about ${count} recordings.`),
  trigger: 'What began it',
  note: 'What happened, as far as is known',
  yes: 'Open incident',
};

export const incident = {
  back: 'All incidents',
  openedBy: (who: string, when: string) => `Opened by ${who} on ${when}.`,
  sections: { clock: '72 hours', extent: 'Who was reached', exports: 'Report and letters', fields: 'What the regulator asks', versions: 'Versions', close: 'Close' },
  stop: { recordings: (count: number) => (count === 1 ? 'Stop this recording everywhere' : `Stop all ${count} recordings everywhere`), patients: (count: number) => (count === 1 ? 'Stop this patient’s recordings everywhere' : `Stop the recordings of all ${count} patients everywhere`), all: 'Stop every recording…', title: 'Stop these recordings everywhere?' },
  stopped: 'A stop has been ordered. Every computer that is connected closes within about a minute; others when they next connect.',
  noRecordings: 'No recording belongs to this incident yet. Add one below.',
  exports: { report: 'Export report', letters: 'Export letters (PDF)', 'mail-merge': 'Export letters for mail merge (CSV)' },
  exportAbout: 'The report has the answers below and the figures above as they are now. There is one letter for each patient, in plain words.',
  unsaved: 'You have changes that are not saved: exports do not have them.',
  legends: { about: 'About the incident', breach: 'Nature and consequences', report: 'Report to the ICO', patients: 'Telling the patients' },
  fields: {
    title: 'Title', awareAt: 'When the practice became aware', nature: 'What happened', categoriesOfPeople: 'Which kinds of people', people: 'About how many people', categoriesOfRecords: 'Which kinds of records',
    records: 'About how many records', contact: 'Contact for the regulator', consequences: 'Likely consequences', measures: 'Measures taken or proposed', lateBecause: 'If later than 72 hours: why',
    report: 'Report to the ICO?', reportReasons: 'Reasons for this decision', reportedAt: 'When it was reported', tellPatients: 'Tell the patients?', tellReasons: 'Reasons for this decision', recordings: 'Recordings', patients: 'Patients',
  },
  hints: {
    title: 'For the register. No patient’s name.',
    awareAt: 'The moment from which someone at the practice was reasonably sure that there had been a breach. The 72 hours run from here.',
    nature: 'UK GDPR Article 33(3)(a). Say also whether anyone else may have been reached.',
    contact: 'The data protection officer, or another who can answer. Article 33(3)(b).',
    consequences: 'For the people whom it is about. Article 33(3)(c).',
    measures: 'Also what makes the consequences smaller. Article 33(3)(d).',
    report: 'A breach is reported unless a risk to people is unlikely. A decision not to report stays in the register with its reasons.',
    tellPatients: 'People are told when the risk to them is high. Article 34.',
    list: 'One a line, as the practice names them.',
    awareClock: 'England’s time.',
  },
  decisions: { undecided: 'Not decided', yes: 'Yes', no: 'No' },
  day: 'Date', clock: 'Time',
  note: 'What changed in this version, and why',
  save: 'Save as a new version',
  saving: 'Saving…',
  saved: (version: number) => `Saved as version ${version}.`,
  errors: { note: 'Say what changed in this version', moment: 'Give both the date and the time, or neither', count: 'Give a whole number, or nothing' },
  versionColumns: { version: 'Version', at: 'When', by: 'Who', note: 'Note' },
  checklistLegend: 'Before it is closed',
  checklist: {
    stopped: 'Access to the recordings is stopped, or there is a reason why not', extent: 'Everyone who was reached is known', cause: 'The cause is known and put right', regulator: 'The ICO has been told, or the reasons why not are written down',
    patients: 'The patients have been told, or the reasons why not are written down', guardian: 'The Caldicott Guardian has been told', prevention: 'What prevents it from happening again is decided', evidence: 'The proof of the record has been exported and kept',
  } satisfies Record<ChecklistStep, string>,
  checklistAbout: 'Ticks are saved with the next version.',
  gaps: {
    aware: 'say when the practice became aware', report: 'decide whether to report to the ICO', 'report-reasons': 'give the reasons for not reporting', reported: 'say when it was reported', late: 'say why the report was late',
    tell: 'decide whether to tell the patients', 'tell-reasons': 'give the reasons for not telling them', checklist: 'tick each step of the checklist',
  } satisfies Record<ClosingGap, string>,
  gapsLead: 'Before it can be closed:',
  saveFirst: 'save your changes',
  close: 'Close incident', closeTitle: 'Close this incident?', closeBody: 'It stays in the register with all of its versions.', closeNote: 'Outcome',
  closed: 'This incident is closed. It stays in the register as it is.',
};
