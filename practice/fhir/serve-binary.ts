import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Binary } from '@medplum/fhirtypes';
import type { Served } from './binaries.ts';
import { FhirError } from './error.ts';
import { reply } from './reply.ts';

/**
 * Answers GET and HEAD of a Binary. FHIR: who accepts application/fhir+json gets the resource with base64 inside,
 * everyone else the bytes themselves in their own type. HTTP: ranges (RFC 9110, section 14) of one part.
 */
export async function serveBinary(request: IncomingMessage, response: ServerResponse, id: string, served: Served): Promise<void> {
  const accept = request.headers.accept ?? '*/*';
  if (accept.includes('application/fhir+json')) {
    if (!served.bytes) throw new FhirError(406, 'too-costly', 'This recording is too large for JSON; ask for its media type');
    const binary: Binary = { resourceType: 'Binary', id, contentType: served.contentType, data: served.bytes.toString('base64') };
    reply(request, response, 200, binary, { ETag: served.etag });
    return;
  }
  if (!accepts(accept, served.contentType)) throw new FhirError(406, 'not-supported', `Binary/${id} is ${served.contentType}`);
  response.setHeader('ETag', served.etag);
  response.setHeader('Accept-Ranges', served.ranges ? 'bytes' : 'none');
  response.setHeader('Content-Type', served.contentType);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  const ifRange = request.headers['if-range'];
  const asked = !served.ranges ? undefined : ifRange === undefined || ifRange === served.etag ? request.headers.range : undefined;
  const range = readRange(asked, served.size);
  if (range === 'unsatisfiable') {
    throw new FhirError(416, 'processing', `Binary/${id} has ${served.size} bytes`, { 'Content-Range': `bytes */${served.size}` });
  }
  const [from, to] = range ?? [0, served.size - 1];
  if (range) response.setHeader('Content-Range', `bytes ${from}-${to}/${served.size}`);
  response.writeHead(range ? 206 : 200, { 'Content-Length': to - from + 1 });
  if (request.method === 'HEAD' || to < from) response.end();
  else await send(served, from, to, response);
}

/** A player that seeks hangs up in the middle; that is not an error here. */
async function send(served: Served, from: number, to: number, response: ServerResponse): Promise<void> {
  const { cutAt } = served;
  try {
    if (cutAt !== undefined && cutAt <= to) {
      if (from < cutAt) await pipeline(served.open(from, cutAt - 1), response, { end: false });
      else response.flushHeaders();
      // What was written leaves first: a socket that is destroyed forgets it.
      response.socket?.destroySoon();
      return;
    }
    await pipeline(served.open(from, to), response);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE')) throw error;
  }
}

/** One range as first and last byte; undefined for none, several or nonsense, which all mean the whole. */
export function readRange(header: string | undefined, size: number): [from: number, to: number] | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : [size - length, size - 1];
  }
  const from = Number(first);
  const to = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < from) return undefined;
  return from >= size ? 'unsatisfiable' : [from, to];
}

function accepts(accept: string, contentType: string): boolean {
  const [plain = ''] = contentType.split(';');
  return accept.split(',').some((one) => {
    const [type = ''] = one.trim().split(';');
    return type === '*/*' || type === plain || type === `${plain.split('/')[0] ?? ''}/*`;
  });
}
