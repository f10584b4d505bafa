import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Finding } from '../../../preload/console.ts';
import { entryHash, signHash } from '../chain.ts';
import { everything } from './filter.ts';
import { deviceRows, eventDetails, eventPage, findingRows } from './queries.ts';
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
    expect(proofs()).toEqual(['unenrolled']);
    expect(await run()).toMatchObject({ entries: 30, findings: 1 });
    expect([kinds(), proofs()]).toEqual([[['unknown-device', 0]], ['unenrolled']]);
    expect(await run([enrolled(writer)])).toMatchObject({ entries: 30, findings: 0, chains: [{ key: writer.publicKey, head: { seq: 30, hash: new Uint8Array(writer.written[29]!.hash) } }] });
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
