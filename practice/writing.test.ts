import { randomUUID } from 'node:crypto';
import type { AuditEvent, Bundle, List, Provenance, QuestionnaireResponse, Task } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { clientOf, practiceForTests } from './testing/fixture.ts';

const practice = practiceForTests();

function accessRecord(event: string): AuditEvent {
  return {
    resourceType: 'AuditEvent',
    type: { system: 'http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle', code: 'access' },
    action: 'R',
    recorded: '2026-11-22T10:00:00Z',
    outcome: '0',
    agent: [{ who: { reference: 'Practitioner/gp-1' }, requestor: true }],
    source: { observer: { identifier: { value: 'urn:uuid:6a7c0b52-6d0f-4a53-9d3a-1f6f0c7a8b11' } } },
    entity: [{ name: event, what: { identifier: { value: event } }, type: { system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType', code: 'XrequestId' } }],
  };
}

describe('access records', () => {
  it('are kept once however often they are sent, and shown to managers', async () => {
    const { repo } = practice.get();
    const ada = await clientOf(practice.get(), 'ada');
    const event = randomUUID();
    const send = () => ada.send<AuditEvent>('POST', 'AuditEvent', accessRecord(event), { 'If-None-Exist': `entity-name=${event}` });
    const [first, second, other] = [await send(), await send(), await ada.send('POST', 'AuditEvent', accessRecord(randomUUID()), { 'If-None-Exist': `entity-name=${randomUUID()}` })];
    expect([first.status, second.status, other.status]).toEqual([201, 200, 201]);
    expect(second.body.id).toBe(first.body.id);
    expect(first.headers.get('location')).toContain(`/AuditEvent/${first.body.id}/_history/`);
    expect(await repo.auditEvents()).toHaveLength(2);
    const together = await Promise.all(Array.from({ length: 5 }, () => send()));
    expect(together.every(({ status }) => status === 200)).toBe(true);
    const pat = await clientOf(practice.get(), 'pat', 'manager');
    expect((await pat.get<Bundle>(`AuditEvent?entity-name=${event}`)).body.total).toBe(1);
    expect((await pat.get<Bundle>('AuditEvent?agent=Practitioner/gp-1&date=ge2026-11-22&_sort=-date')).body.total).toBe(2);
  });

  it('sent twice at the same moment are still kept once', async () => {
    const ada = await clientOf(practice.get(), 'ada');
    const event = randomUUID();
    const answers = await Promise.all(Array.from({ length: 8 }, () => ada.send<AuditEvent>('POST', 'AuditEvent', accessRecord(event), { 'If-None-Exist': `entity-name=${event}` })));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  });

  it('are refused when they are not FHIR', async () => {
    const ada = await clientOf(practice.get(), 'ada');
    const { agent: _agent, ...incomplete } = accessRecord(randomUUID());
    expect((await ada.send('POST', 'AuditEvent', incomplete)).status).toBe(422);
    expect((await ada.send('POST', 'AuditEvent', { resourceType: 'Task' })).status).toBe(400);
  });
});

describe('assignments', () => {
  it('go forward by their clinician’s hand, and only as the version they knew', async () => {
    const ada = await clientOf(practice.get(), 'ada');
    const { body: task, headers } = await ada.get<Task>('Task/task-02');
    const accepted = await ada.send<Task>('PUT', 'Task/task-02', { ...task, status: 'accepted' }, { 'If-Match': headers.get('etag') ?? '' });
    expect(accepted.status).toBe(200);
    expect((await ada.send('PUT', 'Task/task-02', { ...task, status: 'in-progress' }, { 'If-Match': headers.get('etag') ?? '' })).status).toBe(412);
    expect((await ada.send('PUT', 'Task/task-02', { ...accepted.body, status: 'requested' })).status).toBe(422);
    expect((await ada.send('PUT', 'Task/task-02', { ...accepted.body, owner: { reference: 'Practitioner/gp-2' } })).status).toBe(403);
    expect((await ada.send('PUT', 'Task/task-11', { ...task, id: 'task-11' })).status).toBe(403);
    expect((await ada.send('POST', 'Task', task)).status).toBe(403);
  });

  it('are made and given to someone else by a manager', async () => {
    const { repo } = practice.get();
    const pat = await clientOf(practice.get(), 'pat', 'manager');
    const task = await repo.read<Task>('Task', 'task-11');
    const { id: _id, meta: _meta, ...body } = { ...task, owner: { reference: 'Practitioner/gp-3' } };
    const made = await pat.send<Task>('POST', 'Task', body);
    expect(made.status).toBe(201);
    const cara = await clientOf(practice.get(), 'cara');
    expect((await cara.raw('DocumentReference/rec-11')).status).toBe(200);
    await pat.send('PUT', `Task/${made.body.id}`, { ...made.body, owner: { reference: 'Practitioner/gp-2' } });
    expect((await cara.raw(`Task/${made.body.id}`)).status).toBe(403);
    expect((await cara.raw('DocumentReference/rec-11')).status).toBe(403);
  });

  it('are nobody’s while they are drafts, and never come back once they have ended', async () => {
    const { repo } = practice.get();
    const pat = await clientOf(practice.get(), 'pat', 'manager');
    const cara = await clientOf(practice.get(), 'cara');
    const { id: _id, meta: _meta, ...body } = { ...await repo.read<Task>('Task', 'task-12'), owner: { reference: 'Practitioner/gp-3' }, focus: { reference: 'DocumentReference/rec-01' }, status: 'draft' as const };
    const { body: draft } = await pat.send<Task>('POST', 'Task', body);
    expect([(await cara.raw(`Task/${draft.id}`)).status, (await cara.raw('DocumentReference/rec-01')).status]).toEqual([403, 403]);
    expect((await cara.send('PUT', `Task/${draft.id}`, { ...draft, status: 'requested' })).status).toBe(403);
    expect((await pat.send('PUT', `Task/${draft.id}`, { ...draft, status: 'requested' })).status).toBe(200);
    expect([(await cara.raw(`Task/${draft.id}`)).status, (await cara.raw('DocumentReference/rec-01')).status]).toEqual([200, 200]);
    expect((await pat.send('PUT', `Task/${draft.id}`, { ...draft, status: 'cancelled' })).status).toBe(200);
    expect((await pat.send('PUT', `Task/${draft.id}`, { ...draft, status: 'requested' })).status).toBe(422);
    expect([(await cara.raw(`Task/${draft.id}`)).status, (await cara.raw('DocumentReference/rec-01')).status]).toEqual([200, 403]);
    expect((await pat.send('POST', 'Task', { ...body, requester: { reference: 'PractitionerRole/role-gp-4-manager' } })).status).toBe(403);
  });

  it('are signed by a manager in their own name, with bytes that no manager reads', async () => {
    const pat = await clientOf(practice.get(), 'pat', 'manager');
    const bytes = await pat.send('POST', 'Binary', { resourceType: 'Binary', contentType: 'application/json', data: 'e30=' });
    const [, binary = ''] = /\/(Binary\/[^/]+)$/.exec(bytes.headers.get('location') ?? '') ?? [];
    expect([bytes.status, (await pat.raw(binary)).status, (await pat.raw('Binary/media-01')).status]).toEqual([201, 403, 403]);
    const provenance = (who: string, target = 'Task/task-11'): Provenance => ({
      resourceType: 'Provenance', target: [{ reference: target }], recorded: '2026-11-22T10:00:00Z', agent: [{ who: { reference: who } }], entity: [{ role: 'source', what: { reference: binary } }],
    });
    const sent = (...of: Parameters<typeof provenance>) => pat.send<Provenance>('POST', 'Provenance', provenance(...of), { 'If-None-Exist': `target=${of[1] ?? 'Task/task-11'}&entity=${binary}` });
    expect((await sent('PractitionerRole/role-gp-4-manager')).status).toBe(403);
    expect((await sent('PractitionerRole/role-pm-1', 'DocumentReference/rec-11')).status).toBe(403);
    const [first, second] = [await sent('PractitionerRole/role-pm-1'), await sent('PractitionerRole/role-pm-1')];
    expect([first.status, second.status, second.body.id]).toEqual([201, 200, first.body.id]);
    expect((await pat.send('PUT', `Provenance/${first.body.id}`, { ...first.body, recorded: '2026-11-22T11:00:00Z' })).status).toBe(403);
    const ada = await clientOf(practice.get(), 'ada');
    expect((await ada.send('POST', 'Provenance', provenance('Practitioner/gp-1'))).status).toBe(403);
    expect((await ada.send('POST', 'Binary', { resourceType: 'Binary', contentType: 'application/json', data: 'e30=' })).status).toBe(403);
  });
});

describe('reviews and the stop list', () => {
  it('lets a clinician write reviews in their own name, under an id of their own', async () => {
    const ada = await clientOf(practice.get(), 'ada');
    const id = randomUUID();
    const review: QuestionnaireResponse = { resourceType: 'QuestionnaireResponse', id, status: 'in-progress', questionnaire: 'https://viewing-room.example/fhir/Questionnaire/cot|1', subject: { reference: 'DocumentReference/rec-01' }, author: { reference: 'Practitioner/gp-1' } };
    expect((await ada.send('PUT', `QuestionnaireResponse/${id}`, review)).status).toBe(201);
    expect((await ada.send('PUT', `QuestionnaireResponse/${id}`, { ...review, status: 'completed' })).status).toBe(200);
    expect((await ada.send('POST', 'QuestionnaireResponse', { ...review, author: { reference: 'Practitioner/gp-2' } })).status).toBe(403);
    const ben = await clientOf(practice.get(), 'ben');
    expect((await ben.raw(`QuestionnaireResponse/${id}`)).status).toBe(403);
  });

  it('lets managers add to the stop list and nobody take away', async () => {
    const pat = await clientOf(practice.get(), 'pat', 'manager');
    const { body: list, headers } = await pat.get<List>('List/stop-list');
    const entry = [{ item: { identifier: { system: 'https://viewing-room.example/fhir/stop', value: 'all' } } }];
    const added = await pat.send<List>('PUT', 'List/stop-list', { ...list, entry }, { 'If-Match': headers.get('etag') ?? '' });
    expect(added.status).toBe(200);
    expect((await pat.send('PUT', 'List/stop-list', { ...added.body, entry: undefined })).status).toBe(422);
    const ada = await clientOf(practice.get(), 'ada');
    expect((await ada.get<List>('List/stop-list')).body.entry).toHaveLength(1);
    expect((await ada.send('PUT', 'List/stop-list', added.body)).status).toBe(403);
  });

  it('takes a stop back only in the name of two people, and keeps what was on the list as it was', async () => {
    const pat = await clientOf(practice.get(), 'pat', 'manager');
    const { body: list } = await pat.get<List>('List/stop-list');
    const lift = (...by: string[]) => ({
      date: '2026-11-22T10:00:00Z', flag: { coding: [{ system: 'https://viewing-room.example/fhir/CodeSystem/stop-reason', code: 'lifted' }] },
      item: { identifier: { system: 'https://viewing-room.example/fhir/stop', value: 'all' } },
      extension: by.map((reference) => ({ url: 'https://viewing-room.example/fhir/StructureDefinition/lifted-by', valueReference: { reference } })),
    });
    const put = async (entry: List['entry']) => (await pat.send('PUT', 'List/stop-list', { ...list, entry })).status;
    const before = list.entry ?? [];
    expect(await put([...before, lift('Practitioner/pm-1', 'Practitioner/pm-1')])).toBe(422);
    expect(await put(before.map((entry) => ({ ...entry, ...lift('Practitioner/pm-1', 'Practitioner/gp-4') })))).toBe(422);
    // Not in the names of two others.
    expect(await put([...before, lift('Practitioner/gp-1', 'Practitioner/gp-4')])).toBe(403);
    expect(await put([...before, lift('Practitioner/pm-1', 'Practitioner/gp-4')])).toBe(200);
  });

  it.each([['device-list', 'enrolled-by'], ['lift-proposals', 'proposed-by']])('keeps the %s as it keeps the stop list, decided in one’s own name', async (name, as) => {
    const pat = await clientOf(practice.get(), 'pat', 'manager');
    const code = (of: string) => ({ coding: [{ system: 'https://viewing-room.example/fhir/CodeSystem/list', code: of }] });
    const entry = (who: string) => ({ date: '2026-11-22T10:00:00Z', item: { identifier: { system: 'urn:x', value: who } }, extension: [{ url: `https://viewing-room.example/fhir/StructureDefinition/${as}`, valueReference: { reference: who } }] });
    const list = (entries: object[], of = name) => ({ resourceType: 'List', status: 'current', mode: 'working', code: code(of), entry: entries });
    expect((await pat.send('POST', 'List', list([entry('Practitioner/gp-4')]))).status).toBe(403);
    const made = await pat.send<List>('POST', 'List', list([entry('Practitioner/pm-1')]));
    expect(made.status).toBe(201);
    const put = async (body: object, by = pat) => (await by.send('PUT', `List/${made.body.id}`, { ...body, id: made.body.id })).status;
    expect(await put(list([]))).toBe(422);
    expect(await put(list([entry('Practitioner/pm-1')], 'another'))).toBe(422);
    expect(await put(list([entry('Practitioner/pm-1'), entry('Practitioner/gp-4')]))).toBe(403);
    // What a colleague added stays theirs.
    expect(await put(list([entry('Practitioner/pm-1'), entry('Practitioner/gp-4')]), await clientOf(practice.get(), 'dee', 'manager'))).toBe(200);
    expect(await put(list([entry('Practitioner/pm-1'), entry('Practitioner/gp-4'), { ...entry('Practitioner/pm-1'), date: '2026-11-23T10:00:00Z' }]))).toBe(200);
    expect(await put(list([entry('Practitioner/pm-1'), entry('Practitioner/gp-4')]), await clientOf(practice.get(), 'ada'))).toBe(403);
  });

  it('takes statements from managers as exact bytes, once', async () => {
    const pat = await clientOf(practice.get(), 'pat', 'manager');
    const { fhirBase } = practice.get();
    const put = (body: string): Promise<Response> => fetch(`${fhirBase}/Binary/my-assignment`, { method: 'PUT', headers: { ...pat.bearer, 'Content-Type': 'application/json' }, body });
    expect((await put('{"version":1}')).status).toBe(201);
    expect((await put('{"version":1}')).status).toBe(200);
    expect((await put('{"version":2}')).status).toBe(409);
  });
});
