import { describe, expect, it } from 'vitest';
import { FlattenedSign, importJWK } from 'jose';
import { admitFeed, FEED_TYPE, fileFor, readFeed, shareOf, UpdateRefused, type FeedDocument } from './feed.ts';
import { daysFrom, documentOf, fileOf, INSTALLER, installation, newKey, NOW, signed } from './feed.fixture.ts';

const [ours, theirs] = [newKey('ours'), newKey('theirs')];
const keys = [ours.public];
const read = (bytes: Buffer, trusted = keys) => readFeed(bytes, trusted).catch((error: unknown) => (error instanceof UpdateRefused ? error.why : String(error)));
const why = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    return error instanceof UpdateRefused ? error.why : String(error);
  }
};
interface Envelope { payload: string; signatures: { protected: string; signature: string }[] }
const envelope = (bytes: Buffer) => JSON.parse(bytes.toString('utf8')) as Envelope;
const base64 = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
/** Signed by a trusted key, but not what {@link signed} would sign. */
async function raw(payload: unknown, header: Record<string, unknown> = {}): Promise<Buffer> {
  const text = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  const one = await new FlattenedSign(text).setProtectedHeader({ alg: 'EdDSA', kid: 'ours', typ: FEED_TYPE, ...header }).sign(await importJWK(ours.private, 'EdDSA'));
  return Buffer.from(JSON.stringify({ payload: one.payload, signatures: [{ protected: one.protected, signature: one.signature }] }));
}

describe('a feed document', () => {
  it('counts when a trusted key signed it, alone or beside another', async () => {
    expect(await read(await signed({}, ours))).toEqual(documentOf());
    expect(await read(await signed({}, theirs, ours))).toEqual(documentOf());
  });

  it('by another key does not, even under the name of a trusted one', async () => {
    expect(await read(await signed({}, theirs))).toBe('key-unknown');
    expect(await read(await signed({}, ours), [])).toBe('key-unknown');
    expect(await read(await signed({}, newKey('ours')))).toBe('signature-wrong');
  });

  it('does not count with any other version, file, size, hash, expiry, minimum or share than was signed', async () => {
    const there = envelope(await signed({}, ours));
    const changes: Partial<FeedDocument>[] = [
      { release: '1.3.0' }, { expires: daysFrom(300) }, { issuedAt: daysFrom(0) }, { minimum: '0.9.0' }, { rollout: 50 }, { notes: '' },
      { files: [fileOf(Buffer.from('other'))] }, { files: [fileOf(INSTALLER, { name: 'other-1.2.0-linux-amd64.deb' })] }, { files: [fileOf(INSTALLER, { size: 1 })] },
    ];
    for (const change of changes) expect(await read(Buffer.from(JSON.stringify({ ...there, payload: base64(documentOf(change)) })))).toBe('signature-wrong');
  });

  it('does not count with a signature that was touched', async () => {
    const there = envelope(await signed({}, ours));
    const [one] = there.signatures;
    const signature = `${one!.signature.startsWith('A') ? 'B' : 'A'}${one!.signature.slice(1)}`;
    expect(await read(Buffer.from(JSON.stringify({ ...there, signatures: [{ ...one, signature }] })))).toBe('signature-wrong');
    expect(await read(Buffer.from(JSON.stringify({ ...there, signatures: [{ ...one, signature: '' }] })))).toBe('signature-wrong');
  });

  it('needs a signature that was made for feeds, with a header that brings no key and demands nothing', async () => {
    expect(await read(await raw(documentOf()))).toEqual(documentOf());
    for (const header of [{ typ: 'consult-manifest+jws' }, { typ: undefined }, { jwk: theirs.public }, { crit: ['b64'], b64: true }, { kid: undefined }]) expect(await read(await raw(documentOf(), header)), JSON.stringify(header)).toBe('key-unknown');
  });

  it('without a signature, or with none at all, is none', async () => {
    const there = envelope(await signed({}, ours));
    for (const text of ['', '{}', 'null', '<html></html>', JSON.stringify({ ...there, signatures: [] }), JSON.stringify({ payload: there.payload }), JSON.stringify({ ...there, extra: 1 }), JSON.stringify(documentOf())]) {
      expect(await read(Buffer.from(text)), text.slice(0, 40)).toBe('unreadable');
    }
    expect(await read(Buffer.from(JSON.stringify({ ...there, signatures: [{ protected: base64({ alg: 'none', kid: 'ours', typ: FEED_TYPE }), signature: '' }] })))).toBe('signature-wrong');
  });

  it.each<[string, object | string]>([
    ['a path in a name', { files: [fileOf(INSTALLER, { name: '../evil.deb' })] }], ['a name that a shell reads', { files: [fileOf(INSTALLER, { name: 'a;b.deb' })] }], ['no files', { files: [] }],
    ['two files for one kind and arch', { files: [fileOf(INSTALLER), fileOf(INSTALLER, { name: 'b.deb' })] }], ['a minimum above the release', { minimum: '1.2.1' }], ['no version', { release: 'latest' }],
    ['an end before its beginning', { expires: daysFrom(-2) }], ['another format', { version: 2 }], ['a hash in hex', { files: [fileOf(INSTALLER, { sha512: 'a'.repeat(128) })] }],
  ])('with %s is not read, whoever signed it', async (_what, change) => {
    expect(await read(await raw({ ...documentOf(), ...(change as object) }))).toBe('unreadable');
  });

  it('with a member twice is not read; one that is not known is left alone', async () => {
    expect(await read(await raw(JSON.stringify(documentOf()).replace('{', '{"release":"9.9.9",')))).toBe('unreadable');
    expect(await read(await raw({ ...documentOf(), later: true }))).toEqual(documentOf());
    const files = [fileOf(INSTALLER), fileOf(INSTALLER, { kind: 'msix' })];
    expect(await read(await raw({ ...documentOf(), files }))).toEqual(documentOf({ files }));
  });
});

describe('an authentic document', () => {
  const admitted = (change: Partial<FeedDocument>, seen: string | null = null) => why(() => {
    admitFeed(documentOf(change), seen, NOW);
    return 'counts';
  });

  it('counts until it expires, and not from the future', () => {
    expect(admitted({})).toBe('counts');
    expect(admitted({ expires: daysFrom(0) })).toBe('expired');
    expect(admitted({ issuedAt: daysFrom(0.9) })).toBe('counts');
    expect(admitted({ issuedAt: daysFrom(1.1) })).toBe('not-yet');
  });

  it('is refused when a later one has been seen', () => {
    expect(admitted({ issuedAt: daysFrom(-2) }, daysFrom(-1))).toBe('replayed');
    expect(admitted({ issuedAt: daysFrom(-1) }, daysFrom(-1))).toBe('counts');
    expect(admitted({ issuedAt: daysFrom(-0.5) }, daysFrom(-1))).toBe('counts');
  });
});

describe('the file of a document', () => {
  const offered = (change: Partial<FeedDocument>, here: Partial<typeof installation> = {}) => why(() => fileFor(documentOf(change), { ...installation, ...here }));

  it('is that of this kind of installation and processor', () => {
    const files = [fileOf(INSTALLER), fileOf(INSTALLER, { arch: 'arm64' }), fileOf(INSTALLER, { kind: 'nsis', name: 'viewing-room-1.2.0-win-x64.exe' })];
    expect(offered({ files })).toEqual(files[0]);
    expect(offered({ files }, { arch: 'arm64' })).toEqual(files[1]);
    expect(offered({ files }, { kind: 'nsis' })).toEqual(files[2]);
    expect(offered({ files }, { kind: 'AppImage' })).toBe('no-file');
  });

  it('is none for the version that runs, and an older one is refused', () => {
    expect(offered({}, { version: '1.2.0' })).toBeNull();
    expect(offered({}, { version: '1.2.1' })).toBe('older-version');
    expect(offered({}, { version: '1.2.1-beta.1' })).toBe('older-version');
    expect(offered({}, { version: '1.2.0-beta.1' })).toMatchObject({ kind: 'deb' });
  });

  it('is offered to a share of computers, always the same, and to all that should not stay where they are', () => {
    const share = shareOf(installation.device, '1.2.0');
    expect(offered({ rollout: share })).toBeNull();
    expect(offered({ rollout: share + 1 })).toMatchObject({ kind: 'deb' });
    expect(offered({ rollout: 0, minimum: '1.1.1' })).toMatchObject({ kind: 'deb' });
    expect(offered({ rollout: 0 })).toBeNull();
    expect(offered({ rollout: 100 })).toMatchObject({ kind: 'deb' });
    const devices = Array.from({ length: 2000 }, (_, i) => `device-${i}`);
    const early = devices.filter((device) => shareOf(device, '1.2.0') < 20);
    expect(early.length).toBeGreaterThan(300);
    expect(early.length).toBeLessThan(500);
    // Of the next release others go first.
    expect(early.filter((device) => shareOf(device, '1.3.0') < 20).length).toBeLessThan(150);
  });
});
