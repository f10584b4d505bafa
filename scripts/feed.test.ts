import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFeed, type FeedDocument, type FeedKey } from '../src/main/platform/updates/feed.ts';
import { Stop } from './lib/process.ts';
import { feed } from './updates/commands.ts';
import { targetOf } from './updates/folder.ts';

let folder: string;
const at = (...names: string[]) => path.join(folder, ...names);

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'feed-'));
  mkdirSync(at('www'));
  installer('1.2.0', 'linux-amd64.deb');
  installer('1.2.0', 'win-x64.exe');
  await key('ours');
});
afterEach(() => rmSync(folder, { recursive: true }));

const installer = (version: string, rest: string, text = `${version} ${rest}`) => writeFileSync(at('www', `viewing-room-${version}-${rest}`), text);
/** Makes a key pair, and puts its public half where a package would have it. */
async function key(name: string): Promise<void> {
  const said = await good('keygen', '--out', `${name}.jwk`);
  writeFileSync(at(`${name}.keys.json`), said.slice(said.indexOf('{\n')));
}
const keysOf = (name: string) => (JSON.parse(readFileSync(at(`${name}.keys.json`), 'utf8')) as { keys: FeedKey[] }).keys;
const document = (by = 'ours'): Promise<FeedDocument> => readFeed(readFileSync(at('www/updates.json')), keysOf(by));
/** Names of files and of the folder are those in this test's own. */
const good = (...args: string[]): Promise<string> => feed(args.map((arg) => (/\.(jwk|json|txt)$|^www$/.test(arg) ? at(arg) : arg)));
const refused = async (...args: string[]): Promise<string> => {
  const before = readdirSync(at('www')).includes('updates.json') ? readFileSync(at('www/updates.json'), 'utf8') : null;
  const why = await good(...args).catch((error: unknown) => error);
  expect(why).toBeInstanceOf(Stop);
  if (before !== null) expect(readFileSync(at('www/updates.json'), 'utf8')).toBe(before);
  return (why as Stop).message;
};
const sign = ['sign', '--key', 'ours.jwk'] as const;

describe('sign', () => {
  it('makes the document of a folder, which an app with the public key believes', async () => {
    writeFileSync(at('notes.txt'), 'Clearer captions.\n');
    installer('1.1.0', 'linux-amd64.deb');
    const said = await good(...sign, '--release', '1.2.0', '--minimum', '1.0.0', '--rollout', '20', '--days', '7', '--notes', 'notes.txt', 'www');
    expect(said).toContain('version 1.2.0 for 20% of computers');
    const signed = await document();
    expect(signed).toMatchObject({ release: '1.2.0', minimum: '1.0.0', rollout: 20, notes: 'Clearer captions.', files: [{ kind: 'deb', arch: 'x64', size: 21 }, { kind: 'nsis', arch: 'x64' }] });
    expect(Date.parse(signed.expires) - Date.parse(signed.issuedAt)).toBe(7 * 24 * 3600 * 1000);
    expect(await good('check', '--keys', 'ours.keys.json', 'www')).toContain('ok');
  });

  it('takes no version below what the feed has, and keeps its minimum', async () => {
    await good(...sign, '--release', '1.2.0', '--minimum', '1.1.0', 'www');
    installer('1.1.9', 'linux-amd64.deb');
    expect(await refused(...sign, '--release', '1.1.9', 'www')).toContain('no app goes back');
    installer('1.3.0', 'linux-amd64.deb');
    await good(...sign, '--release', '1.3.0', 'www');
    expect(await document()).toMatchObject({ release: '1.3.0', minimum: '1.1.0', rollout: 100 });
  });

  it('says what is wrong', async () => {
    expect(await refused(...sign, '--release', '1.3.0', 'www')).toContain('no installer of 1.3.0');
    expect(await refused(...sign, '--release', 'latest', 'www')).toContain('--release is a version');
    expect(await refused(...sign, '--release', '1.2.0', '--rollout', '101', 'www')).toContain('--rollout is a whole number');
    expect(await refused(...sign, '--release', '1.2.0', '--minimum', '2.0.0', 'www')).toContain('minimum is wrong');
    expect(await refused('sign', '--release', '1.2.0', 'www')).toContain('--key PRIVATE.jwk');
    expect(await refused('sign', '--key', 'ours.keys.json', '--release', '1.2.0', 'www')).toContain('is not a signing key');
  });
});

describe('re-sign', () => {
  it('prolongs, widens and outdates the document before it, with the same files', async () => {
    await good(...sign, '--release', '1.2.0', '--rollout', '10', '--days', '1', 'www');
    const before = await document();
    await good('re-sign', '--key', 'ours.jwk', '--days', '30', 'www');
    const longer = await document();
    expect(longer).toMatchObject({ release: '1.2.0', rollout: 10, files: before.files });
    expect(Date.parse(longer.issuedAt)).toBeGreaterThan(Date.parse(before.issuedAt));
    expect(Date.parse(longer.expires)).toBeGreaterThan(Date.parse(before.expires));
    await good('re-sign', '--key', 'ours.jwk', '--rollout', '100', 'www');
    expect((await document()).rollout).toBe(100);
  });

  it('gives no signature to what somebody else put into the folder', async () => {
    await good(...sign, '--release', '1.2.0', 'www');
    installer('1.2.0', 'win-x64.exe', 'something else');
    expect(await refused('re-sign', '--key', 'ours.jwk', 'www')).toContain('viewing-room-1.2.0-win-x64.exe is not the file that was signed');
    installer('1.2.0', 'win-x64.exe');
    await key('theirs');
    await good('sign', '--key', 'theirs.jwk', '--keys', 'ours.keys.json', '--release', '1.2.0', 'www');
    expect(await refused('re-sign', '--key', 'ours.jwk', 'www')).toContain('key-unknown');
    expect(await refused(...sign, '--release', '1.2.0', 'www')).toContain('key-unknown');
  });

  it('with two keys is believed by apps that have either, so that one can follow the other', async () => {
    await good(...sign, '--release', '1.2.0', 'www');
    await key('next');
    await good('re-sign', '--key', 'ours.jwk', '--key', 'next.jwk', 'www');
    expect(await document('ours')).toEqual(await document('next'));
    await good('re-sign', '--key', 'next.jwk', 'www');
    expect(await refused('check', '--keys', 'ours.keys.json', 'www')).toContain('key-unknown');
  });
});

describe('check', () => {
  it('says what the app would say', async () => {
    expect(await refused('check', '--keys', 'ours.keys.json', 'www')).toContain(`There is no ${at('www')}/updates.json`);
    await good(...sign, '--release', '1.2.0', 'www');
    const there = readFileSync(at('www/updates.json'), 'utf8');
    const envelope = JSON.parse(there) as { payload: string };
    const changed = Buffer.from(Buffer.from(envelope.payload, 'base64url').toString('utf8').replace('1.2.0', '1.9.0')).toString('base64url');
    writeFileSync(at('www/updates.json'), JSON.stringify({ ...envelope, payload: changed }));
    expect(await refused('check', '--keys', 'ours.keys.json', 'www')).toContain('signature-wrong');
    writeFileSync(at('www/updates.json'), there);
    rmSync(at('www/viewing-room-1.2.0-win-x64.exe'));
    expect(await refused('check', '--keys', 'ours.keys.json', 'www')).toContain(`is not in ${at('www')}`);
  });
});

it('an installer is known by its name', () => {
  expect(targetOf('viewing-room-1.2.0-linux-amd64.deb', '1.2.0')).toEqual({ kind: 'deb', arch: 'x64' });
  expect(targetOf('viewing-room_1.2.0_arm64.deb', '1.2.0')).toEqual({ kind: 'deb', arch: 'arm64' });
  expect(targetOf('viewing-room-1.2.0-linux-x86_64.AppImage', '1.2.0')).toEqual({ kind: 'AppImage', arch: 'x64' });
  expect(targetOf('viewing-room-1.2.0-beta.1-win-x64.exe', '1.2.0-beta.1')).toEqual({ kind: 'nsis', arch: 'x64' });
  expect(targetOf('viewing-room-1.2.0-mac-arm64.zip', '1.2.0')).toEqual({ kind: 'zip', arch: 'arm64' });
  for (const other of ['viewing-room-1.2.01-linux-amd64.deb', 'viewing-room-11.2.0-linux-amd64.deb', 'viewing-room-1.2.0-linux.deb', 'viewing-room-1.2.0-linux-amd64.deb.blockmap', 'updates.json', 'viewing-room-1x2.0-linux-amd64.deb']) expect(targetOf(other, '1.2.0'), other).toBeNull();
});
