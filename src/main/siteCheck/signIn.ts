/** One person's sign-in, as the app's own goes (journeys/signIn.ts), with a line for each thing that it rests on. Tokens stay in memory and are revoked at the end. */
import type { SiteCheckLine } from '../../preload/siteCheck.ts';
import { displayName } from '../fhir/resources.ts';
import { Failure, problemOf } from '../platform/failure.ts';
import { PracticeHttp, type Fetch } from '../service/http.ts';
import { readStaff } from '../service/people.ts';
import { authorize, refusalOf, type Authorization, type Grant, type Held } from '../session/authorize.ts';
import { discover, type Practice } from '../session/discovery.ts';
import { giveBack } from '../session/giveBack.ts';
import { isRecordOf, isSamePerson, sameAs } from '../session/identity.ts';
import { listen, type BrowserAnswer, type Loopback } from '../session/loopback.ts';
import { rolesToChoose, type SessionRole } from '../session/roles.ts';
import { missingScopes, scopesFor } from '../session/scopes.ts';
import { Tokens } from '../session/tokens.ts';
import type { Site } from '../site.ts';
import { called, line, missing, notTried, ok, warning, type Outcome } from './lines.ts';
import { saidOf } from './reasons.ts';

/** Somebody who is signed in, in one role. */
export interface Signed {
  http: PracticeHttp;
  role: SessionRole;
  sds: string;
  /** Practitioner id. */
  practitioner: string;
  /** For the practice's own record; it is printed nowhere. */
  name: string;
}

interface SignInGiven {
  site: Site;
  fetch: Fetch;
  now: () => number;
  /** Opens an address in the browser, or has somebody open it. */
  open: (address: string) => Promise<void>;
  signal: AbortSignal;
}

interface SignInResult {
  lines: SiteCheckLine[];
  signed: Signed | null;
  /** Gives the tokens back. */
  leave: () => Promise<SiteCheckLine[]>;
}

function whySignIn(error: unknown): Outcome {
  const name = error instanceof Error ? refusalOf(error) : null;
  if (name === null) return missing(saidOf(error));
  return missing(`the provider answered ${name}`, name === 'access_denied' ? 'The person refused, or the provider did for them. Have them sign in again and agree; if it is the provider, let this person use this client there.' : undefined);
}

export async function checkSignIn(given: SignInGiven): Promise<SignInResult> {
  const result: SignInResult = { lines: [], signed: null, leave: async () => [] };
  const add = (id: string, found: Outcome) => void result.lines.push(line(id, found));
  let practice: Practice;
  try {
    practice = await discover(given.site, given.fetch);
  } catch (error) {
    add('person.sign-in', notTried(`it cannot begin: ${String(problemOf(error).detail?.missing ?? saidOf(error))}`));
    return result;
  }
  const loopback = await listen();
  try {
    await run(given, practice, loopback, result, add);
  } catch (error) {
    // What went wrong belongs to the line that was not reached.
    if (!result.lines.some(({ id }) => id === 'person.sign-in')) {
      const { code, detail } = problemOf(error);
      const isClaims = code === 'identity-mismatch' && typeof detail?.claims === 'string';
      add('person.sign-in', isClaims ? ok('it came to its end') : whySignIn(error));
      if (isClaims) add('person.claims', missing(`not in the ID token, or not as they must be: ${detail.claims}`));
    } else add(result.lines.some(({ id }) => id === 'person.practitioner') ? 'person.scopes' : 'person.practitioner', whySignIn(error));
  }
  const { leave } = result;
  // The last page must reach the browser before the listener goes.
  result.leave = () => leave().finally(() => loopback.close());
  return result;
}

async function run(given: SignInGiven, practice: Practice, loopback: Loopback, result: SignInResult, add: (id: string, found: Outcome) => void): Promise<void> {
  const { site, fetch } = given;
  const first = await authorize(site, practice, loopback, scopesFor(null, practice), null);
  await given.open(first.address);
  /** What each step gave, the last one's first. */
  const held: (() => Promise<boolean>)[] = [];
  const hold = (tokens: Held) => void held.unshift(() => giveBack(practice.configuration, tokens));
  result.leave = async () => {
    const confirmed: boolean[] = [];
    for (const leave of held) confirmed.push(await leave());
    return confirmed.length === 0 ? [] : [line('person.revocation', confirmed.every(Boolean) ? ok('the provider confirmed it') : warning('the provider did not confirm it'))];
  };
  const { grant: who, tab } = await first.complete(given.signal, hold);
  add('person.sign-in', ok('it came to its end'));
  add('person.claims', ok(`sub, ${site.userIdClaim} and fhirUser`));
  const stop = (heading: string) => tab.finish(heading, 'Go back to the site check to see why.');
  const found = await roleOf(given, who, add).catch((error: unknown) => {
    stop('The site check could not go on');
    throw error;
  });
  if (!found) {
    stop('You are signed in, but you have no role here');
    return;
  }
  const { role, name } = found;
  const { grant, isEnough } = await authorizeRole(given, practice, loopback, role, who, tab, hold, add);
  if (!isEnough) return;
  const { identity, accessToken, expiresAt, refreshToken } = grant;
  const tokens = new Tokens(practice.configuration, { token: accessToken, expiresAt }, refreshToken, sameAs(identity, site), () => undefined, () => undefined);
  // They may be renewed from here on.
  held[0] = () => tokens.revoke();
  add('person.refresh', await renewal(tokens, grant));
  const http = new PracticeHttp(site.fhirBase, fetch, (refused) => tokens.get(refused));
  result.signed = { http, role, sds: identity.sds, practitioner: identity.practitioner, name };
}

/** Null where there is none, which a line then says. */
async function roleOf({ site, fetch, now }: SignInGiven, who: Grant, add: (id: string, found: Outcome) => void): Promise<{ role: SessionRole; name: string } | null> {
  const staff = await readStaff(new PracticeHttp(site.fhirBase, fetch, async () => who.accessToken), who.identity.practitioner);
  if (!staff || !isRecordOf(staff.practitioner, who.identity)) {
    add('person.practitioner', missing(staff ? 'it has another SDS user id, none, or is not active' : 'the Practitioner that fhirUser names is not there, or not theirs to read'));
    return null;
  }
  add('person.practitioner', ok('it has the SDS user id of the ID token'));
  const roles = rolesToChoose(staff.roles, who.identity, site, now());
  const [role] = roles;
  if (!role) {
    const codes = [...new Set(staff.roles.flatMap(({ code = [] }) => code.flatMap(({ coding = [] }) => coding.map(({ system = '', code: value = '' }) => `${system}|${value}`))))];
    add('person.role', missing(staff.roles.length === 0 ? 'this person has no PractitionerRole that can be read' : `of ${staff.roles.length} none counts; their codes are ${codes.length === 0 ? 'missing' : called(codes)}`));
    return null;
  }
  add('person.role', ok(roles.length === 1 ? names[role.kind] : `${roles.map(({ kind }) => names[kind]).join(', ')}; the check goes on as ${names[role.kind]}`));
  return { role, name: displayName(staff.practitioner.name) };
}

const names = { clinician: 'clinician', manager: 'manager', guardian: 'second reader' };

/** @param hold has tokens given back at the end, also those that do not cover the role or are somebody else's */
async function authorizeRole({ site, signal }: SignInGiven, practice: Practice, loopback: Loopback, { kind }: SessionRole, who: Grant, tab: BrowserAnswer, hold: (tokens: Held) => void, add: (id: string, found: Outcome) => void): Promise<{ grant: Grant; isEnough: boolean }> {
  const second: Authorization = await authorize(site, practice, loopback, scopesFor(kind, practice), 'consent');
  tab.goTo(second.address);
  const { grant, tab: last } = await second.complete(signal, hold);
  if (!isSamePerson(grant.identity, who.identity)) {
    last.finish('You are not signed in', 'Two different people signed in. Go back to the site check.');
    throw new Failure('identity-mismatch', 'the second step was another person');
  }
  const needed = missingScopes(kind, grant.scope, practice);
  const held = new Set(grant.scope?.split(' ') ?? scopesFor(kind, practice).split(' '));
  const others = scopesFor(kind, practice).split(' ').filter((scope) => scope.startsWith('user/') && !held.has(scope));
  add('person.scopes', needed.length > 0 ? missing(`not granted: ${needed.join(', ')}`) : others.length > 0 ? warning(`not granted: ${others.join(', ')}`) : ok('all that were asked for'));
  if (needed.length > 0) {
    last.finish('You are not signed in', 'The practice did not give Viewing Room what it needs. Go back to the site check.');
    return { grant, isEnough: false };
  }
  last.finish('You are signed in', 'You can close this tab and go back to the site check.');
  return { grant, isEnough: true };
}

async function renewal(tokens: Tokens, { accessToken, refreshToken }: Grant): Promise<Outcome> {
  if (refreshToken === null) return warning('no refresh token came: people sign in again when their token ends');
  try {
    await tokens.get(accessToken);
    return ok('they were renewed once');
  } catch (error) {
    return missing(saidOf(error));
  }
}
