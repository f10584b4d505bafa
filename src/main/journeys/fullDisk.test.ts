/** Nothing is opened that could not be recorded: neither on a full disk nor when the record itself is full. */
import type * as Files from 'node:fs';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { Failure } from '../platform/failure.ts';
import type { Db } from '../platform/database.ts';
import type { Vault } from '../vault/vault.ts';
import { TestDesk, WINDOW } from './journeys.fixture.ts';
import { lock } from './lock.ts';
import { openRecording } from './watch.ts';

const disk = vi.hoisted(() => ({ free: null as number | null }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof Files>();
  return { ...real, statfsSync: (path: string) => (disk.free === null ? real.statfsSync(path) : { bavail: disk.free, bsize: 1 }) };
});

const practice = practiceForTests();
let at: TestDesk;
let vault: Vault;
const open = () => openRecording(at.desk, WINDOW, at.rowOf('task-01'), () => undefined);
const ledgerOf = () => (vault.ledger as unknown as { db: Db }).db;
const reserve = () => join(at.profile, 'vaults', vault.id, 'reserve');

beforeEach(async () => {
  at = new TestDesk(practice.get());
  vault = await at.enter('ada');
  await at.withCopy('task-01');
});
afterEach(() => {
  vi.restoreAllMocks();
  disk.free = null;
  at.remove();
});

async function refused(): Promise<void> {
  const decrypt = vi.spyOn(vault.copies, 'open');
  await expect(open()).rejects.toMatchObject({ code: 'audit-unwritable' });
  expect([decrypt.mock.calls.length, at.desk.grants.ids, at.desk.watching.size, at.recorded().includes('opened')]).toEqual([0, [], 0, false]);
  decrypt.mockRestore();
}

describe('a recording', () => {
  it('is opened only when that is on disk', async () => {
    const original = vault.copies.open.bind(vault.copies);
    const before = vi.fn();
    vi.spyOn(vault.copies, 'open').mockImplementation((assured) => {
      before(at.recorded().at(-1));
      return original(assured);
    });
    await open();
    expect(before.mock.calls).toEqual([['opened']]);
  });

  it('is not opened when the record is full', async () => {
    const db = ledgerOf();
    db.pragma(`max_page_count = ${String(db.pragma('page_count', { simple: true }))}`);
    expect(() => {
      for (;;) at.desk.journal?.write({ event: 'foreign-offered', count: 1 });
    }).toThrow(expect.objectContaining({ code: 'audit-unwritable' }));
    await refused();
  });

  it('is not opened on a full disk, although its record would still find room', async () => {
    disk.free = 1000;
    await refused();
    expect(existsSync(reserve())).toBe(true);
    disk.free = null;
    expect((await open()).grant).toMatch(/^[0-9a-f]+$/);
  });

  it('is not opened with the room that is kept for what ends; that is for the lock', async () => {
    const db = ledgerOf();
    const transaction = db.transaction.bind(db);
    vi.spyOn(db, 'transaction').mockImplementation(((work: never) => {
      if (existsSync(reserve())) throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
      return transaction(work);
    }) as never);
    await refused();
    expect(existsSync(reserve())).toBe(true);
    await lock(at.desk, new Failure('locked', 'test'));
    expect([existsSync(reserve()), at.recorded().at(-1)]).toEqual([false, 'locked']);
  });
});
