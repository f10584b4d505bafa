/** Odd, and legal: each of these must be admitted and play. */
import { sign } from 'node:crypto';
import type { Consent, DocumentReference, Encounter, Organization, Patient, Provenance, Task } from '@medplum/fhirtypes';
import { demoKeys } from '../../../practice/keys.ts';
import { json } from '../app/scene.ts';
import type { Case, Family, Json, Telling } from '../app/case.ts';

const taskOf = (t: Telling): string => t.lie.info.taskIds[0] ?? '';
const legal = (name: string, tell: Case['tell'], recording: Case['recording'] = {}): Case => ({ name, expect: 'plays', recording, tell });
const task = (name: string, change: (one: Json, t: Telling) => Json, recording: Case['recording'] = {}): Case => legal(name, (t) => t.says<Task>('Task', taskOf(t), (one) => change(one, t)), recording);
const document = (name: string, change: (one: Json, t: Telling) => Json, recording: Case['recording'] = {}): Case => legal(name, (t) => t.says<DocumentReference>('DocumentReference', t.lie.info.id, (one) => change(one, t)), recording);
const encounter = (name: string, change: (one: Json, t: Telling) => Json, recording: Case['recording'] = {}): Case => legal(name, (t) => t.says<Encounter>('Encounter', t.lie.info.encounterId, (one) => change(one, t)), recording);
const patient = (name: string, change: (one: Json, t: Telling) => Json, recording: Case['recording'] = {}): Case => legal(name, (t) => t.says<Patient>('Patient', t.lie.info.patientId, (one) => change(one, t)), recording);
const without = (resource: Json, ...names: string[]): Json => Object.fromEntries(Object.entries(resource).filter(([name]) => !names.includes(name)));
const LOCAL = 'https://demo-surgery.example/Id/patient';
const iso = (ms: number): string => new Date(ms).toISOString();
const minute = 60_000;
const day = (days: number): string => iso(Date.now() + days * 86_400_000);
const STRANGE = { url: 'https://elsewhere.example/StructureDefinition/unheard-of', valueCodeableConcept: { text: 'unheard of' } };

/** Every reference of a resource rewritten. */
function referring(resource: Json, write: (reference: string) => Json): Json {
  return JSON.parse(JSON.stringify(resource), (_, value: unknown) => {
    const { reference } = (value ?? {}) as { reference?: unknown };
    return typeof reference === 'string' ? { ...(value as Json), ...write(reference) } : value;
  }) as Json;
}
/** In every resource of the case's own recording. */
const inAll = (name: string, change: (one: Json, t: Telling) => Json): Case => legal(name, (t) => {
  const { key, info } = t.lie;
  for (const [type, id] of [['Task', taskOf(t)], ['DocumentReference', info.id], ['DocumentReference', `tr-${key}`], ['Encounter', info.encounterId], ['Consent', info.consentId], ['Patient', info.patientId], ['Provenance', `prov-${key}`], ['Provenance', `prov-tr-${key}`]] as const) t.says(type, id, (one) => change(one, t));
});
const shifted = (name: string, startedAt: string, start: string, end: string): Case => encounter(name, (one) => ({ ...one, period: { start, end } }), { startedAt: new Date(startedAt) });

export const oddGraphs: Family = {
  name: 'oddGraphs', title: 'Odd but legal graphs', session: 'together',
  cases: [
    legal('merged patient: Task and encounter name the former record', async (t) => {
      const { patientId } = t.lie.info;
      const present = await t.practice.repo.read<Patient>('Patient', patientId);
      const former = { ...present, id: `${patientId}-former`, active: false, identifier: [...(present.identifier ?? []), { system: LOCAL, value: '17' }], link: [{ other: { reference: `Patient/${patientId}` }, type: 'replaced-by' }] };
      t.adds(former, { type: 'Patient', asked: former.id });
      t.says<Task>('Task', taskOf(t), (one) => ({ ...one, for: { reference: `Patient/${former.id}` } }));
      t.says<Encounter>('Encounter', t.lie.info.encounterId, (one) => ({ ...one, subject: { reference: `Patient/${former.id}` } }));
    }),
    legal('merged patient: only the former record has the NHS number', async (t) => {
      const { patientId } = t.lie.info;
      const present = await t.practice.repo.read<Patient>('Patient', patientId);
      const local = { system: LOCAL, value: '18' };
      t.adds({ ...present, id: `${patientId}-former`, identifier: [...(present.identifier ?? []), local] }, { type: 'Patient', asked: `${patientId}-former` });
      t.says<Patient>('Patient', patientId, (one) => ({ ...one, identifier: [local] }));
      t.says<Encounter>('Encounter', t.lie.info.encounterId, (one) => ({ ...one, subject: { reference: `Patient/${patientId}-former` } }));
      await t.resign((m) => ((m.patient as Json).identifiers = [...((m.patient as Json).identifiers as Json[]), local]));
    }),
    legal('temporary patient with no NHS number', async (t) => {
      const identifier = [{ system: LOCAL, value: `T-${t.lie.key}` }];
      t.says<Patient>('Patient', t.lie.info.patientId, (one) => ({ ...one, identifier }));
      await t.resign((m) => ((m.patient as Json).identifiers = identifier));
    }),
    task('owner by PractitionerRole', (one) => ({ ...one, owner: { reference: 'PractitionerRole/role-gp-1' } })),
    inAll('absolute references', (one, { practice }) => referring(one, (reference) => ({ reference: /^https?:/.test(reference) ? reference : `${practice.fhirBase}/${reference}` }))),
    inAll('versioned references', (one) => referring(one, (reference) => ({ reference: `${reference}/_history/1` }))),
    inAll('references with type, identifier and display', (one) => referring(one, (reference) => ({ type: reference.split('/')[0], identifier: { system: LOCAL, value: reference }, display: 'Somebody' }))),
    inAll('unknown extensions, also in primitive fields', (one) => ({ ...one, extension: [STRANGE], _id: { extension: [STRANGE] }, _status: { extension: [STRANGE] } })),
    inAll('contained resources that nothing depends on', (one) => ({ ...one, contained: [{ resourceType: 'Basic', id: 'inner', extension: [STRANGE] }, { resourceType: 'Patient', id: 'inner2', name: [{ family: 'Containedperson' }] }] })),
    inAll('profiles, tags, labels and a narrative', (one) => ({ ...one, language: 'en-GB', text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">words</div>' }, meta: { ...(one.meta as Json), source: '#17', profile: ['https://elsewhere.example/p'], tag: [{ system: 'https://elsewhere.example', code: 'x' }] } })),
    inAll('no meta at all', (one) => without(one, 'meta')),
    shifted('the clocks go back during the consultation', '2025-10-26T00:55:00Z', '2025-10-26T01:52:00+01:00', '2025-10-26T01:07:00+00:00'),
    shifted('the clocks go forward during the consultation', '2026-03-29T00:55:00Z', '2026-03-29T00:52:00+00:00', '2026-03-29T02:07:00+01:00'),
    shifted('over midnight and the year', '2025-12-31T23:59:30Z', '2025-12-31T23:55:00Z', '2026-01-01T00:10:00Z'),
    shifted('a consultation far away in another zone', '2026-02-03T03:00:00Z', '2026-02-03T14:57:00+12:00', '2026-02-03T15:10:00+12:00'),
    encounter('recorded 9 minutes before the consultation began', (one) => { const { start, end } = one.period as Record<string, string>; return { ...one, period: { start: iso(Date.parse(start ?? '') + 12 * minute), end: iso(Date.parse(end ?? '') + 12 * minute) } }; }),
    encounter('recorded until 9 minutes after it ended', (one, { practice, lie }) => ({ ...one, period: { start: (one.period as Json).start, end: iso(Date.parse(practice.repo.manifest(lie.info.id).endedAt) - 9 * minute) } })),
    encounter('fractions of seconds', (one) => { const { start, end } = one.period as Record<string, string>; return { ...one, period: { start: start?.replace('Z', '.123456Z'), end: end?.replace('Z', '.9Z') } }; }),
    encounter('an encounter with several identifiers', (one) => ({ ...one, identifier: [{ use: 'usual', value: '7' }, { system: 'https://elsewhere.example/Id', value: 'E-7' }, ...(one.identifier as Json[])] })),
    encounter('still in progress', (one) => ({ ...one, status: 'in-progress' })),
    legal('two consents, of which one is for something else', async (t) => {
      const other = { ...await t.practice.repo.read<Consent>('Consent', t.lie.info.consentId) as unknown as Json, id: `two-${t.lie.key}`, provision: { type: 'permit', period: { start: day(-30), end: day(30) }, purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HRESCH' }], data: [{ meaning: 'instance', reference: { reference: 'DocumentReference/rec-01' } }] } };
      t.adds(other, { type: 'Consent', asked: other.id });
      t.says<DocumentReference>('DocumentReference', t.lie.info.id, (one) => ({ ...one, context: { ...one.context, related: [{ reference: `Consent/${other.id}` }, ...(one.context?.related ?? [])] } }));
    }),
    legal('a consent for several recordings and purposes, without an end', (t) => t.says<Consent>('Consent', t.lie.info.consentId, (one) => ({ ...one, provision: { ...one.provision, period: { start: day(-300) }, purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HRESCH' }, ...(one.provision?.purpose ?? [])], data: [{ meaning: 'instance', reference: { reference: 'DocumentReference/rec-01' } }, ...(one.provision?.data ?? [])] } }))),
    legal('direct care, and the training consent is withdrawn', (t) => t.says<Consent>('Consent', t.lie.info.consentId, (one) => ({ ...one, status: 'inactive' })), { purpose: 'TREAT' }),
    document('direct care, and there is no consent', (one) => ({ ...one, context: without(one.context as Json, 'related') }), { purpose: 'TREAT' }),
    task('a Task that is accepted', (one) => ({ ...one, status: 'accepted' })),
    task('a Task in progress', (one) => ({ ...one, status: 'in-progress' })),
    task('a Task that was completed yesterday', (one) => ({ ...one, status: 'completed', lastModified: day(-1) })),
    task('a period of dates', (one) => ({ ...one, restriction: { period: { start: day(-2).slice(0, 10), end: day(0).slice(0, 10) } } })),
    task('a period without an end', (one) => ({ ...one, restriction: { repetitions: 1, period: { start: day(-2) } } })),
    task('a period without a start', (one) => ({ ...one, restriction: { period: { end: day(2) } } })),
    task('codes of other systems beside ours', (one) => ({ ...one, code: { coding: [{ system: 'http://snomed.info/sct', code: '1' }, ...((one.code as { coding: Json[] }).coding)] }, reasonCode: { coding: [{ system: 'http://snomed.info/sct', code: '2' }, ...((one.reasonCode as { coding: Json[] }).coding)] } })),
    task('no words at all', (one) => without(one, 'description', 'priority', 'requester', 'authoredOn')),
    legal('a peer review with its signed assignment', () => undefined, { review: 'peer' }),
    legal('audio', () => undefined, { contentType: 'audio/mp4' }),
    legal('labelled very restricted', () => undefined, { confidentiality: 'V' }),
    legal('not for offline use', () => undefined, { offlinePermitted: false }),
    document('no digest beside the file', (one) => ({ ...one, content: (one.content as { attachment: Json }[]).map(({ attachment }) => ({ attachment: without(attachment, 'extension', 'hash', 'title') })) })),
    document('no words, no author, no labels', (one) => without(one, 'description', 'author', 'securityLabel', 'type', 'date', 'docStatus')),
    document('the author is a device', (one) => ({ ...one, author: [{ reference: 'Device/asr-1' }] })),
    document('the transcript is a second content', (one, { lie }) => ({ ...one, content: [...(one.content as Json[]), { attachment: { contentType: 'text/vtt', url: `Binary/vtt-${lie.key}` } }] })),
    patient('a maiden name too', (one) => ({ ...one, name: [{ use: 'maiden', family: 'Formerly' }, ...(one.name as Json[])] })),
    patient('the family name in capitals', (one) => ({ ...one, name: (one.name as Json[]).map((name) => ({ ...name, family: String(name.family).toUpperCase() })) })),
    patient('the NHS number in three groups', (one) => ({ ...one, identifier: (one.identifier as { value: string }[]).map((id) => ({ ...id, value: `${id.value.slice(0, 3)} ${id.value.slice(3, 6)} ${id.value.slice(6)}` })) })),
    patient('a patient with several identifiers', (one) => ({ ...one, identifier: [{ value: 'lonely' }, { system: LOCAL, value: '99' }, ...(one.identifier as Json[])] })),
    legal('letters in decomposed form at the practice', async (t) => {
      const family = `Ñandú ${t.lie.family}`;
      await t.resign((m) => ((m.patient as Json).family = family.normalize('NFC')));
      t.says<Patient>('Patient', t.lie.info.patientId, (one) => ({ ...one, name: one.name?.map((name) => ({ ...name, family: family.normalize('NFD') })) }));
    }),
    legal('born on a leap day', () => undefined, { patient: { birthDate: '2000-02-29' } }),
    legal('a practice with several identifiers', (t) => {
      t.adds({ resourceType: 'Organization', id: `org-${t.lie.key}`, identifier: [{ system: LOCAL, value: '1' }, { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'Z99999' }] } satisfies Organization, { type: 'Organization', asked: `org-${t.lie.key}` });
      t.says<DocumentReference>('DocumentReference', t.lie.info.id, (one) => ({ ...one, custodian: { reference: `Organization/org-${t.lie.key}` } }));
    }),
    legal('a second revision of the manifest, and both are there', async (t) => {
      const { repo } = t.practice;
      const [first, bytes] = [await repo.read<Provenance>('Provenance', `prov-${t.lie.key}`), Buffer.from(JSON.stringify(repo.manifest(t.lie.info.id)))];
      t.bytes(`old-${t.lie.key}`, bytes);
      t.rewrite((asked) => (asked.path === `Binary/old-${t.lie.key}` ? { status: 200, headers: { 'content-type': 'application/json' }, body: bytes } : undefined));
      await t.resign((m) => (m.issuedAt = new Date().toISOString()));
      t.adds({ ...first, id: `old-${t.lie.key}`, entity: [{ role: 'source', what: { reference: `Binary/old-${t.lie.key}` } }] }, { type: 'Provenance', asked: `DocumentReference/${t.lie.info.id}` });
    }),
    legal('a manifest by the ES256 key', (t) => t.resign(() => undefined, { signWith: 'manifestES256' })),
    legal('a signature that calls its algorithm Ed25519', (t) => t.jws((bytes) => {
      const header = Buffer.from(JSON.stringify({ alg: 'Ed25519', kid: demoKeys.manifest.publicJwk.kid })).toString('base64url');
      return `${header}..${sign(null, Buffer.from(`${header}.${bytes.toString('base64url')}`), demoKeys.manifest.privateKey).toString('base64url')}`;
    })),
    legal('a manifest with block digests', (t) => t.resign((m) => {
      const { sha256 } = m.media as { sha256: string };
      // The file is shorter than a block: its one block is the file.
      m.media = { ...(m.media as Json), blocks: { size: 1_048_576, sha256: [sha256] } };
    })),
    legal('a manifest that is written over several lines', async (t) => {
      const bytes = Buffer.from(JSON.stringify(t.practice.repo.manifest(t.lie.info.id), null, 2));
      await t.resign(() => undefined, { bytes });
    }),
    legal('a colleague was there too', (t) => t.resign((m) => Object.assign(m, { clinicians: [...(m.clinicians as string[]), '555000000002'], joined: [...(m.joined as Json[]), { role: 'clinician', id: '555000000002', at: m.startedAt }, { role: 'other', at: m.startedAt }] }))),
    legal('another signature beside the right one', (t) => t.says<Provenance>('Provenance', `prov-${t.lie.key}`, (one) => ({ ...one, signature: [...(one.signature ?? []), { type: [{ code: 'x' }], when: day(0), who: { display: 'x' }, sigFormat: 'image/png', data: 'AAAA' }] as never }))),
    legal('ids that the server chose: all that the assignment names is a number', async (t) => {
      const { key, info } = t.lie;
      const named: [string, string][] = [['DocumentReference', info.id], ['DocumentReference', `tr-${key}`], ['Encounter', info.encounterId], ['Consent', info.consentId], ['Patient', info.patientId], ['Provenance', `prov-${key}`], ['Provenance', `prov-tr-${key}`]];
      const numbers = new Map(named.map(([type, id], index) => [`${type}/${id}`, `${type}/${61_000 + index}`]));
      const renamed = (resource: Json): Json => referring(resource, (reference) => ({ reference: numbers.get(reference) ?? reference }));
      for (const [type, id] of named) {
        const [, number = ''] = numbers.get(`${type}/${id}`)?.split('/') ?? [];
        const resource = { ...renamed(await t.practice.repo.read(type as Patient['resourceType'], id) as unknown as Json), id: number };
        t.adds(resource, { type, asked: number });
        const relatesTo = new Map([[`tr-${key}`, info.id], [`prov-${key}`, info.id], [`prov-tr-${key}`, `tr-${key}`]]).get(id);
        if (relatesTo !== undefined) t.adds(resource, { type, asked: numbers.get(`DocumentReference/${relatesTo}`) });
      }
      t.says<Task>('Task', taskOf(t), renamed);
    }),
  ],
};

const bundles = (name: string, change: (bundle: Json & { entry?: Json[] }, asked: { path: string; query: URLSearchParams; fhirBase: string }) => unknown): Case => legal(name, (t) => t.rewrite((asked, given) => {
  if (given.status !== 200 || !(given.headers['content-type'] ?? '').includes('fhir+json')) return undefined;
  const body = JSON.parse(given.body.toString()) as Json & { entry?: Json[] };
  return body.resourceType === 'Bundle' ? json(change(body, asked), given) : undefined;
}));
const binaries = (name: string, change: (given: { status: number; headers: Record<string, string>; body: Buffer }, asked: { headers: Record<string, unknown> }) => { status: number; headers: Record<string, string>; body: Buffer | AsyncIterable<Buffer> }, ofMedia = true): Case => legal(name, (t) =>
  t.rewrite((asked, given) => (asked.path === (ofMedia ? `Binary/${t.lie.info.binaryId}` : `Binary/manifest-${t.lie.key}`) && given.status < 300 ? change(given, asked) : undefined)));
async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function* brokenOff(bytes: Buffer): AsyncGenerator<Buffer> {
  yield* inPieces(bytes, 60_000);
  throw new Error('the line breaks here');
}

export const oddAnswers: Family = {
  name: 'oddAnswers', title: 'Odd but legal answers, as real servers give them', session: 'inTurn',
  cases: [
    bundles('a bundle without total', (bundle) => without(bundle, 'total')),
    bundles('a bundle without links, when it is all', (bundle) => ((bundle.link as Json[] | undefined)?.some(({ relation }) => relation === 'next') ? bundle : without(bundle, 'link'))),
    bundles('one entry a page', (bundle, { path, query, fhirBase }) => {
      if (query.get('_count') === '1' || (bundle.entry ?? []).length < 2) return bundle;
      // From here on the practice itself gives one at a time.
      const next = new URLSearchParams([...query].filter(([name]) => name !== '_count' && name !== '_page'));
      next.set('_count', '1');
      next.set('_page', String(Number(query.get('_page') ?? 0) + 1));
      return { ...bundle, entry: bundle.entry?.slice(0, 1), link: [{ relation: 'next', url: `${fhirBase}/${path}?${next.toString()}` }] };
    }),
    legal('pages under a name of the server’s, on the base address', (t) => {
      const kept = new Map<string, Json[]>();
      t.rewrite((asked, given) => {
        const name = asked.query.get('_getpages');
        if (name !== null) return json({ resourceType: 'Bundle', id: name, type: 'searchset', entry: kept.get(name), link: [{ relation: 'self', url: `${asked.fhirBase}?_getpages=${name}` }] }, { status: 200, headers: {}, body: Buffer.alloc(0) });
        if (given.status !== 200 || !(given.headers['content-type'] ?? '').includes('fhir+json')) return undefined;
        const body = JSON.parse(given.body.toString()) as Json & { entry?: Json[] };
        const entry = body.entry ?? [];
        if (body.resourceType !== 'Bundle' || entry.length < 2) return undefined;
        const next = `${kept.size}-${asked.path}`;
        kept.set(next, entry.slice(1));
        return json({ ...without(body, 'total'), entry: entry.slice(0, 1), link: [{ relation: 'next', url: `${asked.fhirBase}?_getpages=${next}&_getpagesoffset=1&_count=1&_bundletype=searchset` }] }, given);
      });
    }),
    bundles('an empty page first', (bundle, { path, query, fhirBase }) => (query.has('_page') ? bundle : { ...without(bundle, 'entry'), link: [{ relation: 'next', url: `${fhirBase}/${path}?${query.toString()}&_page=0` }] })),
    bundles('next links that are relative to the base', (bundle, { fhirBase }) => ({ ...bundle, link: ((bundle.link as Json[] | undefined) ?? []).map((link) => ({ ...link, url: String(link.url).replace(`${fhirBase}/`, '') })) })),
    bundles('an outcome and strange entries among the matches', (bundle) => ({ ...bundle, entry: [{ resource: { resourceType: 'OperationOutcome', issue: [{ severity: 'information', code: 'informational' }] }, search: { mode: 'outcome' } }, { fullUrl: 'urn:uuid:1' }, { resource: { resourceType: 'Basic', id: 'b' } }, ...(bundle.entry ?? [])] })),
    bundles('each entry twice, as where pages overlap', (bundle) => ({ ...bundle, entry: [...(bundle.entry ?? []), ...(bundle.entry ?? [])] })),
    bundles('no fullUrl and no search mode', (bundle) => ({ ...bundle, entry: (bundle.entry ?? []).map(({ resource }) => ({ resource })) })),
    bundles('in another order', (bundle) => ({ ...bundle, entry: [...(bundle.entry ?? [])].reverse() })),
    binaries('media as octets', (given) => ({ ...given, headers: { ...given.headers, 'content-type': 'application/octet-stream' } })),
    binaries('media without its length, in pieces', (given) => ({ ...given, headers: without(given.headers, 'content-length') as Record<string, string>, body: inPieces(given.body, 20_000) })),
    binaries('media without ranges or tag', (given) => ({ ...given, headers: without(given.headers, 'accept-ranges', 'etag') as Record<string, string> })),
    binaries('media whose first request breaks off', (() => {
      let first = true;
      return (given) => {
        if (!first) return given;
        first = false;
        return { ...given, body: brokenOff(given.body.subarray(0, given.body.length >> 1)) };
      };
    })()),
    binaries('media that breaks off, from a server that knows no ranges and gives it as an attachment', (() => {
      let whole: Buffer | null = null;
      return (given) => {
        const headers = { ...without(given.headers, 'accept-ranges', 'content-range', 'content-length') as Record<string, string>, etag: 'W/"1"', 'content-disposition': 'attachment' };
        if (whole) return { status: 200, headers, body: whole };
        whole = given.body;
        return { status: 200, headers, body: brokenOff(given.body.subarray(0, given.body.length >> 1)) };
      };
    })()),
    binaries('a manifest as a Binary resource', (given) => ({ status: 200, headers: { 'content-type': 'application/fhir+json' }, body: Buffer.from(JSON.stringify({ resourceType: 'Binary', contentType: 'application/json', data: given.body.toString('base64') })) }), false),
    binaries('a manifest as text', (given) => ({ ...given, headers: { ...given.headers, 'content-type': 'text/plain; charset=us-ascii' } }), false),
    legal('slow answers', (t) => { t.practice.lies.delayMs = 150; }),
    legal('its own headers on everything', (t) => t.rewrite((_, given) => ({ ...given, headers: { ...given.headers, 'x-request-id': '17', 'strict-transport-security': 'max-age=1', 'content-security-policy': 'default-src \'none\'', vary: '*' } }))),
    legal('weak tags, a charset and where the version is', (t) => t.rewrite((asked, given) => ({ ...given, headers: { ...given.headers, ...((given.headers['content-type'] ?? '').includes('fhir+json') && { 'content-type': 'application/fhir+json;charset=UTF-8' }), etag: 'W/"7"', 'content-location': `${asked.fhirBase}/${asked.path}/_history/7` } }))),
  ],
};

