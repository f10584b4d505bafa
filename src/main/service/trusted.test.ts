/** Servers whose certificates prove something, or not: what is sent to them, and what is said. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { afterAll, expect, it } from 'vitest';
import { newAuthority } from '../../../practice/testing/certificates.ts';
import { PracticeHttp } from './http.ts';

const authority = newAuthority('Authority of a practice');
const before = tls.getCACertificates('default');
const trust = (...more: string[]): void => tls.setDefaultCACertificates([...before, ...more]);
afterAll(() => trust());

/** Asks a server of this address, key and certificate. @returns what came, and how many requests it saw */
async function ask(given: { key: string; cert: string }): Promise<{ answer: unknown; seen: number }> {
  let seen = 0;
  const server = createServer(given, (_request, response) => {
    seen += 1;
    response.writeHead(200, { 'content-type': 'application/fhir+json' }).end('{"resourceType":"Task"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const http = new PracticeHttp(`https://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`, fetch, async () => 'token');
    return { answer: await http.json('Task/1').catch((error: unknown) => error), seen };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
const why = (reason: string): unknown => expect.objectContaining({ code: 'practice-unreachable', detail: { why: reason } });

it('one that an authority of this computer vouches for is the practice', async () => {
  trust(authority.certificate);
  expect(await ask(authority.server('127.0.0.1'))).toEqual({ answer: { resourceType: 'Task' }, seen: 1 });
});

it.each<[string, () => { key: string; cert: string }, string]>([
  ['whom nobody here vouches for', () => newAuthority('Authority of somebody else').server('127.0.0.1'), 'certificate'],
  ['that is another', () => authority.server('127.0.0.2'), 'certificate'],
  ['whose certificate has run out, or whose time this computer’s clock has passed', () => authority.server('127.0.0.1', { from: -30, until: -1 }), 'certificate-date'],
  ['whose certificate is not valid yet, or whose time this computer’s clock has not reached', () => authority.server('127.0.0.1', { from: 1, until: 30 }), 'certificate-date'],
])('to one %s nothing is sent, and why is known', async (_what, given, reason) => {
  trust(authority.certificate);
  expect(await ask(given())).toEqual({ answer: why(reason), seen: 0 });
});
