/** Names of identifier and code systems (docs/backend.md). */

/** Base of the names that are this product's own. */
export const VR = 'https://viewing-room.example/fhir';
export const SDS_USER_ID = 'https://fhir.nhs.uk/Id/sds-user-id';
export const ODS_CODE = 'https://fhir.nhs.uk/Id/ods-organization-code';
/** HL7 v3 PurposeOfUse is part of ActReason. */
export const PURPOSE_OF_USE = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
export const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
/** In a stop list: every recording of the practice. */
export const EVERYTHING = { system: `${VR}/stop`, value: 'all' };
