/** Adding to the practice's stop list; and the list of lifts that one person proposed, which lift nothing. */
import { z } from 'zod';
import { CLOCK_DIFFERENCE_MS, moment } from '../fhir/period.ts';
import { localReference } from '../fhir/reference.ts';
import { LIFT_REASON, LIFTED_BY, PROPOSED_BY, STOP_REASON } from '../fhir/systems.ts';
import type { PracticeHttp } from './http.ts';
import { addEntries, readEntries, type ListEntries } from './lists.ts';

export interface Stopped {
  system: string;
  value: string;
}

export interface LiftProposal extends Stopped {
  /** ms since the epoch. */
  at: number;
  /** "Practitioner/id". */
  by: string;
  /** Code of why. */
  reason: string;
}

/** @param about "Type/id" of what is stopped, for whoever reads the list; the identifier decides @param at ISO time @param source who stops */
export async function addStops(http: PracticeHttp, stops: readonly (Stopped & { about: string | null })[], reason: string, at: string, source: string): Promise<void> {
  await addEntries(http, 'stop-list', stops.map(({ system, value, about }) => ({
    date: at, flag: { coding: [{ system: STOP_REASON, code: reason }] }, item: { ...(about === null ? {} : { reference: about }), identifier: { system, value } },
  })), source, at);
}

/** @param by two people, "Practitioner/id" */
export async function addLifts(http: PracticeHttp, lifts: readonly (Stopped & { at: number; by: readonly [string, string] })[], now: string, source: string): Promise<void> {
  await addEntries(http, 'stop-list', lifts.map(({ system, value, at, by }) => ({
    date: new Date(at).toISOString(), flag: { coding: [{ system: STOP_REASON, code: 'lifted' }] }, item: { identifier: { system, value } },
    extension: by.map((reference) => ({ url: LIFTED_BY, valueReference: { reference } })),
  })), source, now);
}

export async function addProposals(http: PracticeHttp, stops: readonly Stopped[], reason: string, by: string, at: string, source: string): Promise<void> {
  await addEntries(http, 'lift-proposals', stops.map(({ system, value }) => ({
    date: at, flag: { coding: [{ system: LIFT_REASON, code: reason }] }, item: { identifier: { system, value } }, extension: [{ url: PROPOSED_BY, valueReference: { reference: by } }],
  })), source, at);
}

const Entry = z.object({
  date: z.string().max(40), flag: z.object({ coding: z.array(z.object({ system: z.string().optional(), code: z.string().max(60).optional() })) }),
  item: z.object({ identifier: z.object({ system: z.string().min(1).max(4000), value: z.string().min(1).max(4000) }) }),
  extension: z.array(z.looseObject({ url: z.string(), valueReference: z.object({ reference: z.string().optional() }).optional() })),
  modifierExtension: z.never().optional(), deleted: z.literal(false).optional(),
});

/** What cannot be read proposes nothing. @param now ms; throws what ends the session, and nothing else */
export async function readProposals(http: PracticeHttp, now: number): Promise<{ state: ListEntries['state']; proposals: LiftProposal[]; unread: number }> {
  const { state, entries } = await readEntries(http, 'lift-proposals');
  const proposals = entries.flatMap((raw): LiftProposal[] => {
    const entry = Entry.safeParse(raw).data;
    const [by, ...others] = (entry?.extension ?? []).filter(({ url }) => url === PROPOSED_BY).map(({ valueReference }) => localReference(valueReference?.reference, http.fhirBase, 'Practitioner'));
    const at = moment(entry?.date);
    const reason = entry?.flag.coding.find(({ system }) => system === LIFT_REASON)?.code;
    if (!entry || !by || others.length > 0 || reason === undefined || !(at <= now + CLOCK_DIFFERENCE_MS)) return [];
    return [{ ...entry.item.identifier, at, by, reason }];
  });
  return { state, proposals, unread: entries.length - proposals.length };
}
