/** `--test-command=requests BASE`: how requests to a server end in Electron's own network (netFetch.ts), of which Node's is no picture. The server is the test's (e2e/network.spec.ts). */
import { app, session } from 'electron';
import { createHash } from 'node:crypto';
import { netFetch } from '../service/netFetch.ts';
import type { Invocation } from './commands.ts';

/** Read no further than its first piece: cancelled, as whoever has what it wanted does. */
const isLeft = (path: string): boolean => path.startsWith('left');
/** Ends the request once the server has said so much, or nothing: pieces of the body that are read first. */
const GIVEN_UP_AFTER: Record<string, number> = { 'silent': 0, 'stalls': 1, 'given-up': 1 };

/** Says a line of JSON for each path: [path, {status, type, bytes, sha256}] of a whole answer, or [path, {failed: what the error says}]. */
export async function runRequests({ operand, say }: Invocation): Promise<number> {
  if (operand === null) throw new Error('test-command requests: name the server and its paths');
  const { base, paths } = JSON.parse(operand) as { base: string; paths: string[] };
  await app.whenReady();
  const fetch = netFetch(() => session.fromPartition('requests'));
  process.on('uncaughtException', (error) => say(JSON.stringify({ uncaught: error.message })));
  const end = async (path: string): Promise<object> => {
    const given = new AbortController();
    const pieces = GIVEN_UP_AFTER[path];
    const giveUp = () => given.abort(new Error('given up'));
    try {
      if (pieces === 0) setTimeout(giveUp, 500);
      const response = await fetch(`${base}/${path}`, { redirect: 'error', credentials: 'omit', cache: 'no-store', signal: given.signal, headers: { accept: 'text/plain' } });
      const hash = createHash('sha256');
      let [bytes, read] = [0, 0];
      for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        bytes += piece.length;
        hash.update(piece);
        read += 1;
        if (isLeft(path)) break;
        if (read === pieces) giveUp();
      }
      if (isLeft(path)) return { status: response.status };
      return { status: response.status, type: response.headers.get('content-type'), bytes, sha256: hash.digest('hex') };
    } catch (error) {
      return { failed: error instanceof Error ? error.message : String(error) };
    }
  };
  for (const path of paths) say(JSON.stringify([path, await end(path)]));
  return 0;
}
