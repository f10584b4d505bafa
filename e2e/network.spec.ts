/** How requests to a practice end in the packaged runtime’s own network: whole, broken off, given up, refused. A body that is not whole is never taken for one that is. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { runTestCommand } from './harness/app.ts';

const body = randomBytes(9_000_000);
const text = Buffer.from('short');

/** As much as is taken, for ever. */
function endless(response: ServerResponse): void {
  while (!response.destroyed && response.write(body));
  if (!response.destroyed) response.once('drain', () => endless(response));
}

/** More than a server has connections to (six). */
const left = Array.from({ length: 8 }, (_, n) => `left-${n}`);

/** By path. */
const answers: Record<string, (response: ServerResponse) => void> = {
  'whole': (response) => response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': body.length }).end(body),
  'zipped': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text)),
  'empty': (response) => response.writeHead(204).end(),
  'refused': (response) => response.writeHead(403, { 'content-type': 'text/plain' }).end(text),
  'cut': (response) => response.writeHead(200, { 'content-length': body.length }).write(body.subarray(0, 4_000_000), () => void setTimeout(() => response.destroy(), 200)),
  'cut-chunked': (response) => response.writeHead(200).write(body.subarray(0, 4_000_000), () => void setTimeout(() => response.destroy(), 200)),
  'odd-status': (response) => response.writeHead(999).end(text),
  'elsewhere': (response) => response.writeHead(302, { location: '/whole' }).end(),
  'silent': () => undefined,
  'stalls': (response) => void response.writeHead(200, { 'content-length': body.length }).write(body.subarray(0, 1000)),
  'given-up': (response) => endless(response.writeHead(200)),
  ...Object.fromEntries(left.map((name) => [name, (response: ServerResponse) => endless(response.writeHead(200))])),
  'after-them': (response) => response.writeHead(200).end(text),
};

test('whole, cut, silent and odd answers end as what they are, and what is given up, or read no further, is given up at the server too', async () => {
  /** Paths whose connection ended before their answer did. */
  const ended = new Set<string>();
  const server = createServer(({ url = '' }, response) => {
    const name = url.slice(1);
    response.once('close', () => response.writableFinished || ended.add(name));
    answers[name]?.(response);
  });
  const profileDir = mkdtempSync(path.join(tmpdir(), 'requests-'));
  try {
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { stdout, stderr, code } = await runTestCommand('requests', [JSON.stringify({ base, paths: Object.keys(answers) })], { profileDir });
    expect(code, stderr).toBe(0);
    const lines = stdout.split('\n').filter((line) => line.startsWith('[') || line.startsWith('{')).map((line) => JSON.parse(line) as [string, unknown]);
    const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    expect(Object.fromEntries(lines)).toEqual({
      'whole': { status: 200, type: 'video/mp4', bytes: body.length, sha256: sha256(body) },
      'zipped': { status: 200, type: null, bytes: text.length, sha256: sha256(text) },
      'empty': { status: 204, type: null, bytes: 0, sha256: sha256(Buffer.alloc(0)) },
      'refused': { status: 403, type: 'text/plain', bytes: text.length, sha256: sha256(text) },
      'cut': { failed: 'net::ERR_CONTENT_LENGTH_MISMATCH' },
      'cut-chunked': { failed: 'net::ERR_INCOMPLETE_CHUNKED_ENCODING' },
      'odd-status': { failed: 'answer is none' },
      'elsewhere': { failed: expect.stringMatching(/redirect/i) },
      'silent': { failed: 'given up' },
      'stalls': { failed: 'given up' },
      'given-up': { failed: 'given up' },
      ...Object.fromEntries(left.map((name) => [name, { status: 200 }])),
      'after-them': { status: 200, type: null, bytes: text.length, sha256: sha256(text) },
    });
    await expect.poll(() => [...ended].sort()).toEqual(['cut', 'cut-chunked', 'given-up', ...left, 'silent', 'stalls']);
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(profileDir, { recursive: true, force: true });
  }
});
