/** The tokens of a session: in memory, refreshed one at a time with rotation, revoked at sign-out. */
import { refreshTokenGrant, type Configuration } from 'openid-client';
import { Failure } from '../platform/failure.ts';
import { exchangeFailure } from './authorize.ts';
import { upToDate } from './discovery.ts';
import { giveBack } from './giveBack.ts';

/** A token this close to its end is refreshed first. */
export const MARGIN_MS = 30_000;

export class Tokens {
  readonly #configuration: Configuration;
  readonly #isSame: (claims: Record<string, unknown>) => boolean;
  readonly #onRotated: (refreshToken: string | null) => void;
  readonly #onMismatch: () => void;
  #access: { token: string; expiresAt: number } | null;
  #refresh: string | null;
  #refreshing: Promise<string> | null = null;
  #revoked = false;

  /**
   * @param isSame whether the claims of a renewed ID token are still of who signed in. @param onRotated keeps the newest refresh token where the next start finds it; null when it is spent.
   * @param onMismatch they were renewed for somebody else, whoever asked for them; once, because nothing is renewed after that.
   */
  constructor(
    configuration: Configuration, access: { token: string; expiresAt: number } | null, refreshToken: string | null,
    isSame: (claims: Record<string, unknown>) => boolean, onRotated: (refreshToken: string | null) => void, onMismatch: () => void,
  ) {
    this.#configuration = configuration;
    this.#access = access;
    this.#refresh = refreshToken;
    this.#isSame = isSame;
    this.#onRotated = onRotated;
    this.#onMismatch = onMismatch;
  }

  /** The newest one, to be kept where the next start finds it. */
  get refreshToken(): string | null {
    return this.#refresh;
  }

  /**
   * A token to send. @param refused the one that was answered with 401: where another has come since, that is tried first, and nothing is renewed for two who were refused alike.
   * Throws `session-expired`, `identity-mismatch` or `practice-unreachable`.
   */
  async get(refused: string | null): Promise<string> {
    if (this.#access && this.#access.token !== refused && this.#access.expiresAt - MARGIN_MS > Date.now()) return this.#access.token;
    this.#refreshing ??= this.#renew().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #renew(): Promise<string> {
    if (this.#refresh === null) throw new Failure('session-expired', 'no refresh token');
    try {
      const configuration = await upToDate(this.#configuration);
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- signed out meanwhile
      if (this.#refresh === null) throw new Failure('session-expired', 'signed out');
      const response = await refreshTokenGrant(configuration, this.#refresh);
      if (this.#revoked) {
        // Signed out meanwhile: what has just come must not outlive it.
        await giveBack(this.#configuration, { refreshToken: response.refresh_token, accessToken: response.access_token });
        throw new Failure('session-expired', 'signed out');
      }
      const claims = response.claims();
      if (claims && !this.#isSame(claims)) {
        await giveBack(this.#configuration, { refreshToken: response.refresh_token, accessToken: response.access_token });
        throw new Failure('identity-mismatch', 'renewed for somebody else');
      }
      this.#refresh = response.refresh_token ?? this.#refresh;
      this.#access = { token: response.access_token, expiresAt: Date.now() + (response.expiresIn() ?? 300) * 1000 };
      this.#onRotated(this.#refresh);
      return this.#access.token;
    } catch (error) {
      const failure = exchangeFailure(error);
      if (failure.code === 'session-expired' || failure.code === 'identity-mismatch') this.#forget();
      if (failure.code === 'identity-mismatch') this.#onMismatch();
      throw failure;
    }
  }

  #forget(): void {
    this.#access = null;
    this.#refresh = null;
    this.#onRotated(null);
  }

  /** Returns whether the provider confirmed; the tokens are forgotten either way. */
  async revoke(): Promise<boolean> {
    this.#revoked = true;
    const held = { refreshToken: this.#refresh, accessToken: this.#access?.token };
    this.#forget();
    return giveBack(this.#configuration, held);
  }
}
