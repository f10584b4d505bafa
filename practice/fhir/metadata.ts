import type { CapabilityStatement } from '@medplum/fhirtypes';
import { allScopes } from '../oidc/scopes.ts';
import { parametersOf, resourceTypes } from './search-parameters.ts';

/** What this server can do, open to all (`/fhir/metadata`). */
export function capabilityStatement(url: string): CapabilityStatement {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2026-11-22',
    kind: 'instance',
    software: { name: 'Viewing Room demo practice' },
    implementation: { description: 'Demo Surgery: invented people and consultations', url: `${url}/fhir` },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json'],
    rest: [
      {
        mode: 'server',
        security: {
          service: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' }] }],
        },
        interaction: [{ code: 'batch', documentation: 'Of reads: GET of Type/id or Type?search' }],
        resource: [
          { type: 'Binary', interaction: [{ code: 'read' }, { code: 'create' }] },
          ...resourceTypes.map((type) => ({
            type: type as 'Task',
            interaction: [{ code: 'read' as const }, { code: 'vread' as const }, { code: 'search-type' as const }, { code: 'create' as const }, { code: 'update' as const }],
            versioning: 'versioned-update' as const,
            conditionalCreate: true,
            searchParam: Object.entries(parametersOf(type) ?? {}).map(([name, { kind }]) => ({ name, type: kind })),
          })),
        ],
      },
    ],
  };
}

/** SMART App Launch 2.2, section 6.2. */
export function smartConfiguration(url: string): object {
  const oidc = `${url}/oidc`;
  return {
    issuer: oidc,
    jwks_uri: `${oidc}/jwks`,
    authorization_endpoint: `${oidc}/auth`,
    token_endpoint: `${oidc}/token`,
    revocation_endpoint: `${oidc}/token/revocation`,
    end_session_endpoint: `${oidc}/session/end`,
    token_endpoint_auth_methods_supported: ['none'],
    grant_types_supported: ['authorization_code'],
    response_types_supported: ['code'],
    scopes_supported: allScopes,
    code_challenge_methods_supported: ['S256'],
    capabilities: ['launch-standalone', 'client-public', 'sso-openid-connect', 'permission-offline', 'permission-user', 'permission-v2', 'authorize-post'],
  };
}
