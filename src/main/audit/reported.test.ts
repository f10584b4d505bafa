import { describe, expect, it } from 'vitest';
import { auditEvent } from '../outbox/balp.ts';
import type { AuditEvent, EntryBody } from './entry.ts';
import { readEntry, reportedFrom } from './reported.ts';
import { chain, Device, seedOf, subject } from './verify.fixture.ts';

const fields = {
  title: 't', awareAt: null, nature: '', categoriesOfPeople: '', people: null, categoriesOfRecords: '', records: 2, contact: '', consequences: '', measures: '', lateBecause: '', report: 'undecided', reportReasons: '',
  reportedAt: '2026-11-20T12:00:00Z', tellPatients: 'no', tellReasons: '', recordings: [], patients: ['Patient/1'], checklist: [], corrections: [],
} as const;
const reason = 'because';
const events: { [E in AuditEvent['event']]: Extract<AuditEvent, { event: E }> | AuditEvent } = {
  'signed-in': { event: 'signed-in' }, 'signed-out': { event: 'signed-out' }, unlocked: { event: 'unlocked' }, locked: { event: 'locked' }, 'wrong-secret': { event: 'wrong-secret' },
  'secret-changed': { event: 'secret-changed' }, 'site-changed': { event: 'site-changed' }, 'role-ended': { event: 'role-ended' }, 'identity-changed': { event: 'identity-changed' }, 'identity-mismatch': { event: 'identity-mismatch' },
  'content-destroyed': { event: 'content-destroyed', cause: 'stopped', recordings: 1, bytes: 2 }, 'library-set-aside': { event: 'library-set-aside', recordings: 1, bytes: 2 },
  'store-refused': { event: 'store-refused', code: 'keychain-locked', times: 2, since: '2026-11-20T12:00:00.000Z' }, 'rolled-back': { event: 'rolled-back', found: { seq: 1, library: null } },
  listed: { event: 'listed', subject }, opened: { event: 'opened', subject }, closed: { event: 'closed', subject }, downloaded: { event: 'downloaded', subject },
  exposed: { event: 'exposed', subject, session: 's', media: [[0, 1.5]], attended: [[0, 1]] }, withheld: { event: 'withheld', subject, reasons: ['not-mine'] }, denied: { event: 'denied', subject, reasons: [] },
  destroyed: { event: 'destroyed', subject: { ...subject, document: null, patient: null, task: null, purpose: null }, cause: 'withheld' }, 'wrong-patient': { event: 'wrong-patient', subject, revision: 0 },
  'foreign-offered': { event: 'foreign-offered', count: 3 }, presented: { event: 'presented', subject, seconds: 9.5 }, noted: { event: 'noted', subject, what: 'note' }, room: { event: 'room', subject, others: 2 }, consulted: { event: 'consulted', view: 'events', about: null },
  exported: { event: 'exported', what: 'events', rows: 4, sha256: 'x', filter: '{}' }, 'device-enrolled': { event: 'device-enrolled', chain, key: 'k' }, 'device-revoked': { event: 'device-revoked', chain, key: null },
  assigned: { event: 'assigned', subject, owner: '5', from: 'f', until: 'u' }, 'assignment-extended': { event: 'assignment-extended', subject, until: 'u', reason }, 'assignment-cancelled': { event: 'assignment-cancelled', subject, reason },
  stopped: { event: 'stopped', target: 'all', subject: null, reason }, lifted: { event: 'lifted', target: 'recording', subject, reason },
  incident: { event: 'incident', incident: 'i', revision: 1, state: 'open', trigger: 'query', fields: { ...fields, recordings: [], patients: ['Patient/1'], checklist: [], corrections: [{ recording: 'r', patient: null, reason }] }, note: '' },
  'update-refused': { event: 'update-refused', reason: 'replayed', release: null }, 'update-ready': { event: 'update-ready', release: '1.2.0' }, updated: { event: 'updated', from: '1.1.0', to: '1.2.0' },
  'incident-kept': { event: 'incident-kept', incident: 'i', revision: 1 }, 'incident-removed': { event: 'incident-removed', incident: 'i', cause: 'replaced' },
};

const written = (event: AuditEvent) => new Device(seedOf(1)).write(1, event).entries[0]!;
const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

describe('a body', () => {
  it.each(Object.values(events))('of $event is read as it was written', (event) => {
    const { body } = written(event);
    expect(readEntry(body)).toEqual({ chain, seq: 1, at: '2026-11-20T12:00:01.000Z', entry: JSON.parse(body.toString('utf8')) });
  });

  const text = written(events.opened).body.toString('utf8');
  const body = JSON.parse(text) as EntryBody;

  it.each<[string, unknown]>([
    ['an event that is not known', { ...body, event: 'invented' }], ['a further member', { ...body, more: 1 }], ['a member of another type', { ...body, subject: 'x' }], ['a member less', { ...body, subject: undefined }],
  ])('with %s is unreadable, and has its place', (_what, value) => {
    expect(readEntry(bytes(value))).toEqual({ chain, seq: 1, at: body.at, entry: null });
  });

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)], ['no JSON', bytes('{')], ['a repeated member', bytes(text.replace('{', '{"seq":1,'))], ['a mark of the byte order', bytes(`\ufeff${text}`)], ['no UTF-8', Buffer.concat([bytes(text.slice(0, -2)), Buffer.of(0xff), bytes('"}')])],
    ['more than 64 KiB', bytes({ ...body, subject: 'x'.repeat(65_536) })], ['another version', bytes({ ...body, version: 2 })], ['a number that is none', bytes({ ...body, seq: 1.5 })], ['nobody', bytes({ ...body, actor: null })], ['null', bytes('null')],
  ])('with %s is of no chain', (_what, value) => {
    expect(readEntry(value)).toBeNull();
  });
});

describe('an AuditEvent', () => {
  const entry = written(events.opened);
  const sent = auditEvent(JSON.parse(entry.body.toString('utf8')) as EntryBody, entry, { key: new Device(seedOf(1)).key, version: '1.2.3' }, 'practice.example');
  type Shape = { entity: { detail?: { type: string; valueString: unknown }[] }[] };
  const stored = { ...sent, id: 'a-1', meta: { lastUpdated: '2026-11-20T12:00:05.000+00:00' } } as unknown as Shape & Record<string, unknown>;
  const withDetail = (type: string, valueString: unknown) => ({ ...stored, entity: stored.entity.map(({ detail, ...rest }) => ({ ...rest, ...(detail ? { detail: detail.map((d) => (d.type === type ? { type, valueString } : d)) } : {}) })) });

  it('gives back what was sent, from its chain details alone', () => {
    const { body, hash, signature } = entry;
    const expected = { reference: 'AuditEvent/a-1', receivedAt: '2026-11-20T12:00:05.000+00:00', body, hash, signature, key: new Device(seedOf(1)).key, version: '1.2.3' };
    expect(reportedFrom(stored)).toEqual(expected);
    expect(reportedFrom({ ...stored, recorded: '1999-01-01', agent: [], outcome: '8', source: null })).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ['nothing', null], ['another resource', { ...stored, resourceType: 'Task' }], ['one without an id', { ...stored, id: undefined }], ['one of another program', { ...stored, entity: [{ detail: [{ type: 'session', valueString: 'x' }] }] }], ['one without entities', { ...stored, entity: undefined }],
  ])('is none of ours: %s', (_what, resource) => {
    expect(reportedFrom(resource)).toBeNull();
  });

  it.each(['chain-entry', 'chain-hash', 'chain-signature'] as const)('with a damaged %s is ours, and says nothing in its place', (type) => {
    const name = type.slice(6).replace('entry', 'body') as 'body' | 'hash' | 'signature';
    for (const value of ['%%%', `${entry.hash.toString('base64')} `, 'A'.repeat(100_000), 5, undefined]) expect(reportedFrom(withDetail(type, value))?.[name].length).toBe(0);
    const twice = { ...stored, entity: [...stored.entity, { detail: [{ type, valueString: 'AAAA' }] }] };
    expect(reportedFrom(twice)?.[name].length).toBe(0);
  });

  it('names no key, version or moment that is none', () => {
    expect(reportedFrom(withDetail('chain-key', 'short'))?.key).toBeNull();
    expect(reportedFrom(withDetail('app-version', '<b>'))?.version).toBeNull();
    expect(reportedFrom({ ...stored, meta: { lastUpdated: 'yesterday' } })?.receivedAt).toBeNull();
    expect(reportedFrom({ ...stored, meta: undefined })?.receivedAt).toBeNull();
  });
});
