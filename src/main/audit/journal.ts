/** Writes the audit chain. An entry is on disk when `write` returns; when it cannot be written, `audit-unwritable` stops what it was for. */
import { randomUUID, type KeyObject } from 'node:crypto';
import { Failure } from '../platform/failure.ts';
import { BODY_LIMIT, entryHash, FIRST_PREVIOUS, signHash, type ChainEntry } from './chain.ts';
import type { Actor, AuditEvent, EntryBody } from './entry.ts';

/** Where entries are kept: durable, append-only. */
export interface EntryStore {
  head(): { seq: number; hash: Buffer } | null;
  /** @param begins what others will follow: there must be room for those too. */
  append(entry: ChainEntry, begins: boolean): void;
}

export class Journal {
  readonly #store: EntryStore;
  readonly #key: KeyObject;
  readonly #device: string;
  readonly #actor: Actor;
  readonly #now: () => number;

  constructor(store: EntryStore, key: KeyObject, device: string, actor: Actor, now: () => number) {
    this.#store = store;
    this.#key = key;
    this.#device = device;
    this.#actor = actor;
    this.#now = now;
  }

  write(event: AuditEvent): void {
    try {
      const head = this.#store.head();
      const seq = (head?.seq ?? 0) + 1;
      const entry: EntryBody = { ...event, version: 1, id: randomUUID(), seq, device: this.#device, at: new Date(this.#now()).toISOString(), actor: this.#actor };
      const body = Buffer.from(JSON.stringify(entry), 'utf8');
      // No reader takes more: it would be a gap in the chain for good, and nobody would read what was done.
      if (body.length > BODY_LIMIT) throw new RangeError('entry is too long');
      const hash = entryHash(seq, head?.hash ?? FIRST_PREVIOUS, body);
      this.#store.append({ seq, body, hash, signature: signHash(this.#key, hash) }, event.event === 'opened');
    } catch (error) {
      throw new Failure('audit-unwritable', 'audit entry not written', {}, { cause: error });
    }
  }
}
