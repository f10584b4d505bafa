import { describe, expect, it } from 'vitest';
import { Failure } from '../platform/failure.ts';
import { PracticeHttp } from './http.ts';
import { readStopList } from './stopList.ts';

const BASE = 'https://practice.example/fhir';
const VR = 'https://viewing-room.example/fhir';
const ALL = { system: `${VR}/stop`, value: 'all' };
const entry = (identifier: object, more: object = {}) => ({ date: '2026-11-22T10:00:00Z', item: { identifier }, ...more });
const lifted = (...by: string[]) => ({
  flag: { coding: [{ system: `${VR}/CodeSystem/stop-reason`, code: 'lifted' }] }, extension: by.map((reference) => ({ url: `${VR}/StructureDefinition/lifted-by`, valueReference: { reference } })),
});
const list = (entries: unknown[], more: object = {}) => ({ resourceType: 'List', id: 'l', code: { coding: [{ system: `${VR}/CodeSystem/list`, code: 'stop-list' }] }, entry: entries, ...more });
const bundle = (resources: unknown[], next?: string) => ({ resourceType: 'Bundle', entry: resources.map((resource) => ({ resource })), ...(next ? { link: [{ relation: 'next', url: next }] } : {}) });

/** Reads from a practice whose answers are these, by what the address contains; first match wins. */
function read(...answers: [address: string, body: unknown, status?: number][]) {
  const http = new PracticeHttp(BASE, async (url) => {
    const found = answers.find(([address]) => decodeURIComponent(url).includes(address));
    if (!found) throw new Error('no route');
    return Response.json(found[1], { status: found[2] ?? 200 });
  }, async () => 'token');
  return readStopList(http);
}

describe('a stop list', () => {
  it('is all Lists of its code, over all pages', async () => {
    const found = await read(
      ['page=2', bundle([list([entry(ALL)])])],
      [`List?code=${VR}/CodeSystem/list|stop-list`, bundle([list([entry({ system: 'urn:x', value: '1' })]), list([entry({ system: 'urn:x', value: '2' }, { date: '2026-11-22' })])], `${BASE}/List?page=2`)],
    );
    expect(found).toEqual({
      state: 'read', found: true, lifts: [],
      stops: [{ system: 'urn:x', value: '1', at: Date.parse('2026-11-22T10:00:00Z') }, { system: 'urn:x', value: '2', at: Date.parse('2026-11-22T23:59:59.999Z') }, { ...ALL, at: Date.parse('2026-11-22T10:00:00Z') }],
    });
  });

  it('is empty where there is none, and of another code it is none', async () => {
    expect(await read(['List', bundle([])])).toEqual({ state: 'read', found: false, stops: [], lifts: [] });
    expect(await read(['List', bundle([list([entry(ALL)], { code: { coding: [{ system: VR, code: 'another' }] } })])])).toEqual({ state: 'read', found: false, stops: [], lifts: [] });
  });

  it('has stops whose date is missing, or is none', async () => {
    const found = await read(['List', bundle([list([entry(ALL, { date: undefined }), entry(ALL, { date: '2026-13' })])])]);
    expect(found).toMatchObject({ state: 'read', stops: [{ at: null }, { at: null }] });
  });

  it.each<[string, unknown]>([
    ['a reference in place of an identifier', { item: { reference: 'Patient/pat-1' } }], ['an identifier without a system', entry({ value: '1' })], ['an identifier without a value', entry({ system: 'urn:x' })],
    ['a lift that is modified', { ...entry(ALL, lifted('Practitioner/a', 'Practitioner/b')), modifierExtension: [{ url: 'https://elsewhere.example/not' }] }], ['another word for everything', entry({ ...ALL, value: 'most' })], ['a lift without a moment', { ...entry(ALL, lifted('Practitioner/a', 'Practitioner/b')), date: '2026-11-23' }], ['no object', 'all'],
  ])('with %s is unreadable, and the stops beside it count', async (_what, odd) => {
    expect(await read(['List', bundle([list([odd, entry({ system: 'urn:x', value: '1' })])])])).toMatchObject({ state: 'unreadable', found: true, stops: [{ value: '1' }] });
  });

  it.each<[string, [string, unknown, number?][]]>([
    ['an error', [['List', {}, 500]]], ['no answer', []], ['an OperationOutcome', [['List', { resourceType: 'OperationOutcome', issue: [] }]]],
    ['an OperationOutcome among the entries', [['List', bundle([{ resourceType: 'OperationOutcome', issue: [] }])]]], ['a List that is none', [['List', bundle([{ resourceType: 'List', id: '/' }])]]],
  ])('that is %s is unreadable', async (_what, answers) => {
    expect(await read(...answers)).toMatchObject({ state: 'unreadable', found: false });
  });

  it('that breaks off is unreadable, and what came counts', async () => {
    expect(await read(['page=2', {}, 403], ['List', bundle([list([entry(ALL)])], `${BASE}/List?page=2`)])).toMatchObject({ state: 'unreadable', stops: [ALL] });
  });

  it.each([403, 404, 410])('that is answered with %s is absent', async (status) => {
    expect(await read(['List', {}, status])).toMatchObject({ state: 'absent', found: false });
  });

  it('ends with the session', async () => {
    const http = new PracticeHttp(BASE, async () => Response.json({}, { status: 401 }), async () => 'token');
    await expect(readStopList(http)).rejects.toThrow(expect.objectContaining({ code: 'session-expired' }) as Failure);
  });

  it('ends with a session that was renewed for somebody else, found with the list or with who lifts', async () => {
    const somebodyElse = () => Promise.reject(new Failure('identity-mismatch', 'renewed for somebody else'));
    const answered = bundle([list([entry(ALL, lifted('PractitionerRole/r'))])]);
    let asked = 0;
    for (const token of [somebodyElse, () => ((asked += 1) === 1 ? Promise.resolve('token') : somebodyElse())]) {
      await expect(readStopList(new PracticeHttp(BASE, async () => Response.json(answered), token))).rejects.toThrow(expect.objectContaining({ code: 'identity-mismatch' }) as Failure);
    }
  });
});

describe('who lifts a stop', () => {
  const by = async (references: string[], ...answers: [string, unknown, number?][]) => (await read(...answers, ['List', bundle([list([entry(ALL, lifted(...references))])])])).lifts[0]?.by;

  it('is a practitioner, and of a role the one whose it is', async () => {
    const role = { resourceType: 'PractitionerRole', id: 'r', practitioner: { reference: 'Practitioner/a' } };
    expect(await by(['Practitioner/a', `${BASE}/Practitioner/b`])).toEqual(['Practitioner/a', 'Practitioner/b']);
    expect(await by(['Practitioner/a', 'PractitionerRole/r'], ['PractitionerRole', bundle([role])])).toEqual(['Practitioner/a', 'Practitioner/a']);
  });

  it('is nobody where that cannot be read, or is elsewhere', async () => {
    expect(await by(['Practitioner/a', 'PractitionerRole/r'], ['PractitionerRole', {}, 403])).toEqual(['Practitioner/a']);
    expect(await by(['Practitioner/a', 'https://elsewhere.example/fhir/Practitioner/b', 'Patient/c'])).toEqual(['Practitioner/a']);
  });
});
