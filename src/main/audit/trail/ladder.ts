/** How far each person got with each recording, and how much of that there was a day. */
import type { Activity, EventFilter, Ladder, LadderRow, Proof } from '../../../preload/console.ts';
import { isRefusal } from '../../fhir/refusals.ts';
import type { Db } from '../../platform/database.ts';
import type { Interval } from '../../../preload/intervals.ts';
import { countRungs, grouped, recordingOf, rungOf } from '../reach.ts';
import { parts, type Part } from './filter.ts';
import { lengthOf, tidy } from './intervals.ts';
import { iso, patientRef, recordingRef } from './queries.ts';
import { DAY_MS } from './store.ts';

/** What says something of how far somebody got; what a manager did with a recording is no exposure. */
const RUNGS = ['listed', 'presented', 'opened', 'exposed', 'closed', 'downloaded', 'withheld', 'denied', 'destroyed', 'wrong-patient'];
const WORSE: readonly Proof[] = ['verified', 'unenrolled', 'unchecked', 'broken'];
const worse = (a: Proof, b: Proof): Proof => (WORSE.indexOf(a) > WORSE.indexOf(b) ? a : b);
const thousandth = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** One row for each person, recording and patient that the entries name together: a recording that changed patients has two. @param complete the whole record has been read. */
export function ladder(db: Db, filter: EventFilter, complete: boolean): Ladder {
  const events = filter.events.length > 0 ? filter.events.filter((event) => RUNGS.includes(event)) : RUNGS;
  const all = events.length > 0 ? [...parts(db, { ...filter, events })].filter(({ recording, document, patient }) => recording !== '' || document !== '' || patient !== '') : [];
  const groups = grouped(all, ({ sds, recording, document, patient }) => JSON.stringify([sds, recording, recording === '' ? document : '', patient]));
  const rows = [...groups.values()].map(rowOf).sort((a, b) => b.exposedSeconds - a.exposedSeconds || b.opened - a.opened || (b.last < a.last ? -1 : 1));
  return { rows, people: countRungs(rows), recordings: countRungs(rows, recordingOf), complete, exposedSeconds: thousandth(rows.reduce((sum, { exposedSeconds }) => sum + exposedSeconds, 0)) };
}

function rowOf(group: readonly Part[]): LadderRow {
  const newest = group.reduce((a, b) => (b.last > a.last ? b : a));
  const count = (event: string): number => group.reduce((sum, part) => sum + (part.event === event ? part.entries : 0), 0);
  const presented = group.filter(({ event }) => event === 'presented');
  const media = tidy(group.flatMap((part) => part.media));
  const attended = tidy(group.flatMap((part) => part.attended));
  const named = (of: (part: Part) => string): string[] => [...new Set(group.map(of))].filter((one) => one !== '').sort();
  const row = {
    who: { sds: newest.sds, name: newest.name, role: newest.role },
    recording: recordingRef({ recording: newest.recording, document: newest.document || (group.find(({ document }) => document !== '')?.document ?? '') }) ?? { recording: null, document: null, title: null, consultedAt: null },
    patient: patientRef(newest.patient),
    listed: count('listed'), presentedSeconds: presented.length > 0 ? thousandth(presented.reduce((sum, { seconds }) => sum + seconds, 0)) : null, opened: count('opened'),
    exposedSeconds: lengthOf(media), attendedSeconds: lengthOf(attended), media, transcript: group.some(({ transcript }) => transcript), unreported: group.some(({ unreported }) => unreported),
    denied: count('denied'), withheld: count('withheld'), downloaded: count('downloaded'), destroyed: count('destroyed'), wrongPatient: count('wrong-patient') > 0,
    first: iso(Math.min(...group.map(({ first }) => first))), last: iso(newest.last), purposes: named(({ purpose }) => purpose), devices: named(({ device }) => device),
    proof: group.reduce<Proof>((proof, part) => worse(proof, part.proof), 'verified'),
  };
  return { rung: rungOf(row, count('closed')), ...row };
}

/** Days of UTC, the oldest first; days without any are left out. Seconds of media count once a day for each person and recording. */
export function activity(db: Db, filter: EventFilter): Activity {
  const days = new Map<number, Activity['days'][number] & { watched: Map<string, Interval[]> }>();
  for (const { day, event, entries, media, sds, recording, document } of parts(db, filter)) {
    const sum = days.get(day) ?? { day: iso(day * DAY_MS).slice(0, 10), listed: 0, presented: 0, opened: 0, exposedSeconds: 0, refused: 0, watched: new Map<string, Interval[]>() };
    days.set(day, sum);
    if (event === 'listed' || event === 'presented' || event === 'opened') sum[event] += entries;
    if (isRefusal(event)) sum.refused += entries;
    if (media.length === 0) continue;
    const name = JSON.stringify([sds, recording || document]);
    sum.watched.set(name, [...(sum.watched.get(name) ?? []), ...media]);
  }
  const sorted = [...days].sort(([a], [b]) => a - b);
  return { days: sorted.map(([, { watched, ...sum }]) => ({ ...sum, exposedSeconds: thousandth([...watched.values()].reduce((total, media) => total + lengthOf(tidy(media)), 0)) })) };
}
