/** Article 34: whom to tell of what. Each addressee gets what is about their own recordings and their own name, and nothing else. */
import type { Incident, IncidentFields, Ladder, LadderRow, PatientRef, Rung } from '../../preload/console.ts';
import { isFilled } from '../../preload/incident.ts';
import { Failure } from '../platform/failure.ts';
import type { Table } from './csv.ts';
import { counted, listWords, momentWords, nhsNumberWords, spanWords } from './printed/words.ts';
import { furthest, grouped, isReached } from './reach.ts';

/** A patient, and which recordings show their consultation: as the record has it, or as the manager corrected it where records were confused. */
export interface Addressee {
  patient: PatientRef;
  /** masterIdentifiers, or references of documents. */
  recordings: readonly string[];
}

const nameOf = ({ recording }: LadderRow): string | null => recording.recording ?? recording.document;

type Corrections = IncidentFields['corrections'];

/**
 * Whom to write to, each once: everybody whose name stood beside what somebody was reached by, and whoever the manager says it shows. What they say of a recording
 * counts in place of the record; of one that is not known it is nobody's. @param named what is known of the patients whom the corrections name
 */
export function addressees(ladder: Ladder, corrections: Corrections = [], named: ReadonlyMap<string, PatientRef> = new Map()): Addressee[] {
  const corrected = new Map(corrections.map((one) => [one.recording, one]));
  const byPatient = new Map<string, { patient: PatientRef; recordings: Set<string> }>();
  const addressee = (patient: PatientRef) => {
    const one = byPatient.get(patient.patient) ?? { patient, recordings: new Set<string>() };
    byPatient.set(patient.patient, one);
    return one;
  };
  for (const row of ladder.rows) {
    const name = nameOf(row);
    if (name === null || !isReached(row)) continue;
    const correction = correctionOf(row, corrected);
    // Their name stood beside it all the same.
    if (row.patient) addressee(row.patient);
    const shows = correction ? correction.patient : row.patient?.patient ?? null;
    if (shows === null) continue;
    const patient = row.patient?.patient === shows ? row.patient : named.get(shows) ?? { patient: shows, name: null, dateOfBirth: null, nhsNumber: null };
    addressee(patient).recordings.add(name);
  }
  return [...byPatient.values()].map(({ patient, recordings }) => ({ patient, recordings: [...recordings] }));
}

/** A correction may name a recording by either of its names. */
const correctionOf = ({ recording }: LadderRow, corrected: ReadonlyMap<string, Corrections[number]>) => corrected.get(recording.recording ?? '') ?? corrected.get(recording.document ?? '');

/** Of each recording that was corrected: whose the record says that it is, and what the manager decided. References, for a report that names nobody. */
export function correctedRecordings(ladder: Ladder, corrections: Corrections): { recording: string; recorded: string[]; decided: string | null; reason: string }[] {
  return corrections.map(({ recording, patient, reason }) => {
    const rows = ladder.rows.filter((row) => row.recording.recording === recording || row.recording.document === recording);
    return { recording, recorded: [...new Set(rows.flatMap((row) => row.patient?.patient ?? []))], decided: patient, reason };
  });
}

/** One consultation of the addressee, or their name beside somebody else's. */
export interface LetterPart {
  heading: string;
  sentences: string[];
}

const reachedBy = (n: number, roles: readonly string[]): string => `${counted(n, 'person', 'people')} (${listWords([...new Set(roles)].sort())})`;

/** Who saw how much of one recording: roles and numbers, no names. */
function sentencesOf(rows: readonly LadderRow[]): string[] {
  const reached = furthest(rows);
  const at = (rung: Rung) => rows.filter((row) => reached.get(row.who.sds) === rung);
  const people = (some: readonly LadderRow[]) => new Set(some.map(({ who }) => who.sds)).size;
  const exposed = at('exposed');
  const sentences: string[] = [];
  for (const [sds, own] of grouped(exposed.filter(({ rung }) => rung === 'exposed'), ({ who }) => who.sds)) {
    const seconds = own.reduce((sum, { exposedSeconds }) => sum + exposedSeconds, 0);
    const shown = [...(seconds > 0 ? [`${spanWords(seconds)} of picture or sound`] : own.some(({ media }) => media.length > 0) ? ['a still picture'] : []), ...(own.some(({ transcript }) => transcript) ? ['the words in writing'] : [])];
    const role = exposed.find(({ who }) => who.sds === sds)?.who.role ?? '';
    sentences.push(`1 person (${role}) opened it and was shown ${shown.length > 0 ? listWords(shown) : 'some of it'}.${own.some(({ unreported }) => unreported) ? ' It may have been more.' : ''}`);
  }
  const each = (rung: Rung, did: string) => {
    const some = at(rung);
    const n = people(some);
    if (n > 0) sentences.push(`${reachedBy(n, some.map(({ who }) => who.role))} ${did}`);
  };
  each('opened', 'opened it; our record does not show that any picture, sound or words followed.');
  each('presented', 'had it in a list on their screen, and did not open it.');
  each('listed', 'had it in a list and did not open it; our record does not show that it came on screen.');
  return sentences;
}

/** What a letter to this patient says of the record. A row counts by whose consultation it shows, or by whose name stood beside it. */
export function partsFor({ patient, recordings }: Addressee, ladder: Ladder): LetterPart[] {
  const reached = ladder.rows.filter(isReached);
  const own = reached.filter((row) => recordings.includes(nameOf(row) ?? ''));
  const parts = [...grouped(own, nameOf).values()].map((rows) => {
    const at = rows[0]?.recording.consultedAt;
    const named = rows.filter((row) => row.patient?.patient === patient.patient);
    const seen = named.some(({ rung }) => rung !== 'listed');
    const withName = seen ? ['Your name, date of birth and NHS number stood beside it.'] : named.length === 0 ? ['It did not have your name beside it.'] : [];
    return { heading: at ? `Your consultation on ${momentWords(at)}` : 'A consultation of yours', sentences: [...sentencesOf(rows), ...withName] };
  });
  const beside = reached.filter((row) => row.patient?.patient === patient.patient && !recordings.includes(nameOf(row) ?? ''));
  const seen = new Set(beside.filter(({ rung }) => rung !== 'listed').map(({ who }) => who.sds)).size;
  if (beside.length > 0) {
    parts.push({
      heading: 'Your name beside another recording',
      sentences: [`Your name, date of birth and NHS number stood beside a recording that is not of your consultation. ${seen > 0 ? `${reachedBy(seen, beside.filter(({ rung }) => rung !== 'listed').map(({ who }) => who.role))} had it on screen.` : 'Our record does not show that it came on anybody’s screen.'}`],
    });
  }
  return parts;
}

/** What the manager wrote, the same in each letter. */
type LetterText = Pick<IncidentFields, 'nature' | 'consequences' | 'measures' | 'contact'>;

export interface Letter {
  to: PatientRef;
  parts: LetterPart[];
  text: LetterText;
}

/** One for each addressee. `act-refused` as long as it is not decided to tell them, or a text is empty or has something left to fill in. */
export function lettersFor(incident: Pick<Incident, 'fields'>, to: readonly Addressee[], ladder: Ladder): Letter[] {
  const { nature, consequences, measures, contact, tellPatients } = incident.fields;
  const text: LetterText = { nature, consequences, measures, contact };
  if (tellPatients !== 'yes') throw new Failure('act-refused', 'not decided to tell the patients', { why: 'letters-undecided' });
  if (!Object.values(text).every(isFilled)) throw new Failure('act-refused', 'a letter is not filled in', { why: 'letters-unfilled' });
  if (!ladder.complete) throw new Failure('act-refused', 'record not read to its end', { why: 'record-unfinished' });
  return to.map((addressee) => ({ to: addressee.patient, parts: partsFor(addressee, ladder), text }));
}

/** One row a letter, for the practice's own mail merge: addresses are in its patient record, not here. */
export function mailMerge(letters: readonly Letter[]): Table {
  return {
    header: ['Patient', 'Name', 'Date of birth', 'NHS number', 'What of yours', 'What happened', 'What this may mean', 'What we did', 'Contact'],
    rows: letters.map(({ to, parts, text }) => [
      to.patient, to.name, to.dateOfBirth, to.nhsNumber ? nhsNumberWords(to.nhsNumber) : null, parts.map(({ heading, sentences }) => `${heading}: ${sentences.join(' ')}`).join('\n'),
      text.nature, text.consequences, text.measures, text.contact,
    ]),
  };
}
