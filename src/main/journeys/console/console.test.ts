/** The console over the demo practice: a clinician's day is read back, verified, enrolled, exported, and becomes an incident. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { verifyExport } from '../../../../scripts/chains/verify.ts';
import { practiceForTests } from '../../../../practice/testing/fixture.ts';
import type { Reply, MethodName, Args } from '../../../preload/contract.ts';
import { Failure } from '../../platform/failure.ts';
import { deliverWaiting } from '../deliver.ts';
import type { Desk } from '../desk.ts';
import { Writer } from '../../audit/trail/trail.fixture.ts';
import type { TestDesk } from '../journeys.fixture.ts';
import { syncWorklist } from '../sync.ts';
import { buildWorklist, recordListed, reference } from '../worklist.ts';
import { closeConsole } from './close.ts';
import { actsOf, desksForTests, enterManager } from './console.fixture.ts';
import { consoleOf } from './console.ts';
import { consoleHandlers } from './handlers.ts';

const practice = practiceForTests();
const newDesk = desksForTests(practice.get);

it('removes what an export left behind whose app ended in the middle', async () => {
  const at = newDesk();
  const left = join(at.desk.machine.downloads, 'viewing-room-events-2026-11-27-1.csv.part');
  mkdirSync(at.desk.machine.downloads, { recursive: true });
  writeFileSync(left, 'half of it');
  await consoleOf(await enterManager(at, practice.get(), 'pat'));
  expect(existsSync(left)).toBe(false);
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Ada's list comes on her screen, and the practice hears of it. */
async function adasDay(): Promise<string> {
  const at = newDesk();
  await at.enter('ada');
  await syncWorklist(at.desk);
  recordListed(at.desk, (await buildWorklist(at.desk)).rows);
  await deliverWaiting(at.desk);
  return at.desk.machine.device;
}

let at: TestDesk;
let desk: Desk;
let adas: string;
const ask = async <K extends keyof ReturnType<typeof consoleHandlers> & MethodName>(name: K, ...args: Args<K>): Promise<Reply<K>> => {
  const handler = consoleHandlers(desk, () => Promise.resolve())[name] as unknown as (window: number, ...given: Args<K>) => Promise<Reply<K>> | Reply<K>;
  return handler(1, ...args);
};
const all = { from: null, to: null, people: [], events: [], recordings: [], patients: [], devices: [], refusedOnly: false };

describe('the console', () => {
  beforeEach(async () => {
    adas = await adasDay();
    at = newDesk();
    desk = await enterManager(at, practice.get(), 'pat');
    await (await consoleOf(desk)).reading.catchUp();
  });

  it('reads the whole record, and names whom it is about', async () => {
    const { total, rows } = await ask('events', { ...all, events: ['listed'] }, null);
    expect(total).toBeGreaterThan(5);
    expect(rows[0]).toMatchObject({ event: 'listed', who: { name: 'Dr Ada Sampleton' }, proof: 'unenrolled', patient: { name: expect.any(String) as unknown }, recording: { title: expect.any(String) as unknown } });
    expect(await ask('trailState')).toMatchObject({ complete: true, reading: false, verifying: false });
    const details = await ask('eventDetails', rows[0]!.id);
    expect(JSON.parse(details.entry)).toMatchObject({ event: 'listed', seq: details.sequence });
  });

  it('holds a chain to be verified once a manager has enrolled its key, and not after it was revoked', async () => {
    const [of] = (await ask('devices')).filter(({ device }) => device === adas);
    expect(of).toMatchObject({ enrolled: 'not-enrolled', proof: 'unenrolled', key: expect.stringMatching(/^[\da-f]{4}( [\da-f]{4}){3}$/) as unknown });
    const standing = (rows: Awaited<ReturnType<typeof ask<'devices'>>>) => rows.find(({ device, who }) => device === of!.device && who.sds === of!.who.sds);
    // The screens ask anew for what a verification has changed, and for nothing that is as it was.
    const { checks } = await ask('trailState');
    await (await consoleOf(desk)).reading.verify();
    expect((await ask('trailState')).checks).toBe(checks);
    expect(standing(await ask('enrolDevice', of!.device, of!.who.sds, 'enrol', of!.key))).toMatchObject({ enrolled: 'enrolled', proof: 'verified' });
    expect((await ask('trailState')).checks).toBe(checks + 1);
    expect(standing(await ask('enrolDevice', of!.device, of!.who.sds, 'revoke', null))).toMatchObject({ enrolled: 'revoked' });
  });

  it('enrols the key that the manager was shown, and no other that came in meanwhile', async () => {
    const [of] = (await ask('devices')).filter(({ device }) => device === adas);
    const { trail } = await consoleOf(desk);
    const [{ body, hash, signature } = { body: new Uint8Array(), hash: new Uint8Array(), signature: new Uint8Array() }] = await trail.ask('chain', { device: adas, sds: of!.who.sds, after: { seq: 0, n: 0 }, limit: 1 });
    const later = Buffer.from(Buffer.from(body).toString().replace(/"at":"[^"]*"/, `"at":"${new Date(Date.now() + 60_000).toISOString()}"`));
    await trail.add([{ body: later, hash: Buffer.from(hash), signature: Buffer.from(signature), reference: 'AuditEvent/forged', receivedAt: null, key: Buffer.alloc(32, 1).toString('base64url'), version: null }]);
    for (const shown of [of!.key, null, '0000 0000 0000 0000']) await expect(ask('enrolDevice', of!.device, of!.who.sds, 'enrol', shown)).rejects.toMatchObject({ code: 'act-refused', detail: { why: 'key-changed' } });
    expect(actsOf(desk).filter(({ event }) => event === 'device-enrolled')).toEqual([]);
  });

  it('is not led by a forged chain to miss something in the true one, once that is enrolled', async () => {
    const [of] = (await ask('devices')).filter(({ device }) => device === adas);
    // To a manager who has not seen it before.
    desk = await enterManager(newDesk(), practice.get(), 'dee');
    const { trail, reading } = await consoleOf(desk);
    // Longer, later, and there first: of a chain that nobody has enrolled it is the one that counts.
    const forger = new Writer({ ...of!.who, device: adas }, 'forged');
    for (let n = 0; n < 50; n += 1) forger.write({ event: 'foreign-offered', count: n }, Date.now() - 3_600_000);
    await trail.add(forger.written);
    await reading.catchUp();
    expect((await ask('devices')).find(({ device }) => device === adas)).toMatchObject({ enrolled: 'not-enrolled', key: of!.key });
    await ask('enrolDevice', adas, of!.who.sds, 'enrol', of!.key);
    expect((await ask('findings')).filter(({ device }) => device === adas).map(({ kind }) => kind)).toEqual(['other-key']);
  });

  it('gives the ladder of a recording, records that it was looked at, once, and exports what it showed', async () => {
    const [{ recording } = { recording: null }] = (await ask('events', { ...all, events: ['listed'] }, null)).rows;
    const urn = recording!.recording!;
    const ladder = await ask('ladder', { recordings: [urn] });
    expect(ladder).toMatchObject({ complete: true, people: { opened: 0, exposed: 0 } });
    expect(ladder.rows.map(({ who, listed }) => [who.name, listed > 0])).toContainEqual(['Dr Ada Sampleton', true]);
    await ask('ladder', { recordings: [urn] });
    const csv = await ask('exportLadder', { recordings: [urn] });
    const text = readFileSync(join(desk.machine.downloads, csv.file), 'utf8');
    expect(text).toContain('Dr Ada Sampleton');
    expect(csv.rows).toBe(ladder.rows.length);
    expect(actsOf(desk).filter(({ event }) => event === 'consulted' || event === 'exported')).toMatchObject([{ event: 'consulted', view: 'ladder' }, { event: 'exported', what: 'ladder.csv', rows: csv.rows, sha256: csv.sha256 }]);
  });

  it('exports chains that hold without the app', async () => {
    const asked = vi.spyOn((await consoleOf(desk)).trail, 'ask');
    const { file, rows } = await ask('exportEvents', all, 'chain');
    // Once to the end of each chain, and none twice.
    const read = await Promise.all(asked.mock.results.filter((_result, index) => asked.mock.calls[index]?.[0] === 'chain').map(({ value }) => value as Promise<readonly unknown[]>));
    expect(read.flat()).toHaveLength(rows);
    asked.mockRestore();
    const verdict = await verifyExport([readFileSync(join(desk.machine.downloads, file))], new Map());
    expect(verdict.faults).toEqual([]);
    expect(verdict.chains.map(({ bad }) => bad)).toEqual(verdict.chains.map(() => null));
    expect(rows).toBeGreaterThan(5);
  });

  it('opens an incident with what the record says, keeps its versions, and closes it only when all is done', async () => {
    const [{ recording } = { recording: null }] = (await ask('events', { ...all, events: ['listed'] }, null)).rows;
    const opened = await ask('openIncident', 'query', { recordings: [recording!.recording!], patients: [] }, 'asked by the patient');
    expect(opened).toMatchObject({ state: 'open', revision: 1, versions: [{ version: 1, note: 'asked by the patient' }] });
    await expect(ask('closeIncident', opened.id, 1, 'done')).rejects.toMatchObject({ code: 'act-refused' });
    const saved = await ask('saveIncident', opened.id, { ...opened.fields, title: 'Asked who saw it' }, 1, 'title');
    expect(saved).toMatchObject({ revision: 2, fields: { title: 'Asked who saw it' } });
    // Somebody who still had the first version before them does not overwrite the second in silence.
    await expect(ask('saveIncident', opened.id, { ...opened.fields, title: 'Another' }, 1, 'late')).rejects.toMatchObject({ code: 'act-refused', detail: { why: 'incident-newer' } });
    // Nor closes what they have not seen.
    await expect(ask('closeIncident', opened.id, 1, 'late')).rejects.toMatchObject({ code: 'act-refused', detail: { why: 'incident-newer' } });
    await ask('saveIncident', opened.id, { ...opened.fields, title: 'Another' }, 2, 'over the second');
    await deliverWaiting(desk);
    await (await consoleOf(desk)).reading.catchUp();
    const { versions } = (await ask('incidents')).find(({ id }) => id === opened.id)!;
    expect(versions.map(({ version, fields: { title } }) => [version, title])).toEqual([[1, opened.fields.title], [2, 'Asked who saw it'], [3, 'Another']]);
    expect((await ask('exportIncident', opened.id, 'report')).file).toMatch(/^viewing-room-incident-.*\.pdf$/);
  });

  it('opens an incident about nothing yet with nothing of the record, which would answer about everything', async () => {
    const { trigger, fields } = await ask('openIncident', 'wrong-patient', { recordings: [], patients: [] }, 'a telephone call');
    expect(trigger).toBe('query');
    expect(fields).toMatchObject({ people: null, records: null });
    expect(fields.nature).toMatch(/^Somebody asked who was shown a recording\.\n\[Fill in: [^\n]*$/);
    expect(fields.categoriesOfRecords).toMatch(/^\[Fill in: /);
  });

  it('goes on asking for what is new, also where the practice once dated something ahead', async () => {
    await closeConsole(desk);
    const { http } = desk.session!;
    const asked: string[] = [];
    const answer = http.json.bind(http);
    vi.spyOn(http, 'json').mockImplementation(async (target) => {
      const given = await answer(target) as { entry?: { resource: { meta: { lastUpdated: string } } }[] };
      if (target.startsWith('AuditEvent')) asked.push(decodeURIComponent(target));
      const [newest] = given.entry ?? [];
      if (target.startsWith('AuditEvent') && newest) newest.resource.meta.lastUpdated = '2099-01-01T00:00:00Z';
      return given;
    });
    const { reading } = await consoleOf(desk);
    await reading.catchUp();
    await reading.catchUp();
    const [, since = ''] = /_lastUpdated=ge([^&]*)/.exec(asked.at(-1) ?? '') ?? [];
    expect(Date.parse(since)).toBeLessThan(Date.now());
    expect(Date.parse(since)).toBeGreaterThan(Date.now() - 6 * 60_000);
  });

  it('records whom a manager looks at, by whatever they are found', async () => {
    const { journal } = desk;
    const [of] = (await ask('devices')).filter(({ device }) => device === adas);
    const looks = [() => ask('events', { ...all, devices: [adas] }, null), () => ask('activityByDay', { ...all, people: [of!.who.sds] }), () => ask('managersActions', { ...all, people: ['555000000004'] }), () => ask('assignments', { people: [of!.who.sds] })];
    for (const look of looks) {
      const before = actsOf(desk).length;
      await look();
      expect(actsOf(desk).slice(before)).toMatchObject([{ event: 'consulted' }]);
      await look();
      expect(actsOf(desk)).toHaveLength(before + 1);
    }
    vi.spyOn(journal!, 'write').mockImplementation(() => {
      throw new Failure('audit-unwritable', 'full');
    });
    for (const look of [() => ask('activityByDay', { ...all, devices: ['another'] }), () => ask('assignments', { people: ['555000000002'] })]) await expect(look()).rejects.toMatchObject({ code: 'audit-unwritable' });
  });

  it('has what this manager wrote, whatever the practice gives back under its name', async () => {
    const opened = await ask('openIncident', 'query', { recordings: ['urn:uuid:00000000-0000-4000-8000-000000000001'], patients: [] }, 'asked');
    await ask('saveIncident', opened.id, { ...opened.fields, title: 'As it was written' }, 1, 'title');
    const { body, hash, signature } = desk.vault!.ledger.entries(1, 1_000).at(-1)!;
    const changed = Buffer.from(body.toString().replace('As it was written', 'Something else'));
    await (await consoleOf(desk)).trail.add([{ body: changed, hash, signature, reference: 'AuditEvent/forged', receivedAt: null, key: null, version: null }]);
    await (await consoleOf(desk)).reading.verify();
    const { fields, versions } = (await ask('incidents')).find(({ id }) => id === opened.id)!;
    expect(fields.title).toBe('As it was written');
    expect(versions.map(({ fields: { title } }) => title).sort()).toEqual(['As it was written', opened.fields.title, 'Something else']);
  });

  it('says of a flag why, in words, and what the clinician was told to quote', async () => {
    const person = { sds: '555000000009', name: 'Demo Other', role: 'GP', device: '00000000-0000-4000-8000-0000000000d9' };
    const writer = new Writer(person);
    const subject = { recording: 'urn:uuid:00000000-0000-4000-8000-00000000000f', document: 'DocumentReference/rec-01', patient: null, task: 'Task/task-01', purpose: null };
    const [withheld, wrong] = [writer.write({ event: 'withheld', subject, reasons: ['patient-differs', 'of-a-later-version'] }, Date.now() - 2_000), writer.write({ event: 'wrong-patient', subject, revision: 1 }, Date.now() - 1_000)];
    await (await consoleOf(desk)).trail.add([withheld, wrong]);
    const mine = (await ask('flags')).filter(({ who }) => who.sds === person.sds);
    expect(mine.map(({ kind, sentence }) => [kind, sentence])).toEqual([
      ['wrong-patient', `The clinician said that what they were shown is another patient’s. The clinician may quote ${reference('Task/task-01')}.`],
      ['withheld-mismatch', `A recording was withheld because two things that should agree did not. The assignment, the recording and the consultation do not name the same patient. The clinician may quote ${reference('Task/task-01')}.`],
    ]);
  });

  it('leaves nothing behind when the manager goes', async () => {
    const folder = join(at.profile, 'trail');
    expect(existsSync(folder)).toBe(true);
    await closeConsole(desk);
    expect(existsSync(folder)).toBe(false);
  });
});

it('is nobody’s but a manager’s', async () => {
  at = newDesk();
  await at.enter('ada');
  desk = at.desk;
  for (const [name, args] of [['trailState', []], ['events', [all, null]], ['ladder', [{}]], ['devices', []], ['savedViews', []], ['incidents', []], ['stops', []], ['staff', []], ['consoleKey', []]] as const) {
    await expect((async () => (ask as (asked: string, ...given: readonly unknown[]) => Promise<unknown>)(name, ...args))(), name).rejects.toMatchObject({ code: 'bad-request' });
  }
  await expect(ask('exportEvents', all, 'csv')).rejects.toMatchObject({ code: 'bad-request' });
});
