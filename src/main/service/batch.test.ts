/** Reads in a batch: an entry counts as the same read does that is made by itself, or not at all. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Task } from '../fhir/resources.ts';
import { problemOf } from '../platform/failure.ts';
import { Ahead, MOST_TOGETHER, offersBatch } from './batch.ts';
import { PracticeHttp } from './http.ts';
import { eachById, portions } from './search.ts';
import { tasksTogether } from './worklist.ts';

type Entry = { resource?: unknown; response?: { status: string } };
const [A, B, C] = ['Task?_id=a', 'Task?_id=b', 'Encounter?_id=c'] as const;
const found = (type: string, id: string) => ({ resourceType: 'Bundle', type: 'searchset', entry: [{ resource: { resourceType: type, id, status: 'requested' } }] });
const truth: Record<string, object> = { [A]: found('Task', 'a'), [B]: found('Task', 'b'), [C]: found('Encounter', 'c') };
const ok = (resource: unknown): Entry => ({ resource, response: { status: '200 OK' } });
const statement = (...codes: string[]) => ({ resourceType: 'CapabilityStatement', rest: [{ mode: 'server', interaction: codes.map((code) => ({ code })) }] });

let server: Server;
let http: PracticeHttp;
let seen: string[];
let refreshed: (string | null)[];
/** What the server says of itself, answers to a batch of these, and to one read. */
let metadata: unknown;
let batch: (targets: string[], response: ServerResponse) => void;
let alone: (target: string, response: ServerResponse) => void;

const json = (response: ServerResponse, value: unknown, status = 200) => void response.writeHead(status, { 'content-type': 'application/fhir+json' }).end(JSON.stringify(value));
const answered = (response: ServerResponse, entry: unknown) => json(response, { resourceType: 'Bundle', type: 'batch-response', entry });
const truly = (targets: string[]) => targets.map((target) => ok(truth[target]));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = (request.url ?? '').replace(/^\/fhir\/?/, '');
  seen.push(`${request.method} ${target}`);
  if (target === 'metadata') {
    json(response, metadata);
    return;
  }
  if (request.method === 'GET') {
    alone(target, response);
    return;
  }
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  const sent = JSON.parse(Buffer.concat(parts).toString()) as { resourceType: string; type: string; entry: { request: { method: string; url: string } }[] };
  expect([sent.resourceType, sent.type, ...new Set(sent.entry.map(({ request: { method } }) => method))]).toEqual(['Bundle', 'batch', 'GET']);
  batch(sent.entry.map(({ request: { url } }) => url), response);
}

beforeEach(async () => {
  [seen, refreshed, metadata] = [[], [], statement('batch')];
  batch = (targets, response) => answered(response, truly(targets));
  alone = (target, response) => json(response, truth[target] ?? { resourceType: 'Bundle' });
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  http = new PracticeHttp(`http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`, fetch, async (refused) => {
    refreshed.push(refused);
    return refused === null ? 'first' : 'second';
  });
  http.mostTogether = MOST_TOGETHER;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** The answers to these, and what was asked for them. */
async function read(...targets: string[]): Promise<{ said: unknown[]; asked: string[]; isUsed: boolean }> {
  const ahead = new Ahead(http);
  await ahead.ahead(targets);
  const said: unknown[] = [];
  for (const target of targets) said.push(await ahead.json(target).catch((error: unknown) => problemOf(error).code));
  return { said, asked: seen, isUsed: ahead.isUsed };
}
const all = [A, B, C].map((target) => truth[target]);

describe('reads in a batch', () => {
  it('are one request, and each answer is given once', async () => {
    expect(await read(A, B, C)).toEqual({ said: all, asked: ['POST '], isUsed: true });
    const ahead = new Ahead(http);
    await ahead.ahead([A, B, A]);
    await ahead.json(A);
    seen.length = 0;
    await ahead.json(A);
    expect(seen).toEqual([`GET ${A}`]);
  });

  it('are asked for ahead once, whatever comes of it', async () => {
    for (const wrong of [(response: ServerResponse) => json(response, {}, 503), (response: ServerResponse) => json(response, {}, 400)]) {
      batch = (_targets, response) => wrong(response);
      const ahead = new Ahead(http);
      for (let n = 0; n < 3; n += 1) await ahead.ahead([A, B]);
    }
    expect(seen).toEqual(['POST ', 'POST ']);
  });

  it('may be of one resource, which has to be that one', async () => {
    truth['Practitioner/p'] = { resourceType: 'Practitioner', id: 'p' };
    expect((await read('Practitioner/p', A)).asked).toEqual(['POST ']);
    seen.length = 0;
    batch = (targets, response) => answered(response, [ok({ resourceType: 'Practitioner', id: 'other' }), ...truly(targets).slice(1)]);
    expect((await read('Practitioner/p', A)).asked).toEqual(['POST ', 'GET Practitioner/p']);
  });

  it.each<[string, Entry]>([
    ...['400 Bad Request', '401 Unauthorized', '403 Forbidden', '404 Not Found', '404', '410 Gone', '429 Too Many Requests', '500', '503 Service Unavailable', '304 Not Modified', '2000', ''].map((status): [string, Entry] => [`the status "${status}"`, { resource: found('Task', 'a'), response: { status } }]),
    ['no resource', ok(undefined)], ['null', ok(null)], ['an OperationOutcome', ok({ resourceType: 'OperationOutcome', issue: [] })], ['one resource in place of a Bundle', ok({ resourceType: 'Task', id: 'a' })],
    ['a Bundle of another type of resource', ok(found('Patient', 'a'))], ['a Bundle whose entries are none', ok({ resourceType: 'Bundle', entry: 'none' })],
  ])('answer nothing with %s, which is then asked for by itself', async (_what, entry) => {
    batch = (targets, response) => answered(response, [entry, ...truly(targets).slice(1)]);
    expect(await read(A, B, C)).toEqual({ said: all, asked: ['POST ', `GET ${A}`], isUsed: true });
  });

  it.each([[403, null], [404, null], [410, null], [429, 'practice-unreachable'], [500, 'practice-error'], [503, 'practice-unreachable']])('that fail with %i are judged by what the practice then says to that read alone', async (status, said) => {
    batch = (targets, response) => answered(response, [{ response: { status: `${status}` } }, ...truly(targets).slice(1)]);
    alone = (_target, response) => json(response, {}, status);
    expect((await read(A, B, C)).said).toEqual([said, ...all.slice(1)]);
    alone = (target, response) => json(response, truth[target]);
    expect((await read(A, B, C)).said).toEqual(all);
  });

  it('of which some changed places with those of another type are asked for by themselves; of one type it is by their ids that they are told apart', async () => {
    batch = (targets, response) => answered(response, truly(targets).toReversed());
    expect((await read(A, B, C)).said).toEqual(all);
    expect(seen).toEqual(['POST ', `GET ${A}`, `GET ${C}`]);
    batch = (targets, response) => answered(response, truly(targets).toReversed());
    const { found: tasks } = await tasksTogether(http, Array.from({ length: 60 }, (_, n) => `Task/${n}`).concat('Task/a'));
    expect([...tasks.keys()]).toEqual([]);
  });

  it.each<[string, (targets: string[], response: ServerResponse) => void]>([
    ['400', (_, response) => json(response, {}, 400)], ['403', (_, response) => json(response, {}, 403)], ['404', (_, response) => json(response, {}, 404)], ['405', (_, response) => json(response, {}, 405)], ['413', (_, response) => json(response, {}, 413)],
    ['500', (_, response) => json(response, {}, 500)], ['202, as a server does that answers later', (_, response) => json(response, {}, 202)], ['an OperationOutcome', (_, response) => json(response, { resourceType: 'OperationOutcome', issue: [] })],
    ['a Bundle of another type', (targets, response) => json(response, { resourceType: 'Bundle', type: 'transaction-response', entry: truly(targets) })], ['what is not JSON', (_, response) => void response.end('nothing')],
    ['one too few', (targets, response) => answered(response, truly(targets).slice(1))], ['one too many', (targets, response) => answered(response, [...truly(targets), ok(found('Task', 'x'))])], ['none', (_, response) => answered(response, undefined)],
    ['an entry without a status', (targets, response) => answered(response, [{ resource: found('Task', 'a') }, ...truly(targets).slice(1)])], ['more bytes than are taken', (targets, response) => answered(response, truly(targets).map((one, n) => (n === 0 ? { ...one, more: 'x'.repeat(8 * 1024 * 1024) } : one)))],
    ['nothing of any', (targets, response) => answered(response, targets.map(() => ({ response: { status: '404 Not Found' } })))],
  ])('that are answered with %s are asked for one by one, and fewer at once from then on', async (_what, wrong) => {
    batch = wrong;
    expect(await read(A, B, C)).toEqual({ said: all, asked: ['POST ', `GET ${A}`, `GET ${B}`, `GET ${C}`], isUsed: false });
    expect(http.mostTogether).toBe(MOST_TOGETHER / 2);
    for (let n = 0; n < 10; n += 1) await read(A, B, C);
    expect(seen.filter((one) => one === 'POST ')).toHaveLength(6);
  });

  it('that are not answered in the time of a read are not tried again with half as many', async () => {
    batch = (_targets, response) => {
      const later = performance.now() + 30_000;
      vi.spyOn(performance, 'now').mockReturnValue(later);
      json(response, {}, 504);
    };
    try {
      expect((await read(A, B)).said).toEqual([truth[A], truth[B]]);
      expect(http.mostTogether).toBe(1);
    } finally {
      vi.restoreAllMocks();
    }
  });

  it.each<[string, (response: ServerResponse) => void]>([['breaks off', (response) => response.destroy()], ['is busy', (response) => json(response, {}, 503)], ['has a page before it', (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')]])('where the practice %s just now are made one by one, and the next ones together', async (_what, trouble) => {
    batch = (_targets, response) => trouble(response);
    expect((await read(A, B)).said).toEqual([truth[A], truth[B]]);
    expect(http.mostTogether).toBe(MOST_TOGETHER);
  });

  it('are made once more with a new token after 401, and where that ends the session, so do they', async () => {
    let first = true;
    batch = (targets, response) => {
      if (first) json(response, {}, 401);
      else answered(response, truly(targets));
      first = false;
    };
    expect((await read(A, B)).asked).toEqual(['POST ', 'POST ']);
    expect(refreshed).toEqual([null, 'first']);
    batch = (_targets, response) => json(response, {}, 401);
    await expect(read(A, B)).rejects.toMatchObject({ code: 'session-expired' });
  });

  it('that are too many for one come in several, and one alone comes by itself', async () => {
    const many = Array.from({ length: MOST_TOGETHER + 1 }, (_, n) => `Task?_id=${n}`);
    batch = (targets, response) => answered(response, targets.map((target) => ok(found('Task', target.split('=')[1] ?? ''))));
    await read(...many);
    expect(seen).toEqual(['POST ', `GET ${many.at(-1)}`]);
    seen.length = 0;
    await read(...many, 'Task?_id=last');
    expect(seen).toEqual(['POST ', 'POST ']);
  });

  it('go to the practice’s base alone', async () => {
    const sent: string[] = [];
    const asked = new PracticeHttp('https://practice.example/fhir/', async (url) => {
      sent.push(url);
      return Response.json({ resourceType: 'Bundle', type: 'batch-response', entry: truly([A, B]) });
    }, async () => 'first');
    asked.mostTogether = MOST_TOGETHER;
    await new Ahead(asked).ahead([A, B]);
    expect(sent).toEqual(['https://practice.example/fhir']);
  });
});

describe('whether a practice offers it', () => {
  it.each<[string, unknown, boolean]>([
    ['batch', statement('transaction', 'batch'), true], ['only a transaction', statement('transaction'), false], ['nothing', statement(), false], ['nothing at all', { resourceType: 'CapabilityStatement', rest: [{ mode: 'server' }] }, false],
    ['it as a client', { resourceType: 'CapabilityStatement', rest: [{ mode: 'client', interaction: [{ code: 'batch' }] }] }, false], ['it in something else', { ...statement('batch'), resourceType: 'OperationOutcome' }, false], ['null', null, false],
  ])('is read from its statement: %s', (_what, said, offers) => {
    expect(offersBatch(said)).toBe(offers);
  });

  it('is asked once and waited for by nobody', async () => {
    http.mostTogether = null;
    await read(A, B);
    await vi.waitFor(() => expect(http.mostTogether).toBe(MOST_TOGETHER));
    expect(seen.filter((one) => one === 'POST ')).toEqual([]);
    await read(A, B);
    expect([seen.filter((one) => one === 'GET metadata'), seen.at(-1)]).toEqual([['GET metadata'], 'POST ']);
  });

  it('is no where the statement cannot be read, and asked again where there was no answer', async () => {
    for (const [said, most] of [[statement('transaction'), 1], ['nothing', 1]] as const) {
      [http.mostTogether, metadata] = [null, said];
      await read(A, B);
      await vi.waitFor(() => expect(seen.at(-1)).toBe(`GET ${B}`));
      expect([http.mostTogether, seen.includes('POST ')]).toEqual([most, false]);
    }
    const answering = server.listeners('request');
    server.removeAllListeners('request');
    server.on('request', (request: IncomingMessage, response: ServerResponse) => (request.url === '/fhir/metadata' ? response.destroy() : void answer(request, response)));
    http.mostTogether = null;
    await read(A, B);
    await vi.waitFor(() => expect(http.mostTogether).toBeNull());
    for (const one of answering) server.on('request', one as never);
  });
});

describe('an assignment that a batch lacks', () => {
  const two = ['Task/a', 'Task/b'];
  const many = [...two, ...Array.from({ length: 60 }, (_, n) => `Task/${n}`)];
  const holding = (ids: readonly string[]) => (target: string) => ({ resourceType: 'Bundle', entry: (new URL(target, 'http://x').searchParams.get('_id') ?? '').split(',').filter((id) => ids.includes(id)).map((id) => ({ resource: { resourceType: 'Task', id, status: 'requested' } })) });
  const ids = many.map((task) => task.slice('Task/'.length));

  it('is there as long as the practice says so, and no batch is asked for any more', async () => {
    batch = (targets, response) => answered(response, targets.map((target) => ok(holding(ids.filter((id) => id !== 'b'))(target))));
    alone = (target, response) => json(response, holding(ids)(target));
    expect((await tasksTogether(http, many)).found.size).toBe(many.length);
    expect([http.mostTogether, seen]).toEqual([1, ['POST ', 'GET Task?_id=b&_count=50']]);
  });

  it('is gone where the practice says so by itself', async () => {
    batch = (targets, response) => answered(response, targets.map((target) => ok(holding(ids.filter((id) => id !== 'b'))(target))));
    alone = (target, response) => json(response, holding(ids.filter((id) => id !== 'b'))(target));
    const { found: tasks, unread } = await tasksTogether(http, many);
    expect([tasks.has('Task/b'), tasks.size, unread.size, http.mostTogether]).toEqual([false, many.length - 1, 0, MOST_TOGETHER]);
  });

  it('is not known of where the practice cannot say just now', async () => {
    batch = (targets, response) => answered(response, targets.map((target) => ok(holding(ids.filter((id) => id !== 'b'))(target))));
    alone = (_target, response) => json(response, {}, 500);
    const { found: tasks, unread } = await tasksTogether(http, many);
    expect([tasks.has('Task/b'), [...unread]]).toEqual([false, ['Task/b']]);
  });
});

it('things are asked for together as far as an address has room for them', async () => {
  const sizes = (items: string[]) => [...portions(items)].map(({ length }) => length);
  expect([sizes([]), sizes(Array.from({ length: 101 }, (_, n) => `${n}`)), sizes(Array.from({ length: 60 }, () => 'x'.repeat(63)))]).toEqual([[], [50, 50, 1], [25, 25, 10]]);
  expect([...portions(['x'.repeat(5000), 'y'])]).toEqual([['x'.repeat(5000)], ['y']]);
  expect([...portions(['a', 'b', 'c'], () => 900)]).toEqual([['a'], ['b'], ['c']]);
  alone = (_target, response) => json(response, { resourceType: 'Bundle' });
  await eachById(http, 'Task', Task, Array.from({ length: 100 }, (_, n) => `Task/${'x'.repeat(60)}-${n}`));
  expect(Math.max(...seen.map(({ length }) => length))).toBeLessThan(1_800);
});
