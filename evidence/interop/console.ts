/** The second layer's other half: what a manager's console makes of the same two servers, and what HAPI keeps of what managers write. */
import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { AuditEvent, List, Provenance, Task } from '@medplum/fhirtypes';
import type { Finding } from '../../src/preload/console.ts';
import { run as runProgram } from '../../scripts/lib/process.ts';
import { root } from '../../scripts/lib/paths.ts';
import { recordingStop } from '../../practice/stops.ts';
import { LIFTED_BY, STOP_REASON, VR } from '../../practice/systems.ts';
import type { EntryBody, Subject } from '../../src/main/audit/entry.ts';
import { assign, cancelAssignment, extendAssignment, type AssignmentTerms } from '../../src/main/journeys/console/assigning.ts';
import { assignments } from '../../src/main/journeys/console/assignments.ts';
import { assignmentKey } from '../../src/main/journeys/console/consoleKey.ts';
import { closeConsole } from '../../src/main/journeys/console/close.ts';
import { consoleOf, everything } from '../../src/main/journeys/console/console.ts';
import { enrolDevice, readDevices } from '../../src/main/journeys/console/devices.ts';
import { confirmLift, proposeLift, readStops, stop } from '../../src/main/journeys/console/stops.ts';
import { Takeaways } from '../../src/main/journeys/console/takeaways.ts';
import { deliver } from '../../src/main/outbox/deliver.ts';
import { chainName } from '../../src/main/service/deviceList.ts';
import type { Fetch } from '../../src/main/service/http.ts';
import { readStopList } from '../../src/main/service/stopList.ts';
import type { TrustedKey } from '../../src/main/site.ts';
import { Computer } from './computer.ts';
import { journey, READING_VERSION, type Journey } from './journeys.ts';
import type { SeededRecording } from './seed.ts';
import type { World } from './world.ts';

/** HAPI gives so many a page at most. */
const PAGE = 50;
const DAY_MS = 86_400_000;

const inDays = (days: number): string => `${new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 19)}Z`;
const listOf = (name: string): string => `List?code=${encodeURIComponent(`${VR}/CodeSystem/list|${name}`)}`;
const idOf = (reference: string): string => reference.split('/')[1] ?? '';

/** The next request of this kind goes on only when so many others wait at the same place. */
function together(count: number, wanted: (url: string, init: RequestInit) => boolean): (line: Fetch) => Fetch {
  let waiting = 0;
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return (line) => {
    let mine = true;
    return async (url, init = {}) => {
      if (mine && wanted(url, init)) {
        mine = false;
        waiting += 1;
        if (waiting === count) open();
        await opened;
      }
      return line(url, init);
    };
  };
}

/** The next answer of this kind is lost on its way: the practice has done what was asked. */
function loseAnswer(wanted: (url: string, init: RequestInit) => boolean): Fetch {
  let lost = false;
  return async (url, init = {}) => {
    const answer = await fetch(url, init);
    if (lost || !wanted(url, init)) return answer;
    lost = true;
    await answer.arrayBuffer();
    throw new TypeError('broken off');
  };
}

const creates = (type: string) => (url: string, { method }: RequestInit): boolean => method === 'POST' && url.endsWith(`/fhir/${type}`);
const changes = (type: string) => (url: string, { method }: RequestInit): boolean => method === 'PUT' && url.includes(`/fhir/${type}/`);

export async function consoleReading(world: World, only?: string): Promise<Journey[]> {
  const { gateway, seeded } = world;
  const { fhir } = seeded;
  const done: Journey[] = [];
  if (only !== undefined && !only.startsWith('console')) return done;
  const run = async (name: string, body: () => Promise<string>): Promise<void> => journey(done, 'reading', `console: ${name}`, body);
  const since = (mark: number) => gateway.log.slice(mark);
  const recording = (key: string): SeededRecording => {
    const found = seeded.recordings.find((one) => one.key === key);
    assert(found, `there is no recording ${key}`);
    return found;
  };

  const [ada, ben] = [await Computer.of(world, 'ada', 'clinician'), await Computer.of(world, 'ben', 'clinician')];
  const [pat, dee] = [await Computer.of(world, 'pat', 'manager'), await Computer.of(world, 'dee', 'manager')];
  const everyone = [ada, ben, pat, dee];

  /** What an app records while somebody reviews. */
  const work = (who: Computer, rounds: number): void => {
    const mine = seeded.recordings.filter(({ tasks }) => tasks.some(({ owner }) => owner === who.reader.person.username));
    for (let round = 0; round < rounds; round += 1) {
      const { masterIdentifier, document, patient, tasks } = mine[round % mine.length] ?? recording('01');
      const subject: Subject = { recording: masterIdentifier, document, patient, task: tasks[0]?.reference ?? null, purpose: 'TREAT' };
      who.write({ event: 'listed', subject });
      who.write({ event: 'presented', subject, seconds: 30 });
      who.write({ event: 'opened', subject });
      who.write({ event: 'exposed', subject, session: crypto.randomUUID(), media: [[0, 9]], attended: [[0, 9]] });
      who.write({ event: 'closed', subject });
    }
  };
  const send = async (who: Computer): Promise<void> => assert.equal(await who.send(), 0, `what ${who.reader.person.name} recorded has not gone out`);
  /** Before what is asked without the app around it, which renews a token that has run out. */
  const fresh = async (...people: Computer[]): Promise<void> => {
    for (const { reader } of people) await reader.renew();
  };
  const held = async (): Promise<number> => (await fhir.search<AuditEvent>('AuditEvent')).length;
  /** Of one person's record, as this manager's console has it. */
  const readBack = async (manager: Computer, of: Computer) => (await consoleOf(manager.desk)).trail.ask('chain', { ...of.chain, after: { seq: 0, n: 0 }, limit: 100_000 });
  const isWhole = async (manager: Computer, of: Computer): Promise<void> => {
    const bytes = (one: { seq: number; body: Uint8Array; hash: Uint8Array; signature: Uint8Array }) => [one.seq, ...[one.body, one.hash, one.signature].map((some) => Buffer.from(some).toString('base64'))].join();
    assert.deepEqual((await readBack(manager, of)).map(bytes), of.entries().map(bytes), `the record of ${of.reader.person.name} is another`);
  };
  const standing = async (manager: Computer, of: Computer) => (await (await consoleOf(manager.desk)).devices()).find(({ device, who }) => device === of.chain.device && who.sds === of.chain.sds);
  const findingsOf = (findings: readonly Finding[], of: Computer) => findings.filter(({ device, who }) => device === of.chain.device && who?.sds === of.chain.sds).map(({ kind, sequence }) => `${kind} ${sequence}`);
  /** From nothing, as after a sign-in. */
  const readAnew = async (manager: Computer) => {
    await closeConsole(manager.desk);
    const console = await consoleOf(manager.desk);
    await console.reading.catchUp();
    return console;
  };

  await run('two managers enrol at once, and neither is lost', async () => {
    const at = together(2, creates('List'));
    [pat.reader.line, dee.reader.line] = [at(fetch), at(fetch)];
    const mark = gateway.log.length;
    const came = await Promise.allSettled([enrolDevice(pat.desk, ada.chain, ada.key), enrolDevice(dee.desk, pat.chain, pat.key)]);
    [pat.reader.line, dee.reader.line] = [fetch, fetch];
    const answers = since(mark).filter(({ method }) => method !== 'GET').map(({ method, path: asked, status }) => `${method} ${asked.replace(/\/\d+$/, '')} ${status}`).join(', ');
    assert.deepEqual(came.map((one) => (one.status === 'rejected' ? String(one.reason) : 'done')), ['done', 'done'], answers);
    await enrolDevice(pat.desk, ben.chain, ben.key);
    await enrolDevice(pat.desk, dee.chain, dee.key);
    const { list } = await readDevices(dee.desk);
    assert.deepEqual([list.state, list.unread], ['read', 0]);
    for (const one of everyone) assert.deepEqual([list.chains.get(chainName(one.chain))?.state, list.chains.get(chainName(one.chain))?.key], ['enrolled', one.key]);
    const lists = await fhir.search<List>(listOf('device-list'));
    assert.deepEqual(lists.map(({ entry = [] }) => entry.length), [4]);
    return `one List of 4 entries (${answers})`;
  });

  await run('the record comes back in full, page by page, and every chain verifies', async () => {
    work(ada, 50);
    work(ben, 12);
    for (const one of everyone) await send(one);
    const there = await held();
    const mark = gateway.log.length;
    const { reading } = await readAnew(pat);
    const pages = since(mark).filter(({ path: asked }) => asked.startsWith('/fhir/AuditEvent?') || asked.includes('_getpages')).length;
    assert.equal(pages, Math.ceil(there / PAGE));
    const { entries, others, complete, verified, findings } = reading.state;
    assert.deepEqual([entries + others, complete, verified, findings], [there, true, entries, 0]);
    for (const one of everyone) {
      await isWhole(pat, one);
      const { proof, enrolled, version } = await standing(pat, one) ?? {};
      assert.deepEqual([proof, enrolled, version], ['verified', 'enrolled', READING_VERSION], one.reader.person.name);
    }
    return `${there} AuditEvents in ${pages} pages: ${entries} entries of ${everyone.length} chains, to the byte; ${others} other`;
  });

  await run('what arrives while it reads is not lost, and nothing comes twice', async () => {
    const before = await held();
    let arrived = 0;
    // Between the first page and the second.
    dee.reader.line = async (url, init) => {
      if (arrived === 0 && url.includes('_getpages')) {
        work(ada, 12);
        arrived = 60;
        await send(ada);
      }
      return fetch(url, init);
    };
    const { reading } = await readAnew(dee);
    dee.reader.line = fetch;
    assert.deepEqual([arrived, reading.state.findings], [60, 0]);
    const first = reading.state.entries + reading.state.others;
    assert(first >= before, `${first} of ${before}`);
    work(ada, 2);
    await send(ada);
    const mark = gateway.log.length;
    await reading.catchUp();
    assert(since(mark).some(({ path: asked }) => asked.startsWith('/fhir/AuditEvent?_lastUpdated=ge')), 'all was asked for again');
    const { entries, others, verified, findings } = reading.state;
    assert.deepEqual([entries + others, verified, findings], [await held(), entries, 0]);
    await isWhole(dee, ada);
    return `${before} were there, and 60 came after the first page: ${first} after the first round; 10 more: ${entries + others} after the second, which asked for what is new`;
  });

  await run('sent twice, answered late, sent twice at once: one AuditEvent', async () => {
    const idOfLast = () => (JSON.parse(ada.entries().at(-1)?.body.toString() ?? '') as EntryBody).id;
    const kept = async (id: string): Promise<number> => (await fhir.search<AuditEvent>(`AuditEvent?entity-name=${id}`)).length;
    const [subject] = ada.entries().slice(-1).map(({ body }) => (JSON.parse(body.toString()) as { subject: Subject }).subject);
    assert(subject);
    ada.reader.line = loseAnswer(creates('AuditEvent'));
    ada.write({ event: 'opened', subject });
    const mark = gateway.log.length;
    assert.equal(await ada.send(), 1);
    assert.equal(await kept(idOfLast()), 1);
    ada.reader.line = fetch;
    await wait(2_100);
    await send(ada);
    const statuses = since(mark).filter(({ method }) => method === 'POST').map(({ status }) => status);
    assert.deepEqual([await kept(idOfLast()), statuses], [1, [201, 200]]);

    const again = async (): Promise<string> => {
      const last = ada.entries().at(-1);
      let receipt = '';
      const queue = { nextUndelivered: () => (last && receipt === '' ? { ...last, attempts: 0, refusals: 0, nextAttempt: 0, aside: false } : null), delivered: (_seq: number, given: string) => void (receipt = given), retryLater: () => undefined, setAside: () => undefined, tryAside: () => undefined };
      await deliver(queue, ada.reader.http, { key: ada.key, version: READING_VERSION }, Date.now);
      return receipt;
    };
    const receipts = [await again(), await again()];
    assert.deepEqual([new Set(receipts).size, await kept(idOfLast())], [1, 1]);

    ada.write({ event: 'closed', subject });
    const at = Date.now();
    const both = await Promise.allSettled([again(), again(), again()]);
    assert.equal(await kept(idOfLast()), 1);
    await send(ada);
    assert.equal(await kept(idOfLast()), 1);
    const { reading } = await readAnew(pat);
    assert.equal(reading.state.findings, 0);
    await isWhole(pat, ada);
    const refused = both.filter(({ status }) => status === 'rejected').length;
    const answered = since(mark).filter(({ method }) => method === 'POST').slice(4, 7).map(({ status }) => status).sort().join();
    return `201 and 200; the same receipt; three at once: ${answered}${refused > 0 ? `, ${refused} to be sent again` : ''} (${Date.now() - at} ms)`;
  });

  const trusted: TrustedKey[] = [];
  const of = recording('01');
  const terms: AssignmentTerms = { document: of.document, recording: of.masterIdentifier, patient: of.patient, owner: ben.reader.practitioner, purpose: 'TRAIN', from: inDays(-1), until: inDays(14), offline: true };
  const seen = { task: '', recording: of.masterIdentifier, owner: ben.reader.person.sdsUserId };
  const verdict = async (keys: readonly TrustedKey[], now?: number) => (await ben.reader.verdicts((await ben.reader.tasks()).filter(({ id }) => id === idOf(seen.task)), keys, now)).get(seen.task);

  await run('a manager assigns, signed with the console’s key, and the colleague’s app takes it', async () => {
    const { jwk, standing: before } = await assignmentKey(pat.desk);
    assert.equal(before, 'unknown');
    const mark = gateway.log.length;
    await assert.rejects(assign(pat.desk, terms), { code: 'act-refused' });
    assert.deepEqual(since(mark).filter(({ method }) => method !== 'GET'), []);
    trusted.push(JSON.parse(jwk) as TrustedKey);
    pat.desk.site = { ...pat.desk.site, assignmentKeys: [...pat.desk.site.assignmentKeys, ...trusted] };
    const mine = (await ben.reader.tasks()).length;
    let drafts: number | null = null;
    const lost = loseAnswer(creates('Task'));
    pat.reader.line = async (url, init = {}) => {
      // It is a draft until now.
      if (changes('Task')(url, init)) drafts = (await ben.reader.tasks()).length;
      return lost(url, init);
    };
    seen.task = await assign(pat.desk, terms);
    pat.reader.line = fetch;
    assert.equal(drafts, mine, 'a draft is its owner’s already');
    const all = (await fhir.search<Task>(`Task?owner=${terms.owner}&focus=${terms.document}`)).map(({ id, status }) => `Task/${id} ${status}`);
    assert.deepEqual(all, [`${seen.task} requested`]);
    const [provenance, ...more] = await fhir.search<Provenance>(`Provenance?target=${seen.task}`);
    assert.deepEqual([more.length, provenance?.entity?.length], [0, 1]);
    const taken = await verdict(trusted);
    assert.deepEqual([taken?.reasons, taken?.assured?.review], [[], 'peer']);
    const without = await verdict([]);
    assert(without && without.reasons.length > 0, 'it counts without the key too');
    const { rows } = await assignments(pat.desk, { document: terms.document, owners: [terms.owner] }, null);
    assert.deepEqual(rows.map(({ task, owner, patient }) => [task, owner.sds, patient?.name]), [[seen.task, seen.owner, of.patientName]]);
    return `one Task although an answer was lost, a draft until it was signed; ${without.reasons.join()} without the console’s key`;
  });

  await run('an assignment is extended, then withdrawn', async () => {
    const later = Date.parse(terms.until) + DAY_MS;
    const before = await verdict(trusted, later);
    assert(before && before.reasons.length > 0, 'it had no end');
    await extendAssignment(pat.desk, seen, inDays(30), 'more-time');
    assert.deepEqual((await verdict(trusted, later))?.reasons, []);
    assert.equal((await fhir.search<Provenance>(`Provenance?target=${seen.task}`)).length, 2);
    // A colleague takes a step between reading and writing.
    let raced = false;
    pat.reader.line = async (url, init = {}) => {
      if (!raced && changes('Task')(url, init)) {
        raced = true;
        await fhir.update<Task>(seen.task, (task) => {
          task.status = 'accepted';
        });
      }
      return fetch(url, init);
    };
    const mark = gateway.log.length;
    await cancelAssignment(pat.desk, seen.task, 'consent-withdrawn');
    pat.reader.line = fetch;
    const puts = since(mark).filter(({ method }) => method === 'PUT').map(({ status }) => status);
    assert.deepEqual([puts.length, puts[1], (await fhir.read<Task>(seen.task)).status], [2, 200, 'cancelled']);
    const after = await verdict(trusted);
    assert(after && after.reasons.length > 0, 'it is still taken');
    await assert.rejects(extendAssignment(pat.desk, seen, inDays(60), 'more-time'), { code: 'act-refused' });
    return `${before.reasons.join()}, then taken; withdrawn over somebody’s step (${puts.join(', ')}): ${after.reasons.join()}`;
  });

  const stopEntries = async () => (await fhir.search<List>(listOf('stop-list'))).flatMap(({ entry = [] }) => entry.map((one) => JSON.stringify(one)));
  const grewFrom = async (before: readonly string[]): Promise<number> => {
    const after = await stopEntries();
    assert.deepEqual(after.slice(0, before.length), before, 'what was on the list is not there as it was');
    return after.length - before.length;
  };
  const standingOn = async (manager: Computer, target: string) => (await readStops(manager.desk)).stops.find(({ recording: stopped }) => stopped === target)?.id;

  await run('a stop takes a second person to lift', async () => {
    const before = await stopEntries();
    const urn = of.masterIdentifier;
    await stop(pat.desk, { kind: 'recording', recording: urn }, 'wrong-patient');
    const seenByAda = (await readStopList(ada.reader.http)).stops.at(-1);
    assert.deepEqual({ system: seenByAda?.system, value: seenByAda?.value }, recordingStop(urn));
    const id = await standingOn(pat, urn) ?? '';
    await proposeLift(pat.desk, [id], 'corrected');
    await assert.rejects(confirmLift(pat.desk, [id]), (error: { detail?: { why?: string } }) => error.detail?.why === 'second-person');
    assert.equal(await standingOn(dee, urn), id);
    await confirmLift(dee.desk, [id]);
    assert.deepEqual([await standingOn(dee, urn), await grewFrom(before)], [undefined, 2]);
    const { lifts } = await readStopList(ada.reader.http);
    assert.deepEqual(lifts.at(-1)?.by.sort(), [pat.reader.practitioner, dee.reader.practitioner].sort());
    return `refused to who proposed it; the list grew by 2 from ${before.length}, and nothing on it changed`;
  });

  await run('one manager stops while another does, and neither is lost', async () => {
    const before = await stopEntries();
    const [one, other] = [recording('12').masterIdentifier, recording('14').masterIdentifier];
    // Dee stops hers between Pat's reading of the list and writing.
    let raced = false;
    pat.reader.line = async (url, init = {}) => {
      if (!raced && changes('List')(url, init)) {
        raced = true;
        await stop(dee.desk, { kind: 'recording', recording: other }, 'other');
      }
      return fetch(url, init);
    };
    const mark = gateway.log.length;
    await stop(pat.desk, { kind: 'recording', recording: one }, 'other');
    pat.reader.line = fetch;
    const puts = since(mark).filter(({ method }) => method === 'PUT').map(({ status }) => status);
    assert.deepEqual(puts, [200, 409, 200]);
    assert.equal(await grewFrom(before), 2);
    const ids = [await standingOn(pat, one) ?? '', await standingOn(pat, other) ?? ''];
    await proposeLift(dee.desk, ids, 'corrected');
    await confirmLift(pat.desk, ids);
    assert.deepEqual([await standingOn(pat, one), await standingOn(pat, other), await grewFrom(before)], [undefined, undefined, 4]);
    return `PUT ${puts.join(', ')}: both are on the list; then lifted`;
  });

  await run('what managers do is refused to a clinician, and to a manager in somebody else’s name', async () => {
    const [stopList] = await fhir.search<List>(listOf('stop-list'));
    const [devices] = await fhir.search<List>(listOf('device-list'));
    const [proposals] = await fhir.search<List>(listOf('lift-proposals'));
    assert(stopList && devices && proposals);
    await fresh(ada, pat);
    const written = gateway.log.length;
    const sent = async (who: Computer, method: 'POST' | 'PUT', resource: object): Promise<number> => {
      const { resourceType, id = '' } = resource as { resourceType: string; id?: string };
      return (await who.reader.ask(method === 'PUT' ? `${resourceType}/${id}` : resourceType, { method, body: JSON.stringify(resource), headers: { 'content-type': 'application/fhir+json' } })).status;
    };
    const entry = { date: new Date().toISOString(), flag: { coding: [{ system: STOP_REASON, code: 'other' }] }, item: { identifier: recordingStop(of.masterIdentifier) } };
    const lift = (...by: string[]) => ({ ...entry, flag: { coding: [{ system: STOP_REASON, code: 'lifted' }] }, extension: by.map((reference) => ({ url: LIFTED_BY, valueReference: { reference } })) });
    const grown = (list: List, one: object) => ({ ...list, entry: [...list.entry ?? [], one] });
    const task = await fhir.read<Task>(of.tasks[0]?.reference ?? '');
    const signature = [{ type: [{ code: 'x' }], when: entry.date, who: { reference: pat.reader.practitioner } }];
    const provenance = (target: string, who: string) => ({ resourceType: 'Provenance', target: [{ reference: target }], recorded: entry.date, agent: [{ who: { reference: who } }], signature });
    const { id: _id, ...draft } = task;
    const clinicians = await Promise.all([
      sent(ada, 'PUT', grown(stopList, entry)), sent(ada, 'PUT', grown(devices, devices.entry?.[0] ?? {})), sent(ada, 'PUT', grown(proposals, proposals.entry?.[0] ?? {})), sent(ada, 'POST', { ...stopList, entry: [entry] }),
      sent(ada, 'POST', { ...draft, requester: { reference: ada.reader.practitioner } }), sent(ada, 'PUT', { ...task, owner: { reference: ben.reader.practitioner } }),
      sent(ada, 'POST', provenance(of.tasks[0]?.reference ?? '', ada.reader.practitioner)), sent(ada, 'POST', { resourceType: 'Binary', contentType: 'application/json', data: 'e30=' }),
    ]);
    assert.deepEqual(clinicians, [403, 403, 403, 403, 403, 403, 403, 403]);
    assert.deepEqual([(await ada.reader.ask('AuditEvent')).status, (await ada.reader.ask('AuditEvent?_sort=-_lastUpdated')).status, (await ada.reader.ask(`Task?identifier=x`)).status], [403, 403, 400]);
    const others = devices.entry?.find(({ extension }) => JSON.stringify(extension).includes(dee.reader.practitioner));
    const managers = [
      await sent(pat, 'PUT', { ...stopList, entry: (stopList.entry ?? []).slice(1) }), await sent(pat, 'PUT', grown(stopList, lift(pat.reader.practitioner))), await sent(pat, 'PUT', grown(stopList, lift(ben.reader.practitioner, dee.reader.practitioner))),
      await sent(pat, 'PUT', grown(devices, { ...others, date: entry.date })), await sent(pat, 'POST', provenance(seen.task, dee.reader.practitioner)), await sent(pat, 'POST', provenance(of.document, pat.reader.practitioner)),
      await sent(pat, 'POST', { ...draft, requester: { reference: dee.reader.practitioner } }), await sent(pat, 'PUT', { ...await fhir.read<Task>(seen.task), status: 'requested' }),
    ];
    assert.deepEqual(managers, [422, 422, 403, 403, 403, 403, 403, 422]);
    assert(since(written).every(({ method, status }) => method === 'GET' || status >= 400));
    return `${clinicians.length} acts by a clinician: 403; ${managers.length} by a manager: ${managers.join(', ')}`;
  });

  await run('a manager reads no media, no statement, no review and no message, whatever the access rule', async () => {
    const author = { reference: ada.reader.practitioner };
    const review = await fhir.create({ resourceType: 'QuestionnaireResponse', status: 'in-progress', author });
    const message = await fhir.create({ resourceType: 'Communication', status: 'completed', sender: author, recipient: [{ reference: pat.reader.practitioner }] });
    const [{ entity = [] } = {}] = await fhir.search<Provenance>(`Provenance?target=${seen.task}`);
    const statement = entity[0]?.what.reference ?? '';
    assert(statement.startsWith('Binary/'), statement);
    const wanted = [of.binary, statement, 'Binary', `QuestionnaireResponse/${review.id}`, 'QuestionnaireResponse', `QuestionnaireResponse?author=${ada.reader.practitioner}`, `Communication/${message.id}`, 'Communication', `Communication?recipient=${pat.reader.practitioner}`, 'Questionnaire'];
    gateway.changed();
    await fresh(ada, pat, dee);
    for (const mode of ['rule', 'open'] as const) {
      gateway.mode = mode;
      try {
        for (const manager of [pat, dee]) for (const one of wanted) assert.equal((await manager.reader.ask(one)).status, 403, `${one} (${mode}, ${manager.reader.person.name})`);
        // These are there to be had.
        for (const one of [of.binary, `QuestionnaireResponse/${review.id}`, `Communication/${message.id}`]) assert.equal((await ada.reader.ask(one)).status, 200, one);
      } finally {
        gateway.mode = 'rule';
      }
    }
    return `${wanted.length} questions by two managers, with the rule and without one: 403; three of them by who may: 200`;
  });

  const verified = async (file: string): Promise<{ code: number; stdout: string }> => {
    const keys = everyone.flatMap((one) => ['--key', `${chainName(one.chain)}=${one.key}`]);
    return runProgram(process.execPath, ['scripts/audit.ts', 'verify', file, ...keys], { cwd: root, timeout: 60_000 });
  };
  const exported = async (): Promise<string> => {
    const console = await readAnew(pat);
    const { file } = await new Takeaways(pat.desk, console).events(everything(), 'chain');
    return path.join(pat.downloads, file);
  };

  await run('chains that are exported verify with no app, and a changed byte is named', async () => {
    for (const one of everyone) await send(one);
    const file = await exported();
    const { code, stdout } = await verified(file);
    assert.equal(code, 0, stdout);
    assert(stdout.includes(`OK: ${everyone.length} chains hold.`), stdout);
    const lines = readFileSync(file, 'utf8').split('\n');
    const number = lines.findIndex((line) => line.includes('"seq":42,'));
    const changed = JSON.parse(lines[number] ?? '') as { chain: number; entry: string; reference: string };
    const bytes = Buffer.from(changed.entry, 'base64');
    const at = bytes.indexOf('"at":"20') + 12;
    bytes[at] = bytes[at] === 0x31 ? 0x32 : 0x31;
    writeFileSync(`${file}.changed`, lines.with(number, JSON.stringify({ ...changed, entry: bytes.toString('base64') })).join('\n'));
    const tampered = await verified(`${file}.changed`);
    assert.equal(tampered.code, 1, tampered.stdout);
    const named = /First bad entry: (\d+) of (\S+) \((AuditEvent\/\d+)\)/.exec(tampered.stdout);
    assert.deepEqual([named?.[1], named?.[3], (tampered.stdout.match(/NOT OK\. First/g) ?? []).length], ['42', changed.reference, 1], tampered.stdout);
    return `${lines.length - 3} entries of ${everyone.length} chains: OK; one byte of ${changed.reference} changed: ${named?.[0] ?? ''}`;
  });

  await run('tampering at the server is found and named', async () => {
    const bens = new Map((await readBack(pat, ben)).map(({ seq, reference }) => [seq, reference]));
    const [edited, deleted, last] = [22, 40, ben.entries().length];
    const nameOf = (seq: number): string => {
      const reference = bens.get(seq);
      assert(reference, `there is no entry ${seq}`);
      return reference;
    };
    await fhir.update<AuditEvent>(nameOf(edited), ({ entity = [] }) => {
      const [detail] = entity.flatMap(({ detail: some = [] }) => some).filter(({ type }) => type === 'chain-entry');
      const text = Buffer.from(detail?.valueString ?? '', 'base64').toString();
      assert(detail && text.includes('"seconds":30'), text);
      detail.valueString = Buffer.from(text.replace('"seconds":30', '"seconds":3')).toString('base64');
    });
    // Who is signed in sees it with the next round, beside what was there before.
    const console = await consoleOf(pat.desk);
    await console.reading.catchUp();
    assert.deepEqual(findingsOf(await console.findings(), ben), [`edited ${edited}`]);
    for (const seq of [deleted, last]) await fhir.remove(nameOf(seq));
    const anew = await readAnew(pat);
    const found = findingsOf(await anew.findings(), ben);
    assert.deepEqual(found, [`edited ${edited}`, `gap ${deleted}`, `truncated ${last}`]);
    const { rows } = await anew.events(everything({ people: [ben.chain.sds] }), null, 200);
    const details = await Promise.all(rows.map(({ id }) => anew.details(id)));
    const about = details.filter(({ findings }) => findings.length > 0).map(({ sequence, reference, row: { seconds, proof } }) => [sequence, reference, seconds, proof]);
    assert.deepEqual(about.find(([sequence]) => sequence === edited), [edited, nameOf(edited), 3, 'broken']);
    assert.equal((await standing(pat, ben))?.proof, 'broken');
    for (const one of [ada, pat, dee]) assert.equal((await standing(pat, one))?.proof, 'verified', one.reader.person.name);
    // Another manager has seen as much of it before.
    assert.deepEqual(findingsOf(await (await readAnew(dee)).findings(), ben), found);
    const { code, stdout } = await verified(await exported());
    assert.deepEqual([code, /First bad entry: (\d+) of \S+ \((AuditEvent\/\d+)\)/.exec(stdout)?.slice(1)], [1, [String(edited), nameOf(edited)]], stdout);
    return `${found.join(', ')} (${nameOf(edited)}, ${nameOf(deleted)}, ${nameOf(last)}); of the other chains nothing; its export says so too`;
  });

  for (const one of everyone) await one.leave();
  return done;
}
