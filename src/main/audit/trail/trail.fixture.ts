/** Chains as the app writes them, with right hashes and signatures, and a store that holds what the test gives it. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEvent, EntryBody, Subject } from '../entry.ts';
import { entryHash, FIRST_PREVIOUS, publicKeyOf, signHash, signingKey } from '../chain.ts';
import type { Reported } from '../reported.ts';
import { TrailStore } from './store.ts';

export interface Person {
  sds: string;
  name: string;
  role: string;
  device: string;
}

export const subjectOf = (n: number, patient = n, purpose = 'TREAT'): Subject =>
  ({ recording: `urn:uuid:recording-${n}`, document: `DocumentReference/rec-${n}`, patient: `Patient/pat-${patient}`, task: `Task/${n}`, purpose });

/** One person on one computer: writes entries, and gives them as a server would give them back. */
export class Writer {
  readonly person: Person;
  readonly key;
  readonly publicKey: string;
  readonly written: (Reported & { entry: EntryBody })[] = [];
  #previous: Buffer = FIRST_PREVIOUS;

  /** @param vault another one: another key. */
  constructor(person: Person, vault = '') {
    this.person = person;
    this.key = signingKey(createHash('sha256').update(`${person.device} ${person.sds}${vault}`).digest());
    this.publicKey = publicKeyOf(this.key).export({ format: 'jwk' }).x ?? '';
  }

  write(event: AuditEvent, at: number): Reported & { entry: EntryBody } {
    const { sds, name, role, device } = this.person;
    const seq = this.written.length + 1;
    const entry: EntryBody = { ...event, version: 1, id: `00000000-0000-4000-8000-${sds.slice(-4)}${String(seq).padStart(8, '0')}`, seq, device, at: new Date(at).toISOString(), actor: { sds, name, role, practitioner: `Practitioner/${sds}` } };
    const body = Buffer.from(JSON.stringify(entry));
    const hash = entryHash(seq, this.#previous, body);
    this.#previous = hash;
    const one = { reference: `AuditEvent/${device}-${sds}-${seq}`, receivedAt: new Date(at + 1_000).toISOString(), body, hash, signature: signHash(this.key, hash), key: this.publicKey, version: '0.1.0', entry };
    this.written.push(one);
    return one;
  }
}

/** A store in a folder of its own; `remove` when done with it. */
export function openTrail(): { store: TrailStore; folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'trail-'));
  const store = new TrailStore(join(folder, 'trail.db'), randomBytes(32));
  return {
    store, folder,
    remove: () => {
      if (store.db.open) store.close();
      rmSync(folder, { recursive: true });
    },
  };
}
