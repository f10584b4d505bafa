/** Tells the practice what was recorded here. */
import { keyText, publicKeyOf, signingKey } from '../audit/chain.ts';
import { deliver } from '../outbox/deliver.ts';
import { problemOf } from '../platform/failure.ts';
import { faultFields, log } from '../platform/log.ts';
import type { Vault } from '../vault/vault.ts';
import type { Desk, PracticeSession } from './desk.ts';

/** Sends what waits in the ledger, one round at a time: two at once would send the same entry twice. Never throws: what did not go stays queued. */
export async function deliverWaiting(desk: Desk, session = desk.session, vault = desk.vault): Promise<void> {
  if (!session || !vault) return;
  const running = desk.delivering.get(vault);
  if (running) return running;
  const round = deliverNow(desk, session, vault).finally(() => desk.delivering.delete(vault));
  desk.delivering.set(vault, round);
  return round;
}

/** The public key of a vault's chain: needs the keychain, and no secret. */
export function chainKeyOf(vault: Vault): string {
  const seed = vault.signingSeed();
  try {
    return keyText(publicKeyOf(signingKey(seed)));
  } finally {
    seed.fill(0);
  }
}

async function deliverNow(desk: Desk, session: PracticeSession, vault: Vault): Promise<void> {
  try {
    const sent = await deliver(vault.ledger, session.http, { key: chainKeyOf(vault), version: desk.machine.about.version }, desk.machine.now);
    if (sent > 0) log('delivered', { count: sent });
  } catch (error) {
    log('refused', { step: 'deliver', code: problemOf(error).code, ...faultFields(error) });
  }
}
