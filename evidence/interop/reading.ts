/** The second layer: what the app's own reading makes of HAPI and Keycloak, before any window is opened. */
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Bundle, Questionnaire, Resource, Task as FhirTask } from '@medplum/fhirtypes';
import { decodeJwt } from 'jose';
import { personCalled } from '../../practice/people.ts';
import { recordingStop } from '../../practice/stops.ts';
import { VR } from '../../practice/systems.ts';
import { confirmMedia } from '../../src/main/assurance/confirm.ts';
import { downloadMedia, type Already } from '../../src/main/service/media.ts';
import { readStopList } from '../../src/main/service/stopList.ts';
import { journey, type Journey } from './journeys.ts';
import { Reader } from './reader.ts';
import { LARGE, type SeededRecording } from './seed.ts';
import { OTHER_WORK, type World } from './world.ts';

/** Access tokens of this layer last this long, so that one can be seen to run out. */
export const TOKEN_SECONDS = 90;
const MANY = 5_000;

const sorted = (some: Iterable<string>): string[] => [...some].sort();

export async function reading(world: World, only?: string): Promise<Journey[]> {
  const { gateway, seeded, staff } = world;
  const done: Journey[] = [];
  const run = async (name: string, body: () => Promise<string>): Promise<void> => {
    if (only === undefined || name.includes(only)) await journey(done, 'reading', name, body);
  };
  const recording = (key: string): SeededRecording => {
    const found = seeded.recordings.find((one) => one.key === key);
    assert(found, `there is no recording ${key}`);
    return found;
  };
  const reviewsOf = (username: string) => seeded.recordings.flatMap(({ tasks }) => tasks.filter(({ owner }) => owner === username));
  const openReviews = (username: string): string[] => sorted(reviewsOf(username).filter(({ status }) => status !== 'cancelled').map(({ reference }) => reference));
  const admitted = async (reader: Reader): Promise<string[]> => sorted([...await reader.verdicts(await reader.tasks())].filter(([, { reasons }]) => reasons.length === 0).map(([task]) => task));
  const since = (mark: number) => gateway.log.slice(mark);

  const ada = await Reader.signIn(world, personCalled('ada'));

  await run('sign-in with a second factor', async () => {
    const ben = await Reader.signIn(world, personCalled('ben'));
    assert(ben.pages.some((fields) => fields.split(' ').includes('otp')), ben.pages.join(' | '));
    assert.deepEqual(await admitted(ben), openReviews('ben'));
    return `pages ${ben.pages.join(' | ')}; ${openReviews('ben').length} reviews`;
  });

  await run('what is mine is admitted, and nothing else', async () => {
    const verdicts = await ada.verdicts(await ada.tasks());
    assert.deepEqual(sorted(verdicts.keys()), sorted(reviewsOf('ada').map(({ reference }) => reference)));
    assert.deepEqual(await admitted(ada), openReviews('ada'));
    // Among them are signed assignments, over the names that HAPI gave.
    const peers = [...verdicts.values()].filter(({ assured }) => assured !== null && assured.review === 'peer').length;
    assert(peers > 0, 'no peer review among them');
    return `${openReviews('ada').length} of ${verdicts.size}, ${peers} by signed assignment`;
  });

  await run('media and transcripts are those that were signed', async () => {
    let [bytes, media, transcripts] = [0, 0, 0];
    for (const { assured } of (await ada.verdicts(await ada.tasks())).values()) {
      if (!assured) continue;
      const body = await downloaded(ada, assured.media.binary, assured.media.contentType);
      [bytes, media] = [bytes + body.length, media + 1];
      const received = confirmMedia(assured, { plainBytes: body.length, sha256: createHash('sha256').update(body).digest('base64url') });
      assert(received.ok, `${assured.recording}: ${received.ok ? '' : received.reasons.join()}`);
      if (!assured.transcript) continue;
      assert.equal(createHash('sha256').update(await downloaded(ada, assured.transcript.binary, 'text/vtt')).digest('base64url'), assured.transcript.sha256);
      transcripts += 1;
    }
    assert.equal(media, openReviews('ada').length);
    assert(transcripts > 0, 'there was no transcript');
    return `${media} recordings, ${bytes} bytes; ${transcripts} transcripts`;
  });

  await run('a download that broke off is had whole, although Range is not understood', async () => {
    const { binary, size, contentType, sha256 } = recording(LARGE);
    assert(size > 10_000_000);
    gateway.cut.set(binary, Math.floor(0.6 * size));
    const before = gateway.log.length;
    await assert.rejects(downloaded(ada, binary, contentType), /broke off/);
    gateway.cut.delete(binary);
    const from = Math.floor(size / 2);
    const body = await downloadMedia(ada.http, binary, contentType, new AbortController().signal, { from, total: size, etag: null });
    const parts: Uint8Array[] = [];
    for await (const part of body.chunks) parts.push(part);
    assert.deepEqual([body.from, body.etag], [0, null]);
    assert.equal(createHash('sha256').update(Buffer.concat(parts)).digest('base64url'), sha256);
    assert.deepEqual(since(before).map(({ status, range }) => [status, range]), [[200, null], [200, `bytes=${from}-`]]);
    return `asked for bytes=${from}-, answered 200 with all ${size}, the bytes that were signed`;
  });

  await run('pages: what comes after other work is found', async () => {
    const cara = await Reader.signIn(world, OTHER_WORK.of);
    const before = gateway.log.length;
    const tasks = await cara.tasks();
    const pages = since(before).filter(({ path }) => path.includes('_getpages')).length;
    assert(pages > 0, 'there was one page');
    assert.equal(tasks.length, OTHER_WORK.count + reviewsOf('cara').length);
    const others = tasks.filter((task) => !reviewsOf('cara').some(({ reference }) => reference === `Task/${task.id}`));
    assert(others.every(({ status }) => status === 'requested') && others.length === OTHER_WORK.count);
    assert.deepEqual(await admitted(cara), openReviews('cara'));
    return `${tasks.length} Tasks, ${pages} further page`;
  });

  await run('a page that the server has forgotten makes no shorter worklist', async () => {
    const cara = await Reader.signIn(world, OTHER_WORK.of);
    const before = gateway.log.length;
    gateway.stalePages = 1;
    await assert.rejects(cara.tasks(), (error: { code?: string }) => error.code === 'practice-error');
    const status = since(before).find(({ path }) => path.includes('_getpages'))?.status;
    assert.equal(status, 410);
    assert.equal((await cara.tasks()).length, OTHER_WORK.count + reviewsOf('cara').length);
    return 'HAPI answered 410; the app had no answer, and all of it the next time';
  });

  await run('what docs/backend.md warns of in HAPI is so', async () => {
    const { fhir } = seeded;
    const ask = async <T extends Resource = FhirTask>(query: string, headers: Record<string, string> = {}): Promise<Bundle<T>> => (await fetch(`${fhir.base}/${query}`, { headers: { accept: 'application/fhir+json', ...headers } })).json() as Promise<Bundle<T>>;
    const next = ({ link }: Bundle): boolean => (link ?? []).some(({ relation }) => relation === 'next');
    const owner = `Task?owner=${seeded.practitioner(OTHER_WORK.of)}`;
    const fresh = await ask(`${owner}&_count=200`, { 'cache-control': 'no-cache' });
    assert.deepEqual([fresh.entry?.length, next(fresh)], [50, true]);
    assert.equal(next(await ask(owner, { 'cache-control': 'no-store' })), false);
    const everybodys = new Set((await ask('Task?owner=&_count=50&_sort=-_id', { 'cache-control': 'no-cache' })).entry?.map(({ resource }) => resource?.owner?.reference));
    assert(everybodys.size > 1, 'an empty owner is nobody');
    // What was found up to a minute ago is found again, unless that will not do.
    const questions = { url: 'urn:interop:cache', query: 'Questionnaire?url=urn:interop:cache' };
    const found = async (headers = {}) => (await ask(questions.query, headers)).entry?.length ?? 0;
    assert.equal(await found(), 0);
    await fhir.create({ resourceType: 'Questionnaire', status: 'draft', url: questions.url });
    assert.deepEqual([await found(), await found({ 'cache-control': 'no-cache' })], [0, 1]);
    // What was found before is answered as it is now.
    const [questionnaire] = await fhir.search<Questionnaire>(questions.query);
    const statusOf = async () => (await ask<Questionnaire>(`Questionnaire?_id=${questionnaire?.id ?? ''}`)).entry?.map(({ resource }) => resource?.status);
    assert.deepEqual(await statusOf(), ['draft']);
    await fhir.update<Questionnaire>(`Questionnaire/${questionnaire?.id ?? ''}`, (resource) => {
      resource.status = 'active';
    });
    assert.deepEqual(await statusOf(), ['active']);
    for (const reference of ['Patient/999999', `${fhir.base}/${recording('01').patient}`]) {
      await assert.rejects(fhir.create<FhirTask>({ resourceType: 'Task', status: 'requested', intent: 'order', for: { reference } }), /answered 4\d\d/);
    }
    return '50 a page; one page with no-store; an empty owner is everybody; a search a minute old without no-cache; no reference to what is not there, none that is absolute';
  });

  await run('without a good token nothing is answered', async () => {
    const ask = async (token: string | null) => (await fetch(`${gateway.fhirBase}/Organization`, { headers: token === null ? {} : { authorization: `Bearer ${token}` } })).status;
    await ada.renew();
    const { access_token: good, refresh_token: refresh = '' } = ada.tokens;
    const [head = '', body = '', signature = ''] = good.split('.');
    const other = `${head}.${Buffer.from(JSON.stringify({ ...decodeJwt(good), scope: 'user/AuditEvent.rs user/Organization.rs' })).toString('base64url')}.${signature}`;
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`;
    assert.deepEqual([await ask(null), await ask('x'), await ask(refresh), await ask(other), await ask(unsigned), await ask(good)], [401, 401, 401, 401, 401, 200]);
    return 'none, no JWT, a refresh token, other scopes under the old signature, unsigned: 401; the good one 200';
  });

  await run('a token that was revoked counts until it expires', async () => {
    const cara = await Reader.signIn(world, personCalled('cara'));
    assert.equal((await world.provider.revoke(cara.tokens.refresh_token)).status, 200);
    await assert.rejects(cara.renew(), /invalid_grant/);
    assert.equal((await cara.ask('Organization')).status, 200);
    return 'no renewal, and 200 with the token that was there';
  });

  await run('the practice’s rule: of others nothing is answered, and scopes count', async () => {
    const theirs = seeded.recordings.find(({ tasks, patient }) => tasks.every(({ owner }) => owner !== 'ada') && seeded.recordings.every((one) => one.patient !== patient || one.tasks.every(({ owner }) => owner !== 'ada')));
    assert(theirs);
    const of = async (path: string) => (await ada.ask(path)).status;
    const direct = await Promise.all([theirs.document, theirs.binary, theirs.encounter, theirs.consent, theirs.patient, theirs.tasks[0]?.reference ?? ''].map(of));
    assert.deepEqual(direct, [403, 403, 403, 403, 403, 403]);
    const idOf = (reference: string): string => reference.split('/')[1] ?? '';
    const searched = await (await ada.ask(`DocumentReference?_id=${idOf(theirs.document)},${idOf(recording('01').document)}`)).json() as { entry?: { resource: { id: string } }[]; total?: number };
    assert.deepEqual([searched.entry?.map(({ resource }) => `DocumentReference/${resource.id}`), searched.total], [[recording('01').document], undefined]);
    assert.equal(await of('AuditEvent'), 403);
    // No way round: another format, a count, a question about others in a question about oneself, a validator, a condition, a change.
    for (const asked of [`DocumentReference?_id=${idOf(theirs.document)}&_format=xml`, 'Patient?_summary=count', 'Organization?_has:Patient:organization:family=Samplepatient', 'Task?owner.family=Exampleby', 'Task?_include=Task:focus']) assert.equal(await of(asked), 400, asked);
    assert.equal((await (await ada.ask('Patient?_count=1')).json() as { total?: number }).total, undefined);
    assert.equal((await ada.ask(theirs.document, { headers: { 'if-none-match': 'W/"1"' } })).status, 403);
    const change = await ada.ask(theirs.tasks[0]?.reference ?? '', { method: 'PUT', body: JSON.stringify(await seeded.fhir.read(theirs.tasks[0]?.reference ?? '')), headers: { 'content-type': 'application/fhir+json' } });
    assert.equal(change.status, 403);
    const onCondition = await ada.ask('Communication', { method: 'POST', body: '{"resourceType":"Communication","status":"completed"}', headers: { 'content-type': 'application/fhir+json', 'if-none-exist': '_lastUpdated=gt2000-01-01' } });
    assert.equal(onCondition.status, 412);
    const manager = await Reader.signIn(world, personCalled('pat'), 'manager');
    assert.deepEqual([(await manager.ask('AuditEvent')).status, (await manager.ask(recording('01').binary)).status], [200, 403]);
    return `${direct.length} of another’s: 403; a search gives one of two; no way round; a clinician reads no AuditEvents, a manager no media`;
  });

  await run('an access record arrives once, and a manager reads it back', async () => {
    const id = crypto.randomUUID();
    const record = { resourceType: 'AuditEvent', type: { system: 'http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle', code: 'access' }, recorded: new Date().toISOString(), agent: [{ who: { reference: ada.practitioner }, requestor: true }], source: { observer: { display: 'interop' } }, entity: [{ name: id, detail: [{ type: 'chain-entry', valueString: 'eyJzZXEiOjF9' }] }] };
    const send = async () => {
      const answer = await ada.ask('AuditEvent', { method: 'POST', body: JSON.stringify(record), headers: { 'content-type': 'application/fhir+json', 'if-none-exist': `entity-name=${id}`, prefer: 'return=representation' } });
      return { status: answer.status, id: (await answer.json() as { id: string }).id };
    };
    const [first, second] = [await send(), await send()];
    assert.deepEqual([first.status, second], [201, { status: 200, id: first.id }]);
    const manager = await Reader.signIn(world, personCalled('pat'), 'manager');
    const found = await (await manager.ask(`AuditEvent?entity-name=${id}`)).json() as { entry?: { resource: { entity?: unknown } }[] };
    assert.deepEqual(found.entry?.map(({ resource }) => resource.entity), [record.entity]);
    return `201, then 200 with AuditEvent/${first.id}`;
  });

  await run('withdrawn, reassigned, refused by the patient: seen at once', async () => {
    const [cancelled, moved, refused] = [recording('02'), recording('05'), recording('07')];
    const task = (of: SeededRecording) => of.tasks[0]?.reference ?? '';
    // Asked before, so that an answer from a cache would be the old one.
    assert.deepEqual(await admitted(ada), openReviews('ada'));
    await staff.cancel(task(cancelled));
    await staff.reassign(task(moved), personCalled('ben'));
    await staff.withdrawConsent(refused.consent);
    const ben = await Reader.signIn(world, personCalled('ben'));
    const verdicts = await ada.verdicts(await ada.tasks());
    const theirs = (await ben.verdicts(await ben.tasks())).get(task(moved));
    assert.equal(theirs?.assured?.review, 'peer', theirs?.reasons.join());
    const reasons = [cancelled, moved, refused].map((one) => verdicts.get(task(one))?.reasons ?? null);
    assert(reasons[0]?.length && reasons[1] === null && reasons[2]?.some((reason) => reason.startsWith('consent')), JSON.stringify(reasons));
    assert.equal((await ada.ask(cancelled.document)).status, 403);
    assert.deepEqual(await admitted(ada), openReviews('ada').filter((one) => ![cancelled, moved, refused].some((gone) => task(gone) === one)));
    return `${reasons[0].join()}; no longer there, and with its new owner by signed assignment; ${reasons[2]?.join() ?? ''}`;
  });

  await run('the stop list', async () => {
    const before = await readStopList(ada.http);
    assert.deepEqual([before.state, before.found, before.stops], ['read', true, []]);
    const stopped = recordingStop(recording('08').masterIdentifier);
    await staff.stop(stopped, 'wrong-patient');
    const after = await readStopList(ada.http);
    assert.deepEqual([after.state, after.stops.map(({ system, value }) => ({ system, value }))], ['read', [stopped]]);
    return 'empty, then one stop, at once';
  });

  await run('no access rule at all: everybody’s is offered, mine alone is admitted', async () => {
    const before = await admitted(ada);
    gateway.mode = 'open';
    try {
      const tasks = await ada.tasks();
      const strangers = tasks.filter(({ owner }) => owner?.reference !== ada.practitioner).length;
      assert(strangers > 60 + 20, `only ${strangers} of others were offered`);
      assert.equal((await ada.ask(recording('15').binary)).status, 200);
      const verdicts = await ada.verdicts(tasks);
      assert.deepEqual(sorted([...verdicts].filter(([, { reasons }]) => reasons.length === 0).map(([task]) => task)), before);
      return `${before.length} of ${verdicts.size}; ${strangers} were of others`;
    } finally {
      gateway.mode = 'rule';
    }
  });

  await run('a token that has run out is renewed', async () => {
    const old = ada.tokens.access_token;
    const until = (decodeJwt(old).exp ?? 0) * 1000;
    while (Date.now() < until + 1_000) await wait(1_000);
    const status = (await ada.ask('Organization')).status;
    assert.equal(status, 401);
    const { renewals } = ada;
    await ada.tasks();
    assert.deepEqual([ada.renewals, ada.tokens.access_token === old], [renewals + 1, false]);
    return `401 after ${TOKEN_SECONDS} s, then one renewal`;
  });

  await run('servers that restart have what they had', async () => {
    const before = await admitted(ada);
    await world.halt('hapi');
    try {
      assert.equal((await ada.ask('Task')).status, 502);
      await assert.rejects(ada.tasks(), (error: { code?: string }) => error.code === 'practice-unreachable');
    } finally {
      await world.resume('hapi');
    }
    gateway.changed();
    assert.deepEqual(await admitted(ada), before);
    await world.halt('keycloak');
    await world.resume('keycloak');
    await ada.renew();
    assert.deepEqual(await admitted(ada), before);
    return `${before.length} reviews before and after; the refresh token still counts`;
  });

  await run(`${MANY} Tasks for one clinician`, async () => {
    const cara = await Reader.signIn(world, personCalled('cara'));
    const own = seeded.recordings.filter(({ tasks }) => tasks.some(({ owner }) => owner === 'cara'));
    const loading = performance.now();
    await staff.assign(cara.person, MANY, (number) => finishedReview(number, own));
    const loaded = Math.round((performance.now() - loading) / 1000);
    const figures: string[] = [];
    for (const round of ['first', 'again']) {
      const [before, started] = [gateway.log.length, performance.now()];
      const tasks = await cara.tasks();
      const listed = performance.now();
      assert.equal(tasks.length, MANY + OTHER_WORK.count + reviewsOf('cara').length);
      const verdicts = await cara.verdicts(tasks);
      assert.deepEqual(sorted([...verdicts].filter(([, { reasons }]) => reasons.length === 0).map(([task]) => task)), openReviews('cara'));
      figures.push(`${round}: list ${Math.round((listed - started) / 100) / 10} s, evidence ${Math.round((performance.now() - listed) / 100) / 10} s, ${gateway.log.length - before} requests`);
    }
    return `${figures.join('; ')} (loaded in ${loaded} s)`;
  });

  return done;
}

/** Of long ago: everything about it can be read, and nothing of it is shown any more. */
function finishedReview(number: number, recordings: readonly SeededRecording[]): Omit<FhirTask, 'resourceType' | 'owner'> {
  const { document, patient, encounter } = recordings[number % recordings.length] ?? { document: '', patient: '', encounter: '' };
  return {
    status: 'completed', intent: 'order', code: { coding: [{ system: `${VR}/CodeSystem/task-type`, code: 'review-recording' }] }, description: `Finished review ${number + 1}`,
    focus: { reference: document }, for: { reference: patient }, encounter: { reference: encounter }, lastModified: '2025-01-01T00:00:00Z',
  };
}

async function downloaded(reader: Reader, binary: string, contentType: string, already: Already | null = null): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of (await downloadMedia(reader.http, binary, contentType, new AbortController().signal, already)).chunks) parts.push(part);
  return Buffer.concat(parts);
}
