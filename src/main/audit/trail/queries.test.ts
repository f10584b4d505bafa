import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Activity, DeviceRow, EventDetails, EventPage, Flag, Ladder, type EventFilter, type Rung } from '../../../preload/console.ts';
import { reasons } from '../../assurance/reasons.ts';
import { isRefusal } from '../../fhir/refusals.ts';
import { keyCharacters } from '../chain.ts';
import type { Interval } from '../../../preload/intervals.ts';
import type { AuditEvent, EntryBody } from '../entry.ts';
import { everything } from './filter.ts';
import { FAILED_SECRETS, flags, MISMATCHES, NOT_THEIRS, openedPairs, runs, type LocalTime } from './flags.ts';
import { activity, ladder } from './ladder.ts';
import { chainHead, deviceRows, eventDetails, eventPage, iso, managersActions } from './queries.ts';
import type { Reported } from '../reported.ts';
import { openTrail, subjectOf, Writer } from './trail.fixture.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 2, 1);
const DAYS = 6;
type Written = Reported & { entry: EntryBody };

let trail: ReturnType<typeof openTrail>;
beforeEach(() => {
  trail = openTrail();
});
afterEach(() => trail.remove());

const subject = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }), fc.constantFrom('TREAT', 'TRAIN')).map(([n, patient, purpose]) => subjectOf(n, patient, purpose));
// Quarters: their sums are exact in any order.
const interval = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 12 })).map(([from, length]): Interval => [from / 4, (from + length) / 4]);
const event: fc.Arbitrary<AuditEvent> = fc.oneof(
  fc.constantFrom<AuditEvent>({ event: 'signed-in' }, { event: 'wrong-secret' }, { event: 'foreign-offered', count: 2 }),
  fc.record({ event: fc.constantFrom('listed' as const, 'opened' as const, 'closed' as const, 'downloaded' as const), subject }),
  fc.record({ event: fc.constant('opened' as const), subject }),
  fc.record({ event: fc.constant('presented' as const), subject, seconds: fc.integer({ min: 0, max: 20 }).map((n) => n / 4) }),
  fc.record({ event: fc.constant('exposed' as const), subject, session: fc.constant('s'), media: fc.array(interval, { maxLength: 3 }), attended: fc.array(interval, { maxLength: 2 }) }),
  fc.record({ event: fc.constant('exposed' as const), subject, session: fc.constant('s'), transcript: fc.constant(true) }),
  fc.record({ event: fc.constant('exposed' as const), subject, session: fc.constant('s'), unreported: fc.constant(true) }),
  fc.record({ event: fc.constantFrom('withheld' as const, 'denied' as const), subject, reasons: fc.subarray(['not-mine', 'media-bytes-differ', 'disk-full', 'outside-period'], { minLength: 1 }) }),
  fc.record({ event: fc.constant('wrong-patient' as const), subject, revision: fc.constant(1) }),
);
const people = [
  { sds: '555000000001', name: 'Dr Ada Sampleton', role: 'GP', device: 'device-a' },
  { sds: '555000000001', name: 'Dr Ada Sampleton', role: 'GP', device: 'device-b' },
  { sds: '555000000002', name: 'Dr Ben Exampleby', role: 'GP', device: 'device-b' },
];
/** Entries of three chains, of which several may have the same moment. */
const history = fc.array(fc.record({ who: fc.nat({ max: 2 }), at: fc.integer({ min: 0, max: DAYS * 96 }).map((n) => START + n * 900_000), event }), { minLength: 20, maxLength: 80, size: 'max' })
  .map((list) => {
    const writers = people.map((person) => new Writer(person));
    return [...list].sort((a, b) => a.at - b.at).map((one) => writers[one.who]!.write(one.event, one.at));
  });
const moment = fc.option(fc.integer({ min: -4, max: DAYS * 96 + 4 }).map((n) => new Date(START + n * 900_000).toISOString()));
// Mostly one narrowing at a time: all of them together find nothing.
const some = (...values: string[]) => fc.oneof({ weight: 3, arbitrary: fc.constant<string[]>([]) }, { weight: 1, arbitrary: fc.subarray([...values, 'none-such'], { minLength: 1 }) });
const filter: fc.Arbitrary<EventFilter> = fc.record({
  from: moment, to: moment, people: some(people[0]!.sds, people[2]!.sds), events: some('opened', 'exposed', 'listed', 'denied', 'wrong-secret'), recordings: some('urn:uuid:recording-1', 'DocumentReference/rec-2'),
  patients: some('Patient/pat-1', 'Patient/pat-2'), devices: some('device-a', 'device-b'), refusedOnly: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
});

const about = ({ entry }: Written) => ('subject' in entry ? entry.subject : null);
/** The same filter, entry by entry. */
function passes(one: Written, { from, to, people: who, events, recordings, patients, devices, refusedOnly }: EventFilter): boolean {
  const { entry } = one;
  const at = Date.parse(entry.at);
  const any = (list: string[], ...values: (string | null | undefined)[]) => list.length === 0 || values.some((value) => value != null && list.includes(value));
  return (from === null || at >= Date.parse(from)) && (to === null || at < Date.parse(to)) && any(who, entry.actor.sds) && any(events, entry.event)
    && any(recordings, about(one)?.recording, about(one)?.document) && any(patients, about(one)?.patient) && any(devices, entry.device) && (!refusedOnly || isRefusal(entry.event));
}
/** Quarter seconds of media, each once. */
function quarters(written: Written[], of: 'media' | 'attended'): number {
  const seen = new Set<number>();
  for (const { entry } of written) if (entry.event === 'exposed') for (const [from, to] of entry[of] ?? []) for (let q = from * 4; q < to * 4; q += 1) seen.add(q);
  return seen.size / 4;
}
/** In batches of an uneven size, so that tallies grow in several transactions. */
function fill(written: readonly Written[]): void {
  for (let i = 0; i < written.length; i += 17) trail.store.add(written.slice(i, i + 17));
}
/** A fresh store for each run of a property. */
const withTrail = (written: readonly Written[], check: () => void): void => {
  trail.remove();
  trail = openTrail();
  fill(written);
  check();
};

describe('the list of events', () => {
  it('is what each entry by itself would be found by, newest first, in pages that miss and repeat none', () => {
    fc.assert(fc.property(history, filter, fc.integer({ min: 1, max: 9 }), (written, chosen, limit) => withTrail(written, () => {
      const expected = written.map((one, index) => ({ one, index })).filter(({ one }) => passes(one, chosen)).sort((a, b) => Date.parse(b.one.entry.at) - Date.parse(a.one.entry.at) || b.index - a.index);
      const found: string[] = [];
      let next: string | null = null;
      do {
        const page = EventPage.parse(eventPage(trail.store.db, chosen, next, limit));
        expect(page.total).toBe(expected.length);
        expect(page.rows.length).toBe(Math.min(limit, expected.length - found.length));
        found.push(...page.rows.map(({ id }) => eventDetails(trail.store.db, id).reference));
        next = page.next;
      } while (next !== null);
      expect(found).toEqual(expected.map(({ one }) => one.reference));
    })), { numRuns: 30 });
  });

  it('says of each what its entry says, and gives its very bytes', () => {
    fc.assert(fc.property(history, (written) => withTrail(written, () => {
      for (const row of eventPage(trail.store.db, everything, null, 200).rows) {
        const details = EventDetails.parse(eventDetails(trail.store.db, row.id));
        const one = written.find(({ reference }) => reference === details.reference)!;
        const { entry } = one;
        expect(details).toMatchObject({ row, sequence: entry.seq, receivedAt: one.receivedAt, entry: one.body.toString(), hash: one.hash.toString('base64'), signature: one.signature.toString('base64'), findings: [] });
        expect(row).toMatchObject({ at: entry.at, event: entry.event, who: { sds: entry.actor.sds, name: entry.actor.name, role: entry.actor.role }, device: entry.device, refused: isRefusal(entry.event) });
        expect(row.recording?.recording ?? null).toBe(about(one)?.recording ?? null);
        expect(row.patient?.patient ?? null).toBe(about(one)?.patient ?? null);
        expect(row.purpose).toBe(about(one)?.purpose ?? null);
        expect(row.seconds).toBe(entry.event === 'presented' ? entry.seconds : entry.event === 'exposed' && (entry.media ?? []).length > 0 ? quarters([one], 'media') : null);
        if ('reasons' in entry) expect(row.detail).toBe(entry.reasons.join(', '));
      }
    })), { numRuns: 25 });
  });

  it('refuses a page that it never gave', () => {
    expect(() => eventPage(trail.store.db, everything, 'DROP TABLE', 10)).toThrow(expect.objectContaining({ code: 'bad-request' }));
    expect(() => eventDetails(trail.store.db, 1)).toThrow(expect.objectContaining({ code: 'bad-request' }));
  });
});

describe('the exposure ladder', () => {
  it('counts each rung, and each second of media once', () => {
    fc.assert(fc.property(history, filter.map((one) => ({ ...one, events: [], refusedOnly: false })), (written, chosen) => withTrail(written, () => {
      const inside = written.filter((one) => passes(one, chosen) && about(one) !== null);
      const keys = new Set(inside.map((one) => `${one.entry.actor.sds} ${about(one)!.recording} ${about(one)!.patient}`));
      const answer = Ladder.parse(ladder(trail.store.db, chosen, true));
      expect(answer.rows.length).toBe(keys.size);
      for (const row of answer.rows) {
        const own = inside.filter((one) => one.entry.actor.sds === row.who.sds && about(one)!.recording === row.recording.recording && about(one)!.patient === row.patient?.patient);
        const n = (name: string) => own.filter(({ entry }) => entry.event === name).length;
        const presented = own.flatMap(({ entry }) => (entry.event === 'presented' ? [entry.seconds] : []));
        expect(row).toMatchObject({
          listed: n('listed'), opened: n('opened'), denied: n('denied'), withheld: n('withheld'), downloaded: n('downloaded'), destroyed: 0, wrongPatient: n('wrong-patient') > 0,
          presentedSeconds: presented.length === 0 ? null : presented.reduce((a, b) => a + b, 0), exposedSeconds: quarters(own, 'media'), attendedSeconds: quarters(own, 'attended'),
          transcript: own.some(({ entry }) => entry.event === 'exposed' && entry.transcript), unreported: own.some(({ entry }) => entry.event === 'exposed' && (entry.unreported === true || ((entry.media ?? []).length === 0 && entry.transcript !== true))),
          first: own.map(({ entry }) => entry.at).sort()[0], last: own.map(({ entry }) => entry.at).sort().at(-1),
          purposes: [...new Set(own.map((one) => about(one)!.purpose))].sort(), devices: [...new Set(own.map(({ entry }) => entry.device))].sort(), proof: 'unchecked',
        });
      }
      const who = (...rungs: Rung[]) => new Set(answer.rows.filter(({ rung }) => rung !== null && rungs.includes(rung)).map((row) => row.who.sds));
      const { exposed, opened, presented } = answer.people;
      expect([exposed, exposed + opened, exposed + opened + presented]).toEqual([who('exposed').size, who('exposed', 'opened').size, who('exposed', 'opened', 'presented').size]);
      expect(answer.exposedSeconds).toBe(answer.rows.reduce((sum, row) => sum + row.exposedSeconds, 0));
    })), { numRuns: 30 });
  });

  it('keeps a recording that was filed under two patients apart, and says nothing of what a manager did with it', () => {
    const writer = new Writer(people[0]!);
    fill([
      writer.write({ event: 'exposed', subject: subjectOf(1, 1), session: 's', media: [[0, 9]] }, START), writer.write({ event: 'exposed', subject: subjectOf(1, 2), session: 's', media: [[0, 4]] }, START + DAY),
      writer.write({ event: 'assignment-cancelled', subject: subjectOf(1, 3), reason: 'error' }, START + DAY),
    ]);
    const { rows } = ladder(trail.store.db, { ...everything, recordings: ['urn:uuid:recording-1'] }, false);
    expect(rows.map(({ patient, exposedSeconds }) => [patient?.patient, exposedSeconds])).toEqual([['Patient/pat-1', 9], ['Patient/pat-2', 4]]);
  });
});

describe('activity', () => {
  it('is the sum of each day', () => {
    fc.assert(fc.property(history, filter, (written, chosen) => withTrail(written, () => {
      const inside = written.filter((one) => passes(one, chosen));
      const answer = Activity.parse(activity(trail.store.db, chosen));
      expect(answer.days.map(({ day }) => day)).toEqual([...new Set(inside.map(({ entry }) => entry.at.slice(0, 10)))].sort());
      for (const { day, ...sums } of answer.days) {
        const own = inside.filter(({ entry }) => entry.at.startsWith(day));
        const n = (name: string) => own.filter(({ entry }) => entry.event === name).length;
        const keys = new Set(own.map((one) => `${one.entry.actor.sds} ${about(one)?.recording ?? ''}`));
        const seconds = [...keys].reduce((sum, key) => sum + quarters(own.filter((one) => `${one.entry.actor.sds} ${about(one)?.recording ?? ''}` === key), 'media'), 0);
        expect(sums).toEqual({ listed: n('listed'), presented: n('presented'), opened: n('opened'), exposedSeconds: seconds, refused: own.filter(({ entry }) => isRefusal(entry.event)).length });
      }
    })), { numRuns: 30 });
  });
});

describe('devices', () => {
  it('are one row a chain, with its last word', () => {
    fc.assert(fc.property(history, (written) => withTrail(written, () => {
      const rows = deviceRows(trail.store.db).map((row) => DeviceRow.parse(row));
      expect(rows.length).toBe(new Set(written.map(({ entry }) => `${entry.device} ${entry.actor.sds}`)).size);
      for (const row of rows) {
        const own = written.filter(({ entry }) => entry.device === row.device && entry.actor.sds === row.who.sds);
        const last = own.at(-1)!;
        expect(row).toEqual({
          device: row.device, who: { sds: last.entry.actor.sds, name: last.entry.actor.name, role: last.entry.actor.role }, version: '0.1.0', entries: own.length, lastContact: last.receivedAt, lastEntry: last.entry.at,
          key: keyCharacters(last.key!), enrolled: 'not-enrolled', proof: 'unchecked', findings: 0,
        });
      }
    })), { numRuns: 25 });
  });
});

describe('what managers did', () => {
  it('is counted by person and kind, of the filter, whoever did it last first', () => {
    const [pat, dee] = [{ sds: '555000000004', name: 'Pat Demomanager', role: 'Practice manager', device: 'device-a' }, { sds: '555000000005', name: 'Dr Dee Bothroles', role: 'Practice manager', device: 'device-b' }];
    const [first, second] = [new Writer(pat), new Writer(dee)];
    trail.store.add([
      first.write({ event: 'signed-in' }, START), first.write({ event: 'stopped', target: 'all', subject: null, reason: 'incident' }, START + 1_000),
      first.write({ event: 'stopped', target: 'recording', subject: subjectOf(1), reason: 'other' }, START + DAY), first.write({ event: 'consulted', view: 'ladder', about: null }, START + DAY + 1_000),
      second.write({ event: 'opened', subject: subjectOf(1) }, START), second.write({ event: 'exported', what: 'events.csv', rows: 1, sha256: 'x', filter: '{}' }, START + 2 * DAY),
    ]);
    const told = (filter: Partial<EventFilter> = {}) => managersActions(trail.store.db, { ...everything, ...filter }).map(({ who, acts, last }) => [who.name, Object.fromEntries(acts.map((act) => [act.event, act.count])), last]);
    expect(told()).toEqual([['Dr Dee Bothroles', { exported: 1 }, iso(START + 2 * DAY)], ['Pat Demomanager', { consulted: 1, stopped: 2 }, iso(START + DAY + 1_000)]]);
    expect(told({ events: ['stopped', 'opened'] })).toEqual([['Pat Demomanager', { stopped: 2 }, iso(START + DAY)]]);
    expect(told({ to: iso(START + 1_001) })).toEqual([['Pat Demomanager', { stopped: 1 }, iso(START + 1_000)]]);
    expect(told({ people: [dee.sds] })).toHaveLength(1);
    expect(told({ events: ['opened'] })).toEqual([]);
  });
});

describe('flags', () => {
  const utc: LocalTime = (at) => {
    const date = new Date(at);
    return { day: date.toISOString().slice(0, 10), weekday: date.getUTCDay(), hour: date.getUTCHours(), minute: date.getUTCMinutes() };
  };
  const found = (options: { from?: string; to?: string; bulk?: number } = {}) => flags(trail.store.db, { from: null, to: null, localTime: utc, ...options }).map((flag) => Flag.parse(flag));

  it('are raised for every event that each rule is about, and for no other', () => {
    fc.assert(fc.property(history, fc.integer({ min: 2, max: 4 }), (written, bulk) => withTrail(written, () => {
      const referenceOf = (id: number) => eventDetails(trail.store.db, id).reference;
      const raised = found({ bulk });
      const flagged = (kind: Flag['kind']) => new Set(raised.filter((flag) => flag.kind === kind).flatMap(({ events }) => events.map(referenceOf)));
      const expected = (rule: (one: Written) => boolean) => new Set(written.filter(rule).map(({ reference }) => reference));
      const at = ({ entry }: Written) => Date.parse(entry.at);
      const inSomeWindow = (one: Written, name: string, ms: number, least: number, kindOf: (one: Written) => unknown) => one.entry.event === name
        && written.some((start) => start.entry.event === name && start.entry.actor.sds === one.entry.actor.sds && at(one) >= at(start) && at(one) <= at(start) + ms
          && new Set(written.filter((other) => other.entry.event === name && other.entry.actor.sds === one.entry.actor.sds && at(other) >= at(start) && at(other) <= at(start) + ms).map(kindOf)).size >= least);
      const refusedFor = (one: Written, name: string, codes: ReadonlySet<string>) => one.entry.event === name && 'reasons' in one.entry && one.entry.reasons.some((code) => codes.has(code));
      expect(flagged('unassigned-attempt')).toEqual(expected((one) => refusedFor(one, 'denied', NOT_THEIRS)));
      expect(flagged('withheld-mismatch')).toEqual(expected((one) => refusedFor(one, 'withheld', MISMATCHES)));
      expect(flagged('wrong-patient')).toEqual(expected((one) => one.entry.event === 'wrong-patient'));
      expect(flagged('out-of-hours')).toEqual(expected((one) => {
        const { weekday, hour } = utc(at(one));
        return one.entry.event === 'opened' && (weekday === 0 || weekday === 6 || hour < 7 || hour >= 20);
      }));
      expect(flagged('bulk-opening')).toEqual(expected((one) => inSomeWindow(one, 'opened', 3_600_000, bulk, (other) => about(other)!.recording)));
      expect(flagged('failed-secrets')).toEqual(expected((one) => inSomeWindow(one, 'wrong-secret', 900_000, FAILED_SECRETS, (other) => other.reference)));
    })), { numRuns: 30 });
  });

  it('give their reason, and where they are about one recording, which', () => {
    const writer = new Writer(people[0]!);
    fill([1, 2, 3].map((n) => writer.write({ event: 'opened', subject: subjectOf(n) }, Date.UTC(2026, 2, 2, 12, n))));
    fill([writer.write({ event: 'withheld', subject: subjectOf(4), reasons: ['media-bytes-differ'] }, Date.UTC(2026, 2, 2, 13))]);
    expect(found({ bulk: 3 }).map(({ kind, recording, sentence, events }) => [kind, recording?.recording ?? null, sentence, events.length])).toEqual([
      ['withheld-mismatch', 'urn:uuid:recording-4', 'A recording was withheld because two things that should agree did not: media-bytes-differ.', 1],
      ['bulk-opening', null, '3 different recordings were opened within 2 minutes; a flag is raised from 3 in an hour.', 3],
    ]);
    expect(found({ bulk: 3, from: '2026-03-02T12:02:00Z', to: '2026-03-02T12:30:00Z' })).toEqual([]);
  });

  it('go by codes that there are', () => {
    for (const code of [...NOT_THEIRS, ...MISMATCHES]) expect(reasons).toHaveProperty(code);
  });

  it('need a window that is full: a stretch may be longer than one', () => {
    const at = (...minutes: number[]) => minutes.map((minute) => ({ at: minute * 60_000 }));
    const of = (...minutes: number[]) => runs(at(...minutes), 900_000, ({ at: moment }) => String(moment), 3).map((run) => run.map((one) => one.at / 60_000));
    expect(of(0, 10, 15)).toEqual([[0, 10, 15]]);
    expect(of(0, 10, 16)).toEqual([]);
    expect(of(0, 7, 14, 21, 28, 60)).toEqual([[0, 7, 14, 21, 28]]);
  });

  it('of names are left to main: who opened recordings of whom', () => {
    fc.assert(fc.property(history, (written) => withTrail(written, () => {
      const opened = written.filter(({ entry }) => entry.event === 'opened');
      const pairs = openedPairs(trail.store.db, null, null);
      const key = (sds: string, patient: string, recording: string | null) => `${sds} ${patient} ${recording}`;
      expect(new Set(pairs.map(({ who, patient, recording }) => key(who.sds, patient, recording)))).toEqual(new Set(opened.map((one) => key(one.entry.actor.sds, about(one)!.patient!, about(one)!.recording))));
      expect(pairs.reduce((sum, { events }) => sum + events.length, 0)).toBe(opened.length);
    })), { numRuns: 20 });
  });
});

describe('the head of a chain', () => {
  it('is its latest entry, and the key that this names', () => {
    const [one, two] = people.map((person) => new Writer(person));
    fill([1, 2, 3].map((n) => one!.write({ event: 'opened', subject: subjectOf(n) }, START + n)).reverse());
    fill([two!.write({ event: 'signed-in' }, START)]);
    const { device, sds } = people[0]!;
    expect(chainHead(trail.store.db, { device, sds })).toEqual({ seq: 3, hash: one!.written[2]!.hash, key: one!.publicKey });
    expect(chainHead(trail.store.db, { device, sds: '0' })).toBeNull();
  });
});
