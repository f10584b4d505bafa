import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Finding } from '../../../preload/console.ts';
import { entryHash, keyCharacters, signHash } from '../chain.ts';
import { everything } from './filter.ts';
import { ladder } from './ladder.ts';
import { chainKey, deviceRows, eventDetails, eventPage, findingRows } from './queries.ts';
import { openTrail, subjectOf, Writer } from './trail.fixture.ts';
import { Verifying, type Known } from './verifying.ts';

const START = Date.UTC(2026, 2, 1);
const person = { sds: '555000000001', name: 'Dr Ada Sampleton', role: 'GP', device: 'device-a' };
let trail: ReturnType<typeof openTrail>;
let verifying: Verifying;
beforeEach(() => {
  trail = openTrail();
  verifying = new Verifying(trail.store);
});
afterEach(() => trail.remove());

const run = async (known: Known[] = [], complete = true) => {
  const slices: number[] = [];
  const answer = await verifying.run(known, complete, (n) => slices.push(n), async () => undefined);
  return { ...answer, slices };
};
function chain(length: number): Writer {
  const writer = new Writer(person);
  for (let i = 0; i < length; i += 1) writer.write({ event: 'opened', subject: subjectOf(1) }, START + i * 1_000);
  return writer;
}
const enrolled = (writer: Writer, remembered: Known['remembered'] = null): Known => ({ device: person.device, sds: person.sds, enrolled: 'enrolled', key: writer.publicKey, remembered });
const kinds = () => findingRows(trail.store.db).map((finding) => Finding.parse(finding)).map(({ kind, sequence }) => [kind, sequence]);
const proofs = () => [...new Set(eventPage(trail.store.db, everything, null, 200).rows.map(({ proof }) => proof))];

describe('verification in the trail', () => {
  it('holds a chain against the key that was enrolled for it, or else against its own', async () => {
    const writer = chain(30);
    trail.store.add(writer.written);
    expect(proofs()).toEqual(['unchecked']);
    // Nobody having enrolled it is how it stands, and nothing that does not fit.
    expect(await run()).toMatchObject({ entries: 30, findings: 0, notEnrolled: 1 });
    expect([kinds(), proofs(), deviceRows(trail.store.db)[0]]).toMatchObject([[], ['unenrolled'], { enrolled: 'not-enrolled', proof: 'unenrolled', findings: 0 }]);
    expect(await run([enrolled(writer)])).toMatchObject({ entries: 30, findings: 0, notEnrolled: 0, chains: [{ key: writer.publicKey, head: { seq: 30, hash: new Uint8Array(writer.written[29]!.hash) } }] });
    expect([kinds(), proofs(), deviceRows(trail.store.db)[0]]).toMatchObject([[], ['verified'], { enrolled: 'enrolled', proof: 'verified', findings: 0 }]);
    const other = new Writer({ ...person, device: 'another' });
    await run([{ ...enrolled(writer), key: other.publicKey }]);
    expect(kinds().map(([kind]) => kind)).toContain('other-key');
    expect([proofs(), deviceRows(trail.store.db)[0]]).toMatchObject([['broken'], { enrolled: 'other-key', proof: 'broken' }]);
  });

  it('finds what was changed, and says so beside the entry', async () => {
    const writer = chain(30);
    trail.store.add(writer.written.map((one) => (one.entry.seq === 12 ? { ...one, body: Buffer.from(one.body.toString().replace('recording-1', 'recording-2')) } : one)));
    expect((await run([enrolled(writer)])).findings).toBe(1);
    expect(kinds()).toEqual([['edited', 12]]);
    const rows = eventPage(trail.store.db, everything, null, 200).rows.map(({ id }) => eventDetails(trail.store.db, id));
    for (const { sequence, row, findings } of rows) expect([sequence, row.proof, findings.length]).toEqual([sequence, sequence < 12 ? 'verified' : 'broken', sequence === 12 ? 1 : 0]);
  });

  it('calls nothing proven or broken that it has not looked at', async () => {
    const writer = chain(30);
    const edited = writer.written.map((one) => (one.entry.seq === 12 ? { ...one, body: Buffer.from(one.body.toString().replace('recording-1', 'recording-2')) } : one));
    const proofOf = () => Object.fromEntries(eventPage(trail.store.db, everything, null, 200).rows.map(({ id }) => eventDetails(trail.store.db, id)).map(({ sequence, row }) => [sequence, row.proof]));
    trail.store.add(writer.written.slice(0, 10));
    await run([enrolled(writer)]);
    trail.store.add(edited.slice(10, 20));
    expect([10, 11, 12].map((n) => proofOf()[n])).toEqual(['verified', 'unchecked', 'unchecked']);
    expect(deviceRows(trail.store.db)[0]?.proof).toBe('unchecked');
    await run([enrolled(writer)]);
    trail.store.add(edited.slice(20));
    expect([10, 11, 12, 20, 21, 30].map((n) => proofOf()[n])).toEqual(['verified', 'verified', 'broken', 'broken', 'unchecked', 'unchecked']);
    // A second entry of a number that was verified puts that number, and what follows it, in question.
    trail.store.add([{ ...writer.written[4]!, body: Buffer.from(writer.written[4]!.body.toString().replace('opened', 'closed')) }]);
    expect([4, 5, 6].map((n) => proofOf()[n])).toEqual(['verified', 'unchecked', 'unchecked']);
    await run([enrolled(writer)]);
    expect(Object.values(proofOf())).not.toContain('unchecked');
  });

  it('calls nothing proven that came in behind its back', async () => {
    const writer = chain(2_500);
    trail.store.add(writer.written);
    let came = false;
    await verifying.run([enrolled(writer)], true, () => undefined, async () => {
      if (!came) trail.store.add([{ ...writer.written[9]!, body: Buffer.from(writer.written[9]!.body.toString().replace('opened', 'closed')) }]);
      came = true;
    });
    expect(deviceRows(trail.store.db)[0]?.proof).toBe('unchecked');
    await run([enrolled(writer)]);
    expect(deviceRows(trail.store.db)[0]?.proof).toBe('broken');
  });

  it('says of a chain that began again under another key what probably happened, and shows the new key to enrol', async () => {
    const old = chain(30);
    trail.store.add(old.written);
    await run([enrolled(old)]);
    // A vault that was made anew: the same person and computer, and fewer entries than before.
    const anew = new Writer(person, 'anew');
    for (let i = 0; i < 5; i += 1) anew.write({ event: 'opened', subject: subjectOf(1) }, START + 86_400_000 + i * 1_000);
    trail.store.add(anew.written);
    const key = { ...enrolled(old), remembered: { seq: 30, hash: new Uint8Array(old.written[29]!.hash) } };
    expect((await run([key])).findings).toBe(1);
    expect(findingRows(trail.store.db)).toMatchObject([{ kind: 'other-key', sequence: 1, sentence: expect.stringMatching(/from its beginning. Probably the app was set up anew.*compare the characters.*enrol the new key/) as unknown }]);
    expect(deviceRows(trail.store.db)).toMatchObject([{ enrolled: 'other-key', key: keyCharacters(anew.publicKey) }]);
    expect(chainKey(trail.store.db, person)).toEqual({ key: anew.publicKey });
    expect(deviceRows(trail.store.db)[0]?.proof).toBe('broken');
    // What the former key signed stays proven until then, and what the new one signs is from then on.
    const proofs = (key: string) => [...new Set(eventPage(trail.store.db, everything, null, 200).rows.filter(({ at }) => (Date.parse(at) < START + 86_400_000) === (key === 'old')).map(({ proof }) => proof))];
    expect([proofs('old'), proofs('new')]).toEqual([['verified'], ['broken']]);
    await run([enrolled(anew)]);
    expect([proofs('old'), proofs('new')]).toEqual([['broken'], ['verified']]);
    expect(deviceRows(trail.store.db)).toMatchObject([{ enrolled: 'enrolled', key: keyCharacters(anew.publicKey) }]);
  });

  it('finds gaps, forks and a lost end', async () => {
    const writer = chain(20);
    const fork = { seq: 20, body: Buffer.from(writer.written[19]!.body.toString().replace('opened', 'closed')) };
    const hash = entryHash(20, writer.written[18]!.hash, fork.body);
    trail.store.add(writer.written.filter(({ entry }) => entry.seq !== 5));
    trail.store.add([{ ...writer.written[19]!, ...fork, hash, signature: signHash(writer.key, hash) }]);
    await run([enrolled(writer, { seq: 25, hash: new Uint8Array(32) })]);
    expect(kinds()).toEqual([['gap', 5], ['fork', 20], ['truncated', 21]]);
  });

  it('finds that a whole chain is gone', async () => {
    const writer = chain(1);
    await run([enrolled(writer, { seq: 25, hash: new Uint8Array(32) })], false);
    expect(kinds()).toEqual([]);
    await run([enrolled(writer, { seq: 25, hash: new Uint8Array(32) })]);
    expect(kinds()).toEqual([['truncated', 1]]);
  });

  it('finds that the chain of a computer that is enrolled is gone, although nobody here has seen it before', async () => {
    const writer = chain(1);
    await run([enrolled(writer)], false);
    expect(kinds()).toEqual([]);
    await run([enrolled(writer)]);
    expect(findingRows(trail.store.db)).toMatchObject([{ kind: 'truncated', sequence: 1, sentence: 'Nothing of this chain is in the record, although a manager enrolled its key.' }]);
    expect(deviceRows(trail.store.db)).toMatchObject([{ device: person.device, entries: 0, enrolled: 'enrolled', proof: 'broken', findings: 1 }]);
    await run([{ ...enrolled(writer), enrolled: 'revoked' }]);
    expect(kinds()).toEqual([['truncated', 1]]);
    trail.store.add(writer.written);
    await run([enrolled(writer)]);
    expect(kinds()).toEqual([]);
  });

  it('holds an entry for what its signature is worth, whatever key a copy of it names', async () => {
    const writer = chain(1);
    for (const media of [[[0, 5]], [[4, 9]]] satisfies [number, number][][]) writer.write({ event: 'exposed', subject: subjectOf(1), session: 's', media }, START + 10_000);
    const forged = { key: new Writer(person, 'forged').publicKey };
    // The copy is newer, so it comes first, and the true one after it is the same to the byte.
    trail.store.add(writer.written.map((one) => ({ ...one, ...forged, reference: `${one.reference}-copy` })));
    trail.store.add(writer.written);
    await run([enrolled(writer)]);
    expect([proofs(), deviceRows(trail.store.db)]).toMatchObject([['verified'], [{ enrolled: 'enrolled', key: keyCharacters(writer.publicKey), proof: 'verified', entries: 3 }]]);
    expect(chainKey(trail.store.db, person)).toEqual({ key: writer.publicKey });
    expect(ladder(trail.store.db, everything, true)).toMatchObject({ exposedSeconds: 9, rows: [{ opened: 1, media: [[0, 9]], unreported: false, proof: 'verified' }] });
    // As in the other order.
    trail.store.add(writer.written.map((one) => ({ ...one, ...forged, reference: `${one.reference}-copy` })));
    await run([enrolled(writer)]);
    expect([proofs(), eventPage(trail.store.db, everything, null, 200).total]).toEqual([['verified'], 3]);
  });

  it('counts an entry once, with however many signatures it comes, and says that one was changed', async () => {
    const writer = chain(1);
    writer.write({ event: 'presented', subject: subjectOf(1), seconds: 4 }, START + 10_000);
    const copies = writer.written.map((one) => ({ ...one, signature: Buffer.alloc(64, 1), key: new Writer(person, 'forged').publicKey, reference: `${one.reference}-copy` }));
    for (const order of [[copies, writer.written], [writer.written, copies]]) {
      trail.remove();
      trail = openTrail();
      verifying = new Verifying(trail.store);
      for (const reported of order) trail.store.add(reported);
      await run([enrolled(writer)]);
      expect(ladder(trail.store.db, everything, true).rows).toMatchObject([{ opened: 1, presentedSeconds: 4, proof: 'verified' }]);
      expect(kinds()).toEqual([['other-key', 1]]);
      for (const { id } of eventPage(trail.store.db, everything, null, 200).rows) expect(writer.written.map(({ signature }) => signature.toString('base64'))).toContain(eventDetails(trail.store.db, id).signature);
      trail.store.add(writer.written.map((one) => ({ ...one, signature: Buffer.alloc(64, 2), reference: `${one.reference}-another` })));
      await run([enrolled(writer)]);
      expect(ladder(trail.store.db, everything, true).rows).toMatchObject([{ opened: 1, presentedSeconds: 4, proof: 'broken' }]);
      expect(kinds().map(([kind]) => kind)).toContain('signature');
    }
  });

  it('goes on where it stood, and begins anew when something came in below', async () => {
    const writer = chain(3_000);
    const known = [enrolled(writer)];
    trail.store.add(writer.written.slice(1_000, 2_500));
    expect(await run(known, false)).toMatchObject({ findings: 0 });
    expect((await run(known, true)).findings).toBe(1);
    expect(kinds()).toEqual([['gap', 1]]);
    trail.store.add(writer.written.slice(0, 1_000));
    expect(await run(known)).toMatchObject({ findings: 0, slices: [1_000, 2_000, 2_500, 2_500] });
    trail.store.add(writer.written.slice(2_500));
    expect(await run(known)).toMatchObject({ findings: 0, slices: [3_000, 3_000], chains: [{ head: { seq: 3_000 } }] });
    expect(await run(known)).toMatchObject({ findings: 0, slices: [3_000], chains: [{ head: { seq: 3_000 } }] });
    trail.store.add([{ ...writer.written[9]!, body: Buffer.from(writer.written[9]!.body.toString().replace('opened', 'closed')) }]);
    expect((await run(known)).findings).toBe(1);
    expect(kinds()).toEqual([['edited', 10]]);
  });
});
