/** The session with the practice of the person at the desk: what is kept of it for the next start, and what ends it. */
import type { Configuration } from 'openid-client';
import { Failure } from '../platform/failure.ts';
import { PracticeHttp } from '../service/http.ts';
import { sameAs } from '../session/identity.ts';
import { Tokens } from '../session/tokens.ts';
import type { Vault } from '../vault/vault.ts';
import type { Desk, Person, PracticeSession } from './desk.ts';

/** @param access null where only a refresh token was kept. The caller makes it the desk's. */
export function newSession(desk: Desk, vault: Vault, person: Person, configuration: Configuration, access: { token: string; expiresAt: number } | null, refreshToken: string | null): PracticeSession {
  const { site, machine, journal } = desk;
  /** Keeps a rotated refresh token in the vault of the person that it is of, and in no other; an ended session, or a former one, leaves nothing. */
  const rotated = (token: string | null) => {
    if (desk.vault === vault && vault.unlocked && !session.ended && (desk.session ?? session) === session) vault.library.set('refreshToken', token);
  };
  const mismatched = () => {
    if (desk.session === session) {
      desk.session = null;
      desk.stand({ online: false, problem: new Failure('identity-mismatch', 'renewed for somebody else').toProblem() });
    }
    if (desk.vault === vault) journal?.write({ event: 'identity-mismatch' });
  };
  const tokens = new Tokens(configuration, access, refreshToken, sameAs(person, site), rotated, mismatched);
  const session: PracticeSession = { tokens, http: new PracticeHttp(site.fhirBase, machine.fetch, (refused) => tokens.get(refused), (heard) => (desk.heard = heard)), ended: false };
  return session;
}

/** The refresh token is kept in the library, under the secret: the next unlock goes on without a browser. */
export function keepSession(desk: Desk): void {
  if (desk.session && !desk.keptOnly) desk.vault?.library.set('refreshToken', desk.session.tokens.refreshToken);
}

/** From here on no question is asked with it and no unlock keeps it; whoever ends it may still send what was recorded, and then revokes it. */
export function endSession(desk: Desk, session: PracticeSession | null): void {
  if (session) session.ended = true;
  if (desk.session === session) desk.session = null;
}
