import { beforeAll, describe, expect, it } from 'vitest';
import type { Consent } from '../fhir/resources.ts';
import { consent, newSigners, NHS, Scene, type Signers } from './assurance.fixture.ts';

let signers: Signers;
beforeAll(async () => {
  signers = await newSigners();
});
const SYSTEM = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const outcomeWith = (...consents: Consent[]) => {
  const scene = new Scene(signers);
  scene.consents = consents;
  return scene.outcome();
};

describe('consent for a purpose that needs one', () => {
  it('is good for this purpose, recording and time', async () => {
    expect(await outcomeWith(consent())).toBe('assured');
    expect(await outcomeWith(consent({ period: { start: '2026-11-10' } }))).toBe('assured');
  });

  it.each<[string, Consent]>([
    ['for another purpose', consent({ purpose: [{ system: SYSTEM, code: 'TRAIN' }] })],
    ['for a code of another system', consent({ purpose: [{ system: 'https://elsewhere.example', code: 'HQUALIMP' }] })],
    ['without a purpose', consent({ purpose: [] })],
    ['that ended', consent({ period: { start: '2026-11-10', end: '2026-11-19' } })],
    ['that has not begun', consent({ period: { start: '2026-11-21' } })],
    ['whose period says nothing', consent({ period: {} })],
    ['without a period', consent({ period: undefined })],
    ['for another recording', consent({ data: [{ meaning: 'instance', reference: { reference: 'DocumentReference/rec-2' } }] })],
    ['for a recording elsewhere', consent({ data: [{ meaning: 'instance', reference: { reference: 'https://elsewhere.example/fhir/DocumentReference/rec-1' } }] })],
    ['for things related to the recording', consent({ data: [{ meaning: 'related', reference: { reference: 'DocumentReference/rec-1' } }] })],
    ['that does not say permit', consent({ type: undefined })],
    ['that denies', consent({ type: 'deny' })],
    ['with exceptions that are not understood', consent({ provision: [{ type: 'deny' }] })],
    ['that was withdrawn', consent({}, { status: 'inactive' })],
    ['without a provision', { ...consent(), provision: undefined }],
  ])('%s is none', async (_what, given) => {
    expect(await outcomeWith(given)).toEqual(['consent-missing']);
  });

  it('is undone by an active refusal beside it', async () => {
    expect(await outcomeWith(consent(), consent({ type: 'deny' }, { id: 'con-2' }))).toEqual(['consent-missing']);
    expect(await outcomeWith(consent(), consent({ type: 'deny', purpose: undefined, data: undefined, period: undefined }, { id: 'con-2' }))).toEqual(['consent-missing']);
  });

  it('stands beside a refusal of something else, or one that is over', async () => {
    expect(await outcomeWith(consent(), consent({ type: 'deny', purpose: [{ system: SYSTEM, code: 'TRAIN' }] }, { id: 'con-2' }))).toBe('assured');
    expect(await outcomeWith(consent(), consent({ type: 'deny' }, { id: 'con-2', status: 'inactive' }))).toBe('assured');
    expect(await outcomeWith(consent(), consent({ type: 'deny', data: [{ meaning: 'instance', reference: { reference: 'DocumentReference/rec-2' } }] }, { id: 'con-2' }))).toBe('assured');
  });

  it('of another patient is a contradiction', async () => {
    const scene = new Scene(signers);
    scene.patients.push({ resourceType: 'Patient', id: 'pat-2', identifier: [{ system: NHS, value: '9990000026' }], name: [{ family: 'Otherperson' }], birthDate: '1990-01-01' });
    scene.consents = [consent({}, { patient: { reference: 'Patient/pat-2' } })];
    expect(await scene.outcome()).toEqual(['patient-differs']);
  });
});

describe('direct care', () => {
  const treat = (scene: Scene) => {
    scene.task.reasonCode = { coding: [{ system: SYSTEM, code: 'TREAT' }] };
    return scene;
  };

  it('needs no consent to training', async () => {
    const scene = treat(new Scene(signers));
    scene.consents = [];
    scene.recording!.context!.related = [];
    expect(await scene.outcome()).toBe('assured');
  });

  const outcomeAgainst = (...consents: Consent[]) => {
    const scene = treat(new Scene(signers));
    scene.consents = consents;
    return scene.outcome();
  };
  const about = (meaning: string, reference: string) => ({ meaning, reference: { reference } });
  const deny = (more: Partial<NonNullable<Consent['provision']>> = {}) => consent({ type: 'deny', purpose: undefined, ...more });
  const nested = (...provision: unknown[]) => consent({ type: undefined, provision });

  it.each<[string, Consent]>([
    ['of it', deny({ purpose: [{ system: SYSTEM, code: 'TREAT' }] })], ['of everything', deny({ data: undefined, period: undefined })], ['of a code of another system', deny({ purpose: [{ system: 'https://elsewhere.example', code: 'ANY' }] })],
    ['of what is related to the recording', deny({ data: [about('related', 'DocumentReference/rec-1')] })], ['of what depends on the consultation', deny({ data: [about('dependents', 'Encounter/enc-1')] })],
    ['of a recording elsewhere', deny({ data: [about('instance', 'https://elsewhere.example/fhir/DocumentReference/rec-2')] })], ['of something contained', deny({ data: [about('instance', '#it')] })],
    ['of another recording and of this one', deny({ data: [about('instance', 'DocumentReference/rec-2'), about('instance', 'DocumentReference/rec-1')] })],
    ['whose time cannot be read', deny({ period: { start: '2026-00-10' } })], ['without a time', deny({ period: {} })],
    ['in a root that has no type, as R4 has it', nested({ type: 'deny', purpose: [{ system: SYSTEM, code: 'TREAT' }] })],
    ['two levels down', nested({ type: 'permit', provision: [{ type: 'deny' }] })], ['that does not say what it is', nested({})], ['that cannot be read', nested({ type: 'permit', modifierExtension: [{}] })],
    ['within a permission', consent({ purpose: undefined, provision: [{ type: 'deny' }] })],
  ])('is not done against a refusal %s', async (_what, refusal) => {
    expect(await outcomeAgainst(refusal)).toEqual(['consent-missing']);
    expect(await outcomeAgainst({ ...consent(), id: 'con-2' }, refusal)).toEqual(['consent-missing']);
  });

  it.each<[string, Consent]>([
    ['of another purpose', deny({ purpose: [{ system: SYSTEM, code: 'TRAIN' }] })], ['of another recording', deny({ data: [about('instance', 'DocumentReference/rec-2')] })],
    ['of another recording, by its address', deny({ data: [about('instance', 'https://practice.example/fhir/DocumentReference/rec-2/_history/12')] })], ['of an observation', deny({ data: [about('instance', 'Observation/o-1')] })],
    ['that is over', deny({ period: { end: '2026-11-19' } })], ['that has not begun', deny({ period: { start: '2026-11-21' } })], ['that is another’s exception', nested({ type: 'deny', data: [about('instance', 'DocumentReference/rec-2')] })],
    ['within a permission of another recording', consent({ purpose: undefined, data: [about('instance', 'DocumentReference/rec-2')], provision: [{ type: 'deny' }] })], ['that is none', nested({ type: 'permit' })],
    ['without any rule', nested()],
  ])('is done beside a refusal %s', async (_what, refusal) => {
    expect(await outcomeAgainst(refusal)).toBe('assured');
  });
});

describe('a consent that the recording names', () => {
  const treat = () => {
    const scene = new Scene(signers);
    scene.task.reasonCode!.coding![0]!.code = 'TREAT';
    return scene;
  };

  it('and that the practice did not send may be a refusal, for direct care too', async () => {
    const scene = treat();
    expect(await scene.outcome()).toBe('assured');
    scene.consents = [];
    expect(await scene.outcome()).toEqual(['consent-missing']);
    scene.recording!.context!.related = [];
    expect(await scene.outcome()).toBe('assured');
  });

  it.each(['https://elsewhere.example/fhir/Consent/con-1', 'Consent/con-2'])('as %s is not the one that was sent', async (reference) => {
    const scene = treat();
    scene.recording!.context!.related!.push({ reference });
    expect(await scene.outcome()).toEqual(['consent-missing']);
  });

  it('stands beside other related things', async () => {
    const scene = treat();
    scene.recording!.context!.related!.push({ reference: 'Observation/Consent' }, {});
    expect(await scene.outcome()).toBe('assured');
  });
});
