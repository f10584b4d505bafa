import type { IncomingMessage, ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Asked, Given, Lies } from '../lies.ts';

/** Takes an answer in place of the connection, so that a lie can be told instead. */
export class HeldAnswer extends Writable {
  statusCode = 200;
  headersSent = false;
  /** What a cut connection would be cut at. */
  readonly socket = null;
  readonly #headers: Record<string, string> = {};
  readonly #parts: Buffer[] = [];

  setHeader(name: string, value: string | number): void {
    this.#headers[name.toLowerCase()] = String(value);
  }

  getHeader(name: string): string | undefined {
    return this.#headers[name.toLowerCase()];
  }

  writeHead(status: number, headers: Record<string, string | number> = {}): this {
    this.statusCode = status;
    this.headersSent = true;
    for (const [name, value] of Object.entries(headers)) this.setHeader(name, value);
    return this;
  }

  flushHeaders(): void {
    this.headersSent = true;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#parts.push(chunk);
    done();
  }

  /** The part of a response that the FHIR side uses. */
  asResponse(): ServerResponse {
    return this as unknown as ServerResponse;
  }

  given(): Given & { body: Buffer } {
    return { status: this.statusCode, headers: { ...this.#headers }, body: Buffer.concat(this.#parts) };
  }
}

export const askedOf = (request: IncomingMessage, url: URL): Asked =>
  ({ method: request.method ?? 'GET', path: decodeURIComponent(url.pathname.replace(/^\/fhir\/?/, '')), query: url.searchParams, headers: request.headers, fhirBase: `http://${request.headers.host ?? ''}/fhir` });

/** Sends what the lie makes of an honest answer. */
export async function lie(request: IncomingMessage, response: ServerResponse, url: URL, lies: Lies, held: HeldAnswer): Promise<void> {
  const honest = held.given();
  const given = lies.answer ? await lies.answer(askedOf(request, url), honest) : honest;
  if (!given) {
    request.socket.destroy();
    return;
  }
  const { status, headers, body } = given;
  // A lie that changed the bytes has not thought of their number.
  if (body !== honest.body && headers['content-length'] === honest.headers['content-length']) delete headers['content-length'];
  response.writeHead(status, headers);
  if (request.method === 'HEAD') response.end();
  else if (Buffer.isBuffer(body)) response.end(body);
  // Whoever hangs up in the middle of a lie is right.
  else await pipeline(body, response).catch(() => response.destroy());
}
