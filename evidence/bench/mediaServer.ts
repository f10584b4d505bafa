/** A process of its own that gives one file to whoever asks, as a practice gives a Binary; says its port to whoever forked it. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface MediaServer {
  /** As a FHIR base. */
  url: string;
  stop: () => void;
}

export async function startMediaServer(file: string): Promise<MediaServer> {
  const child: ChildProcess = fork(import.meta.filename, [file]);
  const [port] = (await once(child, 'message')) as [number];
  return { url: `http://127.0.0.1:${port}/fhir`, stop: () => void child.kill() };
}

function serve(file: string): void {
  const { size } = statSync(file);
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': size, etag: '"1"' });
    createReadStream(file, { highWaterMark: 1024 * 1024 }).pipe(response);
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.once('disconnect', () => process.exit());
}

if (import.meta.main) serve(process.argv[2] ?? '');
