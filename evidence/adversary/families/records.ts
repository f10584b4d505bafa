/** What hangs on an assignment: recording, encounter, patient, consent, custodian; and recordings that are wired to each other's. */
import type { Consent, DocumentReference, Encounter, Patient, Provenance, Task } from '@medplum/fhirtypes';
import type { Case, Family, Json, Known, Telling } from '../app/case.ts';

const without = (resource: Json, ...names: string[]): Json => Object.fromEntries(Object.entries(resource).filter(([name]) => !names.includes(name)));
type Change = (resource: Json, telling: Telling) => Json;
const recording = (name: string, change: Change, more: Partial<Case> = {}): Case => ({ name, ...more, tell: (t) => t.says<DocumentReference>('DocumentReference', t.lie.info.id, (one) => change(one, t)) });
const encounter = (name: string, change: Change): Case => ({ name, tell: (t) => t.says<Encounter>('Encounter', t.lie.info.encounterId, (one) => change(one, t)) });
const patient = (name: string, change: Change): Case => ({ name, tell: (t) => t.says<Patient>('Patient', t.lie.info.patientId, (one) => change(one, t)) });
const consent = (name: string, change: Change): Case => ({ name, recording: { purpose: 'HQUALIMP' }, tell: (t) => t.says<Consent>('Consent', t.lie.info.consentId, (one) => change(one, t)) });
const provision = (name: string, change: Change): Case => consent(name, (one, t) => ({ ...one, provision: change(one.provision as Json, t) }));
const attachment = (one: Json, change: Json): Json => { const [content] = one.content as { attachment: Json }[]; return { ...one, content: [{ attachment: { ...content?.attachment, ...change } }] }; };
const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
const NHS = 'https://fhir.nhs.uk/Id/nhs-number';
const ODS = 'https://fhir.nhs.uk/Id/ods-organization-code';

export const wrongRecords: Family = {
  name: 'wrongRecord', title: 'Wrong recording, encounter, patient or custodian', session: 'together',
  cases: [
    ...['superseded', 'entered-in-error', 'Current'].map((status) => recording(`the recording is ${status}`, (one) => ({ ...one, status }))),
    recording('the document is entered-in-error', (one) => ({ ...one, docStatus: 'entered-in-error' })),
    recording('the recording\'s subject is another patient', (one) => ({ ...one, subject: { reference: 'Patient/pat-1' } })),
    recording('the recording has no subject', (one) => without(one, 'subject')),
    recording('the recording is of another practice', (one) => ({ ...one, custodian: { reference: 'Organization/org-2' } })),
    { name: 'the recording is of a practice whose record carries another code', tell: (t) => {
      t.adds({ resourceType: 'Organization', id: 'org-3', identifier: [{ system: ODS, value: 'A12345' }], name: 'Demo Surgery' }, { type: 'Organization', asked: 'org-3' });
      t.says<DocumentReference>('DocumentReference', t.lie.info.id, (one) => ({ ...one, custodian: { reference: 'Organization/org-3' } }));
    } },
    recording('the recording has no custodian', (one) => without(one, 'custodian')),
    recording('the recording has another identifier', (one) => ({ ...one, masterIdentifier: { system: 'urn:ietf:rfc:3986', value: 'urn:uuid:00000000-0000-4000-8000-000000000000' } })),
    recording('the recording has no identifier', (one) => without(one, 'masterIdentifier')),
    recording('there are two files', (one) => ({ ...one, content: [...(one.content as Json[]), { attachment: { contentType: 'video/mp4', url: 'Binary/media-01', size: 10 } }] })),
    recording('there is no file', (one) => ({ ...one, content: [{ attachment: { title: 'lost' } }] })),
    recording('the file is of another size than signed', (one) => attachment(one, { size: 12345 })),
    recording('the file is of another type than signed', (one) => attachment(one, { contentType: 'video/webm' })),
    recording('the file is a page', (one) => attachment(one, { contentType: 'text/html' })),
    recording('the digest beside the file is another than signed', (one) => attachment(one, { extension: [{ url: 'https://viewing-room.example/fhir/StructureDefinition/attachment-sha256', valueBase64Binary: Buffer.alloc(32).toString('base64') }] })),
    recording('the file is data in the resource', (one) => attachment(one, { url: undefined, data: 'AAAA' })),
    encounter('the encounter was cancelled', (one) => ({ ...one, status: 'cancelled' })),
    encounter('the encounter is planned', (one) => ({ ...one, status: 'planned' })),
    encounter('the encounter is of another patient', (one) => ({ ...one, subject: { reference: 'Patient/pat-2' } })),
    encounter('the encounter has another number', (one) => ({ ...one, identifier: [{ system: 'https://demo-surgery.example/Id/encounter', value: 'DS-01' }] })),
    encounter('the encounter\'s number is of another system', (one) => ({ ...one, identifier: (one.identifier as Json[]).map((id) => ({ ...id, system: 'https://elsewhere.example/Id' })) })),
    encounter('the encounter has no number', (one) => without(one, 'identifier')),
    { name: 'the encounter does not answer', tell: (t) => t.says<Encounter>('Encounter', t.lie.info.encounterId, () => ({ resourceType: 'OperationOutcome', issue: [] })) },
    patient('the patient was born on another day', (one) => ({ ...one, birthDate: '1931-01-31' })),
    patient('the patient has another family name', (one) => ({ ...one, name: [{ use: 'official', family: 'Somebodyelse', given: ['Sam'] }] })),
    patient('the patient has another NHS number', (one) => ({ ...one, identifier: [{ system: NHS, value: '9990000018' }] })),
    patient('the patient has no identifier', (one) => without(one, 'identifier')),
    patient('the NHS number is of another system', (one) => ({ ...one, identifier: (one.identifier as Json[]).map((id) => ({ ...id, system: 'https://elsewhere.example/Id' })) })),
    patient('the family name is of a look-alike letter', (one) => ({ ...one, name: [{ family: `Ԛ${String((one.name as Json[])[0]?.family).slice(1)}` }] })),
    { name: 'the patient does not answer', tell: (t) => t.says<Patient>('Patient', t.lie.info.patientId, () => ({ resourceType: 'OperationOutcome', issue: [] })) },
    { name: 'the patient is somebody else behind the same id', tell: async (t) => {
      const other = await t.practice.repo.read<Patient>('Patient', 'pat-3');
      t.says<Patient>('Patient', t.lie.info.patientId, (one) => ({ ...other, id: one.id }));
    } },
  ],
};

const aroundCapture = (name: string, period: (start: number, end: number) => Json | undefined): Case => encounter(name, (one) => {
  const { start, end } = one.period as { start: string; end: string };
  return { ...one, period: period(Date.parse(start), Date.parse(end)) };
});
const iso = (ms: number): string => new Date(ms).toISOString();
const minute = 60_000;

export const capture: Family = {
  name: 'capture', title: 'Capture outside the encounter, and recordings that overlap', session: 'together',
  cases: [
    aroundCapture('recorded before the consultation', (start, end) => ({ start: iso(start + 120 * minute), end: iso(end + 120 * minute) })),
    aroundCapture('recorded after the consultation', (start, end) => ({ start: iso(start - 120 * minute), end: iso(end - 120 * minute) })),
    aroundCapture('recorded 11 minutes too early', (start, end) => ({ start: iso(start + 14 * minute), end: iso(end + 14 * minute) })),
    aroundCapture('the consultation was on the next day', (start, end) => ({ start: iso(start + 1440 * minute), end: iso(end + 1440 * minute) })),
    aroundCapture('the same clock time in another zone', (start, end) => ({ start: iso(start).replace('.000Z', '+05:00'), end: iso(end).replace('.000Z', '+05:00') })),
    aroundCapture('the consultation has no period', () => undefined),
    aroundCapture('the consultation has only a start', (start) => ({ start: iso(start) })),
    aroundCapture('the consultation is a day', (start) => ({ start: iso(start).slice(0, 10), end: iso(start).slice(0, 10) })),
    aroundCapture('the consultation is a year', (start) => ({ start: iso(start).slice(0, 4) })),
    { name: 'the signed capture is before the encounter', tell: (t) => t.resign((m) => Object.assign(m, { startedAt: '2026-01-01T09:00:00Z', endedAt: '2026-01-01T09:05:00Z' })) },
    { name: 'the signed capture ends before it starts', tell: (t) => t.resign((m) => Object.assign(m, { startedAt: m.endedAt, endedAt: m.startedAt })) },
    { name: 'two recordings of one clinician at the same time', tell: async (t) => {
      await t.also({ startedAt: new Date(Date.parse(t.practice.repo.manifest(t.lie.info.id).startedAt)) });
    } },
    { name: 'two recordings of one clinician that overlap by a part', tell: async (t) => {
      await t.also({ startedAt: new Date(Date.parse(t.practice.repo.manifest(t.lie.info.id).startedAt) + 30_000) });
    } },
    { name: 'one file is two recordings', tell: async (t) => {
      const other = await t.also();
      const twin = t.practice.repo.manifest(t.lie.info.id);
      await t.practice.repo.signManifest(other.info.id, (m) => (m.media = twin.media));
      const theirs = await t.practice.repo.read<DocumentReference>('DocumentReference', t.lie.info.id);
      t.says<DocumentReference>('DocumentReference', other.info.id, (one) => ({ ...one, content: theirs.content }));
    } },
    { name: 'one manifest on two recordings, of which one has its identifier changed', tell: async (t) => {
      const other = await t.also();
      const { repo } = t.practice;
      const [mine, prov] = [await repo.read<DocumentReference>('DocumentReference', t.lie.info.id), await repo.read<Provenance>('Provenance', `prov-${t.lie.key}`)];
      t.says<DocumentReference>('DocumentReference', other.info.id, (one) => ({ ...mine, id: one.id }));
      t.says<Provenance>('Provenance', `prov-${other.key}`, (one) => ({ ...prov, id: one.id, target: one.target }));
    } },
  ],
};

/** Both recordings of a crossing are lies: each is told as the other. */
async function crossed(t: Telling, colleague: boolean, cross: (a: Known, b: Known, t: Telling) => void | Promise<void>): Promise<void> {
  const other = colleague ? await t.colleagues() : await t.also();
  await cross(t.lie, other, t);
}
async function swapResources(t: Telling, type: 'DocumentReference' | 'Encounter' | 'Patient' | 'Consent' | 'Provenance', a: string, b: string, keep: (resource: Json, own: Json) => Json): Promise<void> {
  const [ofA, ofB] = [await t.practice.repo.read(type, a), await t.practice.repo.read(type, b)] as unknown as [Json, Json];
  t.says(type, a, () => keep(ofB, ofA));
  t.says(type, b, () => keep(ofA, ofB));
}
const swapMedia = (a: Known, b: Known, t: Telling): void => void t.practice.lies.swapMedia.push([a.info.id, b.info.id]);
const swapFiles = (a: Known, b: Known, t: Telling) => swapResources(t, 'DocumentReference', a.info.id, b.info.id, (other, own) => ({ ...own, content: other.content, description: other.description }));

export const crossWired: Family = {
  name: 'crossWired', title: 'Cross-wired recordings: one patient\'s recording under another\'s assignment', session: 'together',
  cases: [
    { name: 'media of two of my consultations swapped', inBytes: true, tell: (t) => crossed(t, false, swapMedia) },
    { name: 'media swapped with a colleague\'s', inBytes: true, tell: (t) => crossed(t, true, swapMedia) },
    { name: 'media and its metadata swapped', tell: (t) => crossed(t, false, async (a, b) => { swapMedia(a, b, t); await swapFiles(a, b, t); }) },
    { name: 'addresses of the media swapped in the database', inBytes: true, tell: (t) => crossed(t, false, async (a, b) => {
      await swapResources(t, 'DocumentReference', a.info.id, b.info.id, (other, own) => attachment(own, { url: ((other.content as { attachment: Json }[])[0] ?? { attachment: {} }).attachment.url }));
    }) },
    { name: 'media, metadata and hashes swapped', tell: (t) => crossed(t, false, async (a, b) => {
      swapMedia(a, b, t);
      await swapResources(t, 'DocumentReference', a.info.id, b.info.id, (other, own) => ({ ...own, content: other.content }));
      const [ofA, ofB] = [t.practice.repo.manifest(a.info.id), t.practice.repo.manifest(b.info.id)];
      await t.practice.repo.signManifest(a.info.id, (m) => (m.media = ofB.media), { keepSignature: true });
      await t.practice.repo.signManifest(b.info.id, (m) => (m.media = ofA.media), { keepSignature: true });
    }) },
    { name: 'media, metadata and hashes swapped, signed again by a stranger', tell: (t) => crossed(t, false, async (a, b) => {
      swapMedia(a, b, t);
      await swapResources(t, 'DocumentReference', a.info.id, b.info.id, (other, own) => ({ ...own, content: other.content }));
      const [ofA, ofB] = [t.practice.repo.manifest(a.info.id), t.practice.repo.manifest(b.info.id)];
      await t.practice.repo.signManifest(a.info.id, (m) => (m.media = ofB.media), { signWith: 'stranger' });
      await t.practice.repo.signManifest(b.info.id, (m) => (m.media = ofA.media), { signWith: 'stranger' });
    }) },
    { name: 'a colleague\'s file under my recording, all but the signature', tell: (t) => crossed(t, true, async (a, b) => {
      const theirs = await t.practice.repo.read<DocumentReference>('DocumentReference', b.info.id);
      t.says<DocumentReference>('DocumentReference', a.info.id, (one) => ({ ...one, content: theirs.content }));
    }) },
    { name: 'encounters of two recordings swapped', tell: (t) => crossed(t, false, (a, b) => swapResources(t, 'Encounter', a.info.encounterId, b.info.encounterId, (other, own) => ({ ...other, id: own.id }))) },
    { name: 'patients of two recordings swapped', tell: (t) => crossed(t, false, (a, b) => swapResources(t, 'Patient', a.info.patientId, b.info.patientId, (other, own) => ({ ...other, id: own.id }))) },
    { name: 'subjects of two recordings swapped', tell: (t) => crossed(t, false, (a, b) => swapResources(t, 'DocumentReference', a.info.id, b.info.id, (other, own) => ({ ...own, subject: other.subject }))) },
    { name: 'subjects and encounters of two recordings swapped', tell: (t) => crossed(t, false, (a, b) => swapResources(t, 'DocumentReference', a.info.id, b.info.id, (other, own) => ({ ...own, subject: other.subject, context: other.context }))) },
    { name: 'identifiers of two recordings swapped', tell: (t) => crossed(t, false, (a, b) => swapResources(t, 'DocumentReference', a.info.id, b.info.id, (other, own) => ({ ...own, masterIdentifier: other.masterIdentifier }))) },
    { name: 'identifiers and files of two recordings swapped', tell: (t) => crossed(t, false, (a, b) => swapResources(t, 'DocumentReference', a.info.id, b.info.id, (other, own) => ({ ...own, masterIdentifier: other.masterIdentifier, content: other.content }))) },
    { name: 'manifests of two recordings swapped', tell: (t) => crossed(t, false, (a, b) => swapResources(t, 'Provenance', `prov-${a.key}`, `prov-${b.key}`, (other, own) => ({ ...other, id: own.id, target: own.target }))) },
    { name: 'everything but the Task swapped', tell: (t) => crossed(t, false, async (a, b) => {
      await swapResources(t, 'DocumentReference', a.info.id, b.info.id, (other, own) => ({ ...other, id: own.id }));
      await swapResources(t, 'Provenance', `prov-${a.key}`, `prov-${b.key}`, (other, own) => ({ ...other, id: own.id, target: own.target }));
    }) },
  ],
};

export const consents: Family = {
  name: 'consents', title: 'Consents of another patient or purpose', session: 'together',
  cases: [
    ...['inactive', 'rejected', 'proposed', 'draft', 'entered-in-error'].map((status) => consent(`the consent is ${status}`, (one) => ({ ...one, status }))),
    consent('the consent is another patient\'s', (one) => ({ ...one, patient: { reference: 'Patient/pat-4' } })),
    consent('the consent names no patient', (one) => without(one, 'patient')),
    consent('the consent provides nothing', (one) => without(one, 'provision')),
    provision('the consent is for another purpose', (one) => ({ ...one, purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TRAIN' }] })),
    provision('the consent is for no purpose', (one) => without(one, 'purpose')),
    provision('the purpose is of another code system', (one) => ({ ...one, purpose: [{ system: 'https://elsewhere.example/reason', code: 'HQUALIMP' }] })),
    provision('the consent is for another recording', (one) => ({ ...one, data: [{ meaning: 'instance', reference: { reference: 'DocumentReference/rec-01' } }] })),
    provision('the consent names no recording', (one) => without(one, 'data')),
    provision('the recording is only related to what was consented', (one) => ({ ...one, data: (one.data as Json[]).map((data) => ({ ...data, meaning: 'related' })) })),
    provision('the consent is over', (one) => ({ ...one, period: { start: day(-90), end: day(-1) } })),
    provision('the consent has not begun', (one) => ({ ...one, period: { start: day(2), end: day(90) } })),
    provision('the consent has no period', (one) => without(one, 'period')),
    provision('the consent is a refusal', (one) => ({ ...one, type: 'deny' })),
    provision('the consent has an exception', (one) => ({ ...one, provision: [{ type: 'deny', purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HQUALIMP' }] }] })),
    { name: 'the consent does not answer', recording: { purpose: 'HQUALIMP' }, tell: (t) => t.says<Consent>('Consent', t.lie.info.consentId, () => ({ resourceType: 'OperationOutcome', issue: [] })) },
    recording('the recording names no consent', (one) => ({ ...one, context: without(one.context as Json, 'related') })),
    { name: 'the recording names another patient\'s consent', tell: async (t) => {
      const other = await t.colleagues();
      t.adds(await t.practice.repo.read('Consent', other.info.consentId) as unknown as Json, { type: 'Consent', asked: other.info.consentId });
      t.says<DocumentReference>('DocumentReference', t.lie.info.id, (one) => ({ ...one, context: { ...(one.context as Json), related: [{ reference: `Consent/${other.info.consentId}` }] } }));
    } },
    { name: 'a refusal stands beside the permission', tell: async (t) => {
      const permit = await t.practice.repo.read<Consent>('Consent', t.lie.info.consentId) as unknown as Json;
      t.adds({ ...permit, id: `no-${t.lie.key}`, provision: { ...(permit.provision as Json), type: 'deny' } }, { type: 'Consent', asked: `no-${t.lie.key}` });
      t.says<DocumentReference>('DocumentReference', t.lie.info.id, (one) => ({ ...one, context: { ...(one.context as Json), related: [{ reference: `Consent/${t.lie.info.consentId}` }, { reference: `Consent/no-${t.lie.key}` }] } }));
    } },
    { name: 'the purpose was changed to one that was not consented', recording: { consent: { purposes: ['HQUALIMP'] } }, tell: (t) => t.says<Task>('Task', t.lie.info.taskIds[0] ?? '', (one) => ({ ...one, reasonCode: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TRAIN' }] } })) },
  ],
};
