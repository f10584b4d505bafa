/** Times, spans and counts in words, for what is printed and exported: what the screens say too is in src/preload/words.ts. */
import type { EventFilter } from '../../../preload/console.ts';
import { counted, eventName, eventNames, formatMoment, purposeName } from '../../../preload/words.ts';
import type { AuditEvent } from '../entry.ts';

export { counted, dayOf, formatDate as dateWords, formatDay as dayWords, formatMoment as momentWords, formatNhsNumber as nhsNumberWords } from '../../../preload/words.ts';

/** For patients: "less than a second", "9 seconds", "2 minutes 5 seconds", "1 hour 3 minutes". Rounded up: never less than what was. */
export function spanWords(seconds: number): string {
  if (seconds <= 0) return '0 seconds';
  if (seconds < 1) return 'less than a second';
  const whole = Math.ceil(seconds);
  const parts = whole >= 3600
    ? [[Math.floor(whole / 3600), 'hour'], [Math.ceil((whole % 3600) / 60), 'minute']] as const
    : [[Math.floor(whole / 60), 'minute'], [whole % 60, 'second']] as const;
  // 1:59:30 is not "1 hour 60 minutes".
  if (whole >= 3600 && parts[1][0] === 60) return counted(parts[0][0] + 1, 'hour');
  return parts.filter(([n]) => n > 0).map(([n, unit]) => counted(n, unit)).join(' ');
}

/** "GP", "GP and nurse", "GP, nurse and manager" */
export const listWords = (words: readonly string[]): string => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`);

/** Within a sentence. */
export const purposeWords = (code: string): string => {
  const name = purposeName(code);
  return name === code ? code : name.toLowerCase();
};

/** Every event has a name, or this does not compile. */
eventNames satisfies Record<AuditEvent['event'], string>;

/** Each line one condition; one line where there is none. */
export function filterWords(filter: EventFilter): string[] {
  const lines = [
    filter.from ? `From ${formatMoment(filter.from)}` : '',
    filter.to ? `Until ${formatMoment(filter.to)}` : '',
    ...([['People', filter.people], ['Events', filter.events.map(eventName)], ['Recordings', filter.recordings], ['Patients', filter.patients], ['Devices', filter.devices]] as const)
      .map(([what, values]) => (values.length > 0 ? `${what}: ${values.join(', ')}` : '')),
    filter.refusedOnly ? 'Only what was refused' : '',
  ].filter((line) => line !== '');
  return lines.length > 0 ? lines : ['None: everything that had been read from the practice’s record'];
}
