/** A desk at which somebody signed in as they do: the app's own sign-in, the practice's provider, and a network between them that a test can change. */
import { vi } from 'vitest';
import { TestBrowser } from '../../../practice/testing/sign-in.ts';
import type { Practice } from '../../../practice/index.ts';
import type { Fetch } from '../service/http.ts';
import type { PracticeSession } from './desk.ts';
import { SECRET, TestDesk } from './journeys.fixture.ts';
import { setSecret, unlock } from './lock.ts';
import { SignIn } from './signIn.ts';

export class SignedInDesk extends TestDesk {
  /** What becomes of a request on its way. */
  network: (url: string, init: RequestInit | undefined, line: Fetch) => Promise<Response> = (url, init, line) => line(url, init);
  /** Requests to this path of the provider, since it was last emptied. */
  readonly asked: string[] = [];
  readonly #url: string;
  readonly signIn: SignIn;

  constructor(practice: Practice) {
    super(practice);
    this.#url = practice.url;
    const line = this.desk.machine.fetch;
    this.desk.machine.fetch = (url, init) => {
      this.asked.push(new URL(url).pathname);
      return this.network(url, init, line);
    };
    this.signIn = new SignIn(this.desk, () => this.desk.showRoom());
  }

  /** In their browser and here, to the room. @returns the session */
  async signedIn(username: string): Promise<PracticeSession> {
    const { desk } = this;
    desk.machine.openBrowser = async (address) => {
      void new TestBrowser().open(this.#url, address, username).catch(() => undefined);
      return true;
    };
    const former = desk.session;
    this.signIn.begin();
    await vi.waitUntil(() => (desk.session !== null && desk.session !== former && ['set-secret', 'unlock', 'room'].includes(desk.state.screen)) || desk.state.screen === 'sign-in', { timeout: 15_000 });
    if (desk.state.screen === 'sign-in') throw new Error(`the sign-in ended: ${desk.state.notice?.code ?? ''}`);
    if (desk.state.screen === 'set-secret') await setSecret(desk, SECRET);
    else if (desk.state.screen === 'unlock') await unlock(desk, SECRET);
    desk.showRoom();
    if (!desk.session) throw new Error('no session');
    return desk.session;
  }

  /** What is kept of the session for the next start. */
  get keptToken(): string | null {
    return this.desk.vaultOrThrow().library.get('refreshToken');
  }

  /** The practice refuses the token that is used now, once: the next question renews it. */
  async renew(session: PracticeSession): Promise<string> {
    return session.tokens.get(await session.tokens.get(null));
  }
}
