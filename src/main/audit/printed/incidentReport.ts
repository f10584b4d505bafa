/** One incident as it stands: what Article 33 asks for, who was shown what, and every version. For the register and the ICO: it names no patient. */
import type { Ladder, LadderRow } from '../../../preload/console.ts';
import { longSeconds, proofNames } from '../../../preload/words.ts';
import { checklist, checklistSteps, decisionNames, incidentFieldNames as names, reportClock, triggerNames, type ReportClock } from '../../../preload/incident.ts';
import type { Registered } from '../incidents.ts';
import { correctedRecordings } from '../letters.ts';
import { radiusOf, radiusWords } from '../radius.ts';
import { facts, html, paragraphs, tableOf, type Html } from './html.ts';
import { printed, type Printed, type Stamp } from './page.ts';
import { momentWords } from './words.ts';

const clocks: Record<ReportClock['state'], string> = {
  'not-set': 'Not begun: when the practice became aware is not set', running: 'Running', overdue: 'Over, and not reported', reported: 'Reported in time', 'reported-late': 'Reported after 72 hours', 'not-reported': 'Decided not to report',
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
    ['Reference', incident.id], ['State', incident.state === 'open' ? 'Open' : 'Closed'], ['Opened', `${momentWords(incident.openedAt)}, by ${incident.openedBy}`], ['Began with', triggerNames[incident.trigger]],
    ['Version', String(incident.revision)], [names.awareAt, moment(fields.awareAt)], ['72 hours end', moment(clock.due)], ['Report', clocks[clock.state]],
  ])}
${incident.remarks.map((remark) => html`<p class="notice warning">${remark}</p>`)}
<h2>What is reported (Article 33)</h2>
${facts([
    [names.nature, filled(fields.nature)], [names.categoriesOfPeople, filled(fields.categoriesOfPeople)], [names.people, number(fields.people)], [names.categoriesOfRecords, filled(fields.categoriesOfRecords)],
    [names.records, number(fields.records)], [names.contact, filled(fields.contact)], [names.consequences, filled(fields.consequences)], [names.measures, filled(fields.measures)],
    ...(fields.lateBecause.trim() === '' ? [] : [[names.lateBecause, paragraphs(fields.lateBecause)] as const]),
  ])}
<h2>Decisions</h2>
${facts([
    [names.report, decisionNames[fields.report]], [names.reportReasons, filled(fields.reportReasons)], [names.reportedAt, moment(fields.reportedAt)],
    [names.tellPatients, decisionNames[fields.tellPatients]], [names.tellReasons, filled(fields.tellReasons)],
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
    { name: 'First and last', value: ({ first, last }) => html`${momentWords(first)}<br>${momentWords(last)}` }, { name: 'Chain', value: ({ proof }) => proofNames[proof], kind: 'short' },
  ], ladder.rows)}
${fields.corrections.length === 0 ? null : tableOf('Whose consultation a recording shows, where the practice decided it', [
    { name: 'Recording', value: ({ recording }) => recording }, { name: 'In the record', value: ({ recorded }) => (recorded.length === 0 ? 'not said' : recorded.join(', ')) },
    { name: 'Decided', value: ({ decided }) => decided ?? 'not known' }, { name: 'Reason', value: ({ reason }) => reason },
  ], correctedRecordings(ladder, fields.corrections))}
<h2>${names.checklist}</h2>
<ul>${checklistSteps.map((step) => html`<li>${fields.checklist.includes(step) ? 'Done' : 'Not done'}: ${checklist[step]}</li>`)}</ul>
${tableOf('Versions', [
    { name: 'Version', value: ({ version }) => version }, { name: 'When', value: ({ at }) => momentWords(at) }, { name: 'By', value: ({ by }) => by }, { name: 'Note', value: ({ note }) => note },
  ], incident.versions)}`;
  return printed('Incident report', body, stamp, { landscape: true });
}
