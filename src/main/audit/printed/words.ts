/** Times, spans and counts in words, for what is printed and exported. England's time, whatever the computer's zone, as on the screens. */
import type { EventFilter } from '../../../preload/console.ts';

const zone = 'Europe/London';
const longDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: zone });
const clock = new Intl.DateTimeFormat('en-GB', { hour: 'numeric', minute: '2-digit', hour12: true, timeZone: zone });
const dayKey = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone: zone });

/** "14 March 1962" from an ISO date without a time; the date is no moment and moves with no zone. */
export const dateWords = (isoDate: string): string => longDay.format(new Date(`${isoDate}T12:00:00Z`));

/** "14 March 2026" */
export const dayWords = (isoTime: string): string => longDay.format(new Date(isoTime));

/** "2026-03-14" */
export const dayOf = (time: number): string => dayKey.format(new Date(time));

/** "14 March 2026, 2:05pm" */
export function momentWords(isoTime: string): string {
  const time = clock.format(new Date(isoTime)).replace(/\s/g, '').toLowerCase().replace(/^0:/, '12:');
  return `${dayWords(isoTime)}, ${time === '12:00am' ? 'midnight' : time === '12:00pm' ? 'midday' : time}`;
}

export const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** "less than a second", "9 seconds", "2 minutes 5 seconds", "1 hour 3 minutes". Rounded up: never less than what was. */
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

const purposes: Record<string, string> = { TREAT: 'direct care', HQUALIMP: 'quality improvement', TRAIN: 'training' };
/** A code that is not known is shown as it is. */
export const purposeWords = (code: string): string => purposes[code] ?? code;

/** "999 000 0018" */
export const nhsNumberWords = (number: string): string => number.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3');

const events: Record<string, string> = {
  listed: 'Listed', presented: 'On screen', opened: 'Opened', exposed: 'Watched', closed: 'Closed', downloaded: 'Downloaded', withheld: 'Withheld', denied: 'Refused', destroyed: 'Copy erased',
  'wrong-patient': 'Wrong patient', 'foreign-offered': 'Offered, not theirs', 'content-destroyed': 'All copies erased', 'library-set-aside': 'Damaged list set aside', 'store-refused': 'Store did not open',
  'rolled-back': 'Older store put back', 'signed-in': 'Signed in', 'signed-out': 'Signed out', unlocked: 'Unlocked', locked: 'Locked', 'wrong-secret': 'Wrong PIN or passphrase',
  'secret-changed': 'PIN or passphrase changed', 'site-changed': 'Practice’s settings changed', 'role-ended': 'Role ended', 'identity-changed': 'Other person’s session', 'identity-mismatch': 'Identity contradicted',
  consulted: 'Looked at the record', exported: 'Exported', 'device-enrolled': 'Device enrolled', 'device-revoked': 'Device revoked', assigned: 'Assigned', 'assignment-extended': 'Assignment extended',
  'assignment-cancelled': 'Assignment withdrawn', stopped: 'Stopped', lifted: 'Stop lifted', incident: 'Incident', 'incident-kept': 'Incident kept on a computer', 'incident-removed': 'Kept incident removed',
};
/** A name that is not known is shown as it is. */
export const eventWords = (event: string): string => events[event] ?? event;

/** Each line one condition; one line where there is none. */
export function filterWords(filter: EventFilter): string[] {
  const lines = [
    filter.from ? `From ${momentWords(filter.from)}` : '',
    filter.to ? `Until ${momentWords(filter.to)}` : '',
    ...([['People', filter.people], ['Events', filter.events.map(eventWords)], ['Recordings', filter.recordings], ['Patients', filter.patients], ['Devices', filter.devices]] as const)
      .map(([what, values]) => (values.length > 0 ? `${what}: ${values.join(', ')}` : '')),
    filter.refusedOnly ? 'Only what was refused' : '',
  ].filter((line) => line !== '');
  return lines.length > 0 ? lines : ['None: everything that had been read from the practice’s record'];
}
