import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadDefinitions, problemsOf } from '../practice/fhir/validate.ts';
import { forRecord } from '../src/main/assurance/reasons.ts';
import type { TrustedKey } from '../src/main/site.ts';
import { siteFile } from '../src/main/site.fixture.ts';
import { root } from './lib/paths.ts';
import { run } from './lib/process.ts';
import { digestsOf, type Kind } from './statements/files.ts';
import { keygen, publicHalf, readKey, type PrivateKey } from './statements/key.ts';
import { provenanceOf, signStatement } from './statements/sign.ts';
import { verify } from './statements/verify.ts';

const URN = 'urn:uuid:0f5f0c4e-53a3-4d7a-9c38-6a1e1d6b7f01';
const MEDIA = Buffer.from('the sound and picture of a call');
const digest = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('base64url');
const NOW = Date.parse('2026-11-20T12:00:00Z');

let folder: string;
let key: PrivateKey;
const at = (name: string) => path.join(folder, name);
const write = (name: string, content: unknown): string => {
  writeFileSync(at(name), typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  return at(name);
};
const writeSite = (change: Record<string, unknown>) => write('site.json', { ...siteFile, ...change });

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'manifest-'));
  const trusted = await keygen(at('key.jwk'), 'EdDSA');
  key = await readKey(at('key.jwk'));
  writeSite({ manifestKeys: [trusted], transcriberKeys: [trusted], assignmentKeys: [trusted] });
  write('call.mp4', MEDIA);
});
afterEach(() => rmSync(folder, { recursive: true }));

const patient = { identifiers: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' }], birthDate: '1980-02-03', family: 'Testperson' };
const manifest = () => ({
  version: 1, recording: URN, revision: 1, issuedAt: '2026-11-10T09:20:00Z', encounter: { system: 'https://practice.example/Id/consultation', value: 'c-1' }, patient, clinicians: ['555000000001'],
  joined: [{ role: 'clinician', id: '555000000001', at: '2026-11-10T09:02:00Z' }], startedAt: '2026-11-10T09:03:00Z', endedAt: '2026-11-10T09:11:00Z',
  media: { contentType: 'video/mp4', size: MEDIA.length, sha256: digest(MEDIA) } as Record<string, unknown>,
});
const assignment = () => ({
  version: 1, task: 'task-1', recording: URN, patient, owner: '555000000002', purpose: 'TRAIN', period: { start: '2026-11-15T00:00:00Z', end: '2026-12-15T00:00:00Z' },
  issuedAt: '2026-11-15T08:00:00Z', assigner: '555000000009',
});

/** Signs what the test wrote and leaves bytes and signature as files. */
async function leave(kind: Kind, statement: unknown, by = key) {
  const signed = await signStatement(by, kind, write('statement.json', statement));
  write('statement.jws', `${signed.jws}\n`);
  return signed;
}
const judge = (kind: Kind, more: { media?: string; text?: string; jws?: string; provenance?: string } = { jws: at('statement.jws') }) =>
  verify(kind, { site: at('site.json'), bytes: at('statement.json'), ...more }, NOW);

describe('keygen', () => {
  it.each(['EdDSA', 'ES256'] as const)('makes a key of %s that a site file takes and that signs', async (alg) => {
    const trusted = await keygen(at('other.jwk'), alg);
    expect(trusted).toMatchObject({ alg });
    expect(JSON.stringify(trusted)).not.toContain('"d"');
    // RFC 7638: required members in alphabetical order.
    const { crv, kty, x, y } = trusted;
    expect(trusted.kid).toBe(digest(JSON.stringify(y === undefined ? { crv, kty, x } : { crv, kty, x, y })));
    expect(statSync(at('other.jwk')).mode & 0o777).toBe(0o600);
    writeSite({ manifestKeys: [trusted] });
    await leave('manifest', manifest(), await readKey(at('other.jwk')));
    expect(await judge('manifest')).toMatchObject({ ok: true, kid: trusted.kid });
  });

  it('writes over nothing', async () => {
    const before = readFileSync(at('key.jwk'), 'utf8');
    await expect(keygen(at('key.jwk'), 'EdDSA')).rejects.toThrow(/exists already/);
    expect(readFileSync(at('key.jwk'), 'utf8')).toBe(before);
  });

  it('is told apart from its public half', async () => {
    await expect(readKey(write('public.jwk', publicHalf(key)))).rejects.toThrow(/no private key/);
    await expect(readKey(write('other.jwk', { ...key, alg: 'ES256' }))).rejects.toThrow(/alg is wrong/);
  });
});

describe('sign', () => {
  it('signs the bytes of the file as they are', async () => {
    const text = `${JSON.stringify(manifest(), null, 4)}\r\n`;
    const { bytes, filled } = await leave('manifest', text);
    expect([bytes.toString(), filled]).toEqual([text, []]);
    expect((await judge('manifest')).ok).toBe(true);
  });

  it.each<[string, Kind, () => unknown, RegExp]>([
    ['a wrong date', 'manifest', () => ({ ...manifest(), startedAt: 'yesterday' }), /startedAt: /],
    ['a field deep inside', 'manifest', () => ({ ...manifest(), patient: { ...patient, identifiers: [{ system: 'https://practice.example' }] } }), /patient\.identifiers\.0\.value: /],
    ['an unknown member', 'manifest', () => ({ ...manifest(), media: { ...manifest().media, codec: 'h264' } }), /media\.codec: no such member/],
    ['no digest and no file to work it out from', 'manifest', () => ({ ...manifest(), media: { contentType: 'video/mp4', size: 5 } }), /media\.sha256: /],
    ['the fields of another kind', 'assignment', manifest, /task: /],
    ['no object', 'manifest', () => '[]', /the whole statement: /],
  ])('refuses %s and names it', async (_what, kind, statement, message) => {
    await expect(leave(kind, statement())).rejects.toThrow(message);
  });

  it.each<[string, Buffer | string, RegExp]>([
    ['text that is not JSON', '{"version": 1,', /is not JSON/], ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), /is not UTF-8/], ['a member twice', '{"version": 1, "version": 1}', /has a member twice/],
  ])('refuses %s', async (_what, content, message) => {
    await expect(leave('manifest', content)).rejects.toThrow(message);
  });

  it('fills in size and digest from the file, and says so', async () => {
    const { bytes, jws, filled } = await signStatement(key, 'manifest', write('call.json', { ...manifest(), media: { contentType: 'video/mp4' } }), { media: at('call.mp4') });
    expect(filled).toEqual(['media.size', 'media.sha256']);
    expect(JSON.parse(bytes.toString())).toEqual(manifest());
    write('statement.json', bytes);
    write('statement.jws', jws);
    expect(await judge('manifest', { jws: at('statement.jws'), media: at('call.mp4') })).toMatchObject({ ok: true });
  });

  it('fills in the digests of blocks where their size is asked for', async () => {
    const { bytes, filled } = await signStatement(key, 'manifest', write('call.json', { ...manifest(), media: { contentType: 'video/mp4', blocks: { size: 1_048_576 } } }), { media: at('call.mp4') });
    expect(filled).toContain('media.blocks.sha256');
    expect(JSON.parse(bytes.toString())).toMatchObject({ media: { blocks: { size: 1_048_576, sha256: [digest(MEDIA)] } } });
  });

  it.each<[string, Record<string, unknown>]>([
    ['media.size', { size: 1 }], ['media.sha256', { sha256: digest('another file') }], ['media.blocks.sha256', { blocks: { size: 1_048_576, sha256: [digest('another file')] } }],
  ])('refuses a file that the statement contradicts in %s', async (field, change) => {
    const file = write('call.json', { ...manifest(), media: { ...manifest().media, ...change } });
    await expect(signStatement(key, 'manifest', file, { media: at('call.mp4') })).rejects.toThrow(field);
  });

  it('fills in both digests of a transcript', async () => {
    write('call.vtt', 'WEBVTT\n');
    const file = write('words.json', { version: 1, recording: URN, language: 'en-GB', issuedAt: '2026-11-10T10:00:00Z' });
    const { bytes } = await signStatement(key, 'transcript', file, { media: at('call.mp4'), text: at('call.vtt') });
    expect(JSON.parse(bytes.toString())).toMatchObject({ mediaSha256: digest(MEDIA), transcriptSha256: digest('WEBVTT\n') });
  });

  it('does not use a key whose halves do not belong together', async () => {
    await keygen(at('other.jwk'), 'EdDSA');
    await expect(leave('manifest', manifest(), { ...key, x: (await readKey(at('other.jwk'))).x })).rejects.toThrow(/do not belong together/);
  });

  it('reads a large file block by block', async () => {
    const before = process.memoryUsage.rss();
    write('large.mp4', '');
    truncateSync(at('large.mp4'), 256 * 1_048_576 + 1);
    const { size, sha256, blocks } = await digestsOf(at('large.mp4'), 1_048_576);
    expect(process.memoryUsage.rss() - before).toBeLessThan(128 * 1_048_576);
    expect([size, blocks.length, new Set(blocks.slice(0, 256)).size]).toEqual([256 * 1_048_576 + 1, 257, 1]);
    expect([blocks[0], blocks[256]]).toEqual([digest(Buffer.alloc(1_048_576)), digest(Buffer.alloc(1))]);
    const zeros = createHash('sha256');
    for (let i = 0; i < 256; i += 1) zeros.update(Buffer.alloc(1_048_576));
    expect(sha256).toBe(zeros.update(Buffer.alloc(1)).digest('base64url'));
  });
});

describe('a Provenance', () => {
  it('is valid FHIR that carries the signature to the app', async () => {
    const signed = await leave('manifest', manifest());
    const provenance = await provenanceOf('manifest', signed, key, ['DocumentReference/rec-1'], 'Binary/manifest-1');
    loadDefinitions();
    expect(problemsOf({ ...provenance, id: 'prov-1' })).toBeUndefined();
    write('provenance.json', provenance);
    expect(await judge('manifest', { provenance: at('provenance.json') })).toMatchObject({ ok: true });
    expect(await judge('manifest', { provenance: at('provenance.json'), jws: at('statement.jws') })).toMatchObject({ ok: true });
  });

  it('is about what the statement is about', async () => {
    const signed = await leave('assignment', assignment());
    await expect(provenanceOf('assignment', signed, key, ['DocumentReference/rec-1'], 'Binary/a')).rejects.toThrow(/about a Task/);
    await expect(provenanceOf('assignment', signed, key, ['Task/task-2'], 'Binary/a')).rejects.toThrow(/is about Task\/task-1\./);
    const { target: _, ...rest } = await provenanceOf('assignment', signed, key, ['Task/task-1'], 'Binary/a');
    write('provenance.json', { ...rest, target: [{ reference: 'Task/task-2' }] });
    expect(await judge('assignment', { provenance: at('provenance.json') })).toMatchObject({ ok: false, code: 'assignment-invalid' });
  });

  it.each<[string, (provenance: Record<string, unknown>) => unknown]>([
    ['no source', (p) => ({ ...p, entity: [] })], ['no JOSE signature', (p) => ({ ...p, signature: [] })], ['another target', (p) => ({ ...p, target: [{ reference: 'Task/task-1' }] })],
    ['another type', (p) => ({ ...p, resourceType: 'AuditEvent' })], ['a source elsewhere', (p) => ({ ...p, entity: [{ role: 'source', what: { reference: 'https://elsewhere.example/fhir/Binary/1' } }] })],
  ])('with %s brings no manifest', async (_what, change) => {
    const signed = await leave('manifest', manifest());
    write('provenance.json', change(await provenanceOf('manifest', signed, key, ['DocumentReference/rec-1'], 'Binary/manifest-1')));
    expect(await judge('manifest', { provenance: at('provenance.json') })).toMatchObject({ ok: false, code: 'manifest-missing', sentence: forRecord('manifest-missing') });
  });

  it('with another signature than the one beside it is not judged', async () => {
    const signed = await leave('manifest', manifest());
    write('provenance.json', await provenanceOf('manifest', signed, key, ['DocumentReference/rec-1'], 'Binary/manifest-1'));
    await leave('manifest', { ...manifest(), revision: 2 });
    await expect(judge('manifest', { provenance: at('provenance.json'), jws: at('statement.jws') })).rejects.toThrow(/another signature/);
  });
});

describe('verify', () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = (jws: string) => jws.slice(0, jws.indexOf('.'));
  /** The one thing that is wrong, after signing. */
  it.each<[string, RegExp, (jws: string) => unknown]>([
    ['a byte that was changed', /does not hold for these bytes/, () => write('statement.json', JSON.stringify(manifest()).replace('"revision":1', '"revision":2'))],
    ['a signature that was changed', /does not hold for these bytes/, (jws) => write('statement.jws', jws.replace(/.{8}$/, 'AAAAAAAA'))],
    ['another algorithm', /says alg ES256/, (jws) => write('statement.jws', jws.replace(header(jws), encode({ alg: 'ES256', kid: key.kid })))],
    ['no algorithm', /says alg none/, () => write('statement.jws', `${encode({ alg: 'none', kid: key.kid })}..`)],
    ['no key', /names no key/, (jws) => write('statement.jws', jws.replace(header(jws), encode({ alg: 'EdDSA' })))],
    ['a header that is not JSON', /header of the JWS is not JSON/, (jws) => write('statement.jws', jws.replace(header(jws), 'AAAA'))],
    ['its payload in it', /carries its payload/, (jws) => write('statement.jws', jws.replace('..', `.${encode(manifest())}.`))],
    ['something else than a JWS', /2 parts and not 3/, () => write('statement.jws', 'a.b')],
    ['a key that no list has', /is not in the site file's manifestKeys/, () => writeSite({})],
    ['a key of another list', /transcriberKeys and not in manifestKeys/, () => writeSite({ transcriberKeys: [publicHalf(key)] })],
  ])('says no to %s', async (_what, why, change) => {
    change((await leave('manifest', manifest())).jws);
    expect(await judge('manifest')).toEqual({ ok: false, code: 'manifest-untrusted', sentence: forRecord('manifest-untrusted'), why: expect.stringMatching(why) as string });
  });

  it('says no to another key of the same name', async () => {
    await keygen(at('other.jwk'), 'EdDSA');
    await leave('manifest', manifest(), { ...await readKey(at('other.jwk')), kid: key.kid });
    expect(await judge('manifest')).toMatchObject({ ok: false, code: 'manifest-untrusted' });
  });

  it.each<[string, string, RegExp]>([
    ['not JSON', 'hello', /is not JSON/], ['JSON with a member twice', JSON.stringify(manifest()).replace('{', '{"revision":1,'), /member twice/],
    ['a manifest with a wrong field', JSON.stringify({ ...manifest(), revision: -1 }), /revision: /],
  ])('cannot read what is signed and %s', async (_what, text, why) => {
    // Our own sign refuses these: a signer that does not.
    const { FlattenedSign, importJWK } = await import('jose');
    const bytes = Buffer.from(text);
    const signature = await new FlattenedSign(bytes).setProtectedHeader({ alg: key.alg, kid: key.kid }).sign(await importJWK(key, key.alg));
    write('statement.json', bytes);
    write('statement.jws', `${signature.protected}..${signature.signature}`);
    expect(await judge('manifest')).toEqual({ ok: false, code: 'manifest-malformed', sentence: forRecord('manifest-malformed'), why: expect.stringMatching(why) as string });
  });

  it.each<[string, object]>([
    ['a clinician who did not join', { clinicians: ['555000000001', '555000000002'] }], ['nobody who was authenticated', { joined: [{ role: 'clinician', at: '2026-11-10T09:02:00Z' }] }],
    ['somebody who joined after the end', { joined: [...manifest().joined, { role: 'patient', at: '2026-11-10T09:11:01Z' }] }],
  ])('says no to a manifest with %s', async (_what, change) => {
    await leave('manifest', { ...manifest(), ...change });
    expect(await judge('manifest')).toMatchObject({ ok: false, code: 'joined-differs', sentence: forRecord('joined-differs') });
  });

  it('compares the media with what was signed', async () => {
    await leave('manifest', manifest());
    const with_ = (content: Buffer) => judge('manifest', { jws: at('statement.jws'), media: write('other.mp4', content) });
    expect(await with_(MEDIA)).toMatchObject({ ok: true });
    const [changed, longer] = [Buffer.from(MEDIA), Buffer.concat([MEDIA, Buffer.alloc(1)])];
    changed[0]! ^= 1;
    for (const content of [changed, longer]) expect(await with_(content)).toMatchObject({ ok: false, code: 'media-bytes-differ', sentence: forRecord('media-bytes-differ') });
  });

  it('knows what the site file allows', async () => {
    await leave('manifest', manifest());
    writeSite({ manifestKeys: [publicHalf(key)], largestRecordingBytes: MEDIA.length - 1 });
    expect(await judge('manifest')).toMatchObject({ ok: false, code: 'media-too-large' });
  });

  it('says that another transcript means no captions', async () => {
    await leave('transcript', { version: 1, recording: URN, mediaSha256: digest(MEDIA), transcriptSha256: digest('WEBVTT\n'), language: 'en-GB', issuedAt: '2026-11-10T10:00:00Z' });
    const with_ = (text: string) => judge('transcript', { jws: at('statement.jws'), media: at('call.mp4'), text: write('call.vtt', text) });
    expect(await with_('WEBVTT\n')).toMatchObject({ ok: true });
    expect(await with_('WEBVTT')).toMatchObject({ ok: false, code: null, sentence: expect.stringMatching(/no captions/) as string });
  });

  it.each<[string, Record<string, unknown>, string | null]>([
    ['now', {}, null], ['over', { period: { start: '2026-11-01T00:00:00Z', end: '2026-11-19T00:00:00Z' } }, 'assignment-invalid'], ['of a purpose that the site file has not', { purpose: 'HMARKT' }, 'assignment-invalid'],
  ])('knows an assignment that is %s', async (_what, change, code) => {
    await leave('assignment', { ...assignment(), ...change });
    expect(await judge('assignment')).toMatchObject(code === null ? { ok: true } : { ok: false, code });
  });

  it('says which file is missing or is no site file', async () => {
    await leave('manifest', manifest());
    await expect(judge('manifest', { jws: at('nothing') })).rejects.toThrow(`There is no file ${at('nothing')}`);
    await expect(judge('manifest', { jws: at('statement.jws'), media: at('nothing') })).rejects.toThrow(`There is no file ${at('nothing')}`);
    await expect(judge('manifest', {})).rejects.toThrow(/--jws FILE/);
    writeSite({ manifestKeys: [] });
    await expect(judge('manifest')).rejects.toThrow(/manifestKeys should be at least one key/);
  });
});

describe('the command', () => {
  const command = (...args: string[]) => run(process.execPath, [path.join(root, 'scripts/manifest.ts'), ...args], { cwd: folder });

  it('does what docs/backend.md shows', async () => {
    const docs = readFileSync(path.join(root, 'docs/backend.md'), 'utf8');
    const [, script = ''] = /```sh\n(npm run -s manifest[\s\S]*?)```/.exec(docs) ?? [];
    const [, sample = ''] = /\*\*Manifest\*\*[\s\S]*?```json\n([\s\S]*?)```/.exec(docs) ?? [];
    const { media: { contentType }, ...statement } = JSON.parse(sample) as { media: { contentType: string } };
    write('call.json', { ...statement, media: { contentType } });
    const [make = '', sign = '', check = ''] = script.trim().replaceAll('npm run -s manifest --', `"${process.execPath}" "${path.join(root, 'scripts/manifest.ts')}"`).split(/(?<!\\)\n/);
    const shell = (line: string) => run('sh', ['-ec', line], { cwd: folder });
    const made = await shell(make);
    const trusted = JSON.parse(made.stdout.trim().split('\n').at(-1) ?? '') as TrustedKey;
    writeSite({ manifestKeys: [trusted] });
    const signed = await shell(sign);
    expect(signed.stderr).toBe('');
    expect(signed.stdout).toMatch(/media\.size and media\.sha256 were added/);
    expect(signed.stdout.trim().split('\n').at(-1)).toBe(readFileSync(at('call.jws'), 'utf8'));
    expect(await shell(check)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ok: /) as string });
    // And it can say no.
    write('call.mp4', 'something else');
    expect(await shell(check)).toMatchObject({ code: 1, stdout: expect.stringMatching(/^media-bytes-differ: downloaded size or SHA-256 differs/) as string });
  });

  it('writes over no earlier signature', async () => {
    write('call.json', manifest());
    expect((await command('sign', '--key', 'key.jwk', '--kind', 'manifest', 'call.json')).code).toBe(0);
    const again = await command('sign', '--key', 'key.jwk', '--kind', 'manifest', 'call.json');
    expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/exists already/) as string });
  });

  it.each([[[]], [['sign']], [['verify', '--kind', 'manifest']], [['keygen', '--unknown']], [['sign', '--key', 'key.jwk', '--kind', 'note', 'call.json']]])('explains itself after %j', async (args) => {
    const { code, stderr } = await command(...args);
    expect([code, /npm run manifest|--kind is one of/.test(stderr), stderr.includes('    at ')]).toEqual([1, true, false]);
  });
});
