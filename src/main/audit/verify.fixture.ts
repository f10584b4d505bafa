/** Chains for tests, as a device writes them and a server gives them back. */
import { keyText, publicKeyOf, signingKey, type ChainEntry } from './chain.ts';
import type { AuditEvent, ChainName } from './entry.ts';
import { Journal } from './journal.ts';
import type { Candidate } from './verify.ts';

export const subject = { recording: 'urn:uuid:3f0c8a52-6f0e-4a57-9c1e-2b8d5f6a7c10', document: 'DocumentReference/rec-1', patient: 'Patient/pat-1', task: 'Task/task-1', purpose: 'TREAT' };
export const chain: ChainName = { device: '0f5f0c4e-53a3-4d7a-9c38-6a1e1d6b7f01', sds: '555000000001' };
export const seedOf = (byte: number) => Buffer.alloc(32, byte);
export const keyOf = (seed: Buffer) => keyText(publicKeyOf(signingKey(seed)));

/** A device's own store: entries are appended, and an older state can be put back. */
export class Device {
  readonly entries: ChainEntry[] = [];
  readonly #journal: Journal;
  readonly key: string;

  constructor(seed: Buffer, name: ChainName = chain) {
    const actor = { sds: name.sds, practitioner: 'Practitioner/gp-1', role: 'GP', name: 'Dr Grace Tester' };
    let ms = Date.UTC(2026, 10, 20, 12);
    this.key = keyOf(seed);
    this.#journal = new Journal({
      head: () => this.entries.at(-1) ?? null,
      append: (entry) => void this.entries.push(entry),
    }, signingKey(seed), name.device, actor, () => (ms += 1000));
  }

  write(events: number, event: AuditEvent = { event: 'opened', subject }): this {
    for (let i = 0; i < events; i += 1) this.#journal.write(event);
    return this;
  }

  /** As a server that stored them in order gives them back. */
  reported(): Candidate[] {
    return this.entries.map((entry) => ({ ...entry, key: this.key, reference: `AuditEvent/a-${entry.seq}` }));
  }
}
