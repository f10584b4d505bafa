/**
 * What the practice and its identity provider offer: SMART configuration (SMART App Launch 2.2 §2.3) and OpenID Provider
 * metadata (OpenID Connect Discovery 1.0). The issuer is the site file's: a FHIR server cannot name another one.
 */
import { allowInsecureRequests, clockSkew, Configuration, customFetch, enableNonRepudiationChecks, None, setJwksCache, type CustomFetch, type ServerMetadata } from 'openid-client';
import { z } from 'zod';
import { atMost } from '../platform/bounded.ts';
import { Failure, problemOf, unexpected } from '../platform/failure.ts';
import { heard, isPage, JSON_LIMIT, notTheirs, unanswered, type Fetch } from '../platform/heard.ts';
import { isSecure, type Site } from '../site.ts';
import type { Offer } from './scopes.ts';

const Smart = z.object({
  authorization_endpoint: z.url(), token_endpoint: z.url(), revocation_endpoint: z.url().optional(), issuer: z.url().optional(),
  scopes_supported: z.array(z.string()).optional(), capabilities: z.array(z.string()).default([]),
});
const Provider = z.looseObject({
  issuer: z.string(), jwks_uri: z.url(), authorization_endpoint: z.url().optional(), token_endpoint: z.url().optional(), revocation_endpoint: z.url().optional(),
  code_challenge_methods_supported: z.array(z.string()).default(['S256']),
});

export interface Practice extends Offer {
  configuration: Configuration;
}

/** What an address answered, and how far the clock there is ahead of this computer's, in whole seconds. */
export interface Answered {
  json: unknown;
  skew: number;
}

/** Throws `practice-unreachable`, or `practice-unsupported` {status} where there is no such document. */
export async function getJson(fetch: CustomFetch, url: string, timeoutMs = 15_000): Promise<Answered> {
  const response = await fetch(url, { method: 'GET', headers: { accept: 'application/json' }, body: null, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
  // A cache in between gives the time at which it was answered, and how long ago that was (RFC 9111 §5.1).
  const age = /^\d{1,9}$/.exec(response.headers.get('age')?.trim() ?? '')?.[0] ?? '0';
  const said = Date.parse(response.headers.get('date') ?? '') + Number(age) * 1000;
  const skew = Number.isNaN(said) ? 0 : Math.round((said - Date.now()) / 1000);
  if (!response.ok) {
    const { code } = unexpected(response.status);
    throw new Failure(code === 'practice-unreachable' ? code : 'practice-unsupported', 'discovery refused', { status: response.status });
  }
  const text = await response.text().catch((error: unknown) => {
    throw unanswered(error);
  });
  try {
    return { json: JSON.parse(text), skew };
  } catch (error) {
    throw new Failure('practice-unsupported', 'discovery is not JSON', {}, { cause: error });
  }
}

/**
 * @param skew seconds by which the provider's clock is ahead: whether a token is still valid is a question about the time where it was made, and a computer whose clock is
 * a day off still signs in. It comes by the same connection as the token (RFC 9110 §6.6.1).
 */
function configure(server: ServerMetadata, clientId: string, fetch: CustomFetch, skew: number): Configuration {
  const configuration = new Configuration(server, clientId, { [clockSkew]: skew }, None());
  configuration[customFetch] = fetch;
  // The ID token is a root of trust: its signature is checked, although it comes over TLS from the token endpoint.
  enableNonRepudiationChecks(configuration);
  // The site file allows plain http on loopback alone.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so only to stand out; nothing else permits http
  if (new URL(server.issuer).protocol === 'http:') allowInsecureRequests(configuration);
  return configuration;
}

/**
 * The same provider with the keys and the clock that it has now. Asked for before a refresh token is spent: an answer that cannot be checked because the keys cannot be had, or have
 * changed a moment ago, would cost the token. Throws `practice-unreachable`.
 */
export async function upToDate(configuration: Configuration): Promise<Configuration> {
  const server = configuration.serverMetadata();
  const fetch = configuration[customFetch];
  if (server.jwks_uri === undefined || fetch === undefined) return configuration;
  const { json, skew } = await getJson(fetch, server.jwks_uri).catch((error: unknown) => {
    // It had them at sign-in: what is wrong now passes, and nothing that waits for the token is given up for it.
    throw problemOf(error).code === 'practice-unsupported' ? new Failure('practice-unreachable', 'keys not to be had', {}, { cause: error }) : error;
  });
  const keys = z.object({ keys: z.array(z.looseObject({})) }).safeParse(json);
  const now = configure(server, configuration.clientMetadata().client_id, fetch, skew);
  if (keys.success) setJwksCache(now, { jwks: keys.data, uat: Math.floor(Date.now() / 1000) });
  return now;
}

/** Nothing of a sign-in stays on disk, no answer is without end, and neither keys nor the clock are those of an hour ago. */
export function openLine(given: Fetch): CustomFetch {
  const line = heard(given);
  return async (url, options) => {
    const response = await line(url, { ...options, cache: 'no-store', credentials: 'omit' });
    // A refusal of a provider's is JSON, whatever its status.
    if (response.status === 401 && isPage(response)) throw notTheirs(response);
    const { status, statusText, headers, body } = response;
    return body ? new Response(ReadableStream.from(atMost(response, JSON_LIMIT, () => new Failure('practice-unsupported', 'answer too large'))), { status, statusText, headers }) : response;
  };
}

export const smartAddress = ({ fhirBase }: Site): string => `${fhirBase.replace(/\/$/, '')}/.well-known/smart-configuration`;
export const providerAddress = ({ issuer }: Site): string => `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;

/** What sign-in needs of the two documents, in the order in which it is looked for. */
const needs = { smart: 'SMART configuration', provider: 'OpenID Provider metadata', issuer: 'the issuer of the site file', pkce: 'PKCE S256', tls: 'TLS' };
export type Need = keyof typeof needs;

interface Endpoints {
  authorization_endpoint?: string | undefined;
  token_endpoint?: string | undefined;
  revocation_endpoint?: string | undefined;
  jwks_uri: string;
}

/** What the two documents come to: what of {@link needs} they lack, and what is used of them where both can be read. */
export function offered(site: Site, smartJson: unknown, providerJson: unknown): { lacking: Need[]; used: { metadata: ServerMetadata; endpoints: Endpoints; offer: Offer } | null } {
  const smart = Smart.safeParse(smartJson).data;
  const provider = Provider.safeParse(providerJson).data;
  if (!smart || !provider) return { lacking: [...(smart ? [] : ['smart' as const]), ...(provider ? [] : ['provider' as const])], used: null };
  // The issuer's own word comes first: a FHIR server that names another token endpoint would be given the code and its verifier.
  const token = provider.token_endpoint ?? smart.token_endpoint;
  const endpoints: Endpoints = {
    authorization_endpoint: provider.authorization_endpoint ?? smart.authorization_endpoint, token_endpoint: token,
    // Many an issuer names none, and what a FHIR server names elsewhere would be given refresh tokens that are good.
    revocation_endpoint: provider.revocation_endpoint ?? beside(smart.revocation_endpoint, token), jwks_uri: provider.jwks_uri,
  };
  const { revocation_endpoint: revocation, ...rest } = endpoints;
  const lacking: Need[] = [];
  if (provider.issuer !== site.issuer || (smart.issuer !== undefined && smart.issuer !== site.issuer)) lacking.push('issuer');
  if (!provider.code_challenge_methods_supported.includes('S256')) lacking.push('pkce');
  if (Object.values(endpoints).some((endpoint: string | undefined) => endpoint !== undefined && !isSecure(new URL(endpoint)))) lacking.push('tls');
  const metadata = { ...provider, ...rest, ...(revocation ? { revocation_endpoint: revocation } : {}) };
  return { lacking, used: { metadata, endpoints, offer: { scopesSupported: smart.scopes_supported ?? null, permissionV2: smart.capabilities.includes('permission-v2') } } };
}

/** An address on the same host and port as another, or none. */
const beside = (address: string | undefined, other: string): string | undefined => (address !== undefined && new URL(address).host === new URL(other).host ? address : undefined);

/** Throws `practice-unreachable`, or `practice-unsupported` {missing} when something that sign-in needs is not offered. */
export async function discover(site: Site, given: Fetch): Promise<Practice> {
  const fetch = openLine(given);
  const [{ json: smartJson }, { json: providerJson, skew }] = await Promise.all([getJson(fetch, smartAddress(site)), getJson(fetch, providerAddress(site))]);
  const { lacking: [first], used } = offered(site, smartJson, providerJson);
  if (first !== undefined || !used) throw new Failure('practice-unsupported', 'discovery lacks something', { missing: needs[first ?? 'provider'] });
  return { configuration: configure(used.metadata, site.clientId, fetch, skew), ...used.offer };
}
