/** What a sign-in gives back to the practice's provider: whatever is no session's, however it ends. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { TestBrowser } from '../../../practice/testing/sign-in.ts';
import type { Fetch } from '../service/http.ts';
import { Keychain } from '../vault/keychain.ts';
import { MemoryKeychain } from '../vault/keychain.fixture.ts';
import { Gate } from './journeys.fixture.ts';
import { SignedInDesk } from './signedIn.fixture.ts';

const practice = practiceForTests();
let at: SignedInDesk;
/** Access tokens that came, the first step's first, and every token that the provider was asked to revoke. */
let came: string[];
let back: string[];
/** Refresh tokens that came. */
let refreshing: string[];

/** The line, with an ear on it. */
const listening = async (url: string, init: RequestInit | undefined, line: Fetch): Promise<Response> => {
  const answer = await line(url, init);
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- URLSearchParams
  if (url.endsWith('/token/revocation') && answer.ok) back.push(new URLSearchParams(String(init?.body)).get('token') ?? '');
  if (!url.endsWith('/token')) return answer;
  const { access_token: access, refresh_token: refresh } = await answer.clone().json() as { access_token: string; refresh_token?: string };
  came.push(access);
  if (refresh !== undefined) refreshing.push(refresh);
  return answer;
};

beforeEach(() => {
  [came, back, refreshing] = [[], [], []];
  at = new SignedInDesk(practice.get());
  at.network = listening;
});
afterEach(async () => {
  await at.signIn.leave();
  at.remove();
});

/** @param username in each step, the last one in every further */
function begin(...usernames: string[]): void {
  at.desk.machine.openBrowser = async (address) => {
    const username = usernames.length > 1 ? usernames.shift()! : usernames[0]!;
    void new TestBrowser().open(practice.get().url, address, username).catch(() => undefined);
    return true;
  };
  at.signIn.begin();
}
const onScreen = (screen: string) => vi.waitUntil(() => at.desk.state.screen === screen, { timeout: 15_000 });
const chooseFirst = () => at.signIn.chooseRole(at.desk.state.screen === 'choose-role' ? at.desk.state.roles[0]!.id : '');
const status = async (token: string) => (await fetch(`${practice.get().fhirBase}/Practitioner/gp-1`, { headers: { authorization: `Bearer ${token}` } })).status;

/** Both steps are over, and nothing of either is left; a session's would be. */
async function allGivenBack(steps: number): Promise<void> {
  await vi.waitUntil(() => came.length === steps && back.length === came.length + refreshing.length, { timeout: 5_000 });
  expect(back.toSorted()).toEqual([...came, ...refreshing].toSorted());
  for (const token of came) expect(await status(token)).toBe(401);
  expect(at.desk.session).toBeNull();
}

describe('what a sign-in gives back', () => {
  it('is the first step’s token once there is a session, which goes on', async () => {
    const session = await at.signedIn('ada');
    await vi.waitUntil(() => back.length > 0, { timeout: 5_000 });
    expect(back).toEqual([came[0]]);
    expect([await status(came[0]!), await status(came[1]!)]).toEqual([401, 200]);
    await at.renew(session);
    expect(came).toHaveLength(3);
  });

  it('is everything but a refresh token that nobody asked for: with that the provider may end the session as well', async () => {
    at.network = async (url, init, line) => {
      const answer = await listening(url, init, line);
      return url.endsWith('/token') && came.length === 1 ? Response.json({ ...await answer.json() as object, refresh_token: 'unasked' }) : answer;
    };
    await at.signedIn('ada');
    await vi.waitUntil(() => back.length > 0, { timeout: 5_000 });
    await at.signIn.leave();
    expect(back).toEqual([came[0]]);
  });

  it('is that token where the person has no role', async () => {
    begin('noel');
    await onScreen('no-role');
    await allGivenBack(1);
  });

  it('is that token where the practice does not know the person', async () => {
    practice.get().lies.answer = (asked, honest) => (asked.path.startsWith('Practitioner') ? { ...honest, status: 404 } : honest);
    begin('ada');
    await onScreen('sign-in');
    await allGivenBack(1);
  });

  it('is that token where the role is not chosen', async () => {
    begin('dee');
    await onScreen('choose-role');
    expect(back).toEqual([]);
    at.signIn.cancel();
    await allGivenBack(1);
  });

  it('is that token where it was cancelled before the roles were read; and no screen comes back', async () => {
    const gate = at.hold(/\/fhir\/Practitioner/);
    begin('dee');
    await gate.reached;
    at.signIn.cancel();
    at.desk.show({ screen: 'closed' });
    gate.open();
    await allGivenBack(1);
    expect(at.desk.state.screen).toBe('closed');
  });

  it('is both where somebody else comes in the second step', async () => {
    begin('dee', 'ada');
    await onScreen('choose-role');
    chooseFirst();
    await onScreen('sign-in');
    await allGivenBack(2);
  });

  it('is both where the practice does not grant what the role needs', async () => {
    practice.get().lies.withheldScopes = new Set(['user/AuditEvent.c']);
    begin('ada');
    await onScreen('sign-in');
    await allGivenBack(2);
  });

  it('is both where it is cancelled while the second is on its way', async () => {
    const gate = new Gate();
    at.network = async (url, init, line) => {
      const answer = await listening(url, init, line);
      if (url.endsWith('/token') && came.length === 2) await gate.pass();
      return answer;
    };
    begin('ada');
    await gate.reached;
    at.signIn.cancel();
    gate.open();
    await allGivenBack(2);
  });

  it('is both where it is cancelled while the keychain is asked: nobody is in, and no screen comes back', async () => {
    const gate = new Gate();
    const keychain = new MemoryKeychain();
    const kept = keychain.setPassword.bind(keychain);
    keychain.setPassword = async (...entry) => {
      await gate.pass();
      return kept(...entry);
    };
    at.desk.machine.keychain = new Keychain(keychain);
    begin('ada');
    await gate.reached;
    at.signIn.cancel();
    at.desk.show({ screen: 'closed' });
    gate.open();
    await allGivenBack(2);
    expect([at.desk.vault, at.desk.person, at.desk.state.screen]).toEqual([null, null, 'closed']);
  });

  it('is both where somebody else is inside, whose session goes on', async () => {
    const session = await at.signedIn('ada');
    await vi.waitUntil(() => back.length === 1, { timeout: 5_000 });
    [came, back, refreshing] = [[], [], []];
    begin('ben');
    await vi.waitUntil(() => back.length === 3, { timeout: 15_000 });
    expect(back.toSorted()).toEqual([...came, ...refreshing].toSorted());
    expect(at.desk.session).toBe(session);
    await at.renew(session);
  });

  it('is what an ID token came with that names nobody here', async () => {
    at.desk.site.userIdClaim = 'another';
    begin('ada');
    await onScreen('sign-in');
    await allGivenBack(1);
  });
});

describe('a provider', () => {
  it('without a revocation endpoint is asked for none', async () => {
    practice.get().lies.document = (_name, honest) => ({ ...honest, revocation_endpoint: undefined });
    await at.signedIn('ada');
    await at.signIn.leave();
    expect(at.asked.filter((path) => path.includes('revocation'))).toEqual([]);
  });

  it.each<[string, () => Promise<Response>]>([['refuses', async () => Response.json({ error: 'unsupported_token_type' }, { status: 400 })], ['never answers', () => new Promise(() => undefined)]])('that %s keeps nobody from signing in, nor from leaving', async (_what, answer) => {
    let asked = 0;
    at.network = (url, init, line) => {
      if (!url.endsWith('/token/revocation')) return line(url, init);
      asked += 1;
      return answer();
    };
    const session = await at.signedIn('ada');
    await session.http.json('Practitioner/gp-1');
    await at.signIn.leave();
    expect(asked).toBe(1);
  });

  it('is heard before the app ends', async () => {
    begin('dee');
    await onScreen('choose-role');
    await at.signIn.leave();
    expect([back, await status(came[0]!)]).toEqual([came, 401]);
  });
});
