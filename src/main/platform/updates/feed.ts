/**
 * The feed's one document, `updates.json`: which version there is, its files with their digests, for how long that is true. It is a JWS in JSON serialization (RFC 7515 §7.2.1), so that
 * while keys change two may sign it. Pure: whether it counts is decided here, before anything that it names is asked for.
 */
import { createHash } from 'node:crypto';
import { flattenedVerify, importJWK } from 'jose';
import { z } from 'zod';
import type { UpdateRefusal } from '../../../preload/updates.ts';
import { strictJsonOf } from '../json.ts';
import { compareVersions, Version } from './version.ts';

export const FEED_FILE = 'updates.json';
/** Address of a file in a feed's folder. @param feed address of the folder, with or without a slash at its end */
export const inFeed = (feed: string, name: string): string => new URL(encodeURIComponent(name), feed.endsWith('/') ? feed : `${feed}/`).href;
/** Bytes. */
export const FEED_LIMIT = 256 * 1024;
/** A signature over anything else is none over a feed. */
export const FEED_TYPE = 'viewing-room-update+jws';
/** A signer's clock may be ahead of this computer's by so much, ms. A date far ahead, once believed, would refuse every document until then. */
const AHEAD = 24 * 3600 * 1000;

/** How this app was installed; each is replaced by a file of its own kind. `tar.gz`: a folder that somebody unpacked, which cannot replace itself. `zip`: macOS. */
export type PackageKind = 'deb' | 'AppImage' | 'tar.gz' | 'nsis' | 'zip';

const FeedFile = z.object({
  /** A {@link PackageKind}, or one that a later version knows. */
  kind: z.string().min(1).max(20),
  /** As Node names it: "x64", "arm64". */
  arch: z.string().min(1).max(20),
  /** Beside the document: no path, and nothing that a shell or a file system reads otherwise. */
  name: z.string().max(120).regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/, 'a file name of letters, digits and . _ + -'),
  /** Bytes. */
  size: z.number().int().positive(),
  sha512: z.string().regex(/^[A-Za-z0-9+/]{86}==$/, 'a SHA-512 in base64'),
});
export type FeedFile = z.infer<typeof FeedFile>;

const time = z.iso.datetime();

/** What is signed. Members that this version does not know are left alone, so that it can always go on to a later one. */
export const FeedDocument = z.object({
  version: z.literal(1),
  release: Version,
  /** Of two documents the later one counts. */
  issuedAt: time, expires: time,
  /** Nobody should stay below it; at most `release`. */
  minimum: Version,
  /** Percent of the computers that are offered it. */
  rollout: z.number().int().min(0).max(100),
  notes: z.string().max(2000),
  files: z.array(FeedFile).min(1).max(50),
})
  .refine(({ minimum, release }) => compareVersions(minimum, release) <= 0, { path: ['minimum'], message: 'at most the release itself' })
  .refine(({ issuedAt, expires }) => Date.parse(expires) > Date.parse(issuedAt), { path: ['expires'], message: 'after issuedAt' })
  .refine(({ files }) => new Set(files.map(({ kind, arch }) => `${kind} ${arch}`)).size === files.length, { path: ['files'], message: 'one file for each kind and arch' });
export type FeedDocument = z.infer<typeof FeedDocument>;

/** A public Ed25519 key (RFC 8037) that may sign feeds. */
export const FeedKey = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), kid: z.string().min(1), alg: z.enum(['EdDSA', 'Ed25519']), x: z.string().regex(/^[A-Za-z0-9_-]{43}$/) }).strict();
export type FeedKey = z.infer<typeof FeedKey>;
/** `update-keys.json`, which comes with the app (RFC 7517 §5). */
export const FeedKeys = z.object({ keys: z.array(FeedKey).min(1) }).strict();

const Envelope = z.object({ payload: z.string().min(1), signatures: z.array(z.object({ protected: z.string(), signature: z.string() }).strict()).min(1).max(10) }).strict();
const Header = z.object({ alg: z.string(), kid: z.string(), typ: z.literal(FEED_TYPE) }).strict();

/** An update that is not taken, and why. */
export class UpdateRefused extends Error {
  readonly why: UpdateRefusal;

  constructor(why: UpdateRefusal, options?: ErrorOptions) {
    super(`update refused: ${why}`, options);
    this.name = 'UpdateRefused';
    this.why = why;
  }
}

/** The document in these bytes, when one of `keys` signed it. Throws {@link UpdateRefused} `unreadable`, `key-unknown` or `signature-wrong`. */
export async function readFeed(bytes: Uint8Array, keys: readonly FeedKey[]): Promise<FeedDocument> {
  const envelope = Envelope.safeParse(strictJsonOf(bytes));
  if (!envelope.success) throw new UpdateRefused('unreadable');
  const { payload, signatures } = envelope.data;
  let isKnown = false;
  for (const one of signatures) {
    // The key is chosen by its name among those that came with the app; no header brings one, or asks for what is not understood.
    const header = Header.safeParse(strictJsonOf(Buffer.from(one.protected, 'base64url')));
    const key = header.success ? keys.find(({ kid }) => kid === header.data.kid) : undefined;
    if (!key) continue;
    isKnown = true;
    const signed = await flattenedVerify({ payload, ...one }, await importJWK(key, 'EdDSA'), { algorithms: ['EdDSA', 'Ed25519'] }).catch(() => null);
    if (!signed) continue;
    const document = FeedDocument.safeParse(strictJsonOf(signed.payload));
    if (!document.success) throw new UpdateRefused('unreadable');
    return document.data;
  }
  throw new UpdateRefused(isKnown ? 'signature-wrong' : 'key-unknown');
}

/**
 * Does an authentic document count now? Throws {@link UpdateRefused} `expired`, `not-yet` or `replayed`.
 * @param seen `issuedAt` of the latest that has counted here @param now ms
 */
export function admitFeed({ issuedAt, expires }: FeedDocument, seen: string | null, now: number): void {
  if (now >= Date.parse(expires)) throw new UpdateRefused('expired');
  if (Date.parse(issuedAt) > now + AHEAD) throw new UpdateRefused('not-yet');
  if (seen !== null && Date.parse(issuedAt) < Date.parse(seen)) throw new UpdateRefused('replayed');
}

/** This computer and the app on it. */
export interface Installation {
  version: string;
  device: string;
  kind: PackageKind;
  arch: string;
}

/** The file for this installation, or null where it has nothing to do. Throws {@link UpdateRefused} `older-version` or `no-file`. */
export function fileFor({ release, minimum, rollout, files }: FeedDocument, { version, device, kind, arch }: Installation): FeedFile | null {
  const order = compareVersions(release, version);
  if (order < 0) throw new UpdateRefused('older-version');
  if (order === 0) return null;
  // Whoever should not stay where they are does not wait for their turn.
  if (compareVersions(version, minimum) >= 0 && shareOf(device, release) >= rollout) return null;
  const file = files.find((one) => one.kind === kind && one.arch === arch);
  if (!file) throw new UpdateRefused('no-file');
  return file;
}

/** Where this computer stands in the rollout of a release, 0 to 99: always the same for one release, and another for the next, so that not always the same go first. */
export function shareOf(device: string, release: string): number {
  return createHash('sha256').update(`${device} ${release}`).digest().readUInt32BE(0) % 100;
}
