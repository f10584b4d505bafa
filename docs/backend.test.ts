import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { entryHash, FIRST_PREVIOUS, keyText, publicKeyOf, signHash, signingKey } from '../src/main/audit/chain.ts';
import type { EntryBody } from '../src/main/audit/entry.ts';
import { readEntry, reportedFrom } from '../src/main/audit/reported.ts';
import { Verifier } from '../src/main/audit/verify.ts';
import { auditEvent } from '../src/main/outbox/balp.ts';
import { questionnaires } from '../practice/seed/questionnaires.ts';
import { formOf } from '../src/main/review/forms.ts';
import { communication, formResponse, notesResponse, stepped, type About } from '../src/main/review/resources.ts';

const entry: EntryBody = {
  event: 'exposed', session: '7b0e4c1e-5a0f-4d61-9a63-0c5f0f6d2b11', media: [[0, 9]], attended: [[0, 7.5]],
  subject: { recording: 'urn:uuid:3f0c8a52-6f0e-4a57-9c1e-2b8d5f6a7c10', document: 'DocumentReference/rec-01', patient: 'Patient/pat-01', task: 'Task/task-01', purpose: 'HQUALIMP' },
  version: 1, id: '5f6c2f0e-2d0e-4c39-8b0c-6a1e1d6b7f01', seq: 1, device: '0f5f0c4e-53a3-4d7a-9c38-6a1e1d6b7f01', at: '2026-11-20T12:00:00.000Z',
  actor: { sds: '555000000001', practitioner: 'Practitioner/gp-1', role: 'General medical practitioner', name: 'Dr Ada Example' },
};
// The key of RFC 8032's first test vector: nobody's.
const key = signingKey(Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex'));
const body = Buffer.from(JSON.stringify(entry));
const hash = entryHash(1, FIRST_PREVIOUS, body);
const origin = { key: keyText(publicKeyOf(key)), version: '0.1.0' };
const made = auditEvent(entry, { seq: 1, body, hash, signature: signHash(key, hash) }, origin, 'fhir.demo-surgery.example');

const docs = readFileSync(path.join(import.meta.dirname, 'backend.md'), 'utf8');
const sample = JSON.parse(/```json\n([^]*?)```/.exec(docs.slice(docs.indexOf('## Access records')))?.[1] ?? 'null') as unknown;

it('the sample of an access record is what the app sends', () => {
  expect(sample).toEqual(JSON.parse(JSON.stringify(made)));
});

it('and what a console reads and verifies', () => {
  const reported = reportedFrom({ ...sample as object, id: 'a-1' });
  expect(readEntry(reported?.body ?? Buffer.alloc(0))?.entry).toEqual(entry);
  const verifier = new Verifier({ enrolled: null, signatures: 'all' });
  verifier.add({ ...reported!, seq: 1 });
  expect(verifier.finish().verdict).toMatchObject({ findings: [], key: origin.key, head: { seq: 1 } });
});

/** JSON under a heading, in order. */
const samplesUnder = (heading: string): unknown[] => [...(docs.slice(docs.indexOf(`## ${heading}`) + 3).split('\n## ')[0] ?? '').matchAll(/```json\n([^]*?)```/g)].map(([, text = '']) => JSON.parse(text) as unknown);

it('the samples of a review are what the app writes', () => {
  const about: About = { document: 'DocumentReference/rec-01', encounter: 'Encounter/enc-01', patient: 'Patient/pat-01', binary: 'Binary/media-01', author: 'Practitioner/gp-1' };
  const [notes, form, message, note] = ['0d0f5c54-2c0e-4d67-8d0e-4f4f7c1c8a11', '2f6f2a7e-6a0c-4b5b-9c8e-0a4f5b0c7d12', '8a1f3f0e-1d8b-4c5d-8f1e-3b5a7c9d1e13', '7b0e4c1e-5a0f-4d61-9a63-0c5f0f6d2b14'];
  const at = '2026-11-20T12:00:00.000Z';
  const cot = formOf(questionnaires().find(({ id }) => id === 'cot'));
  if (!cot) throw new Error('the demo has no COT');
  const written = [
    notesResponse(about, notes, [{ id: note, kind: 'range', from: 93.5, until: 101.2, category: 'strength', text: 'Good safety-netting' }], [], true, at),
    formResponse(about, form, cot, 'released', { 'cot.13': { grade: 3, text: '', cites: [note] }, feedback: { grade: null, text: 'A calm, clear consultation.', cites: [] } }, at),
    communication(about, { id: message, text: 'Please look at 1:33.', position: 93.5, at, to: ['Practitioner/gp-2'] }),
    stepped({ resourceType: 'Task', id: 'task-01', status: 'in-progress' }, { status: 'completed', reason: null, note: null, at }, ['QuestionnaireResponse/qr-1', 'QuestionnaireResponse/qr-2']),
  ];
  expect(samplesUnder('What a clinician writes')).toEqual(JSON.parse(JSON.stringify(written)));
});
