import type { Bundle, DocumentReference, OperationOutcome, Resource, Task } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { clientOf, practiceForTests, type Client } from './testing/fixture.ts';
import { bearerOf, FIRST_STEP } from './testing/sign-in.ts';

const practice = practiceForTests();

/** Every page of a search, as an app would walk them. */
async function everyPage(client: Client, path: string): Promise<{ bundles: Bundle[]; matches: Resource[]; included: Resource[] }> {
  const bundles: Bundle[] = [];
  for (let next: string | undefined = path; next; ) {
    const { status, body }: { status: number; body: Bundle } = await client.get<Bundle>(next);
    expect(status).toBe(200);
    bundles.push(body);
    next = body.link?.find(({ relation }) => relation === 'next')?.url;
  }
  const entries = bundles.flatMap(({ entry = [] }) => entry);
  const of = (mode: string): Resource[] => entries.flatMap(({ search, resource }) => (search?.mode === mode && resource ? [resource] : []));
  return { bundles, matches: of('match'), included: of('include') };
}

describe('the worklist', () => {
  it('comes in pages, each assignment once, with its recording', async () => {
    const ada = await clientOf(practice.get(), 'ada');
    const { bundles, matches, included } = await everyPage(ada, 'Task?owner=Practitioner/gp-1&_sort=_lastUpdated&_include=Task:focus');
    expect(bundles.length).toBeGreaterThan(1);
    expect(new Set(matches.map(({ id }) => id)).size).toBe(10);
    expect(matches.every((task) => (task as Task).owner?.reference === 'Practitioner/gp-1')).toBe(true);
    const times = matches.map(({ meta }) => meta?.lastUpdated ?? '');
    expect(times).toEqual([...times].sort());
    // The cancelled one no longer opens its recording.
    expect(included.map(({ id }) => id).sort()).toEqual(['rec-01', 'rec-02', 'rec-03', 'rec-04', 'rec-05', 'rec-06', 'rec-07', 'rec-08', 'rec-09']);
    const { fhirBase } = practice.get();
    for (const { fullUrl, resource } of bundles.flatMap(({ entry = [] }) => entry)) expect(fullUrl).toBe(`${fhirBase}/${resource?.resourceType}/${resource?.id}`);
  });

  it('asks again only for what changed', async () => {
    const { repo } = practice.get();
    const ben = await clientOf(practice.get(), 'ben');
    const since = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await ben.get<Bundle>(`Task?owner=Practitioner/gp-2&_lastUpdated=gt${since}`)).body.total).toBe(0);
    const task = await repo.read<Task>('Task', 'task-12');
    await repo.update<Task>({ ...task, priority: 'urgent' });
    const { body } = await ben.get<Bundle>(`Task?owner=Practitioner/gp-2&_lastUpdated=gt${since}`);
    expect(body.entry?.map(({ resource }) => resource?.id)).toEqual(['task-12']);
  });

  it('has nothing of what was removed, neither by its id nor in a search', async () => {
    const { repo } = practice.get();
    const info = await repo.addRecording({ owner: 'cara' });
    const cara = await clientOf(practice.get(), 'cara');
    const [task = ''] = info.taskIds;
    await repo.remove('DocumentReference', info.id);
    expect((await cara.get(`DocumentReference/${info.id}`)).status).toBe(404);
    expect((await cara.get<Bundle>(`DocumentReference?_id=${info.id}`)).body.total).toBe(0);
    await repo.remove('Task', task);
    expect((await cara.get(`Task/${task}`)).status).toBe(404);
    const { matches } = await everyPage(cara, 'Task?owner=Practitioner/gp-3');
    expect(matches.map(({ id }) => id)).not.toContain(task);
  });

  it('finds evidence by id lists, by what it is about and by what it transforms', async () => {
    const ada = await clientOf(practice.get(), 'ada');
    const ids = async (path: string): Promise<(string | undefined)[]> => (await everyPage(ada, path)).matches.map(({ id }) => id);
    expect(await ids('DocumentReference?_id=rec-01,rec-02,rec-11')).toEqual(['rec-01', 'rec-02']);
    expect(await ids('Provenance?target=DocumentReference/rec-01')).toEqual(['prov-01']);
    expect(await ids('Provenance?target=Task/task-03')).toEqual(['prov-task-03']);
    expect(await ids('DocumentReference?relatesto=DocumentReference/rec-01')).toEqual(['tr-01']);
    expect(await ids('DocumentReference?relatesTo=rec-01')).toEqual(['tr-01']);
    expect(await ids('Consent?data=DocumentReference/rec-01')).toEqual(['con-01']);
    expect(await ids('PractitionerRole?practitioner=Practitioner/gp-1')).toEqual(['role-gp-1']);
    expect(await ids('List?code=https://viewing-room.example/fhir/CodeSystem/list|stop-list')).toEqual(['stop-list']);
    expect(await ids('Questionnaire?url=https://viewing-room.example/fhir/Questionnaire/cot')).toEqual(['cot']);
  });

  it('refuses what it does not know, unless asked to be lenient', async () => {
    const ada = await clientOf(practice.get(), 'ada');
    const strict = await ada.get<OperationOutcome>('Task?colour=blue');
    expect(strict.status).toBe(400);
    expect(strict.body.resourceType).toBe('OperationOutcome');
    expect((await ada.get('Task?_sort=colour')).status).toBe(400);
    expect((await ada.get('Task?_lastUpdated=gtyesterday')).status).toBe(400);
    expect((await ada.get('Task?colour=blue', { Prefer: 'handling=lenient' })).status).toBe(200);
    expect((await ada.get('Unknown')).status).toBe(404);
  });

  it('answers with a version, a time, and nothing when nothing changed', async () => {
    const ada = await clientOf(practice.get(), 'ada');
    const first = await ada.get<Task>('Task/task-01');
    expect(first.headers.get('etag')).toBe(`W/"${first.body.meta?.versionId}"`);
    expect(first.headers.get('last-modified')).toBeTruthy();
    expect(first.headers.get('date')).toBeTruthy();
    expect((await ada.raw('Task/task-01', { 'If-None-Match': first.headers.get('etag') ?? '' })).status).toBe(304);
  });
});

describe('the access rule', () => {
  it('needs a token', async () => {
    const { fhirBase } = practice.get();
    expect((await fetch(`${fhirBase}/Task`)).status).toBe(401);
    expect((await fetch(`${fhirBase}/Task`, { headers: { Authorization: 'Bearer nonsense' } })).status).toBe(401);
    expect((await fetch(`${fhirBase}/metadata`)).status).toBe(200);
  });

  it('keeps every clinician to their own', async () => {
    const ada = await clientOf(practice.get(), 'ada');
    for (const path of ['Task/task-11', 'DocumentReference/rec-11', 'DocumentReference/tr-11', 'Encounter/enc-11', 'Consent/con-11', 'Provenance/prov-11', 'Binary/media-11', 'Binary/manifest-11', 'Binary/vtt-11']) {
      expect([path, (await ada.raw(path)).status]).toEqual([path, 403]);
    }
    for (const path of ['Task/task-03', 'DocumentReference/rec-03', 'DocumentReference/tr-03', 'Encounter/enc-03', 'Consent/con-03', 'Provenance/prov-03', 'Provenance/prov-task-03', 'Binary/media-03', 'Binary/manifest-03', 'Binary/vtt-03', 'Binary/statement-03', 'Binary/assignment-task-03']) {
      expect([path, (await ada.raw(path)).status]).toEqual([path, 200]);
    }
    expect((await ada.get<Bundle>('Task?owner=Practitioner/gp-2')).body.total).toBe(0);
    expect((await ada.raw('AuditEvent')).status).toBe(403);
    expect((await ada.raw('Task/nothing')).status).toBe(404);
  });

  it('closes a recording when its assignment is cancelled, and keeps the assignment readable', async () => {
    const { repo } = practice.get();
    const cara = await clientOf(practice.get(), 'cara');
    expect((await cara.raw('DocumentReference/rec-21')).status).toBe(200);
    const task = await repo.read<Task>('Task', 'task-21');
    await repo.update<Task>({ ...task, status: 'cancelled' });
    expect((await cara.raw('DocumentReference/rec-21')).status).toBe(403);
    expect((await cara.raw('Binary/media-21')).status).toBe(403);
    expect((await cara.raw('Task/task-21')).status).toBe(200);
  });

  it('gives the first step of a sign-in only who one is', async () => {
    const { url, fhirBase } = practice.get();
    const headers = await bearerOf(url, 'ada', FIRST_STEP);
    const status = async (path: string): Promise<number> => (await fetch(`${fhirBase}/${path}`, { headers })).status;
    expect(await status('Practitioner/gp-1')).toBe(200);
    expect(await status('PractitionerRole?practitioner=Practitioner/gp-1')).toBe(200);
    expect(await status('Organization/org-1')).toBe(200);
    expect(await status('Practitioner/gp-2')).toBe(403);
    expect(await status('Task')).toBe(403);
  });

  it('shows a manager every assignment and never a recording', async () => {
    const pat = await clientOf(practice.get(), 'pat', 'manager');
    const { matches } = await everyPage(pat, 'Task');
    expect(matches).toHaveLength(34);
    expect((await pat.raw('DocumentReference/rec-01')).status).toBe(200);
    for (const path of ['Binary/media-01', 'Binary/vtt-01', 'QuestionnaireResponse', 'Communication']) expect((await pat.raw(path)).status).toBe(403);
  });

  it('shows nobody else’s to a partner who is there as a clinician', async () => {
    const dee = await clientOf(practice.get(), 'dee');
    const { matches } = await everyPage(dee, 'Task');
    expect(matches.map(({ id }) => id).sort()).toEqual(['task-04-dee', 'task-12-dee', 'task-15-dee', 'task-24-dee']);
  });
});

describe('a practice that is wrong', () => {
  it('gives everyone’s assignments and everything behind them', async () => {
    practice.get().lies.everyonesTasks = true;
    const ada = await clientOf(practice.get(), 'ada');
    const { matches, included } = await everyPage(ada, 'Task?owner=Practitioner/gp-1&_include=Task:focus');
    expect(matches).toHaveLength(34);
    expect(included.some((document) => (document as DocumentReference).id === 'rec-11')).toBe(true);
    for (const path of ['DocumentReference/rec-11', 'Patient/pat-2', 'Provenance/prov-11', 'Binary/media-11', 'Binary/manifest-11']) expect((await ada.raw(path)).status).toBe(200);
  });

  it('can be down, slow or reject every token, and writes down what it answered', async () => {
    const { lies, fhirBase, accessLog } = practice.get();
    const ada = await clientOf(practice.get(), 'ada');
    lies.rejectTokens = true;
    expect((await ada.raw('Task')).status).toBe(401);
    lies.rejectTokens = false;
    lies.down = true;
    await expect(fetch(`${fhirBase}/metadata`)).rejects.toThrow();
    lies.down = false;
    lies.delayMs = 150;
    const before = performance.now();
    expect((await ada.raw('Task?_count=1')).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThan(140);
    expect(accessLog.at(-1)).toMatchObject({ method: 'GET', path: '/fhir/Task?_count=1', status: 200, who: '555000000001' });
  });
});
