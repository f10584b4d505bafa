import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Fetch } from '../heard.ts';
import { FEED_LIMIT, UpdateRefused } from './feed.ts';
import { fetchDocument, fetchFile, isFile } from './fetching.ts';
import { fileOf, INSTALLER } from './feed.fixture.ts';

let server: Server;
let url: string;
let answer: RequestListener;
let folder: string;
const destination = () => join(folder, 'installer.deb');

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fetching-'));
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const whyOf = (work: Promise<unknown>) => work.then(() => 'here', (error: unknown) => (error instanceof UpdateRefused ? error.why : String(error)));
const bring = () => whyOf(fetchFile(fetch, url, destination(), fileOf(INSTALLER), () => undefined));

test('the file that was signed comes whole, and progress is told', async () => {
  answer = (_request, response) => response.end(INSTALLER);
  let received = 0;
  await fetchFile(fetch, url, destination(), fileOf(INSTALLER), (now) => {
    received = now;
  });
  expect(readFileSync(destination())).toEqual(INSTALLER);
  expect(received).toBe(INSTALLER.length);
  expect(await isFile(destination(), fileOf(INSTALLER))).toBe(true);
});

test.each<[string, string, RequestListener]>([
  ['other bytes of the same length', 'hash-differs', (_, response) => response.end(Buffer.alloc(INSTALLER.length))],
  ['more bytes', 'hash-differs', (_, response) => response.end(Buffer.concat([INSTALLER, Buffer.from('!')]))],
  ['fewer bytes, whole', 'interrupted', (_, response) => response.end(INSTALLER.subarray(1))],
  ['a line that breaks', 'interrupted', (_, response) => {
    response.writeHead(200, { 'content-length': INSTALLER.length });
    response.write(INSTALLER.subarray(0, 1000), () => response.destroy());
  }],
  ['no such file', 'unreachable', (_, response) => response.writeHead(404).end('no')],
  ['a redirect', 'unreachable', (_, response) => response.writeHead(302, { location: '/other' }).end()],
  ['a page of a network that wants a sign-in', 'unreachable', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>hello</p>')],
  ['a part', 'unreachable', (_, response) => response.writeHead(206, { 'content-range': 'bytes 0-9/2600' }).end(INSTALLER.subarray(0, 10))],
])('of %s nothing is left: %s', async (_what, why, listener) => {
  answer = listener;
  expect(await bring()).toBe(why);
  expect(existsSync(destination())).toBe(false);
});

describe('a line that brings little', () => {
  afterEach(() => vi.useRealTimers());

  /** What becomes of a file of which so many bytes come in so many ms, by a clock that only what comes moves on. */
  async function fetched(file: Buffer, bytes: number, everyMs: number): Promise<unknown> {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let sent = 0;
    const slow: Fetch = async (_url, init) => new Response(new ReadableStream<Uint8Array>({
      start: (controller) => init?.signal?.addEventListener('abort', () => controller.error(init.signal?.reason)),
      pull: (controller) => {
        if (sent === file.length) {
          controller.close();
          return;
        }
        if (bytes > 0) controller.enqueue(new Uint8Array(file.subarray(sent, sent += bytes)));
        vi.advanceTimersByTime(everyMs);
      },
    }));
    return whyOf(fetchFile(slow, url, destination(), fileOf(file), () => undefined));
  }

  test('and then nothing is ended after a minute', async () => {
    expect(await fetched(INSTALLER, 0, 60_000)).toBe('interrupted');
    expect(existsSync(destination())).toBe(false);
  });

  test('is ended too: a server that sends a byte now and then keeps no download going', async () => {
    expect(await fetched(INSTALLER, 1, 1_000)).toBe('interrupted');
    expect(existsSync(destination())).toBe(false);
  });

  test('but enough of it brings the file, however long it takes', async () => {
    expect(await fetched(Buffer.alloc(512 * 1024, 'x'), 16 * 1024, 10_000)).toBe('here');
  });
});

test('a server that gives more than was signed is not heard out', async () => {
  answer = (_request, response) => {
    response.write(INSTALLER);
    response.write(INSTALLER);
  };
  expect(await bring()).toBe('hash-differs');
});

test('what cannot be written is the disk’s', async () => {
  answer = (_request, response) => response.end(INSTALLER);
  expect(await whyOf(fetchFile(fetch, url, join(folder, 'no', 'such', 'folder'), fileOf(INSTALLER), () => undefined))).toBe('disk');
});

test('a document is fetched up to its limit, and a server that is away says so', async () => {
  answer = (_request, response) => response.end('{}');
  expect((await fetchDocument(fetch, url)).toString()).toBe('{}');
  answer = (_request, response) => response.end(Buffer.alloc(FEED_LIMIT + 1));
  expect(await whyOf(fetchDocument(fetch, url))).toBe('unreadable');
  answer = (_request, response) => response.writeHead(503).end();
  expect(await whyOf(fetchDocument(fetch, url))).toBe('unreachable');
  expect(await whyOf(fetchDocument(() => Promise.reject(new TypeError('net::ERR_CONNECTION_REFUSED')), url))).toBe('unreachable');
});

test('a file is the signed one only with its size and its hash', async () => {
  writeFileSync(destination(), INSTALLER);
  expect(await isFile(destination(), fileOf(INSTALLER))).toBe(true);
  expect(await isFile(destination(), fileOf(INSTALLER, { size: 1 }))).toBe(false);
  writeFileSync(destination(), Buffer.alloc(INSTALLER.length));
  expect(await isFile(destination(), fileOf(INSTALLER))).toBe(false);
  expect(await isFile(join(folder, 'none'), fileOf(INSTALLER))).toBe(false);
});
