/** Destroys the local copy of a recording, records it, and renews the keys, so that old copies of the files open with nothing. */
import { byNameAlone, type DestroyCause, type Subject } from '../audit/entry.ts';
import { FirstFailure } from '../platform/firstFailure.ts';
import { faultFields, log } from '../platform/log.ts';
import type { Vault } from '../vault/vault.ts';
import type { Desk } from './desk.ts';

/** Nothing is recorded where there was no copy. */
export function destroyCopy(desk: Desk, vault: Vault, recording: string, subject: Subject, cause: DestroyCause): void {
  if (!vault.destroyCopy(recording, cause)) return;
  desk.journal?.write({ event: 'destroyed', subject, cause });
  log('destroyed');
  renewKeys(vault);
}

/** Copies that no row names any more: left where one could not be destroyed as its row went. */
export async function destroyUnnamed(desk: Desk, vault: Vault): Promise<void> {
  desk.stillOrThrow(vault);
  const first = new FirstFailure();
  for (const recording of vault.library.recordingsUnnamed()) await first.attempt(() => destroyCopy(desk, vault, recording, byNameAlone(recording), 'superseded'));
  first.rethrow();
}

/** In the background. What fails is tried again at the next destruction, and at the next unlock. */
export function renewKeys(vault: Vault): void {
  void vault.renewKeys().catch((error: unknown) => log('fault', { step: 'renew-keys', ...faultFields(error) }));
}
