import { beforeAll, describe, expect, it } from 'vitest';
import { hasCode } from '../fhir/resources.ts';
import { VR } from '../fhir/systems.ts';
import { newSigners, NOW, Scene, type Signers } from './assurance.fixture.ts';
import { ownedBy, purposeOf, taskReasons } from './admit.ts';

let signers: Signers;
beforeAll(async () => {
  signers = await newSigners();
});
const SYSTEM = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const scene = (change: (scene: Scene) => void = () => undefined) => {
  const one = new Scene(signers);
  change(one);
  return one;
};
const reasonsOf = ({ task, reviewer, site, now }: Scene) => taskReasons(task, reviewer, site, now);

describe('a Task alone', () => {
  it('that is in order has no reason against it', () => {
    expect(reasonsOf(scene())).toEqual([]);
  });

  it('of someone else says nothing more about itself', () => {
    expect(reasonsOf(scene((s) => { Object.assign(s.task, { owner: { reference: 'Practitioner/gp-2' }, status: 'cancelled', intent: 'plan' }); }))).toEqual(['not-owner']);
  });

  it.each<[string, Record<string, unknown> | undefined]>([
    ['nobody', undefined], ['nobody by reference', {}], ['a person elsewhere', { reference: 'https://elsewhere.example/fhir/Practitioner/gp-1' }], ['a patient', { reference: 'Patient/gp-1' }], ['an organization', { reference: 'Organization/role-1' }],
    ['a role that was not chosen', { reference: 'PractitionerRole/role-2' }],
  ])('owned by %s is not this session’s', (_who, owner) => {
    const { task, reviewer, site } = scene((s) => { Object.assign(s.task, { owner }); });
    expect(ownedBy(task, reviewer, site.fhirBase)).toBe(false);
  });

  it.each<[string, Record<string, unknown>]>([
    ['a code of another system', { code: { coding: [{ system: 'https://elsewhere.example', code: 'review-recording' }] } }], ['no code', { code: undefined }], ['no coding', { code: {} }], ['another intent', { intent: 'proposal' }], ['no intent', { intent: undefined }],
  ])('with %s is not a review', (_what, change) => {
    expect(reasonsOf(scene((s) => { Object.assign(s.task, change); }))).toEqual(['not-a-review']);
  });

  it('may have its code among others', () => {
    const one = scene((s) => { s.task.code!.coding!.unshift({ system: 'https://elsewhere.example', code: 'review-recording' }, { system: `${VR}/CodeSystem/task-type`, code: 'other' }); });
    expect(reasonsOf(one)).toEqual([]);
    expect(hasCode(one.task.code, 'https://elsewhere.example', 'other')).toBe(false);
  });

  it.each(['requested', 'accepted', 'in-progress'])('that is %s is open', (status) => {
    expect(reasonsOf(scene((s) => { s.task.status = status; }))).toEqual([]);
  });

  it.each(['', 'draft', 'received', 'ready', 'rejected', 'cancelled', 'on-hold', 'failed', 'entered-in-error'])('that is “%s” is not', (status) => {
    // However lately it was changed.
    expect(reasonsOf(scene((s) => { Object.assign(s.task, { status, lastModified: new Date(NOW).toISOString() }); }))).toEqual(['task-status']);
  });

  it.each<[string, number | null, boolean]>([
    ['now', 0, true], ['seven days ago', -7 * 86_400_000, true], ['a moment more than seven days ago', -7 * 86_400_000 - 1, false], ['in five minutes by another clock', 300_000, true], ['in more than five minutes', 300_001, false], ['nobody says when', null, false],
  ])('that was completed %s', (_when, offset, shown) => {
    const one = scene((s) => { Object.assign(s.task, { status: 'completed', lastModified: offset === null ? undefined : new Date(NOW + offset).toISOString() }); });
    expect(reasonsOf(one)).toEqual(shown ? [] : ['task-status']);
  });

  it('that was completed stays for as many days as the site file says', () => {
    const one = scene((s) => { Object.assign(s.task, { status: 'completed', lastModified: new Date(NOW - 1).toISOString() }); });
    one.site = { ...one.site, completedVisibleDays: 0 };
    expect(reasonsOf(one)).toEqual(['task-status']);
  });

  it('without a time for the review is not open', () => {
    expect(reasonsOf(scene((s) => { delete s.task.restriction; }))).toEqual(['outside-period']);
  });

  it('has every reason that there is', () => {
    expect(reasonsOf(scene((s) => { Object.assign(s.task, { code: {}, status: 'draft', restriction: {}, reasonCode: undefined }); }))).toEqual(['not-a-review', 'task-status', 'outside-period', 'purpose-unknown']);
  });
});

describe('the purpose of a Task', () => {
  const of = (reasonCode: Scene['task']['reasonCode']) => {
    const { task, site } = scene((s) => { s.task.reasonCode = reasonCode; });
    return purposeOf(task, site);
  };

  it('is the one code of its system, whatever stands beside it', () => {
    expect(of({ coding: [{ system: 'https://elsewhere.example', code: 'TREAT' }, { system: SYSTEM, code: 'HQUALIMP' }] })).toBe('HQUALIMP');
    expect(of({ coding: [{ system: SYSTEM, code: 'TRAIN' }, { system: SYSTEM, code: 'TRAIN' }] })).toBe('TRAIN');
  });

  it('is none when there is no code', () => {
    for (const reason of [undefined, {}, { coding: [] }, { coding: [{ system: SYSTEM }] }, { coding: [{ code: 'TREAT' }] }]) expect(of(reason)).toBeNull();
  });

  it('is none when its code is missing, whatever the site file calls its purposes', () => {
    const { task, site } = scene((s) => { s.task.reasonCode = { coding: [{ system: SYSTEM }] }; });
    expect(purposeOf(task, { ...site, purposes: { undefined: { consent: null } } })).toBeNull();
  });
});
