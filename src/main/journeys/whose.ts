/** Whose a vault is, as its ledger keeps them, and their chain in it. */
import { signingKey } from '../audit/chain.ts';
import { Journal } from '../audit/journal.ts';
import type { Vault } from '../vault/vault.ts';
import type { Desk, Person } from './desk.ts';

export function personOf(vault: Vault): Person | null {
  const text = vault.ledger.get('person');
  return text === null ? null : JSON.parse(text) as Person;
}

export function journalOf({ machine, now }: Pick<Desk, 'machine' | 'now'>, vault: Vault, person: Person): Journal {
  const seed = vault.signingSeed();
  try {
    return new Journal(vault.ledger, signingKey(seed), machine.device, { sds: person.sds, practitioner: `Practitioner/${person.practitioner}`, role: person.role.name, name: person.name }, now);
  } finally {
    seed.fill(0);
  }
}
