/**
 * What a practice's server gives back as an entry of this app: untrusted, and read from the `chain-*` details alone. Everything else of an AuditEvent can be written by
 * whoever can write to the server, and counts for nothing: what is shown comes from the body's own bytes, and what they are worth is for `verify.ts` to say.
 */
import { z } from 'zod';
import { strictJsonOf } from '../platform/json.ts';
import { IncidentFields, IncidentTrigger } from '../../preload/console.ts';
import { UpdateRefusal } from '../../preload/updates.ts';
import { BODY_LIMIT } from './chain.ts';
import type { AuditEvent, ChainName, EntryBody } from './entry.ts';

/** One AuditEvent that says of itself that it carries an entry. What of it cannot be decoded is empty, and will not verify. */
export interface Reported {
  /** "AuditEvent/id". */
  reference: string;
  /** When the server says that it got it; ISO time. */
  receivedAt: string | null;
  /** Exact JSON bytes, at most {@link BODY_LIMIT}. */
  body: Buffer;
  hash: Buffer;
  signature: Buffer;
  /** The chain's key as the event names it, base64url of 32 bytes; the version of the app that sent it. Neither is signed. */
  key: string | null;
  version: string | null;
}

const Event = z.object({
  resourceType: z.literal('AuditEvent'),
  id: z.string().regex(/^[A-Za-z0-9\-.]{1,64}$/),
  meta: z.object({ lastUpdated: z.iso.datetime({ offset: true }).nullable().catch(null) }).catch({ lastUpdated: null }),
  entity: z.array(z.object({ detail: z.array(z.object({ type: z.string(), valueString: z.string().catch('') })).catch([]) })),
});

const NOTHING = Buffer.alloc(0);

/** @returns null for what is no AuditEvent that carries an entry of this app. */
export function reportedFrom(resource: unknown): Reported | null {
  const event = Event.safeParse(resource);
  if (!event.success) return null;
  const { id, meta, entity } = event.data;
  const details = entity.flatMap(({ detail }) => detail);
  if (!details.some(({ type }) => type === 'chain-entry')) return null;
  // One that stands twice says nothing: two readers could take another each.
  const only = (type: string): string => {
    const [first, second] = details.filter((detail) => detail.type === type);
    return first && !second ? first.valueString : '';
  };
  const key = only('chain-key');
  const version = only('app-version');
  return {
    reference: `AuditEvent/${id}`, receivedAt: meta.lastUpdated,
    body: bytesOf(only('chain-entry'), BODY_LIMIT), hash: bytesOf(only('chain-hash'), 32), signature: bytesOf(only('chain-signature'), 64),
    key: /^[A-Za-z0-9_-]{43}$/.test(key) ? key : null, version: /^[0-9A-Za-z.+-]{1,64}$/.test(version) ? version : null,
  };
}

/** Of canonical base64 that is no longer than `limit` bytes; else nothing. */
export function bytesOf(base64: string, limit: number): Buffer {
  if (base64.length > Math.ceil(limit / 3) * 4) return NOTHING;
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length <= limit && bytes.toString('base64') === base64 ? bytes : NOTHING;
}

const text = z.string();
const time = z.iso.datetime();
const count = z.number().int().nonnegative();
const interval = z.tuple([z.number().nonnegative(), z.number().nonnegative()]);
const chain = z.strictObject({ device: text, sds: text });
const subject = z.strictObject({ recording: text.nullable(), document: text.nullable(), patient: text.nullable(), task: text.nullable(), purpose: text.nullable() });
const nothing = {};
const about = { subject };
const refused = { subject, reasons: z.array(text) };
const stop = { target: z.enum(['recording', 'patient', 'all']), subject: subject.nullable(), reason: text };

/** What belongs to each event beside what belongs to all. The compiler holds this against entry.ts. */
const kinds = {
  'signed-in': nothing, 'signed-out': nothing, unlocked: nothing, locked: nothing, 'wrong-secret': nothing, 'secret-changed': nothing, 'site-changed': nothing, 'role-ended': nothing,
  'identity-changed': nothing, 'identity-mismatch': nothing,
  'content-destroyed': { cause: z.enum(['too-many-attempts', 'forgotten', 'stopped']), recordings: count, bytes: count },
  'library-set-aside': { recordings: count, bytes: count },
  'store-refused': { code: text, times: count, since: text },
  'rolled-back': { found: z.record(text, z.number().nullable()) },
  listed: about, opened: about, closed: about, downloaded: about,
  exposed: { subject, session: text, media: z.array(interval).optional(), attended: z.array(interval).optional(), transcript: z.boolean().optional(), unreported: z.boolean().optional() },
  withheld: refused, denied: refused,
  destroyed: { subject, cause: z.enum(['stopped', 'role-ended', 'superseded', 'withheld', 'assignment-withdrawn', 'wrong-patient', 'copy-corrupt', 'removed-by-person']) },
  'wrong-patient': { subject, revision: count },
  'foreign-offered': { count },
  presented: { subject, seconds: z.number().nonnegative() },
  noted: { subject, what: z.enum(['note', 'mask', 'note-removed', 'note-restored', 'message', 'released', 'requested', 'accepted', 'in-progress', 'completed', 'rejected']) },
  room: { subject, others: count },
  'update-refused': { reason: UpdateRefusal, release: text.nullable() }, 'update-ready': { release: text }, updated: { from: text, to: text },
  consulted: { view: text, about: text.nullable() },
  exported: { what: text, rows: count, sha256: text, filter: text },
  'device-enrolled': { chain, key: text.nullable() }, 'device-revoked': { chain, key: text.nullable() },
  assigned: { subject, owner: text, from: text, until: text },
  'assignment-extended': { subject, until: text, reason: text }, 'assignment-cancelled': { subject, reason: text },
  stopped: stop, lifted: stop,
  'incident-kept': { incident: text, revision: count }, 'incident-removed': { incident: text, cause: z.enum(['removed-by-person', 'replaced', 'closed', 'role-ended', 'lease-ended']) },
  incident: { incident: text, revision: count, state: z.enum(['open', 'closed']), trigger: IncidentTrigger, fields: IncidentFields, note: text },
} satisfies Record<AuditEvent['event'], z.core.$ZodShape>;

/** Whose entry it is and which: all that it takes to put it in its chain. */
const place = {
  version: z.literal(1), id: z.uuid(), seq: z.number().int().positive(), device: z.string().regex(/^[^/\s]{1,100}$/), at: time,
  actor: z.strictObject({ sds: z.string().min(1).max(100), practitioner: text, role: text, name: text }),
};
const Place = z.object(place);
const Placed = Place.extend({ event: text });

type Place = z.output<typeof Place>;
type Output<S extends z.core.$ZodShape> = [keyof S] extends [never] ? unknown : z.output<z.ZodObject<S>>;
type Described = { [E in keyof typeof kinds]: Output<(typeof kinds)[E]> & { event: E } }[keyof typeof kinds];
type Written<A, E> = A extends { event: string } ? (E extends A['event'] ? Omit<A, 'event'> & { event: E } : never) : never;
/** Events of entry.ts that can have what is not described here: none, or this does not compile. */
type Undescribed = { [E in AuditEvent['event']]: [Written<AuditEvent, E>, keyof Written<AuditEvent, E>] extends [Described, keyof (typeof kinds)[E] | 'event'] ? never : E }[AuditEvent['event']];
type Complete = [Undescribed] extends [never] ? Map<string, z.ZodType<Described & Place>> : Undescribed;
const schemas: Complete = new Map(Object.entries(kinds).map(([event, shape]) => [event, z.strictObject({ ...place, event: z.literal(event), ...shape }) as unknown as z.ZodType<Described & Place>]));

export interface ReadEntry {
  chain: ChainName;
  seq: number;
  at: string;
  /** Null: unreadable. It has its place in a chain, and says something that this version does not know, or more than it may. */
  entry: EntryBody | null;
}

/** @returns null: unreadable, and of no chain. Repeated member names, other encodings than UTF-8 and unknown members are not read. */
export function readEntry(body: Buffer): ReadEntry | null {
  const value = body.length > BODY_LIMIT ? null : strictJsonOf(body);
  const placed = Placed.safeParse(value);
  if (!placed.success) return null;
  const { device, seq, at, actor, event } = placed.data;
  const known = schemas.get(event)?.safeParse(value);
  return { chain: { device, sds: actor.sds }, seq, at, entry: known?.success ? known.data : null };
}
