/** A session with a real provider over a network that loses answers, wants somebody to sign in first, or stands between; nothing that was here is lost, and nothing is said that is not so. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { Failure } from '../platform/failure.ts';
import type { PracticeSession } from './desk.ts';
import { lock } from './lock.ts';
import { Rhythm } from './rhythm.ts';
import { SignedInDesk } from './signedIn.fixture.ts';

const practice = practiceForTests();
let at: SignedInDesk;
let session: PracticeSession;
let rhythm: Rhythm;
beforeEach(async () => {
  at = new SignedInDesk(practice.get());
  session = await at.signedIn('ada');
  rhythm = new Rhythm(at.desk);
  await rhythm.sync();
  await vi.waitUntil(() => copies().length > 0 && at.desk.downloads.idle, { timeout: 20_000 });
  await rhythm.sync();
  at.asked.length = 0;
});
afterEach(() => at.remove());

const copies = () => at.desk.vaultOrThrow().library.sealedRecordings();
const renewals = () => at.asked.filter((path) => path === '/oidc/token').length;
/** What must not change whatever a network says. */
const held = () => ({ rows: at.desk.vaultOrThrow().library.assignments().map(({ task, withheldSince }) => [task, withheldSince]), copies: copies(), token: at.keptToken, destroyed: at.recorded().filter((event) => event === 'destroyed') });

describe('a refresh token that is rotated', () => {
  it('is kept for the next start before what came with it is used', async () => {
    const before = at.keptToken;
    const keptAtUse: (string | null)[] = [];
    at.network = (url, init, line) => {
      if (url.includes('/fhir/')) keptAtUse.push(at.keptToken);
      return line(url, init);
    };
    for (let times = 0; times < 3; times += 1) {
      const kept = at.keptToken;
      await at.renew(session);
      expect(at.keptToken).not.toBe(kept);
    }
    await session.http.json('Task/task-01');
    expect(keptAtUse).toEqual([at.keptToken]);
    expect([before === at.keptToken, session.tokens.refreshToken === at.keptToken]).toEqual([false, true]);
  });

  it('is spent once for all who were refused alike, however late they hear of it', async () => {
    const old = await session.tokens.get(null);
    let late = (): void => undefined;
    const lateAnswer = new Promise<void>((resolve) => (late = resolve));
    let second = false;
    at.network = async (url, init, line) => {
      if (!url.includes('/fhir/') || (init?.headers as Record<string, string>).authorization !== `Bearer ${old}`) return line(url, init);
      if (second) await lateAnswer;
      second = true;
      return new Response(null, { status: 401 });
    };
    const first = session.http.json('Task/task-01');
    const other = session.http.json('Task/task-01').then((answer) => answer);
    await first;
    late();
    expect([await first, await other]).toEqual([expect.objectContaining({ id: 'task-01' }), expect.objectContaining({ id: 'task-01' })]);
    expect(renewals()).toBe(1);
  });

  it('whose answer was lost on the way ends the session, and nothing else: after a new sign-in all is as it was', async () => {
    const before = held();
    at.network = async (url, init, line) => {
      const answer = await line(url, init);
      if (!url.endsWith('/token')) return answer;
      throw new TypeError('broken off');
    };
    await expect(at.renew(session)).rejects.toMatchObject({ code: 'practice-unreachable' });
    at.network = (url, init, line) => line(url, init);
    expect(at.keptToken).toBe(before.token);
    // The provider is shown a token that it has taken before, and ends what may have been stolen (RFC 9700 §4.14.2).
    at.desk.session = null;
    await rhythm.sync();
    expect(at.desk.standing()).toMatchObject({ online: false, problem: { code: 'session-expired' } });
    expect(held()).toEqual({ ...before, token: null });
    const again = await at.signedIn('ada');
    // Also for the next start, however soon that comes.
    expect([at.keptToken, typeof at.keptToken]).toEqual([again.tokens.refreshToken, 'string']);
    await rhythm.sync();
    expect(at.desk.standing()).toMatchObject({ online: true, problem: null, queued: 0 });
    expect(held()).toEqual({ ...before, token: again.tokens.refreshToken });
  });
});

it('a session that the practice revoked ends with words, keeps everything, and goes on after the next sign-in', async () => {
  const before = held();
  practice.get().forgetSessions();
  await rhythm.sync();
  expect(at.desk.standing()).toMatchObject({ online: false, problem: { code: 'session-expired' } });
  expect(held()).toEqual({ ...before, token: null });
  await at.signedIn('ada');
  await rhythm.sync();
  expect(at.desk.standing()).toMatchObject({ online: true, problem: null });
});

it('a round in which the person locks is no update', async () => {
  const vault = at.desk.vaultOrThrow();
  const { ledger } = vault;
  ledger.set('lastSync', 'before');
  at.desk.session = null;
  let locked = false;
  at.network = async (url, init, line) => {
    const answer = await line(url, init);
    if (url.endsWith('/token') && !locked) {
      locked = true;
      // After what came with it is kept.
      setTimeout(() => void lock(at.desk, new Failure('locked', 'test')));
    }
    return answer;
  };
  const stood = vi.spyOn(at.desk, 'stand');
  await rhythm.sync();
  expect([locked, vault.unlocked, ledger.get('lastSync')]).toEqual([true, false, 'before']);
  expect(stood.mock.calls.filter(([said]) => 'lastSync' in said)).toEqual([]);
});

describe('a provider that signs with another key', () => {
  it('goes on with the session: keys are asked for before the token is spent', async () => {
    await at.renew(session);
    practice.get().rotateKeys();
    await at.renew(session);
    await rhythm.sync();
    expect(at.desk.standing()).toMatchObject({ online: true, problem: null });
  });

  it('between the two steps of a sign-in is believed', async () => {
    let steps = 0;
    at.network = async (url, init, line) => {
      const answer = await line(url, init);
      if (url.endsWith('/token') && (steps += 1) === 1) queueMicrotask(() => practice.get().rotateKeys());
      return answer;
    };
    await at.signedIn('ada');
    expect(steps).toBe(2);
  });

  it.each<[string, () => Response]>([
    ['broken off', () => { throw new TypeError('broken off'); }], ['500', () => Response.json({}, { status: 500 })], ['404', () => Response.json({}, { status: 404 })], ['no JSON', () => new Response('{', { headers: { 'content-type': 'application/json' } })],
  ])('whose keys cannot be had (%s) costs no token', async (_what, answer) => {
    const { token } = held();
    at.network = async (url, init, line) => (url.endsWith('/jwks') ? answer() : line(url, init));
    await expect(at.renew(session)).rejects.toMatchObject({ code: 'practice-unreachable' });
    expect([renewals(), at.keptToken]).toEqual([0, token]);
    at.network = (url, init, line) => line(url, init);
    await at.renew(session);
  });
});

describe('a network that wants somebody to sign in first', () => {
  const page = (status: number, more: Record<string, string> = {}) => new Response('<!doctype html><title>Guest Wi-Fi</title>', { status, headers: { 'content-type': 'text/html; charset=utf-8', ...more } });
  const portals: [string, () => Response | Promise<Response>, string][] = [
    ['200 and a page', () => page(200), 'page'], ['a redirect to its page', () => page(302, { location: 'https://portal.example/' }), 'page'], ['403 and a page', () => page(403), 'page'], ['404 and a page', () => page(404), 'page'],
    ['401 and a page', () => page(401), 'page'], ['511', () => page(511), 'page'], ['another certificate', () => Promise.reject(new Error('net::ERR_CERT_AUTHORITY_INVALID')), 'certificate'], ['what its proxy asks', () => new Response('', { status: 407 }), 'proxy'],
  ];

  it('and answers everything in its own way is no connection, and nothing more', async () => {
    expect(copies().length).toBeGreaterThan(0);
    for (const [what, answer, why] of portals) {
      const before = held();
      at.network = async () => answer();
      const isAway = () => expect(at.desk.standing(), what).toMatchObject({ online: false, problem: { code: 'practice-unreachable', detail: { why } } });
      // With a token that is still good, with one that has to be renewed, and after the app was started again.
      await rhythm.sync();
      isAway();
      await at.renew(at.desk.session!).catch(() => undefined);
      at.desk.session = null;
      await rhythm.sync();
      isAway();
      expect(held(), what).toEqual(before);

      at.network = (url, init, line) => line(url, init);
      await rhythm.sync();
      expect(at.desk.standing(), what).toMatchObject({ online: true, problem: null });
      expect({ ...held(), token: '' }, what).toEqual({ ...before, token: '' });
    }
  });

  it('and lets only the FHIR side be answered by its page ends no session either', async () => {
    const before = held();
    at.network = (url, init, line) => (url.includes('/fhir/') ? Promise.resolve(page(401)) : line(url, init));
    await rhythm.sync();
    expect(at.desk.standing()).toMatchObject({ online: false, problem: { code: 'practice-unreachable', detail: { why: 'page' } } });
    expect({ ...held(), token: '' }).toEqual({ ...before, token: '' });
    expect(at.desk.session).toBe(session);
  });
});
