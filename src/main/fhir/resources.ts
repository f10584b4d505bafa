/**
 * The parts of FHIR R4 resources that the app reads, and nothing else of them. A resource that does not parse is treated
 * as one that the practice did not send; so is one with a modifier extension or implicit rules, which may turn its meaning round and which
 * nobody here understands (§2.4.2, §2.36.4). hl7.org/fhir/R4
 */
import { z } from 'zod';

const text = z.string().max(4000);
/** For resources and for their parts. */
const unmodified = { modifierExtension: z.never().optional() };
/** FHIR id, §2.24.0.1: also what may stand in a URL path. */
const fhirId = z.string().regex(/^[A-Za-z0-9\-.]{1,64}$/);
/** FHIR dateTime with time and zone. A date alone says too little to compare with. */
const instant = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/);
/** A Period may be as coarse as a year; `moment` of period.ts is asked for where a decision hangs on it. */
const dateTime = z.string().regex(/^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?)?)?$/);

export const Identifier = z.object({ system: text.optional(), value: text.optional() });
export type Identifier = z.infer<typeof Identifier>;
const Reference = z.object({ reference: text.optional() });
export type Reference = z.infer<typeof Reference>;
const Coding = z.object({ system: text.optional(), code: text.optional() });
const CodeableConcept = z.object({ coding: z.array(Coding).optional() });
export type CodeableConcept = z.infer<typeof CodeableConcept>;
const Period = z.object({ start: dateTime.optional(), end: dateTime.optional() });
export type Period = z.infer<typeof Period>;
const HumanName = z.object({ use: text.optional(), text: text.optional(), family: text.optional(), given: z.array(text).optional(), prefix: z.array(text).optional() });
export type HumanName = z.infer<typeof HumanName>;

const resource = <T extends string>(type: T) => ({
  ...unmodified, implicitRules: z.never().optional(), resourceType: z.literal(type), id: fhirId,
});

/** What the server says of its own copy; where that cannot be read it says nothing. */
const Meta = z.object({ versionId: text.optional(), lastUpdated: instant.optional() }).optional().catch(undefined);

export const Task = z.object({
  ...resource('Task'), meta: Meta, status: text, intent: text.optional(), code: CodeableConcept.optional(), description: text.optional(), focus: Reference.optional(), for: Reference.optional(),
  encounter: Reference.optional(), owner: Reference.optional(), reasonCode: CodeableConcept.optional(), lastModified: instant.optional(),
  restriction: z.object({ ...unmodified, period: Period.optional() }).optional(),
  input: z.array(z.object({ ...unmodified, type: CodeableConcept, valueBoolean: z.boolean().optional() })).optional(),
});
export type Task = z.infer<typeof Task>;

const Extension = z.object({ url: text, valueBase64Binary: text.optional() });
const Attachment = z.object({ contentType: text.optional(), url: text.optional(), size: z.number().int().min(0).optional(), extension: z.array(Extension).optional() });

export const DocumentReference = z.object({
  ...resource('DocumentReference'), masterIdentifier: Identifier.optional(), status: text, docStatus: text.optional(), type: z.object({ text: text.optional() }).optional(),
  subject: Reference.optional(), author: z.array(Reference).optional(),
  custodian: Reference.optional(), securityLabel: z.array(CodeableConcept).optional(),
  relatesTo: z.array(z.object({ ...unmodified, code: text, target: Reference })).optional(),
  content: z.array(z.object({ ...unmodified, attachment: Attachment })).min(1),
  context: z.object({ ...unmodified, encounter: z.array(Reference).optional(), period: Period.optional(), related: z.array(Reference).optional() }).optional(),
});
export type DocumentReference = z.infer<typeof DocumentReference>;

export const Encounter = z.object({ ...resource('Encounter'), identifier: z.array(Identifier).optional(), status: text, subject: Reference.optional(), period: Period.optional() });
export type Encounter = z.infer<typeof Encounter>;

export const Patient = z.object({
  ...resource('Patient'), identifier: z.array(Identifier).optional(), name: z.array(HumanName).optional(), birthDate: z.string().regex(/^\d{4}-\d{2}-\d{2}$/).optional(),
});
export type Patient = z.infer<typeof Patient>;

export const Provision = z.object({
  ...unmodified, type: text.optional(), period: Period.optional(), purpose: z.array(Coding).optional(),
  data: z.array(z.object({ ...unmodified, meaning: text, reference: Reference })).optional(),
  /** Exceptions to this provision, each a Provision where it can be read: a permission that has any counts as none. */
  provision: z.array(z.unknown()).optional(),
});
export type Provision = z.infer<typeof Provision>;

export const Consent = z.object({ ...resource('Consent'), status: text, patient: Reference.optional(), provision: Provision.optional() });
export type Consent = z.infer<typeof Consent>;

export const Practitioner = z.object({ ...resource('Practitioner'), identifier: z.array(Identifier).optional(), active: z.boolean().optional(), name: z.array(HumanName).optional() });
export type Practitioner = z.infer<typeof Practitioner>;

export const PractitionerRole = z.object({
  ...resource('PractitionerRole'), active: z.boolean().optional(), period: Period.optional(), practitioner: Reference.optional(), organization: Reference.optional(),
  code: z.array(z.object({ coding: z.array(Coding).optional(), text: text.optional() })).optional(),
});
export type PractitionerRole = z.infer<typeof PractitionerRole>;

export const Organization = z.object({ ...resource('Organization'), identifier: z.array(Identifier).optional(), name: text.optional() });
export type Organization = z.infer<typeof Organization>;

export const Provenance = z.object({
  ...resource('Provenance'), target: z.array(Reference), entity: z.array(z.object({ ...unmodified, role: text, what: Reference })).optional(),
  signature: z.array(z.object({ sigFormat: text.optional(), data: z.string().max(20_000).optional() })).optional(),
});
export type Provenance = z.infer<typeof Provenance>;

/** Entries are read one by one: see {@link ListEntry}. */
export const List = z.object({ ...resource('List'), code: CodeableConcept.optional(), entry: z.array(z.unknown()).optional() });

export const ListEntry = z.object({
  date: dateTime.optional(), flag: CodeableConcept.optional(), item: z.object({ identifier: z.object({ system: text.min(1), value: text.min(1) }) }),
  extension: z.array(z.object({ url: text, valueReference: Reference.optional() })).optional(),
  /** Kept, unlike elsewhere: a stop that may mean something else still stops, a lift that may does not lift. */
  modifierExtension: z.array(z.unknown()).optional(),
});

export const OperationOutcome = z.object({ resourceType: z.literal('OperationOutcome'), issue: z.array(z.object({ severity: text.optional() })) });

export const Bundle = z.object({
  resourceType: z.literal('Bundle'),
  total: z.number().optional().catch(undefined),
  link: z.array(z.object({ relation: text, url: z.string().max(8000) })).optional(),
  entry: z.array(z.object({ resource: z.unknown().optional() })).optional(),
});
export type Bundle = z.infer<typeof Bundle>;

export function hasCode(concept: CodeableConcept | undefined, system: string, code: string): boolean {
  return (concept?.coding ?? []).some((c) => c.system === system && c.code === code);
}

/** The values of one system: usually one, which nothing promises. */
export function identifiersOf({ identifier }: { identifier?: Identifier[] | undefined }, system: string): string[] {
  return (identifier ?? []).flatMap((i) => (i.system === system && i.value ? [i.value] : []));
}

/** A person's name as it is shown: the official one where there are several. */
export function displayName(names: HumanName[] | undefined): string {
  const name = names?.find((n) => n.use === 'official') ?? names?.[0];
  if (!name) return '';
  return name.text ?? [...(name.prefix ?? []), ...(name.given ?? []), name.family ?? ''].filter(Boolean).join(' ');
}
