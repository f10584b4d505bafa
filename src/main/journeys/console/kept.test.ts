/** One incident under a manager's secret: kept while connected, opened and worked on without the practice, delivered afterwards, and gone for each reason there is. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCanaries } from '../../../../e2e/harness/canary.ts';
import type { PractitionerRole } from '@medplum/fhirtypes';
import { practiceForTests } from '../../../../practice/testing/fixture.ts';
import { TestBrowser } from '../../../../practice/testing/sign-in.ts';
import { personCalled } from '../../../../practice/people.ts';
import type { Incident } from '../../../preload/console.ts';
import { checklistSteps } from '../../../preload/incident.ts';
import { Vault } from '../../vault/vault.ts';
import { arrive, chooseVault } from '../arrive.ts';
import { deliverWaiting } from '../deliver.ts';
import type { Desk } from '../desk.ts';
import { changeAtPractice, SECRET, type TestDesk } from '../journeys.fixture.ts';
import { endForRole, keptHere } from '../kept.ts';
import { keptPage, keptState, removeByPerson, saveKept } from '../keptPage.ts';
import { eraseForgotten, forgotSecret, lock, unlock } from '../lock.ts';
import { Rhythm } from '../rhythm.ts';
import { confirmRole } from '../role.ts';
import { SignIn } from '../signIn.ts';
import { syncWorklist } from '../sync.ts';
import { loadVault, peopleHere, standUp, vaultId } from '../vaults.ts';
import { buildWorklist, recordListed } from '../worklist.ts';
import { Failure } from '../../platform/failure.ts';
import { closeConsole } from './close.ts';
import { actsOf, desksForTests, enterManager } from './console.fixture.ts';
import { consoleOf } from './console.ts';
import { keepIncident } from './keeping.ts';
import { closeIncident, openIncident, readRegister, saveIncident } from './register.ts';

const practice = practiceForTests();
const code = (expected: string): unknown => expect.objectContaining({ code: expected });
const newDesk = desksForTests(practice.get);
let at: TestDesk;
let desk: Desk;
let incident: { id: string; fields: Incident['fields'] };
let patient: { name: string };
const past = { hours: 0 };

async function managerIn(who: 'pat' | 'dee' = 'pat', where = at): Promise<Desk> {
  const here = await enterManager(where, practice.get(), who);
  await (await consoleOf(here)).reading.catchUp();
  return here;
}
const keep = async (id = incident.id, secret = SECRET) => keepIncident(desk, await consoleOf(desk), id, secret);
const written = () => actsOf(desk).filter(({ event }) => String(event).startsWith('incident-'));

/** The app ends and starts again, with no practice to be reached. */
async function offline(): Promise<void> {
  await closeConsole(desk);
  standUp(desk);
  await Vault.allLeft();
  at.broken = /./;
  await arrive(desk);
}
const named = () => `${vaultId(desk.site.issuer, personCalled('pat').sdsUserId)}:kept`;

const allDone = (): Incident['fields'] => ({ ...incident.fields, title: 't', nature: 'n', categoriesOfPeople: 'p', categoriesOfRecords: 'r', consequences: 'c', measures: 'm', people: 1, records: 1, awareAt: new Date(Date.now() - 60_000).toISOString(), report: 'no', reportReasons: 'none needed', tellPatients: 'no', tellReasons: 'none needed', checklist: [...checklistSteps] });

beforeEach(async () => {
  past.hours = 0;
  const ada = newDesk();
  await ada.enter('ada');
  await syncWorklist(ada.desk);
  const { rows } = await buildWorklist(ada.desk);
  recordListed(ada.desk, rows);
  await deliverWaiting(ada.desk);
  patient = rows[0]!.patient;
  at = newDesk();
  ({ desk } = at);
  const [wall, uptime] = [at.desk.machine.now, at.desk.machine.uptime];
  Object.assign(at.desk.machine, { now: () => wall() + past.hours * 3_600_000, uptime: () => uptime() + past.hours * 3_600_000 });
  await managerIn();
  const console = await consoleOf(desk);
  const { rows: [row] } = await console.trail.ask('events', { filter: { from: null, to: null, people: [], events: ['listed'], recordings: [], patients: [], devices: [], refusedOnly: false }, next: null, limit: 1 });
  incident = await openIncident(desk, console, 'query', { recordings: [row!.recording!.recording!] }, 'somebody asked');
});
const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const putBack of undo.splice(0)) await putBack();
});

describe('an incident that is kept here', () => {
  it('is opened without the practice, with the secret alone, and shows what was known', async () => {
    expect(keptState(desk)).toMatchObject({ kept: null, secretSet: false });
    expect((await keep()).kept).toMatchObject({ incident: incident.id });
    expect(desk.vault!.unlocked).toBe(false);
    expect(desk.state.screen).toBe('console');
    await offline();
    expect(desk.state).toMatchObject({ screen: 'unlock', person: { vault: named(), name: personCalled('pat').name, kept: true }, signedIn: false });
    expect(() => keptPage(desk)).toThrow(code('locked'));
    await expect(unlock(desk, '000999')).rejects.toThrow(code('wrong-secret'));
    expect(await unlock(desk, SECRET)).toBe(true);
    desk.showRoom();
    expect(desk.state.screen).toBe('kept');
    const page = keptPage(desk);
    expect(page).toMatchObject({ incident: { id: incident.id, revision: 1, fields: incident.fields, againstClosing: expect.arrayContaining([expect.any(String)]) as unknown }, ladder: { complete: true } });
    expect(page.ladder.rows.map(({ who }) => who.name)).toContain('Dr Ada Sampleton');
    expect(page.patients[0]!.name).not.toBeNull();
    expect(page.recordings[0]!.title).not.toBeNull();
    // Nothing else of a manager's, or of a clinician's.
    expect(() => desk.vaultOrThrow()).toThrow(code('locked'));
    await expect(consoleOf(desk)).rejects.toThrow(code('session-expired'));
  });

  it('is worked on, and what was saved is delivered and counts once the practice is there again', async () => {
    await keep();
    await offline();
    await unlock(desk, SECRET);
    const saved = saveKept(desk, { ...incident.fields, title: 'Written in the train' }, 1, 'offline');
    expect(saved.incident).toMatchObject({ revision: 2, fields: { title: 'Written in the train' }, versions: [{ version: 1 }, { version: 2, note: 'offline' }] });
    expect(() => saveKept(desk, incident.fields, 1, 'stale')).toThrow(code('act-refused'));
    await lock(desk, new Failure('locked', 'test'));
    expect(() => keptPage(desk)).toThrow(code('locked'));
    await unlock(desk, SECRET);
    expect(keptPage(desk).incident.revision).toBe(2);

    at.broken = null;
    await managerIn();
    // It counts at once, before the practice has given it back.
    expect((await readRegister(await consoleOf(desk))).find(({ id }) => id === incident.id)?.revision).toBe(2);
    await deliverWaiting(desk);
    // Somebody else's computer reads it back from the practice.
    const other = newDesk();
    const dees = await managerIn('dee', other);
    const [back] = (await readRegister(await consoleOf(dees))).filter(({ id }) => id === incident.id);
    expect(back).toMatchObject({ revision: 2, fields: { title: 'Written in the train' }, versions: [{ by: personCalled('pat').name }, { note: 'offline' }] });
    expect(back!.remarks.filter((remark) => !remark.includes('no manager has enrolled'))).toEqual([]);
  });

  it('loses nothing where somebody else saved meanwhile, and says so', async () => {
    await keep();
    await deliverWaiting(desk);
    await offline();
    const other = newDesk();
    const dees = await managerIn('dee', other);
    await saveIncident(dees, await consoleOf(dees), incident.id, { ...incident.fields, title: 'Dee’s' }, 1, 'connected');
    await deliverWaiting(dees);
    await unlock(desk, SECRET);
    saveKept(desk, { ...incident.fields, title: 'Pat’s' }, 1, 'offline');
    at.broken = null;
    await managerIn();
    await deliverWaiting(desk);
    await (await consoleOf(desk)).reading.catchUp();
    const [both] = (await readRegister(await consoleOf(desk))).filter(({ id }) => id === incident.id);
    expect(both!.versions.map(({ version, fields: { title } }) => [version, title])).toEqual([[1, incident.fields.title], [2, 'Dee’s'], [2, 'Pat’s']]);
    expect(both!.remarks.join()).toContain('Version 2 was written twice');
  });

  it('is nowhere on the disk in the clear, also while it is open', async () => {
    await keep();
    const page = async () => {
      await offline();
      await unlock(desk, SECRET);
      return keptPage(desk);
    };
    const { patients, recordings } = await page();
    const words = [patient.name, ...patients.flatMap(({ name, nhsNumber }) => [name, nhsNumber]), ...recordings.map(({ title }) => title)].flatMap((word) => (word !== null && word.length >= 8 ? [word] : []));
    expect(words.length).toBeGreaterThan(2);
    expect(await findCanaries([at.profile], words)).toEqual([]);
  });

  it('is one: another one takes its place, which is on the record', async () => {
    await keep();
    const second = await openIncident(desk, await consoleOf(desk), 'query', { recordings: incident.fields.recordings }, 'another');
    await keep(second.id);
    expect(written()).toEqual([
      { event: 'incident-kept', incident: incident.id, revision: 1 }, { event: 'incident-removed', incident: incident.id, cause: 'replaced' }, { event: 'incident-kept', incident: second.id, revision: 1 },
    ]);
    await offline();
    await unlock(desk, SECRET);
    expect(keptPage(desk).incident.id).toBe(second.id);
  });

  it('needs the secret of who keeps it: a wrong one is counted, and keeps nothing', async () => {
    await keep();
    await expect(keep(incident.id, '000999')).rejects.toThrow(code('wrong-secret'));
    expect(desk.vault!.unlocked).toBe(false);
    expect(actsOf(desk).filter(({ event }) => event === 'wrong-secret')).toHaveLength(1);
    expect(written()).toHaveLength(1);
  });
});

describe('what is kept here goes', () => {
  const gone = async (cause: string) => {
    expect(keptHere(desk.vault!)).toBeNull();
    expect(written().at(-1)).toEqual({ event: 'incident-removed', incident: incident.id, cause });
    // Nothing is left to unlock, and no secret to do it with.
    expect(desk.vault!.rule).toBeNull();
    expect(await peopleHere(desk)).toEqual([]);
  };
  beforeEach(() => keep());

  it('when the manager removes it, connected', async () => {
    expect(await removeByPerson(desk)).toMatchObject({ kept: null, secretSet: false });
    await gone('removed-by-person');
  });

  it('when they remove it offline, and they are out', async () => {
    await offline();
    await unlock(desk, SECRET);
    const { vault } = desk;
    await removeByPerson(desk);
    expect(desk.state).toMatchObject({ screen: 'sign-in', people: [] });
    expect(vault!.unlocked).toBe(false);
    at.broken = null;
    await managerIn();
    await gone('removed-by-person');
  });

  it('when it is closed', async () => {
    await saveIncident(desk, await consoleOf(desk), incident.id, allDone(), 1, 'done');
    await closeIncident(desk, await consoleOf(desk), incident.id, 2, 'done');
    await gone('closed');
  });

  it('when somebody else has closed it', async () => {
    await deliverWaiting(desk);
    const other = newDesk();
    const dees = await managerIn('dee', other);
    await saveIncident(dees, await consoleOf(dees), incident.id, allDone(), 1, 'done');
    await closeIncident(dees, await consoleOf(dees), incident.id, 2, 'done');
    await deliverWaiting(dees);
    await new Rhythm(desk).sync();
    await gone('closed');
  });

  it('when the practice says at a sign-in that the role is not theirs any more', async () => {
    const { vault } = desk;
    endForRole(desk, vault!, [{ id: desk.person!.role.id, kind: 'manager' }]);
    expect(keptHere(vault!)).not.toBeNull();
    endForRole(desk, vault!, [{ id: desk.person!.role.id, kind: 'clinician' }]);
    await gone('role-ended');
  });

  it('when the practice says while they work that the role is not theirs any more', async () => {
    expect(keptHere(desk.vault!)).not.toBeNull();
    await changeAtPractice<PractitionerRole>(practice.get(), undo, 'PractitionerRole', desk.person!.role.id, (role) => ({ ...role, active: false }));
    await expect(confirmRole(desk)).rejects.toThrow(code('role-ended'));
    expect(keptHere(desk.vault!)).toBeNull();
    expect(desk.vault!.rule).toBeNull();
  });

  it('when they sign in and have that role no longer, whatever they have in its place', async () => {
    await offline();
    at.broken = null;
    const { practitionerId, sdsUserId } = personCalled('pat');
    await changeAtPractice<PractitionerRole>(practice.get(), undo, 'PractitionerRole', `role-${practitionerId}`, (role) => ({ ...role, active: false }));
    // A real sign-in, to its end.
    Object.assign(desk.machine, { openBrowser: async (address: string) => {
      void new TestBrowser().open(practice.get().url, address, 'pat').catch(() => undefined);
      return true;
    } });
    new SignIn(desk, () => undefined).begin();
    await expect.poll(() => desk.state.screen, { timeout: 20_000 }).toBe('no-role');
    desk.vault ??= await loadVault(desk, vaultId(desk.site.issuer, sdsUserId));
    await gone('role-ended');
  });

  it('when the time without the practice is over, before anybody can open it', async () => {
    past.hours = desk.site.offline.leaseHours - 1;
    await offline();
    expect(desk.state.screen).toBe('unlock');
    await unlock(desk, SECRET);
    expect(keptPage(desk).incident.id).toBe(incident.id);
    past.hours = desk.site.offline.leaseHours + 1;
    expect(() => keptPage(desk)).toThrow(code('lease-ended'));
    await lock(desk, new Failure('locked', 'test')).catch(() => undefined);
    standUp(desk);
    await Vault.allLeft();
    await arrive(desk);
    expect(desk.state).toMatchObject({ screen: 'sign-in', people: [] });
    const vault = await loadVault(desk, named().slice(0, -':kept'.length));
    desk.vault = vault;
    await gone('lease-ended');
  });

  it('and the time begins anew with every answer of the practice', async () => {
    past.hours = desk.site.offline.leaseHours - 1;
    await new Rhythm(desk).sync();
    past.hours += 2;
    await offline();
    await unlock(desk, SECRET);
    expect(keptPage(desk).incident.id).toBe(incident.id);
  });

  it('when the secret is forgotten', async () => {
    await offline();
    forgotSecret(desk);
    await eraseForgotten(desk);
    expect(desk.state).toMatchObject({ screen: 'sign-in', people: [] });
  });

  it('of a person who is a clinician too without touching their copies, locked at once and for good with the next unlock', async () => {
    // Who is both has one vault and one secret.
    const both = newDesk();
    ({ desk } = both);
    at = both;
    await both.enter('dee');
    await syncWorklist(desk);
    const rows = desk.vault!.library.assignments().length;
    expect(rows).toBeGreaterThan(0);
    await managerIn('dee', both);
    incident = await openIncident(desk, await consoleOf(desk), 'query', { recordings: incident.fields.recordings }, 'another');
    await expect(keep(incident.id, '000999')).rejects.toThrow(code('wrong-secret'));
    await keep();
    await closeConsole(desk);
    standUp(desk);
    await Vault.allLeft();
    expect((await peopleHere(desk)).map(({ kept }) => kept)).toEqual([false, true]);
    await managerIn('dee', both);
    await removeByPerson(desk);
    expect((await peopleHere(desk)).map(({ kept }) => kept)).toEqual([false]);
    await both.enter('dee');
    expect(desk.vault!.library.get('kept')).toBeNull();
    expect(desk.vault!.library.assignments()).toHaveLength(rows);
  });
});

it('a copy of the store from before it was removed opens nothing', async () => {
  await keep();
  await closeConsole(desk);
  standUp(desk);
  await Vault.allLeft();
  const aside = mkdtempSync(join(tmpdir(), 'aside-'));
  const folder = join(at.profile, 'vaults', named().slice(0, -':kept'.length));
  cpSync(folder, join(aside, 'vault'), { recursive: true });
  await managerIn();
  await removeByPerson(desk);
  await closeConsole(desk);
  standUp(desk);
  await Vault.allLeft();
  rmSync(folder, { recursive: true });
  cpSync(join(aside, 'vault'), folder, { recursive: true });
  rmSync(aside, { recursive: true });
  at.broken = /./;
  await chooseVault(desk, named());
  // The keychain has no half of that key any more.
  expect(desk.state).toMatchObject({ screen: 'problem', problem: { code: 'keychain-absent' } });
  await expect(unlock(desk, SECRET)).rejects.toThrow(code('bad-request'));
});
