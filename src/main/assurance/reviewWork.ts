/**
 * What others wrote about a recording: does it belong on the screen of this one? Pure. A response or message is shown only where it says itself that it is about exactly the
 * recording that passed, by somebody whom the practice names, and can be read in full; everything else counts as not sent. Its text is plain text.
 */
import { z } from 'zod';
import type { FormAnswers, OthersNote, OthersResponse } from '../../preload/review.ts';
import { NoteCategory, NoteKind } from '../../preload/review.ts';
import { localReference } from '../fhir/reference.ts';
import { displayName, type Practitioner } from '../fhir/resources.ts';
import { MESSAGE_ID, NOTES, POSITION } from '../fhir/systems.ts';
import type { Facts } from './assess.ts';

const text = z.string().max(20_000);
const unmodified = { modifierExtension: z.never().optional() };
const resource = { ...unmodified, implicitRules: z.never().optional(), id: z.string().regex(/^[A-Za-z0-9\-.]{1,64}$/) };
const Reference = z.object({ reference: z.string().max(300).optional() });
const Identifier = z.object({ system: z.string().optional(), value: z.string().optional() });
const instant = z.iso.datetime({ offset: true });

interface Answer { valueString?: string | undefined; valueInteger?: number | undefined; valueUri?: string | undefined; item?: Item[] | undefined }
interface Item { linkId: string; answer?: Answer[] | undefined; item?: Item[] | undefined }
/** Groups of a form, and what an answer rests on, are no deeper; and how deep a server nests them must not decide how deep the stack gets. */
const DEPTH = 24;
const itemOf = (left: number): z.ZodType<Item> => {
  const item = left === 0 ? z.never().optional() : z.array(itemOf(left - 1)).max(200).optional();
  const answer: z.ZodType<Answer> = z.object({ ...unmodified, valueString: text.optional(), valueInteger: z.number().int().optional(), valueUri: z.string().max(500).optional(), item });
  return z.object({ ...unmodified, linkId: z.string().max(200), answer: z.array(answer).max(2000).optional(), item });
};
const Item = itemOf(DEPTH);
const Response = z.object({
  ...resource, resourceType: z.literal('QuestionnaireResponse'), identifier: Identifier.optional(), questionnaire: z.string().max(500), status: z.enum(['in-progress', 'completed', 'amended']),
  subject: Reference, encounter: Reference.optional(), author: Reference, authored: instant, item: z.array(Item).max(2000).optional(),
});
const Communication = z.object({
  ...resource, resourceType: z.literal('Communication'), identifier: z.array(Identifier).max(10).optional(), status: z.literal('completed'), subject: Reference.optional(), encounter: Reference.optional(), about: z.array(Reference).length(1), sent: instant,
  sender: Reference, recipient: z.array(Reference).min(1).max(50), payload: z.array(z.object({ ...unmodified, contentString: text.min(1) })).length(1),
  extension: z.array(z.object({ url: z.string(), valueDecimal: z.number().min(0).max(1e6).optional() })).max(20).optional(),
});

interface Person {
  /** "Practitioner/id" */
  practitioner: string;
  name: string;
}

export interface Admitted {
  responses: OthersResponse[];
  notes: OthersNote[];
  /** Sent by others to this person, or by this person from elsewhere; `id` is the sender's own, where it has one. */
  messages: { id: string; author: string; practitioner: string; at: string; text: string; position: number | null }[];
  /** Others who wrote, or to whom was written. */
  people: Person[];
  /** How many responses, notes and messages there are beside those that are given. */
  leftOut: number;
}

interface About {
  assured: Facts;
  /** "Practitioner/id" of who looks. */
  me: string;
  fhirBase: string;
  /** Whom the practice names, by "Practitioner/id". */
  people: ReadonlyMap<string, Practitioner>;
  /** Titles of the practice's forms by canonical. */
  titles: ReadonlyMap<string, string>;
}

/** More than these, of one recording, is no review; the door takes no more, and then the latest are given. */
const MOST_RESPONSES = 30;
const MOST_NOTES = 2000;
const MOST_MESSAGES = 500;
const MOST_CITED = 50;

/** "Binary/id#t=from,to": a place in exactly these media; null for any other. */
export function placeOf(uri: string | undefined, binary: string): { from: number; until: number | null } | null {
  const [, of = '', from = '', until] = /^([^#]*)#t=(\d{1,6}(?:\.\d{1,3})?)(?:,(\d{1,6}(?:\.\d{1,3})?))?$/.exec(uri ?? '') ?? [];
  if (from === '' || (of !== '' && of !== binary)) return null;
  if (until !== undefined && Number(until) <= Number(from)) return null;
  return { from: Number(from), until: until === undefined ? null : Number(until) };
}

const sub = (answer: Answer, linkId: string): Answer | undefined => answer.item?.find((one) => one.linkId === linkId)?.answer?.[0];
/** "urn:uuid:…" */
const idOf = (uri: string | undefined): string | null => z.uuid().safeParse(/^urn:uuid:(.*)$/.exec(uri ?? '')?.[1]).data ?? null;

function notesOf(items: readonly Item[], binary: string, author: string, at: string): OthersNote[] {
  return items.filter(({ linkId }) => linkId === 'comment').flatMap(({ answer = [] }) => answer.flatMap((one): OthersNote[] => {
    const place = placeOf(sub(one, 'comment.at')?.valueUri, binary);
    const kind = NoteKind.safeParse(sub(one, 'comment.kind')?.valueString).data ?? (place?.until === null ? 'point' : 'range');
    if (place === null || one.valueString === undefined || (kind === 'point') !== (place.until === null)) return [];
    return [{ id: idOf(sub(one, 'comment.id')?.valueUri), kind, ...place, category: NoteCategory.safeParse(sub(one, 'comment.category')?.valueString).data ?? 'general', text: one.valueString, author, at }];
  }));
}

function answersOf(items: readonly Item[]): FormAnswers {
  return Object.fromEntries(items.filter(({ linkId }) => linkId !== 'comment').flatMap((item): [string, FormAnswers[string]][] => {
    const nested = (item.item ?? []).length > 0 ? Object.entries(answersOf(item.item ?? [])) : [];
    const [first] = item.answer ?? [];
    if (!first) return nested;
    const cited = first.item?.find(({ linkId }) => linkId === `${item.linkId}.cites`)?.answer ?? [];
    return [[item.linkId, { grade: first.valueInteger ?? null, text: first.valueString ?? '', cites: cited.flatMap(({ valueUri }) => idOf(valueUri) ?? []).slice(0, MOST_CITED) }], ...nested];
  }));
}

type Named = z.infer<typeof Reference>;

/** What has to be asked of everything that came: is it about exactly this recording, and by whom is it? */
function questionsOf({ assured, fhirBase, people }: About) {
  const { recording, encounter } = assured.evidence;
  const document = recording === null ? null : `DocumentReference/${recording.id}`;
  const patient = localReference(recording?.subject?.reference, fhirBase, 'Patient');
  return {
    isHere: ({ reference }: Named): boolean => document !== null && localReference(reference, fhirBase, 'DocumentReference') === document,
    /** Where it names a consultation it is this recording's: one that contradicts itself is about neither. */
    ofConsultation: (one: Named | undefined): boolean => one === undefined || (encounter !== null && localReference(one.reference, fhirBase, 'Encounter') === `Encounter/${encounter.id}`),
    ofPatient: (one: Named | undefined): boolean => one === undefined || localReference(one.reference, fhirBase, 'Patient') === patient,
    personOf: ({ reference }: Named): Person | null => {
      const practitioner = localReference(reference, fhirBase, 'Practitioner');
      const name = practitioner === null ? '' : displayName(people.get(practitioner)?.name);
      return practitioner === null || name === '' ? null : { practitioner, name };
    },
  };
}

/** Notes and forms that others released. `people`: their authors. */
function admitResponses(responses: readonly unknown[], about: About): Pick<Admitted, 'responses' | 'notes' | 'people' | 'leftOut'> & { refused: number } {
  const { assured: { media }, me, titles } = about;
  const { isHere, ofConsultation, personOf } = questionsOf(about);
  const seen = new Set<string>();
  const people: Person[] = [];
  const notes: (OthersNote & { by: string })[] = [];
  const released: (OthersResponse & { by: string })[] = [];
  let refused = 0;
  for (const raw of responses) {
    const read = Response.safeParse(raw).data;
    const author = read && personOf(read.author);
    if (!read || !author || !isHere(read.subject) || !ofConsultation(read.encounter) || seen.has(read.id)) {
      refused += 1;
      continue;
    }
    seen.add(read.id);
    // One's own are here already, and nobody's draft is anybody else's.
    if (author.practitioner === me || read.status === 'in-progress') continue;
    people.push(author);
    const [canonical = ''] = read.questionnaire.split('|');
    if (canonical !== NOTES) {
      released.push({ by: author.practitioner, id: read.id, form: read.questionnaire, title: titles.get(read.questionnaire) ?? '', author: author.name, releasedAt: read.authored, answers: answersOf(read.item ?? []) });
    }
    notes.push(...notesOf(read.item ?? [], media.binary, author.name, read.authored).map((one) => ({ ...one, by: author.practitioner })));
  }
  const latest = notes.sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, MOST_NOTES);
  // A grade rests on its own author's notes, as far as they are given.
  const noted = new Set(latest.map(({ by, id }) => `${by} ${id ?? ''}`));
  return {
    people, refused, leftOut: Math.max(0, notes.length - MOST_NOTES) + Math.max(0, released.length - MOST_RESPONSES), notes: latest.map(({ by: _by, ...rest }) => rest),
    responses: released.sort((a, b) => Date.parse(b.releasedAt) - Date.parse(a.releasedAt)).slice(0, MOST_RESPONSES).map(({ by, answers, ...rest }) => ({
      ...rest, answers: Object.fromEntries(Object.entries(answers).map(([linkId, answer]) => [linkId, { ...answer, cites: answer.cites.filter((id) => noted.has(`${by} ${id}`)) }])),
    })),
  };
}

/** Messages to or from this person. `people`: who wrote and to whom. */
function admitMessages(messages: readonly unknown[], about: About): Pick<Admitted, 'messages' | 'people' | 'leftOut'> & { refused: number } {
  const { me, fhirBase } = about;
  const { isHere, ofConsultation, ofPatient, personOf } = questionsOf(about);
  const seen = new Set<string>();
  const people: Person[] = [];
  const sent: Admitted['messages'] = [];
  let refused = 0;
  for (const raw of messages) {
    const read = Communication.safeParse(raw).data;
    const sender = read && personOf(read.sender);
    const [document] = read?.about ?? [];
    const to = read?.recipient.map(({ reference }) => localReference(reference, fhirBase, 'Practitioner')) ?? [];
    const id = read?.identifier?.find(({ system }) => system === MESSAGE_ID)?.value?.replace(/^urn:uuid:/, '') ?? read?.id ?? '';
    if (!read || !sender || !document || !isHere(document) || !ofPatient(read.subject) || !ofConsultation(read.encounter) || (sender.practitioner !== me && !to.includes(me)) || seen.has(id)) {
      refused += 1;
      continue;
    }
    seen.add(id);
    people.push(sender, ...read.recipient.flatMap((one) => personOf(one) ?? []));
    sent.push({ id, author: sender.name, practitioner: sender.practitioner, at: read.sent, text: read.payload[0]?.contentString ?? '', position: read.extension?.find(({ url }) => url === POSITION)?.valueDecimal ?? null });
  }
  return { people, refused, leftOut: Math.max(0, sent.length - MOST_MESSAGES), messages: sent.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).slice(-MOST_MESSAGES) };
}

/** @param responses, messages what the practice gave, as it came. What was refused is counted, and says nothing else. */
export function admitReview(responses: readonly unknown[], messages: readonly unknown[], about: About): Admitted & { refused: number } {
  const written = admitResponses(responses, about);
  const sent = admitMessages(messages, about);
  const people = new Map([...written.people, ...sent.people].filter(({ practitioner }) => practitioner !== about.me).map((one) => [one.practitioner, one]));
  return { responses: written.responses, notes: written.notes, messages: sent.messages, people: [...people.values()], leftOut: written.leftOut + sent.leftOut, refused: written.refused + sent.refused };
}
