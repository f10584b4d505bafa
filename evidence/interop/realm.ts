/** The demo practice's people, roles and scopes as a Keycloak realm (its import format). */
import { permittedScopes, allScopes } from '../../practice/oidc/scopes.ts';
import { people, type Person, type RoleName } from '../../practice/people.ts';
import { CLIENT_ID } from '../../practice/site.ts';

export const REALM = 'demo-surgery';
/** Who has a second factor, and its secret. */
export const secondFactor = { username: 'ben', secret: 'interop-second-factor' };

export interface RealmOptions {
  /** What `fhirUser` is under, and the audience of access tokens: the gateway's FHIR base. */
  fhirBase: string;
  /** The id of someone's Practitioner, which the FHIR server assigned. */
  practitionerId: (person: Person) => string;
  accessTokenSeconds?: number;
}

const ROLES: readonly RoleName[] = ['clinician', 'manager', 'guardian'];
/** Keycloak's own: it adds them to a realm that lacks them. */
const BUILT_IN = ['openid', 'offline_access'];

const scopes = allScopes.filter((scope) => !BUILT_IN.includes(scope));

export function realm({ fhirBase, practitionerId, accessTokenSeconds = 600 }: RealmOptions) {
  return {
    realm: REALM, displayName: 'Demo Surgery', enabled: true, sslRequired: 'external',
    accessTokenLifespan: accessTokenSeconds,
    // A refresh token is good once: using it again ends the session.
    revokeRefreshToken: true, refreshTokenMaxReuse: 0,
    roles: { realm: ROLES.map((name) => ({ name })) },
    users: people.map((person) => user(person, `${fhirBase}/Practitioner/${practitionerId(person)}`)),
    components: { 'org.keycloak.userprofile.UserProfileProvider': [{ providerId: 'declarative-user-profile', config: { 'kc.user.profile.config': [JSON.stringify(userProfile)] } }] },
    clientScopes: [basicScope, ...scopes.map((name) => clientScope(name, fhirBase))],
    // A scope of one role is granted only to who has that role, whoever asks for it.
    scopeMappings: scopes.map((clientScope) => ({ clientScope, roles: rolesOf(clientScope) })).filter(({ roles }) => roles.length > 0),
    clients: [
      {
        clientId: CLIENT_ID, name: 'Viewing Room', enabled: true, protocol: 'openid-connect',
        publicClient: true, standardFlowEnabled: true, implicitFlowEnabled: false, directAccessGrantsEnabled: false, consentRequired: true, fullScopeAllowed: false,
        // RFC 8252: Keycloak disregards the port of a loopback redirect.
        redirectUris: ['http://127.0.0.1/callback'],
        attributes: { 'pkce.code.challenge.method': 'S256', 'post.logout.redirect.uris': 'http://127.0.0.1/signed-out##http://127.0.0.1/callback' },
        defaultClientScopes: [BASIC],
        optionalClientScopes: [...scopes, 'offline_access'],
      },
    ],
  };
}

/** Without the mapper of what Keycloak calls basic, no access token has a `sub`. */
const BASIC = 'basic';
const basicScope = {
  name: BASIC, protocol: 'openid-connect', attributes: { 'include.in.token.scope': 'false', 'display.on.consent.screen': 'false' },
  protocolMappers: [{ name: 'sub', protocol: 'openid-connect', protocolMapper: 'oidc-sub-mapper', config: { 'access.token.claim': 'true', 'introspection.token.claim': 'true' } }],
};

/** None: anyone may have it. */
function rolesOf(scope: string): RoleName[] {
  if (permittedScopes({ roles: [] }).has(scope)) return [];
  return ROLES.filter((role) => permittedScopes({ roles: [role] }).has(scope));
}

function user({ username, password, given, family, name, sdsUserId, roles }: Person, fhirUser: string) {
  return {
    username, enabled: true, firstName: given, lastName: family, email: `${username}@demo-surgery.example`, emailVerified: true,
    attributes: { fhirUser: [fhirUser], nhsid_useruid: [sdsUserId], display: [name] },
    credentials: [{ type: 'password', value: password, temporary: false }, ...(username === secondFactor.username ? [totpCredential] : [])],
    // Keycloak's default role carries offline access.
    realmRoles: [...roles, `default-roles-${REALM}`],
  };
}

const totpCredential = {
  type: 'otp',
  secretData: JSON.stringify({ value: secondFactor.secret }),
  credentialData: JSON.stringify({ subType: 'totp', digits: 6, counter: 0, period: 30, algorithm: 'HmacSHA1' }),
};

/** Attributes that are not declared are dropped when a realm is imported. */
const userProfile = {
  attributes: [
    { name: 'username', permissions: { view: ['admin', 'user'], edit: ['admin'] } },
    ...['email', 'firstName', 'lastName'].map((name) => ({ name, permissions: { view: ['admin', 'user'], edit: ['admin'] } })),
    ...['fhirUser', 'nhsid_useruid', 'display'].map((name) => ({ name, permissions: { view: ['admin'], edit: ['admin'] } })),
  ],
};

function clientScope(name: string, fhirBase: string) {
  return {
    name, protocol: 'openid-connect',
    attributes: { 'include.in.token.scope': 'true', 'display.on.consent.screen': 'true', 'consent.screen.text': name },
    protocolMappers: name === 'fhirUser' ? [attribute('fhirUser'), attribute('nhsid_useruid'), audience(fhirBase)] : name === 'profile' ? [attribute('display', 'name')] : [],
  };
}

function attribute(from: string, claim = from) {
  return {
    name: claim, protocol: 'openid-connect', protocolMapper: 'oidc-usermodel-attribute-mapper',
    config: { 'user.attribute': from, 'claim.name': claim, 'jsonType.label': 'String', 'id.token.claim': 'true', 'access.token.claim': 'true', 'userinfo.token.claim': 'true' },
  };
}

function audience(fhirBase: string) {
  return {
    name: 'audience', protocol: 'openid-connect', protocolMapper: 'oidc-audience-mapper',
    config: { 'included.custom.audience': fhirBase, 'access.token.claim': 'true', 'id.token.claim': 'false' },
  };
}
