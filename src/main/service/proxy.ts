/** A proxy on the way to the practice that wants to know who is there (RFC 9110 §11.7), and takes nothing that the computer gives by itself. */
import { net, type Session } from 'electron';
import { Failure } from '../platform/failure.ts';
import { unanswered } from '../platform/heard.ts';
import { proxyName } from './proxyName.ts';

const TIMEOUT_MS = 15_000;

/** Which proxy on the way to `url` asks who is there, as {@link proxyName}; null where none asks. Throws `practice-unreachable` where nothing answers. */
export async function proxyAsking(session: Session, url: string): Promise<string | null> {
  const asked: string[] = [];
  await question(session, url, (proxy) => {
    asked.push(proxy);
    return null;
  }).catch((error: unknown) => {
    if (asked.length === 0) throw error;
  });
  return asked[0] ?? null;
}

/**
 * Gives a name and a password to the proxy on the way to `url`, once, where it is the one that the person was told of. Where it takes them, Chromium keeps them in the memory of this
 * session for whatever it asks from then on; they are nowhere else. Throws `practice-unreachable` where no proxy answers, or another one.
 * @returns whether it took them
 */
export async function answerProxy(session: Session, url: string, proxy: string, name: string, password: string): Promise<boolean> {
  const asked: string[] = [];
  const status = await question(session, url, (by) => {
    asked.push(by);
    return by === proxy && asked.length === 1 ? [name, password] : null;
  }).catch((error: unknown) => {
    // Behind the proxy: what is wrong there is told to whoever asks there.
    if (asked.length === 1 && unanswered(error).detail?.why !== 'proxy') return null;
    throw error;
  });
  if (asked.some((by) => by !== proxy)) throw new Failure('practice-unreachable', 'another proxy asks', { why: 'proxy' });
  return status !== 407;
}

/**
 * One request for the sake of the proxy before `url`. @param login what the proxy of this name is given; null ends it
 * @returns status of what answered; 302 for any redirect
 */
function question(session: Session, url: string, login: (proxy: string) => readonly [name: string, password: string] | null): Promise<number> {
  return new Promise((resolve, reject) => {
    // `fetch` of a session leaves such a question unanswered and gives the 407; only a request of this kind is asked. Without credentials it tells no server who is there, not by itself
    // (NTLM, Negotiate) and not by what a proxy was told.
    const request = net.request({ method: 'HEAD', url, session, redirect: 'manual', cache: 'no-store', credentials: 'omit' });
    const timer = setTimeout(() => {
      request.abort();
      reject(unanswered(new Error('the proxy did not answer')));
    }, TIMEOUT_MS);
    const settle = (status: number) => {
      clearTimeout(timer);
      resolve(status);
    };
    request.on('login', (asking, give) => {
      const proxy = proxyName(asking);
      const answer = proxy === null ? null : login(proxy);
      if (answer) give(...answer);
      else give();
    });
    request.on('redirect', () => settle(302));
    request.on('response', (response) => {
      response.on('data', () => undefined);
      // The 407 of a tunnel has no body that could be read.
      response.on('error', () => undefined);
      settle(response.statusCode);
    });
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(unanswered(error));
    });
    request.end();
  });
}
