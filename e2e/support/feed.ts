/** A web server that an update feed lies on, and whoever signs it: with the key that the demo package trusts, or with another. */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { demoPrivateKey } from '../../scripts/updates/package-keys.ts';
import { signFeed } from '../../scripts/updates/sign.ts';
import { readKey, type PrivateKey } from '../../scripts/statements/key.ts';
import type { FeedDocument } from '../../src/main/platform/updates/feed.ts';

const DAY = 24 * 3600 * 1000;
export const RELEASE = '0.2.0';
const name = `viewing-room-${RELEASE}-linux-x64.tar.gz`;

export interface Feed {
  /** What the site file names. */
  url: string;
  /** Paths that were asked for, in order. */
  asked: string[];
  /** Each request is cut off before it has an answer. */
  down: boolean;
  /** The installer breaks off in its middle. */
  cut: boolean;
  /** Served as the installer. */
  installer: Buffer;
  /** Served as the document. */
  document: Buffer;
  /** Signs a document about {@link installer}, later than those before, and serves it. */
  sign: (change?: Partial<FeedDocument>, key?: PrivateKey) => Promise<void>;
  stop: () => void;
}

/** An Ed25519 key that no package trusts, under the name of the one that it does. */
export async function forgedKey(): Promise<PrivateKey> {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { ...await readKey(demoPrivateKey), x, d };
}

export async function openFeed(): Promise<Feed> {
  const ours = await readKey(demoPrivateKey);
  let issued = Date.now() - 3600 * 1000;
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://feed.invalid').pathname;
    feed.asked.push(path);
    if (feed.down) {
      response.destroy();
      return;
    }
    if (path === '/updates/updates.json') response.end(feed.document);
    else if (path !== `/updates/${name}`) response.writeHead(404).end();
    else {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': feed.installer.length });
      if (feed.cut) response.write(feed.installer.subarray(0, feed.installer.length / 2), () => response.destroy());
      else response.end(feed.installer);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const feed: Feed = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/updates`, asked: [], down: false, cut: false, installer: randomBytes(2_000_000), document: Buffer.alloc(0),
    sign: async (change = {}, key = ours) => {
      issued += 1000;
      const sha512 = createHash('sha512').update(feed.installer).digest('base64');
      feed.document = await signFeed({
        version: 1, release: RELEASE, issuedAt: new Date(issued).toISOString(), expires: new Date(Date.now() + DAY).toISOString(), minimum: '0.1.0', rollout: 100, notes: 'Clearer captions.',
        files: [{ kind: 'tar.gz', arch: process.arch, name, size: feed.installer.length, sha512 }], ...change,
      }, [key]);
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  await feed.sign();
  return feed;
}
