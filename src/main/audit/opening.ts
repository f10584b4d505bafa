/** How an incident begins: with what the record says, and marks where only the manager can say it. */
import type { Flag, Ladder } from '../../preload/console.ts';
import { TO_FILL_IN } from '../../preload/incident.ts';
import type { IncidentEvent } from './incidents.ts';
import { momentWords } from './printed/words.ts';
import { radiusOf, radiusWords, type Radius } from './radius.ts';

const toFillIn = (what: string): string => `${TO_FILL_IN}${what}]`;

/** What an incident is opened from. */
export type Cause =
  | { trigger: 'wrong-patient'; at: string }
  | { trigger: 'withheld'; at: string; reasons: readonly string[] }
  | { trigger: 'flag'; at: string; kind: Flag['kind'] }
  | { trigger: 'query' };

export interface Opening {
  /** A new UUID. */
  incident: string;
  cause: Cause;
  /** Of what it is about; null for nothing yet. */
  ladder: Ladder | null;
  recordings: readonly string[];
  patients: readonly string[];
  /** Of the site file. */
  support: { name: string; contact: string };
}

/** The first version: what the record says, and marks where only the manager can say it. Awareness is for the manager to set. */
export function open({ incident, cause, ladder, recordings, patients, support }: Opening): IncidentEvent {
  const radius = ladder && radiusOf(ladder);
  return {
    event: 'incident', incident, revision: 1, state: 'open', trigger: cause.trigger, note: 'Opened',
    fields: {
      title: titleOf(cause), awareAt: null,
      nature: [causeWords(cause), ...(radius ? radiusWords(radius) : []), toFillIn('what happened and why, and what is not known yet')].join('\n'),
      categoriesOfPeople: `Patients of the practice whose consultations are recorded.\n${toFillIn('whether children or others who need more care are among them; whether the patients that the record names are the right ones')}`,
      people: radius?.complete ? radius.patients : null,
      categoriesOfRecords: [...(radius ? recordWords(radius) : []), toFillIn('what else was in it, as far as it is known')].join('\n'), records: radius?.complete ? radius.recordings : null,
      contact: `${support.name}, ${support.contact}`,
      consequences: toFillIn('what this may mean for the patients'),
      measures: [...(radius && radius.erased > 0 ? [`The record shows that a copy was erased ${radius.erased === 1 ? 'once' : `${radius.erased} times`}.`] : []), toFillIn('what was stopped, put right and proposed')].join('\n'),
      lateBecause: '', report: 'undecided', reportReasons: '', reportedAt: null, tellPatients: 'undecided', tellReasons: '',
      recordings: [...recordings], patients: [...patients], checklist: [], corrections: [],
    },
  };
}

const flagWords: Record<Flag['kind'], string> = {
  'unassigned-attempt': 'somebody tried to open what is not assigned to them', 'bulk-opening': 'many recordings were opened in a short time', 'out-of-hours': 'a recording was opened out of hours',
  'same-surname': 'a patient has the surname of the person who looked', 'staff-as-patient': 'the patient is one of the practice’s staff', 'failed-secrets': 'a PIN or passphrase was given wrong several times',
  'withheld-mismatch': 'a recording was withheld because records do not agree', 'wrong-patient': 'somebody said “wrong patient”',
};

function titleOf(cause: Cause): string {
  switch (cause.trigger) {
    case 'wrong-patient': return 'Recording reported as another patient’s';
    case 'withheld': return 'Recording withheld because records do not agree';
    case 'flag': return `To look at: ${flagWords[cause.kind]}`;
    case 'query': return 'Question about who saw a recording';
  }
}

function causeWords(cause: Cause): string {
  switch (cause.trigger) {
    case 'wrong-patient': return `On ${momentWords(cause.at)} somebody who was shown a recording said that it is another patient’s.`;
    case 'withheld': return `On ${momentWords(cause.at)} the app withheld a recording (${cause.reasons.length > 0 ? cause.reasons.join(', ') : 'the record gives no reason'}).`;
    case 'flag': return `On ${momentWords(cause.at)} the record shows that ${flagWords[cause.kind]}.`;
    case 'query': return 'Somebody asked who was shown a recording.';
  }
}

function recordWords({ people, transcript }: Radius): string[] {
  return [
    ...(people.exposed > 0 ? [`Recordings of consultations (picture or sound${transcript ? ', and transcripts' : ''}): health data.`] : []),
    ...(people.exposed + people.opened + people.presented > 0 ? ['What stands beside a recording: name, date of birth, NHS number, title and time of the consultation.'] : []),
  ];
}
