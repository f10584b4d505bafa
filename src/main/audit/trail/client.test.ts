import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Trail } from './client.ts';
import { everything } from './filter.ts';
import { trailInChild, trailInProcess } from './process.fixture.ts';
import { subjectOf, Writer } from './trail.fixture.ts';

const START = Date.UTC(2026, 2, 1);
const person = { sds: '555000000001', name: 'Dr Ada Sampleton', role: 'GP', device: 'device-a' };
const written = (n: number) => {
  const writer = new Writer(person);
  return { writer, reported: Array.from({ length: n }, (_, i) => writer.write({ event: 'opened', subject: subjectOf(i % 5) }, START + i * 60_000)) };
};
const code = (expected: string): unknown => expect.objectContaining({ code: expected });
let folder: string;
const opened = new Set<Trail>();
const open = async (start = trailInProcess) => {
  const trail = await Trail.open(start, folder);
  opened.add(trail);
  return trail;
};
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'trail-')), 'trail');
});
afterEach(async () => {
  for (const trail of opened) await trail.close();
  opened.clear();
  rmSync(join(folder, '..'), { recursive: true });
});

describe('the trail', () => {
  it('answers over the boundary of a real process, and leaves nothing behind', async () => {
    const { writer, reported } = written(50);
    mkdirSync(folder);
    writeFileSync(join(folder, 'trail.db'), 'of a run that crashed');
    const trail = await open(trailInChild);
    expect(await trail.add(reported)).toEqual({ entries: 50, others: 0 });
    const page = await trail.ask('events', { filter: everything, next: null, limit: 20 });
    expect([page.total, page.rows.length, page.next === null]).toEqual([50, 20, false]);
    expect((await trail.ask('details', { id: page.rows[0]!.id })).entry).toBe(reported.at(-1)!.body.toString());
    const progress: number[] = [];
    const known = [{ device: person.device, sds: person.sds, enrolled: 'enrolled' as const, key: writer.publicKey, remembered: null }];
    expect(await trail.ask('verify', { known, complete: true }, (verified) => progress.push(verified))).toMatchObject({ entries: 50, findings: 0, chains: [{ head: { seq: 50 } }] });
    expect(progress.at(-1)).toBe(50);
    expect((await trail.ask('events', { filter: everything, next: page.next, limit: 1 })).rows[0]?.proof).toBe('verified');
    expect(readdirSync(folder)).not.toEqual([]);
    await trail.close();
    expect(existsSync(folder)).toBe(false);
  });

  it('rejects what is pending when its process dies, and everything after', async () => {
    let child: ReturnType<typeof trailInChild> | undefined;
    const trail = await open(() => (child = trailInChild()));
    const pending = [trail.ask('flags', { from: null, to: null }), trail.ask('verify', { known: [], complete: true })];
    child?.signal('SIGKILL');
    for (const one of await Promise.allSettled(pending)) if (one.status === 'rejected') expect(one.reason).toEqual(code('locked'));
    await expect.poll(() => trail.ended).toBe(true);
    await expect(trail.ask('counts', null)).rejects.toEqual(code('locked'));
    await expect(trail.add([])).rejects.toEqual(code('locked'));
  });

  it('rejects what is pending when it is closed', async () => {
    const trail = await open();
    const pending = trail.ask('counts', null);
    const closed = trail.close();
    await expect(pending).rejects.toEqual(code('locked'));
    await closed;
    expect(existsSync(folder)).toBe(false);
  });

  it('says what failed, and goes on', async () => {
    const trail = await open();
    await expect(trail.ask('details', { id: 7 })).rejects.toEqual(code('bad-request'));
    await expect(trail.ask('open', { path: join(folder, 'other.db'), key: new Uint8Array(32) })).rejects.toEqual(code('internal'));
    expect(await trail.ask('counts', null)).toEqual({ entries: 0, others: 0 });
  });

  it('answers questions in their order, and during a verification', async () => {
    const trail = await open();
    await trail.add(written(2_500).reported);
    const order: string[] = [];
    const note = (name: string) => () => void order.push(name);
    await Promise.all([
      trail.ask('verify', { known: [], complete: true }).then(note('verified')),
      ...[1, 2, 3].map((n) => trail.ask('events', { filter: { ...everything, recordings: [`urn:uuid:recording-${n}`] }, next: null, limit: 5 }).then(note(`page ${n}`))),
    ]);
    expect(order).toEqual(['page 1', 'page 2', 'page 3', 'verified']);
  });

  it('sends no more of a buffer than the entry', async () => {
    const posted: ArrayBufferLike[] = [];
    const inside = trailInProcess();
    const trail = await open(() => ({
      ...inside,
      post: (message) => {
        if (message.do === 'add') for (const { body, hash, signature } of message.ask.reported) posted.push(body.buffer, hash.buffer, signature.buffer);
        inside.post(message);
      },
    }));
    const { reported } = written(1);
    await trail.add(reported);
    expect(posted.map(({ byteLength }) => byteLength)).toEqual([reported[0]!.body.length, 32, 64]);
  });
});
