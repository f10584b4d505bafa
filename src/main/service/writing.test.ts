import { beforeEach, describe, expect, it } from 'vitest';
import { PracticeHttp } from './http.ts';
import { change, create, createBinary, type Resource } from './writing.ts';

const BASE = 'https://practice.example/fhir';
const code = (expected: string): unknown => expect.objectContaining({ code: expected });
type Sent = { method: string; path: string; headers: Record<string, string>; body: Record<string, unknown> | null };
let sent: Sent[];
/** What the practice answers, one after the other; `null` breaks the connection off. */
let answers: ((asked: Sent) => Response | null)[];
let http: PracticeHttp;
beforeEach(() => {
  sent = [];
  answers = [];
  http = new PracticeHttp(BASE, async (url, init) => {
    const asked: Sent = { method: init?.method ?? 'GET', path: url.slice(BASE.length + 1), headers: init?.headers as Record<string, string>, body: typeof init?.body === 'string' ? JSON.parse(init.body) as Record<string, unknown> : null };
    sent.push(asked);
    const answer = answers.shift()?.(asked) ?? null;
    if (!answer) throw new TypeError('broken off');
    return answer;
  }, async () => 'token');
});
const gives = (body: unknown, status = 200, headers = {}) => () => Response.json(body, { status, headers });
const empty = (status: number, headers = {}) => () => new Response(null, { status, headers });
const echo = (more: object = {}, status = 200) => ({ body }: Sent) => Response.json({ ...body, meta: { versionId: '9' }, ...more }, { status });
const list = (entry: string[], version = '1') => ({ resourceType: 'List', id: 'l', meta: { versionId: version }, text: { status: 'generated' }, note: [{ text: 'kept' }], entry });
const add = (name: string) => (before: Resource) => {
  const entry = before.entry as string[];
  return entry.includes(name) ? null : { ...before, entry: [...entry, name] };
};

describe('a change', () => {
  it('is sent against the version that was read, with all that was there and without its narrative', async () => {
    answers = [gives(list(['a'])), echo()];
    await change(http, 'List/l', add('b'));
    expect(sent[1]).toMatchObject({ method: 'PUT', path: 'List/l', headers: { 'if-match': 'W/"1"' }, body: { entry: ['a', 'b'], note: [{ text: 'kept' }] } });
    expect(sent[1]?.body).not.toHaveProperty('text');
  });

  it.each([409, 412])('that somebody else came before (%s) is made once more upon theirs', async (status) => {
    answers = [gives(list(['a'])), empty(status), gives(list(['a', 'theirs'], '2')), echo()];
    await change(http, 'List/l', add('b'));
    expect(sent[3]).toMatchObject({ headers: { 'if-match': 'W/"2"' }, body: { entry: ['a', 'theirs', 'b'] } });
  });

  it('is given up after the second time', async () => {
    answers = [gives(list([])), empty(412), gives(list([])), empty(412)];
    await expect(change(http, 'List/l', add('b'))).rejects.toThrow(code('practice-error'));
    expect(sent).toHaveLength(4);
  });

  it('whose answer was lost is not made a second time', async () => {
    answers = [gives(list(['a'])), () => null, gives(list(['a', 'b'], '2'))];
    expect(await change(http, 'List/l', add('b'))).toMatchObject({ entry: ['a', 'b'] });
    expect(sent.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  it('without an answer is read back', async () => {
    answers = [gives(list(['a'])), empty(200), gives(list(['a', 'b'], '2'))];
    await change(http, 'List/l', add('b'));
    answers = [gives(list(['a'])), empty(200), gives(list(['a'], '2'))];
    await expect(change(http, 'List/l', add('b'))).rejects.toThrow(code('practice-error'));
  });

  it.each<[string, (asked: Sent) => Response]>([
    ['as it was', gives(list(['a']))], ['with an entry less', echo({ entry: ['a'] })], ['with an entry more', echo({ entry: ['a', 'b', 'c'] })], ['of another id', echo({ id: 'm' })], ['of another type', echo({ resourceType: 'Task' })],
    ['turned round', echo({ modifierExtension: [] })], ['as something else', gives({ resourceType: 'OperationOutcome' })], ['as no JSON', () => new Response('kept')],
  ])('that is answered %s is not there', async (_what, answer) => {
    answers = [gives(list(['a'])), answer];
    await expect(change(http, 'List/l', add('b'))).rejects.toThrow(code('practice-error'));
  });

  it('is not begun upon what has no version, is refused or is another', async () => {
    answers = [gives({ ...list([]), meta: {} })];
    await expect(change(http, 'List/l', add('b'))).rejects.toThrow(code('practice-unsupported'));
    for (const body of [gives(null, 403), gives({ ...list([]), id: 'm' })]) {
      answers = [body];
      await expect(change(http, 'List/l', add('b'))).rejects.toThrow(code('practice-error'));
    }
    expect(sent.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('that is refused says so', async () => {
    answers = [gives(list([])), empty(422)];
    await expect(change(http, 'List/l', add('b'))).rejects.toMatchObject({ code: 'practice-error', detail: { status: 422 } });
  });
});

describe('what is made', () => {
  const task = { resourceType: 'Task', status: 'draft', identifier: [{ value: 'x' }] };

  it('is made once, however often its answer is lost', async () => {
    answers = [() => null, echo({ id: 't' })];
    expect(await create(http, task, 'identifier=x')).toMatchObject({ kept: { id: 't' }, same: true });
    expect(sent.map(({ method, path, headers }) => [method, path, headers['if-none-exist']])).toEqual([['POST', 'Task', 'identifier=x'], ['POST', 'Task', 'identifier=x']]);
    answers = [() => null, () => null];
    await expect(create(http, task, 'identifier=x')).rejects.toThrow(code('practice-unreachable'));
  });

  it('is that of whoever made one at the same moment', async () => {
    answers = [empty(409), gives({ ...task, id: 't', status: 'requested' })];
    expect(await create(http, task, 'identifier=x')).toMatchObject({ kept: { id: 't' }, same: false });
    answers = [empty(409), empty(409)];
    await expect(create(http, task, 'identifier=x')).rejects.toThrow(code('practice-error'));
    expect(sent).toHaveLength(4);
  });

  it('is told from what was there already', async () => {
    answers = [gives({ ...task, id: 't', status: 'requested' })];
    expect(await create(http, task, 'identifier=x')).toMatchObject({ same: false });
  });

  it('is read back where only its place was answered', async () => {
    answers = [empty(201, { location: `${BASE}/Task/t/_history/1` }), gives({ ...task, id: 't' })];
    expect(await create(http, task, 'identifier=x')).toMatchObject({ kept: { id: 't' }, same: true });
    answers = [empty(201)];
    await expect(create(http, task, 'identifier=x')).rejects.toThrow(code('practice-error'));
    answers = [empty(412)];
    await expect(create(http, task, 'identifier=x')).rejects.toThrow(code('practice-error'));
  });

  it('has its place where it is bytes', async () => {
    answers = [empty(201, { location: `${BASE}/Binary/b` }), gives({ resourceType: 'Binary', id: 'c' }, 201)];
    expect(await createBinary(http, Buffer.from('{}'), 'application/json')).toBe('Binary/b');
    expect(sent[0]?.body).toEqual({ resourceType: 'Binary', contentType: 'application/json', data: 'e30=' });
    expect(await createBinary(http, Buffer.from('{}'), 'application/json')).toBe('Binary/c');
    answers = [gives({ resourceType: 'Task', id: 'c' }, 201)];
    await expect(createBinary(http, Buffer.from('{}'), 'application/json')).rejects.toThrow(code('practice-error'));
  });
});
