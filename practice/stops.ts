import type { WithId } from '@medplum/core';
import type { List, ListEntry } from '@medplum/fhirtypes';
import type { Store } from './fhir/store.ts';
import { LIFTED_BY, STOP_REASON, VR } from './systems.ts';

export type Stopped = { system: string; value: string };

export const EVERYTHING: Stopped = { system: `${VR}/stop`, value: 'all' };
/** A recording by its masterIdentifier. */
export const recordingStop = (masterIdentifier: string): Stopped => ({ system: 'urn:ietf:rfc:3986', value: masterIdentifier });

/** Adds to the practice's stop list, as a manager's console would. */
export class StopList {
  readonly #store: Store;
  /** Later than any before, so that the order of entries is the order of their dates. */
  #lastDate = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  async stop(identifier: Stopped, { reason = 'other' }: { reason?: string } = {}): Promise<void> {
    await this.#add({ date: this.#date(), flag: { coding: [{ system: STOP_REASON, code: reason }] }, item: { identifier } });
  }

  /** @param by references of who lifts it: two people, if it is to count. */
  async lift(identifier: Stopped, by: readonly string[]): Promise<void> {
    await this.#add({
      date: this.#date(), flag: { coding: [{ system: STOP_REASON, code: 'lifted' }] }, item: { identifier },
      extension: by.map((reference) => ({ url: LIFTED_BY, valueReference: { reference } })),
    });
  }

  #date(): string {
    this.#lastDate = Math.max(Date.now(), this.#lastDate + 1);
    return new Date(this.#lastDate).toISOString();
  }

  async #add(entry: ListEntry): Promise<void> {
    const list = await this.#store.find('List', 'stop-list');
    if (list?.resourceType !== 'List') throw new Error('The demo practice has no stop list');
    const { date } = entry;
    await this.#store.update<List>({ ...structuredClone<WithId<List>>(list), ...(date === undefined ? {} : { date }), entry: [...(list.entry ?? []), entry] });
  }
}
