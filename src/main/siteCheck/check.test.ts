/** The site check against the demo practice: all of it is there, and each thing that is taken away turns its line and no other. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CapabilityStatement, PractitionerRole } from '@medplum/fhirtypes';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { spellings } from '../../../e2e/harness/canary.ts';
import type { Lies, Practice } from '../../../practice/index.ts';
import { people } from '../../../practice/people.ts';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { TestBrowser } from '../../../practice/testing/sign-in.ts';
import type { Mark, SiteCheckLine } from '../../preload/siteCheck.ts';
import { discover } from '../session/discovery.ts';
import { parseSite } from '../site.ts';
import { runSiteCheck, type CommandGiven } from './command.ts';
import { entries } from './lines.ts';

const practice = practiceForTests();
const folder = mkdtempSync(path.join(tmpdir(), 'check-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a test changed at the practice, put back. */
const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const back of undo.splice(0).reverse()) await back();
});

interface Made {
  lines: Map<string, SiteCheckLine>;
  code: number;
  /** All that was printed, on both streams, and on the second. */
  printed: string;
  notes: string;
}

async function check(site: object | string, { as = null, fetch = globalThis.fetch, json = true, overruled = false, browser = new TestBrowser() }: { as?: string | null; overruled?: boolean; fetch?: CommandGiven['fetch']; json?: boolean; browser?: TestBrowser } = {}): Promise<Made> {
  let [out, notes] = ['', ''];
  const code = await runSiteCheck({
    readSite: () => parseSite(typeof site === 'string' ? site : JSON.stringify(site)), fetch, overruled, folder: path.join(folder, 'keys'), now: () => Date.now(), options: { signIn: as !== null, json }, version: '1.2.3',
    openBrowser: async (address) => {
      void browser.open(practice.get().url, address, as ?? '').catch(() => undefined);
      return true;
    },
    print: async (text) => void (out += text), note: async (text) => void (notes += `${text}\n`),
  });
  const { lines } = json ? JSON.parse(out) as { lines: SiteCheckLine[] } : { lines: [] };
  return { lines: new Map(lines.map((line) => [line.id, line])), code, printed: out + notes, notes };
}

const marked = ({ lines }: Made, ...marks: Mark[]): string[] => [...lines.values()].filter(({ mark }) => marks.includes(mark)).map(({ id, mark }) => `${mark} ${id}`);
const faults = (made: Made): string[] => marked(made, 'missing', 'warning');
const siteOf = ({ siteFile }: Practice) => siteFile();
const openLines = [...entries].filter(([, { group }]) => ['site', 'network', 'sign-in', 'scopes', 'fhir'].includes(group)).map(([id]) => id);

describe('an honest practice', () => {
  it('has everything that can be seen without a sign-in', async () => {
    const made = await check(siteOf(practice.get()));
    expect(faults(made)).toEqual([]);
    expect(marked(made, 'ok')).toEqual(openLines.map((id) => `ok ${id}`));
    expect([...made.lines.values()].filter(({ mark }) => mark === 'not-tried').map(({ found }) => found).every((found) => found === 'a sign-in is needed')).toBe(true);
    expect(made.code).toBe(0);
  });

  it('has everything that a clinician needs, and gets one entry into its access record', async () => {
    const before = await practice.get().repo.auditEvents();
    const made = await check(siteOf(practice.get()), { as: 'ada' });
    expect(faults(made)).toEqual([]);
    expect(marked(made, 'not-tried')).toEqual(['not-tried record.read', 'not-tried console.assignments', 'not-tried console.lists']);
    expect(made.code).toBe(0);
    const added = (await practice.get().repo.auditEvents()).filter(({ id }) => !before.some((one) => one.id === id));
    expect(added.map(({ subtype = [] }) => subtype.map(({ code }) => code))).toEqual([['create', 'site-check']]);
  });

  it.each(['pat', 'cal'])('has everything that a manager or second reader needs: %s, who is asked for no recording', async (username) => {
    const { accessLog } = practice.get();
    const from = accessLog.length;
    const made = await check(siteOf(practice.get()), { as: username });
    expect(faults(made)).toEqual([]);
    expect(marked(made, 'not-tried').every((id) => /(worklist|evidence|media|reviews)\./.test(id))).toBe(true);
    expect(accessLog.slice(from).filter(({ path: asked }) => asked.includes('/Binary'))).toEqual([]);
  });

  it('is asked for a few bytes of one recording and no more', async () => {
    const { accessLog, repo } = practice.get();
    const from = accessLog.length;
    await check(siteOf(practice.get()), { as: 'ada' });
    const media = new Set(repo.recordings().map(({ binaryId }) => `/fhir/Binary/${binaryId}`));
    const asked = accessLog.slice(from).filter(({ path: of }) => media.has(of));
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every(({ range, status }) => status === 206 && /^bytes=\d+-$/.test(range ?? ''))).toBe(true);
    expect(new Set(asked.map(({ path: of }) => of)).size).toBe(1);
  });
});

type Off = (given: { lies: Lies; practice: Practice; site: ReturnType<typeof siteOf> }) => unknown;
const changing = (name: 'provider' | 'smart' | 'metadata', change: (document: Record<string, unknown>) => unknown): Off => ({ lies }) => {
  lies.document = (of, honest) => {
    if (of !== name) return honest;
    const changed = change(honest);
    return changed === null ? null : honest;
  };
};
const resource = (document: Record<string, unknown>, type: string) => (document as unknown as CapabilityStatement).rest?.[0]?.resource?.find((one) => one.type === type);
const without = (list: unknown, ...gone: string[]) => (list as string[]).filter((one) => !gone.includes(one));

/** What is switched off, and the one line that it turns. */
const open: [what: string, line: string, off: Off][] = [
  ['a manifest key', 'missing site.keys', ({ site }) => { site.manifestKeys = site.manifestKeys.map((key) => ({ ...key, revoked: true })); }],
  ['signatures', 'warning site.keys', ({ site }) => { site.assurance = 'unsigned-permitted'; }],
  ['the key file that is named', 'missing site.key-files', ({ site, practice: { fhirBase } }) => { Object.assign(site, { keyFiles: { transcriber: { url: `${fhirBase}/metadata`, sha256: 'A'.repeat(43) } } }); }],
  ['the address of updates', 'warning network.updates', ({ site }) => { Object.assign(site, { updates: { by: 'feed', feed: 'http://127.0.0.1:9/updates' } }); }],
  ['the provider’s metadata', 'missing sign-in.provider', changing('provider', () => null)],
  ['jwks_uri', 'missing sign-in.provider', changing('provider', (document) => delete document.jwks_uri)],
  ['the SMART configuration', 'missing sign-in.smart', changing('smart', () => null)],
  ['the token endpoint', 'missing sign-in.smart', changing('smart', (document) => delete document.token_endpoint)],
  ['the issuer', 'missing sign-in.issuer', changing('provider', (document) => { document.issuer = 'https://elsewhere.example'; })],
  ['the FHIR server’s issuer', 'missing sign-in.issuer', changing('smart', (document) => { document.issuer = 'https://elsewhere.example'; })],
  ['https', 'missing sign-in.endpoints', changing('provider', (document) => { document.token_endpoint = 'http://elsewhere.example/token'; })],
  ['the code flow', 'missing sign-in.code-flow', changing('provider', (document) => { document.response_types_supported = ['id_token']; })],
  ['PKCE with S256', 'missing sign-in.pkce', changing('provider', (document) => { document.code_challenge_methods_supported = ['plain']; })],
  ['a word about PKCE', 'warning sign-in.pkce', changing('provider', (document) => delete document.code_challenge_methods_supported)],
  ['signatures that can be checked', 'missing sign-in.keys', changing('provider', (document) => { document.id_token_signing_alg_values_supported = ['HS256']; })],
  ['the keys', 'missing sign-in.keys', changing('provider', (document) => { document.jwks_uri = `${String(document.issuer)}/nothing`; })],
  ['refresh tokens', 'warning sign-in.refresh', changing('provider', (document) => { document.grant_types_supported = without(document.grant_types_supported, 'refresh_token'); })],
  ['revocation', 'warning sign-in.revocation', ({ lies }) => {
    lies.document = (_name, honest) => ({ ...honest, revocation_endpoint: undefined });
  }],
  ['a scope of identity', 'missing scopes.identity', changing('smart', (document) => { document.scopes_supported = without(document.scopes_supported, 'user/PractitionerRole.rs'); })],
  ['a scope that a clinician needs', 'missing scopes.clinician', changing('smart', (document) => { document.scopes_supported = without(document.scopes_supported, 'user/Binary.r'); })],
  ['a scope of a clinician', 'warning scopes.clinician', changing('smart', (document) => { document.scopes_supported = without(document.scopes_supported, 'user/Questionnaire.rs'); })],
  ['a scope of a manager', 'warning scopes.manager', changing('smart', (document) => { document.scopes_supported = without(document.scopes_supported, 'user/List.cu'); })],
  ['the CapabilityStatement', 'warning fhir.metadata', changing('metadata', () => null)],
  ['R4', 'missing fhir.version', changing('metadata', (document) => { document.fhirVersion = '5.0.0'; })],
  ['the type Binary', 'missing fhir.binary', changing('metadata', (document) => Object.assign(resource(document, 'Binary') ?? {}, { type: 'Basic' }))],
  ['search by owner', 'missing fhir.task', changing('metadata', (document) => Object.assign(resource(document, 'Task') ?? {}, { searchParam: [{ name: 'status' }, { name: 'code' }, { name: 'focus' }] }))],
  ['changing a Task', 'warning fhir.task', changing('metadata', (document) => Object.assign(resource(document, 'Task') ?? {}, { interaction: [{ code: 'read' }, { code: 'search-type' }, { code: 'create' }] }))],
  ['search by relatesto', 'missing fhir.document-reference', changing('metadata', (document) => Object.assign(resource(document, 'DocumentReference') ?? {}, { searchParam: [{ name: 'identifier' }, { name: 'subject' }] }))],
  ['signed statements', 'missing fhir.provenance', changing('metadata', (document) => Object.assign(resource(document, 'Provenance') ?? {}, { interaction: [{ code: 'create' }] }))],
  ['Lists', 'warning fhir.list', changing('metadata', (document) => Object.assign(resource(document, 'List') ?? {}, { type: 'Basic' }))],
  ['creating an AuditEvent', 'missing fhir.audit-event', changing('metadata', (document) => Object.assign(resource(document, 'AuditEvent') ?? {}, { interaction: [{ code: 'read' }, { code: 'search-type' }] }))],
  ['conditional creation of AuditEvents', 'missing fhir.conditional-create', changing('metadata', (document) => Object.assign(resource(document, 'AuditEvent') ?? {}, { conditionalCreate: false }))],
  ['conditional creation of messages', 'warning fhir.conditional-create', changing('metadata', (document) => Object.assign(resource(document, 'Communication') ?? {}, { conditionalCreate: false }))],
  ['versions', 'warning fhir.versioned-update', changing('metadata', (document) => Object.assign(resource(document, 'Task') ?? {}, { versioning: 'no-version' }))],
  ['batches', 'warning fhir.batch', changing('metadata', (document) => { Object.assign((document.rest as object[])[0] ?? {}, { interaction: [{ code: 'transaction' }] }); })],
];

const answering = (asks: RegExp, give: (body: Buffer) => { status?: number; body?: Buffer }): Off => ({ lies }) => {
  lies.answer = ({ method, path: of, query }, honest) => (asks.test(`${method} ${of}?${query.toString()}`) ? { ...honest, ...give(honest.body) } : honest);
};
const outcome = Buffer.from(JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'forbidden' }] }));
const refusedBy = (asks: RegExp): Off => answering(asks, () => ({ status: 403, body: outcome }));
/** Nothing of a type in any answer. */
const noneOf = (type: string): Off => answering(new RegExp(`^GET ${type}\\?`), () => ({ body: Buffer.from(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry: [] })) }));
const changed = (asks: RegExp, from: RegExp, to: string): Off => answering(asks, (body) => ({ body: Buffer.from(body.toString().replace(from, to)) }));

const person: [what: string, line: string, off: Off, as?: string][] = [
  ['the sign-in', 'missing person.sign-in', ({ lies }) => { lies.refuseSignIn = true; }],
  ['the user id in the ID token', 'missing person.claims', ({ site }) => { site.userIdClaim = 'another_claim'; }],
  ['the SDS user id of the Practitioner', 'missing person.practitioner', changed(/^GET Practitioner\/gp-1\?/, /sds-user-id/g, 'other')],
  ['the role', 'missing person.role', ({ site }) => { Object.assign(site.roles, { clinician: [{ system: 'https://elsewhere.example', code: 'X' }] }); }],
  ['a scope that is needed', 'missing person.scopes', ({ lies }) => { lies.withheldScopes = new Set(['user/AuditEvent.c']); }],
  ['a scope', 'warning person.scopes', ({ lies }) => { lies.withheldScopes = new Set(['user/Task.u']); }],
  ['offline access', 'warning person.refresh', ({ lies }) => { lies.withheldScopes = new Set(['offline_access']); }],
  ['the access record', 'missing record.create', refusedBy(/^POST AuditEvent/)],
  ['the bytes in the access record', 'missing record.create', changed(/^POST AuditEvent/, /"type":"site-check"/, '"type":"other"')],
  ['assignments', 'missing worklist.search', refusedBy(/^GET Task\?owner/)],
  ['the owner', 'missing worklist.search', ({ lies }) => { lies.everyonesTasks = true; }],
  ['what has changed', 'warning worklist.changes', answering(/^GET Task\?.*_lastUpdated=gt/, () => ({ body: Buffer.from(JSON.stringify({ resourceType: 'Bundle', type: 'searchset' })) }))],
  ['the second page', 'missing worklist.pages', changed(/^GET Task\?owner.*_count=3/, /"relation":"next"/, '"relation":"other"')],
  ['pages under its own address', 'missing worklist.pages', changed(/^GET Task\?owner.*_count=3/, /"relation":"next","url":"[^"]*"/, '"relation":"next","url":"https://elsewhere.example/fhir/Task"')],
  ['recordings', 'missing evidence.recording', noneOf('DocumentReference')],
  ['Encounters', 'missing evidence.encounter', noneOf('Encounter')],
  ['Patients', 'missing evidence.patient', noneOf('Patient')],
  ['the Organization', 'missing evidence.organisation', noneOf('Organization')],
  ['the consent of a purpose', 'warning evidence.consent', ({ site }) => { site.purposes.HQUALIMP = { consent: 'TREAT' }; }],
  ['signatures', 'missing evidence.manifest', noneOf('Provenance')],
  ['the key of the signatures', 'missing evidence.manifest', ({ site }) => { site.manifestKeys = site.transcriberKeys; }],
  ['the Encounters’ time', 'missing evidence.decision', changed(/^GET Encounter\?/, /"status":"finished"/g, '"status":"cancelled"')],
  ['ranges', 'warning media.range', ({ lies }) => { lies.noRanges = true; }],
  ['a strong ETag', 'warning media.version', ({ lies }) => {
    lies.answer = ({ path: of }, honest) => ({ ...honest, headers: of.startsWith('Binary/media-') ? { ...honest.headers, etag: 'W/"1"' } : honest.headers });
  }],
  ['the stop list', 'warning stops.list', ({ lies }) => { lies.listStatus = 404; }],
  ['an answer about the stop list', 'missing stops.list', ({ lies }) => { lies.listStatus = 500; }],
  ['forms', 'warning reviews.forms', refusedBy(/^GET Questionnaire\?/)],
  ['messages', 'warning reviews.read', refusedBy(/^GET Communication\?/)],
  ['the access record of a manager', 'missing record.read', refusedBy(/^GET AuditEvent\?/), 'pat'],
  ['assignments of a manager', 'missing console.assignments', refusedBy(/^GET Task\?code/), 'pat'],
  ['lists of a manager', 'missing console.lists', refusedBy(/^GET List\?.*device-list/), 'cal'],
];

describe('what is switched off turns its line, and no other', () => {
  it.each(open)('without a sign-in: %s', async (_what, line, off) => {
    const site = siteOf(practice.get());
    off({ lies: practice.get().lies, practice: practice.get(), site });
    const made = await check(site);
    expect(faults(made)).toEqual([line]);
    const [mark, id = ''] = line.split(' ');
    expect(made.code).toBe(mark === 'missing' ? 1 : 0);
    expect(made.lines.get(id)?.fix).toMatch(/^[A-Z].*\.$/);
  });

  it.each(person)('with a sign-in: %s', async (_what, line, off, as = 'ada') => {
    const site = siteOf(practice.get());
    off({ lies: practice.get().lies, practice: practice.get(), site });
    const made = await check(site, { as });
    expect(faults(made)).toEqual([line]);
  });

  it('who refuses to sign in is not told that the client is wrong', async () => {
    practice.get().lies.refuseSignIn = true;
    expect((await check(siteOf(practice.get()), { as: 'ada' })).lines.get('person.sign-in')).toMatchObject({ found: 'the provider answered access_denied', fix: expect.stringMatching(/^The person refused/) as unknown });
  });

  it('has a test for each line that can turn', () => {
    const turned = new Set([...open, ...person].map(([, line]) => line.split(' ')[1]));
    // Each is tested below, or is of the same code as one above.
    const others = ['site.file', 'network.issuer', 'network.fhir', 'network.clock', 'scopes.second-reader', 'record.once', 'person.revocation'];
    const sameCode = openLines.filter((id) => id.startsWith('fhir.'));
    expect([...entries.keys()].filter((id) => !turned.has(id) && !others.includes(id) && !sameCode.includes(id))).toEqual([]);
  });
});

describe('what only something in between can take away', () => {
  const between = (change: (url: string, response: Response) => Response | Promise<Response>): CommandGiven['fetch'] => async (url, init) => change(url, await fetch(url, init));

  it('If-Range', async () => {
    const deaf: CommandGiven['fetch'] = async (url, init) => (new Headers(init?.headers).has('if-range') ? fetch(url, { ...init, headers: { ...init?.headers as Record<string, string>, 'if-range': '"another"' } }) : fetch(url, init));
    expect(faults(await check(siteOf(practice.get()), { as: 'ada', fetch: deaf }))).toEqual(['warning media.version']);
  });

  it('the condition of what is created', async () => {
    const deaf: CommandGiven['fetch'] = async (url, init) => {
      const headers = { ...init?.headers as Record<string, string> };
      delete headers['if-none-exist'];
      return fetch(url, { ...init, headers });
    };
    expect(faults(await check(siteOf(practice.get()), { as: 'ada', fetch: deaf }))).toEqual(['missing record.once']);
  });

  it('revocation', async () => {
    const refusing: CommandGiven['fetch'] = async (url, init) => (url.endsWith('/token/revocation') ? Response.json({ error: 'unsupported_token_type' }, { status: 400 }) : fetch(url, init));
    expect(faults(await check(siteOf(practice.get()), { as: 'ada', fetch: refusing }))).toEqual(['warning person.revocation']);
  });

  it('the same time', async () => {
    const late = between((_url, response) => new Response(response.body, { status: response.status, headers: { ...Object.fromEntries(response.headers), date: new Date(Date.now() + 20 * 60_000).toUTCString() } }));
    const made = await check(siteOf(practice.get()), { fetch: late });
    expect(faults(made)).toEqual(['warning network.clock']);
    expect(made.lines.get('network.clock')?.found).toBe('this computer is 20 minutes behind the servers');
  });

  it('the scopes of a second reader, where the practice has no manager', async () => {
    const site = siteOf(practice.get());
    site.roles.manager = [];
    const lists = between(async (url, response) => {
      if (!url.endsWith('smart-configuration')) return response;
      const document = await response.json() as { scopes_supported: string[] };
      return Response.json({ ...document, scopes_supported: document.scopes_supported.filter((one) => one !== 'user/AuditEvent.rs') });
    });
    expect(faults(await check(site, { fetch: lists }))).toEqual(['missing scopes.second-reader']);
  });
});

describe('what cannot be checked ends with 2', () => {
  it.each<[string, object | string, string]>([
    ['no JSON', '{', 'the file as a whole is wrong; expected: one JSON object; it cannot be read from line 1 on'],
    ['without a comma', '{\n  "version": 1\n  "practice": {}\n}', 'it cannot be read from line 3 on'],
    ['with a field twice', '{"version": 1, "version": 1}', 'each field once; “version” is there twice'],
    ['a field that is wrong', {}, 'expected'],
  ])('a site file that is %s', async (_what, change, found) => {
    const made = await check(typeof change === 'string' ? change : { ...siteOf(practice.get()), issuer: 'http://elsewhere.example' });
    expect(made.code).toBe(2);
    expect(faults(made)).toEqual(['missing site.file']);
    expect(made.lines.get('site.file')?.found).toContain(found);
    expect(marked(made, 'ok')).toEqual([]);
  });

  it('a field that there is not', async () => {
    const made = await check({ ...siteOf(practice.get()), fhirbase: 'x' });
    expect([made.code, made.lines.get('site.file')?.found]).toEqual([2, 'it has a field “fhirbase”, and there is no such field']);
  });

  const cause = (name: string): CommandGiven['fetch'] => async () => Promise.reject(new TypeError('fetch failed', { cause: new Error(name) }));
  it.each<[CommandGiven['fetch'], string]>([
    [cause('net::ERR_NAME_NOT_RESOLVED'), 'its name is not known to DNS (ERR_NAME_NOT_RESOLVED)'],
    [cause('getaddrinfo ENOTFOUND practice.example'), 'its name is not known to DNS'],
    [cause('net::ERR_CONNECTION_REFUSED'), 'the connection was refused (ERR_CONNECTION_REFUSED)'],
    [cause('net::ERR_INTERNET_DISCONNECTED'), 'this computer has no network (ERR_INTERNET_DISCONNECTED)'],
    [cause('net::ERR_CERT_AUTHORITY_INVALID'), 'its certificate is of an authority that this computer does not trust (ERR_CERT_AUTHORITY_INVALID)'],
    [cause('net::ERR_CERT_COMMON_NAME_INVALID'), 'its certificate is of another name (ERR_CERT_COMMON_NAME_INVALID)'],
    [cause('net::ERR_CERT_DATE_INVALID'), 'its certificate is not valid on this computer’s date (ERR_CERT_DATE_INVALID)'],
    [cause('net::ERR_PROXY_CONNECTION_FAILED'), 'the proxy on the way asks who is there, or lets nothing through (ERR_PROXY_CONNECTION_FAILED)'],
    [async () => new Response('', { status: 407 }), 'the proxy on the way asks who is there, or lets nothing through (status 407)'],
    [async () => new Response('<p>Guest Wi-Fi', { headers: { 'content-type': 'text/html' } }), 'a web page or a redirect came in place of an answer (status 200)'],
    [async () => Promise.reject(new DOMException('The operation was aborted due to timeout', 'TimeoutError')), 'it did not answer in time'],
    [cause('something else'), 'no answer'],
  ])('no server: $1', async (fetch, found) => {
    const made = await check(siteOf(practice.get()), { fetch });
    expect(made.code).toBe(2);
    expect(marked(made, 'missing').slice(0, 2)).toEqual(['missing network.issuer', 'missing network.fhir']);
    expect([made.lines.get('network.issuer')?.found, made.lines.get('network.fhir')?.found]).toEqual([found, found]);
  });

  it('but one server that does not answer is something that is missing', async () => {
    const made = await check({ ...siteOf(practice.get()), issuer: 'http://127.0.0.1:9/oidc' });
    expect(made.code).toBe(1);
    expect(marked(made, 'missing')).toEqual(['missing network.issuer', 'missing sign-in.provider']);
  });
});

describe('for a person at a terminal', () => {
  /** Without the lines that are in order, and with the ends of those that are not. */
  const told = ({ printed }: Made): string[] => printed.split('\n').filter((one) => /^  (MISSING|warning|not tried) |To do:/.test(one)).map((one) => one.trim().replace(/: .* – /, ' – '));
  const away = 'http://127.0.0.1:9';
  const refusing: CommandGiven['fetch'] = async (url, init) => (url.startsWith(away) ? Promise.reject(new TypeError('fetch failed', { cause: new Error('net::ERR_CONNECTION_REFUSED') })) : fetch(url, init));
  const refused = 'the connection was refused (ERR_CONNECTION_REFUSED)';
  /** Lines that need no answer of the FHIR server. */
  const LOOKED_AT = 10;
  const start = 'To do: Nothing listens at this address and port, or a firewall refuses: start the server, correct the port in the site file, or open the firewall.';

  it('what waits for a sign-in is one line, and how to sign in', async () => {
    const made = await check(siteOf(practice.get()), { json: false });
    expect(openLines.length + 27).toBe(entries.size);
    expect(told(made)).toEqual(['not tried  27 checks: a sign-in is needed', 'To do: run the check again with --sign-in']);
    expect(made.printed).toContain(`\n${openLines.length} ok, 0 missing, 0 warnings, 27 not tried\n`);
  });

  it.each([null, 'ada'])('a FHIR server that is away costs one piece of advice and one line for all that hangs on it, signed in as %s', async (as) => {
    const site = { ...siteOf(practice.get()), fhirBase: `${away}/fhir` };
    const hangs = (count: number) => `not tried  ${count} checks: network.fhir is needed first: an answer of the FHIR server`;
    expect(told(await check(site, { fetch: refusing, json: false, as }))).toEqual([
      `MISSING    network.fhir – ${refused}`, start,
      `MISSING    sign-in.smart – ${refused}`, 'To do: as for network.fhir',
      `warning    fhir.metadata – ${refused}`, 'To do: as for network.fhir',
      ...as === null ? [hangs(entries.size - LOOKED_AT)] : [`not tried  person.sign-in – it cannot begin: ${refused}`, hangs(entries.size - LOOKED_AT - 1)],
    ]);
    const { lines } = await check(site, { fetch: refusing, as });
    // Software still gets every line and its advice.
    expect(lines.size).toBe(entries.size);
    expect(lines.get('sign-in.smart')?.fix).toBe(start.replace('To do: ', ''));
    expect(lines.get('media.range')?.found).toBe('network.fhir is needed first: an answer of the FHIR server');
  });

  it('with a site file that is wrong all else is one line', async () => {
    expect(told(await check('{', { json: false })).at(-1)).toBe(`not tried  ${entries.size - 1} checks: site.file is needed first: a site file without a mistake`);
  });

  it.each<[string, Off, string, string]>([
    ['a document is', changing('smart', () => null), 'scopes.clinician', 'sign-in.smart is needed first: SMART configuration at <fhirBase>/.well-known/smart-configuration'],
    ['what only a warning is said of is', changing('metadata', () => null), 'fhir.task', 'fhir.metadata is needed first: a CapabilityStatement at <fhirBase>/metadata'],
    ['scopes are', ({ lies }) => { lies.withheldScopes = new Set(['user/AuditEvent.c']); }, 'worklist.search', 'person.scopes is needed first: the scopes that were granted'],
    ['the record is', refusedBy(/^POST AuditEvent/), 'media.range', 'record.create is needed first: an entry into the access record'],
    ['assignments are', refusedBy(/^GET Task\?owner/), 'evidence.recording', 'worklist.search is needed first: this person’s assignments, and nobody else’s'],
  ])('what is named as needed is what was taken away: %s', async (_what, off, id, why) => {
    const site = siteOf(practice.get());
    off({ lies: practice.get().lies, practice: practice.get(), site });
    const { lines } = await check(site, { as: 'ada' });
    expect([lines.get(id)?.mark, lines.get(id)?.found]).toEqual(['not-tried', why]);
  });
});

it('says that the site file that was named is not the one that counts', async () => {
  const made = await check(siteOf(practice.get()), { overruled: true });
  expect([faults(made), made.code]).toEqual([['warning site.file'], 0]);
});

it('shows what a server calls something only where it is a code: no command for the terminal, nobody’s number and no end of it', async () => {
  const { lies } = practice.get();
  const site = siteOf(practice.get());
  const hostile = ['\u001b]0;owned\u0007\u001b[2J', '\u009b31m', 'plain\nok  site.file: all is well', '\u202eback', '9990000026', 'Sam Testperson', 'S512', ...Array.from({ length: 50 }, (_, n) => `code-${n}`)];
  lies.document = (name, honest) => (name === 'metadata' ? { ...honest, fhirVersion: hostile[0] } : { ...honest, code_challenge_methods_supported: hostile, id_token_signing_alg_values_supported: hostile });
  const { printed, lines } = await check(site);
  expect(lines.get('sign-in.pkce')?.found).toBe('the provider names only: S512, code-0, code-1, code-2, code-3, code-4, code-5, code-6, code-7, code-8 and 47 more');
  expect(lines.get('fhir.version')?.found).toBe('the server says something that is no code');
  lies.document = null;
  changed(/^GET PractitionerRole\?/, /"code":"[^"]*"/g, '"code":"\\u001b[31m9990000026"')({ lies, practice: practice.get(), site });
  const text = await check(site, { as: 'ada', json: false });
  expect(text.printed).toContain('none counts; their codes are ');
  for (const all of [printed, text.printed, (await check({ ...site, '\u001b[31mfield': 1 }, { json: false })).printed]) {
    expect(all).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    for (const told of ['owned', '9990000026', 'Testperson', 'all is well']) expect(all).not.toContain(told);
  }
});

describe('what it was given before it knew who signs in', () => {
  let given: string[];
  let back: string[];
  beforeEach(() => {
    [given, back] = [[], []];
  });
  const listening: CommandGiven['fetch'] = async (url, init) => {
    const response = await fetch(url, init);
    // eslint-disable-next-line @typescript-eslint/no-base-to-string -- URLSearchParams
    if (url.endsWith('/revocation')) back.push(new URLSearchParams(String(init?.body)).get('token') ?? '');
    if (url.endsWith('/token')) given.push((await response.clone().json() as { access_token: string }).access_token);
    return response;
  };

  it('is given back once there is more', async () => {
    await check(siteOf(practice.get()), { as: 'ada', fetch: listening });
    expect(back).toContain(given[0]);
  });

  it.each<[string, string, (site: ReturnType<typeof siteOf>) => void]>([
    ['they have no role', 'missing person.role', ({ roles }) => Object.assign(roles, { clinician: [{ system: 'https://elsewhere.example', code: 'X' }] })],
    ['the ID token names nobody', 'missing person.claims', (site) => { site.userIdClaim = 'another_claim'; }],
  ])('is given back before the check ends, where %s', async (_what, fault, change) => {
    const site = siteOf(practice.get());
    change(site);
    const made = await check(site, { as: 'ada', fetch: listening });
    expect([faults(made), made.lines.get('person.revocation')?.mark]).toEqual([[fault], 'ok']);
    expect(given).toHaveLength(1);
    expect(back).toEqual(given);
  });
});

it('gives tokens back that do not cover the role', async () => {
  practice.get().lies.withheldScopes = new Set(['user/AuditEvent.c']);
  const made = await check(siteOf(practice.get()), { as: 'ada' });
  expect([made.lines.get('person.revocation')?.mark, made.lines.get('record.create')?.mark]).toEqual(['ok', 'not-tried']);
});

it('an issuer that differs by the slash at its end is told as that', async () => {
  const site = siteOf(practice.get());
  const made = await check({ ...site, issuer: `${site.issuer}/` });
  expect(made.lines.get('sign-in.issuer')?.found).toBe('the provider’s is another than the site file’s: only the / at the end differs');
});

it('says yes to a sign-in where the app does, and no where it does not', async () => {
  const signIn = ['sign-in.provider', 'sign-in.smart', 'sign-in.issuer', 'sign-in.endpoints', 'sign-in.pkce'];
  for (const [what, , off] of open) {
    const site = siteOf(practice.get());
    practice.get().lies.document = null;
    off({ lies: practice.get().lies, practice: practice.get(), site });
    const made = await check(site);
    const app = await discover(parseSite(JSON.stringify(site)), fetch).then(() => true, () => false);
    expect([what, signIn.every((id) => ['ok', 'warning'].includes(made.lines.get(id)?.mark ?? ''))]).toEqual([what, app]);
  }
});

it('prints nothing that is secret and nothing of a person or patient, on either stream and in either form', async () => {
  const { get } = practice;
  const patients = await get().repo.all('Patient') as { name?: { family?: string }[]; identifier?: { value?: string }[]; id: string }[];
  const canaries = [
    ...patients.flatMap(({ name = [], identifier = [] }) => [...name.map(({ family = '' }) => family), ...identifier.map(({ value = '' }) => value)]), ...get().repo.recordings().flatMap(({ masterIdentifier, title }) => [masterIdentifier, title]),
    ...people.flatMap(({ name, family, sdsUserId, password }) => [name, family, sdsUserId, password]),
  ].filter((text) => text.length >= 6);
  expect(canaries.length).toBeGreaterThan(100);
  /** Nor addresses: the same lines go to the screen. */
  const tokens: string[] = [get().url];
  const listening: CommandGiven['fetch'] = async (url, init) => {
    const sent = new Headers(init?.headers).get('authorization');
    if (sent) tokens.push(sent.replace('Bearer ', ''));
    return fetch(url, init);
  };
  for (const [what, off] of [['everything', () => undefined], ['others’ assignments', ({ lies }) => { lies.everyonesTasks = true; }], ['no role', ({ site }) => { Object.assign(site.roles, { clinician: [{ system: 'x', code: 'y' }] }); }], ['no signatures', noneOf('Provenance')]] as [string, Off][]) {
    for (const json of [true, false]) {
      const site = siteOf(get());
      Object.assign(get().lies, { everyonesTasks: false, answer: null });
      off({ lies: get().lies, practice: get(), site });
      const { printed, notes } = await check(site, { as: 'ada', fetch: listening, json });
      // The address to sign in at is for the person.
      const bytes = Buffer.from(printed.replace(notes.split('\n').find((one) => one.startsWith('http')) ?? '-', ''));
      const seen = [...canaries, ...tokens].filter((text) => spellings(text).some((spelling) => bytes.includes(spelling.bytes)));
      expect([what, seen]).toEqual([what, []]);
    }
  }
  expect(tokens.length).toBeGreaterThan(10);
});

it('as text has each line, and what is to be done', async () => {
  practice.get().lies.noRanges = true;
  const { printed } = await check(siteOf(practice.get()), { as: 'ada', json: false });
  expect(printed).toMatch(/^The site file\n {2}ok {9}site\.file: /);
  expect(printed).toContain('  warning    media.range: the last bytes of a recording (Range) – the server gave the whole recording\n');
  expect(printed).toMatch(/\n {13}To do: Answer Range.*\n {13}More: docs\/backend\.md#requests\n/);
  expect(printed).toMatch(/\n\n\d+ ok, 0 missing, 1 warning, \d+ not tried\nSign in with the practice/);
});

it('a role that somebody has no more is missing', async () => {
  const { repo } = practice.get();
  const [role] = (await repo.all<PractitionerRole>('PractitionerRole')).filter(({ practitioner }) => practitioner?.reference === 'Practitioner/gp-1');
  if (!role) throw new Error('ada has no role');
  undo.push(() => repo.update(structuredClone(role)));
  await repo.update({ ...role, active: false });
  expect(faults(await check(siteOf(practice.get()), { as: 'ada' }))).toEqual(['missing person.role']);
});
