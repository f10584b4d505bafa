import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { exportLines, headText, type ExportedEntry, type ExportHeader } from '../src/main/audit/exportFile.ts';
import { chain, Device, keyOf, seedOf, subject } from '../src/main/audit/verify.fixture.ts';
import { verifyExport } from './chains/verify.ts';
import { root } from './lib/paths.ts';
import { run } from './lib/process.ts';

const other = { device: chain.device, sds: '555000000002' };
const devices = [new Device(seedOf(1)).write(1000), new Device(seedOf(2), other).write(30, { event: 'exposed', subject, session: 's', media: [[0, 9]] })];
const names = [chain, other];

function headerOf(from = 0): Omit<ExportHeader, 'format' | 'version'> {
  return {
    exportedAt: '2026-11-27T09:00:00.000Z', practice: 'Demo Surgery', exporter: { sds: '555000000009', name: 'Pat Manager' }, filter: {},
    chains: devices.map(({ key, entries }, i) => ({ ...names[i]!, name: 'Dr Grace Tester', key, enrolled: true, before: from ? headText(entries[from - 1]!) : null, head: headText(entries.at(-1)!) })),
  };
}
const exported = (from = 0): ExportedEntry[] =>
  devices.flatMap(({ entries }, i) => entries.slice(from).map((entry) => ({ ...entry, chain: i, reference: `AuditEvent/${i}-${entry.seq}`, receivedAt: null })));
async function linesOf(header = headerOf(), entries = exported()): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of exportLines(header, entries)) lines.push(line);
  return lines;
}
/** As whoever changes an export and knows its format leaves it. */
function resealed(lines: string[]): string[] {
  const rest = lines.slice(0, -1);
  return [...rest, `${JSON.stringify({ entries: rest.length - 1, sha256: createHash('sha256').update(rest.join('')).digest('base64url') })}\n`];
}
const keys = new Map(devices.map(({ key }, i) => [`${names[i]!.device}/${names[i]!.sds}`, key]));
const verified = (lines: string[], given: ReadonlyMap<string, string> = keys) => verifyExport([Buffer.from(lines.join(''))], given, 'runs');
const edit = (lines: string[], at: number, change: (line: Record<string, unknown>) => Record<string, unknown>) => lines.map((line, i) => (i === at ? `${JSON.stringify(change(JSON.parse(line) as Record<string, unknown>))}\n` : line));

const whole = await linesOf();

describe('an export', () => {
  it('holds, however it is cut into pieces, and says under which keys', async () => {
    const bytes = Buffer.from(whole.join(''));
    const pieces = Array.from({ length: Math.ceil(bytes.length / 777) }, (_, i) => bytes.subarray(i * 777, (i + 1) * 777));
    const verdict = await verifyExport(pieces, keys);
    expect(verdict).toMatchObject({ ok: true, faults: [], chains: [{ entries: 1000, bad: null, given: true, first: { seq: 1 }, last: { seq: 1000 } }, { entries: 30, bad: null }] });
    expect(await verified(whole, new Map())).toMatchObject({ ok: true, chains: [{ given: false, key: devices[0]!.key }, { given: false }] });
  });

  it('of a part holds after what it says came before', async () => {
    const lines = await linesOf(headerOf(20), exported(20));
    expect(await verified(lines)).toMatchObject({ ok: true, chains: [{ entries: 980 }, { entries: 10 }] });
    const wrong = resealed(edit(lines, 0, (header) => ({ ...header, chains: (header as unknown as ExportHeader).chains.map((c) => ({ ...c, before: { seq: 20, hash: Buffer.alloc(32).toString('base64') } })) })));
    expect(await verified(wrong)).toMatchObject({ ok: false, chains: [{ bad: { seq: 21 } }, { bad: { seq: 21 } }] });
  });

  it('with any line taken away, doubled or moved is noticed, though the last line was made to fit', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 1030 }), fc.integer({ min: 1, max: 1030 }), async (a, b) => {
      expect((await verified(resealed(whole.filter((_, i) => i !== a)))).ok).toBe(false);
      fc.pre(a !== b);
      const moved = whole.filter((_, i) => i !== a);
      moved.splice(b, 0, whole[a]!);
      expect((await verified(resealed(moved))).ok).toBe(false);
      // The same line twice in its place is what a server does that stored it twice.
      expect((await verified(resealed([...whole.slice(0, b), whole[a]!, ...whole.slice(b)]))).ok).toBe(b === a + 1);
    }), { numRuns: 12 });
  });

  it('with any changed byte is noticed', async () => {
    const bytes = Buffer.from(whole.join(''));
    await fc.assert(fc.asyncProperty(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const copy = Buffer.from(bytes);
      copy[at]! ^= by;
      const { ok } = await verifyExport([copy], keys, 'runs').catch(() => ({ ok: false }));
      expect(ok).toBe(false);
    }), { numRuns: 40 });
  });

  it.each<[string, (line: Record<string, unknown>) => Record<string, unknown>, string]>([
    ['content', (line) => ({ ...line, entry: Buffer.from(Buffer.from(line.entry as string, 'base64').toString('utf8').replace('"opened"', '"closed"')).toString('base64') }), 'its hash does not follow from its content and the entry before it'],
    ['hash', (line) => ({ ...line, hash: Buffer.alloc(32).toString('base64') }), 'its hash does not follow from its content and the entry before it'],
    ['signature', (line) => ({ ...line, signature: Buffer.alloc(64).toString('base64') }), 'it is not signed with this chain’s key'],
    ['number', (line) => ({ ...line, seq: 42 }), 'it is missing'],
  ])('with another %s of one entry names it', async (what, change, why) => {
    const { ok, chains } = await verifyExport([Buffer.from(resealed(edit(whole, 41, change)).join(''))], keys);
    expect([ok, chains[0]?.bad]).toEqual([false, { seq: 41, reference: what === 'number' ? null : 'AuditEvent/0-41', why }]);
  });

  it('that ends before or after the head that it names, or under another key, does not hold', async () => {
    const cut = resealed(whole.filter((_, i) => i !== 1000));
    expect(await verified(cut)).toMatchObject({ ok: false, faults: [], chains: [{ bad: { seq: 1000, why: expect.stringContaining('ends before') } }, { bad: null }] });
    const header = headerOf();
    header.chains[0]!.head = headText(devices[0]!.entries[997]!);
    expect((await verified(await linesOf(header))).chains[0]?.bad).toMatchObject({ seq: 999, why: expect.stringContaining('comes after') });
    expect(await verified(whole, new Map([[`${other.device}/${other.sds}`, keyOf(seedOf(9))]]))).toMatchObject({ ok: false, chains: [{ bad: null }, { bad: { seq: 1, reference: 'AuditEvent/1-1' } }] });
    expect(await verified(whole, new Map([['elsewhere/1', keyOf(seedOf(9))]]))).toMatchObject({ ok: false, faults: [expect.stringContaining('no such chain')] });
  });

  it('without its last line, with another digest or number, or with a line that is none, does not hold', async () => {
    expect((await verified(whole.slice(0, -1))).faults).toEqual([expect.stringContaining('is missing')]);
    expect((await verified([...whole.slice(0, -1), whole.at(-1)!.trimEnd()])).faults).toEqual([expect.stringContaining('is missing')]);
    expect((await verified(edit(whole, whole.length - 1, (line) => ({ ...line, entries: 3 })))).faults).toEqual([expect.stringContaining('3 entries')]);
    expect((await verified(edit(whole, whole.length - 1, (line) => ({ ...line, sha256: 'x' })))).faults).toEqual([expect.stringContaining('digest')]);
    expect((await verified(resealed([...whole.slice(0, 5), 'nonsense\n', ...whole.slice(5)]))).faults).toEqual(['line 6 is not a line of an export']);
  });
});

describe('npm run audit', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'audit-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, lines: string[]) => {
    writeFileSync(path.join(folder, name), lines.join(''));
    return path.join(folder, name);
  };
  const audit = (...args: string[]) => run(process.execPath, ['scripts/audit.ts', ...args], { cwd: root });

  it('ends with 0, 1 and 2, and names the first bad entry', async () => {
    const [[name, key]] = [...keys] as [[string, string]];
    const good = await audit('verify', file('good.jsonl', whole), '--key', `${name}=${key}`);
    expect([good.code, good.stdout]).toEqual([0, expect.stringMatching(/1000 entries, 1 to 1000, from 2026-11-20T12:00:01.000Z to [^]*given on the command line\.\n {2}OK\.[^]*only named in the file[^]*OK: 2 chains hold/)]);
    const bad = await audit('verify', file('bad.jsonl', resealed(edit(whole, 500, (line) => ({ ...line, signature: '' })))));
    expect([bad.code, bad.stdout]).toEqual([1, expect.stringContaining(`First bad entry: 500 of ${name} (AuditEvent/0-500): it is not signed`)]);
    expect((await audit('verify', file('none.jsonl', ['hello\n', '\n']))).code).toBe(1);
    const lying = await linesOf({ ...headerOf(), practice: 'Demo Surgery\nOK: 2 chains hold.\u001b[8m', filter: { a: '\u202e' }, chains: headerOf().chains.map((one) => ({ ...one, name: 'Dr\n  OK.\r\u2028\u202e' })) });
    const told = await audit('verify', file('lying.jsonl', resealed(edit(lying, 500, (line) => ({ ...line, signature: '', reference: 'x\n  OK.\u001b[2K' })))));
    // What a file says of itself cannot pass for a line of ours, nor hide one.
    expect(told.stdout.split('\n').filter((line) => /^\s*OK/.test(line))).toEqual(['  OK.']);
    expect(told.stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/u);
    for (const args of [[], ['verify'], ['verify', path.join(folder, 'missing')], ['verify', path.join(folder, 'good.jsonl'), '--key', 'x'], ['verify', path.join(folder, 'good.jsonl'), '--other']]) expect((await audit(...args)).code).toBe(2);
  });
});
