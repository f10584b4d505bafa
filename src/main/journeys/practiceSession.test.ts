/** What comes of a session's tokens while the app works with them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { Failure } from '../platform/failure.ts';
import { idToken, providerFor } from '../session/tokens.fixture.ts';
import type { Vault } from '../vault/vault.ts';
import type { PracticeSession } from './desk.ts';
import { fetchCopy } from './fetchCopy.ts';
import { SECRET, TestDesk, WINDOW } from './journeys.fixture.ts';
import { lock, switchUser, unlock } from './lock.ts';
import { endSession, newSession } from './practiceSession.ts';
import { Rhythm } from './rhythm.ts';
import { learnStops } from './stops.ts';
import { deliverWaiting } from './deliver.ts';
import { syncWorklist } from './sync.ts';
import { openRecording } from './watch.ts';

const practice = practiceForTests();
const nothing = () => undefined;
let at: TestDesk;
let vault: Vault;
beforeEach(async () => {
  at = new TestDesk(practice.get());
  vault = await at.enter('ada');
});
afterEach(() => at.remove());

/** One that has yet to be renewed, for whom the provider says. */
function toRenew(claims: Record<string, unknown> = {}): PracticeSession {
  const { desk } = at;
  let n = 0;
  const provider = providerFor((path) => {
    n += 1;
    return path === 'revoke' ? new Response(null) : Response.json({ access_token: `a${n}`, token_type: 'bearer', expires_in: 600, refresh_token: `r${n}`, id_token: idToken({ sub: 'ada', ...claims }) });
  });
  return newSession(desk, vault, desk.person!, provider, null, 'r0');
}
const kept = () => vault.library.get('refreshToken');

describe('a refresh token that was rotated', () => {
  it('is kept in the vault of its person', async () => {
    at.desk.session = toRenew();
    await at.desk.session.tokens.get(null);
    expect(kept()).toBe('r1');
  });

  it('is kept in nobody else’s', async () => {
    const { tokens } = toRenew();
    await switchUser(at.desk);
    const ben = await at.enter('ben');
    await tokens.get(null);
    expect(ben.library.get('refreshToken')).toBe('refresh token of ben');
  });

  it('does not take the place of that of a newer sign-in, nor takes it away', async () => {
    const { tokens } = toRenew();
    await tokens.get(null);
    await tokens.revoke();
    expect(kept()).toBe('refresh token of ada');
  });

  it('is not kept when its session has ended, not by the next unlock either', async () => {
    const session = toRenew();
    at.desk.session = session;
    vault.library.set('refreshToken', null);
    endSession(at.desk, session);
    await session.tokens.get(null);
    expect(kept()).toBeNull();
    await lock(at.desk, new Failure('locked', 'test'));
    await unlock(at.desk, SECRET);
    expect(kept()).toBeNull();
  });
});

describe('a session that was renewed for somebody else', () => {
  const recorded = () => at.recorded().filter((event) => event === 'identity-mismatch').length;

  it.each<[string, () => Promise<unknown>]>([
    ['an opening', () => openRecording(at.desk, WINDOW, at.rowOf('task-01'), nothing)],
    ['a download', () => fetchCopy(at.desk, vault.library.assignment(at.rowOf('task-01'))!, nothing)],
    ['a delivery', () => {
      at.desk.journal?.write({ event: 'secret-changed' });
      return deliverWaiting(at.desk);
    }],
    ['the stop list', () => learnStops(at.desk, vault)],
    ['a round', () => new Rhythm(at.desk).sync()],
  ])('is dropped and recorded once: found by %s', async (_what, find) => {
    await syncWorklist(at.desk);
    at.desk.session = toRenew({ sub: 'ben' });
    at.desk.stand({ online: true });
    await find().catch(nothing);
    expect([at.desk.session, kept(), recorded()]).toEqual([null, null, 1]);
    expect(at.desk.standing()).toMatchObject({ online: false, problem: { code: 'identity-mismatch' } });
    await new Rhythm(at.desk).sync();
    expect(recorded()).toBe(1);
  });

  it('is recorded when the last one was taken up again', async () => {
    at.desk.session = null;
    await toRenew({ sub: 'ben' }).tokens.get(null).catch(nothing);
    expect(recorded()).toBe(1);
  });

  it('is dropped although it cannot be recorded', async () => {
    at.desk.session = toRenew({ sub: 'ben' });
    vault.ledger.append = () => {
      throw new Error('disk');
    };
    await expect(at.desk.session.tokens.get(null)).rejects.toMatchObject({ code: 'audit-unwritable' });
    expect([at.desk.session, kept()]).toEqual([null, null]);
  });
});
