import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import type { EntryBody } from '../audit/entry.ts';
import { Vault } from '../vault/vault.ts';
import { arrive, chooseVault, startAgain } from './arrive.ts';
import { fetchCopy } from './fetchCopy.ts';
import { TestDesk, SECRET, WINDOW } from './journeys.fixture.ts';
import { changeSecret, eraseForgotten, forgotSecret, lock, setSecret, unlock } from './lock.ts';
import { removeCopies, storage } from './storage.ts';
import { syncWorklist } from './sync.ts';
import { peopleHere, standUp, vaultIds } from './vaults.ts';
import { openRecording } from './watch.ts';
import { buildWorklist } from './worklist.ts';
import { Failure } from '../platform/failure.ts';

const practice = practiceForTests();
const code = (expected: string): unknown => expect.objectContaining({ code: expected });
const nothing = () => undefined;
let at: TestDesk;
beforeEach(() => {
  at = new TestDesk(practice.get());
});
afterEach(() => at.remove());

const entries = () => (at.desk.vault?.ledger.entries(1, 10_000) ?? []).map(({ body }) => JSON.parse(body.toString('utf8')) as EntryBody);
const folderOf = (id: string) => join(at.profile, 'vaults', id);

/** Ada is in, with a list and a copy of task-01. */
async function adaIn(): Promise<Vault> {
  const vault = await at.enter('ada');
  await syncWorklist(at.desk);
  await fetchCopy(at.desk, vault.library.assignment(at.rowOf('task-01'))!, nothing);
  return vault;
}
async function leave(): Promise<void> {
  standUp(at.desk);
  await Vault.allLeft();
}

describe('an older copy of the store put back', () => {
  it('is withheld whole until the practice was asked, and recorded', async () => {
    const { id } = await adaIn();
    await leave();
    cpSync(folderOf(id), join(at.profile, 'backup'), { recursive: true });
    await at.enter('ada');
    await syncWorklist(at.desk);
    await leave();
    rmSync(folderOf(id), { recursive: true });
    cpSync(join(at.profile, 'backup'), folderOf(id), { recursive: true });
    const vault = await at.enter('ada');
    expect(vault.rolledBack).toBe(true);
    const list = await buildWorklist(at.desk);
    expect(list.rows).toEqual([]);
    expect(list.withheld.every(({ reasons }) => reasons[0]?.code === 'rolled-back')).toBe(true);
    expect(list.withheld.length).toBeGreaterThan(0);
    await expect(openRecording(at.desk, WINDOW, at.rowOf('task-01'), nothing)).rejects.toThrow(code('recording-withheld'));
    expect(entries().filter(({ event }) => event === 'rolled-back')).toHaveLength(1);
    // Locked and unlocked again it is the same; only the practice's own word ends it.
    await lock(at.desk, new Failure('locked', 'test'));
    await unlock(at.desk, SECRET);
    expect((await buildWorklist(at.desk)).rows).toEqual([]);
    await syncWorklist(at.desk);
    expect((await buildWorklist(at.desk)).rows.length).toBeGreaterThan(0);
    expect((await openRecording(at.desk, WINDOW, at.rowOf('task-01'), nothing)).grant).toMatch(/^[0-9a-f]+$/);
    expect(entries().filter(({ event }) => event === 'rolled-back')).toHaveLength(1);
  });
});

describe('at the start', () => {
  it('the only vault here is opened once, and asked for its secret', async () => {
    const { id } = await at.enter('ada');
    await leave();
    const load = vi.spyOn(Vault, 'load');
    await arrive(at.desk);
    expect(at.desk.state).toMatchObject({ screen: 'unlock', person: { vault: id, kept: false }, others: [] });
    expect(load).toHaveBeenCalledOnce();
    load.mockRestore();
    await unlock(at.desk, SECRET);
    expect(at.desk.vault?.unlocked).toBe(true);
  });

  it('of two vaults none stays open before one is chosen', async () => {
    await at.enter('ada');
    await at.enter('ben');
    await leave();
    await arrive(at.desk);
    expect(at.desk.state).toMatchObject({ screen: 'sign-in', people: [{ broken: false }, { broken: false }] });
    expect(at.desk.vault).toBeNull();
  });

  it('the only vault, which does not open, is shown with its way out and tried once', async () => {
    const { id } = await at.enter('ada');
    await leave();
    writeFileSync(join(folderOf(id), 'keyring.json'), '{}');
    const load = vi.spyOn(Vault, 'load');
    await arrive(at.desk);
    expect(at.desk.state).toMatchObject({ screen: 'problem', problem: { code: 'vault-corrupt' }, canStartAgain: true });
    expect(load).toHaveBeenCalledOnce();
    load.mockRestore();
  });
});

describe('a store that does not open', () => {
  it('keeps nobody else out, and is recorded when a new one takes its place', async () => {
    const { id: ada } = await at.enter('ada');
    const { id: ben } = await at.enter('ben');
    await leave();
    writeFileSync(join(folderOf(ada), 'keyring.json'), '{}');
    expect(await peopleHere(at.desk)).toEqual([expect.objectContaining({ vault: ben, broken: false }), { vault: ada, name: '', broken: true, kept: false }]);
    await chooseVault(at.desk, ada);
    expect(at.desk.state).toMatchObject({ screen: 'problem', problem: { code: 'vault-corrupt' }, canStartAgain: true });
    await startAgain(at.desk);
    expect(at.desk.state.screen).toBe('sign-in');
    expect(vaultIds(at.profile)).toEqual([ben]);
    expect(readdirSync(join(at.profile, 'vaults')).some((name) => name.startsWith(`${ada}.unreadable-`))).toBe(true);
    await at.enter('ada');
    expect(entries()[0]).toMatchObject({ event: 'store-refused', code: 'vault-corrupt' });
    expect(existsSync(join(at.profile, 'refused', `${ada}.json`))).toBe(false);
    await chooseVault(at.desk, ben);
    await unlock(at.desk, SECRET);
  });

  it('cannot be started again while nothing is wrong', async () => {
    await at.enter('ada');
    await expect(startAgain(at.desk)).rejects.toThrow(code('bad-request'));
  });

  it('is left alone when it belongs to a newer version', async () => {
    const { id } = await at.enter('ada');
    await leave();
    const path = join(folderOf(id), 'keyring.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"version":1', '"version":2'));
    await arrive(at.desk);
    expect(at.desk.state).toMatchObject({ screen: 'problem', problem: { code: 'vault-newer' }, canStartAgain: false });
  });

  it('with a damaged library begins a new list and keeps the record', async () => {
    const { id } = await adaIn();
    const before = entries().length;
    await leave();
    writeFileSync(join(folderOf(id), 'library.db'), Buffer.alloc(8192, 7));
    await arrive(at.desk);
    await expect(unlock(at.desk, SECRET)).rejects.toThrow(code('library-corrupt'));
    expect(at.desk.state).toMatchObject({ screen: 'problem', problem: { code: 'library-corrupt' }, canStartAgain: true });
    await startAgain(at.desk);
    expect(at.desk.state.screen).toBe('unlock');
    await unlock(at.desk, SECRET);
    expect(entries().slice(before).map(({ event }) => event)).toEqual(['store-refused', 'library-set-aside', 'unlocked']);
    expect(entries().find(({ event }) => event === 'library-set-aside')).toMatchObject({ recordings: 1 });
  });
});

describe('the secret', () => {
  it('must be of the kind that the practice asks for, before anything else is shown', async () => {
    await adaIn();
    await lock(at.desk, new Failure('locked', 'test'));
    at.desk.site = { ...at.desk.site, sharedLogin: true };
    expect(await unlock(at.desk, SECRET)).toBe(false);
    expect(at.desk.state).toMatchObject({ screen: 'set-secret', why: 'policy', rule: { kind: 'passphrase' } });
    await expect(setSecret(at.desk, SECRET)).rejects.toThrow(code('secret-too-weak'));
    await setSecret(at.desk, 'four plain words here');
    await lock(at.desk, new Failure('locked', 'test'));
    await expect(unlock(at.desk, SECRET)).rejects.toThrow(code('wrong-secret'));
    expect(await unlock(at.desk, 'four plain words here')).toBe(true);
    expect(at.recorded()).toContain('secret-changed');
  });

  it('is changed by who knows it, and a wrong one is recorded', async () => {
    await adaIn();
    await expect(changeSecret(at.desk, '000001', '593026')).rejects.toThrow(code('wrong-secret'));
    await changeSecret(at.desk, SECRET, '593026');
    expect(at.recorded().slice(-2)).toEqual(['wrong-secret', 'secret-changed']);
  });

  it('forgotten: says what would go, then it goes, with a record; the chain goes on', async () => {
    await adaIn();
    expect(() => forgotSecret(at.desk)).toThrow(code('bad-request'));
    await lock(at.desk, new Failure('locked', 'test'));
    forgotSecret(at.desk);
    expect(at.desk.state).toMatchObject({ screen: 'forgotten', recordings: 1 });
    await eraseForgotten(at.desk);
    expect(at.desk.state.screen).toBe('sign-in');
    await at.enter('ada');
    expect(entries().find(({ event }) => event === 'content-destroyed')).toMatchObject({ cause: 'forgotten', recordings: 1 });
    expect(entries().map(({ seq }) => seq)).toEqual(entries().map((_entry, index) => index + 1));
  });
});

describe('the room for copies', () => {
  it('is kept to: what does not fit is said, and fits when something went', async () => {
    const vault = await adaIn();
    const used = vault.copies.usedBytes();
    at.desk.site = { ...at.desk.site, diskBudgetBytes: used * 2 - 10_000 };
    const row = vault.library.assignment(at.rowOf('task-02'))!;
    await expect(fetchCopy(at.desk, row, nothing)).rejects.toThrow(code('budget-full'));
    expect(entries().at(-1)).toMatchObject({ event: 'denied', reasons: ['budget-full'] });
    await removeCopies(at.desk, [at.rowOf('task-01')]);
    expect(vault.copies.usedBytes()).toBe(0);
    expect(entries().at(-1)).toMatchObject({ event: 'destroyed', cause: 'removed-by-person' });
    expect((await storage(at.desk)).copies).toEqual([]);
    await fetchCopy(at.desk, row, nothing);
    expect((await storage(at.desk)).copies.map(({ id, partial }) => [id, partial])).toEqual([[row.rowId, false]]);
  });

  it('does not remove what is on screen', async () => {
    await adaIn();
    await openRecording(at.desk, WINDOW, at.rowOf('task-01'), nothing);
    await expect(removeCopies(at.desk, [at.rowOf('task-01')])).rejects.toThrow(code('busy'));
  });
});

it('a folder that cannot be written does not hide what is wrong', async () => {
  const { id } = await at.enter('ada');
  await leave();
  writeFileSync(join(folderOf(id), 'keyring.json'), '{}');
  writeFileSync(join(at.profile, 'refused'), 'a file where the notes would be');
  expect(await peopleHere(at.desk)).toEqual([{ vault: id, name: '', broken: true, kept: false }]);
});
