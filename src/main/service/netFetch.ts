/** `fetch` over Electron's network. A request without a body that refuses redirects is asked by `net.request`, and answered as {@link answerOf} does; any other is left to the session's own `fetch`. */
import { net, type ClientRequestConstructorOptions, type Session } from 'electron';
import { finished } from 'node:stream';
import type { Fetch } from '../platform/heard.ts';
import { answerOf, type Message } from './asItCame.ts';

type Asked = Pick<RequestInit, 'method' | 'headers' | 'signal'> & Pick<ClientRequestConstructorOptions, 'credentials' | 'cache'>;

/** Follows no redirect. Throws what Chromium says (net_error_list.h), or the signal's reason, which whoever reads the body is told as well. */
function ask(session: Session, url: string, { method = 'GET', headers, credentials, cache, signal }: Asked): Promise<Response> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const request = net.request({ url, method, session, redirect: 'error', ...(credentials === undefined ? {} : { credentials }), ...(cache === undefined ? {} : { cache }) });
    for (const [name, value] of new Headers(headers)) request.setHeader(name, value);
    let answer: Message | null = null;
    const abort = (): void => {
      answer?.destroy(signal?.reason as Error);
      request.abort();
      reject(signal?.reason as Error);
    };
    // Until the body is over: a request is closed as soon as it has been sent.
    const over = (): void => signal?.removeEventListener('abort', abort);
    signal?.addEventListener('abort', abort);
    request.on('error', (error) => {
      over();
      reject(error);
    });
    // A message that is destroyed keeps its connection, of which there are six for a server: only an aborted request gives it up.
    const leave = (): void => request.abort();
    request.once('response', (message) => {
      answer = message as unknown as Message;
      finished(answer, { writable: false }, over);
      try {
        resolve(answerOf(answer, leave));
      } catch (error) {
        leave();
        reject(new Error('answer is none', { cause: error }));
      }
    });
    request.end();
  });
}

/** @param session asked for at each request */
export const netFetch = (session: () => Session): Fetch => (url, init = {}) => (
  init.redirect === 'error' && (init.body ?? null) === null ? ask(session(), url, init) : session().fetch(url, init)
);
