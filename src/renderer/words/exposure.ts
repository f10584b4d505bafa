import type { Ladder } from '../../preload/console.ts';
import { counted, secondsWords } from '../../preload/words.ts';

export { longSeconds, secondsWords } from '../../preload/words.ts';

/** "00:03", "62:09": minutes and seconds, as intervals of a recording are quoted. */
function place(seconds: number): string {
  const whole = Math.floor(seconds + 1e-6);
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`;
}

/** "00:03-00:12, 01:00-01:04"; of a single picture its place alone. */
export const intervalWords = (media: readonly [number, number][]): string => media.map(([from, to]) => (from === to ? place(from) : `${place(from)}-${place(to)}`)).join(', ');

/** "for 9 seconds in all, transcript included"; of what has no length it is said what it was. */
function shownWords({ rows, exposedSeconds }: Pick<Ladder, 'rows' | 'exposedSeconds'>, several: boolean): string {
  const transcript = rows.some((row) => row.transcript);
  const unreported = rows.some((row) => row.unreported) ? 'for a time that the screen did not report' : '';
  if (exposedSeconds > 0) return `for ${secondsWords(exposedSeconds)}${several ? ' in all' : ''}${transcript ? ', transcript included' : ''}${unreported && `, and ${unreported}`}`;
  const shown = [...(rows.some(({ media }) => media.length > 0) ? ['a still picture'] : []), ...(transcript ? ['a transcript'] : [])].join(' and ');
  return shown === '' ? unreported : `to ${shown}${unreported && `, and ${unreported}`}`;
}

/**
 * How far they got, in one sentence, as the ladder has counted it. `people`: of one or more recordings; `recordings`: of one person.
 * "1 person was exposed for 9 seconds; 2 were presented with it and did not open it; 1 had it on their list off screen."
 */
export function ladderSentence(ladder: Omit<Ladder, 'complete'>, by: 'people' | 'recordings'): string {
  const { rows } = ladder;
  const count = ladder[by];
  const several = by === 'people' && new Set(rows.map(({ recording }) => recording.recording ?? recording.document)).size > 1;
  const shown = shownWords(ladder, count.exposed > 1);
  const it = several ? 'at least one' : 'it';
  const parts = by === 'people'
    ? [
        [count.exposed, (n: number) => `${counted(n, 'person was', 'people were')} exposed ${shown}`],
        [count.opened, (n: number) => `${counted(n, 'person', 'people')} opened ${it} and ${n === 1 ? 'was' : 'were'} exposed to nothing`],
        [count.presented, (n: number) => `${counted(n, 'person was', 'people were')} presented with ${it} and ${several ? 'opened none' : 'did not open it'}`],
        [count.listed, (n: number) => `${counted(n, 'person', 'people')} had ${it} on their list off screen`],
        [count.refused, (n: number) => `${counted(n, 'person was', 'people were')} refused ${it}`],
      ] as const
    : [
        [count.exposed, (n: number) => `exposed to ${counted(n, 'recording', 'recordings')}${shown.startsWith('to ') ? `: ${shown.slice(3)}` : ` ${shown}`}`],
        [count.opened, (n: number) => `opened ${counted(n, 'recording', 'recordings')} and exposed to nothing of ${n === 1 ? 'it' : 'them'}`],
        [count.presented, (n: number) => `presented with ${counted(n, 'recording', 'recordings')} and did not open ${n === 1 ? 'it' : 'them'}`],
        [count.listed, (n: number) => `${counted(n, 'recording', 'recordings')} on the list off screen`],
        [count.refused, (n: number) => `refused ${counted(n, 'recording', 'recordings')}`],
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
