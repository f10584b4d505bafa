/**
 * Is it the practice that answers? Between here and there stand networks that want somebody to sign in first (captive portals), proxies, filters that read TLS, and web servers whose
 * application is away. What they say is nothing that the practice said: whoever asks hears that nobody answered, and why as far as it shows.
 */
import type { UnansweredReason } from '../../preload/health.ts';
import { Failure } from './failure.ts';

/** No JSON that a server says of itself or of what it keeps is longer, bytes. */
export const JSON_LIMIT = 20 * 1024 * 1024;

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** What an answer, or the want of one, shows by itself; that a proxy refused what a person gave is known to whoever gave it. */
export type Why = Exclude<UnansweredReason, 'proxy-refused'>;

/** As `fetch`, but what is not the practice's answer, and none, throws `practice-unreachable` with {why} where that is known. Never follows a redirect. */
export function heard(fetch: Fetch): Fetch {
  return async (url, init) => {
    let response: Response;
    try {
      response = await fetch(url, init);
    } catch (error) {
      throw unanswered(error);
    }
    const why = whyNotTheirs(response);
    if (why === null) return response;
    await response.body?.cancel().catch(() => undefined);
    throw unreachable(why, response.status);
  };
}

const unreachable = (why: Why, status: number): Failure => new Failure('practice-unreachable', 'not the practice’s answer', { why, status });

/** A 401 is a practice's own word where a new token helps; after that a page is a page. */
export const isPage = (response: Response): boolean => /^(text\/html|application\/xhtml\+xml)\b/i.test(response.headers.get('content-type')?.trim() ?? '');

/**
 * 407 (RFC 9110 §15.5.8) and 511 (RFC 6585 §6) say who they are. Neither FHIR nor OpenID Connect answers with a redirect or a page where JSON was asked for; 5xx and 429 are somebody's
 * who is not there, or busy, whatever their page says.
 */
function whyNotTheirs(response: Response): Why | null {
  const { status, type } = response;
  if (status === 407) return 'proxy';
  if (status === 511 || type === 'opaqueredirect' || (status >= 300 && status < 400 && status !== 304)) return 'page';
  return isPage(response) && status < 500 && status !== 401 && status !== 429 ? 'page' : null;
}

/** @param response that {@link isPage} */
export const notTheirs = (response: Response): Failure => unreachable('page', response.status);

/** Names of Chromium's network errors (net_error_list.h), and Node's. */
const signs: readonly [Why, RegExp][] = [
  ['page', /redirect/i],
  ['certificate-date', /ERR_CERT_DATE_INVALID|CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/],
  ['certificate', /ERR_CERT_|ERR_SSL_|ERR_BAD_SSL|ERR_TLS_CERT|UNABLE_TO_(GET_ISSUER|VERIFY)|SELF_SIGNED_CERT|CERT_UNTRUSTED/],
  ['proxy', /ERR_(UNEXPECTED_|MANDATORY_)?PROXY_|ERR_TUNNEL_CONNECTION_FAILED|ERR_PAC_/],
];

/** What a fetch threw: the Failure in it, or one that says why nobody answered where its name does. */
export function unanswered(error: unknown): Failure {
  const said: string[] = [];
  for (let cause = error; cause instanceof Error; { cause } = cause) {
    if (cause instanceof Failure) return cause;
    const { code } = cause as { code?: unknown };
    said.push(cause.message, typeof code === 'string' ? code : '');
  }
  const why = signs.find(([, sign]) => said.some((text) => sign.test(text)))?.[0];
  return new Failure('practice-unreachable', 'no answer', why === undefined ? {} : { why }, { cause: error });
}
