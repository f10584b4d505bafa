import { createHash } from 'node:crypto';
import type { WithId } from '@medplum/core';
import { MemoryRepository } from '@medplum/fhir-router';
import type { AuditEvent, Resource, ResourceType } from '@medplum/fhirtypes';
import type { History } from '../seed/history.ts';
import { AccessRecords } from './access-records.ts';

export type Stored = WithId<Resource>;

/**
 * The practice's resources, kept by Medplum's MemoryRepository. Reads of a whole type are kept until the type
 * changes, because the repository copies every resource it hands out; treat what `all` returns as read-only. AuditEvents
 * are kept apart: there can be a million.
 */
export class Store {
  /** Grows with every write but of an AuditEvent, so that whoever derives something from the resources knows when it is stale. */
  revision = 0;
  readonly accessRecords: AccessRecords;
  readonly #repository = new MemoryRepository();
  readonly #byType = new Map<string, Map<string, Stored>>();

  constructor(history: History | null = null) {
    this.accessRecords = new AccessRecords(history);
  }

  /** Puts a resource with a version and a time that are the same at every start of the same day. */
  async seed(resource: Stored, lastUpdated: string): Promise<void> {
    const versionId = createHash('sha256').update(JSON.stringify(resource)).digest('hex').slice(0, 16);
    const meta = { ...resource.meta, versionId, lastUpdated: new Date(lastUpdated).toISOString() };
    await this.#repository.withSeeding(() => this.#repository.createResource({ ...resource, meta }, { assignedId: true }));
    this.#changed(resource.resourceType);
  }

  async create<T extends Resource>(resource: T): Promise<WithId<T>> {
    if (isAuditEvent(resource)) return this.accessRecords.put(resource);
    const made = await this.#repository.createResource<T>(resource, { assignedId: resource.id !== undefined });
    this.#changed(resource.resourceType);
    return made;
  }

  async update<T extends Resource>(resource: WithId<T>): Promise<WithId<T>> {
    if (isAuditEvent(resource)) return this.accessRecords.put(resource);
    const made = await this.#repository.updateResource<T>(resource);
    this.#changed(resource.resourceType);
    return made;
  }

  /** As if it had never been: who asks for it is told that there is none. */
  async remove(type: string, id: string): Promise<void> {
    await this.#repository.deleteResource(type, id);
    this.#changed(type);
  }

  async find(type: string, id: string): Promise<Stored | undefined> {
    if (type === 'AuditEvent') return this.accessRecords.find(id);
    return (await this.#index(type)).get(id);
  }

  async version(type: string, id: string, versionId: string): Promise<Stored | undefined> {
    if (type === 'AuditEvent') {
      const found = this.accessRecords.find(id);
      return found?.meta?.versionId === versionId ? found : undefined;
    }
    try {
      return await this.#repository.readVersion<Stored>(type, id, versionId);
    } catch {
      return undefined;
    }
  }

  async all(type: string): Promise<Stored[]> {
    if (type === 'AuditEvent') return this.accessRecords.all();
    return [...(await this.#index(type)).values()];
  }

  async allOf<T extends Resource>(type: T['resourceType']): Promise<WithId<T>[]> {
    return (await this.all(type)).filter((resource): resource is WithId<T> & Stored => resource.resourceType === type);
  }

  async #index(type: string): Promise<Map<string, Stored>> {
    const known = this.#byType.get(type);
    if (known) return known;
    const { entry = [] } = await this.#repository.search({ resourceType: type as ResourceType });
    const index = new Map(entry.flatMap(({ resource }) => (resource ? [[resource.id, resource] as const] : [])));
    this.#byType.set(type, index);
    return index;
  }

  #changed(type: string): void {
    this.revision++;
    this.#byType.delete(type);
  }
}

const isAuditEvent = <T extends Resource>(resource: T): resource is T & AuditEvent => resource.resourceType === 'AuditEvent';
