import { randomUUID } from 'node:crypto';
import type { AuditEvent, Bundle, List, QuestionnaireResponse, Task } from '@medplum/fhirtypes';
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
    expect(await put([...before, lift('Practitioner/pm-1', 'Practitioner/gp-4')])).toBe(200);
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
