/**
 * Which field is evidence, and what a change to it must lead to. Written by hand from what a practice promises (docs/backend.md) and what the app claims (docs/design.md),
 * apart from the gate: nothing here is taken from `src`, and the gate knows nothing of this.
 *
 * `evidence`: the recording must be withheld. `harmless`: it must still be admitted. `either`: the app may refuse or not; what it then shows must be right all the same.
 */
import type { Change } from './generated/mutate.ts';
import { addressOf, textOf, type Fields, type Graph, type Json, type Part } from './generated/graph.ts';

export type Expected = 'evidence' | 'harmless' | 'either';

/** @param was the graph before the change; @param told after it */
type Judge = (change: Change, told: Graph, was: Graph) => Expected;
type Row = readonly [path: string, is: Expected | Judge, why: string];

const VR = 'https://viewing-room.example/fhir';
const PURPOSE_OF_USE = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const NHS_NUMBER = 'https://fhir.nhs.uk/Id/nhs-number';
const ODS_CODE = 'https://fhir.nhs.uk/Id/ods-organization-code';
/** What the site file of these graphs says. */
const SITE = { purposes: ['TREAT', 'HQUALIMP', 'TRAIN'], odsCode: 'Z99999', completedDays: 7, toleranceMinutes: 10 };
const DAY = 86_400_000;

const fields = (value: Json | undefined): Fields => (value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {});
const list = (value: Json | undefined): Fields[] => (Array.isArray(value) ? value.map(fields) : []);
const within = (value: Json | undefined, ...steps: string[]): Json | undefined => steps.reduce<Json | undefined>((held, step) => fields(held)[step], value);
const references = (value: Json | undefined): (Json | undefined)[] => list(value).map(({ reference }) => reference);
const of = (graph: Graph, part: Part): Fields => graph.resources.get(part) ?? {};
const referenceTo = (graph: Graph, part: Part): string => addressOf(of(graph, part));
const stated = (graph: Graph, name: 'manifest' | 'assignment'): Fields => {
  const bytes = graph.binaries.get(graph.statements.get(name)?.binary ?? '');
  try {
    return fields(JSON.parse(bytes?.toString() ?? '{}') as Json);
  } catch {
    return {};
  }
};

/** FHIR dateTime with a time, as a number; undefined for anything else. */
function moment(value: Json | undefined): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value)) return undefined;
  return Date.parse(value);
}
/** A boundary that is left out is open; a period without any says nothing. */
function contains(period: Json | undefined, at: number): boolean {
  const { start, end } = fields(period);
  if (start === undefined && end === undefined) return false;
  const [from, to] = [start === undefined ? -Infinity : moment(start), end === undefined ? Infinity : moment(end)];
  return from !== undefined && to !== undefined && from <= at && at <= to;
}
const coded = (concept: Json | undefined, system: string, code: string): boolean => list(within(concept, 'coding')).some((one) => one.system === system && one.code === code);
const unless = (isRight: (told: Graph, was: Graph) => boolean): Judge => (_, told, was) => (isRight(told, was) ? 'harmless' : 'evidence');
/** As {@link unless}; where the right value is still there and another patient's beside it, either will do. */
const unlessMixed = (isRight: (told: Graph, was: Graph) => boolean): Judge => ({ how }, told, was) => (!isRight(told, was) ? 'evidence' : how === 'mix' || how === 'repeat' ? 'either' : 'harmless');

const taskIsOpen = ({ resources, now }: Graph): boolean => {
  const { status, lastModified } = fields(resources.get('task'));
  if (status !== 'completed') return ['requested', 'accepted', 'in-progress'].includes(textOf(status));
  const done = now - (moment(lastModified) ?? NaN);
  return done >= 0 && done <= SITE.completedDays * DAY;
};

function purposeIsAllowed(told: Graph, was: Graph): boolean {
  const purposes = new Set(list(within(of(told, 'task'), 'reasonCode', 'coding')).filter(({ system }) => system === PURPOSE_OF_USE).map(({ code }) => code));
  const [purpose] = purposes;
  if (purposes.size !== 1 || typeof purpose !== 'string' || !SITE.purposes.includes(purpose)) return false;
  // A signed assignment is for one purpose. The consent of these graphs covers every purpose that needs one.
  return was.review === 'own' || purpose === was.consentNeeded;
}

const identifiers = (value: Json | undefined): string[] => list(value).flatMap(({ system, value: held }) => (typeof system === 'string' && system !== '' && typeof held === 'string' && held.trim() !== '' ? [`${system} ${held.replace(/\s/g, '')}`] : []));
/** A shared identifier, and no two NHS numbers that differ. */
function samePerson(a: string[], b: string[]): boolean {
  const [ofA, ofB] = [a, b].map((held) => held.filter((one) => one.startsWith(NHS_NUMBER))) as [string[], string[]];
  return a.some((one) => b.includes(one)) && (ofA.length === 0 || ofB.length === 0 || ofA.some((one) => ofB.includes(one)));
}
const patientsOf = (graph: Graph): Fields[] => (['patient', 'formerPatient'] as const).flatMap((name): Fields[] => { const held = graph.resources.get(name); return held ? [held] : []; });
const identifiersAgree = (told: Graph): boolean => {
  const signed = identifiers(within(stated(told, 'manifest'), 'patient', 'identifiers'));
  const assigned = told.statements.has('assignment') ? identifiers(within(stated(told, 'assignment'), 'patient', 'identifiers')) : signed;
  const held = patientsOf(told).map((patient) => identifiers(patient.identifier));
  return held.every((one) => samePerson(one, signed) && samePerson(one, assigned) && held.every((other) => samePerson(one, other)));
};
const familyIsThere = (patient: Fields, family: Json | undefined): boolean => list(patient.name).some((name) => typeof name.family === 'string' && name.family.trim().toLowerCase() === textOf(family).trim().toLowerCase());

function consentPermits(told: Graph, was: Graph): boolean {
  const { status, provision } = of(told, 'consent');
  const { type, period, purpose, data } = fields(provision);
  return status === 'active' && type === 'permit' && contains(period, told.now) && list(purpose).some((one) => one.system === PURPOSE_OF_USE && one.code === was.consentNeeded)
    && list(data).some((one) => one.meaning === 'instance' && fields(one.reference).reference === referenceTo(was, 'recording'));
}
/** Direct care needs no consent: whatever becomes of one that permits nothing else. One that is no FHIR any more may be a refusal that nobody can read. */
const whenConsentIsNeeded: Judge = ({ how }, told, was) => {
  if (was.consentNeeded !== null) return consentPermits(told, was) ? 'harmless' : 'evidence';
  return how === 'null' || how === 'retype' || how === 'drop' || how === 'case' ? 'either' : 'harmless';
};
const isAnothers = (reference: Json | undefined, told: Graph): boolean => typeof reference === 'string' && /^(Patient|Consent)\/(pat|con)-g\d+/.test(reference) && ![...told.resources.values()].some((one) => addressOf(one) === reference);

const encounterIsSigned = (told: Graph): boolean => {
  const { system, value } = fields(stated(told, 'manifest').encounter);
  return list(of(told, 'encounter').identifier).some((one) => one.system === system && one.value === value);
};
function captureIsInside(told: Graph): boolean {
  const { period } = of(told, 'encounter');
  const [start, end] = [moment(fields(period).start), moment(fields(period).end)];
  const { startedAt, endedAt } = stated(told, 'manifest');
  const [from, to, slack] = [moment(startedAt), moment(endedAt), SITE.toleranceMinutes * 60_000];
  return start !== undefined && end !== undefined && from !== undefined && to !== undefined && from < to && start - slack <= from && to <= end + slack;
}

const bytesOf = (value: Json | undefined): string => (typeof value === 'string' ? Buffer.from(value, 'base64').toString('hex') : '');
const signedDigest: Judge = (_, told, was) => {
  const hints = (graph: Graph): Fields[] => list(within(list(of(graph, 'recording').content)[0], 'attachment', 'extension')).filter(({ url }) => url === `${VR}/StructureDefinition/attachment-sha256`);
  // An extension without its name is no FHIR.
  if (list(within(list(of(told, 'recording').content)[0], 'attachment', 'extension')).some(({ url }) => typeof url !== 'string')) return 'either';
  const right = hints(was)[0]?.valueBase64Binary;
  const given = hints(told).map((hint) => hint.valueBase64Binary);
  if (given.some((one) => one !== undefined && bytesOf(one) !== bytesOf(right))) return 'evidence';
  return given.every((one) => one === right) ? 'harmless' : 'either';
};

const provenanceRows = (part: 'manifestProvenance' | 'assignmentProvenance', about: 'recording' | 'task'): Row[] => [
  [`${part}.id`, 'either', 'its address, which nothing points to'],
  [`${part}.target*`, unlessMixed((told, was) => references(of(told, part).target).includes(referenceTo(was, about))), 'what was signed for'],
  [`${part}.entity*`, unlessMixed((told, was) => list(of(told, part).entity).some(({ role, what }) => role === 'source' && fields(what).reference === within(list(of(was, part).entity)[0], 'what', 'reference'))), 'where the signed bytes are'],
  [`${part}.signature*`, (change, told, was) => {
    const right = list(of(was, part).signature)[0]?.data;
    const jose = list(of(told, part).signature).filter(({ sigFormat, data }) => sigFormat === 'application/jose' && bytesOf(data) === bytesOf(right));
    if (jose.length === 0) return 'evidence';
    return change.how === 'mix' || change.path.endsWith('.targetFormat') || jose.some(({ data }) => data !== right) ? 'either' : 'harmless';
  }, 'the signature; what it says of its bytes is not read'],
  [`${part}.recorded`, 'harmless', 'when the record was made'],
  [`${part}.agent*`, 'harmless', 'who made the record: the key decides'],
];

const patientRows = (part: 'patient' | 'formerPatient'): Row[] => [
  [`${part}.id`, 'evidence', 'the record that was asked for'],
  [`${part}.identifier*`, unlessMixed(identifiersAgree), 'what the recorder signed; an identifier that is left may be enough'],
  [`${part}.name`, ({ how }, told) => (!familyIsThere(of(told, part), within(stated(told, 'manifest'), 'patient', 'family')) ? 'evidence' : how === 'retype' ? 'either' : 'harmless'), 'the signed family name must be among the names; a person may have others'],
  [`${part}.name.family`, ({ how }, told) => (!familyIsThere(of(told, part), within(stated(told, 'manifest'), 'patient', 'family')) ? 'evidence' : how === 'case' ? 'either' : 'harmless'), 'as signed; whether capitals matter is the app\'s choice'],
  [`${part}.name.*`, 'harmless', 'given name and use are shown and not signed'],
  [`${part}.birthDate`, 'evidence', 'as signed'],
  [`${part}.link*`, 'harmless', 'a merged record is legal'],
  [`${part}.active`, 'harmless', 'the former record of a merged patient is not active'],
  [`${part}.gender`, 'harmless', 'not read'],
  [`${part}.managingOrganization*`, 'harmless', 'whose patient it is; the recording\'s custodian decides'],
];

const statedPatientRows = (statement: 'manifest' | 'assignment'): Row[] => [
  [`${statement}.patient`, 'evidence', 'whom the statement is about'],
  [`${statement}.patient.identifiers*`, unlessMixed(identifiersAgree), 'must share one with every record of the patient'],
  [`${statement}.patient.birthDate`, 'evidence', 'must be the patient\'s'],
  [`${statement}.patient.family`, ({ how, after, before }) => (how === 'case' || textOf(after).trim() === before ? 'either' : 'evidence'), 'must be the patient\'s; spaces around it and capitals are the app\'s choice'],
];

/** The first row whose path fits decides: exactly, or from its start where it ends with `*`. */
export const evidenceTable: readonly Row[] = [
  ['task', 'harmless', 'an extension that nobody knows'],
  ['task.id', (_, __, was) => (was.review === 'peer' ? 'evidence' : 'either'), 'a signed assignment names it; else only an address'],
  ['task.status', unless(taskIsOpen), 'open, or completed a short while ago'],
  ['task.lastModified', ({ after }, told, was) => (of(was, 'task').status === 'completed' ? (taskIsOpen(told) ? 'harmless' : 'evidence') : after === undefined || moment(after) !== undefined ? 'harmless' : 'either'), 'how long ago it was completed; else not read'],
  ['task.intent', 'evidence', 'a plan or a proposal is no order'],
  ['task.code', unless((told) => coded(of(told, 'task').code, `${VR}/CodeSystem/task-type`, 'review-recording')), 'another Task is no request to review'],
  ['task.code.coding*', unless((told) => coded(of(told, 'task').code, `${VR}/CodeSystem/task-type`, 'review-recording')), 'another Task is no request to review'],
  ['task.code.text', 'harmless', 'words for people'],
  ['task.focus*', 'evidence', 'which recording'],
  ['task.for*', 'evidence', 'whose recording'],
  ['task.encounter*', 'evidence', 'of which consultation'],
  ['task.owner', unless((told, was) => was.owners.includes(textOf(within(of(told, 'task'), 'owner', 'reference')))), 'whose assignment'],
  ['task.owner.reference', unless((told, was) => was.owners.includes(textOf(within(of(told, 'task'), 'owner', 'reference')))), 'whose assignment: the person or their role'],
  ['task.owner.display', 'harmless', 'words for people'],
  ['task.reasonCode*', unless(purposeIsAllowed), 'one purpose that the practice knows, the patient agreed to and, for a peer, was signed'],
  ['task.restriction', unless((told) => contains(within(of(told, 'task'), 'restriction', 'period'), told.now)), 'when it may be reviewed'],
  ['task.restriction.period*', unless((told) => contains(within(of(told, 'task'), 'restriction', 'period'), told.now)), 'when it may be reviewed; a missing end is open'],
  ['task.input.type', ({ how }) => (how === 'drop' ? 'either' : 'harmless'), 'an input has a type; without one it is no FHIR'],
  ['task.input*', 'harmless', 'whether offline use is permitted: less permission withholds nothing'],
  ['task.priority', 'harmless', 'not read'], ['task.authoredOn', 'harmless', 'not read'], ['task.requester*', 'harmless', 'not read'],
  ['task.description', 'harmless', 'the title: words for people'],

  ['recording', 'harmless', 'an extension that nobody knows'],
  ['recording.id', 'evidence', 'not the one that the Task points to'],
  ['recording.masterIdentifier', ({ how }) => (how === 'unknown' ? 'harmless' : 'evidence'), 'what the manifest names'],
  ['recording.masterIdentifier.value', 'evidence', 'what the manifest names'],
  ['recording.masterIdentifier.system', 'either', 'a urn:uuid is the same whatever stands beside it'],
  ['recording.status', 'evidence', 'only a current one'],
  ['recording.docStatus', ({ after, how }) => (after === 'entered-in-error' ? 'evidence' : how === 'drop' ? 'harmless' : 'either'), 'entered-in-error is none; others are not read'],
  ['recording.subject*', 'evidence', 'whose recording'],
  ['recording.author*', 'harmless', 'names to show: who was there is in the manifest'],
  ['recording.custodian*', 'evidence', 'this practice\'s'],
  ['recording.content', ({ how }) => (how === 'unknown' ? 'harmless' : 'evidence'), 'exactly one file'],
  ['recording.content.attachment', ({ how }) => (how === 'unknown' ? 'harmless' : 'evidence'), 'exactly one file'],
  ['recording.content.attachment.contentType', ({ how }) => (how === 'case' ? 'either' : 'evidence'), 'as signed; RFC 9110 ignores case, the app may not'],
  ['recording.content.attachment.url', 'evidence', 'where the bytes are'],
  ['recording.content.attachment.size', 'evidence', 'as signed'],
  ['recording.content.attachment.extension*', signedDigest, 'a digest that differs from the signed one contradicts it; none is legal'],
  ['recording.content.attachment.*', 'harmless', 'SHA-1, title and dates are not evidence'],
  ['recording.context', ({ how }) => (how === 'unknown' ? 'harmless' : 'evidence'), 'which consultation'],
  ['recording.context.encounter*', ({ how }) => (how === 'repeat' ? 'either' : 'evidence'), 'which consultation: exactly one'],
  ['recording.context.period*', ({ how, after }) => (how === 'case' || (typeof after === 'string' && moment(after) === undefined) ? 'either' : 'harmless'), 'what was documented; when the call was recorded is signed'],
  ['recording.context.related*', ({ how }, told, was) => {
    const named = references(within(of(told, 'recording'), 'context', 'related'));
    if ((how === 'other' || how === 'mix') && named.some((one) => isAnothers(one, was))) return 'evidence';
    return named.includes(referenceTo(was, 'consent')) ? (how === 'null' || how === 'retype' ? 'either' : 'harmless') : was.consentNeeded === null ? 'either' : 'evidence';
  }, 'the consent, where one is needed; another patient\'s contradicts'],
  ['recording.securityLabel*', 'harmless', 'how carefully it is shown, not whether'],
  ['recording.type*', 'harmless', 'words for people'], ['recording.category*', 'harmless', 'the signed content type decides'], ['recording.date', 'harmless', 'not read'], ['recording.description', 'harmless', 'words for people'],

  ['encounter', 'harmless', 'an extension that nobody knows'],
  ['encounter.id', 'evidence', 'not the one that was pointed to'],
  ['encounter.identifier*', unlessMixed(encounterIsSigned), 'the business identifier that the manifest names'],
  ['encounter.status', unless((told) => ['arrived', 'triaged', 'in-progress', 'onleave', 'finished'].includes(textOf(of(told, 'encounter').status))), 'what did not take place was not recorded'],
  ['encounter.subject*', 'evidence', 'whose consultation'],
  ['encounter.period*', (change, told) => (!captureIsInside(told) ? 'evidence' : change.how === 'altered' ? 'either' : 'harmless'), 'the capture was inside it; one that is years long is no consultation'],
  ['encounter.class*', 'harmless', 'not read'], ['encounter.type*', 'harmless', 'words for people'], ['encounter.participant*', 'harmless', 'who was there is in the manifest'], ['encounter.serviceProvider*', 'harmless', 'the custodian decides'],

  ...patientRows('patient'), ['patient', 'harmless', 'an extension that nobody knows'],
  ...patientRows('formerPatient'), ['formerPatient', 'harmless', 'an extension that nobody knows'],

  ['consent', 'harmless', 'an extension that nobody knows'],
  ['consent.resourceType', (_, __, was) => (was.consentNeeded === null ? 'either' : 'evidence'), 'no consent'],
  ['consent.id', (_, __, was) => (was.consentNeeded === null ? 'either' : 'evidence'), 'not the one that was pointed to'],
  ['consent.status', whenConsentIsNeeded, 'active'],
  ['consent.patient*', ({ how }, told, was) => (how === 'unknown' ? 'harmless' : was.consentNeeded !== null || how === 'other' && isAnothers(within(of(told, 'consent'), 'patient', 'reference'), was) ? 'evidence' : 'either'), 'whose consent'],
  ['consent.provision.action*', 'either', 'not part of this profile'],
  ['consent.provision*', whenConsentIsNeeded, 'permits this purpose for this recording now'],
  ['consent.*', 'harmless', 'how and by whom it was taken'],

  ['custodian', 'harmless', 'an extension that nobody knows'],
  ['custodian.id', 'evidence', 'not the one that was pointed to'],
  ['custodian.identifier*', unless((told) => list(of(told, 'custodian').identifier).some(({ system, value }) => system === ODS_CODE && value === SITE.odsCode)), 'this practice\'s ODS code'],
  ['custodian.*', 'harmless', 'words for people'],
  ['author*', 'harmless', 'names to show'],

  ['manifestProvenance', 'harmless', 'an extension that nobody knows'], ...provenanceRows('manifestProvenance', 'recording'),
  ['assignmentProvenance', 'harmless', 'an extension that nobody knows'], ...provenanceRows('assignmentProvenance', 'task'),

  ['transcript*', 'harmless', 'without a transcript of its own, a recording plays without captions'],

  // What follows is what a trusted signer states: signed again after the change.
  ['manifest.(bytes)', 'evidence', 'exactly what was signed'],
  ['manifest.version', 'evidence', 'only what is understood'], ['manifest.recording', 'evidence', 'another recording'],
  ['manifest.revision', ({ after }) => (Number.isInteger(after) && Number(after) >= 0 ? 'harmless' : 'evidence'), 'any, where none higher was seen'],
  ['manifest.issuedAt', ({ after }) => (moment(after) === undefined ? 'evidence' : 'either'), 'when it was signed: later than now may be refused'],
  ['manifest.encounter*', 'evidence', 'another consultation'],
  ...statedPatientRows('manifest'),
  ['manifest.clinicians*', ({ how, after }, told, was) => {
    const { clinicians } = stated(told, 'manifest');
    const named = Array.isArray(clinicians) && clinicians.every((one) => typeof one === 'string' && one !== '');
    return named && (was.review === 'peer' || clinicians.includes(was.owner.sdsUserId)) && how !== 'null' && after !== '' ? 'either' : 'evidence';
  }, 'own: I was there; more or fewer colleagues may be refused'],
  ['manifest.joined*', (_, told, was) => (was.review === 'peer' || list(stated(told, 'manifest').joined).some(({ role, id }) => role === 'clinician' && id === was.owner.sdsUserId) ? 'either' : 'evidence'), 'own: the platform saw me join; what it says of others may be refused'],
  ['manifest.startedAt', ({ how }) => (how === 'case' ? 'either' : 'evidence'), 'inside the encounter'], ['manifest.endedAt', ({ how }) => (how === 'case' ? 'either' : 'evidence'), 'inside the encounter'],
  ['manifest.media.contentType', ({ how }) => (how === 'case' ? 'either' : 'evidence'), 'the file\'s'], ['manifest.media*', 'evidence', 'the file\'s'],
  ['manifest*', 'evidence', 'unknown members are statements that are not understood'],

  ['assignment.(bytes)', 'evidence', 'exactly what was signed'],
  ['assignment.version', 'evidence', 'only what is understood'],
  ['assignment.task', 'evidence', 'another Task'], ['assignment.recording', 'evidence', 'another recording'], ['assignment.owner', 'evidence', 'another clinician'], ['assignment.purpose', 'evidence', 'another purpose'],
  ...statedPatientRows('assignment'),
  ['assignment.period*', ({ how }, told) => { const { start, end } = fields(stated(told, 'assignment').period); return start === undefined || end === undefined || !contains({ start, end }, told.now) ? 'evidence' : how === 'unknown' ? 'evidence' : 'harmless'; }, 'now is inside'],
  ['assignment.issuedAt', ({ after }) => (moment(after) === undefined ? 'evidence' : 'either'), 'when it was signed: later than now may be refused'],
  ['assignment.assigner', ({ after }) => (typeof after === 'string' && after !== '' ? 'either' : 'evidence'), 'who assigned: the key decides'],
  ['assignment*', 'evidence', 'unknown members are statements that are not understood'],

  ['manifestJws.header.typ', 'either', 'optional'], ['manifestJws.header.sigT', 'either', 'not read'], ['manifestJws*', 'evidence', 'no signature of a trusted key over these bytes'],
  ['assignmentJws.header.typ', 'either', 'optional'], ['assignmentJws.header.sigT', 'either', 'not read'], ['assignmentJws*', 'evidence', 'no signature of a trusted key over these bytes'],
  ['media*', 'evidence', 'not the bytes that were signed'],
];

const metaRow: Row = ['meta', 'harmless', 'the server\'s own bookkeeping'];
/** Resources and backbone elements from which something follows: only those can have modifier extensions (FHIR R4 §2.4.2). */
const mayBeModified = new Set([
  'task', 'task.restriction', 'recording', 'recording.content', 'recording.context', 'encounter', 'patient', 'formerPatient', 'consent', 'consent.provision', 'consent.provision.data', 'custodian',
  'manifestProvenance', 'manifestProvenance.entity', 'assignmentProvenance', 'assignmentProvenance.entity',
]);
const notRead = new Set<string>(['author', 'transcript', 'transcriptProvenance', 'transcriptStatement']);

const fits = (row: string, path: string): boolean => (row.endsWith('*') ? path.startsWith(row.slice(0, -1)) : row === path);

/** The row for a path, its own subtree's last: the longest that fits. */
function rowFor(path: string): Row | undefined {
  const [root] = path.split('.');
  if (/^\w+\.meta\b/.test(path)) return metaRow;
  if (/^\w+\.resourceType$/.test(path) && root !== 'consent') return [path, notRead.has(path.split('.')[0] ?? '') ? 'harmless' : 'evidence', 'another kind of resource'];
  return evidenceTable.filter(([row]) => fits(row, path)).sort(([a], [b]) => b.replace('*', '').length - a.replace('*', '').length || Number(a.endsWith('*')) - Number(b.endsWith('*')))[0];
}

/** What must come of one change. Throws for a field of which the table says nothing. */
export function expectedOf(change: Change, told: Graph, was: Graph): { is: Expected; why: string } {
  const { path, how, signed, after } = change;
  const root = path.split('.')[0] ?? '';
  const row = rowFor(path);
  if (!row) throw new Error(`The evidence table has no row for ${path}.`);
  const [, is, why] = row;
  if (signed !== null && !notRead.has(root) && !root.startsWith('transcript')) {
    // Whatever the statement says: nobody who is trusted signed it like this.
    if (path.endsWith('Jws.letter')) return { is: signatureBytes(change.after) === signatureBytes(change.before) ? 'either' : 'evidence', why: 'the signature\'s own bytes' };
    if (signed !== 'again') return { is: 'evidence', why: `${why}; not signed by a trusted key` };
    if (root.endsWith('Jws') && (how === 'unknown' || how === 'modifier')) return { is: 'either', why: 'a header that is not critical may be ignored (RFC 7515 §4)' };
    if (!root.endsWith('Jws') && (how === 'null' || how === 'retype' || (how === 'drop' && !change.element && path !== 'manifest.joined.id'))) return { is: 'evidence', why: 'a statement that is incomplete or not understood' };
    if (!root.endsWith('Jws') && (how === 'unknown' || how === 'modifier' || how === 'bytes')) return { is: 'evidence', why: 'a member that nobody knows, or one twice' };
  } else if (how === 'modifier') {
    return notRead.has(root) || !mayBeModified.has(path) ? { is: 'either', why: 'this element has no modifiers in FHIR, or nothing hangs on it' } : { is: 'evidence', why: 'FHIR R4 §2.4.2: what has a modifier extension that is not understood must not be processed' };
  } else if (how === 'unknown') {
    return { is: 'harmless', why: 'an extension that nobody knows' };
  }
  const judged = typeof is === 'function' ? is(change, told, was) : is;
  // Null, another type and nothing are not FHIR: a harmless field may be refused with its resource, but not made into something else.
  const noFhir = how === 'null' || how === 'retype' || after === '' || (typeof after === 'string' && after.startsWith(' ')) || (Array.isArray(after) && after.length === 0);
  return { is: judged === 'harmless' && noFhir && !notRead.has(root) ? 'either' : judged, why };
}

const signatureBytes = (jws: Json | undefined): string => {
  const [header = '', payload = '', signature = '', ...rest] = textOf(jws).split('.');
  return [header, payload, Buffer.from(signature, 'base64url').toString('hex'), ...rest].join('.');
};
