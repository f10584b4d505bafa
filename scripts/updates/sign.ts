/** Signs the document of a feed, and reads it as the app would. */
import { FlattenedSign, importJWK } from 'jose';
import { FEED_LIMIT, FEED_TYPE, FeedDocument, readFeed, UpdateRefused, type FeedKey } from '../../src/main/platform/updates/feed.ts';
import { Stop } from '../lib/process.ts';
import { publicHalf, type PrivateKey } from '../statements/key.ts';

/** The half of a signing key that comes with the app. @throws Stop for a key that is none for feeds */
export function feedKeyOf(key: PrivateKey): FeedKey {
  const { kty, crv, kid, x, alg } = publicHalf(key);
  if (kty !== 'OKP' || crv !== 'Ed25519' || alg === 'ES256') throw new Stop('A feed is signed with an Ed25519 key, as “npm run feed -- keygen” makes it.');
  return { kty, crv, kid, x, alg };
}

/** The bytes of `updates.json`. @throws Stop which names the wrong member: what the app would not read is not signed */
export async function signFeed(document: FeedDocument, keys: readonly PrivateKey[]): Promise<Buffer> {
  const parsed = FeedDocument.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Stop(`${issue?.path.join('.') ?? 'the document'} is wrong: ${issue?.message ?? 'it does not fit'}. Nothing was signed.`);
  }
  const payload = Buffer.from(JSON.stringify(parsed.data));
  const signatures = await Promise.all(keys.map(async (key) => {
    const { kid, alg } = feedKeyOf(key);
    const signed = await new FlattenedSign(payload).setProtectedHeader({ alg, kid, typ: FEED_TYPE }).sign(await importJWK(key, alg));
    return { protected: signed.protected ?? '', signature: signed.signature };
  }));
  const bytes = Buffer.from(`${JSON.stringify({ payload: payload.toString('base64url'), signatures }, null, 2)}\n`);
  if (bytes.length > FEED_LIMIT) throw new Stop(`The document has ${bytes.length} bytes; the app reads at most ${FEED_LIMIT}.`);
  // The private and the public half of a key may not belong together.
  for (const key of keys) await readFeed(bytes, [feedKeyOf(key)]);
  return bytes;
}

const sentences: Partial<Record<UpdateRefused['why'], string>> = {
  unreadable: 'is no feed document that this version of the app reads',
  'key-unknown': 'is signed by none of these keys',
  'signature-wrong': 'names one of these keys, but its signature is wrong: it was changed after it was signed',
};

/** @throws Stop which says why the app would not believe it */
export async function believed(file: string, bytes: Buffer, keys: readonly FeedKey[]): Promise<FeedDocument> {
  return readFeed(bytes, keys).catch((error: unknown) => {
    if (error instanceof UpdateRefused) throw new Stop(`${file} ${sentences[error.why] ?? error.why} (${error.why}).`);
    throw error;
  });
}
