/**
 * Signing in: who are you (identity scopes only), which role today, then that role's scopes and nothing more. A person with one
 * role passes through both steps in one browser tab.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RoleView } from '../../preload/contract.ts';
import { displayName } from '../fhir/resources.ts';
import { Failure, problemOf } from '../platform/failure.ts';
import { faultFields, log } from '../platform/log.ts';
import { PracticeHttp } from '../service/http.ts';
import { readStaff } from '../service/people.ts';
import { authorize, type Authorization, type Grant, type Held } from '../session/authorize.ts';
import { discover, type Practice } from '../session/discovery.ts';
import { giveBack } from '../session/giveBack.ts';
import { isRecordOf, isSamePerson } from '../session/identity.ts';
import { listen, type BrowserAnswer, type Loopback } from '../session/loopback.ts';
import { rolesToChoose, type SessionRole } from '../session/roles.ts';
import { missingScopes, scopesFor } from '../session/scopes.ts';
import { siteBinding } from '../site.ts';
import { issueLease } from '../vault/lease.ts';
import { showProblem, showSignIn, showUnlock } from './arrive.ts';
import type { Desk, Person } from './desk.ts';
import { closeContent } from './lock.ts';
import { keepSession, newSession } from './practiceSession.ts';
import { revokeAll } from './revoke.ts';
import { endForRole } from './kept.ts';
import { loadVault, sitDown, standUp, vaultId, vaultIds } from './vaults.ts';
import { personOf } from './whose.ts';

interface Attempt {
  stop: AbortController;
  address: string;
  chooseRole: ((id: string) => void) | null;
  /** What its steps gave, the first one's first. */
  held: Held[];
  /** The last of them is a session's. */
  isIn: boolean;
  /** Nothing but the app's own end waits for it. */
  givenBack: Promise<unknown>;
}

/** How long the app, when it is closed, waits for the provider to take back what an unfinished sign-in holds, ms. */
const LEAVE_MS = 2000;

export class SignIn {
  readonly #desk: Desk;
  readonly #enter: () => void;
  #attempt: Attempt | null = null;
  /** Attempts that have not come to their end, cancelled ones too, or whose tokens are being given back. */
  readonly #underWay = new Set<Promise<unknown>>();

  /** @param enter called when the person is in: the vault is unlocked, or there is none to unlock. */
  constructor(desk: Desk, enter: () => void) {
    this.#desk = desk;
    this.#enter = enter;
  }

  /** Begins; what follows shows on the screens. A second call while one runs replaces it. */
  begin(): void {
    this.cancel();
    const attempt: Attempt = { stop: new AbortController(), address: '', chooseRole: null, held: [], isIn: false, givenBack: Promise.resolve() };
    this.#attempt = attempt;
    const over = this.#run(attempt).catch(async (error: unknown) => {
      if (this.#attempt !== attempt) return;
      this.#attempt = null;
      const problem = problemOf(error);
      log(problem.code === 'internal' ? 'fault' : 'refused', { step: 'exchange', code: problem.code, ...faultFields(error) });
      // Somebody who was inside stays inside, with the notice.
      if (this.#desk.vault?.unlocked) {
        this.#desk.stand({ problem });
        this.#desk.showRoom();
      } else if (problem.code.startsWith('keychain-') || problem.code.startsWith('vault-')) {
        showProblem(this.#desk, error, this.#desk.broken);
      } else await showSignIn(this.#desk, problem);
    }).finally(async () => {
      await attempt.givenBack;
      this.#underWay.delete(over);
    });
    this.#underWay.add(over);
  }

  /** Ends an attempt that is under way. Returns whether there was one. */
  cancel(): boolean {
    const attempt = this.#attempt;
    this.#attempt = null;
    attempt?.stop.abort(new Failure('sign-in-refused', 'cancelled'));
    return attempt !== null;
  }

  /** As {@link cancel}, for when the app is closed: what the app held must not outlive it, and a provider that does not answer keeps nobody waiting. */
  async leave(): Promise<void> {
    this.cancel();
    await Promise.race([Promise.allSettled(this.#underWay), sleep(LEAVE_MS, undefined, { ref: false })]);
  }

  get address(): string {
    return this.#attempt?.address ?? '';
  }

  chooseRole(id: string): void {
    this.#attempt?.chooseRole?.(id);
  }

  async #run(attempt: Attempt): Promise<void> {
    const { machine, site } = this.#desk;
    const practice = await discover(site, machine.fetch);
    const loopback = await listen();
    try {
      const first = await authorize(site, practice, loopback, scopesFor(null, practice), null);
      await this.#showBrowser(attempt, first);
      const { grant: who, tab } = await first.complete(attempt.stop.signal, (tokens) => attempt.held.push(tokens));
      const { roles, name } = await this.#rolesOf(who, tab);
      await this.#endKept(who, roles);
      // Whoever cancelled meanwhile is on another screen.
      attempt.stop.signal.throwIfAborted();
      const role = roles.length === 1 ? roles[0] : await this.#askRole(attempt, roles, name, tab);
      if (!role) {
        tab.finish('You are signed in, but you have no role here', 'Go back to Viewing Room.');
        this.#attempt = null;
        this.#desk.show({ screen: 'no-role', name, practice: this.#desk.practice, ended: null });
        return;
      }
      const grant = await this.#authorizeRole(attempt, practice, loopback, role, who, roles.length === 1 ? tab : null);
      if (this.#attempt !== attempt) return;
      await this.#arrive(attempt, practice, grant, role, name);
    } finally {
      attempt.givenBack = giveBackSpare(practice, attempt);
      // The last page must reach the browser before the listener goes.
      setTimeout(() => loopback.close(), 2000).unref();
    }
  }

  async #showBrowser(attempt: Attempt, authorization: Authorization): Promise<void> {
    attempt.address = authorization.address;
    const opened = await this.#desk.machine.openBrowser(authorization.address);
    if (this.#attempt === attempt) this.#desk.show({ screen: 'browser', practice: this.#desk.practice, address: authorization.address, opened });
  }

  async #rolesOf(who: Grant, tab: BrowserAnswer): Promise<{ roles: (SessionRole & RoleView)[]; name: string }> {
    const { machine, site } = this.#desk;
    try {
      const staff = await readStaff(new PracticeHttp(site.fhirBase, machine.fetch, async () => who.accessToken), who.identity.practitioner);
      if (!staff || !isRecordOf(staff.practitioner, who.identity)) throw new Failure('identity-mismatch', 'Practitioner is not the person of the ID token');
      const organisation = (id: string) => staff.organizations.get(staff.roles.find((r) => r.id === id)?.organization?.reference ?? '')?.name ?? site.practice.name;
      const roles = rolesToChoose(staff.roles, who.identity, site, machine.now()).map((role) => ({ ...role, organisation: organisation(role.id) }));
      return { roles, name: displayName(staff.practitioner.name) || who.identity.name };
    } catch (error) {
      tab.finish('Viewing Room could not go on', 'Go back to Viewing Room to see why.');
      throw error;
    }
  }

  /** An incident that was kept in a role which this person does not have any more. A vault that does not open says so when it is needed. */
  async #endKept({ identity }: Grant, roles: readonly SessionRole[]): Promise<void> {
    const desk = this.#desk;
    const id = vaultId(desk.site.issuer, identity.sds);
    if (!vaultIds(desk.machine.profile).includes(id)) return;
    try {
      await desk.oneLoad(async () => {
        const open = desk.vault?.id === id ? desk.vault : null;
        const vault = open ?? await loadVault(desk, id);
        try {
          endForRole(desk, vault, roles);
        } finally {
          if (!open) vault.close();
        }
      });
    } catch (error) {
      log('fault', { step: 'vault', ...faultFields(error) });
    }
  }

  async #askRole(attempt: Attempt, roles: (SessionRole & RoleView)[], name: string, tab: BrowserAnswer): Promise<(SessionRole & RoleView) | undefined> {
    if (roles.length === 0) return undefined;
    tab.finish('Choose your role in Viewing Room', 'You have more than one role. Go back to Viewing Room to choose one.');
    const key = (role: SessionRole) => `${role.id}:${role.kind}`;
    this.#desk.show({ screen: 'choose-role', name, roles: roles.map((role) => ({ id: key(role), kind: role.kind, name: role.name, organisation: role.organisation })) });
    const chosen = await new Promise<string>((resolve, reject) => {
      attempt.chooseRole = resolve;
      attempt.stop.signal.addEventListener('abort', () => reject(new Failure('sign-in-refused', 'cancelled')));
    });
    const role = roles.find((candidate) => key(candidate) === chosen);
    if (!role) throw new Failure('bad-request', 'no such role');
    return role;
  }

  /** @param tab the browser tab that is waiting and can be sent on, if there is one. */
  async #authorizeRole(attempt: Attempt, practice: Practice, loopback: Loopback, role: SessionRole, who: Grant, tab: BrowserAnswer | null): Promise<Grant> {
    const second = await authorize(this.#desk.site, practice, loopback, scopesFor(role.kind, practice), 'consent');
    attempt.address = second.address;
    if (tab) {
      tab.goTo(second.address);
      this.#desk.show({ screen: 'browser', practice: this.#desk.practice, address: second.address, opened: true });
    } else await this.#showBrowser(attempt, second);
    const { grant, tab: last } = await second.complete(attempt.stop.signal, (tokens) => attempt.held.push(tokens));
    if (!isSamePerson(grant.identity, who.identity)) {
      last.finish('You are not signed in', 'Two different people signed in. Go back to Viewing Room.');
      throw new Failure('identity-mismatch', 'second step was another person');
    }
    const missing = missingScopes(role.kind, grant.scope, practice);
    if (missing.length > 0) {
      last.finish('You are not signed in', 'The practice did not give Viewing Room what it needs. Go back to Viewing Room.');
      throw new Failure('practice-unsupported', 'scopes not granted', { missing: missing.join(', ') });
    }
    last.finish('You are signed in', 'You can close this tab and go back to Viewing Room.');
    return grant;
  }

  async #arrive(attempt: Attempt, practice: Practice, grant: Grant, role: SessionRole & RoleView, name: string): Promise<void> {
    const desk = this.#desk;
    const { site } = desk;
    const id = vaultId(site.issuer, grant.identity.sds);
    if (desk.vault?.unlocked && desk.vault.id !== id) throw new Failure('different-person', 'somebody else signed in');
    const person: Person = {
      sds: grant.identity.sds, subject: grant.identity.subject, practitioner: grant.identity.practitioner, name,
      role: { id: role.id, kind: role.kind, name: role.name }, organisation: role.organisation,
    };
    // What is on screen was decided for the former session; and only a clinician's has content at all.
    if (role.kind !== 'clinician') await closeContent(desk, new Failure('locked', 'signed in to the console'));
    else await revokeAll(desk, new Failure('locked', 'signed in anew'));
    attempt.stop.signal.throwIfAborted();
    const wasUnlocked = desk.vault?.unlocked === true;
    let vault = desk.vault;
    if (vault?.id !== id) {
      standUp(desk);
      desk.broken = id;
      vault = await desk.oneLoad(async () => {
        attempt.stop.signal.throwIfAborted();
        // Somebody may have chosen a vault meanwhile, this one even.
        standUp(desk);
        const loaded = await loadVault(desk, id);
        // Whoever cancelled while the keychain was asked is not in, and somebody else may be.
        if (attempt.stop.signal.aborted) loaded.close();
        attempt.stop.signal.throwIfAborted();
        standUp(desk);
        desk.vault = loaded;
        return loaded;
      });
      desk.broken = null;
    }
    const before = personOf(vault);
    if (before && before.sds !== person.sds) throw new Failure('vault-corrupt', 'vault of another person');
    // Only a clinician's session has something to come back to with a secret.
    if (role.kind === 'clinician' || !before) vault.ledger.set('person', JSON.stringify(person));
    const changed = vault.ledger.get('binding') !== null && vault.ledger.get('binding') !== siteBinding(site);
    vault.ledger.set('binding', siteBinding(site));
    // A manager has nothing to use offline, and what ended as a clinician stays ended.
    if (role.kind === 'clinician') {
      vault.ledger.set('lease', JSON.stringify(issueLease(desk.clock(), site.offline.leaseHours)));
      vault.ledger.set('roleEnded', null);
    }
    sitDown(desk, vault, person);
    // One person whom the practice now calls by another record: their former assignments are nobody's until they are asked for anew.
    if (before && before.practitioner !== person.practitioner) desk.journal?.write({ event: 'identity-changed' });
    if (changed) desk.journal?.write({ event: 'site-changed' });
    desk.journal?.write({ event: 'signed-in' });
    desk.session = newSession(desk, vault, person, practice.configuration, { token: grant.accessToken, expiresAt: grant.expiresAt }, grant.refreshToken);
    attempt.isIn = true;
    // Somebody who was inside chooses no secret and unlocks nothing now; of the former session only a spent token is there.
    if (role.kind === 'clinician' && vault.unlocked) keepSession(desk);
    this.#attempt = null;
    desk.stand({ online: true, problem: null });
    log('signed-in');
    if (role.kind !== 'clinician' || wasUnlocked) this.#enter();
    else if (vault.rule) await showUnlock(desk, null);
    else desk.show({ screen: 'set-secret', name, rule: desk.secretRule(), why: 'first' });
  }
}

/**
 * What is no session's. Of the first step beside a session that is its access token alone: a provider that sends a refresh token which nobody asked for may keep one grant for both steps,
 * and revoking it would end the session that has just begun (RFC 7009 §2.1).
 */
async function giveBackSpare({ configuration }: Practice, { held, isIn }: Attempt): Promise<void> {
  const spare = isIn ? held.slice(0, 1).map(({ accessToken }) => ({ accessToken, refreshToken: null })) : [...held].reverse();
  for (const grant of spare) await giveBack(configuration, grant);
}
