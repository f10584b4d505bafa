/** What sign-in needs of the provider's metadata and the SMART configuration, by the app's own judgement (session/discovery.ts). */
import { z } from 'zod';
import type { SiteCheckLine } from '../../preload/siteCheck.ts';
import { getJson, offered, openLine } from '../session/discovery.ts';
import type { Fetch } from '../service/http.ts';
import { isSecure, type Site } from '../site.ts';
import { called, line, missing, notTried, ok, warning, type Outcome } from './lines.ts';
import { answers, isAnswer, settled, type Reply } from './network.ts';
import { whyUnanswered } from './reasons.ts';

/** JWS algorithms that ID tokens are checked with (openid-client). Where the metadata names none, RS256 is expected. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];

const names = z.array(z.string()).optional().catch(undefined);
/** Beside what the app itself reads: what a provider says of the flows and algorithms that it offers. */
const Said = z.object({
  issuer: z.string().optional().catch(undefined), response_types_supported: names, grant_types_supported: names, scopes_supported: names, id_token_signing_alg_values_supported: names, code_challenge_methods_supported: names,
});
const Keys = z.object({ keys: z.array(z.object({ kty: z.enum(['RSA', 'EC', 'OKP']).optional().catch(undefined), use: z.string().optional().catch(undefined) })) });

interface Documents {
  smart: Reply;
  provider: Reply;
}

function document(reply: Reply, lacks: boolean): Outcome {
  if (isAnswer(reply)) return lacks ? missing('it is not such a document, or lacks what must be in it') : ok('it can be read');
  if (!answers(reply)) {
    const { found, fix } = whyUnanswered(reply);
    return missing(found, fix);
  }
  return missing(typeof reply.detail?.status === 'number' ? `there is none (status ${reply.detail.status})` : 'it is not JSON');
}

export async function checkProvider(site: Site, given: Fetch, { smart, provider }: Documents): Promise<SiteCheckLine[]> {
  const [smartJson, providerJson] = [smart, provider].map((reply) => (isAnswer(reply) ? reply.json : null));
  const { lacking, used } = offered(site, smartJson, providerJson);
  const lines = [line('sign-in.provider', document(provider, lacking.includes('provider'))), line('sign-in.smart', document(smart, lacking.includes('smart')))];
  // What the app looks at only once it has read both.
  if (!used) return lines;
  const said = Said.safeParse(providerJson).data ?? {};
  const smartSaid = Said.safeParse(smartJson).data ?? {};
  const { endpoints } = used;
  const insecure = Object.entries(endpoints).filter(([, address]: [string, string | undefined]) => address !== undefined && !isSecure(new URL(address))).map(([name]) => name);
  return [
    ...lines,
    line('sign-in.issuer', lacking.includes('issuer') ? missing(differing(site.issuer, said.issuer, smartSaid.issuer)) : ok('one and the same')),
    line('sign-in.endpoints', lacking.includes('tls') ? missing(`not under https: ${insecure.join(', ')}`) : ok('all of them')),
    line('sign-in.code-flow', codeFlow(said)),
    line('sign-in.pkce', lacking.includes('pkce') ? missing(`the provider names only: ${called(said.code_challenge_methods_supported ?? [])}`) : said.code_challenge_methods_supported ? ok('S256') : warning('the provider does not say; the app uses S256 all the same')),
    line('sign-in.keys', await keys(said.id_token_signing_alg_values_supported, endpoints.jwks_uri, given)),
    line('sign-in.refresh', refresh(said, used.offer.scopesSupported)),
    line('sign-in.revocation', endpoints.revocation_endpoint === undefined ? warning('there is none') : ok('there is one')),
  ];
}

type Said = z.infer<typeof Said>;

/** Who names another, and whether it is only the slash that people overlook. */
function differing(own: string, provider: string | undefined, fhir: string | undefined): string {
  const bare = (address: string) => address.replace(/\/$/, '');
  const [whose, other] = provider === own ? ['the FHIR server’s', fhir] : ['the provider’s', provider];
  return `${whose} is another than the site file’s${bare(other ?? '') === bare(own) ? ': only the / at the end differs' : ''}`;
}

/** OpenID Connect Discovery 1.0 §3: grant types that are not named are the code and the implicit one. */
function codeFlow({ response_types_supported: types, grant_types_supported: grants }: Said): Outcome {
  if (types?.includes('code') === false) return missing('response_types_supported does not name "code"');
  return grants?.includes('authorization_code') === false ? missing('grant_types_supported does not name "authorization_code"') : ok('it is offered');
}

async function keys(named: string[] | undefined, address: string, given: Fetch): Promise<Outcome> {
  if (named && !named.some((one) => ALGORITHMS.includes(one))) return missing(`ID tokens are signed with ${called(named)} only`);
  const reply = await settled(getJson(openLine(given), address));
  if (!isAnswer(reply)) {
    const { found, fix } = whyUnanswered(reply);
    return answers(reply) ? missing('jwks_uri answers no JSON') : missing(`jwks_uri: ${found}`, fix);
  }
  const usable = Keys.safeParse(reply.json).data?.keys.filter(({ kty, use }) => kty !== undefined && (use ?? 'sig') === 'sig').length ?? 0;
  if (usable === 0) return missing('jwks_uri has no key for signatures');
  return ok(`${usable} ${usable === 1 ? 'key' : 'keys'}; ${named ? named.filter((one) => ALGORITHMS.includes(one)).join(', ') : 'RS256, because the provider names none'}`);
}

function refresh({ scopes_supported: scopes, grant_types_supported: grants }: Said, smartScopes: string[] | null): Outcome {
  if (grants?.includes('refresh_token') === false) return warning('grant_types_supported does not name "refresh_token"');
  const listed = [scopes, smartScopes ?? undefined].filter((one) => one !== undefined);
  if (listed.length === 0) return notTried('neither document lists its scopes');
  return listed.some((one) => one.includes('offline_access')) ? ok('offline_access is offered') : warning('neither document lists offline_access');
}
