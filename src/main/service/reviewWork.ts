/** What the practice has of reviews: responses about recordings, messages to and from one person, the forms, and the names of who wrote. Deciding what is shown is assurance's. */
import { Practitioner } from '../fhir/resources.ts';
import { localReference } from '../fhir/reference.ts';
import type { Reader } from './http.ts';
import { byId, portions, search } from './search.ts';

export interface ReviewRecord {
  /** As they came. */
  responses: unknown[];
  messages: unknown[];
  people: Map<string, Practitioner>;
}

/** What {@link readReviews} and {@link readForms} ask for first. R4 Communication has no search by what it is about: one's own and those to one are all asked for. */
function questionsOf(documents: readonly string[], me: string) {
  return {
    responses: [...portions([...new Set(documents)].map(encodeURIComponent))].map((portion) => `QuestionnaireResponse?subject=${portion.join(',')}&_count=50`),
    messages: [`Communication?recipient=${encodeURIComponent(me)}&_count=50`, `Communication?sender=${encodeURIComponent(me)}&_count=50`],
  };
}

const FORMS = 'Questionnaire?status=active&_count=50';

/** Asks for reviews and forms at once, where the practice allows it. */
export async function reviewsAhead(http: Reader, documents: readonly string[], me: string): Promise<void> {
  await http.ahead?.([FORMS, ...Object.values(questionsOf(documents, me)).flat()]);
}

/** @param documents "DocumentReference/id". @param me "Practitioner/id" */
export async function readReviews(http: Reader, documents: readonly string[], me: string): Promise<ReviewRecord> {
  const asked = questionsOf(documents, me);
  await http.ahead?.(Object.values(asked).flat());
  const all = async (questions: readonly string[]): Promise<unknown[]> => {
    const found: unknown[] = [];
    for (const question of questions) found.push(...await search(http, question));
    return found;
  };
  const responses = await all(asked.responses);
  const messages = await all(asked.messages);
  const named = (one: unknown): unknown[] => {
    const { author, sender, recipient } = (one ?? {}) as { author?: unknown; sender?: unknown; recipient?: unknown };
    return [author, sender, ...(Array.isArray(recipient) ? recipient as unknown[] : [])];
  };
  const references = [...responses, ...messages].flatMap(named).map((one) => {
    const { reference } = (one ?? {}) as { reference?: unknown };
    return typeof reference === 'string' ? localReference(reference, http.fhirBase, 'Practitioner') : null;
  });
  return { responses, messages, people: await byId(http, 'Practitioner', Practitioner, references.filter((one) => one !== null)) };
}

/** Everything active that the practice offers to be filled in, as it came. */
export const readForms = (http: Reader): Promise<unknown[]> => search(http, FORMS);
