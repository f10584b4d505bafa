/** Whether the record of access of a vault fits together at its end: hashes and signatures of the last entries. */
import { keyOfText, verifyChain } from '../../audit/chain.ts';
import type { Vault } from '../../vault/vault.ts';
import { chainKeyOf } from '../deliver.ts';

/** Some milliseconds of work; the practice's console checks all of them. */
const LAST = 100;

export function chainState(vault: Vault): 'whole' | 'broken' | null {
  try {
    const { seq = 0 } = vault.ledger.head() ?? {};
    const from = Math.max(1, seq - LAST);
    const [first, ...rest] = vault.ledger.entries(from, LAST + 1);
    const key = keyOfText(chainKeyOf(vault));
    if (!key) return null;
    if (!first) return 'whole';
    // The first of a longer chain is what the others follow.
    const checked = from === 1 ? verifyChain([first, ...rest], key) : verifyChain(rest, key, { seq: first.seq, hash: first.hash });
    return checked.ok ? 'whole' : 'broken';
  } catch {
    // A store that cannot be read has a screen of its own.
    return null;
  }
}
