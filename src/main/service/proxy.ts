/** A proxy on the way to the practice that wants to know who is there (RFC 9110 §11.7), and takes nothing that the computer gives by itself. */
import { net, type Session } from 'electron';
import { unanswered } from '../platform/heard.ts';

const TIMEOUT_MS = 15_000;

/**
 * Gives a name and a password to the proxy on the way to `url`, once. Where it takes them, Chromium keeps them in the memory of this session for whatever it asks from then on; they are
 * nowhere else. A server that asks who is there is told nothing. Throws `practice-unreachable` where no proxy answers.
 * @returns whether it took them
 */
export function answerProxy(session: Session, url: string, name: string, password: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    // `fetch` of a session leaves such a question unanswered and gives the 407; only a request of this kind is asked.
    const request = net.request({ method: 'HEAD', url, session, redirect: 'manual', cache: 'no-store' });
    const timer = setTimeout(() => {
      request.abort();
      reject(unanswered(new Error('the proxy did not answer')));
    }, TIMEOUT_MS);
    const settle = (taken: boolean) => {
      clearTimeout(timer);
      resolve(taken);
    };
    let asked = 0;
    request.on('login', ({ isProxy }, give) => {
      if (isProxy) asked += 1;
      if (isProxy && asked === 1) give(name, password);
      else give();
    });
    request.on('redirect', () => settle(true));
    request.on('response', (response) => {
      response.on('data', () => undefined);
      // The 407 of a tunnel has no body that could be read.
      response.on('error', () => undefined);
      settle(response.statusCode !== 407);
    });
    request.on('error', (error) => {
      // Behind the proxy: what is wrong there is told to whoever asks there.
      if (asked === 1 && unanswered(error).detail?.why !== 'proxy') settle(true);
      else {
        clearTimeout(timer);
        reject(unanswered(error));
      }
    });
    request.end();
  });
}
