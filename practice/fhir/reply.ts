import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Resource } from '@medplum/fhirtypes';
import { FhirError, outcome } from './error.ts';

export const FHIR_JSON = 'application/fhir+json; charset=utf-8';

/** Sends a resource with its version as a weak ETag and its time; 304 when the client has that version. */
export function reply(request: IncomingMessage, response: ServerResponse, status: number, resource: Resource | undefined, headers: Record<string, string> = {}): void {
  const { versionId, lastUpdated } = resource?.meta ?? {};
  if (versionId) response.setHeader('ETag', `W/"${versionId}"`);
  if (lastUpdated) response.setHeader('Last-Modified', new Date(lastUpdated).toUTCString());
  response.setHeader('Cache-Control', 'no-store');
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const reading = request.method === 'GET' || request.method === 'HEAD';
  if (reading && status === 200 && versionId && versionOf(request.headers['if-none-match']) === versionId) {
    response.writeHead(304).end();
    return;
  }
  if (!resource) {
    response.writeHead(status, { 'Content-Length': 0 }).end();
    return;
  }
  const body = Buffer.from(JSON.stringify(resource));
  response.writeHead(status, { 'Content-Type': FHIR_JSON, 'Content-Length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

export function replyError(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  // Of a request that broke off there is nobody to answer.
  if (response.headersSent || request.errored) {
    response.destroy();
    return;
  }
  if (error instanceof FhirError) reply(request, response, error.status, outcome(error.code, error.message), error.headers);
  else {
    console.error(error);
    reply(request, response, 500, outcome('exception', 'The demo practice failed; its console says more'));
  }
}

/** The version in an If-Match or If-None-Match header: weak, strong or bare. */
export function versionOf(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^(?:W\/)?"?([^"]*)"?$/.exec(header.trim())?.[1];
}

/** Reads a body up to a size. */
export async function bodyOf(request: IncomingMessage, largest = 5_000_000): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > largest) throw new FhirError(413, 'too-long', `A body may be at most ${largest} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
