/** Names of identifier and code systems (docs/backend.md). */

/** Base of the names that are this product's own. */
export const VR = 'https://viewing-room.example/fhir';
export const SDS_USER_ID = 'https://fhir.nhs.uk/Id/sds-user-id';
export const NHS_NUMBER = 'https://fhir.nhs.uk/Id/nhs-number';
export const ODS_CODE = 'https://fhir.nhs.uk/Id/ods-organization-code';
/** HL7 v3 PurposeOfUse is part of ActReason. */
export const PURPOSE_OF_USE = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
export const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
/** RFC 3986: of an identifier that is a URI. */
export const URI = 'urn:ietf:rfc:3986';

export const TASK_TYPE = `${VR}/CodeSystem/task-type`;
export const TASK_INPUT = `${VR}/CodeSystem/task-input`;
export const TASK_STATUS_REASON = `${VR}/CodeSystem/task-status-reason`;
/** What a console calls an assignment before the practice has given it an id. */
export const ASSIGNMENT = `${VR}/assignment`;
export const ATTACHMENT_SHA256 = `${VR}/StructureDefinition/attachment-sha256`;
export const LIST_CODE = `${VR}/CodeSystem/list`;
export const STOP_REASON = `${VR}/CodeSystem/stop-reason`;
export const LIFTED_BY = `${VR}/StructureDefinition/lifted-by`;
export const PROPOSED_BY = `${VR}/StructureDefinition/proposed-by`;
export const LIFT_REASON = `${VR}/CodeSystem/lift-reason`;
/** Of a person's notes and forms, and of their messages. */
export const REVIEW_ID = `${VR}/review`;
export const MESSAGE_ID = `${VR}/message`;
/** Canonical, without its version, of what notes answer. */
export const NOTES = `${VR}/Questionnaire/notes`;
/** Of a message: media seconds. */
export const POSITION = `${VR}/StructureDefinition/position`;
/** One person's chain on one computer, by `<device>/<SDS user id>`. */
export const CHAIN = `${VR}/device`;
export const DEVICE_STATUS = `${VR}/CodeSystem/device-status`;
export const DEVICE_KEY = `${VR}/StructureDefinition/device-key`;
export const ENROLLED_BY = `${VR}/StructureDefinition/enrolled-by`;
/** In a stop list: every recording of the practice. */
export const EVERYTHING = { system: `${VR}/stop`, value: 'all' };
