/** What the practice has of reviews: responses about recordings, messages to and from one person, the forms, and the names of who wrote. Deciding what is shown is assurance's. */
import { Practitioner } from '../fhir/resources.ts';
import { localReference } from '../fhir/reference.ts';
import type { PracticeHttp } from './http.ts';
import { batches, byId, search } from './search.ts';

export interface ReviewRecord {
  /** As they came. */
  responses: unknown[];
  messages: unknown[];
  people: Map<string, Practitioner>;
}

/** R4 Communication has no search by what it is about: one's own and those to one are all asked for. @param documents "DocumentReference/id". @param me "Practitioner/id" */
export async function readReviews(http: PracticeHttp, documents: readonly string[], me: string): Promise<ReviewRecord> {
  const responses: unknown[] = [];
  for (const batch of batches([...new Set(documents)])) responses.push(...await search(http, `QuestionnaireResponse?subject=${batch.map(encodeURIComponent).join(',')}&_count=50`));
  const messages = [...await search(http, `Communication?recipient=${encodeURIComponent(me)}&_count=50`), ...await search(http, `Communication?sender=${encodeURIComponent(me)}&_count=50`)];
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
export const readForms = (http: PracticeHttp): Promise<unknown[]> => search(http, 'Questionnaire?status=active&_count=50');
