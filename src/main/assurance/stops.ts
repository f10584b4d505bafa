/** What a stop list means. Pure. A stop that was seen once stands until two people have lifted it, whatever the list says later. */
import { createHash } from 'node:crypto';
import { CLOCK_DIFFERENCE_MS } from '../fhir/period.ts';
import type { Identifier } from '../fhir/resources.ts';
import { EVERYTHING, URI } from '../fhir/systems.ts';
import type { Offered } from '../service/offered.ts';
import type { StopList } from '../service/stopList.ts';
import { Assignment, Manifest, parseStatement } from './statements.ts';

/** As it is compared: without white space, a URI in lower case. */
function plain({ system, value = '' }: Identifier): string {
  const bare = value.replace(/\s/g, '');
  return system === URI ? bare.toLowerCase() : bare;
}

/**
 * By what an identifier is kept: SHA-256, base64url, of `system ‖ 0x00 ‖ value`, the value as it is compared. It keeps no number in the clear;
 * whoever has the ledger's key can still try all NHS numbers.
 */
export function stopKey(identifier: Identifier): string {
  return createHash('sha256').update(`${identifier.system ?? ''}\u0000${plain(identifier)}`).digest('base64url');
}

/** urn:uuid of the recording that is stopped; null for a patient or everything. */
export const stoppedRecording = (identifier: Identifier): string | null => (identifier.system === URI ? plain(identifier) : null);

/**
 * What of a list is kept. Nothing is lifted by a list that was not read and understood as a whole, nor by one person, nor ahead of time; a stop
 * without a moment, or with one that is still to come, is as new as anything can be each time that it is read.
 * @param now ms since the epoch
 */
export function whatCounts(list: StopList, now: number): { stops: { identifier: string; at: number }[]; lifts: { identifier: string; at: number }[] } {
  // The effective time may lie between two milliseconds.
  const newest = Math.ceil(now) + CLOCK_DIFFERENCE_MS;
  const lifts = list.state === 'read' ? list.lifts.filter(({ by, at }) => new Set(by).size >= 2 && at <= newest) : [];
  return { stops: list.stops.map((stop) => ({ identifier: stopKey(stop), at: Math.min(stop.at ?? newest, newest) })), lifts: lifts.map((lift) => ({ identifier: stopKey(lift), at: lift.at })) };
}

/** What a vault knows of its practice's stop list: nothing; that Lists are given; that there is one. */
export type StopListKnown = 'nothing' | 'lists' | 'list';

/** A practice that never gave Lists has no stop list; one that did and does not any more is not heard, which is something else. */
export function heard(list: StopList, known: StopListKnown): { state: StopList['state']; known: StopListKnown } {
  if (list.state === 'absent') return { state: known === 'nothing' ? 'absent' : 'unreadable', known };
  if (list.found) return { state: list.state, known: 'list' };
  if (known === 'list') return { state: 'unreadable', known };
  return { state: list.state, known: list.state === 'read' ? 'lists' : known };
}

/**
 * Is this recording stopped, by its own identifier, by one of the patient's in any record or statement, or because everything is? Statements count
 * whoever signed them: to stop more than was meant is the lesser harm.
 */
export function isStopped(offered: Offered, stands: (identifier: string) => boolean): boolean {
  const { recording, patients, manifests, assignments } = offered;
  const statements = [
    ...manifests.map(({ bytes }) => parseStatement(Manifest, Buffer.from(bytes, 'base64'))),
    ...assignments.map(({ bytes }) => parseStatement(Assignment, Buffer.from(bytes, 'base64'))),
  ];
  const identifiers: Identifier[] = [
    EVERYTHING, { system: URI, value: recording?.masterIdentifier?.value },
    ...patients.flatMap(({ identifier }) => identifier ?? []), ...statements.flatMap((statement) => statement?.patient.identifiers ?? []),
  ];
  return identifiers.some((identifier) => identifier.value !== undefined && stands(stopKey(identifier)));
}
