import { describe, expect, it } from 'vitest';
import { Consent, DocumentReference, Encounter, Organization, Patient, Provenance, Task } from './resources.ts';

const recording = { resourceType: 'DocumentReference', id: 'r', status: 'current', content: [{ attachment: {} }], context: {}, relatesTo: [{ code: 'replaces', target: {} }] };
const sent = {
  Task: [Task, { resourceType: 'Task', id: 't', status: 'requested', restriction: {}, input: [{ type: {} }] }], DocumentReference: [DocumentReference, recording],
  Encounter: [Encounter, { resourceType: 'Encounter', id: 'e', status: 'finished' }], Patient: [Patient, { resourceType: 'Patient', id: 'p' }],
  Consent: [Consent, { resourceType: 'Consent', id: 'c', status: 'active', provision: { data: [{ meaning: 'instance', reference: {} }] } }],
  Organization: [Organization, { resourceType: 'Organization', id: 'o' }], Provenance: [Provenance, { resourceType: 'Provenance', id: 'v', target: [], entity: [{ role: 'source', what: {} }] }],
} as const;
const doubt = [{ url: 'https://elsewhere.example/does-not-apply', valueBoolean: true }];

describe.each(Object.entries(sent))('a %s', (_type, [schema, resource]) => {
  it('is read', () => {
    expect(schema.safeParse(resource).success).toBe(true);
    expect(schema.safeParse({ ...resource, extension: doubt, text: { status: 'generated' }, contained: [] }).success).toBe(true);
  });

  it('with a modifier extension or implicit rules, which may mean its opposite, is not', () => {
    expect(schema.safeParse({ ...resource, modifierExtension: doubt }).success).toBe(false);
    expect(schema.safeParse({ ...resource, implicitRules: 'https://elsewhere.example/rules' }).success).toBe(false);
  });
});

describe('a part of a resource', () => {
  const modified = { modifierExtension: doubt };
  it.each([
    ['Task.restriction', Task, { ...sent.Task[1], restriction: modified }], ['Task.input', Task, { ...sent.Task[1], input: [{ type: {}, ...modified }] }],
    ['DocumentReference.content', DocumentReference, { ...recording, content: [{ attachment: {}, ...modified }] }], ['DocumentReference.context', DocumentReference, { ...recording, context: modified }],
    ['DocumentReference.relatesTo', DocumentReference, { ...recording, relatesTo: [{ code: 'replaces', target: {}, ...modified }] }],
    ['Consent.provision', Consent, { ...sent.Consent[1], provision: modified }], ['Consent.provision.data', Consent, { ...sent.Consent[1], provision: { data: [{ meaning: 'instance', reference: {}, ...modified }] } }],
    ['Provenance.entity', Provenance, { ...sent.Provenance[1], entity: [{ role: 'source', what: {}, ...modified }] }],
  ])('such as %s may not be modified either', (_where, schema, resource) => {
    expect(schema.safeParse(resource).success).toBe(false);
  });
});
