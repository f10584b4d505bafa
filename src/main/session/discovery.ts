/**
 * What the practice and its identity provider offer: SMART configuration (SMART App Launch 2.2 §2.3) and OpenID Provider
 * metadata (OpenID Connect Discovery 1.0). The issuer is the site file's: a FHIR server cannot name another one.
 */
import { allowInsecureRequests, Configuration, customFetch, enableNonRepudiationChecks, None, type CustomFetch } from 'openid-client';
import { z } from 'zod';
import { Failure, unexpected } from '../platform/failure.ts';
import type { Site } from '../site.ts';

const Smart = z.object({
  authorization_endpoint: z.url(), token_endpoint: z.url(), revocation_endpoint: z.url().optional(), issuer: z.url().optional(),
  scopes_supported: z.array(z.string()).optional(), capabilities: z.array(z.string()).default([]),
});
const Provider = z.looseObject({
  issuer: z.string(), jwks_uri: z.url(), authorization_endpoint: z.url().optional(), token_endpoint: z.url().optional(), revocation_endpoint: z.url().optional(),
  code_challenge_methods_supported: z.array(z.string()).default(['S256']),
});

export interface Practice {
  configuration: Configuration;
  scopesSupported: string[] | null;
  /** SMART v2 scopes (`user/Task.rs`); else `.read`/`.write`. */
  permissionV2: boolean;
}

async function getJson(fetch: CustomFetch, url: string): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, { method: 'GET', headers: { accept: 'application/json' }, body: null, redirect: 'manual', signal: AbortSignal.timeout(15_000) });
  } catch (error) {
    throw new Failure('practice-unreachable', 'no answer to discovery', {}, { cause: error });
  }
  if (!response.ok) {
    const { code } = unexpected(response.status);
    throw new Failure(code === 'practice-unreachable' ? code : 'practice-unsupported', 'discovery refused', { status: response.status });
  }
  try {
    return await response.json();
  } catch (error) {
    throw new Failure('practice-unsupported', 'discovery is not JSON', {}, { cause: error });
  }
}

/** Throws `practice-unreachable`, or `practice-unsupported` {missing} when something that sign-in needs is not offered. */
export async function discover(site: Site, fetch: CustomFetch): Promise<Practice> {
  const unsupported = (missing: string) => new Failure('practice-unsupported', 'discovery lacks something', { missing });
  const [smartJson, providerJson] = await Promise.all([
    getJson(fetch, `${site.fhirBase.replace(/\/$/, '')}/.well-known/smart-configuration`),
    getJson(fetch, `${site.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`),
  ]);
  const smart = Smart.safeParse(smartJson);
  const provider = Provider.safeParse(providerJson);
  if (!smart.success) throw unsupported('SMART configuration');
  if (!provider.success) throw unsupported('OpenID Provider metadata');
  if (provider.data.issuer !== site.issuer || (smart.data.issuer !== undefined && smart.data.issuer !== site.issuer)) throw unsupported('the issuer of the site file');
  if (!provider.data.code_challenge_methods_supported.includes('S256')) throw unsupported('PKCE S256');
  // The issuer's own word comes first: a FHIR server that names another token endpoint would be given the code and its verifier.
  const authorization_endpoint = provider.data.authorization_endpoint ?? smart.data.authorization_endpoint;
  const token_endpoint = provider.data.token_endpoint ?? smart.data.token_endpoint;
  const revocation_endpoint = provider.data.revocation_endpoint ?? smart.data.revocation_endpoint;
  const local = new URL(site.issuer).protocol === 'http:';
  for (const endpoint of [authorization_endpoint, token_endpoint, revocation_endpoint, provider.data.jwks_uri]) {
    if (endpoint !== undefined && !local && new URL(endpoint).protocol !== 'https:') throw unsupported('TLS');
  }
  const configuration = new Configuration({ ...provider.data, authorization_endpoint, token_endpoint, ...(revocation_endpoint ? { revocation_endpoint } : {}) }, site.clientId, undefined, None());
  configuration[customFetch] = fetch;
  // The ID token is a root of trust: its signature is checked, although it comes over TLS from the token endpoint.
  enableNonRepudiationChecks(configuration);
  // The site file allows plain http on loopback alone.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so only to stand out; nothing else permits http
  if (local) allowInsecureRequests(configuration);
  return { configuration, scopesSupported: smart.data.scopes_supported ?? null, permissionV2: smart.data.capabilities.includes('permission-v2') };
}
