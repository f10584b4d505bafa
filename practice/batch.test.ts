import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { clientOf, practiceForTests, type Client } from './testing/fixture.ts';

const practice = practiceForTests();

const batchOf = (...targets: string[]) => ({ resourceType: 'Bundle', type: 'batch', entry: targets.map((url) => ({ request: { method: 'GET', url } })) });
const send = (client: Client, body: unknown) => client.send<Bundle>('POST', '', body);
async function read(client: Client, ...targets: string[]): Promise<BundleEntry[]> {
  const { status, body } = await client.send<Bundle>('POST', practice.get().fhirBase, batchOf(...targets));
  expect([status, body.type, body.entry?.length]).toEqual([200, 'batch-response', targets.length]);
  return body.entry ?? [];
}
const statuses = (entries: readonly BundleEntry[]) => entries.map(({ response }) => response?.status);

describe('a batch', () => {
  it('answers each read as it is answered by itself, in order', async () => {
    const ada = await clientOf(practice.get(), 'ada');
    const targets = ['DocumentReference/rec-01', 'Task?_id=task-01,task-02&_count=50', 'Encounter?_id=none', 'Provenance?target=DocumentReference/rec-01&_count=200'];
    const entries = await read(ada, ...targets);
    for (const [n, target] of targets.entries()) {
      const { status, body } = await ada.get(target);
      expect([entries[n]?.response?.status, entries[n]?.resource]).toEqual([`${status} OK`, body]);
    }
    expect(entries[0]?.response).toMatchObject({ etag: expect.stringMatching(/^W\//), lastModified: expect.any(String) });
  });

  it('gives nobody what is another’s, by no address', async () => {
    const ben = await clientOf(practice.get(), 'ben');
    expect(statuses(await read(await clientOf(practice.get(), 'ada'), 'DocumentReference/rec-01'))).toEqual(['200 OK']);
    const { repo } = practice.get();
    const { patientId, encounterId, consentId, taskIds: [task = ''] } = repo.recordings().find(({ id }) => id === 'rec-01')!;
    const others = [['DocumentReference', 'rec-01'], ['Patient', patientId], ['Encounter', encounterId], ['Consent', consentId], ['Task', task]] as const;
    for (const [type, id] of others) {
      const alone = (await ben.get(`${type}/${id}`)).status;
      const [one, listed, all] = await read(ben, `${type}/${id}`, `${type}?_id=${id}`, `${type}?_count=1000`);
      expect([alone, one?.response?.status, one?.resource]).toEqual([403, '403 Forbidden', undefined]);
      for (const found of [listed, all]) expect(((found?.resource as Bundle).entry ?? []).map(({ resource }) => resource?.id)).not.toContain(id);
    }
    const whole = JSON.stringify(await read(ben, ...others.flatMap(([type, id]) => [`${type}/${id}`, `${type}/${id}/_history`, `${type}?_id=${id}`]), 'Provenance?target=DocumentReference/rec-01', 'DocumentReference?relatesto=DocumentReference/rec-01'));
    expect(others.map(([, id]) => whole.includes(`"id":"${id}"`))).toEqual(others.map(() => false));
  });

  it('gives nobody what their scopes do not cover, and nothing without a token', async () => {
    const manager = await clientOf(practice.get(), 'pat', 'manager');
    expect(statuses(await read(manager, 'QuestionnaireResponse?subject=DocumentReference/rec-01', 'AuditEvent?_count=1'))).toEqual(['403 Forbidden', '200 OK']);
    const { fhirBase } = practice.get();
    const init = { method: 'POST', headers: { 'Content-Type': 'application/fhir+json' }, body: JSON.stringify(batchOf('Organization?_count=1')) };
    expect((await fetch(fhirBase, init)).status).toBe(401);
    practice.get().lies.rejectTokens = true;
    expect((await fetch(fhirBase, { ...init, headers: { ...init.headers, ...manager.bearer } })).status).toBe(401);
  });

  it('is of reads alone, of resources and below this server', async () => {
    const ada = await clientOf(practice.get(), 'ada');
    const { binaryId } = practice.get().repo.recordings().find(({ id }) => id === 'rec-01')!;
    expect(statuses(await read(ada, 'metadata', '', '../oidc/me', 'https://elsewhere.example/Task', '/Task?_id=task-01', `Binary/${binaryId}`, 'Nonsense?_id=1', 'Task?nonsense=1', 'Task/none')).map((status) => status?.slice(0, 3)))
      .toEqual(['400', '400', '400', '400', '400', '400', '404', '400', '404']);
    const { body } = await send(ada, { resourceType: 'Bundle', type: 'batch', entry: [{ request: { method: 'DELETE', url: 'Task/task-01' } }, { request: { method: 'PUT', url: 'Task/task-01' }, resource: {} }, { request: {} }, {}, null] });
    expect(statuses(body.entry ?? []).map((status) => status?.slice(0, 3))).toEqual(['400', '400', '400', '400', '400']);
  });

  it('that is none, or too large, is refused whole', async () => {
    const ada = await clientOf(practice.get(), 'ada');
    for (const [body, status] of [[{ ...batchOf('Task?_id=1'), type: 'transaction' }, 400], [{ resourceType: 'Task' }, 400], [{ resourceType: 'Bundle', type: 'batch' }, 400], [null, 400], [batchOf(...Array.from({ length: 101 }, () => 'Task?_id=1')), 413]] as const) {
      expect((await send(ada, body)).status).toBe(status);
    }
  });

  it('is lied about read by read, and logged so', async () => {
    const ada = await clientOf(practice.get(), 'ada');
    const { lies, accessLog } = practice.get();
    lies.answer = ({ path }, given) => (path === 'Consent' ? { ...given, status: 503, body: Buffer.from('busy') } : given);
    accessLog.length = 0;
    expect(statuses(await read(ada, 'Consent?_id=1', 'Task?_id=task-01'))).toEqual(['503 Service Unavailable', '200 OK']);
    await expect.poll(() => accessLog.map(({ method, path, status, inBatch, who }) => [method, path, status, inBatch, who])).toEqual([
      ['GET', '/fhir/Consent?_id=1', 503, true, '555000000001'], ['GET', '/fhir/Task?_id=task-01', 200, true, '555000000001'], ['POST', '/fhir', 200, false, '555000000001'],
    ]);
    lies.answer = ({ path }, given) => (path === 'Consent' ? null : given);
    await expect(read(ada, 'Task?_id=task-01', 'Consent?_id=1')).rejects.toThrow();
  });
});
