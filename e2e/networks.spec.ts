/** What only Electron's own network can show: the system's proxy and certificates, a page in place of the practice, and a second start. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { newAuthority } from '../practice/testing/certificates.ts';
import { testCopy } from '../scripts/lib/paths.ts';
import { environment } from './harness/app.ts';
import { beginSignIn, everythingHere, firstSignIn, openClinic, row, type Clinic } from './support/journey.ts';
import { startProxy, type Proxy } from './support/proxy.ts';

let clinic: Clinic;
let proxy: Proxy;
test.beforeEach(async () => {
  clinic = await openClinic();
  proxy = await startProxy();
});
test.afterEach(async () => {
  await clinic.stop();
  proxy.stop();
});

/** Files of the profile that hold this text. */
const holding = (text: string): string[] => readdirSync(clinic.profileDir, { recursive: true, encoding: 'utf8' }).map((name) => path.join(clinic.profileDir, name)).filter((file) => statSync(file).isFile() && readFileSync(file).includes(text));

test('a proxy that asks who is there is told by the person, once, and nothing of it is kept on disk', async () => {
  proxy.wants = { name: 'surgery', password: 'pass-the-proxy-4711' };
  const app = await clinic.start({ args: proxy.args });
  const { window } = app;
  await beginSignIn(window);
  await expect(window.getByText('This network’s proxy does not let the app through')).toBeVisible();
  await window.getByRole('button', { name: 'Sign in to the proxy' }).click();
  const dialog = window.getByRole('dialog');
  // Who would be told, before anything is.
  await expect(dialog.getByText(new URL(proxy.url).host, { exact: true })).toBeVisible();
  await dialog.getByLabel('Name for the proxy').fill(proxy.wants.name);
  await dialog.getByLabel('Password for the proxy', { exact: true }).fill('not this one');
  await dialog.getByRole('button', { name: 'Sign in to the proxy' }).click();
  await expect(dialog.getByText('The proxy did not take that name and password')).toBeVisible();
  expect(proxy.passed).toBe(0);
  await dialog.getByLabel('Password for the proxy', { exact: true }).fill(proxy.wants.password);
  await dialog.getByRole('button', { name: 'Sign in to the proxy' }).click();
  // What was begun goes on.
  await expect(window.getByRole('heading', { name: 'Finish signing in in your browser' })).toBeVisible();
  expect(proxy.passed).toBeGreaterThan(0);
  await window.getByRole('button', { name: 'Cancel' }).click();
  await firstSignIn(app, clinic.person('ada'));
  await everythingHere(window);
  await app.close();
  expect(holding(proxy.wants.password)).toEqual([]);
  expect(proxy.told).toBe(0);
});

test('a network that wants somebody to sign in first takes nothing away, and says what to do', async () => {
  const app = await clinic.start({ args: proxy.args });
  const { window } = app;
  await firstSignIn(app, clinic.person('ada'));
  await everythingHere(window);
  const { title } = clinic.recording('rec-01');
  await expect(row(window, title).first()).toContainText('Ready offline');
  proxy.portal = true;
  await window.getByRole('button', { name: 'Update now' }).click();
  await expect(window.getByText('Something else answered in place of the practice’s system.', { exact: true }).first()).toBeVisible();
  await expect(window.getByText(/This network may want you to sign in first/)).toBeVisible();
  await expect(row(window, title).first()).toContainText('Ready offline');
  await expect(window.getByRole('button', { name: 'Sign in', exact: true })).toHaveCount(0);
  proxy.portal = false;
  await window.getByRole('button', { name: 'Update now' }).click();
  await expect(window.getByText('Connected to the practice.')).toBeVisible();
  await expect(row(window, title).first()).toContainText('Ready offline');
});

test('a practice whose certificate is of its own authority is believed where the system trusts that, and nowhere else', async () => {
  const home = process.env.HOME ?? '';
  const authority = newAuthority('Authority of a practice');
  let asked = 0;
  const server = createServer(authority.server('127.0.0.1'), (request, response) => {
    asked += 1;
    const issuer = `${base}/oidc`;
    const known = { issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks`, capabilities: ['permission-v2'] };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(request.url?.includes('/.well-known/') ? known : { keys: [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const site = path.join(clinic.folder, 'private.json');
  writeFileSync(site, JSON.stringify({ ...clinic.practice.siteFile(), fhirBase: `${base}/fhir`, issuer: `${base}/oidc` }));
  const start = async () => {
    const app = await clinic.start({ site });
    await beginSignIn(app.window);
    return app;
  };
  const store = `sql:${path.join(home, '.pki', 'nssdb')}`;
  const certutil = (...args: string[]) => execFileSync('certutil', ['-d', store, ...args]);
  try {
    const untrusted = await start();
    await expect(untrusted.window.getByText('The connection to the practice cannot be trusted')).toBeVisible();
    // No way round it.
    await expect(untrusted.window.getByRole('button', { name: /anyway|continue|accept/i })).toHaveCount(0);
    expect(asked).toBe(0);
    await untrusted.close();

    const pem = path.join(clinic.folder, 'authority.pem');
    writeFileSync(pem, authority.certificate);
    mkdirSync(path.join(home, '.pki', 'nssdb'), { recursive: true, mode: 0o700 });
    if (!existsSync(path.join(home, '.pki', 'nssdb', 'cert9.db'))) certutil('-N', '--empty-password');
    certutil('-A', '-n', 'practice', '-t', 'C,,', '-i', pem);
    const trusting = await start();
    await expect(trusting.window.getByRole('heading', { name: 'Finish signing in in your browser' })).toBeVisible();
    expect(asked).toBeGreaterThan(0);
    certutil('-D', '-n', 'practice');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('a second start brings the first forward, opens nothing itself, and ends', async () => {
  const app = await clinic.start();
  const heard = app.electron.evaluate(({ app: first }) => new Promise<boolean>((resolve) => first.once('second-instance', () => resolve(true))));
  const second = spawn(path.join(testCopy, 'viewing-room'), ['--disable-gpu', '--site', clinic.site, '--profile', clinic.profileDir], { env: environment(), stdio: 'ignore' });
  const code = await new Promise<number | null>((resolve) => second.once('exit', resolve));
  expect([code, await heard]).toEqual([0, true]);
  expect(await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  await expect(app.window.getByRole('button', { name: 'Sign in with your practice' })).toBeVisible();
});
