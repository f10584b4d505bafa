import { beforeAll, describe, expect, it } from 'vitest';
import { EVERYTHING } from '../fhir/systems.ts';
import { offer } from '../service/offered.ts';
import type { StopList } from '../service/stopList.ts';
import { LOCAL, newSigners, NHS, NOW, Scene, signed, URN, type Signers } from './assurance.fixture.ts';
import { heard, isStopped, stopKey, stoppedRecording, whatCounts } from './stops.ts';

let signers: Signers;
beforeAll(async () => {
  signers = await newSigners();
});

const URI = 'urn:ietf:rfc:3986';
const list = (change: Partial<StopList> = {}): StopList => ({ state: 'read', found: true, stops: [], lifts: [], ...change });

describe('a recording is stopped', () => {
  const stoppedBy = async (identifier: { system: string; value: string }, change: (scene: Scene) => unknown = () => undefined) => {
    const scene = new Scene(signers);
    await change(scene);
    return isStopped(offer(await scene.evidence()), (key) => key === stopKey(identifier));
  };

  it.each<[string, { system: string; value: string }]>([
    ['itself', { system: URI, value: URN }], ['itself in capitals', { system: URI, value: URN.toUpperCase().replace('URN:UUID', 'urn:uuid') }],
    ['its patient’s NHS number', { system: NHS, value: '9990000018' }], ['the NHS number as it is written', { system: NHS, value: '999 000 0018' }],
    ['another number of its patient', { system: LOCAL, value: '17' }], ['everything', EVERYTHING],
  ])('by %s', async (_what, identifier) => {
    expect(await stoppedBy(identifier)).toBe(true);
  });

  it.each<[string, { system: string; value: string }]>([
    ['another recording', { system: URI, value: URN.replace('f01', 'f02') }], ['another patient', { system: NHS, value: '9990000026' }], ['the same number of another kind', { system: 'urn:other', value: '9990000018' }],
    ['a number that is this one but for capitals', { system: LOCAL, value: 'a17' }],
  ])('not by %s', async (_what, identifier) => {
    expect(await stoppedBy(identifier, (scene) => scene.patients[0]!.identifier!.push({ system: LOCAL, value: 'A17' }))).toBe(false);
  });

  it('by a number that only the manifest has, or only one of the records', async () => {
    expect(await stoppedBy({ system: NHS, value: '9990000026' }, (s) => s.manifest.patient.identifiers.push({ system: NHS, value: '9990000026' }))).toBe(true);
    expect(await stoppedBy({ system: NHS, value: '9990000026' }, async (s) => {
      s.manifest.patient.identifiers = [{ system: NHS, value: '9990000026' }];
      s.manifests = [await signed(s.manifest, signers.stranger)];
    })).toBe(true);
    expect(await stoppedBy({ system: NHS, value: '9990000026' }, async (s) => {
      s.assignments = [await signed({ ...s.assignment, patient: { ...s.assignment.patient, identifiers: [{ system: NHS, value: '9990000026' }] } }, signers.manager)];
    })).toBe(true);
    expect(await stoppedBy({ system: NHS, value: '9990000034' }, (s) => s.patients.push({ resourceType: 'Patient', id: 'pat-2', identifier: [{ system: NHS, value: '9990000034' }] }))).toBe(true);
  });
});

it('a recording is found by its name as the vault has it', () => {
  expect(stoppedRecording({ system: URI, value: ` ${URN.toUpperCase()}` })).toBe(URN);
  expect([stoppedRecording({ system: NHS, value: '9990000018' }), stoppedRecording(EVERYTHING)]).toEqual([null, null]);
});

describe('what counts of a list', () => {
  const lift = (by: string[], at = NOW) => ({ ...EVERYTHING, at, by });
  const lifts = (change: Partial<StopList>) => whatCounts(list(change), NOW).lifts;

  it('is every stop, whatever else is wrong with the list', () => {
    expect(whatCounts(list({ state: 'unreadable', stops: [{ ...EVERYTHING, at: NOW }] }), NOW).stops).toEqual([{ identifier: stopKey(EVERYTHING), at: NOW }]);
  });

  it('is a stop as new as any lift could be where it has no moment, or one to come', () => {
    const two = ['Practitioner/a', 'Practitioner/b'];
    for (const at of [null, NOW + 3_600_000]) {
      const { stops, lifts } = whatCounts(list({ stops: [{ ...EVERYTHING, at }], lifts: [lift(two, NOW + 300_000)] }), NOW);
      expect([stops, lifts]).toEqual([[{ identifier: stopKey(EVERYTHING), at: NOW + 300_000 }], [{ identifier: stopKey(EVERYTHING), at: NOW + 300_000 }]]);
    }
  });

  it('is a lift by two people, and none by one, ahead of time, or of a list that was not understood', () => {
    const two = ['Practitioner/a', 'Practitioner/b'];
    expect(lifts({ lifts: [lift(two)] })).toEqual([{ identifier: stopKey(EVERYTHING), at: NOW }]);
    expect(lifts({ lifts: [lift(['Practitioner/a', 'Practitioner/a']), lift(['Practitioner/a']), lift([])] })).toEqual([]);
    expect(lifts({ lifts: [lift(two, NOW + 3_600_000)] })).toEqual([]);
    expect(lifts({ state: 'unreadable', lifts: [lift(two)] })).toEqual([]);
  });
});

it('no list is no list only where none was ever given', () => {
  expect(heard(list({ state: 'absent', found: false }), 'nothing')).toEqual({ state: 'absent', known: 'nothing' });
  expect(heard(list({ state: 'absent', found: false }), 'lists')).toEqual({ state: 'unreadable', known: 'lists' });
  expect(heard(list({ found: false }), 'nothing')).toEqual({ state: 'read', known: 'lists' });
  expect(heard(list({ found: false }), 'list')).toEqual({ state: 'unreadable', known: 'list' });
  expect(heard(list(), 'nothing')).toEqual({ state: 'read', known: 'list' });
  expect(heard(list({ state: 'unreadable', found: false }), 'nothing')).toEqual({ state: 'unreadable', known: 'nothing' });
  expect(heard(list({ state: 'unreadable' }), 'lists')).toEqual({ state: 'unreadable', known: 'list' });
});
