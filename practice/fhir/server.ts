import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Resource } from '@medplum/fhirtypes';
import type { Lies } from '../lies.ts';
import { allows } from '../oidc/scopes.ts';
import { Access, type Caller } from './access.ts';
import { answerBatch, type InBatch } from './batch.ts';
import { inMemory, type Binaries } from './binaries.ts';
import { FhirError, forbidden, notFound, unauthorised } from './error.ts';
import { capabilityStatement, smartConfiguration } from './metadata.ts';
import { bodyOf, reply, versionOf } from './reply.ts';
import { matchesOf, search } from './search.ts';
import { parametersOf } from './search-parameters.ts';
import { serveBinary } from './serve-binary.ts';
import type { Store, Stored } from './store.ts';
import { problemsOf } from './validate.ts';
import { checkWrite } from './write-rules.ts';

export type FhirOptions = {
  url: string;
  store: Store;
  binaries: Binaries;
  lies: Lies;
  /** Who holds a bearer token, if it is good. */
  callerOf: (token: string) => Promise<Caller | undefined>;
  /** Which Binary's bytes to serve for one, under the lie that swaps media. */
  swappedWith: (binaryId: string) => string;
  /** Told of each read that came in a batch. */
  heardInBatch: (one: InBatch, caller: Caller | undefined) => void;
};

type Exchange = { request: IncomingMessage; response: ServerResponse; caller: Caller; visible: (resource: { resourceType: string; id: string }) => boolean };

/** The FHIR side of the practice: routing, who may do what, and nothing of how resources are kept or searched. */
export class FhirServer {
  readonly #options: FhirOptions;
  readonly #access: Access;
  readonly #fhirBase: string;
  /** Writes happen one after the other: a condition that was checked must still hold when the write is done. */
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(options: FhirOptions) {
    this.#options = options;
    this.#access = new Access(options.store);
    this.#fhirBase = `${options.url}/fhir`;
  }

  async callerOf(request: IncomingMessage): Promise<Caller | undefined> {
    const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    return token === undefined ? undefined : this.#options.callerOf(token);
  }

  /** Answers one request below `/fhir`; throws FhirError for everything that is not a success. */
  async answer(request: IncomingMessage, response: ServerResponse, url: URL, caller: Caller | undefined): Promise<void> {
    const path = url.pathname.split('/').slice(2).filter(Boolean).map(decodeURIComponent);
    const reading = request.method === 'GET' || request.method === 'HEAD';
    if (reading && this.#answersAnyone(request, response, path.join('/'))) return;

    const { lies } = this.#options;
    if (!caller || lies.rejectTokens) throw unauthorised(request.headers.authorization ? 'The token is not valid any more' : 'A token is needed');
    const rule = await this.#access.visibleTo(caller);
    const exchange: Exchange = { request, response, caller, visible: lies.everyonesTasks && caller.clinician ? () => true : rule };
    return this.#route(exchange, path, url.searchParams);
  }

  /** What needs no token. */
  #answersAnyone(request: IncomingMessage, response: ServerResponse, path: string): boolean {
    const { url, lies } = this.#options;
    const name = path === 'metadata' ? path : path === '.well-known/smart-configuration' ? 'smart' : null;
    if (name === null) return false;
    const honest = { ...(name === 'metadata' ? capabilityStatement(url) : smartConfiguration(url)) };
    const given = lies.document ? lies.document(name, honest) : honest;
    if (!given) throw notFound('It');
    if (name === 'metadata') reply(request, response, 200, given as Resource);
    else {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
      response.end(JSON.stringify(given));
    }
    return true;
  }

  async #route(exchange: Exchange, path: string[], parameters: URLSearchParams): Promise<void> {
    const [type = '', id, history, versionId] = path;
    const method = exchange.request.method === 'HEAD' ? 'GET' : exchange.request.method;
    if (type === '' && method === 'POST') return this.#batch(exchange);
    if (type === 'Binary') return this.#binary(exchange, method, id);
    const { listStatus } = this.#options.lies;
    if (type === 'List' && listStatus !== 0) throw new FhirError(listStatus, 'exception', 'The list is not to be had');
    if (!parametersOf(type)) throw notFound(type === '' ? 'The server itself cannot be searched; it' : `The type ${type}`);
    if (method === 'GET' && id === undefined) return this.#search(exchange, type, parameters);
    if (method === 'POST' && id === '_search') {
      const body = new URLSearchParams((await bodyOf(exchange.request)).toString());
      return this.#search(exchange, type, new URLSearchParams([...parameters, ...body]));
    }
    if (method === 'GET' && id !== undefined && (history === undefined || history === '_history')) return this.#read(exchange, type, id, versionId);
    if (method === 'POST' && id === undefined) return this.#create(exchange, type);
    if (method === 'PUT' && id !== undefined && history === undefined) return this.#update(exchange, type, id);
    throw new FhirError(405, 'not-supported', `${String(method)} is not offered here`);
  }

  /** Each read goes the way of one that comes alone, token, scopes and access rule included. */
  async #batch({ request, response, caller }: Exchange): Promise<void> {
    const { lies, heardInBatch } = this.#options;
    const bundle = await answerBatch(request, lies, (one, held, url) => this.answer(one, held.asResponse(), url, caller), (one) => heardInBatch(one, caller));
    if (bundle) reply(request, response, 200, bundle);
    else request.socket.destroy();
  }

  async #search({ request, response, caller, visible }: Exchange, type: string, parameters: URLSearchParams): Promise<void> {
    this.#needScope(caller, type, 's');
    const bundle = await search(type, parameters, {
      store: this.#options.store,
      fhirBase: this.#fhirBase,
      visible,
      mayInclude: (included) => allows(caller.scopes, included, 'r'),
      lenient: String(request.headers.prefer).includes('handling=lenient'),
      ignore: (name) => this.#options.lies.everyonesTasks && type === 'Task' && name === 'owner',
    });
    reply(request, response, 200, bundle);
  }

  async #read({ request, response, caller, visible }: Exchange, type: string, id: string, versionId: string | undefined): Promise<void> {
    this.#needScope(caller, type, 'r');
    const { store } = this.#options;
    const found = versionId === undefined ? await store.find(type, id) : await store.version(type, id, versionId);
    if (!found) throw notFound(`${type}/${id}`);
    if (!visible(found)) throw forbidden(`${type}/${id} is not yours to read`);
    reply(request, response, 200, found);
  }

  async #create(exchange: Exchange, type: string): Promise<void> {
    const { request, caller } = exchange;
    this.#needScope(caller, type, 'c');
    const resource = await readResource(request, type);
    const condition = request.headers['if-none-exist'];
    const { store } = this.#options;
    await this.#inTurn(async () => {
      if (condition !== undefined) {
        const matching = await matchesOf(type, new URLSearchParams(String(condition)), store, this.#fhirBase);
        if (matching.length > 1) throw new FhirError(412, 'multiple-matches', 'If-None-Exist matches more than one resource');
        const [existing] = matching;
        if (existing) {
          this.#written(exchange, 200, existing);
          return;
        }
      }
      checkWrite(caller, resource, undefined);
      // The server names what it creates, whatever id the client may have sent.
      this.#written(exchange, 201, await store.create({ ...resource, id: randomUUID() }));
    });
  }

  async #update(exchange: Exchange, type: string, id: string): Promise<void> {
    const { request, caller, visible } = exchange;
    const { store } = this.#options;
    const resource = await readResource(request, type);
    if (resource.id !== id) throw new FhirError(400, 'invalid', `The body must carry the id ${id}`);
    const expected = versionOf(request.headers['if-match']);
    await this.#inTurn(async () => {
      const before = await store.find(type, id);
      this.#needScope(caller, type, before ? 'u' : 'c');
      if (before && !visible(before)) throw forbidden(`${type}/${id} is not yours to change`);
      if (expected !== undefined && expected !== before?.meta?.versionId) {
        throw new FhirError(412, 'conflict', `${type}/${id} has changed: its version is ${before?.meta?.versionId ?? 'none'}`);
      }
      checkWrite(caller, resource, before);
      this.#written(exchange, before ? 200 : 201, await store.update({ ...resource, id }));
    });
  }

  async #inTurn(write: () => Promise<void>): Promise<void> {
    const turn = this.#lastWrite.then(write);
    this.#lastWrite = turn.catch(() => undefined);
    await turn;
  }

  async #binary({ request, response, caller, visible }: Exchange, method: string | undefined, id: string | undefined): Promise<void> {
    const { binaries, lies, swappedWith } = this.#options;
    if (method === 'GET' && id !== undefined) {
      this.#needScope(caller, 'Binary', 'r');
      const served = binaries.served(id, lies, swappedWith);
      if (!served) throw notFound(`Binary/${id}`);
      if (!visible({ resourceType: 'Binary', id })) throw forbidden(`Binary/${id} is not yours to read`);
      return serveBinary(request, response, id, served);
    }
    if ((method === 'POST' && id === undefined) || (method === 'PUT' && id !== undefined)) {
      this.#needScope(caller, 'Binary', 'c');
      const [bytes, contentType] = await readBinary(request);
      const madeId = id ?? randomUUID();
      const existing = binaries.get(madeId);
      const content = inMemory(bytes, contentType);
      if (existing && existing.sha256 !== content.sha256) throw new FhirError(409, 'conflict', `Binary/${madeId} holds something else and is never changed`);
      binaries.put(madeId, content);
      const headers = { Location: `${this.#fhirBase}/Binary/${madeId}`, ETag: `"${content.sha256}"` };
      reply(request, response, existing ? 200 : 201, { resourceType: 'Binary', id: madeId, contentType }, headers);
      return;
    }
    throw new FhirError(405, 'not-supported', 'A Binary is read by its id or added');
  }

  #written({ request, response }: Exchange, status: number, resource: Stored): void {
    const { resourceType, id, meta } = resource;
    const headers = { Location: `${this.#fhirBase}/${resourceType}/${id}/_history/${meta?.versionId ?? ''}` };
    const minimal = String(request.headers.prefer).includes('return=minimal');
    if (minimal) reply(request, response, status, undefined, { ...headers, ETag: `W/"${meta?.versionId ?? ''}"` });
    else reply(request, response, status, resource, headers);
  }

  #needScope(caller: Caller, type: string, interaction: 'c' | 'r' | 'u' | 's'): void {
    if (!allows(caller.scopes, type, interaction)) {
      throw new FhirError(403, 'forbidden', `The token's scopes do not cover user/${type}.${interaction}`, { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' });
    }
  }
}

async function readResource(request: IncomingMessage, type: string): Promise<Resource> {
  if (!/^application\/(fhir\+)?json/.test(request.headers['content-type'] ?? '')) throw new FhirError(415, 'not-supported', 'Send application/fhir+json');
  let resource: Resource;
  try {
    resource = JSON.parse((await bodyOf(request)).toString()) as Resource;
  } catch (error) {
    if (error instanceof FhirError) throw error;
    throw new FhirError(400, 'structure', 'The body is not JSON');
  }
  // What arrives is whatever the client sent, whatever its type says.
  const claimed = (resource as { resourceType?: unknown } | null)?.resourceType;
  if (claimed !== type) throw new FhirError(400, 'invalid', `The body must be a ${type}`);
  const problems = problemsOf(resource);
  if (problems) throw new FhirError(422, 'invalid', problems.issue.map(({ details, diagnostics, expression }) => `${details?.text ?? diagnostics ?? ''} (${expression?.join(', ') ?? type})`).join('; '));
  return resource;
}

async function readBinary(request: IncomingMessage): Promise<[bytes: Buffer, contentType: string]> {
  const body = await bodyOf(request);
  const contentType = request.headers['content-type'] ?? 'application/octet-stream';
  if (!contentType.startsWith('application/fhir+json')) return [body, contentType];
  const { resourceType, contentType: inner = 'application/octet-stream', data = '' } = JSON.parse(body.toString()) as { resourceType?: string; contentType?: string; data?: string };
  if (resourceType !== 'Binary') throw new FhirError(400, 'invalid', 'The body must be a Binary');
  return [Buffer.from(data, 'base64'), inner];
}

