import { describe, expect, it } from 'vitest';
import { PracticeHttp } from './http.ts';
import { readDeviceList } from './deviceList.ts';

const BASE = 'https://practice.example/fhir';
const VR = 'https://viewing-room.example/fhir';
const NOW = Date.parse('2026-11-24T12:00:00Z');
const DEVICE = '00000000-0000-4000-8000-000000000000';
const [KEY, OTHER] = [Buffer.alloc(32, 1).toString('base64url'), Buffer.alloc(32, 2).toString('base64url')];

const entry = (state: string, date: string, key: string | null = KEY, more: object = {}) => ({
  date, flag: { coding: [{ system: `${VR}/CodeSystem/device-status`, code: state }] }, item: { identifier: { system: `${VR}/device`, value: `${DEVICE}/555` } },
  extension: [...(key === null ? [] : [{ url: `${VR}/StructureDefinition/device-key`, valueString: key }]), { url: `${VR}/StructureDefinition/enrolled-by`, valueReference: { reference: 'Practitioner/pm-1' } }], ...more,
});
const list = (...entries: unknown[]) => ({ resourceType: 'List', id: 'l', code: { coding: [{ system: `${VR}/CodeSystem/list`, code: 'device-list' }] }, entry: entries });
const read = (lists: unknown[], status = 200) => readDeviceList(new PracticeHttp(BASE, async () => Response.json({ resourceType: 'Bundle', entry: lists.map((resource) => ({ resource })) }, { status }), async () => 'token'), NOW);
const latest = async (...entries: unknown[]) => (await read([list(...entries)])).chains.get(`${DEVICE}/555`);

describe('the list of devices', () => {
  it('says of each chain what was decided last, by the moment and not by its place', async () => {
    const found = await read([list(entry('revoked', '2026-11-22T10:00:00Z')), list(entry('enrolled', '2026-11-20T10:00:00Z'))]);
    expect(found).toMatchObject({ state: 'read', unread: 0, decisions: [{ state: 'enrolled' }, { state: 'revoked' }] });
    expect([...found.chains]).toEqual([[`${DEVICE}/555`, { chain: { device: DEVICE, sds: '555' }, state: 'revoked', key: KEY, at: Date.parse('2026-11-22T10:00:00Z'), by: 'Practitioner/pm-1' }]]);
    expect(await latest(entry('revoked', '2026-11-21T10:00:00Z', null), entry('enrolled', '2026-11-22T10:00:00Z', OTHER))).toMatchObject({ state: 'enrolled', key: OTHER });
  });

  it('takes the revocation where both are of one moment', async () => {
    expect(await latest(entry('revoked', '2026-11-22T10:00:00Z'), entry('enrolled', '2026-11-22T10:00:00Z'))).toMatchObject({ state: 'revoked' });
  });

  it.each<[string, unknown]>([
    ['no key', entry('enrolled', '2026-11-22T10:00:00Z', null)], ['a key of another length', entry('enrolled', '2026-11-22T10:00:00Z', 'abc')], ['another spelling of a key', entry('enrolled', '2026-11-22T10:00:00Z', `${KEY.slice(0, 42)}F`)],
    ['two keys', entry('enrolled', '2026-11-22T10:00:00Z', KEY, { extension: [KEY, OTHER].map((valueString) => ({ url: `${VR}/StructureDefinition/device-key`, valueString })) })],
    ['only a day', entry('enrolled', '2026-11-22')], ['a moment to come', entry('enrolled', '2026-11-24T12:06:00Z')], ['another state', entry('trusted', '2026-11-22T10:00:00Z')],
    ['two states', entry('enrolled', '2026-11-22T10:00:00Z', KEY, { flag: { coding: ['enrolled', 'revoked'].map((code) => ({ system: `${VR}/CodeSystem/device-status`, code })) } })],
    ['another system', entry('enrolled', '2026-11-22T10:00:00Z', KEY, { item: { identifier: { system: 'urn:x', value: `${DEVICE}/555` } } })], ['no person', entry('enrolled', '2026-11-22T10:00:00Z', KEY, { item: { identifier: { system: `${VR}/device`, value: DEVICE } } })],
    ['a modification', entry('enrolled', '2026-11-22T10:00:00Z', KEY, { modifierExtension: [{ url: 'https://elsewhere.example/not' }] })], ['nothing', 'x'],
  ])('counts an entry with %s as nothing, and says so', async (_what, odd) => {
    const found = await read([list(odd, entry('enrolled', '2026-11-20T10:00:00Z', OTHER))]);
    expect(found.unread).toBe(1);
    expect(found.chains.get(`${DEVICE}/555`)).toMatchObject({ key: OTHER });
  });

  it('is absent where it is refused, and unreadable where it is not understood', async () => {
    expect((await read([], 403)).state).toBe('absent');
    expect((await read([], 500)).state).toBe('unreadable');
    expect((await read([{ ...list(), id: '/' }])).state).toBe('unreadable');
    expect(await read([])).toMatchObject({ state: 'read', decisions: [], unread: 0 });
  });
});
