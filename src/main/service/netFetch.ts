/** `fetch` of Electron's network stack, whose answers come as {@link asItCame} gives them where it is a request for something. */
import { net, type ClientRequestConstructorOptions, type Session } from 'electron';
import type { Readable } from 'node:stream';
import { asItCame } from './asItCame.ts';
import type { Fetch } from '../platform/heard.ts';

/** Statuses of an answer without a body (Fetch, 2.2.3). */
const WITHOUT_BODY = [101, 204, 205, 304];

type Asked = Pick<RequestInit, 'method' | 'headers' | 'signal'> & Pick<ClientRequestConstructorOptions, 'credentials' | 'cache'>;

/** Follows no redirect; a failure of the network is one of Chromium's (net_error_list.h), as with the session's own. */
function ask(session: Session, url: string, { method = 'GET', headers, credentials, cache, signal }: Asked): Promise<Response> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const request = net.request({ url, method, session, redirect: 'error', ...(credentials === undefined ? {} : { credentials }), ...(cache === undefined ? {} : { cache }) });
    for (const [name, value] of new Headers(headers)) request.setHeader(name, value);
    const abort = (): void => {
      request.abort();
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', abort);
    request.once('close', () => signal?.removeEventListener('abort', abort));
    request.once('error', reject);
    request.once('response', (message) => {
      const answered = Object.entries(message.headers).map(([name, value]): [string, string] => [name, [value].flat().join(', ')]);
      const body = WITHOUT_BODY.includes(message.statusCode) ? null : asItCame(message as unknown as Readable);
      resolve(new Response(body, { status: message.statusCode, statusText: message.statusMessage, headers: answered }));
    });
    request.end();
  });
}

/** @param session asked for at each request */
export const netFetch = (session: () => Session): Fetch => (url, init = {}) => (
  init.redirect === 'error' && (init.body ?? null) === null ? ask(session(), url, init) : session().fetch(url, init)
);
