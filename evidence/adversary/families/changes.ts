/** What was right and is not any more; roles; and text. */
import type { Consent, DocumentReference, Encounter, Patient, Task } from '@medplum/fhirtypes';
import { withSignature } from '../app/scene.ts';
import { demoKeys } from '../../../practice/keys.ts';
import { detachedJws } from '../../../practice/signing.ts';
import type { Case, Family, Telling } from '../app/case.ts';

const taskOf = (t: Telling): string => t.lie.info.taskIds[0] ?? '';
const later = (name: string, tell: Case['tell'], recording: Case['recording'] = {}): Case => ({ name, after: true, recording, tell });
const gone = (status: number): Case => later(`the Task answers ${status}`, (t) => {
  t.says<Task>('Task', taskOf(t), () => ({ resourceType: 'OperationOutcome', issue: [] }));
  t.rewrite((asked, given) => (asked.path === `Task/${taskOf(t)}` ? { ...given, status, body: Buffer.from('{}') } : undefined));
});

export const withdrawals: Family = {
  name: 'withdrawals', title: 'Right before, and not any more: withdrawn, reassigned, replaced, signed anew', session: 'inTurn',
  cases: [
    ...['cancelled', 'entered-in-error', 'rejected', 'draft'].map((status) => later(`the Task is ${status}`, (t) => t.says<Task>('Task', taskOf(t), (one) => ({ ...one, status })))),
    gone(403), gone(404), gone(410),
    later('the Task is a colleague\'s now', (t) => t.says<Task>('Task', taskOf(t), (one) => ({ ...one, owner: { reference: 'Practitioner/gp-2' } }))),
    later('the Task has vanished from the worklist', (t) => t.says<Task>('Task', taskOf(t), () => ({ resourceType: 'Basic', id: 'nothing' }))),
    later('the Task points to another recording', async (t) => {
      const other = await t.colleagues();
      t.says<Task>('Task', taskOf(t), (one) => ({ ...one, focus: { reference: `DocumentReference/${other.info.id}` } }));
    }),
    later('the period has ended', (t) => t.says<Task>('Task', taskOf(t), (one) => ({ ...one, restriction: { period: { start: '2026-01-01T00:00:00Z', end: new Date(Date.now() - 60_000).toISOString() } } }))),
    later('the consent is withdrawn', (t) => t.says<Consent>('Consent', t.lie.info.consentId, (one) => ({ ...one, status: 'inactive' })), { purpose: 'HQUALIMP' }),
    later('the consent is a refusal now', (t) => t.says<Consent>('Consent', t.lie.info.consentId, (one) => ({ ...one, provision: { ...one.provision, type: 'deny' } })), { purpose: 'HQUALIMP' }),
    later('the consent answers no more', (t) => t.says<Consent>('Consent', t.lie.info.consentId, () => ({ resourceType: 'OperationOutcome', issue: [] })), { purpose: 'HQUALIMP' }),
    later('the recording is replaced', (t) => t.says<DocumentReference>('DocumentReference', t.lie.info.id, (one) => ({ ...one, status: 'superseded' }))),
    later('the recording answers no more', (t) => t.says<DocumentReference>('DocumentReference', t.lie.info.id, () => ({ resourceType: 'OperationOutcome', issue: [] }))),
    later('the recording is of another patient now', (t) => t.says<DocumentReference>('DocumentReference', t.lie.info.id, (one) => ({ ...one, subject: { reference: 'Patient/pat-1' } }))),
    later('the encounter is cancelled', (t) => t.says<Encounter>('Encounter', t.lie.info.encounterId, (one) => ({ ...one, status: 'cancelled' }))),
    later('the patient is somebody else', (t) => t.says<Patient>('Patient', t.lie.info.patientId, (one) => ({ ...one, birthDate: '1931-01-31' }))),
    later('a newer manifest, of another patient', (t) => t.resign((m) => (m.patient = { identifiers: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000026' }], birthDate: '1984-07-02', family: 'Testperson' }))),
    later('a newer manifest, without me', (t) => t.resign((m) => Object.assign(m, { clinicians: ['555000000002'], joined: [{ role: 'clinician', id: '555000000002', at: m.startedAt }] }))),
    later('a newer manifest, signed by a stranger, and the old one gone', (t) => t.resign(() => undefined, { signWith: 'stranger' })),
    later('an older manifest than was seen', async (t) => {
      const old = Buffer.from(JSON.stringify({ ...t.practice.repo.manifest(t.lie.info.id), revision: 0 }));
      t.bytes(`manifest-${t.lie.key}`, old);
      t.says('Provenance', `prov-${t.lie.key}`, (one) => withSignature(one, detachedJws(old, demoKeys.manifest, 'consult-manifest+jws', new Date().toISOString())));
    }),
    later('the manifest is gone', (t) => t.says('Provenance', `prov-${t.lie.key}`, () => ({ resourceType: 'Basic', id: 'nothing' }))),
    later('the assignment of a peer review is for somebody else now', (t) => t.assignment((one) => (one.owner = '555000000002')), { review: 'peer' }),
    later('the assignment of a peer review is gone', (t) => t.says('Provenance', `prov-task-${t.lie.key}`, () => ({ resourceType: 'Basic', id: 'nothing' })), { review: 'peer' }),
  ],
};


export const roles: Family = {
  name: 'roles', title: 'Roles that change while somebody is in: what is owned by the role of somebody else now', session: 'inTurn',
  cases: [
    later('the Task is owned by the manager\'s role of a colleague', (t) => t.says<Task>('Task', taskOf(t), (one) => ({ ...one, owner: { reference: 'PractitionerRole/role-gp-4-manager' } }))),
    later('the Task is owned by a clinician\'s role of a colleague', (t) => t.says<Task>('Task', taskOf(t), (one) => ({ ...one, owner: { reference: 'PractitionerRole/role-gp-4' } }))),
    later('the Task is owned by a role that is not there', (t) => t.says<Task>('Task', taskOf(t), (one) => ({ ...one, owner: { reference: 'PractitionerRole/role-gp-1-former' } }))),
  ],
};

const MARKUP = ['<img src=x onerror="globalThis.injected=1" data-injected>', '<script data-injected>globalThis.injected=1</script>', '<iframe srcdoc="x" data-injected></iframe>', '"><b data-injected>bold</b>', '&lt;b data-injected&gt;', '{{constructor.constructor("globalThis.injected=1")()}}', '\u202Etxet desrever', 'x'.repeat(3000), '\u0000\u0007\u001B[31mred', '=HYPERLINK("http://elsewhere.example")'];
const short = (text: string): string => (text.length > 24 ? `${text.slice(0, 22)}…` : text).replace(/[\u0000-\u001f\u202e]/g, '?');

export const text: Family = {
  name: 'text', title: 'Titles, names and transcripts that carry markup: shown as text (notes, threads and forms are not in the app yet)', session: 'together',
  cases: [
    ...MARKUP.map((markup): Case => ({ name: `the title is ${short(markup)}`, plain: true, expect: 'plays', tell: (t) => t.says<Task>('Task', taskOf(t), (one) => ({ ...one, description: markup })) })),
    ...MARKUP.slice(0, 7).map((markup): Case => ({ name: `the given name is ${short(markup)}`, plain: true, expect: 'plays', tell: (t) => t.says<Patient>('Patient', t.lie.info.patientId, (one) => ({ ...one, name: one.name?.map((name) => ({ ...name, given: [markup] })) })) })),
    ...MARKUP.slice(0, 5).map((markup): Case => ({ name: `the transcript says ${short(markup)}`, plain: true, expect: 'plays', recording: { transcript: `WEBVTT\n\nSTYLE\n::cue { background-image: url("http://elsewhere.example/x.png") }\n\n00:00:00.000 --> 00:00:08.000\n<v ${markup}>${markup}\n` }, tell: () => undefined })),
    { name: 'the clinician\'s name is markup', plain: true, expect: 'plays', tell: (t) => t.adds({ resourceType: 'Practitioner', id: `dr-${t.lie.key}`, identifier: [{ system: 'https://fhir.nhs.uk/Id/sds-user-id', value: '555000000001' }], name: [{ text: MARKUP[0] }] }, { type: 'Practitioner', first: true }) },
  ],
};
