import type Provider from 'oidc-provider';
import type { Caller } from '../fhir/access.ts';
import { personOfSub } from './provider.ts';
import { actsAs } from './scopes.ts';

/** Tells who holds an access token, by asking the provider that issued it. */
export function tokenCaller(provider: Provider): (token: string) => Promise<Caller | undefined> {
  return async (value) => {
    const token = await provider.AccessToken.find(value);
    const person = personOfSub(token?.accountId);
    if (!token || token.isExpired || !person) return undefined;
    const scopes = new Set((token.scope ?? '').split(' '));
    return { person, scopes, clinician: actsAs(scopes, 'clinician'), manager: actsAs(scopes, 'manager') };
  };
}
