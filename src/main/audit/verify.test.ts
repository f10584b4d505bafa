import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Device, keyOf, seedOf } from './verify.fixture.ts';
import { type Candidate, type ChainFinding, Verifier, type VerifyOptions, type VerifyState } from './verify.ts';
import { entryHash, signHash, signingKey } from './chain.ts';

const N = 1000;
const device = new Device(seedOf(1)).write(N);
const { key } = device;
const whole = device.reported();
const head = { seq: N, hash: whole[N - 1]!.hash };
const known: VerifyOptions = { enrolled: key, remembered: head };

function verifying(entries: readonly Candidate[], options: VerifyOptions = known, state: VerifyState | null = null) {
  const verifier = new Verifier(options, state);
  for (const entry of entries) verifier.add(entry);
  return verifier.finish();
}
const findings = (entries: readonly Candidate[], options?: VerifyOptions): ChainFinding[] => verifying(entries, options).verdict.findings;
const kinds = (entries: readonly Candidate[], options?: VerifyOptions) => findings(entries, options).map(({ kind, sequence, until }) => [kind, sequence, until]);
const changed = (at: number, change: Partial<Candidate>, of: readonly Candidate[] = whole) => of.map((entry, i) => (i === at ? { ...entry, ...change } : entry));
const flipped = (bytes: Buffer, byte: number, by: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[byte % copy.length]! ^= by;
  return copy;
};
const copyOf = (entry: Candidate, change: Partial<Candidate> = {}): Candidate => ({ ...entry, reference: `${entry.reference}-again`, ...change });
const all: VerifyOptions = { ...known, signatures: 'all' };
/** With a valid signature of another key, and hashes that follow. */
function forgedFrom(at: number, seed: Buffer): Candidate[] {
  let previous = whole[at - 1]!.hash;
  return whole.map((entry, i) => {
    if (i < at) return entry;
    const body = Buffer.from(entry.body.toString('utf8').replace('"opened"', '"closed"'));
    previous = entryHash(entry.seq, previous, body);
    return { ...entry, body, hash: previous, signature: signHash(signingKey(seed), previous) };
  });
}

describe.each(['all', 'runs'] as const)('a chain of 1,000 entries, signatures of %s', (signatures) => {
  const options: VerifyOptions = { ...known, signatures };

  it('holds, whole, in parts, and from any entry on', () => {
    expect(verifying(whole, options).verdict).toEqual({ head, key, entries: N, duplicates: 0, findings: [], dropped: 0 });
    let state: VerifyState | null = null;
    for (const [from, to] of [[0, 1], [1, 400], [400, 400], [400, N]] as const) ({ state } = verifying(whole.slice(from, to), { enrolled: key, signatures }, state && JSON.parse(JSON.stringify(state)) as VerifyState));
    expect(state).toMatchObject({ at: N, entries: N, findings: [], head: { seq: N, hash: head.hash.toString('base64url') } });
    expect(verifying(whole.slice(500), { ...options, before: { seq: 500, hash: whole[499]!.hash } }).verdict.findings).toEqual([]);
    expect(verifying(whole.slice(500), { ...options, before: 'unknown' }).verdict).toMatchObject({ findings: [], head });
  });

  it('holds under the key that it names, when none is enrolled', () => {
    expect(verifying(whole, { enrolled: null, signatures }).verdict).toMatchObject({ findings: [], key, head });
    expect(verifying(whole.map((entry) => ({ ...entry, key: null })), { enrolled: null, signatures }).verdict).toMatchObject({ key: null, head: null, findings: [{ kind: 'signature', sequence: 1, until: N }] });
    expect(kinds(changed(20, { key: keyOf(seedOf(2)) }), { enrolled: null, signatures })).toEqual([['other-key', 21, 21]]);
  });

  it('is not another device’s', () => {
    expect(findings(whole, { enrolled: keyOf(seedOf(2)), signatures })).toMatchObject([{ kind: 'other-key', sequence: 1, until: N, count: N }]);
    expect(verifying(whole.map((entry) => ({ ...entry, key: null })), { enrolled: keyOf(seedOf(2)), signatures }).verdict).toMatchObject({ head: null, findings: [{ kind: 'signature', sequence: 1, until: N }] });
  });

  it('takes an entry that was stored twice for one', () => {
    expect(verifying(whole.flatMap((entry) => [entry, copyOf(entry)]), options).verdict).toMatchObject({ findings: [], entries: N, duplicates: N });
  });

  it('written anew from any entry on without the key is not signed from there', () => {
    expect(kinds(forgedFrom(700, seedOf(3)), { enrolled: key, signatures })).toEqual([['signature', 701, N]]);
    expect(verifying(forgedFrom(700, seedOf(3)), options).verdict.head?.seq).toBe(700);
    expect(kinds(forgedFrom(700, seedOf(3)), options)).toContainEqual(['regression', N, N]);
  });

  it('written anew from any entry on with the key has another head than is remembered', () => {
    expect(kinds(forgedFrom(700, seedOf(1)), { enrolled: key, signatures })).toEqual([]);
    expect(kinds(forgedFrom(700, seedOf(1)), options)).toEqual([['regression', N, N]]);
  });

  it('shows where a store was put back and two histories went on', () => {
    const other = forgedFrom(700, seedOf(1));
    const both = whole.flatMap((entry, i) => (i < 700 ? [entry] : i < 900 ? [entry, copyOf(other[i]!)] : [entry]));
    expect(findings(both, options)).toMatchObject([{ kind: 'fork', sequence: 701, until: 701, reference: 'AuditEvent/a-701-again' }]);
    expect(verifying(both, options).verdict.head).toEqual(head);
    expect(kinds(whole.flatMap((entry, i) => (i < 700 ? [entry] : [copyOf(other[i]!), entry])), options)).toEqual([['fork', 701, 701]]);
    // Whichever of the two goes on.
    expect(kinds(other.flatMap((entry, i) => (i === 700 ? [whole[i]!, entry] : [entry])), { enrolled: key, signatures })).toEqual([['fork', 701, 701]]);
  });

  it('keeps its other entries when one that is not signed stands beside, before or after it', () => {
    for (const forged of [forgedFrom(700, seedOf(3))[700]!, { ...whole[700]!, body: Buffer.from('{}') }, { ...whole[700]!, hash: whole[3]!.hash, signature: whole[3]!.signature }])
      for (const pair of [[forged, whole[700]!], [whole[700]!, forged]]) {
        const { verdict } = verifying([...whole.slice(0, 700), ...pair, ...whole.slice(701)], options);
        expect(verdict.findings).toHaveLength(1);
        expect(verdict.findings[0]).toMatchObject({ sequence: 701, until: 701 });
        expect(verdict.head).toEqual(head);
      }
  });

  it('says that an entry is of another place, or cannot be read, and goes on', () => {
    expect(kinds(changed(4, { reading: 'unreadable' }), options)).toEqual([['unreadable', 5, 5]]);
    expect(kinds(changed(4, { reading: 'elsewhere' }), options)).toEqual([['replay', 5, 5], ['gap', 5, 6]]);
    expect(kinds([...whole.slice(0, 10), whole[4]!, ...whole.slice(10)], options)).toEqual([['replay', 5, 5]]);
  });

  it('ends before the head that is remembered, wherever it is cut', () => {
    for (let length = 0; length < N; length += 1) {
      const verifier = new Verifier(options, length === 0 ? null : states[length - 1]!);
      expect(verifier.finish().verdict.findings).toEqual([{ kind: 'truncated', sequence: length + 1, until: N, count: N - length, reference: null }]);
    }
  });

  it('shows each single entry that is deleted', () => {
    for (let at = 0; at < N - 1; at += 1) expect(fromState(at, [...whole.slice(at + 1, at + 4)], signatures)).toEqual([['gap', at + 1, at + 2]]);
  });

  it('shows each pair of neighbours in the other order, whether they keep their numbers or not', () => {
    for (let at = 0; at < N - 1; at += 1) {
      const [a, b] = [whole[at]!, whole[at + 1]!];
      expect(fromState(at, [b, a, ...whole.slice(at + 2, at + 4)], signatures)).not.toEqual([]);
      expect(fromState(at, [{ ...b, seq: a.seq }, { ...a, seq: b.seq }, ...whole.slice(at + 2, at + 4)], signatures)[0]?.slice(0, 2)).toEqual(['edited', at + 1]);
    }
  });
});

/** Where a verification stands after each entry. */
const states: VerifyState[] = [];
for (let at = 0; at < N; at += 1) states.push(verifying([whole[at]!], { enrolled: key }, states[at - 1] ?? null).state);
const fromState = (at: number, entries: Candidate[], signatures: 'all' | 'runs') =>
  verifying(entries, { enrolled: key, signatures }, states[at - 1] ?? null).verdict.findings.map(({ kind, sequence, until }) => [kind, sequence, until]);

describe('each entry of 1,000', () => {
  it('shows a changed byte of its body, hash or signature, there and nowhere else', () => {
    for (let at = 0; at < N; at += 1)
      for (const [field, kind] of [['body', 'edited'], ['hash', 'edited'], ['signature', 'signature']] as const) {
        const entry = { ...whole[at]!, [field]: flipped(whole[at]![field], at * 7, 1 << (at % 8)) };
        expect(fromState(at, [entry, ...whole.slice(at + 1, at + 3)], 'all')).toEqual([[kind, at + 1, at + 1]]);
      }
  });

  it('shows every byte of one', () => {
    for (const [field, kind] of [['body', 'edited'], ['hash', 'edited'], ['signature', 'signature']] as const)
      for (let byte = 0; byte < whole[500]![field].length; byte += 1)
        expect(fromState(500, [{ ...whole[500]!, [field]: flipped(whole[500]![field], byte, 0x01) }, whole[501]!], 'all')).toEqual([[kind, 501, 501]]);
  });

  it('of which only the signatures of runs are looked at is proven by what follows it, and its own changed signature is not seen', () => {
    expect(kinds(changed(500, { signature: Buffer.alloc(64) }), known)).toEqual([]);
    expect(kinds(changed(N - 1, { signature: Buffer.alloc(64) }), known)).toEqual([['signature', N, N]]);
  });
});

describe('whatever is done to a chain', () => {
  const index = fc.nat({ max: N - 1 });
  const tampering: fc.Arbitrary<Candidate[]> = fc.oneof(
    fc.tuple(index, fc.integer({ min: 1, max: 50 })).map(([at, n]) => [...whole.slice(0, at), ...whole.slice(at + n)]),
    fc.tuple(index, fc.constantFrom('body', 'hash', 'signature'), fc.nat(), fc.integer({ min: 1, max: 255 })).map(([at, field, byte, by]) => changed(at, { [field]: flipped(whole[at]![field], byte, by) })),
    fc.tuple(index, index).filter(([a, b]) => a !== b).map(([a, b]) => changed(a, { ...whole[b]!, seq: a + 1 }, changed(b, { ...whole[a]!, seq: b + 1 }))),
    fc.tuple(index, index).filter(([a, b]) => a < b).map(([a, b]) => [...whole.slice(0, b + 1), whole[a]!, ...whole.slice(b + 1)]),
    fc.tuple(index, index).filter(([a, b]) => a !== b).map(([a, b]) => changed(a, { ...whole[b]!, seq: a + 1 })),
    fc.tuple(index, fc.constantFrom(1, 3)).filter(([at]) => at > 0).map(([at, seed]) => forgedFrom(at, seedOf(seed))),
    index.map((length) => whole.slice(0, length)),
  );

  it('is found', () => {
    fc.assert(fc.property(tampering, (entries) => {
      expect(findings(entries, all)).not.toEqual([]);
    }), { numRuns: 20 });
  });

  it('is found by runs too, but for a changed signature', () => {
    fc.assert(fc.property(tampering, (entries) => {
      fc.pre(entries.length !== N || entries.some((entry, i) => !entry.body.equals(whole[i]!.body) || !entry.hash.equals(whole[i]!.hash)));
      expect(findings(entries)).not.toEqual([]);
    }), { numRuns: 100 });
  });

  it('twice is told in stretches, and not without end', () => {
    expect(kinds(whole.map((entry) => ({ ...entry, signature: Buffer.alloc(64) })), all)).toEqual([['signature', 1, N]]);
    const holes = new Device(seedOf(1)).write(3000, { event: 'locked' }).reported().filter(({ seq }) => seq % 2 === 0);
    const { verdict } = verifying(holes, { enrolled: key });
    expect([verdict.findings.length, verdict.dropped]).toEqual([1000, 500]);
  });
});

it('an entry behind a gap with another body is in the gap’s stretch, and what follows is proven again', () => {
  const cut = [...whole.slice(0, 10), { ...whole[11]!, body: Buffer.from('{}') }, ...whole.slice(12)];
  expect(findings(cut, all)).toEqual([{ kind: 'gap', sequence: 11, until: 12, count: 1, reference: null }]);
});
