/** Names of code systems and identifiers that the practice uses. */

export const VR = 'https://viewing-room.example/fhir';
export const NHS_NUMBER = 'https://fhir.nhs.uk/Id/nhs-number';
export const SDS_USER_ID = 'https://fhir.nhs.uk/Id/sds-user-id';
export const SDS_ROLE_PROFILE_ID = 'https://fhir.nhs.uk/Id/sds-role-profile-id';
export const ODS_CODE = 'https://fhir.nhs.uk/Id/ods-organization-code';
export const GMC_NUMBER = 'https://fhir.hl7.org.uk/Id/gmc-number';
export const JOB_ROLE = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-SDSJobRoleName';
export const ENCOUNTER_ID = 'https://demo-surgery.example/Id/encounter';
export const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
export const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
export const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
export const STOP_REASON = `${VR}/CodeSystem/stop-reason`;
export const ENROLLED_BY = `${VR}/StructureDefinition/enrolled-by`;
export const PROPOSED_BY = `${VR}/StructureDefinition/proposed-by`;
export const LIFTED_BY = `${VR}/StructureDefinition/lifted-by`;
/** The demo practice's own labels for what is sensitive. */
export const SENSITIVITY = 'https://demo-surgery.example/CodeSystem/sensitivity';
export const SHA256_EXTENSION = `${VR}/StructureDefinition/attachment-sha256`;
export const DURATION_EXTENSION = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-Attachment.duration';
