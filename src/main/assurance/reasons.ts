/**
 * Every reason for which a recording is withheld: a code, one sentence for the clinician, one for the record. The sentences
 * name no patient, no other recording and no other clinician.
 */
export const reasons = {
  'stopped': ['Your practice has stopped this recording from being shown.', 'an identifier of the recording or of its patient, or everything, is on the stop list'],
  'wrong-patient': ['You said that this recording shows another patient. It stays closed unless your practice puts it right.', 'the clinician said wrong patient, and no trusted manifest of a higher revision was seen since'],
  'not-a-review': ['This is not a request to review a recording.', 'Task.code is not review-recording'],
  'not-owner': ['This recording is assigned to someone else.', 'Task.owner is not this session\'s Practitioner or PractitionerRole'],
  'task-status': ['This assignment is no longer open.', 'Task.status does not allow viewing'],
  'outside-period': ['The time in which this recording may be reviewed has not begun or is over.', 'now is outside Task.restriction.period'],
  'purpose-unknown': ['The purpose of this review is missing or is not one that your practice allows.', 'Task.reasonCode is absent or not in the site file'],
  'recording-missing': ['The practice did not send the recording that this assignment points to.', 'Task.focus did not resolve to a DocumentReference'],
  'recording-status': ['This recording has been replaced, withdrawn or entered in error.', 'DocumentReference.status is not current, docStatus is entered-in-error, or a current one replaces it'],
  'recording-shape': ['The practice\'s description of this recording is incomplete or ambiguous.', 'DocumentReference lacks a usable identifier or attachment, or has two'],
  'patient-missing': ['The practice did not send the patient of this recording.', 'a Patient reference is absent or did not resolve'],
  'patient-differs': ['The assignment, the recording and the consultation do not name the same patient.', 'Task.for, DocumentReference.subject, Encounter.subject, Consent.patient and manifest disagree'],
  'encounter-missing': ['The practice did not send the consultation that this recording belongs to.', 'an Encounter reference is absent or did not resolve'],
  'encounter-not-held': ['The practice\'s record does not show that this consultation took place.', 'Encounter.status is not arrived, triaged, in-progress, onleave or finished'],
  'encounter-differs': ['The recording and the assignment do not name the same consultation.', 'Task.encounter, DocumentReference.context.encounter and manifest disagree'],
  'capture-outside-encounter': ['The recording\'s time cannot be matched to the consultation that it is filed under.', 'capture time is outside Encounter.period with tolerance, or one of the two is missing or no moment'],
  'custodian-differs': ['The practice\'s records do not show that this recording is your practice\'s.', 'DocumentReference.custodian did not resolve to an Organization with the site file\'s ODS code'],
  'consent-missing': ['There is no valid consent for this purpose.', 'no active Consent of this patient names the recording, the purpose and a current period; or one refuses; or one that is named was not sent'],
  'manifest-missing': ['The recording has no signature from the system that recorded the call.', 'no Provenance with a signed manifest'],
  'manifest-untrusted': ['The recording\'s signature is not one that your practice trusts.', 'no manifest verifies with a manifest key of the site file'],
  'manifest-key-retired': ['The recording was signed with a key that your practice no longer trusts.', 'the manifest\'s key is revoked in the site file, or was not in use when it was signed'],
  'manifest-malformed': ['The signed description of this recording cannot be read.', 'manifest bytes do not fit the schema'],
  'manifest-other-recording': ['The signature belongs to another recording.', 'manifest.recording is not DocumentReference.masterIdentifier'],
  'manifest-older': ['The practice sent an older description of this recording than one seen before.', 'manifest.revision is below the highest revision seen'],
  'manifest-contradicts': ['The practice sent two signed descriptions of this recording that contradict each other.', 'two trusted manifests of the highest revision differ, now or since one was seen before'],
  'joined-differs': ['Who joined the call does not match the clinicians that the recording was signed for.', 'a clinician of the manifest is not among those who joined as the platform authenticated them, or somebody joined after its end'],
  'recording-twice': ['Your practice files this recording twice, and only one of the two can be right.', 'two DocumentReferences have this masterIdentifier'],
  'media-under-two': ['The same file is filed under two recordings, and only one of the two can be right.', 'another recording of this vault has the same media SHA-256'],
  'recordings-overlap': ['Another recording says that the same clinician was in another consultation at that time.', 'capture overlaps that of another recording of one clinician'],
  'role-ended': ['You no longer have the role in which this recording was assigned to you.', 'PractitionerRole of this session is gone, inactive or over'],
  'media-differs': ['The practice\'s description of the file does not match what was signed.', 'attachment size, type or SHA-256 hint differs from the manifest'],
  'media-too-large': ['This recording is larger than your practice allows.', 'manifest.media.size exceeds the site file\'s limit'],
  'not-mine': ['You were not in this consultation, and no signed assignment names you.', 'SDS user id is not in manifest.clinicians and no trusted assignment names it'],
  'assignment-invalid': ['The signed assignment does not match this recording, patient, purpose or time.', 'a trusted assignment statement disagrees with the Task'],
  'site-changed': ['Your practice\'s settings changed. Sign in again to go on.', 'the site file is not the one that the vault was bound to'],
  'rolled-back': ['What this computer has kept is older than what it had before. It must ask the practice first.', 'ledger or library is behind the head in the keychain: an old copy was put back'],
  'not-kept': ['Your practice has said something new about this recording, and this computer could not keep it. It stays closed until it can.', 'evidence that was read could not be written or decided'],
  'media-bytes-differ': ['The file that the practice sent is not the one that was signed.', 'downloaded size or SHA-256 differs from the manifest'],
} as const satisfies Record<string, readonly [clinician: string, record: string]>;

export type ReasonCode = keyof typeof reasons;

export function forClinician(code: ReasonCode): string {
  return reasons[code][0];
}
export function forRecord(code: ReasonCode): string {
  return reasons[code][1];
}
