/** An Electron program that is only looked at: its page answers one question, and nothing waits for who asks. Playwright holds a start back until it is attached. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { environment } from '../../../e2e/harness/app.ts';
import { end } from '../../../scripts/lib/process.ts';

/** Asked in the page: the moment at which a field to type into had been painted. Epoch ms. */
const question = `new Promise((resolve) => {
  const look = () => {
    const field = document.querySelector('input[type="password"]');
    if (field && !field.disabled && field.getClientRects().length > 0) requestAnimationFrame(() => setTimeout(() => resolve(Date.now())));
    else requestAnimationFrame(look);
  };
  look();
})`;
const [AGAIN_MS, PATIENCE_MS] = [10, 60_000];

interface Target {
  type: string;
  url: string;
  webSocketDebuggerUrl: string;
}

/** @returns null where the page went before it could answer */
async function answerOf({ webSocketDebuggerUrl }: Target): Promise<number | null> {
  const socket = new WebSocket(webSocketDebuggerUrl);
  try {
    await once(socket, 'open');
    const answered = once(socket, 'message') as Promise<[{ data: string }]>;
    socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression: question, awaitPromise: true, returnByValue: true } }));
    const { result } = JSON.parse((await answered)[0].data) as { result?: { result: { value?: unknown } } };
    return typeof result?.result.value === 'number' ? result.result.value : null;
  } finally {
    socket.close();
  }
}

/** Where Chromium's own inspector listens, as it says on its error stream. */
const portOf = (child: ChildProcess): Promise<string> => new Promise((resolve, reject) => {
  let text = '';
  child.stderr?.on('data', (data: Buffer) => {
    text += data.toString();
    const port = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(text)?.[1];
    if (port !== undefined) resolve(port);
  });
  child.once('exit', () => reject(new Error(`it ended at once: ${text}`)));
});

async function painted(child: ChildProcess): Promise<number> {
  const port = await portOf(child);
  for (const began = performance.now(); performance.now() - began < PATIENCE_MS;) {
    const targets = await fetch(`http://127.0.0.1:${port}/json/list`).then((response) => response.json() as Promise<Target[]>);
    const page = targets.find(({ type, url }) => type === 'page' && url !== '' && url !== 'about:blank');
    const answer = page ? await answerOf(page).catch(() => null) : null;
    if (answer !== null) return answer;
    await sleep(AGAIN_MS);
  }
  throw new Error('it never had a field that was painted');
}

/** Starts a program and ends it again. @returns ms from the start of its process to a painted field */
export async function startTime(executable: string, args: readonly string[]): Promise<number> {
  const began = Date.now();
  // The product starts with Chromium's inspector only where Node's is open as well: in its test copy.
  const child = spawn(executable, ['--inspect=0', '--remote-debugging-port=0', '--disable-gpu', ...args], { env: environment(), stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  try {
    return await painted(child) - began;
  } finally {
    await end(child);
  }
}
