import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { everything } from './filter.ts';
import { lengthOf, tidy } from './intervals.ts';
import { chainSlice, eventDetails, eventPage } from './queries.ts';
import { readEntry } from './read.ts';
import { openTrail, subjectOf, Writer } from './trail.fixture.ts';

const START = Date.UTC(2026, 2, 1);
const person = { sds: '555000000001', name: 'Dr Ada Sampleton', role: 'GP', device: 'device-a' };
let trail: ReturnType<typeof openTrail>;
beforeEach(() => {
  trail = openTrail();
});
afterEach(() => trail.remove());
const all = () => eventPage(trail.store.db, everything, null, 200).rows.map(({ id }) => eventDetails(trail.store.db, id));

describe('the trail', () => {
  it('keeps an entry once, however often and under whatever name it comes', () => {
    const writer = new Writer(person);
    const written = Array.from({ length: 40 }, (_, n) => writer.write({ event: 'listed', subject: subjectOf(n % 3) }, START + n * 60_000));
    fc.assert(fc.property(fc.array(fc.shuffledSubarray(written), { maxLength: 4 }), (batches) => {
      for (const batch of batches) trail.store.add(batch);
    }));
    trail.store.add(written);
    expect(trail.store.add(written.map((one) => ({ ...one, reference: `${one.reference}-again` })))).toEqual({ entries: 0, others: 0 });
    expect(all().map(({ sequence }) => sequence)).toEqual(written.map(({ entry }) => entry.seq).reverse());
    expect(trail.store.counts()).toEqual({ entries: 40, others: 0 });
  });

  it('keeps every one of several entries of one number, and one whose body was changed beneath its hash; one with another signature beside it is the same', () => {
    const [one, other] = [new Writer(person), new Writer(person)];
    const first = one.write({ event: 'signed-in' }, START);
    const fork = other.write({ event: 'locked' }, START);
    const edited = { ...first, body: Buffer.from(first.body.toString().replace('signed-in', 'unlocked')) };
    expect(trail.store.add([first, fork, edited, { ...first, signature: fork.signature }])).toEqual({ entries: 3, others: 0 });
    expect(all().map(({ sequence, row }) => [sequence, row.event]).sort()).toEqual([[1, 'locked'], [1, 'signed-in'], [1, 'unlocked']]);
    expect(chainSlice(trail.store.db, { device: person.device, sds: person.sds, after: { seq: 0, n: 0 }, limit: 10 })).toHaveLength(4);
  });

  it('takes a batch whole or not at all', () => {
    const writer = new Writer(person);
    const good = writer.write({ event: 'signed-in' }, START);
    expect(() => trail.store.add([good, { ...good, body: writer.write({ event: 'locked' }, START).body, hash: null as never }])).toThrow();
    expect(trail.store.counts()).toEqual({ entries: 0, others: 0 });
    expect(trail.store.add([good])).toEqual({ entries: 1, others: 0 });
    expect(all()).toHaveLength(1);
  });

  it('counts what it cannot read, and is confused by none of it', () => {
    const { body, ...rest } = new Writer(person).write({ event: 'signed-in' }, START);
    const entry = JSON.parse(body.toString()) as Record<string, unknown>;
    const odd = [
      '', '{', 'null', '[]', '"x"', '{}', ...Object.entries({ seq: [0, -1, 1.5, '1', null, 1e300], at: ['', 'yesterday', 5, '+275760-01-01T00:00:00Z'], device: ['', 5, 'x'.repeat(300)], event: [null, 3], actor: [null, [], { sds: '' }, 'me'] })
        .flatMap(([member, values]) => values.map((value) => JSON.stringify({ ...entry, [member]: value }))),
    ];
    expect(trail.store.add(odd.map((text, n) => ({ ...rest, body: Buffer.from(text), reference: `AuditEvent/odd-${n}` })))).toEqual({ entries: 0, others: odd.length });
    const strange = { ...entry, event: 'of-a-later-version', subject: 'none' };
    expect(trail.store.add([{ ...rest, body: Buffer.from(JSON.stringify(strange)) }])).toEqual({ entries: 1, others: 0 });
    expect(all()[0]?.row).toMatchObject({ event: 'unreadable', who: { sds: person.sds }, recording: null, patient: null, media: [], seconds: null, detail: '' });
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      readEntry(Buffer.from(text));
    }));
  });

  it('shows nothing of what is in it to whoever reads its file', () => {
    trail.store.add([new Writer(person).write({ event: 'opened', subject: subjectOf(1) }, START)]);
    const content = Buffer.concat(readdirSync(trail.folder).map((name) => readFileSync(join(trail.folder, name))));
    expect(content.length).toBeGreaterThan(0);
    for (const word of ['Sampleton', 'recording-1', 'tally', 'SQLite format']) expect(content.includes(word)).toBe(false);
  });

  it('says once from where on a chain has to be verified anew', () => {
    const writer = new Writer(person);
    const written = [1, 2, 3, 4].map((n) => writer.write({ event: 'signed-in' }, START + n));
    trail.store.add(written.slice(2));
    const chain = trail.store.db.prepare('SELECT id FROM chain').pluck().get() as number;
    expect([trail.store.lowestSince(chain), trail.store.lowestSince(chain)]).toEqual([3, null]);
    trail.store.add(written);
    expect(trail.store.lowestSince(chain)).toBe(1);
  });
});

it('seconds as sets have the same length however they are cut and put together', () => {
  const interval = fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 9 })).map(([from, length]): [number, number] => [from, from + length]);
  fc.assert(fc.property(fc.array(interval), fc.array(interval), (a, b) => {
    const whole = tidy([...a, ...b]);
    expect(tidy([...tidy(b), ...tidy(a)])).toEqual(whole);
    for (const [i, [from, to]] of whole.entries()) expect(from <= to && from > (whole[i - 1]?.[1] ?? -1)).toBe(true);
    expect(lengthOf(whole)).toBe(new Set([...a, ...b].flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i))).size);
  }));
});
