/**
 * Requests to the practice's FHIR server, and to no other: same origin as the site file's base, no redirects, bounded in
 * time and size, the token in a header. Trusts nothing that comes back.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { atMost } from '../platform/bounded.ts';
import { Failure, unexpected } from '../platform/failure.ts';
import { heard, isPage, JSON_LIMIT, notTheirs, type Fetch } from '../platform/heard.ts';

export type { Fetch } from '../platform/heard.ts';

/** Gives a token that should still be accepted. @param refused the one that the practice has just refused */
type TokenSource = (refused: string | null) => Promise<string>;

/** An answer: when it came, ms since the epoch by this computer's clock, and by how many whole seconds the practice's was ahead, where it said (RFC 9110 §6.6.1). */
export interface Heard {
  at: number;
  ahead: number | null;
}

const TIMEOUT_MS = 30_000;

/** So short a wait that a server asks for is waited out, so often; a longer one is a practice that does not answer for so long. */
const SHORT_WAIT_MS = 5_000;
const SHORT_WAITS = 3;
/** No answer, least of all one of something in between, keeps the practice from being asked for longer than this. */
const LONGEST_WAIT_MS = 10 * 60_000;

/** How long a server asks to be left alone (RFC 9110 §10.2.3; 429 of RFC 6585 §4, 503), ms; null where it does not. A date is one of its own clock. */
export function retryAfterMs({ status, headers }: Response): number | null {
  const said = headers.get('retry-after')?.trim() ?? '';
  if ((status !== 429 && status !== 503) || said === '') return null;
  if (/^\d{1,9}$/.test(said)) return Number(said) * 1000;
  const [until, now] = [Date.parse(said), Date.parse(headers.get('date') ?? '')];
  return Number.isNaN(until) || !said.endsWith(' GMT') ? null : Math.max(0, until - (Number.isNaN(now) ? Date.now() : now));
}

/** "Not for you", or "no longer": an answer, where 5xx is none. */
export const isRefusal = (status: number): boolean => [403, 404, 410].includes(status);

/** Whoever answers reads. */
export type Reader = Pick<PracticeHttp, 'fhirBase' | 'json' | 'send'> & {
  /** These will be read: where the practice allows it they are asked for at once, now (batch.ts). */
  ahead?: (targets: readonly string[]) => Promise<void>;
};

export class PracticeHttp {
  readonly fhirBase: string;
  /** So many reads it answers in one request (batch.ts); null before it was asked whether it does. */
  mostTogether: number | null = null;
  readonly #origin: string;
  readonly #fetch: Fetch;
  readonly #token: TokenSource;
  readonly #onHeard: (heard: Heard) => void;
  #serverTime: number | null = null;
  /** On the steady clock: until then the practice asked to be left alone. */
  #restsUntil = -Infinity;

  constructor(fhirBase: string, fetch: Fetch, token: TokenSource, onHeard: (heard: Heard) => void = () => undefined) {
    this.fhirBase = fhirBase.replace(/\/$/, '');
    this.#origin = new URL(fhirBase).origin;
    this.#fetch = heard(fetch);
    this.#token = token;
    this.#onHeard = onHeard;
  }

  /** What time it last said that it is (RFC 9110 §6.6.1), ms since the epoch; null where it does not say. */
  get serverTime(): number | null {
    return this.#serverTime;
  }

  /** Absolute address for a path below the base or a `next` link; refuses another origin or a path outside the base. */
  resolve(target: string): string {
    const url = URL.canParse(target) ? new URL(target) : new URL(`${this.fhirBase}/${target}`);
    if (url.origin !== this.#origin || url.username || !`${url.pathname}/`.startsWith(`${new URL(this.fhirBase).pathname.replace(/\/$/, '')}/`)) {
      throw new Failure('practice-error', 'link leaves the practice');
    }
    return url.href;
  }

  /** One request with the token; one more with a new token after 401. Throws `practice-unreachable`, also while the practice asks to be left alone, or `session-expired`. */
  async send(target: string, init: { method?: string; accept: string; headers?: Record<string, string>; body?: string; signal?: AbortSignal; timeoutMs?: number }): Promise<Response> {
    const url = this.resolve(target);
    let waited = 0;
    for (let refused: string | null = null; ;) {
      if (performance.now() < this.#restsUntil) throw new Failure('practice-unreachable', 'asked to wait');
      const token = await this.#token(refused);
      const timeout = AbortSignal.timeout(init.timeoutMs ?? TIMEOUT_MS);
      const response = await this.#fetch(url, {
        method: init.method ?? 'GET',
        // A server may find what it found a minute ago (HAPI does) unless the header forbids it; Electron sends none for `cache`.
        headers: { accept: init.accept, authorization: `Bearer ${token}`, 'cache-control': 'no-cache', ...init.headers },
        ...(init.body === undefined ? {} : { body: init.body }),
        // No other host is asked, nothing but the token says who asks, and nothing stays on disk in the clear.
        redirect: 'error', credentials: 'omit', cache: 'no-store',
        signal: init.signal ? AbortSignal.any([init.signal, timeout]) : timeout,
      });
      const said = Date.parse(response.headers.get('date') ?? '');
      this.#serverTime = Number.isNaN(said) ? null : said;
      const at = Date.now();
      this.#onHeard({ at, ahead: this.#serverTime === null ? null : Math.round((this.#serverTime - at) / 1000) });
      const rest = retryAfterMs(response);
      if (rest !== null && rest <= SHORT_WAIT_MS && waited < SHORT_WAITS) {
        waited += 1;
        await response.body?.cancel();
        await sleep(rest, undefined, init.signal ? { signal: init.signal } : {}).catch((error: unknown) => {
          throw new Failure('practice-unreachable', 'given up while waiting', {}, { cause: error });
        });
        continue;
      }
      if (rest !== null) this.#restsUntil = performance.now() + Math.min(rest, LONGEST_WAIT_MS);
      if (response.status !== 401) return response;
      await response.body?.cancel();
      if (refused !== null) throw isPage(response) ? notTheirs(response) : new Failure('session-expired', 'token refused twice');
      refused = token;
    }
  }

  /** A JSON body of a 2xx answer; null for 403, 404 and 410, which mean "not for you" or "no longer". Else what {@link unexpected} says. */
  async json(target: string): Promise<unknown> {
    const response = await this.send(target, { accept: 'application/fhir+json' });
    if (isRefusal(response.status)) {
      await response.body?.cancel();
      return null;
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw unexpected(response.status);
    }
    try {
      const body: unknown = JSON.parse((await readBytes(response, JSON_LIMIT)).toString('utf8'));
      // Not to be taken for a refusal.
      if (body === null) throw new Failure('practice-error', 'answer is nothing');
      return body;
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Failure('practice-error', 'answer is not JSON', {}, { cause: error });
    }
  }
}

/** The whole body, at most `limit` bytes. */
export async function readBytes(response: Response, limit: number): Promise<Buffer> {
  try {
    return Buffer.concat(await Array.fromAsync(atMost(response, limit, () => new Failure('practice-error', 'answer too large'))));
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('practice-unreachable', 'answer broke off', {}, { cause: error });
  }
}
