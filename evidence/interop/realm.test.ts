import { expect, test } from 'vitest';
import { people } from '../../practice/people.ts';
import { scopesFor } from '../../src/main/session/scopes.ts';
import { realm, secondFactor } from './realm.ts';

const made = realm({ fhirBase: 'http://127.0.0.1:1/fhir', practitionerId: ({ practitionerId }) => `of-${practitionerId}` });

test('the realm knows every scope that the app asks for, since Keycloak refuses the others', () => {
  const known = new Set(['openid', ...(made.clients[0]?.optionalClientScopes ?? [])]);
  const offer = { scopesSupported: null, permissionV2: true };
  for (const role of [null, 'clinician', 'manager', 'guardian'] as const) {
    for (const scope of scopesFor(role, offer).split(' ')) expect(known).toContain(scope);
  }
});

test('a scope of one role is only for that role', () => {
  const rolesOf = (scope: string) => made.scopeMappings.find(({ clientScope }) => clientScope === scope)?.roles;
  expect(rolesOf('user/Binary.r')).toEqual(['clinician']);
  expect(rolesOf('user/List.cu')).toEqual(['manager']);
  expect(rolesOf('user/Task.rs')).toEqual(['clinician', 'manager', 'guardian']);
  expect(rolesOf('user/AuditEvent.rs')).toEqual(['manager', 'guardian']);
  expect(rolesOf('user/Practitioner.rs')).toBeUndefined();
});

test('the same people with their roles, one of them with a second factor', () => {
  expect(made.users.map(({ username, realmRoles }) => [username, ...realmRoles.slice(0, -1)])).toEqual(people.map(({ username, roles }) => [username, ...roles]));
  expect(made.users.filter(({ credentials }) => credentials.some(({ type }) => type === 'otp')).map(({ username }) => username)).toEqual([secondFactor.username]);
  expect(made.users[0]?.attributes.fhirUser).toEqual(['http://127.0.0.1:1/fhir/Practitioner/of-gp-1']);
});
