import type { LadderRow } from '../../preload/console.ts';
import { countdown } from './time.ts';

/** "00:03", "62:09": minutes and seconds, as intervals of a recording are quoted. */
function place(seconds: number): string {
  const whole = Math.floor(seconds + 1e-6);
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`;
}

/** "00:03-00:12, 01:00-01:04" */
export const intervalWords = (media: readonly [number, number][]): string => media.map(([from, to]) => `${place(from)}-${place(to)}`).join(', ');

/** Seconds of a record: whole where they are, to a tenth where not. Never rounded up to a figure that was not reached, nor down to none. */
export function secondsWords(seconds: number): string {
  const tenths = Math.floor(seconds * 10 + 1e-6) / 10;
  if (seconds > 0 && tenths === 0) return 'less than 0.1 seconds';
  return tenths === 1 ? '1 second' : `${tenths} seconds`;
}

/** The same, with minutes where there are any: "125 seconds (2 minutes 5 seconds)". */
export const longSeconds = (seconds: number): string => (seconds < 120 ? secondsWords(seconds) : `${secondsWords(seconds)} (${countdown(Math.floor(seconds))})`);

/** How far someone got: the highest rung, of which each has one name. `refused`: the app let them get no further than asking. */
export type Rung = 'exposed' | 'opened' | 'presented' | 'listed' | 'refused' | 'none';

const order: readonly Rung[] = ['none', 'refused', 'listed', 'presented', 'opened', 'exposed'];

export function rungOf(row: Pick<LadderRow, 'exposedSeconds' | 'transcript' | 'unreported' | 'opened' | 'presentedSeconds' | 'listed' | 'denied' | 'withheld'>): Rung {
  if (row.exposedSeconds > 0 || row.transcript || row.unreported) return 'exposed';
  if (row.opened > 0) return 'opened';
  if (row.presentedSeconds !== null && row.presentedSeconds > 0) return 'presented';
  if (row.listed > 0) return 'listed';
  return row.denied > 0 || row.withheld > 0 ? 'refused' : 'none';
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

/**
 * How far they got, in one sentence, each counted once at the highest rung. `people`: of one or more recordings; `recordings`: of one person.
 * "1 person was exposed for 9 seconds; 2 were presented with it and did not open it; 1 had it on their list off screen."
 */
export function ladderSentence(rows: readonly LadderRow[], by: 'people' | 'recordings'): string {
  const highest = new Map<string, Rung>();
  for (const row of rows) {
    const key = by === 'people' ? row.who.sds : (row.recording.recording ?? row.recording.document ?? '');
    const rung = rungOf(row);
    if (order.indexOf(rung) > order.indexOf(highest.get(key) ?? 'none')) highest.set(key, rung);
  }
  const count = (rung: Rung) => [...highest.values()].filter((value) => value === rung).length;
  const several = by === 'people' && new Set(rows.map(({ recording }) => recording.recording ?? recording.document)).size > 1;
  const seconds = secondsWords(sum(rows.map(({ exposedSeconds }) => exposedSeconds)));
  const texts = rows.some(({ transcript }) => transcript);
  const unknown = rows.some(({ unreported }) => unreported);
  const more = `${texts ? ', transcript included' : ''}${unknown ? ', and for a time that the screen did not report' : ''}`;
  const it = several ? 'at least one' : 'it';
  const parts = by === 'people'
    ? [
        [count('exposed'), (n: number) => `${counted(n, 'person was', 'people were')} exposed for ${seconds}${n > 1 ? ' in all' : ''}${more}`],
        [count('opened'), (n: number) => `${counted(n, 'person', 'people')} opened ${it} and ${n === 1 ? 'was' : 'were'} exposed to nothing`],
        [count('presented'), (n: number) => `${counted(n, 'person was', 'people were')} presented with ${it} and ${several ? 'opened none' : 'did not open it'}`],
        [count('listed'), (n: number) => `${counted(n, 'person', 'people')} had ${it} on their list off screen`],
        [count('refused'), (n: number) => `${counted(n, 'person was', 'people were')} refused ${it}`],
      ] as const
    : [
        [count('exposed'), (n: number) => `exposed to ${counted(n, 'recording', 'recordings')} for ${seconds}${n > 1 ? ' in all' : ''}${more}`],
        [count('opened'), (n: number) => `opened ${counted(n, 'recording', 'recordings')} and exposed to nothing of ${n === 1 ? 'it' : 'them'}`],
        [count('presented'), (n: number) => `presented with ${counted(n, 'recording', 'recordings')} and did not open ${n === 1 ? 'it' : 'them'}`],
        [count('listed'), (n: number) => `${counted(n, 'recording', 'recordings')} on the list off screen`],
        [count('refused'), (n: number) => `refused ${counted(n, 'recording', 'recordings')}`],
      ] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, words], index) => {
    const words_ = words(n);
    // "2 people were …; 1 person had …": who is counted is said once.
    return by === 'people' && index > 0 ? words_.replace(/^(\d+) (?:person|people) /, '$1 ') : words_;
  });
  if (said.length === 0) return by === 'people' ? 'Nobody has been listed, presented with it, or exposed to it.' : 'No recording: none listed, presented or opened.';
  const sentence = said.join('; ');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}
