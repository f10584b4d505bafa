/** One incident as it stands: what Article 33 asks for, who was shown what, and every version. For the register and the ICO: it names no patient. */
import type { Ladder, LadderRow } from '../../../preload/console.ts';
import { longSeconds } from '../../../preload/words.ts';
import { checklist, radiusWords, reportClock, type Registered } from '../incidents.ts';
import { correctedRecordings } from '../letters.ts';
import { radiusOf } from '../reach.ts';
import { proofWords } from './events.ts';
import { facts, html, paragraphs, tableOf, type Html } from './html.ts';
import { printed, type Printed, type Stamp } from './page.ts';
import { momentWords } from './words.ts';

const triggers: Record<Registered['trigger'], string> = {
  'wrong-patient': 'Somebody said “wrong patient”', withheld: 'A recording was withheld', flag: 'Something in the record to look at', query: 'A question',
};
const decisions = { undecided: 'Not decided yet', yes: 'Yes', no: 'No' };
const clocks: Record<ReturnType<typeof reportClock>['state'], string> = {
  'not-set': 'Not begun: when the practice became aware is not set', running: 'Running', over: 'Over, and not reported', reported: 'Reported in time', 'reported-late': 'Reported after 72 hours', 'not-reported': 'Decided not to report',
};

const filled = (text: string): Html[] | string => (text.trim() === '' ? 'Not filled in' : paragraphs(text));
const moment = (at: string | null): string => (at === null ? 'Not set' : momentWords(at));
const number = (n: number | null): string => (n === null ? 'Not known yet' : String(n));

function shownWords({ rung, exposedSeconds, media, transcript, unreported }: LadderRow): string {
  if (rung !== 'exposed') return 'no';
  return [exposedSeconds > 0 ? longSeconds(exposedSeconds) : media.length > 0 ? 'a still picture' : '', transcript ? 'transcript' : '', unreported ? 'may be more' : ''].filter((part) => part !== '').join(', ');
}

export function incidentReport(incident: Registered, ladder: Ladder, stamp: Stamp): Printed {
  const { fields } = incident;
  const clock = reportClock(fields, Date.parse(stamp.at));
  const body = html`<h1>${fields.title}</h1>
${facts([
    ['Reference', incident.id], ['State', incident.state === 'open' ? 'Open' : 'Closed'], ['Opened', `${momentWords(incident.openedAt)}, by ${incident.openedBy}`], ['Began with', triggers[incident.trigger]],
    ['Version', String(incident.revision)], ['Aware since', moment(fields.awareAt)], ['72 hours end', moment(clock.due)], ['Report', clocks[clock.state]],
  ])}
${incident.remarks.map((remark) => html`<p class="notice warning">${remark}</p>`)}
<h2>What is reported (Article 33)</h2>
${facts([
    ['What happened', filled(fields.nature)], ['People concerned', filled(fields.categoriesOfPeople)], ['How many people, about', number(fields.people)], ['Records concerned', filled(fields.categoriesOfRecords)],
    ['How many records, about', number(fields.records)], ['Contact', filled(fields.contact)], ['Likely consequences', filled(fields.consequences)], ['Measures', filled(fields.measures)],
    ...(fields.lateBecause.trim() === '' ? [] : [['Why after 72 hours', paragraphs(fields.lateBecause)] as const]),
  ])}
<h2>Decisions</h2>
${facts([
    ['Report to the ICO', decisions[fields.report]], ['Reasons', filled(fields.reportReasons)], ['Reported on', moment(fields.reportedAt)], ['Tell the patients', decisions[fields.tellPatients]], ['Reasons', filled(fields.tellReasons)],
  ])}
<h2>Who was shown what</h2>
${radiusWords(radiusOf(ladder)).map((line) => html`<p>${line}</p>`)}
${ladder.rows.length === 0 ? null : tableOf<LadderRow>('By person and recording', [
    { name: 'Who', value: ({ who }) => `${who.name}, ${who.role}` },
    { name: 'Recording', value: ({ recording }) => html`${recording.recording ?? recording.document ?? 'not known'}${recording.consultedAt ? html`<br>${momentWords(recording.consultedAt)}` : null}` },
    { name: 'Listed', value: ({ listed }) => listed, kind: 'number' }, { name: 'On screen', value: ({ presentedSeconds }) => (presentedSeconds === null ? 'no' : longSeconds(presentedSeconds)), kind: 'number' },
    { name: 'Opened', value: ({ opened }) => opened, kind: 'number' },
    { name: 'Shown', value: shownWords, kind: 'number' },
    { name: 'Attended', value: ({ attendedSeconds }) => (attendedSeconds > 0 ? longSeconds(attendedSeconds) : 'no'), kind: 'number' }, { name: 'Erased', value: ({ destroyed }) => destroyed, kind: 'number' },
    { name: 'First and last', value: ({ first, last }) => html`${momentWords(first)}<br>${momentWords(last)}` }, { name: 'Chain', value: ({ proof }) => proofWords[proof], kind: 'short' },
  ], ladder.rows)}
${fields.corrections.length === 0 ? null : tableOf('Whose consultation a recording shows, where the practice decided it', [
    { name: 'Recording', value: ({ recording }) => recording }, { name: 'In the record', value: ({ recorded }) => (recorded.length === 0 ? 'not said' : recorded.join(', ')) },
    { name: 'Decided', value: ({ decided }) => decided ?? 'not known' }, { name: 'Reason', value: ({ reason }) => reason },
  ], correctedRecordings(ladder, fields.corrections))}
<h2>Closing checklist</h2>
<ul>${checklist.map(({ key, words }) => html`<li>${fields.checklist.includes(key) ? 'Done' : 'Not done'}: ${words}</li>`)}</ul>
${tableOf('Versions', [
    { name: 'Version', value: ({ version }) => version }, { name: 'When', value: ({ at }) => momentWords(at) }, { name: 'By', value: ({ by }) => by }, { name: 'Note', value: ({ note }) => note },
  ], incident.versions)}`;
  return printed('Incident report', body, stamp, { landscape: true });
}
