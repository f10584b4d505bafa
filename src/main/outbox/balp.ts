/**
 * An audit entry as a FHIR AuditEvent (IHE Basic Audit Log Patterns; docs/backend.md). The entry's exact bytes, hash and signature
 * travel inside, so that whoever reads them back from any server can check the chain.
 */
import type { ChainEntry } from '../audit/chain.ts';
import type { EntryBody } from '../audit/entry.ts';
import type { Interval } from '../../preload/intervals.ts';
import { refusals } from '../fhir/refusals.ts';
import { PURPOSE_OF_USE, VR } from '../fhir/systems.ts';

const DCM = 'http://dicom.nema.org/resources/ontology/DCM';
const ENTITY_TYPE = 'http://terminology.hl7.org/CodeSystem/audit-entity-type';
const OBJECT_ROLE = 'http://terminology.hl7.org/CodeSystem/object-role';
const BALP = 'https://profiles.ihe.net/ITI/BALP';

const detail = (type: string, valueString: string) => ({ type, valueString });
const seconds = ([from, to]: Interval) => `${from}-${to}`;

const destroys = new Set<EntryBody['event']>(['destroyed', 'content-destroyed', 'library-set-aside']);
const refuses = new Set<EntryBody['event']>(refusals);

function kind(entry: EntryBody): Record<string, unknown> {
  const rest = (code: string) => ({
    type: { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' },
    subtype: [{ system: 'http://hl7.org/fhir/restful-interaction', code }],
  });
  switch (entry.event) {
    case 'downloaded':
      return { meta: { profile: [`${BALP}/StructureDefinition/IHE.BasicAudit.PatientRead`] }, ...rest('read'), action: 'R' };
    case 'signed-in': case 'signed-out': case 'unlocked': case 'locked': case 'wrong-secret': case 'secret-changed':
      return {
        type: { system: DCM, code: '110114' }, action: 'E',
        subtype: [{ system: DCM, code: entry.event === 'signed-out' || entry.event === 'locked' ? '110123' : '110122' }, { system: `${VR}/CodeSystem/audit-subtype`, code: entry.event }],
      };
    case 'listed': case 'opened': case 'closed': case 'exposed': case 'withheld': case 'denied': case 'destroyed': case 'content-destroyed': case 'library-set-aside': case 'rolled-back':
    case 'store-refused': case 'site-changed': case 'foreign-offered': case 'role-ended': case 'identity-changed': case 'identity-mismatch': case 'wrong-patient':
    case 'presented': case 'noted': case 'room': case 'consulted': case 'exported': case 'device-enrolled': case 'device-revoked': case 'assigned': case 'assignment-extended': case 'assignment-cancelled': case 'stopped': case 'lifted': case 'incident': case 'incident-kept': case 'incident-removed':
    case 'update-refused': case 'update-ready': case 'updated':
      return {
        type: { system: 'http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle', code: destroys.has(entry.event) ? 'destroy' : 'access' },
        subtype: [{ system: `${VR}/CodeSystem/audit-subtype`, code: entry.event === 'exposed' ? 'recording-playback' : entry.event }],
        action: destroys.has(entry.event) ? 'D' : 'R',
      };
  }
}

/** What goes with every entry of a chain, outside of the signed bytes: a hint to whoever verifies, never proof. */
export interface Origin {
  /** The chain's public key, base64url of its 32 bytes. */
  key: string;
  /** Of this app, which sends: another one may have written. */
  version: string;
}

/** What is sent: of its members, those that are read back. */
export type AuditResource = Record<string, unknown> & { entity: (Record<string, unknown> & { name?: string; detail?: { type: string; valueString: string }[] })[] };

/** @param host of the practice's FHIR server. */
export function auditEvent(entry: EntryBody, bytes: ChainEntry, { key, version }: Origin, host: string): AuditResource {
  const subject = 'subject' in entry ? entry.subject : null;
  const purpose = subject?.purpose ? [{ coding: [{ system: PURPOSE_OF_USE, code: subject.purpose }] }] : undefined;
  const chain = [
    detail('session', 'session' in entry ? entry.session : entry.device),
    ...('media' in entry ? (entry.media ?? []).map((interval) => detail('watched-interval-seconds', seconds(interval))) : []),
    ...('attended' in entry ? (entry.attended ?? []).map((interval) => detail('attended-interval-seconds', seconds(interval))) : []),
    detail('chain-sequence', String(bytes.seq)),
    detail('chain-entry', bytes.body.toString('base64')),
    detail('chain-hash', bytes.hash.toString('base64')),
    detail('chain-signature', bytes.signature.toString('base64')),
    detail('chain-key', key),
    detail('app-version', version),
  ];
  return {
    resourceType: 'AuditEvent',
    ...kind(entry),
    recorded: entry.at,
    outcome: entry.event === 'wrong-patient' ? '8' : refuses.has(entry.event) ? '4' : '0',
    ...('reasons' in entry ? { outcomeDesc: entry.reasons.join(', ') } : entry.event === 'wrong-patient' ? { outcomeDesc: 'wrong-patient' } : {}),
    ...(purpose ? { purposeOfEvent: purpose } : {}),
    agent: agents(entry.actor, host, purpose),
    source: source(entry.device),
    entity: [
      ...(subject?.document ? [{ what: { reference: subject.document }, type: { system: ENTITY_TYPE, code: '2' }, role: { system: OBJECT_ROLE, code: '4' } }] : []),
      ...(subject?.patient ? [{ what: { reference: subject.patient }, type: { system: ENTITY_TYPE, code: '1' }, role: { system: OBJECT_ROLE, code: '1' } }] : []),
      named(entry.id, chain),
    ],
  };
}

/** The detail of {@link siteCheckEvent} that has its bytes. */
export const SITE_CHECK = 'site-check';

/**
 * That somebody checked what this practice offers (siteCheck/). It is about no patient and in no chain: a console, which reads entries, passes over it.
 * @param host of the practice's FHIR server @param bytes which the practice must keep as they are
 */
export function siteCheckEvent({ id, device, at, actor }: Pick<EntryBody, 'id' | 'device' | 'at'> & { actor: Pick<EntryBody['actor'], 'practitioner' | 'name'> }, host: string, version: string, bytes: Buffer): AuditResource {
  return {
    resourceType: 'AuditEvent',
    type: { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' },
    subtype: [{ system: 'http://hl7.org/fhir/restful-interaction', code: 'create' }, { system: `${VR}/CodeSystem/audit-subtype`, code: 'site-check' }],
    action: 'E', recorded: at, outcome: '0', agent: agents(actor, host), source: source(device),
    entity: [named(id, [detail(SITE_CHECK, bytes.toString('base64')), detail('app-version', version)])],
  };
}
function agents({ practitioner, name }: Pick<EntryBody['actor'], 'practitioner' | 'name'>, host: string, purpose?: object[]): object[] {
  const role = (code: string, display: string) => ({ coding: [{ system: DCM, code, display }] });
  return [
    { type: role('110152', 'Destination Role ID'), who: { identifier: { value: 'viewing-room-desktop' } }, requestor: false },
    { type: role('110153', 'Source Role ID'), who: { identifier: { value: host } }, requestor: false, network: { address: host, type: '5' } },
    {
      type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP', display: 'information recipient' }] },
      who: { reference: practitioner }, name, requestor: true, ...(purpose ? { purposeOfUse: purpose } : {}),
    },
  ];
}

const source = (device: string) => ({
  observer: { identifier: { value: `urn:uuid:${device}` } },
  type: [{ system: 'http://terminology.hl7.org/CodeSystem/security-source-type', code: '1', display: 'User Device' }],
});

/** What everything of one event hangs on: the id that it is told from others by. */
const named = (id: string, details: { type: string; valueString: string }[]) =>
  ({ name: id, what: { identifier: { value: id } }, type: { system: `${BALP}/CodeSystem/BasicAuditEntityType`, code: 'XrequestId' }, detail: details });
