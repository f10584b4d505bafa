/**
 * A small resource gateway on loopback in front of a FHIR server that knows no access rule: the practice's tokens are checked here, its
 * scopes and its access rule applied. Answers of the server go out as they came, only without what is not the caller's.
 */
import { once } from 'node:events';
import { createServer, request as requestOf, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Resource } from '@medplum/fhirtypes';
import { FhirError, forbidden } from '../../../practice/fhir/error.ts';
import { bodyOf, replyError } from '../../../practice/fhir/reply.ts';
import { checkWrite } from '../../../practice/fhir/write-rules.ts';
import { allows, allScopes } from '../../../practice/oidc/scopes.ts';
import { people } from '../../../practice/people.ts';
import { VR } from '../../../practice/systems.ts';
import { FhirClient } from '../fhirClient.ts';
import { Access } from './access.ts';
import { holderOf, type Holder } from './bearer.ts';

/** `rule`: each caller sees what the practice's access rule gives them. `open`: everybody's everything, whoever's was asked for. */
export type Mode = 'rule' | 'open';

/** A request, as it came and as it is answered. */
export interface Logged {
  method: string;
  /** With the query. */
  path: string;
  /** 0 until it is answered. */
  readonly status: number;
  range: string | null;
  cacheControl: string | null;
  /** SDS user id and `jti` of the token, where there was a good one. */
  who: string | null;
  token: string | null;
}

export interface Gateway {
  fhirBase: string;
  mode: Mode;
  log: Logged[];
  /** Breaks the connection off after so many bytes of the body of this "Binary/id". */
  cut: Map<string, number>;
  /** So many answers to what is written so, `POST Communication`, are lost on their way back: the server has done it. */
  lost: Map<string, number>;
  /** So many next pages are asked for under a name that the server does not know any more, as when it has forgotten a search. */
  stalePages: number;
  /** The server behind was written to without the gateway. */
  changed(): void;
  stop(): Promise<void>;
}

/** What of a request the server behind is told. */
const PASSED = ['accept', 'content-type', 'content-length', 'if-none-exist', 'if-match', 'if-none-match', 'prefer', 'range', 'if-range', 'cache-control'];
/** How the practice may be searched (docs/backend.md), and how HAPI names the pages of an answer. Any other way may say of others that they are there. */
const ASKED: ReadonlySet<string> = new Set(['owner', 'practitioner', 'relatesto', 'target', 'code', 'status', 'entity-name', 'subject', 'sender', 'recipient', '_id', '_count', '_sort', '_lastUpdated', '_getpages', '_getpagesoffset', '_pageId', '_bundletype']);
/** And how managers may, of whom there is nothing of the kind that they search to be kept. */
const ASKED_BY_MANAGERS: ReadonlySet<string> = new Set(['focus', 'identifier']);
/** On what conditions something is made: each finds what only its writer can name, or what everybody may read who makes one. */
const CONDITIONS: Readonly<Record<string, RegExp>> = {
  AuditEvent: /^entity-name=[\da-f-]{36}$/,
  Task: new RegExp(`^identifier=${VR}/assignment\\|urn:uuid:[\\da-f-]{36}$`),
  Provenance: /^target=Task\/[\w.-]+&entity=Binary\/[\w.-]+$/,
  List: new RegExp(`^code=${VR}/CodeSystem/list\\|(stop-list|device-list|lift-proposals)$`),
  QuestionnaireResponse: new RegExp(`^identifier=${VR}/review\\|urn:uuid:[\\da-f-]{36}$`),
  Communication: new RegExp(`^identifier=${VR}/message\\|urn:uuid:[\\da-f-]{36}$`),
};
/** What of an answer is about one connection, not about what is answered. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'trailer', 'proxy-authenticate']);

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  holder: Holder;
}

/** @param hapi FHIR base of the server behind @param issuer of the practice's tokens; it need not answer yet */
export async function startGateway({ hapi, issuer }: { hapi: string; issuer: string }): Promise<Gateway> {
  const behind = new URL(hapi);
  const server = createServer((request, response) => void answer(request, response));
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fhirBase = `http://${host}/fhir`;
  const fhir = new FhirClient(hapi);
  const access = new Access(fhir);
  const holder = holderOf(issuer, fhirBase);
  const gateway: Gateway = {
    fhirBase, mode: 'rule', log: [], cut: new Map(), lost: new Map(), stalePages: 0,
    changed: () => access.forget(),
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return gateway;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [pathname = '', search] = (request.url ?? '/').split('?');
    const url = Object.assign(new URL(fhirBase), { pathname, search: search ?? '' });
    const logged: Logged = {
      method: request.method ?? '', path: url.pathname + url.search, range: request.headers.range ?? null, cacheControl: request.headers['cache-control'] ?? null, who: null, token: null,
      get status() {
        return response.headersSent ? response.statusCode : 0;
      },
    };
    gateway.log.push(logged);
    try {
      if (url.pathname === '/fhir/.well-known/smart-configuration' && request.method === 'GET') {
        await smartConfiguration(response);
        return;
      }
      if (url.pathname === '/fhir/metadata' && request.method === 'GET') {
        await passOn({ request, response, url });
        return;
      }
      if (!`${url.pathname}/`.startsWith('/fhir/')) throw new FhirError(404, 'not-found', 'There is nothing here');
      const caller = await holder(request.headers.authorization);
      [logged.who, logged.token] = [caller.who, caller.token];
      await route({ request, response, url, holder: caller });
    } catch (error) {
      if (isNetwork(error)) replyError(request, response, new FhirError(502, 'transient', 'The FHIR server does not answer'));
      else replyError(request, response, error);
    }
  }

  async function smartConfiguration(response: ServerResponse): Promise<void> {
    const provider = await fetch(`${issuer}/.well-known/openid-configuration`);
    if (!provider.ok) throw new FhirError(503, 'transient', 'The identity provider does not answer');
    const { authorization_endpoint, token_endpoint, revocation_endpoint, end_session_endpoint, jwks_uri } = await provider.json() as Record<string, unknown>;
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify({
      issuer, jwks_uri, authorization_endpoint, token_endpoint, revocation_endpoint, end_session_endpoint,
      token_endpoint_auth_methods_supported: ['none'], grant_types_supported: ['authorization_code'], response_types_supported: ['code'], scopes_supported: allScopes, code_challenge_methods_supported: ['S256'],
      capabilities: ['launch-standalone', 'client-public', 'sso-openid-connect', 'permission-offline', 'permission-user', 'permission-v2'],
    }));
  }

  async function route(exchange: Exchange): Promise<void> {
    const { request, url } = exchange;
    const [type = '', id, ...more] = url.pathname.split('/').slice(2).filter(Boolean).map(decodeURIComponent);
    if (request.method === 'GET' && more.length === 0) return read(exchange, type, id);
    if (request.method === 'POST' && id === undefined && /^[A-Z]\w+$/.test(type)) return write(exchange, type, undefined);
    if (request.method === 'PUT' && id !== undefined && more.length === 0) return write(exchange, type, id);
    throw new FhirError(405, 'not-supported', `${String(request.method)} is not offered here`);
  }

  async function read(exchange: Exchange, type: string, id: string | undefined): Promise<void> {
    const { url, holder: caller } = exchange;
    if (type === '') {
      if (!url.searchParams.has('_getpages')) throw new FhirError(404, 'not-found', 'Only a page of a search has no type');
      if (gateway.stalePages > 0) {
        gateway.stalePages -= 1;
        url.searchParams.set('_getpages', crypto.randomUUID());
      }
    } else needScope(caller, type, id === undefined ? 's' : 'r');
    // Nobody's rule: not even the question is.
    if (gateway.mode === 'open') {
      if (type === 'Task') url.searchParams.delete('owner');
      return passOn(exchange);
    }
    const unknown = [...url.searchParams.keys()].find((name) => !ASKED.has(name) && !(caller.manager && !caller.clinician && ASKED_BY_MANAGERS.has(name)));
    if (unknown !== undefined) throw new FhirError(400, 'not-supported', `${unknown} is not asked here`);
    const visible = await access.visibleTo(caller);
    if (type !== 'Binary') return passOn(exchange, (resource) => withoutOthers(resource, caller, visible));
    if (id === undefined || !visible('Binary', id)) throw forbidden('This is not yours to read');
    url.search = '';
    return passOn(exchange);
  }

  async function write(exchange: Exchange, type: string, id: string | undefined): Promise<void> {
    const { request, holder: caller } = exchange;
    needScope(caller, type, id === undefined ? 'c' : 'u');
    exchange.url.search = '';
    const match = request.headers['if-none-exist'];
    if (match !== undefined && CONDITIONS[type]?.test(decodeURIComponent(String(match))) !== true) throw new FhirError(412, 'not-supported', 'This is not made on this condition');
    const body = await bodyOf(request);
    if (type !== 'Binary') {
      const resource = resourceIn(body, type);
      const before = id === undefined ? undefined : (await fhir.byId([`${type}/${id}`]))[0];
      if (id !== undefined && !before) throw new FhirError(404, 'not-found', `There is no ${type}/${id}`);
      if (before && gateway.mode === 'rule' && !(await access.visibleTo(caller))(type, before.id)) throw forbidden('This is not yours to change');
      const version = /^W\/"([^"]+)"$/.exec(request.headers['if-match'] ?? '')?.[1];
      const person = people.find(({ sdsUserId }) => sdsUserId === caller.who);
      if (!person) throw forbidden('Nobody here has this SDS user id');
      // What somebody else wrote meanwhile is no breach of the rules by who comes after: HAPI refuses that by its version.
      const stale = before !== undefined && version !== undefined && version !== before.meta?.versionId;
      if (!stale) checkWrite({ person: { ...person, practitionerId: caller.practitioner.split('/')[1] ?? '' }, scopes: caller.scopes, clinician: caller.clinician, manager: caller.manager }, resource, before, await access.namesOf(caller));
    }
    // What a condition finds is answered: a review or a message may have been named to its reader, and not be theirs any more.
    const visible = match !== undefined && (type === 'QuestionnaireResponse' || type === 'Communication') ? await access.visibleTo(caller) : undefined;
    try {
      await passOn(exchange, visible && ((found) => withoutOthers(found, caller, visible)), body);
    } finally {
      // What an access record is about is nobody's for that.
      if (type !== 'AuditEvent') access.forget();
    }
  }

  /** @param change of a resource, on its way out */
  async function passOn({ request, response, url }: Omit<Exchange, 'holder'>, change?: (resource: Resource) => Resource, body?: Buffer): Promise<void> {
    const there = requestOf({
      host: behind.hostname, port: behind.port, path: url.pathname.replace(/^\/fhir/, behind.pathname) + url.search, method: request.method,
      headers: headersBehind(request.headers, change === undefined, body),
    });
    response.once('close', () => there.destroy());
    // What breaks later is seen on its answer.
    there.on('error', () => undefined);
    there.end(body);
    const [came] = await once(there, 'response') as [IncomingMessage];
    const lossy = `${String(request.method)} ${url.pathname.split('/')[2] ?? ''}`;
    const losses = gateway.lost.get(lossy) ?? 0;
    if (losses > 0) {
      gateway.lost.set(lossy, losses - 1);
      await wholeOf(came);
      response.destroy();
      return;
    }
    const headers: OutgoingHttpHeaders = Object.fromEntries(Object.entries(came.headers).filter(([name]) => !HOP_BY_HOP.has(name)));
    const status = came.statusCode ?? 502;
    if (change && status === 200) {
      if (!came.headers['content-type']?.includes('json')) throw new FhirError(502, 'processing', 'The FHIR server answered with something other than JSON');
      const changed = Buffer.from(JSON.stringify(change(JSON.parse((await wholeOf(came)).toString()) as Resource)));
      response.writeHead(status, { ...headers, 'content-length': changed.length }).end(changed);
      return;
    }
    response.writeHead(status, headers);
    const limit = gateway.cut.get(url.pathname.slice('/fhir/'.length));
    await pipeline([came, ...(limit === undefined ? [] : [brokenAfter(limit, response)]), response]).catch((error: unknown) => {
      // Either side may hang up.
      if (!response.destroyed) throw error;
    });
  }

  function headersBehind(headers: IncomingHttpHeaders, whole: boolean, body: Buffer | undefined): OutgoingHttpHeaders {
    // What is looked into comes as it is, as JSON, and whole: no validator spares it.
    const passed = Object.fromEntries(PASSED.filter((name) => headers[name] !== undefined && (whole || name !== 'if-none-match')).map((name) => [name, headers[name]]));
    return {
      ...passed, ...(body ? { 'content-length': body.length } : {}),
      ...(whole ? (headers['accept-encoding'] === undefined ? {} : { 'accept-encoding': headers['accept-encoding'] }) : { accept: 'application/fhir+json' }),
      'x-forwarded-host': host, 'x-forwarded-proto': 'http',
    };
  }
}

function needScope({ scopes }: Holder, type: string, interaction: 'c' | 'r' | 'u' | 's'): void {
  if (!allows(scopes, type, interaction)) throw new FhirError(403, 'forbidden', `The token's scopes do not cover user/${type}.${interaction}`, { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' });
}

/** A Bundle without what is not the caller's, or the resource itself if it is. @throws FhirError 403 */
function withoutOthers(resource: Resource, { scopes }: Holder, visible: (type: string, id: string) => boolean): Resource {
  const mine = ({ resourceType, id = '' }: Resource): boolean => resourceType === 'OperationOutcome' || (allows(scopes, resourceType, 'r') && visible(resourceType, id));
  if (resource.resourceType !== 'Bundle') {
    if (!mine(resource)) throw forbidden('This is not yours to read');
    return resource;
  }
  // How many there are of others is not said either.
  const { entry = [], total: _total, ...rest } = resource;
  const kept = entry.filter((one) => one.resource !== undefined && mine(one.resource));
  return { ...rest, ...(kept.length > 0 ? { entry: kept } : {}) };
}

function resourceIn(body: Buffer, type: string): Resource {
  let resource: Resource | null;
  try {
    resource = JSON.parse(body.toString()) as Resource | null;
  } catch {
    throw new FhirError(400, 'structure', 'The body is not JSON');
  }
  if (resource?.resourceType !== type) throw new FhirError(400, 'invalid', `The body must be a ${type}`);
  return resource;
}

/** Lets so many bytes through, then destroys the connection as a line does that breaks. */
function brokenAfter(limit: number, response: ServerResponse): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const rest = chunk.subarray(0, limit - passed);
      passed += rest.length;
      if (passed < limit) {
        done(null, rest);
        return;
      }
      response.write(rest, () => response.destroy());
    },
  });
}

async function wholeOf(came: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of came as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

const isNetwork = (error: unknown): boolean => error instanceof Error && ('code' in error || (error.cause instanceof Error && 'code' in error.cause)) && !(error instanceof FhirError);
