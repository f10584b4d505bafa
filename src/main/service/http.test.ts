import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PracticeHttp, readBytes, retryAfterMs } from './http.ts';
import { downloadMedia, downloadText, type Already } from './media.ts';
import { Task } from '../fhir/resources.ts';
import { byId, search } from './search.ts';
import { taskPages } from './worklist.ts';

const code = (expected: string): unknown => expect.objectContaining({ code: expected });
let server: Server;
let base: string;
let seen: { url: string; authorization: string | undefined; range: string | undefined; ifRange: string | undefined }[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let refreshed: (string | null)[];
let http: PracticeHttp;
beforeEach(async () => {
  seen = [];
  refreshed = [];
  server = createServer((request, response) => {
    seen.push({ url: request.url ?? '', authorization: request.headers.authorization, range: request.headers.range, ifRange: request.headers['if-range'] as string | undefined });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`;
  http = new PracticeHttp(base, fetch, async (refused) => {
    refreshed.push(refused);
    return refused === null ? 'first' : 'second';
  });
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});
const json = (value: unknown, status = 200) => (_request: IncomingMessage, response: ServerResponse) => response.writeHead(status, { 'content-type': 'application/fhir+json' }).end(JSON.stringify(value));
const collect = async (source: AsyncIterable<Uint8Array>) => {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
};

describe('requests', () => {
  it('go to the practice alone, and never outside its base', () => {
    for (const target of ['https://elsewhere.example/fhir/Task', '../oidc/token', '%2e%2e/oidc', `${base}/../oidc`, base.replace('/fhir', '/fhirx/Task'), base.replace('127.0.0.1', 'user@127.0.0.1'), base.replace('http:', 'https:'), 'file:///etc/hosts', 'https:Task', 'javascript:x'])
      expect(() => http.resolve(target), target).toThrow(code('practice-error'));
    expect([http.resolve('Task?x=1'), http.resolve(`${base}/Task/1`), http.resolve('//elsewhere.example/Task')]).toEqual([`${base}/Task?x=1`, `${base}/Task/1`, `${base}///elsewhere.example/Task`]);
  });

  it('carry the token, follow no redirect, and take it nowhere else', async () => {
    answer = (request, response) => (request.url === '/fhir/Task/1' ? response.writeHead(302, { location: '/fhir/Task/2' }).end() : json({})(request, response));
    await expect(http.json('Task/1')).rejects.toThrow(code('practice-unreachable'));
    expect(seen).toEqual([{ url: '/fhir/Task/1', authorization: 'Bearer first' }]);
  });

  it('ask for what is so now, in a header: what fetch adds for its cache mode depends on whose fetch it is', async () => {
    const sent: (RequestInit | undefined)[] = [];
    const asked = new PracticeHttp(base, async (_url, init) => {
      sent.push(init);
      return new Response('{}');
    }, async () => 'first');
    await asked.json('Task/1');
    expect(sent[0]).toMatchObject({ cache: 'no-store', headers: { 'cache-control': 'no-cache' } });
  });

  it('are made once more with a new token after 401, and no oftener', async () => {
    answer = (request, response) => (request.headers.authorization === 'Bearer second' ? json({ ok: 1 }) : json({}, 401))(request, response);
    expect(await http.json('Task/1')).toEqual({ ok: 1 });
    answer = json({}, 401);
    seen.length = 0;
    await expect(http.json('Task/1')).rejects.toThrow(code('session-expired'));
    expect(seen).toHaveLength(2);
    expect(refreshed).toEqual([null, 'first', null, 'first']);
  });

  it.each([403, 404, 410])('that are answered with %i give nothing', async (status) => {
    answer = json({ resourceType: 'OperationOutcome' }, status);
    expect(await http.json('Task/1')).toBeNull();
  });

  it.each([[429, 'practice-unreachable'], [500, 'practice-error'], [501, 'practice-error'], [502, 'practice-unreachable'], [503, 'practice-unreachable'], [504, 'practice-unreachable'], [505, 'practice-error']])('that are answered with %i say %s', async (status, expected) => {
    answer = json({}, status);
    await expect(http.json('Task/1')).rejects.toThrow(code(expected));
  });

  it('wait as long as they are asked to, where that is short, and are made again', async () => {
    for (const status of [429, 503]) {
      seen.length = 0;
      answer = (_request, response) => (seen.length < 3 ? response.writeHead(status, { 'retry-after': '0' }).end() : json({ ok: status })(_request, response));
      expect(await http.json('Task/1')).toEqual({ ok: status });
      expect(seen).toHaveLength(3);
    }
    // Not for ever.
    answer = (_request, response) => response.writeHead(429, { 'retry-after': '0' }).end();
    seen.length = 0;
    await expect(http.json('Task/1')).rejects.toThrow(code('practice-unreachable'));
    expect(seen).toHaveLength(4);
  });

  it('leave a practice alone for as long as it asks, and another one not', async () => {
    answer = (_request, response) => response.writeHead(503, { 'retry-after': '30' }).end();
    await expect(http.json('Task/1')).rejects.toThrow(code('practice-unreachable'));
    answer = json({ ok: 1 });
    seen.length = 0;
    await expect(http.json('Task/1')).rejects.toThrow(code('practice-unreachable'));
    expect(seen).toEqual([]);
    expect(await new PracticeHttp(base, fetch, async () => 'first').json('Task/1')).toEqual({ ok: 1 });
  });

  it('read how long that is: in seconds, or until a moment of the server’s own clock', () => {
    const says = (retry: string | null, date?: string, status = 429) => retryAfterMs(new Response('', { status, headers: { ...(retry === null ? {} : { 'retry-after': retry }), ...(date ? { date } : {}) } }));
    expect([says('120'), says(' 0 '), says(null), says('soon'), says('-1'), says('9'.repeat(12)), says('1.5')]).toEqual([120_000, 0, null, null, null, null, null]);
    expect(says('Wed, 21 Oct 2015 07:28:30 GMT', 'Wed, 21 Oct 2015 07:28:00 GMT')).toBe(30_000);
    expect(says('Wed, 21 Oct 2015 07:28:00 GMT', 'Wed, 21 Oct 2015 07:28:30 GMT')).toBe(0);
    expect([says('5', undefined, 200), says('5', undefined, 500), says('5', undefined, 503)]).toEqual([null, null, 5000]);
  });

  it.each<[string, (response: ServerResponse) => void, string]>([
    ['200 with a page', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Guest Wi-Fi'), 'page'], ['403 with a page, as of a filter', (response) => response.writeHead(403, { 'content-type': 'text/html; charset=utf-8' }).end('<html>Blocked'), 'page'],
    ['404 with a page, as of a web server whose application is away', (response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<html>'), 'page'], ['410 with a page', (response) => response.writeHead(410, { 'content-type': 'application/xhtml+xml' }).end('<html>'), 'page'],
    ['401 with a page, again and again', (response) => response.writeHead(401, { 'content-type': 'text/html' }).end('<html>'), 'page'], ['a redirect', (response) => response.writeHead(307, { location: '/sign-in' }).end(), 'page'],
    ['511', (response) => response.writeHead(511).end(), 'page'],
  ])('that are answered with %s were not answered by the practice', async (_what, given, why) => {
    answer = (_request, response) => given(response);
    const notTheirs = expect.objectContaining({ code: 'practice-unreachable', detail: expect.objectContaining({ why }) as unknown }) as unknown;
    await expect(http.json('Task/1')).rejects.toThrow(notTheirs);
    await expect(http.send('Task/1', { method: 'PUT', accept: 'application/fhir+json', body: '{}' })).rejects.toThrow(notTheirs);
    await expect(downloadMedia(http, 'Binary/1', 'video/mp4', AbortSignal.timeout(5000))).rejects.toThrow(notTheirs);
  });

  it('that fail otherwise say so', async () => {
    answer = (_request, response) => response.end('<html>');
    await expect(http.json('Task/1')).rejects.toThrow(code('practice-error'));
    answer = (_request, response) => response.destroy();
    await expect(http.json('Task/1')).rejects.toThrow(code('practice-unreachable'));
  });

  it('take no more than their limit', async () => {
    await expect(readBytes(new Response('x'.repeat(11)), 10)).rejects.toThrow(code('practice-error'));
    expect((await readBytes(new Response('x'.repeat(10)), 10)).length).toBe(10);
  });
});

describe('a search', () => {
  const page = (ids: string[], next?: string) => ({ resourceType: 'Bundle', ...(next ? { link: [{ relation: 'next', url: next }] } : {}), entry: ids.map((id) => ({ resource: { resourceType: 'Task', id, status: 'requested' } })) });

  it('follows pages on the same server, and reads each Task once', async () => {
    answer = (request, response) => json(request.url?.includes('page=2') ? page(['b', 'c']) : page(['a', 'b'], `${base}/Task?page=2`))(request, response);
    expect(((await Array.fromAsync(taskPages(http, ['Practitioner/gp-1', 'PractitionerRole/r-1'], null))).flat()).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(seen[0]?.url).toBe('/fhir/Task?owner=Practitioner%2Fgp-1,PractitionerRole%2Fr-1&_sort=_lastUpdated&_count=100');
  });

  it('ends when pages go round or never end', async () => {
    answer = (request, response) => json(page(['a'], `${base}/Task?page=1`))(request, response);
    await expect(search(http, 'Task?x=1')).rejects.toThrow('paging does not end');
    let n = 0;
    answer = (request, response) => json(page(['a'], `${base}/Task?page=${(n += 1)}`))(request, response);
    await expect(search(http, 'Task?x=1')).rejects.toThrow('paging does not end');
  });

  it('does not go on to another server', async () => {
    answer = json(page(['a'], 'https://elsewhere.example/fhir/Task?page=2'));
    await expect(search(http, 'Task?x=1')).rejects.toThrow('link leaves the practice');
  });

  it('lets neither of two count that have one id and differ, whichever comes first', async () => {
    const task = (status: string, more = {}) => ({ resourceType: 'Task', id: 'a', status, ...more });
    const bundle = (...resources: object[]) => ({ resourceType: 'Bundle', entry: resources.map((resource) => ({ resource })) });
    for (const other of [task('cancelled'), task('requested', { owner: { reference: 'Practitioner/gp-2' } }), task('requested', { modifierExtension: [{}] })]) {
      for (const both of [[task('requested'), other], [other, task('requested')]]) {
        answer = json(bundle(...both));
        expect((await Array.fromAsync(taskPages(http, ['Practitioner/gp-1'], null))).flat()).toEqual([]);
        expect((await byId(http, 'Task', Task, ['Task/a'])).size).toBe(0);
      }
    }
    answer = json(bundle(task('requested', { meta: { versionId: '1' } }), task('requested', { meta: { versionId: '2' } })));
    expect((await Array.fromAsync(taskPages(http, ['Practitioner/gp-1'], null))).flat()).toHaveLength(1);
  });

  it('asks again for one that changed while the pages were read', async () => {
    const task = (status: string) => ({ resource: { resourceType: 'Task', id: 'a', status } });
    answer = (request, response) => json({ resourceType: 'Bundle', entry: request.url?.includes('_id=a') ? [task('accepted')] : [task('requested'), task('accepted')] })(request, response);
    expect(((await Array.fromAsync(taskPages(http, ['Practitioner/gp-1'], null))).flat()).map(({ status }) => status)).toEqual(['accepted']);
  });

  it('ignores what is no Task, and refuses what is no Bundle', async () => {
    answer = json({ resourceType: 'Bundle', entry: [{ resource: { resourceType: 'Patient', id: 'p' } }, { resource: { resourceType: 'Task', id: '../x', status: 'requested' } }, {}, { resource: { resourceType: 'Task', id: 'a', status: 'requested' } }] });
    expect(((await Array.fromAsync(taskPages(http, ['Practitioner/gp-1'], null))).flat()).map(({ id }) => id)).toEqual(['a']);
    for (const bad of [{ resourceType: 'OperationOutcome' }, [], null]) {
      answer = json(bad);
      await expect(search(http, 'Task?x=1')).rejects.toThrow(/answer is no/);
    }
  });
});

describe('a download', () => {
  const stop = new AbortController();
  const get = async (already?: Already | null, idleMs?: number): Promise<Buffer> => collect((await downloadMedia(http, 'Binary/1', 'video/mp4', stop.signal, already, idleMs)).chunks);
  it('gives the bytes', async () => {
    answer = (_request, response) => response.end(Buffer.alloc(300_000, 7));
    expect((await get()).equals(Buffer.alloc(300_000, 7))).toBe(true);
  });

  it('gives them also to who waits before taking the first, whatever is collected meanwhile', async () => {
    answer = (_request, response) => response.end(Buffer.alloc(300_000, 7));
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const { chunks } = await downloadMedia(http, 'Binary/1', 'video/mp4', stop.signal);
    for (let n = 0; n < 3; n += 1) {
      await wait(5);
      collectGarbage();
    }
    await wait(5);
    expect((await collect(chunks)).length).toBe(300_000);
  });

  it('that is not answered at all breaks off as well', async () => {
    answer = () => undefined;
    await expect(get(null, 100)).rejects.toMatchObject({ code: 'practice-unreachable' });
  });

  it.each([403, 404, 410])('that is refused with %i is withheld', async (status) => {
    answer = json({}, status);
    await expect(get()).rejects.toThrow(code('recording-withheld'));
    expect(await downloadText(http, 'Binary/1', 100, stop.signal)).toBeNull();
  });

  it('that breaks off or falls silent is interrupted', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('x');
      setTimeout(() => response.destroy(), 5);
    };
    await expect(get()).rejects.toThrow(code('download-interrupted'));
    answer = (_request, response) => void response.writeHead(200).write('x');
    await expect(get(null, 20)).rejects.toThrow(code('download-interrupted'));
  });

  it('that drips is interrupted like one that is silent, and one that is only slow is not', async () => {
    const every = (ms: number, bytes: number, times: number) => {
      answer = (_request, response) => {
        let left = times;
        response.writeHead(200);
        const timer = setInterval(() => {
          response.write(Buffer.alloc(bytes));
          left -= 1;
          if (left > 0) return;
          clearInterval(timer);
          response.end();
        }, ms);
        response.on('close', () => clearInterval(timer));
      };
    };
    every(10, 1, 100_000);
    await expect(get(null, 200)).rejects.toThrow(code('download-interrupted'));
    every(10, 205, 60);
    expect((await get(null, 400)).length).toBe(205 * 60);
  });

  it('of a text that is too long is none', async () => {
    answer = (_request, response) => response.end('x'.repeat(101));
    expect(await downloadText(http, 'Binary/1', 100, stop.signal)).toBeNull();
    expect((await downloadText(http, 'Binary/1', 101, stop.signal))?.length).toBe(101);
  });

  describe('that goes on behind what is here', () => {
    const whole = Buffer.from('0123456789');
    const already: Already = { from: 4, total: 10, etag: '"v1"' };
    const ask = async (from = already) => {
      const { from: got, etag, chunks } = await downloadMedia(http, 'Binary/1', 'video/mp4', stop.signal, from);
      return { from: got, etag, text: (await collect(chunks)).toString() };
    };
    /** A practice that gives the rest under these headers, and the whole to who asks for the whole. */
    const rest = (headers: Record<string, string>, body = whole.subarray(4), status = 206) => {
      answer = (request, response) => {
        if (request.headers.range === undefined) response.writeHead(200, { etag: '"v2"' }).end(whole);
        else response.writeHead(status, headers).end(body);
      };
    };

    it('asks for the rest of the version that it has, and for the rest alone', async () => {
      rest({ 'content-range': 'bytes 4-9/10', etag: '"v1"' });
      expect(await ask()).toEqual({ from: 4, etag: '"v1"', text: '456789' });
      expect(seen).toMatchObject([{ range: 'bytes=4-', ifRange: '"v1"' }]);
      rest({ 'content-range': 'bytes 4-9/10' });
      expect(await ask({ ...already, etag: null })).toEqual({ from: 4, etag: null, text: '456789' });
      expect(seen[1]).toMatchObject({ range: 'bytes=4-', ifRange: undefined });
    });

    it('takes the whole from a practice that knows no ranges, or has another version', async () => {
      rest({ etag: '"v2"' }, whole, 200);
      expect(await ask()).toEqual({ from: 0, etag: '"v2"', text: '0123456789' });
      expect(seen).toHaveLength(1);
    });

    it.each<[string, Record<string, string>, number?]>([
      ['begins elsewhere', { 'content-range': 'bytes 5-9/10' }],
      ['ends early', { 'content-range': 'bytes 4-8/10' }],
      ['is of another size', { 'content-range': 'bytes 4-9/11' }],
      ['is of unknown size', { 'content-range': 'bytes 4-9/*' }],
      ['says nothing of where it begins', {}],
      ['is several ranges', { 'content-type': 'multipart/byteranges; boundary=x' }],
      ['is of another version', { 'content-range': 'bytes 4-9/10', etag: '"v3"' }],
      ['is of packed bytes', { 'content-range': 'bytes 4-9/10', 'content-encoding': 'x-unknown' }],
      ['is that there is none', { 'content-range': 'bytes */10' }, 416],
    ])('asks for the whole when the answer %s', async (_what, headers, status) => {
      rest(headers, undefined, status);
      expect(await ask()).toEqual({ from: 0, etag: '"v2"', text: '0123456789' });
      expect(seen.map(({ range }) => range)).toEqual(['bytes=4-', undefined]);
    });

    it('takes no weak tag for a name of the bytes, and no part that it did not ask for', async () => {
      answer = (_request, response) => response.writeHead(200, { etag: 'W/"v1"' }).end(whole);
      expect(await ask()).toMatchObject({ from: 0, etag: null });
      answer = (_request, response) => response.writeHead(206, { 'content-range': 'bytes 0-9/10' }).end(whole);
      await expect(get()).rejects.toThrow(code('practice-error'));
    });

    it('is withheld like any other', async () => {
      rest({}, undefined, 410);
      await expect(ask()).rejects.toThrow(code('recording-withheld'));
    });
  });
});
