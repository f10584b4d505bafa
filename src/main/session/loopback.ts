/**
 * The loopback redirect (RFC 8252 §7.3): a listener on 127.0.0.1 and an ephemeral port that takes one answer from the browser. It
 * can send the same tab on to a further authorization, so that one sign-in is one tab.
 */
import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Failure } from '../platform/failure.ts';

export interface BrowserAnswer {
  url: URL;
  /** Sends the tab on to another address. */
  goTo(address: string): void;
  /** Ends the tab's journey with a sentence. */
  finish(heading: string, sentence: string): void;
}

export interface Loopback {
  redirectUri: string;
  /** The next answer that carries this `state`. Throws `sign-in-timed-out`, or the abort's reason. */
  answer(state: string, signal: AbortSignal, timeoutMs: number): Promise<BrowserAnswer>;
  close(): void;
}

const escape = (text: string) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

function page(response: ServerResponse, status: number, heading: string, sentence: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_SHA256}'`, connection: 'close',
  });
  response.end(`<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>${escape(heading)}</title><style>${STYLE}</style><main><h1>${escape(heading)}</h1><p>${escape(sentence)}</p></main></html>`);
}

const STYLE = 'body{font:19px/1.5 Arial,sans-serif;color:#212b32;background:#f0f4f5;margin:0}main{max-width:36em;margin:4em auto;padding:2em;background:#fff;border-top:8px solid #005eb8}';
const STYLE_SHA256 = createHash('sha256').update(STYLE).digest('base64');

export async function listen(): Promise<Loopback> {
  let waiting: { state: string; resolve: (answer: BrowserAnswer) => void } | null = null;
  const server = createServer((request, response) => {
    // Any page or program here can send anything: what is no address must not throw in the main process.
    const url = URL.canParse(request.url ?? '/', 'http://127.0.0.1') ? new URL(request.url ?? '/', 'http://127.0.0.1') : null;
    // Another page in the browser could call this port: only the answer that knows our state is taken.
    if (request.method !== 'GET' || url?.pathname !== '/callback' || waiting?.state === undefined || url.searchParams.get('state') !== waiting.state) {
      page(response, 404, 'Nothing here', 'This address only takes the answer to a sign-in that is under way.');
      return;
    }
    const { resolve } = waiting;
    waiting = null;
    resolve({
      url,
      goTo: (address) => {
        response.writeHead(302, { location: address, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', connection: 'close' });
        response.end();
      },
      finish: (heading, sentence) => page(response, 200, heading, sentence),
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const redirectUri = `http://127.0.0.1:${port}/callback`;
  return {
    redirectUri,
    answer: (state, signal, timeoutMs) => new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail(new Failure('sign-in-timed-out', 'no answer from the browser')), timeoutMs);
      const onAbort = () => fail(signal.reason);
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      function fail(reason: unknown): void {
        waiting = null;
        done();
        reject(reason instanceof Error ? reason : new Error('sign-in ended'));
      }
      if (signal.aborted) {
        fail(signal.reason);
        return;
      }
      signal.addEventListener('abort', onAbort);
      waiting = { state, resolve: (answer) => {
        done();
        resolve({ ...answer, url: new URL(answer.url.pathname + answer.url.search, redirectUri) });
      } };
    }),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
