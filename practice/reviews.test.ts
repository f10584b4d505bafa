/** Who reads what of reviews: a draft is its author's alone, what was released is for whoever reviews the recording or was in the consultation, and for nobody else. */
import { randomUUID } from 'node:crypto';
import type { Bundle, Communication, QuestionnaireResponse, Task } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { clientOf, practiceForTests, type Client } from './testing/fixture.ts';

const practice = practiceForTests();
const response = (by: string, status: QuestionnaireResponse['status']): QuestionnaireResponse => ({
  resourceType: 'QuestionnaireResponse', identifier: { system: 'https://viewing-room.example/fhir/review', value: `urn:uuid:${randomUUID()}` }, status, questionnaire: 'https://viewing-room.example/fhir/Questionnaire/cot|1',
  subject: { reference: 'DocumentReference/rec-03' }, encounter: { reference: 'Encounter/enc-03' }, author: { reference: by }, authored: '2026-11-22T10:00:00Z', item: [{ linkId: 'cot.1', answer: [{ valueInteger: 2 }] }],
});

/** However it is asked for. */
async function sees(client: Client, id: string): Promise<boolean> {
  const found = await Promise.all(['QuestionnaireResponse', 'QuestionnaireResponse?subject=DocumentReference/rec-03', 'QuestionnaireResponse?author=Practitioner/gp-1', `QuestionnaireResponse?_id=${id}`].map((path) => client.get<Bundle>(path)));
  const asked = [(await client.raw(`QuestionnaireResponse/${id}`)).status === 200, ...found.map(({ body }) => (body.entry ?? []).some(({ resource }) => resource?.id === id))];
  expect(new Set(asked).size).toBe(1);
  return asked[0] ?? false;
}

describe('a review', () => {
  // rec-03 is Ben's consultation; Ada reviews it, and Ben has no Task for it.
  it('is its author’s alone while it is a draft, then for who was there or reviews it too, and for no one else', async () => {
    const { repo } = practice.get();
    const [ada, ben, cara, pat] = [await clientOf(practice.get(), 'ada'), await clientOf(practice.get(), 'ben'), await clientOf(practice.get(), 'cara'), await clientOf(practice.get(), 'pat', 'manager')];
    const { body: draft } = await ada.send<QuestionnaireResponse>('POST', 'QuestionnaireResponse', response('Practitioner/gp-1', 'in-progress'));
    const id = draft.id ?? '';
    expect([await sees(ada, id), await sees(ben, id), await sees(cara, id)]).toEqual([true, false, false]);
    expect((await ada.send('PUT', `QuestionnaireResponse/${id}`, { ...draft, status: 'completed' })).status).toBe(200);
    expect([await sees(ada, id), await sees(ben, id), await sees(cara, id)]).toEqual([true, true, false]);
    await repo.assign('rec-03', 'cara', new Date(Date.now() + 86_400_000));
    expect(await sees(cara, id)).toBe(true);
    const tasks = (await repo.all<Task>('Task')).filter(({ owner, focus }) => owner?.reference === 'Practitioner/gp-3' && focus?.reference === 'DocumentReference/rec-03');
    for (const task of tasks) await repo.update({ ...task, status: 'cancelled' });
    expect(await sees(cara, id)).toBe(false);
    expect((await pat.raw(`QuestionnaireResponse/${id}`)).status).toBe(403);
    // Who reads it can say whose it is, and neither changes it nor takes it for their own.
    expect((await ben.raw('Practitioner/gp-1')).status).toBe(200);
    for (const author of ['Practitioner/gp-1', 'Practitioner/gp-2']) expect((await ben.send('PUT', `QuestionnaireResponse/${id}`, { ...draft, author: { reference: author } })).status).toBe(403);
    expect((await ada.send('PUT', `QuestionnaireResponse/${id}`, { ...draft, status: 'completed', item: [{ answer: [{ valueInteger: 1 }] }] })).status).toBe(422);
  });

  it('is talked about only by those who are part of it', async () => {
    const [ada, ben, cara] = [await clientOf(practice.get(), 'ada'), await clientOf(practice.get(), 'ben'), await clientOf(practice.get(), 'cara')];
    const message = (sender: string, more: object = {}): Communication => ({ resourceType: 'Communication', status: 'completed', about: [{ reference: 'DocumentReference/rec-03' }], sent: '2026-11-22T10:00:00Z', sender: { reference: sender }, recipient: [{ reference: 'Practitioner/gp-2' }], payload: [{ contentString: 'Please look at 1:33.' }], ...more });
    expect((await ada.send('POST', 'Communication', message('Practitioner/gp-3'))).status).toBe(403);
    expect((await ada.send('POST', 'Communication', message('Practitioner/gp-1', { payload: [{ contentInteger: 1 }] }))).status).toBe(422);
    const { body } = await ada.send<Communication>('POST', 'Communication', message('Practitioner/gp-1'));
    expect(await Promise.all([ada, ben, cara].map(async (who) => (await who.raw(`Communication/${body.id ?? ''}`)).status))).toEqual([200, 200, 403]);
  });

  it('that the demo has is there for Ada, from the partner, with the notes that it rests on', async () => {
    const [ada, ben] = [await clientOf(practice.get(), 'ada'), await clientOf(practice.get(), 'ben')];
    const { body } = await ada.get<Bundle<QuestionnaireResponse>>('QuestionnaireResponse?subject=DocumentReference/rec-04');
    expect(body.entry?.map(({ resource }) => [resource?.questionnaire?.split('/').at(-1), resource?.status, resource?.author?.reference]).sort()).toEqual([['cot|1', 'completed', 'Practitioner/gp-4'], ['notes|1', 'completed', 'Practitioner/gp-4']]);
    const [cited] = /urn:uuid:[^"]*/.exec(JSON.stringify(body.entry?.find(({ resource }) => resource?.id === 'qr-cot-04')?.resource?.item)) ?? [];
    expect(JSON.stringify(body.entry?.find(({ resource }) => resource?.id === 'qr-notes-04'))).toContain(cited);
    expect((await ben.get<Bundle>('QuestionnaireResponse?subject=DocumentReference/rec-04')).body.entry ?? []).toEqual([]);
  });
});
