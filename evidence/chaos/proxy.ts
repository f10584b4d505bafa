/** The line between the computer and the practice: takes each request on, and does to it and its answer what the run's plan says. Plain HTTP on loopback. */
import { once } from 'node:events';
import { Agent, createServer, request as ask, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Bundle, BundleEntry, Resource } from '@medplum/fhirtypes';
import { bodyOf } from '../../practice/fhir/reply.ts';
import { randomFor } from '../fuzz/random.ts';
import { faultOf, type Blow, type LineFault, type WeatherName } from './plan.ts';
import { none } from './verdict.ts';

interface Answered {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'trailer', 'content-length'];
/** What is held back goes when so many later answers have, or after so long. */
const LATER_ANSWERS = 3;
const LONGEST_HOLD_MS = 60;
/** Of what is longer, so many bytes come every so many ms. */
const [PIECE_BYTES, PIECE_MS] = [256 * 1024, 15];
/** Of these the app is told nothing but the truth of the moment at which it asked. */
const TRUTHFUL: readonly (LineFault | null)[] = [null, 'delay', 'reorder', 'duplicate'];

/** An address without what is different in every run, so that the n-th request to it is the same one each time. */
export const addressOf = (method: string, url: string): string => `${method} ${url.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '*')}`;

const isFhir = (url: string): boolean => url === '/fhir' || url.startsWith('/fhir/');

export class FaultProxy {
  weather: WeatherName = 'calm';
  readonly injected = none();
  /** How often the app was not told the truth, or nothing. */
  disturbed = 0;
  /** How often it was told what had been true before. */
  staleAnswers = 0;
  readonly #seed: string;
  readonly #practice: URL;
  #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #agent = new Agent({ keepAlive: true });
  readonly #asked = new Map<string, number>();
  readonly #before = new Map<string, Answered>();
  readonly #expired = new Set<string>();
  #bearer: string | null = null;
  #port = 0;
  #answers = 0;

  constructor(seed: string, practice: string) {
    this.#seed = seed;
    this.#practice = new URL(practice);
    this.#server = this.#make();
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Takes connections: at a port of its choice, and after {@link goDown} at the same. */
  async listen(): Promise<void> {
    if (this.#server.listening) return;
    this.#server = this.#make();
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Connections are refused from here on; what is under way breaks off. */
  async goDown(): Promise<void> {
    if (!this.#server.listening) return;
    this.disturbed += 1;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async stop(): Promise<void> {
    await this.goDown();
    this.#agent.destroy();
  }

  /** The token that was sent last is refused from here on. */
  expireToken(): void {
    if (this.#bearer !== null) this.#expired.add(this.#bearer);
  }

  #make(): Server {
    const server = createServer((request, response) => void this.#pass(request, response).catch(() => request.socket.destroy()));
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    return server;
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const body = await bodyOf(request);
    const address = addressOf(method, url);
    const n = this.#asked.get(address) ?? 0;
    this.#asked.set(address, n + 1);
    const { authorization } = headers;
    if (authorization !== undefined && isFhir(url)) {
      this.#bearer = authorization;
      if (this.#expired.has(authorization)) {
        this.#hit('expired token', false);
        this.#give(response, { status: 401, headers: { 'content-type': 'application/json' }, body: Buffer.from('{}') });
        return;
      }
    }
    const drawn = faultOf(this.#seed, this.weather, address, n);
    const fault = drawn !== null && this.#suits(drawn, method, url, body) ? drawn : null;
    if (fault !== null) this.#hit(fault, TRUTHFUL.includes(fault));
    const before = this.#before.get(url);
    const random = randomFor(this.#seed, 'how', address, n);
    const plain = (status: number, more: IncomingHttpHeaders = {}) => this.#give(response, { status, headers: { 'content-type': 'text/plain', ...more }, body: Buffer.from(`${status}`) });
    switch (fault) {
      case 'reset before':
        request.socket.destroy();
        return;
      case 'reset during':
        await this.#breakOff(request, body);
        return;
      case '429': case '503':
        plain(Number(fault), { 'retry-after': '1' });
        return;
      case '500':
        plain(500);
        return;
      case 'stale':
        this.staleAnswers += 1;
        if (before) this.#give(response, before);
        return;
      case 'delay':
        await wait(random.int(40));
        break;
      default:
    }
    let answered = await this.#forward(method, url, headers, body);
    // What stands between the two tries again, and gives whichever answer it likes.
    if (fault === 'duplicate') {
      const again = await this.#forward(method, url, headers, body);
      if (random.coin()) answered = again;
    }
    if (method === 'POST' && url === '/fhir' && answered.status === 200) answered = this.#throughWeather(body, answered);
    if (method === 'GET' && !url.includes('/Binary/') && answered.status === 200 && !before) this.#before.set(url, answered);
    switch (fault) {
      case 'reset after': case 'token lost':
        request.socket.destroy();
        return;
      case '500 after':
        plain(500);
        return;
      case 'half a body':
        this.#giveHalf(response, answered);
        return;
      case 'reorder':
        await this.#hold();
        break;
      default:
    }
    this.#give(response, answered);
  }

  #suits(fault: LineFault, method: string, url: string, body: Buffer): boolean {
    const isToken = url.startsWith('/oidc/token') && method === 'POST';
    switch (fault) {
      case 'stale': return method === 'GET' && this.#before.has(url) && isFhir(url);
      case 'duplicate': return method !== 'GET' && isFhir(url);
      case 'token lost': return isToken && body.includes('grant_type=refresh_token');
      case 'reset during': return body.length > 1 && !isToken;
      // What is wrong with a token may end its session, rightly: that is `token lost`, and not each time.
      case '429': case '500': case '500 after': return method === 'GET' || !url.startsWith('/oidc/');
      default: return true;
    }
  }

  /** Each read of a batch has a status of its own, and is stale by itself. A line that breaks, breaks for all of them. */
  #throughWeather(body: Buffer, answered: Answered): Answered {
    const asked = (JSON.parse(body.toString()) as Bundle).entry ?? [];
    const bundle = JSON.parse(answered.body.toString()) as Bundle;
    const entry = (bundle.entry ?? []).map((honest, at): BundleEntry => {
      const url = `/fhir/${asked[at]?.request?.url ?? ''}`;
      const address = addressOf('GET', url);
      const n = this.#asked.get(address) ?? 0;
      this.#asked.set(address, n + 1);
      const before = this.#before.get(url);
      const fault = faultOf(this.#seed, this.weather, address, n);
      if (fault === '429' || fault === '500' || fault === '503') {
        this.#hit(fault, false);
        return { response: { status: fault } };
      }
      if (fault === 'stale' && before) {
        this.#hit(fault, false);
        this.staleAnswers += 1;
        return { ...honest, resource: JSON.parse(before.body.toString()) as Resource };
      }
      if (!before && honest.response?.status.startsWith('200')) this.#before.set(url, { status: 200, headers: { 'content-type': 'application/fhir+json' }, body: Buffer.from(JSON.stringify(honest.resource)) });
      return honest;
    });
    return { ...answered, body: Buffer.from(JSON.stringify({ ...bundle, entry })) };
  }

  #hit(fault: LineFault | Blow, truthful: boolean): void {
    this.injected[fault] += 1;
    if (!truthful) this.disturbed += 1;
  }

  async #hold(): Promise<void> {
    const until = this.#answers + LATER_ANSWERS;
    for (let waited = 0; waited < LONGEST_HOLD_MS && this.#answers < until; waited += 10) await wait(10);
  }

  /** Half of the request reaches the practice, and then nothing. */
  async #breakOff(request: IncomingMessage, body: Buffer): Promise<void> {
    const { method, url, headers } = request;
    await new Promise<void>((resolve) => {
      const half = ask({ host: this.#practice.hostname, port: this.#practice.port, method, path: url, headers: { ...headers, host: this.#practice.host, 'content-length': body.length } });
      half.on('error', () => resolve());
      half.write(body.subarray(0, Math.floor(body.length / 2)), () => setTimeout(() => half.destroy(), 5));
      half.on('close', () => resolve());
    });
    request.socket.destroy();
  }

  async #forward(method: string, path: string, headers: IncomingHttpHeaders, body: Buffer): Promise<Answered> {
    const sent = Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
    return new Promise((resolve, reject) => {
      const to = ask({ host: this.#practice.hostname, port: this.#practice.port, agent: this.#agent, method, path, headers: { ...sent, host: this.#practice.host, ...(body.length > 0 ? { 'content-length': body.length } : {}) } }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: Buffer.concat(chunks) }));
      });
      to.on('error', reject);
      to.end(body);
    });
  }

  #headersOf({ headers, body }: Answered): Record<string, string | string[]> {
    const kept = Object.entries(headers).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined && !HOP_BY_HOP.includes(entry[0]));
    return { ...Object.fromEntries(kept), ...(body.length > 0 ? { 'content-length': String(body.length) } : {}) };
  }

  #give(response: ServerResponse, answered: Answered): void {
    this.#answers += 1;
    response.writeHead(answered.status, this.#headersOf(answered));
    if (answered.body.length > PIECE_BYTES) void this.#giveSlowly(response, answered.body);
    else response.end(answered.body);
  }

  /** What is long comes bit by bit, for as long as somebody takes it. */
  async #giveSlowly(response: ServerResponse, body: Buffer): Promise<void> {
    for (let at = 0; at < body.length && !response.destroyed; at += PIECE_BYTES) {
      response.write(body.subarray(at, at + PIECE_BYTES));
      await wait(PIECE_MS);
    }
    if (!response.destroyed) response.end();
  }

  #giveHalf(response: ServerResponse, answered: Answered): void {
    this.#answers += 1;
    response.writeHead(answered.status, this.#headersOf(answered));
    response.write(answered.body.subarray(0, Math.floor(answered.body.length / 2)), () => setTimeout(() => response.socket?.destroy(), 5));
  }
}
