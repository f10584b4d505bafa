/** The demo practice's access rule (practice/fhir/access.ts), worked out from what a FHIR server answers and with the ids that it gave. */
import type { Communication, Consent, DocumentReference, Encounter, PractitionerRole, Provenance, QuestionnaireResponse, Resource, Task } from '@medplum/fhirtypes';
import type { WithId } from '@medplum/core';
import { CLOSED, FOR_EVERYONE, FOR_MANAGERS } from '../../../practice/fhir/access.ts';
import { references } from '../../../practice/fhir/search.ts';
import { ROLE_CODES } from '../../../practice/site.ts';
import { JOB_ROLE } from '../../../practice/systems.ts';
import type { FhirClient } from '../fhirClient.ts';

/** Whoever holds the token of a request. */
export interface Bearer {
  /** "Practitioner/id" of the token's fhirUser. */
  practitioner: string;
  clinician: boolean;
  manager: boolean;
}

export class Access {
  readonly #fhir: FhirClient;
  #known = new Map<string, Promise<Set<string>>>();

  constructor(fhir: FhirClient) {
    this.#fhir = fhir;
  }

  /** Something was written: what is anyone's is worked out anew. */
  forget(): void {
    this.#known = new Map();
  }

  async visibleTo(bearer: Bearer): Promise<(type: string, id: string) => boolean> {
    const key = `${bearer.practitioner} ${bearer.clinician}`;
    const known = this.#known.get(key) ?? this.#workOut(bearer);
    this.#known.set(key, known);
    // A server that did not answer is asked again the next time.
    known.catch(() => this.#known.delete(key));
    const own = await known;
    return (type, id) => FOR_EVERYONE.has(type) || (bearer.manager && FOR_MANAGERS.has(type)) || own.has(`${type}/${id}`);
  }

  /** As whom somebody may sign, and ask others: themselves, and a manager's role of theirs. */
  async namesOf({ practitioner, manager }: Bearer): Promise<Set<string>> {
    const roles = manager ? await this.#fhir.search<PractitionerRole>(`PractitionerRole?practitioner=${practitioner}`) : [];
    const managers = roles.filter(({ code = [] }) => code.some(({ coding = [] }) => coding.some((one) => one.system === JOB_ROLE && one.code === ROLE_CODES.manager.code)));
    return new Set([practitioner, ...managers.map(nameOf)]);
  }

  async #workOut({ practitioner, clinician }: Bearer): Promise<Set<string>> {
    const fhir = this.#fhir;
    const roles = await fhir.search<PractitionerRole>(`PractitionerRole?practitioner=${practitioner}`);
    const ids = new Set([practitioner, ...roles.map(nameOf)]);
    if (!clinician) return ids;
    const add = (resource: Resource, ...paths: string[]): void => {
      for (const reference of paths.flatMap((path) => references(resource, path))) ids.add(reference);
    };

    for (const task of await fhir.search<Task>(`Task?owner=${[...ids].join(',')}`)) {
      // A draft is nobody's yet.
      if (task.status === 'draft') continue;
      ids.add(nameOf(task));
      add(task, 'requester');
      if (!CLOSED.includes(task.status)) add(task, 'focus');
    }
    const recordings = of('DocumentReference', ids);
    const related = await fhir.searchEach<DocumentReference>(recordings, (some) => `DocumentReference?relatesto=${some.join(',')}`);
    for (const document of [...await fhir.byId<DocumentReference>(recordings), ...related]) {
      ids.add(nameOf(document));
      add(document, 'subject', 'author', 'context.encounter', 'context.related');
      for (const { attachment } of document.content) if (attachment.url) ids.add(attachment.url);
    }
    const documents = of('DocumentReference', ids);
    for (const consent of await fhir.searchEach<Consent>(documents, (some) => `Consent?data=${some.join(',')}`)) ids.add(nameOf(consent));
    for (const encounter of await fhir.byId<Encounter>(of('Encounter', ids))) add(encounter, 'participant.individual');
    for (const provenance of await fhir.searchEach<Provenance>([...documents, ...of('Task', ids)], (some) => `Provenance?target=${some.join(',')}`)) {
      ids.add(nameOf(provenance));
      add(provenance, 'entity.what', 'agent.who');
    }
    await this.#addReviews(practitioner, ids);
    return ids;
  }

  /** One's own reviews, what others released about one's recordings or about one's own consultations, and messages about these or to or from oneself; with whoever wrote them. */
  async #addReviews(me: string, ids: Set<string>): Promise<void> {
    const fhir = this.#fhir;
    const mine = new Set(of('DocumentReference', ids));
    const concerning = [...mine, ...(await fhir.search<DocumentReference>(`DocumentReference?author=${me}`)).map(nameOf)];
    const released = await fhir.searchEach<QuestionnaireResponse>([...new Set(concerning)], (some) => `QuestionnaireResponse?status=completed,amended&subject=${some.join(',')}`);
    for (const response of [...await fhir.search<QuestionnaireResponse>(`QuestionnaireResponse?author=${me}`), ...released]) for (const one of [nameOf(response), ...references(response, 'author')]) ids.add(one);
    // R4 has no search by what a message is about.
    const ofPatients = await fhir.searchEach<Communication>(of('Patient', ids), (some) => `Communication?subject=${some.join(',')}`);
    const own = [...await fhir.search<Communication>(`Communication?sender=${me}`), ...await fhir.search<Communication>(`Communication?recipient=${me}`)];
    for (const message of [...own, ...ofPatients.filter((one) => references(one, 'about').some((about) => mine.has(about)))]) {
      for (const one of [nameOf(message), ...references(message, 'sender'), ...references(message, 'recipient')]) ids.add(one);
    }
  }
}

const nameOf = ({ resourceType, id }: WithId<Resource>): string => `${resourceType}/${id}`;
const of = (type: string, ids: ReadonlySet<string>): string[] => [...ids].filter((id) => id.startsWith(`${type}/`));
