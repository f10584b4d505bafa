import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { entryHash, FIRST_PREVIOUS, keyText, publicKeyOf, signHash, signingKey } from '../src/main/audit/chain.ts';
import type { EntryBody } from '../src/main/audit/entry.ts';
import { readEntry, reportedFrom } from '../src/main/audit/reported.ts';
import { Verifier } from '../src/main/audit/verify.ts';
import { auditEvent } from '../src/main/outbox/balp.ts';

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
