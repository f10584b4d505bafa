import type { Consent, DocumentReference, Encounter, PractitionerRole, Provenance, Task } from '@medplum/fhirtypes';
import type { Person } from '../people.ts';
import { references } from './search.ts';
import type { Store, Stored } from './store.ts';

/** Whoever holds the token of a request. */
export type Caller = { person: Person; scopes: ReadonlySet<string>; clinician: boolean; manager: boolean };

/** Assignments that do not open what they point to: no longer, or a draft not yet. */
export const CLOSED: readonly Task['status'][] = ['draft', 'cancelled', 'entered-in-error', 'rejected'];
export const FOR_MANAGERS: ReadonlySet<string> = new Set([
  'Task', 'DocumentReference', 'Encounter', 'Patient', 'Consent', 'Provenance', 'Practitioner', 'PractitionerRole', 'Organization', 'List', 'AuditEvent', 'Device',
]);
export const FOR_EVERYONE: ReadonlySet<string> = new Set(['Organization', 'List', 'Questionnaire', 'Device']);

/** What of the practice's records one caller may see: a set of `Type/id`, worked out from the Tasks they own. */
export class Access {
  readonly #store: Store;
  readonly #known = new Map<string, { revision: number; ids: Set<string> }>();

  constructor(store: Store) {
    this.#store = store;
  }

  async visibleTo(caller: Caller): Promise<(resource: { resourceType: string; id: string }) => boolean> {
    const own = await this.#ids(caller.person, caller.clinician);
    return ({ resourceType, id }) =>
      FOR_EVERYONE.has(resourceType) || (caller.manager && FOR_MANAGERS.has(resourceType)) || own.has(`${resourceType}/${id}`);
  }

  async #ids(person: Person, clinician: boolean): Promise<Set<string>> {
    const key = `${person.practitionerId} ${clinician}`;
    const known = this.#known.get(key);
    if (known?.revision === this.#store.revision) return known.ids;
    const { revision } = this.#store;
    const ids = await this.#workOut(person, clinician);
    this.#known.set(key, { revision, ids });
    return ids;
  }

  async #workOut(person: Person, clinician: boolean): Promise<Set<string>> {
    const me = `Practitioner/${person.practitionerId}`;
    const roles = (await this.#store.allOf<PractitionerRole>('PractitionerRole')).filter((role) => role.practitioner?.reference === me);
    const ids = new Set([me, ...roles.map(({ id }) => `PractitionerRole/${id}`)]);
    if (!clinician) return ids;
    const add = (resource: Stored, ...paths: string[]): void => {
      for (const reference of paths.flatMap((path) => references(resource, path))) ids.add(reference);
    };

    const owners = new Set(ids);
    // A draft is nobody's yet. Any other Task stays readable, whatever it opens.
    const tasks = (await this.#store.allOf<Task>('Task')).filter((task) => task.status !== 'draft' && owners.has(task.owner?.reference ?? ''));
    for (const task of tasks) {
      ids.add(`Task/${task.id}`);
      add(task, 'requester');
      if (!CLOSED.includes(task.status)) add(task, 'focus');
    }
    const documents = await this.#store.allOf<DocumentReference>('DocumentReference');
    for (const document of documents) {
      if (references(document, 'relatesTo.target').some((target) => ids.has(target))) ids.add(`DocumentReference/${document.id}`);
    }
    for (const document of documents.filter(({ id }) => ids.has(`DocumentReference/${id}`))) {
      add(document, 'subject', 'author', 'context.encounter', 'context.related');
      for (const { attachment } of document.content) if (attachment.url) ids.add(attachment.url);
    }
    for (const consent of await this.#store.allOf<Consent>('Consent')) {
      if (references(consent, 'provision.data.reference').some((target) => ids.has(target))) ids.add(`Consent/${consent.id}`);
    }
    for (const encounter of await this.#store.allOf<Encounter>('Encounter')) {
      if (ids.has(`Encounter/${encounter.id}`)) add(encounter, 'participant.individual');
    }
    for (const provenance of await this.#store.allOf<Provenance>('Provenance')) {
      if (!references(provenance, 'target').some((target) => ids.has(target))) continue;
      ids.add(`Provenance/${provenance.id}`);
      add(provenance, 'entity.what', 'agent.who');
    }
    await this.#addReviews(me, ids);
    return ids;
  }

  /** One's own reviews, what others released about one's recordings or about one's own consultations, and messages about these or to or from oneself. */
  async #addReviews(me: string, ids: Set<string>): Promise<void> {
    const concerning = new Set(ids);
    for (const document of await this.#store.all('DocumentReference')) if (references(document, 'author').includes(me)) concerning.add(`DocumentReference/${document.id}`);
    /** With whoever wrote it, or it could not be said whose it is. */
    const add = (one: Stored, people: string[]): void => {
      ids.add(`${one.resourceType}/${one.id}`);
      for (const person of people) ids.add(person);
    };
    for (const response of await this.#store.all('QuestionnaireResponse')) {
      const released = response.resourceType === 'QuestionnaireResponse' && (response.status === 'completed' || response.status === 'amended');
      const authors = references(response, 'author');
      if (authors.includes(me) || (released && references(response, 'subject').some((one) => concerning.has(one)))) add(response, authors);
    }
    for (const message of await this.#store.all('Communication')) {
      const people = [...references(message, 'sender'), ...references(message, 'recipient')];
      const about = references(message, 'about');
      if (people.includes(me) || about.some((one) => ids.has(one))) add(message, people);
    }
  }
}
