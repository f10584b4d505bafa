import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../platform/failure.ts';
import { listen, type Loopback } from './loopback.ts';

let loopback: Loopback;
const stop = new AbortController();
beforeEach(async () => {
  loopback = await listen();
});
afterEach(() => loopback.close());

/** Sends exact bytes, as only a socket can; the whole answer. */
function raw(request: string): Promise<string> {
  const { port } = new URL(loopback.redirectUri);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.end(`${request} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk)).on('end', () => resolve(text)).on('error', reject);
  });
}

describe('the loopback', () => {
  it('takes the one answer that knows the state, and shows the person a page', async () => {
    const answer = loopback.answer('s1', stop.signal, 60_000);
    const page = fetch(`${loopback.redirectUri}?code=c1&state=s1`);
    const tab = await answer;
    expect([tab.url.searchParams.get('code'), tab.url.href.startsWith(`${loopback.redirectUri}?`)]).toEqual(['c1', true]);
    tab.finish('Done & <well>', 'You can close "this".');
    const response = await page;
    const text = await response.text();
    expect(text).toContain('Done &#38; &#60;well&#62;');
    expect(text).not.toContain('<well>');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect([response.headers.get('cache-control'), response.headers.get('referrer-policy')]).toEqual(['no-store', 'no-referrer']);
  });

  it('ignores what has another state, path or method, and goes on waiting', async () => {
    expect((await fetch(`${loopback.redirectUri}?state=s1&code=early`)).status).toBe(404);
    const answer = loopback.answer('s1', stop.signal, 60_000);
    const { origin } = new URL(loopback.redirectUri);
    for (const [url, method] of [[`${loopback.redirectUri}?state=s2&code=x`, 'GET'], [`${loopback.redirectUri}?code=x`, 'GET'], [`${origin}/?state=s1&code=x`, 'GET'], [`${loopback.redirectUri}?state=s1&code=x`, 'POST']] as const) {
      expect((await fetch(url, { method })).status).toBe(404);
    }
    const page = fetch(`${loopback.redirectUri}?state=s1&code=right`);
    const tab = await answer;
    expect(tab.url.searchParams.get('code')).toBe('right');
    expect((await fetch(`${loopback.redirectUri}?state=s1&code=again`)).status).toBe(404);
    tab.finish('', '');
    await page;
  });

  it('survives an address that is none', async () => {
    for (const target of ['GET //[', 'GET http://[/callback', 'GET *']) expect(await raw(target)).toMatch(/^HTTP\/1\.1 404/);
    expect((await fetch(loopback.redirectUri)).status).toBe(404);
  });

  it('sends the same tab on', async () => {
    const answer = loopback.answer('s1', stop.signal, 60_000);
    const page = fetch(`${loopback.redirectUri}?state=s1`, { redirect: 'manual' });
    (await answer).goTo('https://practice.example/next');
    expect([(await page).status, (await page).headers.get('location')]).toEqual([302, 'https://practice.example/next']);
  });

  it('listens on this computer alone', () => {
    expect(new URL(loopback.redirectUri).hostname).toBe('127.0.0.1');
  });

  it('gives up in time, or when it is told to', async () => {
    await expect(loopback.answer('s1', stop.signal, 1)).rejects.toThrow(expect.objectContaining({ code: 'sign-in-timed-out' }));
    const cancel = new AbortController();
    const waiting = loopback.answer('s2', cancel.signal, 60_000);
    cancel.abort(new Failure('sign-in-refused', 'cancelled'));
    await expect(waiting).rejects.toThrow(expect.objectContaining({ code: 'sign-in-refused' }));
    await expect(loopback.answer('s3', cancel.signal, 60_000)).rejects.toThrow(expect.objectContaining({ code: 'sign-in-refused' }));
    expect((await fetch(`${loopback.redirectUri}?state=s2`)).status).toBe(404);
  });
});
