/** The keychain's four bad states, told apart, and nothing made over what is there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { noteDefaultBrowser } from './harness/default-browser.ts';
import { startKeychain, type Keychain } from './harness/keyring.ts';
import { beginSignIn, firstSignIn, openClinic, row, signInAddress, signInInBrowser, unlock, type Clinic } from './support/journey.ts';

let clinic: Clinic;
const keychains: Keychain[] = [];
test.beforeEach(async () => {
  clinic = await openClinic();
});
test.afterEach(async () => {
  await clinic.stop();
  for (const keychain of keychains.splice(0)) await keychain.stop();
});
async function keychainThatIs(state: Parameters<typeof startKeychain>[0]): Promise<Keychain> {
  const keychain = await startKeychain(state);
  keychains.push(keychain);
  noteDefaultBrowser(clinic.folder, keychain.env);
  return keychain;
}
/** Every file of every vault, with its bytes: what must not change. */
function vaultFiles(): Map<string, string> {
  const root = path.join(clinic.profileDir, 'vaults');
  if (!existsSync(root)) return new Map();
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(files.filter((file) => !/-(wal|shm)$/.test(file)).map((file) => [path.relative(root, file), readFileSync(file).toString('base64')]));
}

for (const [state, heading] of [['unavailable', 'does not answer'], ['no-bus', 'does not answer'], ['denied', 'did not let the app'], ['locked', 'is locked']] as const) {
  test(`first sign-in with a keychain that is ${state}: said so, and no vault is made`, async () => {
    const keychain = await keychainThatIs(state);
    const { window } = await clinic.start({ env: keychain.env });
    await beginSignIn(window);
    await signInInBrowser(await signInAddress(window), clinic.person('ada'));
    await expect(window.getByRole('heading', { level: 1 })).toContainText(heading);
    expect([...vaultFiles().keys()]).toEqual([]);
    await window.getByRole('button', { name: 'Try again' }).click();
    await expect(window.getByRole('button', { name: 'Sign in with your practice' })).toBeVisible();
  });
}

test('a vault behind a locked keychain waits, unchanged, and opens when it is unlocked', async () => {
  const keychain = await keychainThatIs('unlocked');
  let app = await clinic.start({ env: keychain.env });
  await firstSignIn(app, clinic.person('ada'));
  await expect(app.window.getByText(/Ready offline/).first()).toBeVisible({ timeout: 60_000 });
  await app.close();
  const before = vaultFiles();
  expect(before.size).toBeGreaterThan(3);
  await keychain.lock();
  app = await clinic.start({ env: keychain.env });
  await expect(app.window.getByRole('heading', { level: 1 })).toContainText('is locked');
  await expect(app.window.getByRole('button', { name: 'Start again' })).toHaveCount(0);
  expect(vaultFiles()).toEqual(before);
  await keychain.unlock();
  // Without a prompter it can be unlocked only by a new daemon; a process keeps its connection to the old one.
  await app.close();
  app = await clinic.start({ env: keychain.env });
  await unlock(app);
  await expect(app.window.getByText(/Ready offline/).first()).toBeVisible();
});

test('a keychain that lost the entry: said so; starting again sets the old vault aside whole', async () => {
  const first = await keychainThatIs('unlocked');
  let app = await clinic.start({ env: first.env });
  await firstSignIn(app, clinic.person('ada'));
  await expect(row(app.window, 'Ready offline').first()).toBeVisible({ timeout: 60_000 });
  await app.close();
  const before = vaultFiles();
  const other = await keychainThatIs('unlocked');
  app = await clinic.start({ env: other.env });
  await expect(app.window.getByRole('heading', { level: 1 })).toContainText('no longer in this computer’s keychain');
  expect(vaultFiles()).toEqual(before);
  await app.window.getByRole('button', { name: 'Start again' }).click();
  await app.window.getByRole('alertdialog').getByRole('button', { name: 'Start again' }).click();
  await expect(app.window.getByRole('button', { name: 'Sign in with your practice' })).toBeVisible();
  const aside = [...vaultFiles().entries()].map(([name, bytes]) => [name.replace(/\.unreadable-\d+/, ''), bytes]);
  expect(new Map(aside as [string, string][])).toEqual(before);
  await firstSignIn(app, clinic.person('ada'));
});
