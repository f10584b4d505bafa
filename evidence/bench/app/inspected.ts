/** An Electron program that is only looked at: its inspector answers one question, and nothing waits for who asks. Playwright holds a start back until it is attached. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { environment } from '../../../e2e/harness/app.ts';
import { end } from '../../../scripts/lib/process.ts';

/** In the main process: its first window, once it is there, says when there is a field that can be typed into and has been painted. Epoch ms, as the page has it. */
const question = `(async () => {
  const { app, BrowserWindow } = require('electron');
  const window = BrowserWindow.getAllWindows()[0] ?? await new Promise((resolve) => app.once('browser-window-created', (_event, made) => resolve(made)));
  return window.webContents.executeJavaScript(\`new Promise((resolve) => {
    const look = () => {
      const field = document.querySelector('input[type="password"]');
      if (field && !field.disabled && field.getClientRects().length > 0) requestAnimationFrame(() => setTimeout(() => resolve(Date.now())));
      else requestAnimationFrame(look);
    };
    look();
  })\`);
})()`;

interface Answer {
  result?: { result: { value?: unknown }; exceptionDetails?: unknown };
}

async function ask(url: string): Promise<unknown> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  try {
    for (let id = 1; ; id += 1) {
      const answered = once(socket, 'message') as Promise<[MessageEvent<string>]>;
      socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params: { expression: question, awaitPromise: true, returnByValue: true, includeCommandLineAPI: true } }));
      const { result } = JSON.parse((await answered)[0].data) as Answer;
      if (result && !result.exceptionDetails) return result.result.value;
      // Electron's own modules are not there yet.
      await sleep(10);
    }
  } finally {
    socket.close();
  }
}

/** Starts a program and ends it again. @returns ms from the start of its process to a painted field */
export async function startTime(executable: string, args: readonly string[]): Promise<number> {
  const began = Date.now();
  const child = spawn(executable, ['--inspect=0', '--disable-gpu', ...args], { env: environment(), stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let text = '';
      child.stderr.on('data', (data: Buffer) => {
        text += data.toString();
        const found = /ws:\/\/\S+/.exec(text)?.[0];
        if (found !== undefined) resolve(found);
      });
      child.once('exit', () => reject(new Error(`it ended at once: ${text}`)));
    });
    const painted = await ask(url);
    if (typeof painted !== 'number') throw new Error('it never said when its field was painted');
    return painted - began;
  } finally {
    await end(child);
  }
}
