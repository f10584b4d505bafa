/** What is signed: manifest, assignment, transcript; and the bytes of the recording itself. */
import { createHmac, createPublicKey, sign } from 'node:crypto';
import type { DocumentReference, Provenance } from '@medplum/fhirtypes';
import { demoKeys, type DemoKey } from '../../../practice/keys.ts';
import { detachedJws } from '../../../practice/signing.ts';
import type { Given } from '../../../practice/index.ts';
import type { Case, Family, Json, Telling } from '../app/case.ts';

const now = (): string => new Date().toISOString();
const encoded = (header: Json): string => Buffer.from(JSON.stringify(header)).toString('base64url');
const MANIFEST = 'consult-manifest+jws';

/** A signature with any header, by any key, over the manifest as it is. */
function signedWith(header: Json, key: DemoKey): (bytes: Buffer) => string {
  return (bytes) => {
    const input = Buffer.from(`${encoded(header)}.${bytes.toString('base64url')}`);
    return `${encoded(header)}..${sign(key.publicJwk.alg === 'EdDSA' ? null : 'sha256', input, { key: key.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  };
}
const jws = (name: string, make: (bytes: Buffer) => string): Case => ({ name, tell: (t) => t.jws(make) });
const manifest = (name: string, change: (manifest: Json, t: Telling) => void, options?: Parameters<Telling['resign']>[1]): Case => ({ name, tell: (t) => t.resign((m) => change(m, t), options) });
const provenance = (name: string, change: (one: Json, t: Telling) => Json): Case => ({ name, tell: (t) => t.says<Provenance>('Provenance', `prov-${t.lie.key}`, (one) => change(one, t)) });
const { manifest: key, manifestES256, stranger, transcriber, assignment: assigner } = demoKeys;
const media = (one: Json): Json => one.media as Json;
const raw = (name: string, make: (text: string) => string | Buffer): Case => ({ name, tell: async (t) => {
  const bytes = make(JSON.stringify(t.practice.repo.manifest(t.lie.info.id)));
  await t.resign(() => undefined, { bytes: Buffer.from(bytes) });
} });

export const manifests: Family = {
  name: 'manifests', title: 'Manifest missing, unsigned, by the wrong key, of another recording, twice', session: 'together',
  cases: [
    { name: 'there is no manifest', tell: (t) => t.says<Provenance>('Provenance', `prov-${t.lie.key}`, () => ({ resourceType: 'Basic', id: 'nothing' })) },
    provenance('the manifest is not signed', (one) => ({ ...one, signature: undefined })),
    provenance('the signature is empty', (one) => ({ ...one, signature: [{ sigFormat: 'application/jose', data: '' }] })),
    provenance('the signature is of another format', (one) => ({ ...one, signature: (one.signature as Json[]).map((s) => ({ ...s, sigFormat: 'application/signature+xml' })) })),
    provenance('the signed bytes are no source', (one) => ({ ...one, entity: (one.entity as Json[]).map((e) => ({ ...e, role: 'derivation' })) })),
    provenance('the signed bytes are on another server', (one, { elsewhere, lie }) => ({ ...one, entity: [{ role: 'source', what: { reference: `${elsewhere.url}/fhir/Binary/manifest-${lie.key}` } }] })),
    provenance('the signed bytes are the recording', (one, { lie }) => ({ ...one, entity: [{ role: 'source', what: { reference: `Binary/${lie.info.binaryId}x` } }] })),
    provenance('the manifest is about another document', (one) => ({ ...one, target: [{ reference: 'DocumentReference/rec-01' }] })),
    { name: 'the signed bytes do not answer', tell: (t) => t.rewrite((asked, given) => (asked.path === `Binary/manifest-${t.lie.key}` ? { ...given, status: 404, body: Buffer.from('{}') } : undefined)) },
    { name: 'the signed bytes are empty', tell: (t) => t.bytes(`manifest-${t.lie.key}`, Buffer.alloc(0)) },
    manifest('signed by a stranger', () => undefined, { signWith: 'stranger' }),
    manifest('signed with a revoked key', () => undefined, { signWith: 'revoked' }),
    manifest('signed with a revoked key, and dated before that', (m) => { m.issuedAt = '2019-01-01T00:00:00Z'; }, { signWith: 'revoked' }),
    manifest('signed with a key that is no longer in use', () => undefined, { signWith: 'retired' }),
    manifest('changed after it was signed', (m) => (m.revision = 7), { keepSignature: true }),
    jws('signed by the transcriber', (bytes) => detachedJws(bytes, transcriber, MANIFEST, now())),
    jws('signed by the assigner', (bytes) => detachedJws(bytes, assigner, MANIFEST, now())),
    jws('alg none', () => `${encoded({ alg: 'none', kid: key.publicJwk.kid })}..`),
    jws('alg HS256 with the public key', (bytes) => { const header = encoded({ alg: 'HS256', kid: key.publicJwk.kid }); return `${header}..${createHmac('sha256', createPublicKey(key.privateKey).export({ type: 'spki', format: 'pem' })).update(`${header}.${bytes.toString('base64url')}`).digest('base64url')}`; }),
    jws('a stranger under a trusted kid', signedWith({ alg: 'EdDSA', kid: key.publicJwk.kid }, stranger)),
    jws('a stranger\'s key brought along', signedWith({ alg: 'EdDSA', kid: key.publicJwk.kid, jwk: { ...stranger.publicJwk } }, stranger)),
    { name: 'a stranger\'s key to be fetched', tell: (t) => t.jws(signedWith({ alg: 'EdDSA', kid: stranger.publicJwk.kid, jku: `${t.elsewhere.url}/keys` }, stranger)) },
    jws('no kid', signedWith({ alg: 'EdDSA' }, key)),
    jws('the kid of the other trusted key', signedWith({ alg: 'EdDSA', kid: manifestES256.publicJwk.kid }, key)),
    jws('ES256 announced as EdDSA', signedWith({ alg: 'EdDSA', kid: manifestES256.publicJwk.kid }, manifestES256)),
    jws('EdDSA announced as ES256', signedWith({ alg: 'ES256', kid: key.publicJwk.kid }, key)),
    jws('a critical header that nobody knows', signedWith({ alg: 'EdDSA', kid: key.publicJwk.kid, crit: ['expires'], expires: 1 }, key)),
    jws('with its payload attached', (bytes) => { const [header = '', , signature = ''] = detachedJws(bytes, key, MANIFEST, now()).split('.'); return `${header}.${bytes.toString('base64url')}.${signature}`; }),
    jws('half a signature', (bytes) => detachedJws(bytes, key, MANIFEST, now()).slice(0, -40)),
    manifest('of another recording', (m) => (m.recording = 'urn:uuid:00000000-0000-4000-8000-000000000000')),
    manifest('of another patient', (m) => (m.patient = { identifiers: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000026' }], birthDate: '1984-07-02', family: 'Testperson' })),
    manifest('of a patient born on another day', (m) => ((m.patient as Json).birthDate = '1931-01-31')),
    manifest('of another consultation', (m) => (m.encounter = { system: 'https://demo-surgery.example/Id/encounter', value: 'DS-01' })),
    manifest('of a colleague\'s consultation', (m) => Object.assign(m, { clinicians: ['555000000002'], joined: [{ role: 'clinician', id: '555000000002', at: m.startedAt }] })),
    manifest('of a consultation that no clinician was in', (m) => (m.clinicians = [])),
    manifest('names me, and somebody else joined', (m) => (m.joined = [{ role: 'clinician', id: '555000000002', at: m.startedAt }, { role: 'patient', at: m.startedAt }])),
    manifest('names me, and nobody joined', (m) => (m.joined = [])),
    manifest('of a file of another size', (m) => (media(m).size = 7)),
    manifest('of a file of another type', (m) => (media(m).contentType = 'audio/mp4')),
    manifest('of another file', (m) => (media(m).sha256 = 'A'.repeat(43))),
    manifest('of a version that is not understood', (m) => (m.version = 2)),
    manifest('with a member that is not understood', (m) => (m.exceptions = [])),
    manifest('with a negative revision', (m) => (m.revision = -1)),
    raw('a member twice', (text) => text.replace('{', '{"recording":"urn:uuid:00000000-0000-4000-8000-000000000000",')),
    raw('an inner member twice', (text) => text.replace('"media":{', '"media":{"size":1,')),
    raw('not JSON', (text) => text.slice(0, -1)),
    raw('a list', (text) => `[${text}]`),
    raw('bytes that are no UTF-8', (text) => Buffer.concat([Buffer.from(text.slice(0, -2)), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])),
    { name: 'two of one revision that differ', tell: async (t) => {
      const twin = { ...t.practice.repo.manifest(t.lie.info.id), issuedAt: now() };
      const bytes = Buffer.from(JSON.stringify(twin));
      t.rewrite((asked) => (asked.path === `Binary/twin-${t.lie.key}` ? { status: 200, headers: { 'content-type': 'application/json' }, body: bytes } : undefined));
      const prov = await t.practice.repo.read('Provenance', `prov-${t.lie.key}`) as unknown as Json;
      t.adds({ ...prov, id: `twin-${t.lie.key}`, entity: [{ role: 'source', what: { reference: `Binary/twin-${t.lie.key}` } }], signature: [{ ...(prov.signature as Json[])[0], data: Buffer.from(detachedJws(bytes, key, MANIFEST, now())).toString('base64') }] }, { type: 'Provenance', asked: `DocumentReference/${t.lie.info.id}` });
    } },
  ],
};

const peer = { review: 'peer' as const };
const assignment = (name: string, change: (statement: Json, t: Telling) => void, by: DemoKey | null = assigner): Case => ({ name, recording: peer, tell: (t) => t.assignment((one) => change(one, t), by) });
const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

export const assignments: Family = {
  name: 'assignments', title: 'Assignment forged, or replayed for another recording or person', session: 'together',
  cases: [
    { name: 'there is no assignment', recording: peer, tell: (t) => t.says<Provenance>('Provenance', `prov-task-${t.lie.key}`, () => ({ resourceType: 'Basic', id: 'nothing' })) },
    assignment('signed by a stranger', () => undefined, stranger),
    assignment('signed by the recorder', () => undefined, key),
    assignment('changed after it was signed', (one) => (one.issuedAt = now()), null),
    assignment('for another recording', (one) => (one.recording = 'urn:uuid:00000000-0000-4000-8000-000000000000')),
    assignment('for another Task', (one) => (one.task = 'task-01')),
    assignment('for a colleague', (one) => (one.owner = '555000000002')),
    assignment('for my Practitioner id instead of my SDS id', (one) => (one.owner = 'gp-1')),
    assignment('for another purpose', (one) => (one.purpose = 'TREAT')),
    assignment('for a time that is over', (one) => (one.period = { start: day(-9), end: day(-1) })),
    assignment('for a time to come', (one) => (one.period = { start: day(1), end: day(9) })),
    assignment('about another patient', (one) => (one.patient = { identifiers: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000026' }], birthDate: '1984-07-02', family: 'Testperson' })),
    assignment('about a namesake', (one) => (one.patient = { ...(one.patient as Json), identifiers: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000026' }] })),
    assignment('without a time', (one) => Reflect.deleteProperty(one, 'period')),
    assignment('with a member that is not understood', (one) => (one.unless = 'revoked')),
    { name: 'another Task\'s good assignment, replayed', recording: peer, tell: async (t) => {
      const other = await t.practice.repo.addRecording({ owner: 'ada', review: 'peer' });
      const theirs = await t.practice.repo.read('Provenance', `prov-task-${other.id.slice(4)}`) as unknown as Json;
      t.says<Provenance>('Provenance', `prov-task-${t.lie.key}`, (one) => ({ ...one, entity: theirs.entity, signature: theirs.signature }));
    } },
    { name: 'a colleague\'s good assignment of the same recording, replayed', recording: peer, tell: (t) => t.assignment((one) => (one.owner = '555000000005')) },
    { name: 'my own recording\'s manifest, as an assignment', recording: peer, tell: (t) => {
      const bytes = Buffer.from(JSON.stringify(t.practice.repo.manifest(t.lie.info.id)));
      t.bytes(`assignment-task-${t.lie.key}`, bytes);
      t.jws(() => detachedJws(bytes, key, 'consult-assignment+jws', now()), `prov-task-${t.lie.key}`);
    } },
    { name: 'a colleague\'s consultation as if it were mine, with no assignment', tell: async (t) => t.resign((m) => Object.assign(m, { clinicians: ['555000000003'], joined: [{ role: 'clinician', id: '555000000003', at: m.startedAt }, { role: 'patient', at: m.startedAt }] })) },
  ],
};

/** The media as it is answered, whole or from a place on. */
const file = (name: string, change: (bytes: Buffer, t: Telling) => Buffer): Case => ({ name, inBytes: true, tell: (t) => {
  const whole = new Map<string, Buffer>();
  t.rewrite((asked, given) => {
    if (asked.path !== `Binary/${t.lie.info.binaryId}` || given.status >= 300) return undefined;
    const from = Number(/bytes (\d+)-/.exec(given.headers['content-range'] ?? '')?.[1] ?? 0);
    const bytes = whole.get('') ?? change(given.body, t);
    if (from === 0) whole.set('', bytes);
    const { 'content-length': _, 'content-range': __, ...headers } = given.headers;
    return { status: 200, headers, body: bytes };
  });
} });
const answered = (name: string, answer: { status: number; headers: Record<string, string>; body: string | Buffer }, more: Partial<Case> = {}): Case => ({ name, inBytes: true, ...more, tell: (t) => t.rewrite((asked) => (asked.path === `Binary/${t.lie.info.binaryId}` ? { ...answer, body: Buffer.from(answer.body) } : undefined)) });
const flipped = (bytes: Buffer, at: number): Buffer => { const copy = Buffer.from(bytes); copy[at] = (copy[at] ?? 0) ^ 1; return copy; };
async function* brokenOff(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
  await new Promise((resolve) => setTimeout(resolve, 50));
  throw new Error('the line breaks here');
}

export const mediaBytes: Family = {
  name: 'media', title: 'Media swapped, truncated, extended, of the right size with other bytes', session: 'together',
  cases: [
    { name: 'half of it, as if that were all', inBytes: true, tell: (t) => void t.practice.lies.truncateMedia.add(t.lie.info.binaryId) },
    file('one byte less', (bytes) => bytes.subarray(0, -1)),
    file('one byte more', (bytes) => Buffer.concat([bytes, Buffer.alloc(1)])),
    file('twice', (bytes) => Buffer.concat([bytes, bytes])),
    file('nothing', () => Buffer.alloc(0)),
    file('right size, no byte right', (bytes) => Buffer.alloc(bytes.length, 7)),
    file('one bit of the first byte', (bytes) => flipped(bytes, 0)),
    file('one bit in the middle', (bytes) => flipped(bytes, bytes.length >> 1)),
    file('one bit of the last byte', (bytes) => flipped(bytes, bytes.length - 1)),
    file('two pieces exchanged', (bytes) => Buffer.concat([bytes.subarray(0, 1000), bytes.subarray(2000, 3000), bytes.subarray(1000, 2000), bytes.subarray(3000)])),
    file('right in its first half only', (bytes) => Buffer.concat([bytes.subarray(0, bytes.length >> 1), Buffer.alloc(bytes.length - (bytes.length >> 1))])),
    { name: 'another of my recordings\'', inBytes: true, tell: async (t) => { const other = await t.also(); t.practice.lies.swapMedia.push([t.lie.info.id, other.info.id]); } },
    { name: 'a colleague\'s', inBytes: true, tell: async (t) => { const other = await t.colleagues(); t.practice.lies.swapMedia.push([t.lie.info.id, other.info.id]); } },
    { name: 'right on the first request, which breaks off; another\'s from there on', inBytes: true, tell: (t) => {
      let first = true;
      t.rewrite((asked, given) => {
        if (asked.path !== `Binary/${t.lie.info.binaryId}` || given.status >= 300) return undefined;
        if (first) {
          first = false;
          return { ...given, body: brokenOff(given.body.subarray(0, given.body.length >> 1)) };
        }
        return { ...given, body: Buffer.alloc(given.body.length, 9) };
      });
    } },
    answered('a page that says sign in', { status: 200, headers: { 'content-type': 'text/html' }, body: '<!doctype html><h1 data-injected>Sign in</h1>' }),
    answered('an OperationOutcome with 200', { status: 200, headers: { 'content-type': 'application/fhir+json' }, body: JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'not-found' }] }) }),
    answered('a Binary resource in place of its bytes', { status: 200, headers: { 'content-type': 'application/fhir+json' }, body: JSON.stringify({ resourceType: 'Binary', contentType: 'video/mp4', data: 'AAAA' }) }),
    answered('204', { status: 204, headers: {}, body: '' }, { expect: 'unplayable' }),
    answered('206 that nobody asked for', { status: 206, headers: { 'content-type': 'video/mp4', 'content-range': 'bytes 0-3/4' }, body: 'AAAA' }, { expect: 'unplayable' }),
    answered('403', { status: 403, headers: { 'content-type': 'application/fhir+json' }, body: '{}' }, { expect: 'unplayable' }),
    answered('410', { status: 410, headers: { 'content-type': 'application/fhir+json' }, body: '{}' }, { expect: 'unplayable' }),
  ],
};

const statement = (name: string, answer: (given: Given & { body: Buffer }, t: Telling) => Given | null): Case => ({ name, tell: (t) => t.rewrite((asked, given) => (asked.path === `Binary/manifest-${t.lie.key}` ? answer(given, t) : undefined)) });
const streamed = (name: string, body: (bytes: Buffer) => AsyncGenerator<Buffer>): Case => ({ name, inBytes: true, expect: 'unplayable', tell: (t) => t.rewrite((asked, given) => (asked.path === `Binary/${t.lie.info.binaryId}` && given.status < 300 ? { status: 200, headers: { 'content-type': 'video/mp4' }, body: body(given.body) } : undefined)) });
async function* forEver(first: Buffer, part: Buffer, ms: number): AsyncGenerator<Buffer> {
  yield first;
  for (;;) {
    yield part;
    await new Promise((resolve) => setTimeout(resolve, ms));
  }
}

export const oneBrokenAnswer: Family = {
  name: 'oneBrokenAnswer', title: 'One broken answer keeps that recording from the screen, and no other', session: 'alone',
  cases: [
    statement('a manifest and two megabytes of spaces', (given) => ({ ...given, body: Buffer.concat([given.body, Buffer.alloc(2_000_000, ' ')]) })),
    statement('a manifest that redirects', (_, { elsewhere }) => ({ status: 302, headers: { location: `${elsewhere.url}/manifest` }, body: Buffer.alloc(0) })),
    statement('a manifest whose line breaks', () => null),
    streamed('media that go on and on', (bytes) => forEver(bytes, Buffer.alloc(65_536), 5)),
    streamed('media that drip', (bytes) => forEver(bytes.subarray(0, 1000), Buffer.alloc(1), 1000)),
  ],
};

export const captions: Family = {
  name: 'captions', title: 'Transcripts of others, unsigned or changed: the recording plays without them', session: 'together',
  cases: [
    { name: 'other words than were signed', expect: 'captionless', tell: (t) => t.bytes(`vtt-${t.lie.key}`, Buffer.from(`WEBVTT\n\n00:00:00.000 --> 00:00:08.000\n<v Doctor>spoken ${t.lie.token} words, and others\n`)) },
    { name: 'not signed', expect: 'captionless', tell: (t) => t.says<Provenance>('Provenance', `prov-tr-${t.lie.key}`, (one) => ({ ...one, signature: undefined })) },
    { name: 'signed by a stranger', expect: 'captionless', tell: (t) => t.says<Provenance>('Provenance', `prov-tr-${t.lie.key}`, (one) => ({ ...one, signature: [{ sigFormat: 'application/jose', data: Buffer.from(detachedJws(Buffer.from('{}'), stranger, 'consult-transcript+jws', now())).toString('base64') }] })) },
    { name: 'of another recording of mine', expect: 'captionless', tell: async (t) => {
      const other = await t.practice.repo.addRecording({ owner: 'ada', transcript: `WEBVTT\n\n00:00:00.000 --> 00:00:08.000\nspoken ${t.lie.token} words\n` });
      const theirs = await t.practice.repo.read<DocumentReference>('DocumentReference', other.transcriptId ?? '');
      const prov = await t.practice.repo.read('Provenance', `prov-tr-${other.id.slice(4)}`) as unknown as Json;
      t.says<DocumentReference>('DocumentReference', `tr-${t.lie.key}`, (one) => ({ ...one, content: theirs.content }));
      t.says<Provenance>('Provenance', `prov-tr-${t.lie.key}`, (one) => ({ ...one, entity: prov.entity, signature: prov.signature }));
    } },
    { name: 'superseded', expect: 'captionless', tell: (t) => t.says<DocumentReference>('DocumentReference', `tr-${t.lie.key}`, (one) => ({ ...one, status: 'superseded' })) },
    { name: 'of a document that is no transcript of it', expect: 'captionless', tell: (t) => t.says<DocumentReference>('DocumentReference', `tr-${t.lie.key}`, (one) => ({ ...one, relatesTo: [{ code: 'appends', target: { reference: `DocumentReference/${t.lie.info.id}` } }] })) },
    { name: 'on another server', expect: 'captionless', tell: (t) => t.says<DocumentReference>('DocumentReference', `tr-${t.lie.key}`, (one) => ({ ...one, content: [{ attachment: { contentType: 'text/vtt', url: `${t.elsewhere.url}/fhir/Binary/vtt-${t.lie.key}` } }] })) },
    { name: 'does not answer', expect: 'captionless', tell: (t) => t.rewrite((asked, given) => (asked.path === `Binary/vtt-${t.lie.key}` ? { ...given, status: 404, body: Buffer.from('{}') } : undefined)) },
  ],
};
