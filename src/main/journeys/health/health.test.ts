import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { practiceForTests } from '../../../../practice/testing/fixture.ts';
import { Health } from '../../../preload/health.ts';
import { Failure } from '../../platform/failure.ts';
import { openLog } from '../../platform/logged.ts';
import { advance } from '../../vault/lease.ts';
import { Keychain } from '../../vault/keychain.ts';
import { MemoryKeychain } from '../../vault/keychain.fixture.ts';
import { showProblem, showSignIn } from '../arrive.ts';
import type { Desk } from '../desk.ts';
import { fetchCopy } from '../fetchCopy.ts';
import { TestDesk } from '../journeys.fixture.ts';
import { lock } from '../lock.ts';
import { syncWorklist } from '../sync.ts';
import { folderOf } from '../vaults.ts';
import { health } from './health.ts';
import { keychainIs } from './keychainIs.ts';

const practice = practiceForTests();
const nothing = () => undefined;
let at: TestDesk;
let desk: Desk;
let api: MemoryKeychain;
beforeEach(() => {
  at = new TestDesk(practice.get());
  ({ desk } = at);
  api = new MemoryKeychain();
  desk.machine.keychain = new Keychain(api);
  openLog(join(at.profile, 'logs', 'app.log'));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  at.remove();
});

/** What crosses to the page: as the contract takes it. */
const looked = async (): Promise<Health> => Health.parse(await health(desk));

describe('before anybody is in', () => {
  it('says which runtime, system, keychain and disk there are, and that nobody was looked at', async () => {
    await showSignIn(desk, null);
    const found = await looked();
    expect(found).toMatchObject({
      runtime: { state: 'good', app: '0.0.0', node: process.versions.node }, keychain: { state: 'good', is: 'works' }, disk: { stores: 0, copies: 0, reserve: null, budget: Math.round(desk.site.diskBudgetBytes / 1e6) },
      clock: { state: 'unknown', ahead: null, setBack: null }, practice: { state: 'unknown', session: false, problem: null }, record: { state: 'unknown', waiting: null, chain: null }, updates: { by: 'it' },
    });
    expect(found.disk.free).toBeGreaterThan(0);
    expect([...api.entries]).toEqual([]);
  });

  it('answers without a site file, and names the wrong member of one by its name in the schema alone', async () => {
    (desk as { site?: unknown }).site = undefined;
    showProblem(desk, new Failure('site-file-missing', 'x'), null);
    expect(await looked()).toMatchObject({ site: { state: 'bad', from: 'none', odsCode: null, problem: 'site-file-missing', field: null }, disk: { budget: null }, updates: { by: null } });
    desk.siteFrom = 'named';
    showProblem(desk, new Failure('site-file-invalid', 'x', { field: 'purposes.Sam Testperson.consent', expected: 'text' }), null);
    expect((await looked()).site).toEqual({ state: 'bad', from: 'named', odsCode: null, problem: 'site-file-invalid', field: 'purposes' });
    showProblem(desk, new Failure('site-file-invalid', 'x', { field: 'SamTestperson', expected: 'no such field' }), null);
    expect((await looked()).site.field).toBeNull();
  });

  it('says why the practice cannot be reached, as the sign-in screen does, and nothing of a secret that was wrong', async () => {
    await showSignIn(desk, new Failure('practice-unreachable', 'x', { why: 'proxy', status: 407 }).toProblem());
    expect((await looked()).practice).toMatchObject({ state: 'attention', problem: 'practice-unreachable', why: 'proxy' });
    await showSignIn(desk, new Failure('too-many-attempts', 'x').toProblem());
    expect((await looked()).practice).toMatchObject({ state: 'unknown', problem: null });
  });
});

describe('with a store', () => {
  it('counts copies, what waits, when the practice answered, and checks the end of the record; the same while locked, but for the work', async () => {
    const vault = await at.enter('ada');
    await syncWorklist(desk);
    await fetchCopy(desk, vault.library.assignment(at.rowOf('task-01'))!, nothing);
    desk.stand({ online: true, lastSync: new Date().toISOString() });
    const found = await looked();
    const { bytes } = vault.copies.counts();
    expect(found).toMatchObject({
      disk: { stores: 1, copies: Math.round(bytes / 1e6), reserve: true }, clock: { state: 'good', setBack: 0, refused: false },
      practice: { state: 'good', session: true, online: true, unsent: 0, refused: 0 }, record: { state: 'good', waiting: vault.ledger.undelivered(), setAside: 0, chain: 'whole' }, site: { odsCode: desk.site.practice.odsCode },
    });
    expect(Math.abs(found.clock.ahead ?? 99)).toBeLessThan(60);
    expect(Math.abs(Date.parse(found.practice.reached ?? '') - Date.now())).toBeLessThan(60_000);
    await lock(desk, new Failure('locked', 'test'));
    expect(await looked()).toMatchObject({ disk: { stores: 1 }, record: { state: 'good', chain: 'whole' }, practice: { unsent: null, refused: null } });
    rmSync(join(folderOf(at.profile, vault.id), 'reserve'));
    expect((await looked()).disk).toMatchObject({ state: 'attention', reserve: false });
  });

  it('goes on saying when the practice last answered when the session has ended, and says so of the list that an earlier start left here', async () => {
    await at.enter('ada');
    await syncWorklist(desk);
    const { reached } = (await looked()).practice;
    expect(reached).not.toBeNull();
    desk.session = null;
    desk.stand({ online: false, problem: new Failure('session-expired', 'x').toProblem() });
    expect((await looked()).practice).toMatchObject({ state: 'attention', session: false, reached });
    desk.heard = null;
    const lastSync = new Date(Date.now() - 120_000).toISOString();
    desk.stand({ lastSync, problem: null });
    expect((await looked()).practice).toMatchObject({ state: 'unknown', reached: lastSync, lastSync });
  });

  it('says that entries were set aside, and that the record does not fit together', async () => {
    const { ledger } = await at.enter('ada');
    for (let n = 0; n < 250; n += 1) desk.journal?.write({ event: 'unlocked' });
    expect((await looked()).record).toMatchObject({ state: 'good', chain: 'whole' });
    ledger.setAside(1, Date.now() + 60_000);
    expect((await looked()).record).toMatchObject({ state: 'attention', setAside: 1 });
    const entries = ledger.entries.bind(ledger);
    vi.spyOn(ledger, 'entries').mockImplementation((from, limit) => entries(from, limit).map((entry) => (entry.seq === 240 ? { ...entry, body: Buffer.from('{}') } : entry)));
    expect((await looked()).record).toMatchObject({ state: 'bad', chain: 'broken' });
  });

  it.each([
    ['locked', 'locked'], [new Error('Access is denied.'), 'denied'], [new Error('Cannot autolaunch D-Bus'), 'unavailable'],
  ] as const)('says how the keychain stands: %s', async (state, is) => {
    await at.enter('ada');
    api.state = state;
    expect((await looked()).keychain).toEqual({ state: 'bad', is });
  });

  it('says that the keychain has no key for a store that is here, and writes none', async () => {
    await at.enter('ada');
    expect((await looked()).keychain.is).toBe('works');
    const kept = new Map(api.entries);
    for (const account of kept.keys()) if (/ (even|odd)$/.test(account)) api.entries.delete(account);
    const left = [...api.entries];
    expect((await looked()).keychain).toEqual({ state: 'bad', is: 'absent' });
    expect([...api.entries]).toEqual(left);
  });

  it('does not wait for a keychain that asks somebody', async () => {
    let answer = (): void => undefined;
    api.setPassword = () => new Promise((resolve) => {
      answer = resolve;
    });
    expect(await keychainIs(desk.machine, 1)).toBe('no-answer');
    answer();
  });

  it('says how far the clock is off, and that it was set back, until offline use is refused for it', async () => {
    const vault = await at.enter('ada');
    await syncWorklist(desk);
    const setClock = (off: number) => {
      vi.useFakeTimers({ toFake: ['Date'], now: performance.timeOrigin + performance.now() + off });
      const lease = desk.lease();
      if (lease) vault.ledger.set('lease', JSON.stringify(advance(lease, desk.clock())));
    };
    // The practice is in this process, so its clock would be wrong as well.
    desk.heard = { at: Date.now(), ahead: 3600 };
    expect((await looked()).clock).toMatchObject({ state: 'attention', ahead: 3600, setBack: 0 });
    desk.heard = { at: Date.now(), ahead: 20 };
    expect((await looked()).clock.state).toBe('good');
    setClock(-3_600_000);
    expect((await looked()).clock).toMatchObject({ state: 'attention', setBack: 1, refused: false });
    for (const off of [0, -3_600_000, 0, -3_600_000]) setClock(off);
    expect((await looked()).clock).toMatchObject({ state: 'bad', refused: true });
  });
});

it('says that the log cannot be written', async () => {
  expect((await looked()).log).toMatchObject({ state: 'good', works: true });
  openLog(join(at.profile, 'device-is-a-file', 'logs', 'app.log'));
  writeFileSync(join(at.profile, 'device-is-a-file'), 'x');
  showProblem(desk, new Failure('locked', 'x'), null);
  expect((await looked()).log).toMatchObject({ state: 'attention', works: false });
});
