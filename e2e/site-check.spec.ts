/** The site check as whoever looks after a practice's systems meets it: the packaged program as a command, and a part of a screen. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { marksIn, runCheck } from './support/check.ts';
import { everythingHere, firstSignIn, openClinic, signInInBrowser, type Clinic } from './support/journey.ts';

let clinic: Clinic;
test.beforeEach(async () => {
  clinic = await openClinic();
});
test.afterEach(() => clinic.stop());

const siteWith = (change: object): string => {
  const site = path.join(clinic.folder, 'other-site.json');
  writeFileSync(site, JSON.stringify({ ...clinic.practice.siteFile(), ...change }));
  return site;
};

/** A temporary folder for checks alone, and what they left there. */
function temporaryFolder(): { env: { TMPDIR: string }; left: () => string[] } {
  const TMPDIR = path.join(clinic.folder, 'temporary');
  mkdirSync(TMPDIR);
  return { env: { TMPDIR }, left: () => readdirSync(TMPDIR).filter((name) => name.startsWith('viewing-room-check')) };
}

test('the command finds everything at the demo practice, leaves nothing behind, and runs beside the app', async () => {
  const app = await clinic.start();
  await expect(app.window.getByRole('button', { name: 'Sign in with your practice' })).toBeVisible();
  const temporary = temporaryFolder();
  const ended = await runCheck(['--site', clinic.site, '--profile', clinic.profileDir], { env: temporary.env });
  expect(ended.stdout).toMatch(/^The site file\n {2}ok {9}site\.file: /);
  expect(ended.stdout).toMatch(/\n\d+ ok, 0 missing, 0 warnings, \d+ not tried\n$/);
  expect(ended.code).toBe(0);
  expect(temporary.left()).toEqual([]);
  // The app was neither brought forward nor ended.
  await expect(app.window.getByRole('button', { name: 'Sign in with your practice' })).toBeVisible();
});

test('with one thing switched off it says which, what to do, and ends with 1', async () => {
  clinic.practice.lies.document = (name, honest) => (name === 'provider' ? { ...honest, code_challenge_methods_supported: ['plain'] } : honest);
  const ended = await runCheck(['--json', '--site', clinic.site]);
  expect([ended.code, marksIn(ended)('missing'), marksIn(ended)('warning')]).toEqual([1, ['sign-in.pkce'], []]);
  const text = await runCheck(['--site', clinic.site]);
  expect(text.stdout).toContain('  MISSING    sign-in.pkce: PKCE with S256 – ');
  expect(text.stdout).toContain('To do: Switch PKCE with S256 on');
});

test('a site file that is wrong or not there, and servers that are not there, end with 2', async () => {
  const wrong = await runCheck(['--json', '--site', siteWith({ issuer: 'http://practice.example' })]);
  expect([wrong.code, marksIn(wrong)('missing')]).toEqual([2, ['site.file']]);
  // One that ends at once leaves nothing either, nor does a process that was still beginning.
  const temporary = temporaryFolder();
  const none = await runCheck(['--json', '--site', path.join(clinic.folder, 'nothing.json')], { env: temporary.env });
  expect([none.code, marksIn(none)('missing')]).toEqual([2, ['site.file']]);
  await wait(1_000);
  expect(temporary.left()).toEqual([]);
  const away = await runCheck(['--site', siteWith({ issuer: 'http://127.0.0.1:9/oidc', fhirBase: 'http://127.0.0.1:9/fhir' })]);
  expect(away.code).toBe(2);
  // In Chromium's own name for it.
  expect(away.stdout).toMatch(/network\.issuer: .* – .*\(ERR_(UNSAFE_PORT|CONNECTION_REFUSED)\)/);
  // One cause, one advice; one line for all that it keeps back.
  expect(away.stdout.match(/To do: (?!as for network\.issuer$)/gm)).toHaveLength(1);
  expect(away.stdout.match(/^ {2}not tried .*$/gm)).toEqual(['  not tried  58 checks: network.fhir is needed first: an answer of the FHIR server']);
});

test('with a sign-in it tries what a clinician does, and writes one entry', async () => {
  const ended = await runCheck(['--sign-in', '--json', '--site', clinic.site], { answer: (address) => signInInBrowser(address, clinic.person('ada')) });
  expect([ended.code, marksIn(ended)('missing'), marksIn(ended)('warning'), marksIn(ended)('not-tried')]).toEqual([0, [], [], ['record.read', 'console.assignments', 'console.lists']]);
  expect(clinic.openedAddresses()).toHaveLength(1);
  expect((await clinic.practice.repo.auditEvents()).map(({ subtype = [] }) => subtype.at(-1)?.code)).toEqual(['site-check']);
});

test('it needs no screen, and begins no profile', async () => {
  const profile = path.join(clinic.folder, 'untouched');
  const ended = await runCheck(['--headless', '--ozone-platform=headless', '--site', clinic.site, '--profile', profile], { env: { DISPLAY: '', WAYLAND_DISPLAY: '' } });
  expect(existsSync(profile)).toBe(false);
  expect(ended.stdout).toMatch(/ ok, 0 missing, /);
  expect(ended.code).toBe(0);
});

test('an option that does not exist is told, in one line, and nothing is checked', async () => {
  const ended = await runCheck(['--jsno', '--site', clinic.site]);
  expect(ended.stderr).toContain('Viewing Room does not know --jsno. It knows --site FILE, --profile DIR and --check [--sign-in] [--json].\n');
  expect([ended.code, ended.stdout]).toEqual([2, '']);
});

test('the screen says the same, failing first, also where the site file is wrong, and more where somebody is in', async () => {
  const broken = siteWith({ issuer: 'http://practice.example' });
  const app = await clinic.start({ site: broken });
  const { window } = app;
  await window.getByRole('button', { name: 'This computer' }).click();
  const part = window.getByRole('region', { name: 'The practice’s systems' });
  await part.getByRole('button', { name: 'Check now' }).click();
  await expect(part.getByRole('status')).toHaveText(/^0 ok, 1 missing/);
  await expect(part.getByRole('listitem').first()).toContainText('the field “issuer” is wrong');
  await expect(part.getByRole('listitem').nth(1)).toContainText('66 checks: site.file is needed first');
  await expect(part.getByRole('listitem')).toHaveCount(2);
  // Put right, it is read anew.
  writeFileSync(broken, JSON.stringify(clinic.practice.siteFile()));
  await part.getByRole('button', { name: 'Check again' }).click();
  await expect(part.getByRole('status')).toHaveText(/^\d+ ok, 0 missing, 0 warnings/);
  await expect(part.getByRole('listitem')).toHaveText([/27 checks: a sign-in is needed/]);
  await part.getByText('67 checks, in order or not tried, one by one').click();
  await expect(part.getByRole('listitem')).toHaveCount(68);
  await window.getByRole('button', { name: 'Back' }).click();
  await window.getByRole('button', { name: 'Try again' }).click();

  clinic.practice.lies.noRanges = true;
  await firstSignIn(app, clinic.person('ada'));
  await everythingHere(window);
  await window.getByRole('button', { name: 'Settings' }).click();
  await window.getByRole('button', { name: 'This computer' }).click();
  await part.getByRole('button', { name: 'Check now' }).click();
  await expect(part.getByRole('status')).toHaveText(/^\d+ ok, 0 missing, 1 warning,/);
  await expect(part.getByRole('listitem').first()).toContainText('media.range');
});
