import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { answerAppFile, CONTENT_SECURITY_POLICY } from './appScheme.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'app-scheme-'));
const root = path.join(folder, 'out', 'renderer');
mkdirSync(path.join(root, 'assets'), { recursive: true });
for (const [file, text] of Object.entries({ 'package.json': '{}', 'out/secret.js': 'secret', 'out/renderer-of-others.js': 'secret', 'out/renderer/index.html': '<p>page</p>', 'out/renderer/assets/a.js': 'code', 'out/renderer/notes.txt': 'text' }))
  writeFileSync(path.join(folder, file), text);
afterAll(() => rmSync(folder, { recursive: true }));

const ask = (url: string, method = 'GET') => answerAppFile({ method, url }, root);

describe('app://ui', () => {
  it.each([['/', '<p>page</p>', 'text/html; charset=utf-8'], ['/index.html', '<p>page</p>', 'text/html; charset=utf-8'], ['/assets/a.js?v=1#x', 'code', 'text/javascript; charset=utf-8']])('%s is a file of the page, with the policy', (place, text, type) => {
    const { statusCode, data, headers } = ask(`app://ui${place}`);
    expect([statusCode, data.toString()]).toEqual([200, text]);
    expect(headers).toEqual({ 'content-type': type, 'content-security-policy': CONTENT_SECURITY_POLICY, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
  });

  it.each([
    ['out of the folder', 'app://ui/..%2f..%2fpackage.json'], ['to its neighbour', 'app://ui/..%2fsecret.js'], ['to one whose name begins as its does', 'app://ui/..%2frenderer-of-others.js'], ['out, within its name', 'app://ui/assets/..%2f..%2f..%2fpackage.json'],
    ['of an unknown type', 'app://ui/notes.txt'], ['that is none', 'app://ui/assets/b.js'], ['that is a folder', 'app://ui/assets'], ['of another host', 'app://other/index.html'], ['with a broken escape', 'app://ui/%zz.js'],
    ['with a null in it', 'app://ui/%00.js'], ['of no address', 'index.html'],
  ])('there is none %s, and the policy holds there too', (_what, url) => {
    expect(ask(url)).toEqual({ statusCode: 404, data: Buffer.alloc(0), headers: { ...ask('app://ui/').headers, 'content-type': 'text/plain' } });
  });

  it.each(['POST', 'HEAD', 'OPTIONS'])('nothing answers %s', (method) => {
    expect(ask('app://ui/index.html', method).statusCode).toBe(404);
  });
});
