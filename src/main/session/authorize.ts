/** One authorization: code + PKCE (RFC 7636) with state and nonce, answered on the loopback; the ID token checked. */
import {
  authorizationCodeGrant, buildAuthorizationUrl, calculatePKCECodeChallenge, randomNonce, randomPKCECodeVerifier, randomState,
  AuthorizationResponseError, ClientError, ResponseBodyError, type TokenEndpointResponse,
} from 'openid-client';
import { Failure, unexpected } from '../platform/failure.ts';
import { unanswered } from '../platform/heard.ts';
import type { Site } from '../site.ts';
import { upToDate, type Practice } from './discovery.ts';
import { claimsLacking, identityOf, type Identity } from './identity.ts';
import type { BrowserAnswer, Loopback } from './loopback.ts';

/** Time that a person has to sign in: smartcards and second factors take a while. */
const SIGN_IN_MS = 10 * 60_000;

/** Good until they run out, or are given back. */
export interface Held {
  accessToken: string;
  refreshToken: string | null;
}

export interface Grant extends Held {
  identity: Identity;
  idToken: string;
  scope: string | undefined;
  /** ms since the epoch. */
  expiresAt: number;
}

export interface Authorization {
  address: string;
  /**
   * Waits for the browser. The answer's tab is still open: {@link BrowserAnswer.goTo} or `finish` it.
   * @param hold is given what came before it is looked at whose it is: whoever asked gives it back, also where this throws
   */
  complete(signal: AbortSignal, hold: (tokens: Held) => void): Promise<{ grant: Grant; tab: BrowserAnswer }>;
}

/** A failed exchange in the words of the product. */
export function exchangeFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof AuthorizationResponseError) {
    const refused = ['access_denied', 'login_required', 'consent_required'].includes(error.error);
    return new Failure(refused ? 'sign-in-refused' : 'sign-in-failed', 'authorization refused', {}, { cause: error });
  }
  if (error instanceof ResponseBodyError) {
    if (isAway(error.status)) return unanswered(error);
    return new Failure(error.error === 'invalid_grant' ? 'session-expired' : 'sign-in-failed', 'token endpoint refused', {}, { cause: error });
  }
  // What its fetch throws openid-client wraps without a code; a check that failed has one.
  if (error instanceof ClientError && error.code !== undefined && error.code !== 'OAUTH_TIMEOUT' && !isAway((error.cause as { status?: unknown } | undefined)?.status)) {
    return new Failure('sign-in-failed', 'sign-in did not check out', {}, { cause: error });
  }
  return unanswered(error);
}

/** What the provider calls its refusal (RFC 6749 §4.1.2.1 and §5.2), which tells its administrator more than any sentence; null where it was none. */
export function refusalOf({ cause }: Error): string | null {
  const isRefusal = cause instanceof AuthorizationResponseError || cause instanceof ResponseBodyError;
  return isRefusal ? /^[a-z_]{3,40}$/.exec(cause.error)?.[0] ?? null : null;
}

const isAway = (status: unknown): boolean => typeof status === 'number' && unexpected(status).code === 'practice-unreachable';

export async function authorize(site: Site, practice: Practice, loopback: Loopback, scope: string, prompt: string | null): Promise<Authorization> {
  const { configuration } = practice;
  const verifier = randomPKCECodeVerifier();
  const state = randomState();
  const nonce = randomNonce();
  const address = buildAuthorizationUrl(configuration, {
    redirect_uri: loopback.redirectUri, scope, state, nonce, aud: site.fhirBase,
    code_challenge: await calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', ...(prompt === null ? {} : { prompt }),
  });
  return {
    address: address.href,
    complete: async (signal, hold) => {
      const tab = await loopback.answer(state, signal, SIGN_IN_MS);
      try {
        const response = await authorizationCodeGrant(await upToDate(configuration), tab.url, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
        const held = { accessToken: response.access_token, refreshToken: response.refresh_token ?? null };
        hold(held);
        return { grant: { ...held, ...identified(response, site) }, tab };
      } catch (error) {
        const failure = exchangeFailure(error);
        tab.finish('You are not signed in', 'Go back to Viewing Room to see why.');
        throw failure;
      }
    },
  };
}

type Tokens = TokenEndpointResponse & { claims(): Record<string, unknown> | undefined; expiresIn(): number | undefined };

function identified(response: Tokens, site: Site): Omit<Grant, keyof Held> {
  const claims = response.claims();
  const identity = identityOf(claims, site);
  if (!identity || response.id_token === undefined) throw new Failure('identity-mismatch', 'ID token lacks the user id or fhirUser', { claims: claimsLacking(claims, site).join(', ') });
  return { identity, idToken: response.id_token, scope: response.scope, expiresAt: Date.now() + (response.expiresIn() ?? 300) * 1000 };
}
