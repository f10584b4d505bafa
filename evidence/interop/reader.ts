/** Someone of the practice with tokens of its Keycloak, reading through the gateway with the app's own modules, as far as they run without Electron. */
import { scopesFor } from '../../src/main/session/scopes.ts';
import type { Person } from '../../practice/people.ts';
import { assess } from '../../src/main/assurance/assess.ts';
import type { Task } from '../../src/main/fhir/resources.ts';
import { gather } from '../../src/main/service/evidence.ts';
import { PracticeHttp, type Fetch } from '../../src/main/service/http.ts';
import { readRoles } from '../../src/main/service/people.ts';
import { taskPages } from '../../src/main/service/worklist.ts';
import { parseSite, type TrustedKey } from '../../src/main/site.ts';
import { Browser } from './browser.ts';
import { tokensOf, type Tokens } from './oidc.ts';
import type { World } from './world.ts';

export class Reader {
  readonly person: Person;
  readonly http: PracticeHttp;
  tokens: Tokens;
  /** How its requests go out. */
  line: Fetch = fetch;
  /** How often a token was renewed. */
  renewals = 0;
  /** What was filled in to sign in. */
  readonly pages: readonly string[];
  readonly #world: World;
  #renewal: Promise<void> | null = null;

  private constructor(world: World, person: Person, tokens: Tokens, pages: readonly string[]) {
    [this.#world, this.person, this.tokens, this.pages] = [world, person, tokens, pages];
    this.http = new PracticeHttp(world.gateway.fhirBase, (url, init) => this.line(url, init), async (refresh) => {
      if (refresh) await this.renew();
      return this.tokens.access_token;
    });
  }

  static async signIn(world: World, person: Person, role: 'clinician' | 'manager' = 'clinician'): Promise<Reader> {
    const browser = new Browser();
    const tokens = await world.provider.signIn(browser, person, scopesFor(role, { scopesSupported: null, permissionV2: true }));
    return new Reader(world, person, tokens, browser.pages.map(({ fields }) => fields.join(' ')));
  }

  /** Once for all who ask at the same time: a refresh token that is used twice ends the session. */
  async renew(): Promise<void> {
    this.#renewal ??= (async () => {
      this.tokens = await tokensOf(await this.#world.provider.refresh(this.tokens.refresh_token));
      this.renewals += 1;
    })().finally(() => {
      this.#renewal = null;
    });
    await this.#renewal;
  }

  get practitioner(): string {
    return this.#world.seeded.practitioner(this.person);
  }

  async owners(): Promise<string[]> {
    const staff = await readRoles(this.http, this.practitioner.split('/')[1] ?? '');
    return [this.practitioner, ...(staff?.roles ?? []).map(({ id }) => `PractitionerRole/${id}`)];
  }

  async tasks(): Promise<Task[]> {
    const all: Task[] = [];
    for await (const page of taskPages(this.http, await this.owners(), null)) all.push(...page);
    return all;
  }

  /** "Task/id" → the reasons against it; none: it would be shown. @param keys whose assignments count beside those of the site file */
  async verdicts(tasks: readonly Task[], keys: readonly TrustedKey[] = [], now = Date.now()): Promise<Map<string, Verdict>> {
    const own = parseSite(JSON.stringify(this.#world.siteFile()));
    const site = { ...own, assignmentKeys: [...own.assignmentKeys, ...keys] };
    const owners = await this.owners();
    const { offered, unread } = await gather(this.http, tasks);
    if (unread.size > 0) throw new Error(`${unread.size} Tasks were not read`);
    const found = new Map<string, Verdict>();
    for (const one of offered) {
      const decision = await assess(one, { reviewer: { sds: this.person.sdsUserId, owners }, site, now, seen: () => null, rivals: () => [], stopped: () => false, wrongRevision: () => null });
      found.set(`Task/${one.task.id}`, decision.ok ? { reasons: [], assured: decision.assured } : { reasons: [...decision.reasons], assured: null });
    }
    return found;
  }

  /** A request with this token and nothing of the app around it. */
  async ask(target: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.#world.gateway.fhirBase}/${target}`, { ...init, headers: { accept: 'application/fhir+json', authorization: `Bearer ${this.tokens.access_token}`, 'cache-control': 'no-cache', ...init.headers as Record<string, string> } });
  }
}

type Assessed = Awaited<ReturnType<typeof assess>>;
export interface Verdict {
  reasons: string[];
  assured: Extract<Assessed, { ok: true }>['assured'] | null;
}
