import type { EventRow, TrailState } from '../../preload/console.ts';
import { reasonWords } from '../text/assignments.ts';
import { managers as text } from '../text/managers.ts';
import type { FilterList } from './filter.ts';
import { formatDate, formatMoment, localParts } from './time.ts';

export interface ActWords {
  /** What it was about, beyond the recording and patient that the entry names. */
  about: string;
  /** Null where none is asked for. */
  reason: string | null;
}

type Label = (list: FilterList, value: string) => string;

/** An entry of a manager in words: `detail` has its members one after the other, as src/main/audit/trail/read.ts puts them there. What cannot be taken apart is shown as it is. */
export function actWords({ event, detail }: Pick<EventRow, 'event' | 'detail'>, label: Label): ActWords {
  const [first = '', second = '', third = '', fourth = '', ...rest] = detail.split(', ');
  const after = (n: number) => detail.split(', ').slice(n).join(', ');
  switch (event) {
    case 'consulted':
      return { about: `${text.views[first] ?? first}${namesOf(after(1), label)}`, reason: null };
    case 'exported':
      return { about: text.exported(first, second), reason: null };
    case 'assigned':
      return { about: text.assigned(label('people', first), moment(second), moment(third)), reason: null };
    case 'assignment-extended':
      return { about: text.extended(moment(first)), reason: reasonWords('extend', second) };
    case 'assignment-cancelled':
      return { about: '', reason: reasonWords('cancel', detail) };
    case 'stopped':
    case 'lifted':
      return { about: text.targets[first] ?? first, reason: event === 'stopped' ? reasonWords('stop', second) : reasonOf(second) };
    case 'device-enrolled':
    case 'device-revoked':
      return { about: text.device(label('people', second), label('devices', first)), reason: null };
    case 'incident-kept':
      return { about: text.kept(second), reason: null };
    case 'incident-removed':
      return { about: '', reason: text.removed[second] ?? second };
    case 'incident':
      return { about: text.incident(second, third), reason: rest.length > 0 ? rest.join(', ') : null };
    default:
      return { about: [first, second, third, fourth, ...rest].filter((part) => part !== '').join(', '), reason: null };
  }
}

/** The same in one line, for lists that have no columns for it. */
export function detailWords(row: Pick<EventRow, 'event' | 'detail'>, label: Label): string {
  const { about, reason } = actWords(row, label);
  return [about, reason ?? ''].filter((part) => part !== '').join('; ');
}

/** "proposed:put-right": of a lift, which takes two. */
function reasonOf(code: string): string {
  const [step = '', reason = ''] = code.split(':');
  return step === 'proposed' ? text.proposed(reasonWords('lift', reason)) : step === 'confirmed' ? text.confirmed(reasonWords('lift', reason)) : reasonWords('lift', code);
}

const moment = (time: string): string => (Number.isNaN(Date.parse(time)) ? time : formatMoment(time));

function namesOf(about: string, label: Label): string {
  if (about === '') return '';
  try {
    const named = JSON.parse(about) as Partial<Record<FilterList, string[]>>;
    const names = (['recordings', 'people', 'patients', 'devices'] as const).flatMap((list) => (named[list] ?? []).map((value) => label(list, value)));
    return names.length > 0 ? `: ${names.join(', ')}` : '';
  } catch {
    return `: ${about}`;
  }
}

/** Since when what is shown is all there is. */
export function sinceWords({ since, complete }: Pick<TrailState, 'since' | 'complete'>): string {
  if (since === null) return complete ? text.sinceNothing : text.sinceNotYet;
  const day = formatDate(localParts(since).day);
  return complete ? text.sinceAll(day) : text.sinceSoFar(day);
}
