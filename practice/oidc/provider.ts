import { generateKeyPairSync } from 'node:crypto';
import Provider, { type Configuration, type JWK } from 'oidc-provider';
import { derive } from '../keys.ts';
import type { Lies } from '../lies.ts';
import { people, personCalled, type Person } from '../people.ts';
import { CLIENT_ID } from '../site.ts';
import { TokenStore } from './adapter.ts';
import { logoutPage, messagePage } from './pages.ts';
import { allScopes } from './scopes.ts';

export const INTERACTION_PATH = '/sign-in';

let keysMade = 0;
/** RSA because every OpenID client verifies RS256. */
function newKey(): JWK {
  keysMade += 1;
  return { ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: `demo-id-token-${keysMade}` };
}

/** Made once per process, so that a practice that restarts keeps it. */
let signingKey: JWK | undefined;

/** Providers that are created from here on sign ID tokens with another key, and say nothing of the one before. */
export function forgetSigningKey(): void {
  signingKey = undefined;
}

const tokenStores = new Map<string, TokenStore>();
/** A practice that starts again at the same address, in the same process, still knows who is signed in. */
function tokenStoreOf(url: string): TokenStore {
  const store = tokenStores.get(url) ?? new TokenStore();
  tokenStores.set(url, store);
  return store;
}

/** Everybody's sessions and tokens end, without a word to anybody. */
export const forgetSessions = (url: string): void => tokenStoreOf(url).forget();

/** The practice's OpenID provider: oidc-provider with one public native client and the SMART scopes. */
export function createProvider(url: string, accessTokenSeconds: number, lies: Pick<Lies, 'renewsAs' | 'document'>): Provider {
  const configuration: Configuration = {
    adapter: tokenStoreOf(url).adapter,
    clients: [
      {
        client_id: CLIENT_ID,
        client_name: 'Viewing Room',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        // RFC 8252: a native client may use any port of the loopback address.
        redirect_uris: ['http://127.0.0.1/callback'],
        post_logout_redirect_uris: ['http://127.0.0.1/signed-out', 'http://127.0.0.1/callback'],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
      },
    ],
    jwks: { keys: [(signingKey ??= newKey())] },
    cookies: { keys: [derive('cookies', 32).toString('base64url')] },
    scopes: [...allScopes],
    claims: { openid: ['sub'], profile: ['name'], fhirUser: ['fhirUser', 'nhsid_useruid'] },
    // SMART: fhirUser stands in the ID token itself, not only at the userinfo endpoint.
    conformIdTokenClaims: false,
    extraParams: ['aud'],
    findAccount: (context, sub) => {
      const person = personOfSub(sub);
      const renewed = context.oidc.params?.grant_type === 'refresh_token' && lies.renewsAs !== '';
      return person && { accountId: sub, claims: () => ({ ...claimsOf(renewed ? personCalled(lies.renewsAs) : person, url), sub }) };
    },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true, allowedPolicy: (_context, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => {
          context.body = logoutPage(form);
        },
        postLogoutSuccessSource: (context) => {
          context.body = messagePage('You have signed out', 'You can close this window.');
        },
      },
    },
    interactions: { url: (_context, interaction) => `${INTERACTION_PATH}/${interaction.uid}` },
    rotateRefreshToken: true,
    pkce: { required: () => true },
    clientBasedCORS: () => false,
    ttl: {
      AccessToken: accessTokenSeconds,
      AuthorizationCode: 60,
      // As short as Keycloak's: a computer whose clock is wrong meets one that has run out by its own time.
      IdToken: 300,
      RefreshToken: 14 * 86_400,
      Interaction: 3600,
      Session: 12 * 3600,
      Grant: 14 * 86_400,
    },
    renderError: (context, { error, error_description: description }) => {
      context.type = 'html';
      context.body = messagePage('You cannot sign in like this', `${error}${description ? `: ${description}` : ''}`);
    },
  };
  const provider = new Provider(`${url}/oidc`, configuration);
  provider.use(async (context, next) => {
    await next();
    if (!lies.document || context.path !== '/.well-known/openid-configuration') return;
    const given = lies.document('provider', { ...(context.body as Record<string, unknown>) });
    if (given) context.body = given;
    else Object.assign(context, { status: 404, body: { error: 'not_found' } });
  });
  return provider;
}

/** The subject is opaque to clients; here it is the id of the Practitioner with a prefix. */
export function subOf(person: Person): string {
  return `demo-${person.practitionerId}`;
}

export function personOfSub(sub: string | undefined): Person | undefined {
  return people.find((person) => subOf(person) === sub);
}

function claimsOf(person: Person, url: string) {
  return { sub: subOf(person), name: person.name, fhirUser: `${url}/fhir/Practitioner/${person.practitionerId}`, nhsid_useruid: person.sdsUserId };
}
