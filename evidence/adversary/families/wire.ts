/** What lies in the answers themselves: where they come from, whose ids they carry, how they are paged, how large and how slow they are. */
import type { DocumentReference, Encounter, Patient, Task } from '@medplum/fhirtypes';
import { json } from '../app/scene.ts';
import type { Case, Family, Json, Telling } from '../app/case.ts';

const taskOf = (t: Telling): string => t.lie.info.taskIds[0] ?? '';
const isSearch = (path: string, type: string): boolean => path === type;
const bundleOf = (body: Buffer): { entry?: { resource: Json }[]; link?: Json[] } & Json => JSON.parse(body.toString()) as Json;
/** Every answer to a search of one type. */
const searches = (name: string, type: string, change: (bundle: Json & { entry?: { resource: Json }[] }, t: Telling, asked: { query: URLSearchParams; fhirBase: string; path: string }) => unknown, more: Partial<Case> = {}): Case => ({
  name, ...more, tell: async (t) => {
    await t.colleagues();
    t.rewrite((asked, given) => (isSearch(asked.path, type) && given.status === 200 && !(type === 'Task' && asked.query.has('_id')) ? json(change(bundleOf(given.body), t, asked), given) : undefined));
  },
});

export const elsewhere: Family = {
  name: 'otherHosts', title: 'Redirects and links to another host, references that lead there', session: 'inTurn',
  cases: [
    ...[301, 302, 303, 307, 308].map((status): Case => ({ name: `the worklist redirects with ${status}`, tell: async (t) => {
      await t.colleagues();
      t.says<Task>('Task', taskOf(t), (one) => ({ ...one, owner: { reference: 'Practitioner/gp-2' } }));
      t.rewrite((asked) => (isSearch(asked.path, 'Task') ? { status, headers: { location: `${t.elsewhere.url}/fhir/Task?owner=Practitioner/gp-1` }, body: Buffer.alloc(0) } : undefined));
    } })),
    ...([
      ['to another host', (t: Telling) => `${t.elsewhere.url}/fhir/Task?page=2`],
      ['to another host by its scheme alone', (t: Telling) => t.elsewhere.url.replace('http:', '')],
      ['with somebody\'s name before this host', (_: Telling, base: string) => base.replace('http://', 'http://me@')],
      ['to another path of this host', (_: Telling, base: string) => base.replace('/fhir', '/oidc/me')],
      ['that climbs out of the base', (_: Telling, base: string) => `${base}/../oidc/me`],
      ['that only begins like the base', (_: Telling, base: string) => base.replace('/fhir', '/fhirx/Task')],
      ['to a file', () => 'file:///etc/passwd'],
    ] as const).map(([what, link]): Case => searches(`a next link ${what}`, 'Task', (bundle, t, { fhirBase }) => ({ ...bundle, entry: (bundle.entry ?? []).filter(({ resource }) => resource.id !== taskOf(t)), link: [{ relation: 'next', url: link(t, fhirBase) }] }))),
    { name: 'the recording\'s bytes redirect', expect: 'unplayable', tell: (t) => t.rewrite((asked) => (asked.path === `Binary/${t.lie.info.binaryId}` ? { status: 302, headers: { location: `${t.elsewhere.url}/media` }, body: Buffer.alloc(0) } : undefined)), inBytes: true },
    { name: 'the recording\'s bytes are on another server', tell: (t) => t.says<DocumentReference>('DocumentReference', t.lie.info.id, (one) => ({ ...one, content: [{ attachment: { ...one.content[0]?.attachment, url: `${t.elsewhere.url}/fhir/Binary/${t.lie.info.binaryId}` } }] })) },
    { name: 'the recording\'s bytes are a data address', tell: (t) => t.says<DocumentReference>('DocumentReference', t.lie.info.id, (one) => ({ ...one, content: [{ attachment: { ...one.content[0]?.attachment, url: 'data:video/mp4;base64,AAAA' } }] })) },
    { name: 'the recording\'s bytes are a file', tell: (t) => t.says<DocumentReference>('DocumentReference', t.lie.info.id, (one) => ({ ...one, content: [{ attachment: { ...one.content[0]?.attachment, url: 'file:///etc/passwd' } }] })) },
    { name: 'patient, encounter and consent are on another server', tell: (t) => {
      const there = (reference: string): Json => ({ reference: `${t.elsewhere.url}/fhir/${reference}` });
      t.says<DocumentReference>('DocumentReference', t.lie.info.id, (one) => ({ ...one, subject: there(`Patient/${t.lie.info.patientId}`), context: { encounter: [there(`Encounter/${t.lie.info.encounterId}`)], related: [there(`Consent/${t.lie.info.consentId}`)] } }));
      t.says<Task>('Task', taskOf(t), (one) => ({ ...one, for: there(`Patient/${t.lie.info.patientId}`), encounter: there(`Encounter/${t.lie.info.encounterId}`) }));
    } },
  ],
};

export const identities: Family = {
  name: 'identities', title: 'Binary behind another id, contained resources, ids twice, ids that differ by case or form', session: 'together',
  cases: [
    { name: 'a Binary of mine answers with a colleague\'s', inBytes: true, tell: async (t) => {
      const theirs = await t.colleagues();
      t.practice.lies.swapMedia.push([t.lie.info.id, theirs.info.id]);
    } },
    { name: 'the media is the id of a colleague\'s Binary', inBytes: true, tell: async (t) => {
      const theirs = await t.colleagues();
      // In the practice's own records, so that its access rule lets me read it.
      const mine = await t.practice.repo.read<DocumentReference>('DocumentReference', t.lie.info.id);
      await t.practice.repo.update<DocumentReference>({ ...mine, content: [{ attachment: { ...mine.content[0]?.attachment, url: `Binary/${theirs.info.binaryId}` } }] });
    } },
    { name: 'the patient is contained', tell: (t) => t.says<DocumentReference>('DocumentReference', t.lie.info.id, (one) => ({ ...one, contained: [{ resourceType: 'Patient', id: t.lie.info.patientId }], subject: { reference: `#${t.lie.info.patientId}` } })) },
    { name: 'the encounter is contained', tell: (t) => t.says<DocumentReference>('DocumentReference', t.lie.info.id, (one) => ({ ...one, contained: [{ resourceType: 'Encounter', id: t.lie.info.encounterId }], context: { ...one.context, encounter: [{ reference: `#${t.lie.info.encounterId}` }] } })) },
    ...([['first', true], ['last', false]] as const).flatMap(([place, first]): Case[] => [
      { name: `the patient is there twice, a stranger ${place}`, tell: async (t) => {
        const mine = await t.practice.repo.read<Patient>('Patient', t.lie.info.patientId);
        t.adds({ ...mine, birthDate: '1931-01-31', name: [{ family: 'Somebodyelse' }] }, { type: 'Patient', asked: t.lie.info.patientId, first });
      } },
      { name: `the Task is there twice, cancelled ${place}`, tell: async (t) => {
        const mine = await t.practice.repo.read<Task>('Task', taskOf(t));
        t.adds({ ...mine, status: 'cancelled' }, { type: 'Task', first });
      } },
      { name: `the Task is there twice, a colleague's ${place}`, tell: async (t) => {
        const mine = await t.practice.repo.read<Task>('Task', taskOf(t));
        t.adds({ ...mine, owner: { reference: 'Practitioner/gp-2' } }, { type: 'Task', first });
      } },
      { name: `the recording is there twice, entered in error ${place}`, tell: async (t) => {
        const mine = await t.practice.repo.read<DocumentReference>('DocumentReference', t.lie.info.id);
        t.adds({ ...mine, status: 'entered-in-error' }, { type: 'DocumentReference', asked: t.lie.info.id, first });
      } },
      { name: `the encounter is there twice, of another patient ${place}`, tell: async (t) => {
        const mine = await t.practice.repo.read<Encounter>('Encounter', t.lie.info.encounterId);
        t.adds({ ...mine, subject: { reference: 'Patient/pat-1' } }, { type: 'Encounter', asked: t.lie.info.encounterId, first });
      } },
      { name: `the consent is there twice, inactive ${place}`, tell: async (t) => {
        const mine = await t.practice.repo.read('Consent', t.lie.info.consentId);
        t.adds({ ...mine, status: 'inactive' }, { type: 'Consent', asked: t.lie.info.consentId, first });
      } },
    ]),
    { name: 'the recording\'s id differs by case', tell: (t) => t.says<DocumentReference>('DocumentReference', t.lie.info.id, (one) => ({ ...one, id: t.lie.info.id.toUpperCase() })) },
    { name: 'the Task names the recording by another case', tell: (t) => t.says<Task>('Task', taskOf(t), (one) => ({ ...one, focus: { reference: `DocumentReference/${t.lie.info.id.toUpperCase()}` } })) },
    { name: 'the patient\'s id is in another Unicode form', tell: (t) => t.says<Task>('Task', taskOf(t), (one) => ({ ...one, for: { reference: `Patient/${t.lie.info.patientId.replace('-', '‐')}` } })) },
    { name: 'the patient\'s id is in full-width letters', tell: (t) => t.says<Patient>('Patient', t.lie.info.patientId, (one) => ({ ...one, id: t.lie.info.patientId.replace('pat', 'ｐａｔ') })) },
    { name: 'the encounter is a Patient of the same id', tell: (t) => t.says<Task>('Task', taskOf(t), (one) => ({ ...one, encounter: { reference: `Patient/${t.lie.info.encounterId}` } })) },
    { name: 'the recording is answered as another type', tell: (t) => t.says<DocumentReference>('DocumentReference', t.lie.info.id, (one) => ({ ...one, resourceType: 'Media' })) },
    { name: 'a version of a colleague\'s recording', tell: async (t) => {
      const theirs = await t.colleagues();
      t.says<Task>('Task', taskOf(t), (one) => ({ ...one, focus: { reference: `DocumentReference/${theirs.info.id}/_history/1` } }));
    } },
    { name: 'a search in place of a reference', tell: (t) => t.says<Task>('Task', taskOf(t), (one) => ({ ...one, focus: { reference: `DocumentReference?_id=${t.lie.info.id}` } })) },
    { name: 'a list of ids in place of a reference', tell: (t) => t.says<Task>('Task', taskOf(t), (one) => ({ ...one, for: { reference: `Patient/${t.lie.info.patientId},pat-1` } })) },
  ],
};

/** A parameter is not looked at: everything of that type is answered, a colleague's too. */
const ignored = (name: string, type: string, order: 'first' | 'last' | 'only'): Case => ({ name, tell: async (t) => {
  const theirs = await t.colleagues();
  const { repo } = t.practice;
  const extra = { Task: [await repo.read('Task', theirs.info.taskIds[0] ?? '')], DocumentReference: [await repo.read('DocumentReference', theirs.info.id)], Patient: [await repo.read('Patient', theirs.info.patientId)], Encounter: [await repo.read('Encounter', theirs.info.encounterId)], Consent: [await repo.read('Consent', theirs.info.consentId)], Provenance: [await repo.read('Provenance', `prov-${theirs.key}`), await repo.read('Provenance', `prov-tr-${theirs.key}`)] }[type] ?? [];
  // Of the case's own recording nothing may come of it either: its Task is somebody else's.
  t.says<Task>('Task', taskOf(t), (one) => ({ ...one, owner: { reference: 'Practitioner/gp-2' } }));
  t.rewrite((asked, given) => {
    if (asked.path !== type || given.status !== 200) return undefined;
    const bundle = bundleOf(given.body);
    const entries = extra.map((resource) => ({ resource: resource as unknown as Json }));
    return json({ ...bundle, entry: order === 'first' ? [...entries, ...(bundle.entry ?? [])] : [...(bundle.entry ?? []), ...entries] }, given);
  });
} });

export const ignoredParameters: Family = {
  name: 'ignoredParameters', title: 'Query parameters that are ignored', session: 'inTurn',
  cases: [
    ignored('owner of Task', 'Task', 'last'), ignored('_id of DocumentReference', 'DocumentReference', 'first'), ignored('_id of DocumentReference, behind', 'DocumentReference', 'last'), ignored('_id of Patient', 'Patient', 'first'), ignored('_id of Patient, behind', 'Patient', 'last'),
    ignored('_id of Encounter', 'Encounter', 'first'), ignored('_id of Consent', 'Consent', 'last'), ignored('target of Provenance', 'Provenance', 'first'), ignored('target of Provenance, behind', 'Provenance', 'last'),
    { name: 'everything, with all of a colleague\'s', tell: async (t) => {
      await t.colleagues();
      t.says<Task>('Task', taskOf(t), (one) => ({ ...one, owner: { reference: 'Practitioner/gp-2' } }));
      t.practice.lies.everyonesTasks = true;
    } },
  ],
};

/** The worklist cannot be read; what is in it in part must not be taken for all or for anything. */
const worklist = (name: string, answer: (given: { status: number; headers: Record<string, string>; body: Buffer }, t: Telling, asked: { query: URLSearchParams; fhirBase: string }) => { status: number; headers: Record<string, string>; body: Buffer | AsyncIterable<Buffer> } | null): Case => ({ name, tell: async (t) => {
  const theirs = await t.colleagues();
  const stolen = await t.practice.repo.read('Task', theirs.info.taskIds[0] ?? '');
  t.says<Task>('Task', taskOf(t), (one) => ({ ...one, owner: { reference: 'Practitioner/gp-2' } }));
  t.adds(stolen as unknown as Json, { type: 'Task' });
  t.rewrite((asked, given) => (asked.path === 'Task' && !asked.query.has('_id') ? answer(given, t, asked) : undefined));
} });
const fhir = { 'content-type': 'application/fhir+json' };
async function* forEver(): AsyncGenerator<Buffer> {
  yield Buffer.from('{"resourceType":"Bundle","entry":[');
  for (;;) {
    yield Buffer.from(`{"resource":{"resourceType":"Basic","note":"${'x'.repeat(60_000)}"}},`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export const pages: Family = {
  name: 'pages', title: 'Paging loops, pages that change, 200 with OperationOutcome, huge and slow bodies', session: 'inTurn',
  cases: [
    worklist('the next page is this page', (given, _, { fhirBase, query }) => json({ ...bundleOf(given.body), link: [{ relation: 'next', url: `${fhirBase}/Task?${query.toString()}` }] }, given)),
    worklist('two pages point at each other', (given, _, { fhirBase, query }) => json({ ...bundleOf(given.body), link: [{ relation: 'next', url: `${fhirBase}/Task?owner=Practitioner/gp-1&_page=${query.get('_page') === '8' ? '16' : '8'}` }] }, given)),
    worklist('there is always one page more', (given, _, { fhirBase, query }) => json({ resourceType: 'Bundle', entry: [], link: [{ relation: 'next', url: `${fhirBase}/Task?owner=Practitioner/gp-1&_page=${Number(query.get('_page') ?? 0) + 1}` }] }, given)),
    worklist('the second page is of other people', (given, t, { fhirBase, query }) => json(query.has('_page') ? bundleOf(given.body) : { ...bundleOf(given.body), entry: (bundleOf(given.body).entry ?? []).filter(({ resource }) => resource.id !== taskOf(t)), link: [{ relation: 'next', url: `${fhirBase}/Task?owner=Practitioner/gp-2&_page=8` }] }, given)),
    worklist('a page is answered twice, changed in between', (given, t) => json({ ...bundleOf(given.body), entry: [...(bundleOf(given.body).entry ?? []), ...(bundleOf(given.body).entry ?? []).filter(({ resource }) => resource.id === taskOf(t)).map(({ resource }) => ({ resource: { ...resource, owner: { reference: 'Practitioner/gp-3' } } }))] }, given)),
    worklist('OperationOutcome with 200', (given) => json({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'exception' }] }, given)),
    worklist('an OperationOutcome in the bundle', (given) => json({ ...bundleOf(given.body), entry: [...(bundleOf(given.body).entry ?? []), { resource: { resourceType: 'OperationOutcome', issue: [] }, search: { mode: 'outcome' } }] }, given)),
    worklist('a Task in place of a bundle', (given) => json((bundleOf(given.body).entry ?? [])[0]?.resource ?? {}, given)),
    worklist('a page that says sign in', () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: Buffer.from('<!doctype html><h1 data-injected>Sign in</h1>') })),
    worklist('half a bundle', (given) => ({ ...given, body: given.body.subarray(0, given.body.length >> 1) })),
    worklist('nothing, with 200', () => ({ status: 200, headers: fhir, body: Buffer.alloc(0) })),
    worklist('null', () => ({ status: 200, headers: fhir, body: Buffer.from('null') })),
    worklist('a list', () => ({ status: 200, headers: fhir, body: Buffer.from('[]') })),
    worklist('a hundred thousand brackets', () => ({ status: 200, headers: fhir, body: Buffer.from('['.repeat(100_000)) })),
    worklist('a member called __proto__', (given) => ({ ...given, body: Buffer.from(given.body.toString().replace('{', '{"__proto__":{"ok":true,"owner":{"reference":"Practitioner/gp-1"}},')) })),
    worklist('a body without an end', () => ({ status: 200, headers: fhir, body: forEver() })),
    worklist('compressed, and it is not', (given) => ({ status: 200, headers: { ...fhir, 'content-encoding': 'gzip' }, body: given.body })),
    ...[400, 403, 404, 410, 429, 500, 503].map((status) => worklist(`${status}`, () => ({ status, headers: fhir, body: Buffer.from('{"resourceType":"OperationOutcome","issue":[]}') }))),
    worklist('the line breaks', () => null),
    searches('evidence is an OperationOutcome with 200', 'Encounter', (bundle, t) => ((bundle.entry ?? []).some(({ resource }) => resource.id === t.lie.info.encounterId) ? { resourceType: 'OperationOutcome', issue: [] } : bundle)),
    searches('evidence is in another kind of bundle, without this patient', 'Patient', (bundle, t) => ({ ...bundle, type: 'batch-response', entry: (bundle.entry ?? []).filter(({ resource }) => resource.id !== t.lie.info.patientId) })),
  ],
};

const headers = (name: string, more: Record<string, string>): Case => ({ name, after: true, tell: (t) => {
  t.says<Task>('Task', taskOf(t), (one) => ({ ...one, status: 'cancelled' }));
  t.rewrite((asked, given) => (given.status === 200 && !asked.path.startsWith('Binary') ? { ...given, headers: { ...given.headers, ...more } } : undefined));
} });

export const metadata: Family = {
  name: 'metadata', title: 'ETag, versionId, Date and lastUpdated that lie: what was withdrawn is gone all the same', session: 'inTurn',
  cases: [
    headers('the Date is long ago', { date: 'Mon, 01 Jan 2001 00:00:00 GMT' }),
    headers('the Date is years ahead', { date: 'Tue, 01 Jan 2097 00:00:00 GMT' }),
    headers('the ETag is always the same', { etag: 'W/"1"' }),
    headers('the answer may be kept for a year', { 'cache-control': 'public, max-age=31536000, immutable' }),
    headers('it was last modified long ago', { 'last-modified': 'Mon, 01 Jan 2001 00:00:00 GMT' }),
    headers('cookies', { 'set-cookie': 'session=theirs; Path=/' }),
    { name: 'versionId and lastUpdated do not change when the Task does', after: true, tell: (t) => t.says<Task>('Task', taskOf(t), (one) => ({ ...one, status: 'entered-in-error', meta: one.meta })) },
    { name: 'lastUpdated goes back when the owner changes', after: true, tell: (t) => t.says<Task>('Task', taskOf(t), (one) => ({ ...one, owner: { reference: 'Practitioner/gp-2' }, meta: { versionId: '0', lastUpdated: '2001-01-01T00:00:00Z' } })) },
    { name: 'there is no meta at all, and the consent is gone', after: true, recording: { purpose: 'HQUALIMP' }, tell: (t) => t.says('Consent', t.lie.info.consentId, (one) => ({ ...one, meta: undefined, status: 'inactive' })) },
    { name: 'lastUpdated is no date, and the recording was replaced', after: true, tell: (t) => t.says<DocumentReference>('DocumentReference', t.lie.info.id, (one) => ({ ...one, meta: { lastUpdated: 'yesterday' }, status: 'superseded' })) },
    { name: '304 for what has changed', after: true, tell: (t) => {
      t.says<Task>('Task', taskOf(t), (one) => ({ ...one, status: 'cancelled' }));
      t.rewrite((asked) => (asked.path === 'Task' && asked.headers['if-none-match'] !== undefined ? { status: 304, headers: {}, body: Buffer.alloc(0) } : undefined));
    } },
  ],
};
