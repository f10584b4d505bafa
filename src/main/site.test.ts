import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from './platform/failure.ts';
import { parseSite, readSite, siteBinding, siteFrom } from './site.ts';
import { siteFile, testSite } from './site.fixture.ts';

const fieldOf = (change: Record<string, unknown>) => {
  try {
    parseSite(JSON.stringify({ ...siteFile, ...change }));
  } catch (error) {
    if (error instanceof Failure && error.code === 'site-file-invalid') return error.detail?.field;
    throw error;
  }
  return 'accepted';
};
const [key] = siteFile.manifestKeys;

describe('a site file', () => {
  it('that is in order is read', () => {
    expect(testSite()).toMatchObject({ practice: { odsCode: 'Z12345' }, assurance: 'signed' });
  });

  it('without labels has none, and locks sooner over what is sensitive all the same', () => {
    expect(testSite()).toMatchObject({ sensitiveLabels: [], sensitiveIdleLockMinutes: 2 });
  });

  it('names second readers, or nobody', () => {
    expect(testSite().secondReaders).toEqual([]);
    expect(testSite({ secondReaders: ['555000000007'] }).secondReaders).toEqual(['555000000007']);
  });

  it.each<[string, Record<string, unknown>]>([
    ['fhirBase', { fhirBase: 'http://practice.example/fhir' }],
    ['fhirBase', { fhirBase: 'https://user@practice.example/fhir' }],
    ['fhirBase', { fhirBase: 'https://:secret@practice.example/fhir' }],
    ['fhirBase', { fhirBase: 'https://practice.example/fhir?x=1' }],
    ['issuer', { issuer: 'file:///oidc' }],
    ['manifestKeys', { manifestKeys: [] }],
    ['manifestKeys.0.d', { manifestKeys: [{ ...key, d: 'private' }] }],
    ['manifestKeys.0', { manifestKeys: [{ ...key, alg: 'ES256' }] }],
    ['manifestKeys.0', { manifestKeys: [{ kty: 'EC', crv: 'P-256', alg: 'ES256', kid: 'k', x: 'x' }] }],
    ['manifestKeys.0.alg', { manifestKeys: [{ ...key, alg: 'HS256' }] }],
    ['manifestKeys', { manifestKeys: [key, { ...key, x: Buffer.alloc(32, 2).toString('base64url') }] }],
    ['secret.pinMinLength', { secret: { pinMinLength: 4, passphraseMinLength: 12 } }],
    ['secret.passphraseMinLength', { secret: { pinMinLength: 6, passphraseMinLength: 8 } }],
    ['idleLockMinutes', { idleLockMinutes: 0 }],
    ['sensitiveIdleLockMinutes', { sensitiveIdleLockMinutes: 0 }],
    ['sensitiveLabels.0.kind', { sensitiveLabels: [{ system: 'urn:x', code: 'x', kind: 'private' }] }],
    ['sensitiveLabels.0.system', { sensitiveLabels: [{ code: 'x', kind: 'child' }] }],
    ['practice.odsCode', { practice: { name: 'x', odsCode: 'a' } }],
    ['assurance', { assurance: 'none' }],
    ['updates.feed', { updates: { by: 'feed' } }],
    ['secondReaders.0', { secondReaders: [''] }],
    ['secondReaders', { secondReaders: '555000000007' }],
    ['comment', { comment: 'not a field' }],
    ['version', { version: 2 }],
  ])('names %s when it is wrong: %j', (field, change) => {
    expect(fieldOf(change)).toBe(field);
  });

  it('may use plain http on this computer alone', () => {
    expect(testSite({ fhirBase: 'http://127.0.0.1:8080/fhir' }).fhirBase).toContain('8080');
    expect(fieldOf({ fhirBase: 'http://127.0.0.1.evil.example/fhir' })).toBe('fhirBase');
  });

  it('with a field twice is not read', () => {
    expect(() => parseSite(JSON.stringify(siteFile).replace('{', '{"version":1,'))).toThrow(expect.objectContaining({ code: 'site-file-invalid', detail: { field: 'the whole file', expected: 'each field once; “version” is there twice' } }));
  });

  it('may go without manifest keys only where it says so', () => {
    expect(fieldOf({ assurance: 'unsigned-permitted', manifestKeys: [] })).toBe('accepted');
  });
});

describe('where the site file is', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'site-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const named = (name: string) => JSON.stringify({ ...siteFile, practice: { name, odsCode: 'Z12345' } });

  it('the machine-wide one wins', () => {
    expect(readSite(write('machine', named('Machine')), write('own', named('Own'))).practice.name).toBe('Machine');
    expect(readSite(join(folder, 'absent'), write('own', named('Own'))).practice.name).toBe('Own');
  });

  it('it is said which one that is', () => {
    const [machine, own, absent] = [write('machine', '{'), write('own', '{'), join(folder, 'absent')];
    expect([siteFrom(machine, own), siteFrom(absent, own), siteFrom(absent, absent), siteFrom(absent, null)]).toEqual(['machine-wide', 'named', 'none', 'none']);
  });

  it('a broken machine-wide one is not passed over', () => {
    expect(() => readSite(write('machine', '{'), write('own', named('Own')))).toThrow(expect.objectContaining({ code: 'site-file-invalid' }));
  });

  it('one that is named and not there is missing', () => {
    for (const own of [null, join(folder, 'absent')]) expect(() => readSite(join(folder, 'machine'), own)).toThrow(expect.objectContaining({ code: 'site-file-missing' }));
  });
});

describe('what a vault is bound to', () => {
  it('changes with issuer, server, keys and mode, and not with the order of keys', () => {
    const second = { ...key, kid: 'second' };
    const plain = siteBinding(testSite({ manifestKeys: [key, second] }));
    expect(siteBinding(testSite({ manifestKeys: [second, key] }))).toBe(plain);
    const others = [{ manifestKeys: [key] }, { issuer: 'https://other.example/oidc' }, { fhirBase: 'https://other.example/fhir' }, { assurance: 'unsigned-permitted' },
      { transcriberKeys: [] }, { assignmentKeys: [] }, { manifestKeys: [key, { ...second, x: Buffer.alloc(32, 9).toString('base64url') }] }];
    const bindings = others.map((change) => siteBinding(testSite({ manifestKeys: [key, second], ...change })));
    expect(new Set([plain, ...bindings]).size).toBe(others.length + 1);
  });
});
