/** A recording's bytes in a file, and a process of its own that gives them to whoever asks, as a practice gives a Binary. */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MB } from './trial.ts';

export interface Media {
  file: string;
  /** Of a FHIR base; whatever is asked for below it is the file. */
  base: string;
}

/** Removed again when `work` is done. */
export async function withMedia<T>(megabytes: number, work: (media: Media) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-media-'));
  const file = join(folder, 'recording.mp4');
  const block = randomBytes(MB);
  for (let n = 0; n < megabytes; n += 1) {
    // Numbered: no two are alike.
    block.writeUInt32BE(n);
    appendFileSync(file, block);
  }
  const child = fork(import.meta.filename, [file]);
  try {
    const [port] = (await once(child, 'message')) as [number];
    return await work({ file, base: `http://127.0.0.1:${port}/fhir` });
  } finally {
    child.kill();
    rmSync(folder, { recursive: true });
  }
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
