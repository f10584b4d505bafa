/** Which keys may sign the record of which person on which computer, as managers decided. Not signed: what was seen once is held against it elsewhere. */
import { z } from 'zod';
import { CLOCK_DIFFERENCE_MS, moment } from '../fhir/period.ts';
import { localReference } from '../fhir/reference.ts';
import { hasCode } from '../fhir/resources.ts';
import { CHAIN, DEVICE_KEY, DEVICE_STATUS, ENROLLED_BY } from '../fhir/systems.ts';
import type { PracticeHttp } from './http.ts';
import { addEntries, readEntries, type ListEntries } from './lists.ts';

/** base64url of the 32 bytes of an Ed25519 public key, in the one spelling that it has. */
export const ChainKey = z.string().regex(/^[\w-]{43}$/).refine((key) => Buffer.from(key, 'base64url').toString('base64url') === key);
export const Chain = z.object({ device: z.string().regex(/^[0-9a-f-]{36}$/), sds: z.string().regex(/^[^\s/|]{1,100}$/) });
export type Chain = z.infer<typeof Chain>;

export interface DeviceDecision {
  chain: Chain;
  state: 'enrolled' | 'revoked';
  /** Null where a revocation names none: then it is of whatever key there was. */
  key: string | null;
  /** ms since the epoch. */
  at: number;
  /** "Practitioner/id", or null where it is not said. */
  by: string | null;
}

export interface DeviceList {
  state: ListEntries['state'];
  /** In the order in which they count. */
  decisions: DeviceDecision[];
  /** The latest of each chain, by {@link chainName}. */
  chains: Map<string, DeviceDecision>;
  /** Entries that count as nothing, because they cannot be read or are dated ahead. */
  unread: number;
}

export const chainName = ({ device, sds }: Chain): string => `${device}/${sds}`;

const Entry = z.object({
  date: z.string().max(40), flag: z.object({ coding: z.array(z.object({ system: z.string().optional(), code: z.string().optional() })).optional() }),
  item: z.object({ identifier: z.object({ system: z.literal(CHAIN), value: z.string().max(200) }) }),
  extension: z.array(z.looseObject({ url: z.string(), valueString: z.string().max(200).optional(), valueReference: z.object({ reference: z.string().optional() }).optional() })).default([]),
  modifierExtension: z.never().optional(), deleted: z.literal(false).optional(),
});

function decisionOf(raw: unknown, fhirBase: string, now: number): DeviceDecision | null {
  const entry = Entry.safeParse(raw).data;
  if (!entry) return null;
  const { extension, flag, item: { identifier: { value } }, date } = entry;
  const [device = '', sds = '', ...more] = value.split('/');
  const chain = Chain.safeParse({ device, sds }).data;
  const states = (['enrolled', 'revoked'] as const).filter((one) => hasCode(flag, DEVICE_STATUS, one));
  const keys = extension.filter(({ url }) => url === DEVICE_KEY).map(({ valueString }) => valueString);
  const key = ChainKey.safeParse(keys[0]).data ?? null;
  const [state] = states;
  const at = moment(date);
  const clear = chain && state && more.length === 0 && states.length === 1 && (keys.length === 0 ? state === 'revoked' : keys.length === 1 && key !== null);
  if (!clear || !(at <= now + CLOCK_DIFFERENCE_MS)) return null;
  return { chain, state, key, at, by: localReference(extension.find(({ url }) => url === ENROLLED_BY)?.valueReference?.reference, fhirBase, 'Practitioner') };
}

/** @param now ms; throws what ends the session, and nothing else */
export async function readDeviceList(http: PracticeHttp, now: number): Promise<DeviceList> {
  const { state, entries } = await readEntries(http, 'device-list');
  const read = entries.map((raw) => decisionOf(raw, http.fhirBase, now));
  const decisions = read.filter((one) => one !== null);
  // Of one moment the revocation is the later one, then whatever stands later in its List.
  decisions.sort((a, b) => a.at - b.at || Number(a.state === 'revoked') - Number(b.state === 'revoked'));
  return { state, decisions, chains: new Map(decisions.map((one) => [chainName(one.chain), one])), unread: read.length - decisions.length };
}

/** @param by "Practitioner/id" @param source reference of the role in which they decide */
export async function decideDevice(http: PracticeHttp, { chain, state, key, at, by }: DeviceDecision & { by: string }, source: string): Promise<void> {
  const date = new Date(at).toISOString();
  await addEntries(http, 'device-list', [{
    date, flag: { coding: [{ system: DEVICE_STATUS, code: state }] }, item: { identifier: { system: CHAIN, value: chainName(chain) } },
    extension: [...(key === null ? [] : [{ url: DEVICE_KEY, valueString: key }]), { url: ENROLLED_BY, valueReference: { reference: by } }],
  }], source, date);
}
