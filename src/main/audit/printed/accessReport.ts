/** For a patient who asks: who was shown their recordings, when, why and how much. */
import type { LadderRow, PatientRef } from '../../../preload/console.ts';
import { grouped, recordingOf } from '../reach.ts';
import { facts, html, type Html } from './html.ts';
import { printed, type Printed, type Stamp } from './page.ts';
import { counted, dateWords, listWords, momentWords, nhsNumberWords, purposeWords, spanWords } from './words.ts';

export interface AccessReport {
  patient: PatientRef;
  /** Those that the record has under this patient. */
  rows: readonly LadderRow[];
  complete: boolean;
  support: { name: string; contact: string };
}

/** How far somebody got, as the patient may read it. */
export function reachWords(row: LadderRow): string {
  switch (row.rung) {
    case 'exposed': {
      const shown = [...(row.exposedSeconds > 0 ? [`${spanWords(row.exposedSeconds)} of it`] : row.media.length > 0 ? ['a still picture of it'] : []), ...(row.transcript ? ['its words in writing'] : [])];
      const more = row.unreported ? (shown.length > 0 ? ' It may have been more: part of what was shown was not noted.' : ' How much was shown was not noted.') : '';
      return `Opened it${shown.length > 0 ? ` and was shown ${listWords(shown)}` : ''}.${more}`;
    }
    case 'opened': return 'Opened it. The record does not show that any picture, sound or words of it followed.';
    case 'presented': return `Did not open it. It stood in their list with your name, on screen for ${row.presentedSeconds ? spanWords(row.presentedSeconds) : 'a moment'}.`;
    case 'listed': return 'Did not open it. It was in their list; the record does not show that it came on screen.';
    case 'refused': case null: return 'Was not shown it.';
  }
}

function alsoWords(row: LadderRow): string[] {
  return [
    ...(row.rung === 'exposed' && row.attendedSeconds < row.exposedSeconds ? [`Of this, ${spanWords(row.attendedSeconds)} while they had the window in front of them.`] : []),
    ...(row.downloaded > 0 ? [`A locked copy was kept on their computer${row.destroyed > 0 ? '; the record shows that a copy was erased' : ''}.`] : []),
    ...(row.denied > 0 ? [`Was refused ${row.denied === 1 ? 'once' : `${row.denied} times`}.`] : []),
    ...(row.withheld > 0 ? ['The app kept it closed for a time, because it could not prove that it was theirs to see or was told that it is not.'] : []),
    ...(row.wrongPatient ? ['Said that it was not the right patient’s, and it was closed at once.'] : []),
    ...(row.proof === 'verified' ? [] : ['We could not confirm this part of the record.']),
  ];
}

const whenWords = ({ first, last }: LadderRow): string => (momentWords(first) === momentWords(last) ? momentWords(first) : `between ${momentWords(first)} and ${momentWords(last)}`);

function recordingPart(rows: readonly LadderRow[]): Html {
  const recording = rows[0]?.recording;
  const name = recording?.consultedAt ? `Your consultation on ${momentWords(recording.consultedAt)}` : 'A recording of which the time is not known';
  return html`<h2>${name}</h2>${rows.map((row) => facts([
    ['Who', `${row.who.name}, ${row.who.role}`], ['When', whenWords(row)], ['Why', row.purposes.length > 0 ? listWords(row.purposes.map(purposeWords)) : 'not noted'],
    ['How much', [reachWords(row), ...alsoWords(row)].map((line) => html`<p>${line}</p>`)],
  ]))}`;
}

export function accessReport({ patient, rows, complete, support }: AccessReport, stamp: Stamp): Printed {
  const byRecording = grouped([...rows].sort((a, b) => Date.parse(a.first) - Date.parse(b.first)), recordingOf);
  const people = new Set(rows.filter(({ rung }) => rung === 'exposed').map(({ who }) => who.sds)).size;
  const body = html`<h1>Who was shown your recordings</h1>
${facts([
    ['Name', patient.name ?? patient.patient], ['Date of birth', patient.dateOfBirth ? dateWords(patient.dateOfBirth) : 'not known here'], ['NHS number', patient.nhsNumber ? nhsNumberWords(patient.nhsNumber) : 'none known here'],
    ['Made on', momentWords(stamp.at)],
  ])}
<p>${stamp.practice.name} records some consultations, so that your clinicians can look at them again. Each time that somebody uses such a recording in our app, the app writes it down. This is what it wrote down about yours.</p>
<p>${rows.length === 0 ? 'The record has nobody who was shown, opened or listed a recording of yours.' : `${counted(people, 'person was', 'people were')} shown some of what you said or did. The others below saw at most your name and that there is such a recording.`}</p>
${complete ? null : html`<p class="notice warning">The record had not been read to its end when this was made. There may be more: please ask us again.</p>`}
${rows.some(({ wrongPatient }) => wrongPatient) ? html`<p class="notice warning">Somebody said that a recording below is not yours. It may show another person’s consultation, although it stood under your name. Please ask us what we found.</p>` : null}
${[...byRecording.values()].map(recordingPart)}
<h2>What the words mean</h2>
<ul><li>“Shown” counts each moment of a recording once, however often it was played. A recording that plays counts, whether somebody looked or not.</li>
<li>A “locked copy” cannot be played without the app, and each time that it is played is written down here.</li></ul>
<h2>If you have a question</h2>
<p>Please ask ${support.name}: ${support.contact}.</p>`;
  return printed('Who was shown your recordings', body, stamp);
}
