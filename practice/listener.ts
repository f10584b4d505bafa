import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type Provider from 'oidc-provider';
import type { InBatch } from './fhir/batch.ts';
import type { FhirServer } from './fhir/server.ts';
import { replyError } from './fhir/reply.ts';
import { HeldAnswer, lie } from './fhir/held-answer.ts';
import type { Lies } from './lies.ts';
import type { Interactions } from './oidc/interactions.ts';
import { messagePage } from './oidc/pages.ts';
import { INTERACTION_PATH } from './oidc/provider.ts';

/** One request to the FHIR server, media included, as it was answered; of a batch each read, and then the batch. */
export type AccessLogEntry = {
  at: string;
  method: string;
  /** With the query. */
  path: string;
  status: number;
  /** The Range header that was sent. */
  range: string | null;
  /** SDS user id of whoever holds the token. */
  who: string | null;
  inBatch: boolean;
};

type Parts = { lies: Lies; provider: Provider; fhir: FhirServer; interactions: Interactions };
type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The one port that the practice listens on, and what is behind it. */
export class Listener {
  readonly accessLog: AccessLogEntry[] = [];
  readonly #sockets = new Set<Socket>();
  #parts: Parts | undefined;
  #answerOidc: Handler = async () => undefined;
  /** Idle connections stay as long as nginx keeps them: a test that computes for more than Node's five seconds meets none that is just being closed. */
  readonly #server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => void this.#answer(request, response));

  /** Takes the port and gives the address; requests wait for `serve`. */
  async listen(host: string, port: number): Promise<string> {
    this.#server.on('connection', (socket) => {
      if (this.#parts?.lies.down) socket.destroy();
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    return `http://${host}:${(this.#server.address() as AddressInfo).port}`;
  }

  serve(parts: Parts): void {
    this.#parts = parts;
    this.#answerOidc = parts.provider.callback();
  }

  heardInBatch(one: InBatch, who: string | null): void {
    this.accessLog.push({ at: new Date().toISOString(), ...one, range: null, who, inBatch: true });
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.dropConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts = this.#parts;
    if (!parts || parts.lies.down) {
      request.socket.destroy();
      return;
    }
    try {
      const url = new URL(request.url ?? '/', 'http://practice');
      const [, area = ''] = url.pathname.split('/');
      if (area === 'fhir') await this.#answerFhir(request, response, url, parts);
      else if (area === 'oidc') await this.#mounted(request, response);
      else if (url.pathname.startsWith(`${INTERACTION_PATH}/`)) await parts.interactions.answer(request, response);
      else this.#answerOther(response, url.pathname);
    } catch (error) {
      replyError(request, response, error);
    }
  }

  async #answerFhir(request: IncomingMessage, response: ServerResponse, url: URL, { fhir, lies }: Parts): Promise<void> {
    const caller = await fhir.callerOf(request);
    response.once('close', () => {
      this.accessLog.push({ at: new Date().toISOString(), method: request.method ?? '', path: url.pathname + url.search, status: response.statusCode, range: request.headers.range ?? null, who: caller?.person.sdsUserId ?? null, inBatch: false });
    });
    if (lies.delayMs > 0) await wait(lies.delayMs);
    const held = lies.answer && caller ? new HeldAnswer() : null;
    const to = held?.asResponse() ?? response;
    try {
      await fhir.answer(request, to, url, caller);
    } catch (error) {
      replyError(request, to, error);
    }
    if (held) await lie(request, response, url, lies, held);
  }

  /** oidc-provider finds out where it is mounted from the difference between the two, as under Express. */
  async #mounted(request: IncomingMessage, response: ServerResponse): Promise<void> {
    Object.assign(request, { originalUrl: request.url });
    request.url = request.url?.slice('/oidc'.length) ?? '/';
    if (!request.url.startsWith('/')) request.url = `/${request.url}`;
    await this.#answerOidc(request, response);
  }

  #answerOther(response: ServerResponse, path: string): void {
    const home = path === '/';
    response.writeHead(home ? 200 : 404, { 'Content-Type': 'text/html; charset=utf-8' });
    response.end(home ? messagePage('Demo Surgery is open', 'This is the demo practice of Viewing Room. Open the app and sign in there.') : messagePage('Not found', 'There is no such page.'));
  }
}
