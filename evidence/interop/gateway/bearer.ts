/** Who holds an access token: a JWT that the practice's Keycloak signed for this FHIR server. */
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';
import { FhirError, unauthorised } from '../../../practice/fhir/error.ts';
import { actsAs } from '../../../practice/oidc/scopes.ts';
import type { Bearer } from './access.ts';

export interface Holder extends Bearer {
  scopes: ReadonlySet<string>;
  /** SDS user id. */
  who: string;
  /** Of this one token (`jti`). */
  token: string;
}

/** Signature, issuer, audience and expiry are checked; revocation is not: such a token is good until it expires. */
export function holderOf(issuer: string, fhirBase: string): (authorization: string | undefined) => Promise<Holder> {
  const keys = createRemoteJWKSet(new URL(`${issuer}/protocol/openid-connect/certs`), { cacheMaxAge: Infinity });
  return async (authorization) => {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw unauthorised('A token is needed');
    let payload: JWTPayload & { scope?: unknown; fhirUser?: unknown; nhsid_useruid?: unknown };
    try {
      ({ payload } = await jwtVerify(token, keys, { issuer, audience: fhirBase, requiredClaims: ['exp', 'scope', 'fhirUser', 'nhsid_useruid'] }));
    } catch (error) {
      // The keys could not be had: that says nothing about the token.
      const refused = error instanceof errors.JOSEError && !['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC'].includes(error.code);
      if (refused) throw unauthorised(`The token is not valid: ${error.code}`);
      throw new FhirError(503, 'transient', 'The identity provider does not answer');
    }
    const { scope, fhirUser, nhsid_useruid: who, jti = '' } = payload;
    if (typeof scope !== 'string' || typeof fhirUser !== 'string' || typeof who !== 'string' || !fhirUser.startsWith(`${fhirBase}/Practitioner/`)) throw unauthorised('The token does not say who holds it');
    const scopes = new Set(scope.split(' '));
    return { practitioner: fhirUser.slice(fhirBase.length + 1), scopes, clinician: actsAs(scopes, 'clinician'), manager: actsAs(scopes, 'manager'), who, token: jti };
  };
}
