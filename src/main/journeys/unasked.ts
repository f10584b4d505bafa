/** What of recordings that pass may be shown at this moment without asking the practice about each: their words in a search, and what leaves as a file. */
import { Failure } from '../platform/failure.ts';
import { offlineRefusal } from '../vault/lease.ts';
import type { Desk } from './desk.ts';
import { stopListRefusal } from './stops.ts';

const isOnline = (desk: Desk): boolean => desk.session !== null && desk.standing().online;

/** As opening it would be refused now, or null: online while the stop list is heard, else as long as offline use is allowed, of everything and of this. */
export function unaskedRefusal(desk: Desk, { offline }: { offline: boolean }): Failure | null {
  if (isOnline(desk)) return stopListRefusal(desk);
  const refusal = offlineRefusal(desk.lease(), desk.clock());
  if (refusal) return new Failure(refusal, 'offline use refused');
  return offline ? null : new Failure('recording-not-here', 'not for offline use', { reason: 'offline-not-permitted' });
}
