/** The second layer's third part: the app's own reviewing, at computers in Node, and what HAPI then has of it: read from HAPI itself, past the gateway and the app. */
import { strict as assert } from 'node:assert';
import type { Communication, QuestionnaireResponse, QuestionnaireResponseItem, Resource, Task } from '@medplum/fhirtypes';
import type { WithId } from '@medplum/core';
import type { NoteFields } from '../../src/preload/review.ts';
import { personCalled } from '../../practice/people.ts';
import { VR } from '../../practice/systems.ts';
import { deliverWork } from '../../src/main/journeys/reviewing/deliverWork.ts';
import { dropKeptWork, keptWork, learnTheirs, releaseForm, removeNote, reviewView, saveDraft, saveForm, saveNote, sayRoom, sendMessage, takeStep } from '../../src/main/journeys/reviewing/reviewing.ts';
import type { Fetch } from '../../src/main/service/http.ts';
import { Computer } from './computer.ts';
import type { Mode } from './gateway/gateway.ts';
import { journey, type Journey } from './journeys.ts';
import type { SeededRecording } from './seed.ts';
import type { World } from './world.ts';

const NOTES = `${VR}/Questionnaire/notes|1`;
const COT = `${VR}/Questionnaire/cot|1`;
const FREE = `${VR}/Questionnaire/free|1`;
const REJECT_REASON = `${VR}/CodeSystem/reject-reason`;
const TASK_OUTPUT = `${VR}/CodeSystem/task-output`;
/** What a person may paste: lines, marks, more than one script, an emoji of several code points, what elsewhere is markup. */
const WORDS = 'Asks “what else?”,\tthen waits\r\n– 3 s –\n<b>&amp; 👩🏽‍⚕️ مرحبا {"a":1} \\';
/** What no FHIR string may have: a line break within a paragraph, as word processors copy it, and half an emoji. */
const UNSAYABLE = 'One line\u000band the next, cut off \ud83d';

const point = (from: number, text: string): NoteFields => ({ kind: 'point', from, until: null, category: 'strength', text });
const grade = (value: number, ...cites: string[]) => ({ grade: value, text: '', cites });
const written = (text: string) => ({ grade: null, text, cites: [] });
const broken: Fetch = async () => Promise.reject(new TypeError('no network'));

export async function reviewing(world: World, only?: string): Promise<Journey[]> {
  const { gateway, seeded, staff } = world;
  const { fhir } = seeded;
  const done: Journey[] = [];
  const run = async (name: string, body: () => Promise<string>): Promise<void> => {
    const named = `reviewing: ${name}`;
    if (only === undefined || named.includes(only)) await journey(done, 'reading', named, body);
  };
  const recording = (key: string): SeededRecording => {
    const found = seeded.recordings.find((one) => one.key === key);
    assert(found, `there is no recording ${key}`);
    return found;
  };
  const taskOf = (key: string, owner: string): string => {
    const found = recording(key).tasks.find((one) => one.owner === owner);
    assert(found, `${owner} has no review of ${key}`);
    return found.reference;
  };
  const computers = new Map<string, Promise<Computer>>();
  const at = async (username: string): Promise<Computer> => {
    const known = computers.get(username) ?? Computer.of(world, username, 'clinician').then(async (computer) => computer.enter().then(() => computer));
    computers.set(username, known);
    return known;
  };
  const reference = (username: string): string => seeded.practitioner(personCalled(username));

  const statusesOf = async (resource: string): Promise<(string | undefined)[]> => (await fhir.versions<Task | QuestionnaireResponse>(resource)).map(({ status }) => status).reverse();
  const versionOf = ({ meta }: Resource): number => Number(meta?.versionId);
  const responsesOf = async (author: string, { document }: SeededRecording) => fhir.search<QuestionnaireResponse>(`QuestionnaireResponse?author=${reference(author)}&subject=${document}`);
  const messagesAbout = async ({ document, patient }: SeededRecording) => (await fhir.search<Communication>(`Communication?subject=${patient}`)).filter(({ about = [] }) => about.some((one) => one.reference === document));

  /** What HAPI has under the name that this computer gave it: one, at the place that it was told. */
  const kept = async <T extends QuestionnaireResponse | Communication>(who: Computer, task: string, kind: 'notes' | 'form' | 'message', ref = ''): Promise<WithId<T>> => {
    const name = who.names(task).find((one) => one.kind === kind && one.ref === ref);
    assert(name, `${kind} ${ref} was never sent`);
    const [type, system] = kind === 'message' ? ['Communication', `${VR}/message`] : ['QuestionnaireResponse', `${VR}/review`];
    const found = await fhir.search<T>(`${type}?identifier=${encodeURIComponent(`${system}|urn:uuid:${name.uuid}`)}`);
    assert.deepEqual(found.map(({ id }) => `${type}/${id}`), [name.reference], `${kind} ${ref} is there ${found.length} times`);
    const [one] = found;
    assert(one);
    return one;
  };
  const validated = async (...resources: Resource[]): Promise<void> => {
    for (const resource of resources) assert.deepEqual((await fhir.validate(resource)).errors, [], `HAPI's validator has something against ${resource.resourceType}/${resource.id ?? ''}`);
  };
  /** Who wrote it, about what, in which consultation. */
  const isAbout = ({ subject, encounter, author, authored }: QuestionnaireResponse, of: SeededRecording, username: string): void => {
    assert.deepEqual([subject?.reference, encounter?.reference, author?.reference], [of.document, of.encounter, reference(username)]);
    assert(Math.abs(Date.now() - Date.parse(authored ?? '')) < 10 * 60_000, `authored ${String(authored)}`);
  };
  /** [text, place, kind, category, id] of each note. */
  const notesIn = ({ item = [] }: QuestionnaireResponse) => item.filter(({ linkId }) => linkId === 'comment').flatMap(({ answer = [] }) => answer.map(({ valueString, item: parts = [] }) => {
    assert.deepEqual(parts.map(({ linkId, answer: said = [] }) => [linkId, said.length]), ['at', 'kind', 'category', 'id'].map((part) => [`comment.${part}`, 1]));
    return [valueString, ...parts.map(({ answer: said = [] }) => said[0]?.valueUri ?? said[0]?.valueString)];
  }));
  const putsOf = (mark: number, type: string): number[] => gateway.log.slice(mark).filter(({ method, path }) => method === 'PUT' && path.startsWith(`/fhir/${type}/`)).map(({ status }) => status);
  /** What a clinician's step leaves as it was. */
  const untouched = ({ meta: _meta, text: _text, status: _status, statusReason: _reason, lastModified: _at, output: _output, ...rest }: Task): object => rest;

  await run('notes are one response, and a change is a change of it', async () => {
    const [ben, of, task] = [await at('ben'), recording('18'), taskOf('18', 'ben')];
    const row = ben.open(task);
    const before = await fhir.read<Task>(task);
    const [first] = (await saveNote(ben.desk, row, null, point(12.5, WORDS))).notes;
    const id = first?.id ?? '';
    await saveNote(ben.desk, row, null, { kind: 'range', from: 20, until: 24.25, category: 'development', text: 'Sums up' });
    await saveNote(ben.desk, row, null, { kind: 'mask', from: 30.111, until: 31, category: 'general', text: '' });
    await ben.deliver();
    const one = await kept<QuestionnaireResponse>(ben, task, 'notes');
    isAbout(one, of, 'ben');
    assert.deepEqual([one.questionnaire, one.status, versionOf(one)], [NOTES, 'in-progress', 1]);
    const [point1, range, mask] = notesIn(one);
    assert.deepEqual([point1, range?.slice(0, 4), mask?.slice(0, 4)], [[WORDS, `${of.binary}#t=12.5`, 'point', 'strength', `urn:uuid:${id}`], ['Sums up', `${of.binary}#t=20,24.25`, 'range', 'development'], ['-', `${of.binary}#t=30.11,31`, 'mask', 'general']]);
    // Who begins to write has begun.
    const begun = await fhir.read<Task>(task);
    assert.deepEqual([begun.status, versionOf(begun), untouched(begun)], ['in-progress', versionOf(before) + 1, untouched(before)]);

    const sent: [string, string | null][] = [];
    ben.reader.line = async (url, init) => {
      if (init?.method === 'PUT') sent.push([url.replace(`${gateway.fhirBase}/`, ''), new Headers(init.headers).get('if-match')]);
      return fetch(url, init);
    };
    await saveNote(ben.desk, row, id, { ...point(13, 'x'.repeat(20_000)), category: 'safety' });
    await ben.deliver();
    const two = await kept<QuestionnaireResponse>(ben, task, 'notes');
    assert.deepEqual([two.id, versionOf(two), notesIn(two)[0]], [one.id, 2, ['x'.repeat(20_000), `${of.binary}#t=13`, 'point', 'safety', `urn:uuid:${id}`]]);
    for (const note of (await reviewView(ben.desk, row)).notes.filter(({ kind }) => kind !== 'mask')) await removeNote(ben.desk, row, note.id);
    await sayRoom(ben.desk, row, ['Demo Trainee', 'Demo Nurse']);
    await ben.deliver();
    const three = await kept<QuestionnaireResponse>(ben, task, 'notes');
    assert.deepEqual([three.id, versionOf(three), notesIn(three).map(([, place]) => place), three.item?.at(-1)], [one.id, 3, [`${of.binary}#t=30.11,31`], { linkId: 'room', answer: [{ valueString: 'Demo Trainee' }, { valueString: 'Demo Nurse' }] }]);
    for (const note of (await reviewView(ben.desk, row)).notes) await removeNote(ben.desk, row, note.id);
    await ben.deliver();
    ben.reader.line = fetch;
    const four = await kept<QuestionnaireResponse>(ben, task, 'notes');
    assert.deepEqual([four.id, versionOf(four), notesIn(four)], [one.id, 4, []]);
    const path = `QuestionnaireResponse/${one.id}`;
    assert.deepEqual(sent, [1, 2, 3].map((version) => [path, `W/"${version}"`]));
    assert.deepEqual([(await responsesOf('ben', of)).length, (await fhir.versions(path)).length, versionOf(await fhir.read<Task>(task))], [1, 4, versionOf(begun)]);
    await validated(one, two, three, four, begun);
    // What the validator would have said.
    const { errors } = await fhir.validate({ ...one, item: [{ linkId: 'comment', answer: [{ valueInteger: 1 }] }, { linkId: 'invented' }] });
    assert(errors.length >= 2, errors.join(' '));
    return `one ${path}: versions 1 to 4, each PUT with If-Match of the one before; HAPI's validator takes all four, and has ${errors.length} errors against one that is none`;
  });

  await run('what FHIR cannot say is not what a note is lost for', async () => {
    const [ben, of, task] = [await at('ben'), recording('12'), taskOf('12', 'ben')];
    const row = ben.open(task);
    await saveNote(ben.desk, row, null, point(1, UNSAYABLE));
    await saveForm(ben.desk, row, FREE, { 'free.well': written(UNSAYABLE), 'free.next': written('  with spaces around it \n') });
    await ben.deliver();
    const [notes, form] = [await kept<QuestionnaireResponse>(ben, task, 'notes'), await kept<QuestionnaireResponse>(ben, task, 'form', FREE)];
    const said = [notesIn(notes)[0]?.[0], ...(form.item ?? []).map(({ answer = [] }) => answer[0]?.valueString)];
    assert.deepEqual(said, ['One line\nand the next, cut off \ufffd', 'One line\nand the next, cut off \ufffd', '  with spaces around it \n']);
    assert.deepEqual((await reviewView(ben.desk, row)).responses.map(({ work }) => work), ['sent']);
    await validated(notes, form);
    assert.equal((await responsesOf('ben', of)).length, 2);
    return 'a vertical tab is a line break there, and half a character the sign for one that is missing';
  });

  await run('accepted, begun, completed with what it consists of', async () => {
    const [ben, of, task] = [await at('ben'), recording('20'), taskOf('20', 'ben')];
    const row = ben.open(task);
    const before = await fhir.read<Task>(task);
    assert.equal(before.status, 'requested');
    await takeStep(ben.desk, row, 'accepted', null, null);
    await ben.deliver();
    assert.equal((await fhir.read<Task>(task)).status, 'accepted');
    const { notes: [note] } = await saveNote(ben.desk, row, null, point(4, 'Safety net was given'));
    await ben.deliver();
    await saveForm(ben.desk, row, COT, { 'cot.1': grade(2, note?.id ?? ''), 'cot.13': grade(3) });
    await takeStep(ben.desk, row, 'completed', null, null);
    await ben.deliver();
    const [after, notes, form] = [await fhir.read<Task>(task), await kept<QuestionnaireResponse>(ben, task, 'notes'), await kept<QuestionnaireResponse>(ben, task, 'form', COT)];
    assert.deepEqual(await statusesOf(task), ['requested', 'accepted', 'in-progress', 'completed']);
    assert.deepEqual([versionOf(after), untouched(after)], [versionOf(before) + 3, untouched(before)]);
    assert.deepEqual(after.output, [form, notes].map(({ id }) => ({ type: { coding: [{ system: TASK_OUTPUT, code: 'review' }] }, valueReference: { reference: `QuestionnaireResponse/${id}` } })));
    assert(Math.abs(Date.now() - Date.parse(after.lastModified ?? '')) < 60_000);
    // The review is finished, and a form that was not released is a draft still.
    assert.deepEqual([notes.status, form.status, (await responsesOf('ben', of)).length], ['completed', 'in-progress', 2]);
    assert.deepEqual(await statusesOf(`QuestionnaireResponse/${notes.id}`), ['in-progress', 'completed']);
    await validated(after, notes, form);
    const { status, statusWork } = await reviewView(ben.desk, row);
    assert.deepEqual([status, statusWork], ['completed', 'sent']);
    return `${(await statusesOf(task)).join(', ')}: four versions of ${task}, ${after.output.length} outputs, nothing else of it changed`;
  });

  await run('turned down with a reason, and closed to who turned it down', async () => {
    const [ben, of, task] = [await at('ben'), recording('19'), taskOf('19', 'ben')];
    const before = await fhir.read<Task>(task);
    await ben.reader.renew();
    assert.equal((await ben.reader.ask(of.document)).status, 200);
    await takeStep(ben.desk, ben.open(task), 'rejected', 'conflict-of-interest', 'The patient is a relative');
    await ben.deliver();
    const after = await fhir.read<Task>(task);
    assert.deepEqual([after.status, after.statusReason, after.output, versionOf(after), untouched(after)], ['rejected', { coding: [{ system: REJECT_REASON, code: 'conflict-of-interest' }], text: 'The patient is a relative' }, undefined, versionOf(before) + 1, untouched(before)]);
    await validated(after);
    await ben.reader.renew();
    assert.deepEqual([(await responsesOf('ben', of)).length, (await ben.reader.ask(of.document)).status, (await ben.reader.ask(task)).status], [0, 403, 200]);
    await ben.sync();
    assert.deepEqual([ben.desk.vaultOrThrow().library.assignmentOf(task), await keptWork(ben.desk)], [null, []]);
    return `${before.status}, then rejected (conflict-of-interest) in one change; the recording 403, the Task 200`;
  });

  const items = (response: QuestionnaireResponse): (QuestionnaireResponseItem | undefined)[] => response.item ?? [];
  /** Whether someone gets it from the gateway, however they ask. */
  const gets = async (who: Computer, resource: string, queries: readonly string[]): Promise<boolean> => {
    await who.reader.renew();
    const [type = '', id = ''] = resource.split('/');
    const direct = (await who.reader.ask(resource)).status;
    assert([200, 403].includes(direct), `${resource}: ${direct}`);
    for (const query of [`${type}?_id=${id}`, ...queries.map((one) => `${type}?${one}`)]) {
      const answer = await who.reader.ask(query);
      const bundle = await answer.json() as { entry?: { resource: { id: string } }[]; total?: number };
      assert.deepEqual([answer.status, bundle.total], [200, undefined], query);
      assert.equal((bundle.entry ?? []).some((one) => one.resource.id === id), direct === 200, `${query} says otherwise than ${resource}`);
    }
    return direct === 200;
  };

  await run('a form is its author’s alone until it is released; then the trainee reads it, and nobody else', async () => {
    const [of, task, traineesTask] = [recording('15'), taskOf('15', 'dee'), taskOf('15', 'ben')];
    const [dee, ben, ada] = [await at('dee'), await at('ben'), await at('ada')];
    const row = dee.open(task);
    const { notes } = await saveNote(dee.desk, row, null, { kind: 'range', from: 3.5, until: 6, category: 'strength', text: 'An open question' });
    await saveNote(dee.desk, row, null, point(9, 'Kept for herself until then'));
    const cited = notes[0]?.id ?? '';
    await saveForm(dee.desk, row, COT, { 'cot.1': grade(3, cited), 'cot.6': grade(0), feedback: written('Calm and <i>clear</i>') });
    await dee.deliver();
    const draft = await kept<QuestionnaireResponse>(dee, task, 'form', COT);
    assert.deepEqual([draft.status, (await kept<QuestionnaireResponse>(dee, task, 'notes')).status], ['in-progress', 'in-progress']);
    const [formAt, notesAt] = [`QuestionnaireResponse/${draft.id}`, dee.names(task).find(({ kind }) => kind === 'notes')?.reference ?? ''];
    const queries = [`subject=${of.document}`];
    const read = async (who: Computer): Promise<boolean[]> => [await gets(who, formAt, queries), await gets(who, notesAt, queries)];
    const everyone = async () => [await read(dee), await read(ben), await read(ada)].map((one) => one.join());
    assert.deepEqual(await everyone(), ['true,true', 'false,false', 'false,false']);
    const theirRow = ben.open(traineesTask);
    const seen = async () => {
      await learnTheirs(ben.desk, [theirRow]);
      return reviewView(ben.desk, theirRow);
    };
    const unseen = await seen();
    assert.deepEqual([unseen.othersResponses, unseen.othersNotes], [[], []]);

    await saveForm(dee.desk, row, COT, { 'cot.2': grade(1), 'cot.1': grade(3, cited), 'cot.6': grade(0), feedback: written('Calm and <i>clear</i>') });
    await releaseForm(dee.desk, row, COT);
    await dee.deliver();
    const released = await kept<QuestionnaireResponse>(dee, task, 'form', COT);
    isAbout(released, of, 'dee');
    assert.deepEqual([released.id, released.status, versionOf(released), await statusesOf(notesAt)], [draft.id, 'completed', 2, ['in-progress', 'completed']]);
    assert.deepEqual(items(released), [
      { linkId: 'cot.1', answer: [{ valueInteger: 3, item: [{ linkId: 'cot.1.cites', answer: [{ valueUri: `urn:uuid:${cited}` }] }] }] }, { linkId: 'cot.2', answer: [{ valueInteger: 1 }] }, { linkId: 'cot.6', answer: [{ valueInteger: 0 }] },
      { linkId: 'feedback', answer: [{ valueString: 'Calm and <i>clear</i>' }] },
    ]);
    assert.equal((await responsesOf('dee', of)).length, 2);
    await validated(released, await kept<QuestionnaireResponse>(dee, task, 'notes'));
    assert.deepEqual(await everyone(), ['true,true', 'true,true', 'false,false']);
    const { othersResponses, othersNotes } = await seen();
    assert.deepEqual(othersResponses.map(({ form, author, answers }) => [form, author, answers]), [[COT, personCalled('dee').name, { 'cot.1': grade(3, cited), 'cot.2': grade(1), 'cot.6': grade(0), feedback: written('Calm and <i>clear</i>') }]]);
    assert.deepEqual(othersNotes.map(({ id, from, until, text }) => [id === cited, from, until, text]), [[true, 3.5, 6, 'An open question'], [false, 9, null, 'Kept for herself until then']]);
    // What was released is changed by nobody else, nor had by its name.
    const send = async (who: Computer, method: 'PUT' | 'POST', target: string, resource: Resource, headers: Record<string, string> = {}): Promise<number> => (await who.reader.ask(target, { method, body: JSON.stringify(resource), headers: { 'content-type': 'application/fhir+json', ...headers } })).status;
    const { id: _id, meta: _meta, ...named } = released;
    const refused = [
      await send(ben, 'PUT', formAt, { ...released, status: 'amended' }), await send(ben, 'PUT', formAt, { ...released, author: { reference: reference('ben') } }), await send(ada, 'PUT', formAt, released),
      await send(ada, 'POST', 'QuestionnaireResponse', { ...named, author: { reference: reference('ada') } }, { 'if-none-exist': `identifier=${named.identifier?.system ?? ''}|${named.identifier?.value ?? ''}` }),
    ];
    assert.deepEqual([refused, versionOf(await fhir.read(formAt))], [[403, 403, 403, 403], 2]);
    await assert.rejects(saveForm(dee.desk, row, COT, {}), { code: 'bad-request' });
    return `${formAt} and ${notesAt}: in-progress, 403 and not found for the trainee; completed, and read with their citations; 403 for a colleague throughout`;
  });

  await run('a reply goes to whom it concerns, once although its answers are lost, and nobody else reads it', async () => {
    const [of, task, trainersTask] = [recording('15'), taskOf('15', 'ben'), taskOf('15', 'dee')];
    const [dee, ben, ada] = [await at('dee'), await at('ben'), await at('ada')];
    const [row, trainersRow] = [ben.open(task), dee.open(trainersTask)];
    await learnTheirs(ben.desk, [row]);
    assert.deepEqual((await reviewView(ben.desk, row)).others, [personCalled('dee').name]);
    const before = (await messagesAbout(of)).length;
    // Both tries of a first round.
    gateway.lost.set('POST Communication', 2);
    const mark = gateway.log.length;
    await sendMessage(ben.desk, row, `Thank you. ${WORDS}`, 4.256);
    await ben.deliver();
    assert.equal(gateway.lost.get('POST Communication'), 0);
    const posts = gateway.log.slice(mark).filter(({ method, path }) => method === 'POST' && path === '/fhir/Communication').map(({ status }) => status);
    assert.deepEqual(posts, [0, 0, 200]);
    const id = (await reviewView(ben.desk, row)).thread.at(-1)?.id ?? '';
    const message = await kept<Communication>(ben, task, 'message', id);
    const { meta: _meta, id: _id, sent, ...rest } = message;
    assert.deepEqual(rest, {
      resourceType: 'Communication', identifier: [{ system: `${VR}/message`, value: `urn:uuid:${id}` }], status: 'completed', subject: { reference: of.patient }, about: [{ reference: of.document }], sender: { reference: reference('ben') },
      recipient: [{ reference: reference('dee') }], payload: [{ contentString: `Thank you. ${WORDS}` }], extension: [{ url: `${VR}/StructureDefinition/position`, valueDecimal: 4.26 }],
    });
    assert(Math.abs(Date.now() - Date.parse(sent ?? '')) < 120_000);
    assert.deepEqual([(await messagesAbout(of)).length, versionOf(message)], [before + 1, 1]);
    await learnTheirs(dee.desk, [trainersRow]);
    const { thread } = await reviewView(dee.desk, trainersRow);
    assert.deepEqual(thread.map(({ mine, author, text, position }) => [mine, author, text, position]), [[false, personCalled('ben').name, `Thank you. ${WORDS}`, 4.26]]);
    await sendMessage(dee.desk, trainersRow, 'And to you', null);
    await dee.deliver();
    const answer = await kept<Communication>(dee, trainersTask, 'message', (await reviewView(dee.desk, trainersRow)).thread.at(-1)?.id ?? '');
    assert.deepEqual([answer.sender?.reference, answer.recipient?.map((one) => one.reference), answer.extension], [reference('dee'), [reference('ben')], undefined]);
    await validated(message, answer);
    for (const one of [message, answer]) {
      const queries = ['sender', 'recipient'].flatMap((by) => ['ben', 'dee'].map((who) => `${by}=${reference(who)}`));
      assert.deepEqual([await gets(ben, `Communication/${one.id}`, []), await gets(dee, `Communication/${one.id}`, []), await gets(ada, `Communication/${one.id}`, [])], [true, true, false]);
      for (const query of queries) assert.deepEqual(((await (await ada.reader.ask(`Communication?${query}`)).json()) as { entry?: unknown[] }).entry ?? [], [], query);
    }
    return `POST ${posts.join(', ')}: one Communication/${message.id}, and one answer to it; nothing of them for a colleague`;
  });

  await run('a thread longer than a page comes whole', async () => {
    const [of, task] = [recording('15'), taskOf('15', 'ben')];
    const ben = await at('ben');
    const row = ben.open(task);
    const before = (await messagesAbout(of)).length;
    const more = 60;
    await fhir.transaction(Array.from({ length: more }, (_, number) => ({
      fullUrl: `urn:uuid:${crypto.randomUUID()}`, request: { method: 'POST' as const, url: 'Communication' },
      resource: { resourceType: 'Communication' as const, status: 'completed' as const, subject: { reference: of.patient }, about: [{ reference: of.document }], sent: new Date(Date.now() - 1_000 * number).toISOString(), sender: { reference: reference('dee') }, recipient: [{ reference: reference('ben') }], payload: [{ contentString: `Message ${number}` }] },
    })));
    gateway.changed();
    const mark = gateway.log.length;
    await learnTheirs(ben.desk, [row]);
    const pages = gateway.log.slice(mark).filter(({ path }) => path.includes('_getpages')).length;
    const { thread } = await reviewView(ben.desk, row);
    assert.deepEqual([thread.length, pages > 0], [before + more, true]);
    return `${thread.length} messages, ${pages} further page`;
  });

  await run('done without the practice, delivered exactly once although answers are lost', async () => {
    const [ben, of, task] = [await at('ben'), recording('14'), taskOf('14', 'ben')];
    const row = ben.open(task);
    const before = await fhir.read<Task>(task);
    await world.halt('hapi');
    try {
      const { notes } = await saveNote(ben.desk, row, null, point(2, 'First'));
      await saveNote(ben.desk, row, null, point(5, 'Second'));
      await saveNote(ben.desk, row, notes[0]?.id ?? '', point(2, 'First, changed'));
      await saveForm(ben.desk, row, FREE, { 'free.well': { ...written('Listened'), cites: [notes[0]?.id ?? ''] } });
      await deliverWork(ben.desk);
      await releaseForm(ben.desk, row, FREE);
      await takeStep(ben.desk, row, 'completed', null, null);
      ben.reader.line = broken;
      await deliverWork(ben.desk);
      ben.reader.line = fetch;
      const { status, statusWork, notes: here, responses } = await reviewView(ben.desk, row);
      assert.deepEqual([status, statusWork, here.map(({ state }) => state), responses.map(({ state, work }) => [state, work]), ben.waiting()], ['completed', 'here', ['here', 'here'], [['released', 'here']], 3]);
    } finally {
      await world.resume('hapi');
    }
    gateway.changed();
    assert.deepEqual([(await responsesOf('ben', of)).length, versionOf(await fhir.read(task))], [0, versionOf(before)]);
    gateway.lost.set('POST QuestionnaireResponse', 3);
    // What has arrived is not sent once more: one answer to a change is all that can be lost.
    gateway.lost.set('PUT Task', 1);
    const mark = gateway.log.length;
    // Two rounds at once are one.
    await Promise.all([ben.deliver(), ben.deliver()]);
    assert.deepEqual([gateway.lost.get('POST QuestionnaireResponse'), gateway.lost.get('PUT Task')], [0, 0]);
    const written_ = gateway.log.slice(mark).filter(({ method }) => method === 'POST' || method === 'PUT').map(({ method, path, status }) => `${method} ${path.split('/')[2] ?? ''} ${status}`);
    const [notes, form, after] = [await kept<QuestionnaireResponse>(ben, task, 'notes'), await kept<QuestionnaireResponse>(ben, task, 'form', FREE), await fhir.read<Task>(task)];
    assert.deepEqual([notes, form].map((one) => [one.status, versionOf(one)]), [['completed', 1], ['completed', 1]]);
    assert.deepEqual([notesIn(notes).map(([text]) => text), items(form).map((one) => one?.answer?.[0]?.valueString)], [['First, changed', 'Second'], ['Listened']]);
    assert.equal((await responsesOf('ben', of)).length, 2);
    assert.deepEqual([after.status, versionOf(after), after.output?.map(({ valueReference }) => valueReference?.reference)], ['completed', versionOf(before) + 1, [form, notes].map(({ id }) => `QuestionnaireResponse/${id}`)]);
    await validated(notes, form, after);
    await deliverWork(ben.desk);
    assert.deepEqual([(await reviewView(ben.desk, row)).statusWork, (await responsesOf('ben', of)).map(versionOf), versionOf(await fhir.read(task))], ['sent', [1, 1], versionOf(before) + 1]);
    return `${written_.join(', ')}: two responses in their first version, and one change of ${task}`;
  });

  await run('what was changed after an answer was lost is a change of the one that arrived', async () => {
    const [ben, of, task] = [await at('ben'), recording('15'), taskOf('15', 'ben')];
    const row = ben.open(task);
    gateway.lost.set('POST QuestionnaireResponse', 2);
    const { notes } = await saveNote(ben.desk, row, null, point(2, 'As it arrived'));
    await deliverWork(ben.desk);
    assert.deepEqual((await responsesOf('ben', of)).map((one) => [versionOf(one), notesIn(one)[0]?.[0]]), [[1, 'As it arrived']]);
    assert.deepEqual((await reviewView(ben.desk, row)).notes.map(({ state }) => state), ['here']);
    await saveNote(ben.desk, row, notes[0]?.id ?? '', point(2, 'As it is'));
    // And of the change the answer is lost too.
    gateway.lost.set('PUT QuestionnaireResponse', 1);
    await ben.deliver();
    assert.deepEqual([gateway.lost.get('POST QuestionnaireResponse'), gateway.lost.get('PUT QuestionnaireResponse')], [0, 0]);
    const now = await kept<QuestionnaireResponse>(ben, task, 'notes');
    assert.deepEqual([(await responsesOf('ben', of)).length, versionOf(now), notesIn(now)[0]?.[0]], [1, 2, 'As it is']);
    return `one response in version 2, after three lost answers`;
  });

  /** Words and a step, made while the practice could not be reached; and what HAPI had of it then. */
  const workOffline = async (ben: Computer, task: string, to: 'completed' | 'rejected'): Promise<string> => {
    const row = ben.open(task);
    ben.reader.line = broken;
    await saveNote(ben.desk, row, null, point(3, 'Mine all the same'));
    await saveForm(ben.desk, row, FREE, { 'free.well': written('Mine too') });
    saveDraft(ben.desk, row, 'note', { text: 'half a sent', from: 3, until: null, category: 'general' });
    await takeStep(ben.desk, row, to, to === 'rejected' ? 'no-time' : null, null);
    await deliverWork(ben.desk);
    assert(ben.waiting() > 0);
    return row;
  };
  /** Back again, as the app's own round has it: what the list says is taken in before anything is sent. */
  const back = async (ben: Computer): Promise<void> => {
    ben.reader.line = fetch;
    await ben.sync();
    await ben.deliver();
  };
  const keptOf = async (ben: Computer) => (await keptWork(ben.desk)).filter(({ notes }) => notes.some(({ text }) => text === 'Mine all the same'));

  const taken: { what: string; username: string; key: string; change: (task: string) => Promise<void>; mode: Mode; told: string }[] = [
    { what: 'withdrawn', username: 'ben', key: '13', change: (task) => staff.cancel(task), mode: 'rule', told: 'withdrawn' },
    // A practice with an access rule does not tell somebody whose it is now.
    { what: 'reassigned', username: 'ben', key: '16', change: (task) => staff.reassign(task, personCalled('dee')), mode: 'rule', told: 'withdrawn' },
    { what: 'reassigned, with no access rule,', username: 'dee', key: '24', change: (task) => staff.reassign(task, personCalled('ben')), mode: 'open', told: 'reassigned' },
  ];
  for (const { what, username, key, change, mode, told } of taken) {
    await run(`${what} while they worked without the practice: their work is kept and told, and nothing written over`, async () => {
      const [who, of, task] = [await at(username), recording(key), taskOf(key, username)];
      await workOffline(who, task, 'completed');
      await change(task);
      const [changed, before] = [await fhir.read<Task>(task), (await responsesOf(username, of)).length];
      const mark = gateway.log.length;
      gateway.mode = mode;
      try {
        await back(who);
      } finally {
        gateway.mode = 'rule';
      }
      const after = await fhir.read<Task>(task);
      assert.deepEqual([versionOf(after), after.status, after.owner?.reference, (await responsesOf(username, of)).length], [versionOf(changed), changed.status, changed.owner?.reference, before]);
      assert.deepEqual(gateway.log.slice(mark).filter(({ method }) => method !== 'GET'), []);
      const [work, ...more] = await keptOf(who);
      assert.deepEqual([more, work?.conflict?.kind, work?.waiting, work?.notes.map(({ state }) => state), work?.responses.map(({ answers, work: state }) => [answers['free.well']?.text, state]), work?.drafts], [[], told, 0, ['refused'], [['Mine too', 'refused']], ['half a sent']]);
      assert(!JSON.stringify(work).includes(of.patientName) && !JSON.stringify(work).includes(of.title));
      await dropKeptWork(who.desk, work?.id ?? '');
      assert.deepEqual(await keptOf(who), []);
      return `${task} as it was, nothing written; told as ${told}; a note, a form and a draft kept until removed`;
    });
  }

  await run('completed at another computer meanwhile: told, and not written over', async () => {
    const [ben, of, task] = [await at('ben'), recording('12'), taskOf('12', 'ben')];
    const row = await workOffline(ben, task, 'rejected');
    const changed = await fhir.update<Task>(task, (resource) => {
      resource.status = 'completed';
      resource.lastModified = new Date().toISOString();
    });
    gateway.changed();
    await back(ben);
    const after = await fhir.read<Task>(task);
    assert.deepEqual([versionOf(after), after.status, after.statusReason], [versionOf(changed), 'completed', undefined]);
    const { status, conflict, notes, drafts } = await reviewView(ben.desk, row);
    assert.deepEqual([status, conflict?.kind, notes.at(-1)?.text, notes.at(-1)?.state, drafts.note?.text], ['completed', 'completed-elsewhere', 'Mine all the same', 'sent', 'half a sent']);
    assert(notesIn(await kept<QuestionnaireResponse>(ben, task, 'notes')).some(([text]) => text === 'Mine all the same'));
    assert.equal((await responsesOf('ben', of)).filter(({ questionnaire }) => questionnaire === NOTES).length, 1);
    return `${task} stays completed; told as completed-elsewhere; the words are at the practice, in one response`;
  });

  await run('withdrawn between reading and writing: HAPI refuses the step by its version, and it is not taken again', async () => {
    const [ada, task] = [await at('ada'), taskOf('06', 'ada')];
    const row = ada.open(task);
    let raced = false;
    ada.reader.line = async (url, init) => {
      if (!raced && init?.method === 'PUT' && url.includes('/fhir/Task/')) {
        raced = true;
        await staff.cancel(task, 'assigned-in-error');
      }
      return fetch(url, init);
    };
    const mark = gateway.log.length;
    await takeStep(ada.desk, row, 'completed', null, null);
    await ada.deliver();
    ada.reader.line = fetch;
    const after = await fhir.read<Task>(task);
    assert.equal(putsOf(mark, 'Task').join(), '409');
    assert.deepEqual([raced, after.status, after.output], [true, 'cancelled', undefined]);
    assert.deepEqual(await statusesOf(task), ['requested', 'cancelled']);
    return `PUT 409, and no other; ${task} stays cancelled`;
  });

  for (const computer of computers.values()) await (await computer).leave();
  return done;
}
