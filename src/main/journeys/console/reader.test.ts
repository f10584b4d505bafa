/** A second reader at the console: sees what managers see and did, and does nothing of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { practiceForTests } from '../../../../practice/testing/fixture.ts';
import type { Args, MethodName, Reply } from '../../../preload/contract.ts';
import { keyCharacters } from '../../audit/chain.ts';
import { SECOND_READER } from '../../session/roles.ts';
import { chainKeyOf, deliverWaiting } from '../deliver.ts';
import type { Desk } from '../desk.ts';
import { handlersFor } from '../handlers.ts';
import type { TestDesk } from '../journeys.fixture.ts';
import type { Rhythm } from '../rhythm.ts';
import type { SignIn } from '../signIn.ts';
import { actsOf, desksForTests, enterManager } from './console.fixture.ts';
import { consoleOf } from './console.ts';
import { consoleHandlers, KEPT_ALONE, READING } from './handlers.ts';

const practice = practiceForTests();
const newDesk = desksForTests(practice.get);

let at: TestDesk;
let desk: Desk;
const all = { from: null, to: null, people: [], events: [], recordings: [], patients: [], devices: [], refusedOnly: false };
const handlers = (of: Desk) => handlersFor(of, { sync: () => Promise.resolve() } as unknown as Rhythm, { cancel: () => false } as unknown as SignIn, () => Promise.resolve());
const askAt = async <K extends MethodName>(of: Desk, name: K, ...args: Args<K>): Promise<Reply<K>> => {
  const handler = handlers(of)[name] as unknown as (window: number, ...given: Args<K>) => Promise<Reply<K>> | Reply<K>;
  return handler(1, ...args);
};
const ask = <K extends MethodName>(name: K, ...args: Args<K>): Promise<Reply<K>> => askAt(desk, name, ...args);

/** Pat looks, exports and stops; the practice hears of it. */
async function patsDay(): Promise<{ recording: string }> {
  const manager = newDesk();
  const pat = await enterManager(manager, practice.get(), 'pat');
  await (await consoleOf(pat)).reading.catchUp();
  const recording = practice.get().repo.recordings()[0]!.masterIdentifier;
  await askAt(pat, 'ladder', { recordings: [recording] });
  await askAt(pat, 'exportEvents', all, 'csv');
  await askAt(pat, 'stop', { kind: 'recording', recording }, 'patient-asked');
  await deliverWaiting(pat);
  return { recording };
}

describe('a second reader', () => {
  let recording: string;
  beforeEach(async () => {
    ({ recording } = await patsDay());
    at = newDesk();
    desk = await enterManager(at, practice.get(), 'cal');
    await (await consoleOf(desk)).reading.catchUp();
  });

  it('sees what each manager looked at, took away and did, with reason and proof', async () => {
    const { me, people } = await ask('managersActions', all);
    expect(me).toBe('555000000007');
    const [pat] = people.filter(({ who }) => who.name === 'Pat Demomanager');
    expect(pat?.acts.map(({ event }) => event)).toEqual(expect.arrayContaining(['consulted', 'exported', 'stopped']));
    const { rows } = await ask('events', { ...all, events: ['stopped'] }, null);
    expect(rows[0]).toMatchObject({ who: { name: 'Pat Demomanager' }, recording: { recording }, detail: 'recording, patient-asked', proof: 'unenrolled' });
  });

  it('reads and takes away what a manager may, on a record of their own', async () => {
    for (const name of ['trailState', 'devices', 'findings', 'flags', 'savedViews', 'incidents', 'stops', 'staff'] as const) await expect(ask(name), name).resolves.toBeDefined();
    await ask('assignments', {});
    await ask('ladder', { recordings: [recording] });
    const { file, sha256 } = await ask('exportEvents', { ...all, events: ['stopped'] }, 'csv');
    expect(readFileSync(join(desk.machine.downloads, file), 'utf8')).toContain('patient-asked');
    expect(actsOf(desk)).toMatchObject([{ event: 'consulted', view: 'ladder' }, { event: 'exported', what: 'events.csv', sha256 }]);
    const [entry] = desk.vault!.ledger.entries(1, 1);
    expect(JSON.parse(entry!.body.toString('utf8'))).toMatchObject({ actor: { sds: '555000000007', role: SECOND_READER } });
  });

  it('finds a patient by name, which is on their own record', async () => {
    const [{ patientName, patientId } = { patientName: '', patientId: '' }] = practice.get().repo.recordings();
    const found = await ask('find', patientName);
    expect(found.patients.map(({ name }) => name)).toContain(patientName);
    expect((await ask('recordingsOf', `Patient/${patientId}`)).length).toBeGreaterThan(0);
    expect(actsOf(desk).map(({ event, view }) => [event, view])).toEqual(expect.arrayContaining([['consulted', 'search'], ['consulted', 'recordings']]));
  });

  it('does nothing that a manager does: each is refused before anything is asked or written', async () => {
    const later = new Date(Date.now() + 86_400_000).toISOString();
    const fields = { title: '', awareAt: null, nature: '', categoriesOfPeople: '', people: null, categoriesOfRecords: '', records: null, contact: '', consequences: '', measures: '', lateBecause: '', report: 'undecided' as const, reportReasons: '', reportedAt: null, tellPatients: 'undecided' as const, tellReasons: '', recordings: [], patients: [], checklist: [], corrections: [] };
    const acts: { [K in MethodName]?: Args<K> } = {
      stop: [{ kind: 'all' }, 'other'], lift: [{ kind: 'recording', recording }, 'put-right'], enrolDevice: [desk.machine.device, '555000000004', 'enrol', null],
      assign: [{ recording, owner: '555000000001', purpose: 'TRAIN', from: later, until: later, offline: false }], extendAssignment: ['Task/task-01', later, 'more-time'], cancelAssignment: ['Task/task-01', 'in-error'],
      openIncident: ['query', { recordings: [recording], patients: [] }, ''], saveIncident: ['x', fields, 1, ''], closeIncident: ['x', 1, ''], consoleKey: [], kept: [], keepIncident: ['x', '482915'],
    };
    // Every call of the console is one or the other, also those that are added later.
    expect(Object.keys(consoleHandlers(desk, () => Promise.resolve())).filter((name) => !READING.has(name) && !KEPT_ALONE.has(name)).sort()).toEqual(Object.keys(acts).sort());
    const before = practice.get().accessLog.length;
    for (const [name, args] of Object.entries(acts)) await expect((ask as (asked: string, ...given: readonly unknown[]) => Promise<unknown>)(name, ...args), name).rejects.toMatchObject({ code: 'bad-request' });
    for (const what of ['letters', 'mail-merge'] as const) await expect(ask('exportIncident', 'x', what)).rejects.toMatchObject({ code: 'bad-request', message: 'no manager is here' });
    expect(practice.get().accessLog.slice(before)).toEqual([]);
    expect(actsOf(desk)).toEqual([]);
    // And the practice gives no right to any of it.
    for (const [method, target, resource] of [['PUT', 'List/stop-list', { resourceType: 'List', id: 'stop-list', status: 'current', mode: 'working' }], ['POST', 'Task', { resourceType: 'Task', status: 'draft', intent: 'order' }]] as const) {
      const { status } = await desk.session!.http.send(target, { method, accept: 'application/fhir+json', headers: { 'Content-Type': 'application/fhir+json' }, body: JSON.stringify(resource) });
      expect([target, status]).toEqual([target, 403]);
    }
  });
});

it('somebody who is both sees as second reader what they did as manager', async () => {
  await patsDay();
  at = newDesk();
  desk = await enterManager(at, practice.get(), 'pat', 'guardian');
  await (await consoleOf(desk)).reading.catchUp();
  const { me, people } = await ask('managersActions', all);
  expect(people.map(({ who }) => who.sds)).toContain(me);
  await expect(ask('stop', { kind: 'all' }, 'other')).rejects.toMatchObject({ code: 'bad-request' });
});

describe('the characters of a key', () => {
  it('are the same on the person’s own screen as in the console', async () => {
    const own = newDesk();
    await own.enter('ada');
    const { key } = await askAt(own.desk, 'recordKey');
    expect(key).toMatch(/^[\da-f]{4}( [\da-f]{4}){3}$/);
    own.desk.journal!.write({ event: 'signed-in' });
    await deliverWaiting(own.desk);
    at = newDesk();
    desk = await enterManager(at, practice.get(), 'pat');
    await (await consoleOf(desk)).reading.catchUp();
    expect((await ask('devices')).find(({ device }) => device === own.desk.machine.device)?.key).toBe(key);
    // A manager's record is one too, and another manager enrols it.
    expect(await ask('recordKey')).toEqual({ key: keyCharacters(chainKeyOf(desk.vault!)) });
  });

  it('are not told while it is locked', async () => {
    const own = newDesk();
    await own.enter('ada');
    own.desk.vault!.lock();
    await expect(askAt(own.desk, 'recordKey')).rejects.toMatchObject({ code: 'locked' });
  });
});

it('without the practice says what that means at a console', async () => {
  at = newDesk();
  desk = await enterManager(at, practice.get(), 'pat');
  await (await consoleOf(desk)).reading.catchUp();
  practice.get().lies.down = true;
  await expect(ask('assignments', {})).rejects.toMatchObject({ code: 'practice-unreachable', detail: { of: 'console' } });
});
