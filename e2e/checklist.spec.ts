/**
 * Electron's security checklist (https://www.electronjs.org/docs/latest/tutorial/security), item by item and by its numbers, on the packaged app: each is tried.
 * 19, the fuses, is fuses.spec.ts. Of 16 the app itself shows whether its runtime is a current one; that packaging for release refuses another is tried in
 * scripts/package.test.ts. Whoever gets to run code in the page is assumed: what the page is asked to do here, such code could do.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test, type JSHandle, type Page } from '@playwright/test';
import type { BrowserWindow } from 'electron';
import { packaged } from '../scripts/lib/paths.ts';
import { end } from '../scripts/lib/process.ts';
import { electronIsSafe } from '../scripts/lib/runtime-rules.ts';
import { environment, type App } from './harness/app.ts';
import { processesBelow, sandboxFaults } from './harness/sandbox.ts';
import { openClinic, type Clinic } from './support/journey.ts';

type Door = Record<string, (...args: unknown[]) => unknown>;

let clinic: Clinic;
let app: App;
let page: Page;
/** The page's window in main. Not the first of a list: there a window that a test closed is for another moment. */
let shell: JSHandle<BrowserWindow>;
/** A server on this computer that is not the practice, and what was asked of it. */
let other: Server;
let otherAddress: string;
const asked: string[] = [];

test.beforeAll(async () => {
  other = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' });
    response.end('<title>other</title>');
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  otherAddress = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  clinic = await openClinic();
  app = await clinic.start();
  page = app.window;
  shell = await app.electron.browserWindow(page);
  await expect(page.getByRole('button', { name: 'Sign in with your practice' })).toBeVisible();
});
test.afterAll(async () => {
  app.refused.splice(0);
  await clinic.stop();
  await new Promise((resolve) => other.close(resolve));
});
test.afterEach(async () => {
  // Whatever was tried: the page is where it was, and nobody else has heard of it. Playwright hears of the page that came back a moment after main.
  await expect.poll(() => page.url()).toBe('app://ui/');
  expect(asked).toEqual([]);
  // What the page's policy refused is what was tried; each test of it looks for itself.
  app.refused.splice(0);
});

const windows = () => app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
/** Passes once the page has had the time for whatever it was asked to begin. */
const settled = () => page.evaluate(() => new Promise<void>((resolve) => {
  requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
}));

test('1. only secure content: nothing is loaded by http, even without the page’s policy', async () => {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Page.setBypassCSP', { enabled: true });
  await page.reload();
  await expect(page.getByRole('button', { name: 'Sign in with your practice' })).toBeVisible();
  const loaded = await page.evaluate(async (address) => {
    const fetched = await fetch(address).then(() => 'loaded', () => 'refused');
    const image = await new Promise<string>((resolve) => {
      const picture = new Image();
      picture.onload = () => resolve('loaded');
      picture.onerror = () => resolve('refused');
      picture.src = `${address}/picture`;
    });
    const script = await new Promise<string>((resolve) => {
      const element = document.createElement('script');
      element.onload = () => resolve('loaded');
      element.onerror = () => resolve('refused');
      element.src = `${address}/script`;
      document.head.append(element);
    });
    return { fetched, image, script };
  }, otherAddress);
  await cdp.send('Page.setBypassCSP', { enabled: false });
  await cdp.detach();
  await page.reload();
  await expect(page.getByRole('button', { name: 'Sign in with your practice' })).toBeVisible();
  expect(loaded).toEqual({ fetched: 'refused', image: 'refused', script: 'refused' });
});

test('2. no Node in the page, nor in a frame or a worker of it', async () => {
  const found = await page.evaluate(() => {
    const names = ['require', 'process', 'module', 'Buffer', 'global', '__dirname'];
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const inFrame = names.filter((name) => frame.contentWindow !== null && name in frame.contentWindow);
    frame.remove();
    return { inPage: names.filter((name) => name in globalThis), inFrame };
  });
  expect(found).toEqual({ inPage: [], inFrame: [] });
  // Whether it is refused when it is made or when it begins is Chromium's matter; one that ran would say what it finds.
  const worker = await page.evaluate(() => new Promise<string>((resolve) => {
    try {
      const made = new Worker(URL.createObjectURL(new Blob(['postMessage(typeof process)'], { type: 'text/javascript' })));
      made.onmessage = ({ data }) => resolve(`ran: ${String(data)}`);
      made.onerror = () => resolve('refused');
    } catch {
      resolve('refused');
    }
  }));
  expect(worker).toBe('refused');
});

test('3. context isolation: what the page does to its own objects does not reach the preload', async () => {
  const reached = await page.evaluate(async () => {
    const seen: string[] = [];
    const originals = { map: Array.prototype.map };
    const room = (globalThis as unknown as { viewingRoom: Door }).viewingRoom;
    Array.prototype.map = function (this: unknown[], ...args: Parameters<typeof originals.map>) {
      seen.push('map');
      return originals.map.apply(this, args);
    } as typeof originals.map;
    Object.defineProperty(Object.prototype, 'channel', { configurable: true, set: () => void seen.push('channel') });
    try {
      await room.getState?.();
    } finally {
      Array.prototype.map = originals.map;
      delete (Object.prototype as { channel?: unknown }).channel;
    }
    const Maker = (room.getState as unknown as { constructor: new (code: string) => () => unknown }).constructor;
    let made = 'refused';
    try {
      made = typeof new Maker('return typeof require')();
    } catch {
      // As it should be: the policy allows no code from text, and the function is the page's own.
    }
    return { seen, made };
  });
  expect(reached).toEqual({ seen: [], made: 'refused' });
});

test('4. every page’s process is sandboxed by the operating system', async () => {
  expect(await sandboxFaults(app.electron.process().pid ?? -1)).toEqual([]);
});

test('5. permissions: refused when asked for, and said to be refused', async () => {
  const answers = await page.evaluate(async () => {
    const tried = (work: () => Promise<unknown>) => work().then(() => 'granted', () => 'refused');
    const asked = {
      microphone: await tried(() => navigator.mediaDevices.getUserMedia({ audio: true })),
      camera: await tried(() => navigator.mediaDevices.getUserMedia({ video: true })),
      screen: await tried(() => navigator.mediaDevices.getDisplayMedia()),
      place: await tried(() => new Promise((resolve, reject) => {
        navigator.geolocation.getCurrentPosition(resolve, reject, { timeout: 5_000 });
      })),
      clipboard: await tried(() => navigator.clipboard.readText()),
      notification: await Notification.requestPermission(),
    };
    const names = ['camera', 'microphone', 'geolocation', 'notifications', 'clipboard-read', 'midi'] as PermissionName[];
    const states = await Promise.all(names.map((name) => navigator.permissions.query({ name }).then(({ state }) => state)));
    return { asked, states: [...new Set(states)] };
  });
  expect(answers).toEqual({ asked: { microphone: 'refused', camera: 'refused', screen: 'refused', place: 'refused', clipboard: 'refused', notification: 'denied' }, states: ['denied'] });
});

test('6. web security is on, and no other origin is read', async () => {
  const on = await app.electron.evaluate(({ webContents }) => webContents.getAllWebContents().map((contents) => (contents as unknown as { getLastWebPreferences: () => { webSecurity?: boolean } }).getLastWebPreferences().webSecurity ?? true));
  expect(on).toEqual([true]);
  const read = await page.evaluate(async (address) => {
    const of = (place: string) => fetch(place).then((answer) => answer.text(), () => 'refused');
    return { host: await of('app://other/index.html'), file: await of('file:///etc/passwd'), other: await of(address) };
  }, otherAddress);
  expect(read).toEqual({ host: 'refused', file: 'refused', other: 'refused' });
});

test('7. content security policy: no inline script or style, no code from text, nothing from elsewhere', async () => {
  const ran = await page.evaluate(async (address) => {
    const marks = globalThis as unknown as Record<string, unknown>;
    const add = (html: string) => {
      const range = document.createRange();
      document.body.append(range.createContextualFragment(html));
    };
    add('<script>globalThis.inlineRan = true</script>');
    add('<img src="/none.png" onerror="globalThis.handlerRan = true">');
    add('<style id="tried">#root { outline: 7px solid red }</style>');
    add(`<iframe src="${address}/frame"></iframe><object data="${address}/object"></object>`);
    // From a timer: what a debugger runs may evaluate text.
    const evaluated = await new Promise<string>((resolve) => setTimeout(() => {
      try {
        // eslint-disable-next-line no-eval -- what is tried
        resolve(String((0, eval)('1 + 1')));
      } catch {
        resolve('refused');
      }
    }, 0));
    const fetched = await fetch(address).then(() => 'loaded', () => 'refused');
    await new Promise((resolve) => setTimeout(resolve, 0));
    const outline = getComputedStyle(document.querySelector('#root') ?? document.body).outlineWidth;
    for (const element of document.querySelectorAll('body > :is(iframe, object, style, img)')) element.remove();
    return { evaluated, fetched, styled: outline === '7px', inline: marks.inlineRan ?? false, handler: marks.handlerRan ?? false };
  }, otherAddress);
  await settled();
  expect(ran).toEqual({ evaluated: 'refused', fetched: 'refused', styled: false, inline: false, handler: false });
  await expect.poll(() => app.refused.length).toBeGreaterThan(3);
  // And the harness hears of it: every other test fails at the end of an app that went against the policy.
  expect(app.refused.join('\n')).toContain(`Refused to connect to '${otherAddress}`);
});

test('8, 9, 10. no insecure content, no experimental features, no features by name: neither set nor taken from the command line', async () => {
  const preferences = await app.electron.evaluate(({ webContents }) => webContents.getAllWebContents().map((contents) => {
    const { allowRunningInsecureContent, experimentalFeatures, enableBlinkFeatures } = (contents as unknown as { getLastWebPreferences: () => Record<string, unknown> }).getLastWebPreferences();
    return { allowRunningInsecureContent: allowRunningInsecureContent ?? false, experimentalFeatures: experimentalFeatures ?? false, enableBlinkFeatures: enableBlinkFeatures ?? '' };
  }));
  expect(preferences).toEqual([{ allowRunningInsecureContent: false, experimentalFeatures: false, enableBlinkFeatures: '' }]);
  const words = (await processesBelow(app.electron.process().pid ?? -1)).flatMap((one) => one.arguments);
  expect(words.filter((word) => /^--(enable-blink-features|enable-experimental|allow-running-insecure|disable-web-security)/.test(word))).toEqual([]);
});

test('11, 12. a <webview> is an unknown element: it holds no page, and opens none', async () => {
  const kind = await page.evaluate((address) => {
    const view = document.createElement('webview') as HTMLElement & { getWebContentsId?: unknown };
    view.setAttribute('src', address);
    view.setAttribute('allowpopups', '');
    view.setAttribute('nodeintegration', '');
    document.body.append(view);
    return { is: view.constructor.name, methods: typeof view.getWebContentsId };
  }, otherAddress);
  await settled();
  expect(kind).toEqual({ is: 'HTMLElement', methods: 'undefined' });
  expect(await app.electron.evaluate(({ webContents }) => webContents.getAllWebContents().length)).toBe(1);
  await page.evaluate(() => document.querySelector('webview')?.remove());
});

test('14. new windows: by script, by target and by the middle button, none opens', async () => {
  const opened = await page.evaluate((address) => {
    const link = document.createElement('a');
    link.href = address;
    link.target = '_blank';
    link.textContent = 'elsewhere';
    link.id = 'elsewhere';
    document.body.prepend(link);
    link.click();
    return [globalThis.open(address), globalThis.open('about:blank'), globalThis.open('app://ui/')].map((window) => window === null);
  }, otherAddress);
  expect(opened).toEqual([true, true, true]);
  await page.locator('#elsewhere').click({ button: 'middle' });
  await page.locator('#elsewhere').click({ modifiers: ['Shift'] });
  await settled();
  expect(await windows()).toBe(1);
  await page.evaluate(() => document.querySelector('#elsewhere')?.remove());
});

test('16. the runtime is one without known holes, or the page says all the time that it is for trying out only', async () => {
  const version = await app.electron.evaluate(() => process.versions.electron);
  await expect(page.getByText(/^For trying out only/)).toHaveCount(electronIsSafe(version) ? 0 : 1);
});

test('17. the door answers our page alone: not another window with the same preload, not a frame', async () => {
  const preload = await app.electron.evaluate(({ app: electronApp }) => `${electronApp.getAppPath()}/out/preload/index.cjs`);
  const answers = await app.electron.evaluate(async ({ BrowserWindow }, [script, address]) => {
    const window = new BrowserWindow({ show: false, webPreferences: { preload: script } });
    try {
      await window.loadURL(address);
      const door = 'globalThis.viewingRoom';
      return await window.webContents.executeJavaScript(`Promise.all(Object.keys(${door}).filter((name) => !/^on[A-Z]/.test(name)).map((name) => ${door}[name]().then((answer) => answer.ok === false && answer.error.code)))`) as unknown[];
    } finally {
      window.destroy();
    }
  }, [preload, 'data:text/html,<title>other</title>'] as const);
  expect(answers.length).toBeGreaterThan(20);
  expect([...new Set(answers)]).toEqual(['bad-request']);
});

test('18. the page is from a scheme of its own, with no way to a file', async () => {
  expect(await page.evaluate(() => location.origin)).toBe('app://ui');
  const places = ['/index.html', '/..%2f..%2fpackage.json', '/%2e%2e%2f%2e%2e%2fpackage.json', '/..%5c..%5cpackage.json', '/../../package.json', '/%2fetc%2fpasswd', '/%zz.js'];
  const found = await shell.evaluate(({ webContents }, wanted) => Promise.all(wanted.map(async (place) => (await webContents.session.fetch(`app://ui${place}`)).status)), places);
  expect(found).toEqual([200, ...places.slice(1).map(() => 404)]);
});

test('20. what the page is given is functions of the contract: no Electron object, no event of one, and no call that does not fit it', async () => {
  const given = await page.evaluate(() => {
    const room = (globalThis as unknown as { viewingRoom: Record<string, unknown> }).viewingRoom;
    const before = typeof room.getState;
    let changed = 'refused';
    try {
      room.getState = () => 'mine';
      changed = String((room.getState as () => unknown)()) === 'mine' ? 'changed' : 'refused';
    } catch {
      // As it should be.
    }
    return { kinds: [...new Set(Object.values(room).map((value) => typeof value))], before, changed, electron: ['ipcRenderer', 'electron', 'contextBridge', 'webFrame', 'send', 'invoke'].filter((name) => name in globalThis || name in room) };
  });
  expect(given).toEqual({ kinds: ['function'], before: 'function', changed: 'refused', electron: [] });
  expect(await page.evaluate(() => (globalThis as unknown as { viewingRoom: Door }).viewingRoom.openRecording?.(7))).toMatchObject({ ok: false, error: { code: 'bad-request' } });
  const argumentsHeard = await page.evaluate(() => new Promise<number>((resolve) => {
    const room = (globalThis as unknown as { viewingRoom: Door }).viewingRoom;
    const stop = room.onState?.((...heard: unknown[]) => {
      (stop as () => void)();
      resolve(heard.length);
    });
    void room.signIn?.();
  }));
  expect(argumentsHeard).toBe(1);
  await page.getByRole('button', { name: /^Cancel/ }).click();
});

// Last of those in the page: Playwright waits ever after for a navigation that was refused.
/** Runs a script in the page from the main process: Playwright would wait for navigations that are refused. @returns where the page is, and whether it is still the same document */
const inPage = (script: string) => shell.evaluate(async ({ webContents: contents }, code) => {
  await contents.executeJavaScript(`globalThis.stayed = true; ${code}; 0`);
  const stayed = (await contents.executeJavaScript('new Promise((resolve) => setTimeout(() => resolve(globalThis.stayed === true), 50))')) as boolean;
  return { url: contents.getURL(), stayed };
}, script);

test('13. navigation: by script, link, form or meta tag, the page stays', async () => {
  for (const to of [`${otherAddress}/away`, 'file:///etc/passwd', 'data:text/html,away', 'app://other/', 'recording://nobody/media']) {
    const address = JSON.stringify(to);
    for (const script of [
      `location.href = ${address}`,
      `const link = document.createElement('a'); link.href = ${address}; document.body.append(link); link.click(); link.remove()`,
      `const form = document.createElement('form'); form.action = ${address}; document.body.append(form); form.submit(); form.remove()`,
      `const meta = document.createElement('meta'); meta.httpEquiv = 'refresh'; meta.content = '0;url=' + ${address}; document.head.append(meta); meta.remove()`,
    ]) expect(await inPage(`(() => { ${script} })()`), to).toEqual({ url: 'app://ui/', stayed: true });
  }
});

test('13. navigation: an empty page, of which nobody is told beforehand, gives way to ours at once', async () => {
  await inPage("location.href = 'about:blank'").catch(() => undefined);
  await expect.poll(() => shell.evaluate(({ webContents }) => webContents.getURL())).toBe('app://ui/');
  await expect.poll(() => inPage('0').then(({ url }) => url)).toBe('app://ui/');
});

test('17. the door answers no empty page that ours has made way for', async () => {
  const preload = await app.electron.evaluate(({ app: electronApp }) => `${electronApp.getAppPath()}/out/preload/index.cjs`);
  const found = await app.electron.evaluate(async ({ BrowserWindow }, [script, beside]) => {
    const window = new BrowserWindow({ show: false, webPreferences: { preload: script, session: beside.webContents.session } });
    const contents = window.webContents;
    const asks = () => contents.executeJavaScript('viewingRoom.about().then(({ ok }) => [origin, ok])') as Promise<unknown>;
    try {
      await window.loadURL('app://ui/');
      const ours = await asks();
      const gone = new Promise((resolve) => contents.once('did-navigate', resolve));
      await contents.executeJavaScript("location.href = 'about:blank'; 0");
      await gone;
      return { ours, empty: await asks() };
    } finally {
      window.destroy();
    }
  }, [preload, shell] as const);
  expect(found).toEqual({ ours: ['app://ui', true], empty: ['null', false] });
});

test('15. the system is asked to open nothing that the page makes up', async () => {
  for (const address of ['file:///etc/passwd', 'mailto:someone@example.org', 'ms-settings:', 'smb://server/share', otherAddress]) {
    expect(await inPage(`(() => { location.href = ${JSON.stringify(address)}; globalThis.open(${JSON.stringify(address)}) })()`)).toEqual({ url: 'app://ui/', stayed: true });
  }
  // Another test began to sign in.
  expect(clinic.openedAddresses().filter((address) => !address.startsWith(`${clinic.practice.url}/oidc/auth?`))).toEqual([]);
});

for (const given of ['--remote-debugging-port=0', '--remote-debugging-pipe', '--no-sandbox', '--ignore-certificate-errors', '--disable-web-security', '--enable-blink-features=CSSVariables']) {
  test(`the shipped program does not start with ${given}`, async () => {
    const profile = mkdtempSync(path.join(os.tmpdir(), 'refused-'));
    const child = spawn(path.join(packaged, 'viewing-room'), ['--disable-gpu', '--profile', profile, given], { env: environment(), stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()));
    try {
      await expect.poll(() => child.exitCode, { timeout: 30_000 }).toBe(1);
      expect(said).toContain('Viewing Room did not start');
      expect(said).not.toContain('DevTools listening');
    } finally {
      await end(child);
      rmSync(profile, { recursive: true, force: true });
    }
  });
}
