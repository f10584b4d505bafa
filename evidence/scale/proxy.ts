/** Between the computer and the practice: passes everything on as it is, and counts requests and bytes by kind. Plain HTTP/1.1 on loopback: what TLS adds is not in it. */
import { once } from 'node:events';
import { Agent, createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { ByKind } from './cost.ts';

export class CountingProxy {
  #counted: ByKind = {};
  #together = 0;
  #underWay = 0;
  #last = performance.now();
  readonly #practice: URL;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server = createServer((request, response) => this.#pass(request, response));
  /** Of each connection, what was counted of it so far. */
  readonly #before = new WeakMap<Socket, { read: number; written: number }>();

  constructor(practice: string) {
    this.#practice = new URL(practice);
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
  }

  /** ms since anything was asked or answered. */
  get quietFor(): number {
    return this.#underWay > 0 ? 0 : performance.now() - this.#last;
  }

  /** Reads that came in batches since the last {@link take}; their batches are requests of the kind `batch`. */
  get readsTogether(): number {
    return this.#together;
  }

  /** What was counted since the last time; quiet begins anew. */
  take(): ByKind {
    this.#last = performance.now();
    this.#together = 0;
    const counted = this.#counted;
    this.#counted = {};
    return counted;
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', headers, socket } = request;
    this.#underWay += 1;
    const [json, asked]: [Buffer[], Buffer[]] = [[], []];
    let type = '';
    const to = ask({ host: this.#practice.hostname, port: this.#practice.port, agent: this.#agent, method, path: url, headers: { ...headers, host: this.#practice.host } }, (answer) => {
      type = answer.headers['content-type'] ?? '';
      if (type.includes('json')) answer.on('data', (chunk: Buffer) => json.push(chunk));
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    to.on('error', () => socket.destroy());
    if (kindOf(url, '') === BATCH) request.on('data', (chunk: Buffer) => asked.push(chunk));
    request.pipe(to);
    response.once('close', () => {
      this.#underWay -= 1;
      this.#last = performance.now();
      // Requests of one connection come one after the other: what went over it since the one before is this one's.
      const before = this.#before.get(socket) ?? { read: 0, written: 0 };
      this.#before.set(socket, { read: socket.bytesRead, written: socket.bytesWritten });
      const body = Buffer.concat(json);
      if (asked.length > 0) this.#together += (JSON.parse(Buffer.concat(asked).toString()) as { entry: unknown[] }).entry.length;
      const down = socket.bytesWritten - before.written;
      const cost = this.#counted[kindOf(url, type)] ??= { requests: 0, bytesUp: 0, bytesDown: 0, bytesDownGzip: 0 };
      cost.requests += 1;
      cost.bytesUp += socket.bytesRead - before.read;
      cost.bytesDown += down;
      cost.bytesDownGzip += body.length === 0 ? down : down - body.length + gzipSync(body).length;
    });
  }
}

const BATCH = 'batch';

/** A FHIR type; of Binaries what they hold; of everything else what it is for. */
function kindOf(url: string, type: string): string {
  const [, area = '', first = ''] = new URL(url, 'http://practice').pathname.split('/');
  if (url.includes('/.well-known/')) return 'discovery';
  if (area === 'oidc') return first === 'jwks' ? 'keys' : first;
  if (first === '') return BATCH;
  if (first !== 'Binary') return first;
  return type.startsWith('application/json') ? 'Binary, statements' : type.startsWith('text/vtt') ? 'Binary, transcripts' : 'Binary, media';
}
