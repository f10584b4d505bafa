/** The network between the app and the practice: a proxy for plain requests and tunnels (RFC 9110 §9.3.6), which may want to know who is there, or answer everything with a page of its own. */
import { createServer, request as send, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';

export interface Proxy {
  /** Chromium's switches for a network in which everything goes through it, this very computer too. */
  args: string[];
  url: string;
  /** Basic credentials that it wants; null: it lets everybody through. */
  wants: { name: string; password: string } | null;
  /** A network that wants somebody to sign in first. */
  portal: boolean;
  /** Requests and tunnels that it let through. */
  passed: number;
  /** Requests that told a server behind it a name and a password. */
  told: number;
  stop: () => void;
}

export async function startProxy(): Promise<Proxy> {
  const mayPass = ({ headers }: IncomingMessage): boolean =>
    proxy.wants === null || headers['proxy-authorization'] === `Basic ${Buffer.from(`${proxy.wants.name}:${proxy.wants.password}`).toString('base64')}`;
  const question = { 'proxy-authenticate': 'Basic realm="Surgery network"', 'content-length': '0' };
  const server = createServer((request, response) => {
    if (!mayPass(request)) {
      response.writeHead(407, question).end();
      return;
    }
    if (proxy.portal) {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Guest Wi-Fi</title><h1>Sign in to use this network</h1>');
      return;
    }
    proxy.passed += 1;
    if (request.headers.authorization?.startsWith('Basic')) proxy.told += 1;
    // What the app asks for the proxy's sake alone: a server that would like to be told as well.
    if (request.method === 'HEAD') {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="Practice"' }).end();
      return;
    }
    const { 'proxy-authorization': _theirs, ...headers } = request.headers;
    const onward = send(request.url ?? '/', { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connect', (request: IncomingMessage, client, head) => {
    client.on('error', () => undefined);
    if (!mayPass(request)) {
      client.end(`HTTP/1.1 407 Proxy Authentication Required\r\n${Object.entries(question).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
      return;
    }
    proxy.passed += 1;
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const target = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.write(head);
      target.pipe(client);
      client.pipe(target);
    });
    target.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const proxy: Proxy = {
    args: [`--proxy-server=${url}`, '--proxy-bypass-list=<-loopback>'],
    url, wants: null, portal: false, passed: 0, told: 0,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return proxy;
}
