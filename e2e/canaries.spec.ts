/** After a recording was played and written about, nothing of it or of its patient is on the disk in clear; nor is anything of a person or a server in the log or the support bundle. */
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import type { App } from './harness/app.ts';
import { findCanaries } from './harness/canary.ts';
import { supportBundle, toComputer } from './support/computer.ts';
import { firstSignIn, openClinic, review, row, unlock, videoState } from './support/journey.ts';

/** Made anew at each run: a word of this file would be found in the test runner's own caches. */
const letters = () => Array.from(randomBytes(12), (byte) => String.fromCharCode(97 + (byte % 26))).join('');
const canaries = {
  media: `MEDIA-${letters()}`,
  transcript: `spoken ${letters()} words`,
  family: `F${letters()}`,
  given: `G${letters()}`,
  title: `title ${letters()}`,
  note: `noted ${letters()}`,
};

test('no canary of media, transcript, notes, names or NHS number is found in profile, temp folder or logs, and none of a person, a token or an address in the support bundle', async () => {
  test.setTimeout(240_000);
  const clinic = await openClinic();
  const tokens = new Set<string>();
  clinic.practice.lies.answer = ({ headers: { authorization } }, honest) => {
    if (typeof authorization === 'string') tokens.add(authorization.replace(/^Bearer /, ''));
    return honest;
  };
  try {
    // A clip with the canary in a box that players skip: its bytes pass through the whole app.
    const clip = readFileSync(path.join(import.meta.dirname, '../resources/demo/knee.mp4'));
    const text = Buffer.from(canaries.media.repeat(40));
    const box = Buffer.alloc(8);
    box.writeUInt32BE(8 + text.length);
    box.write('free', 4, 'latin1');
    const nhsNumber = validTestNumber();
    await clinic.practice.repo.addRecording({
      owner: 'ada', media: Buffer.concat([clip, box, text]), contentType: 'video/mp4', title: canaries.title, description: canaries.title,
      patient: { given: canaries.given, family: canaries.family, nhsNumber }, transcript: `WEBVTT\n\n00:00:00.000 --> 00:00:05.000\n<v Doctor>${canaries.transcript}\n`,
    });
    let app = await clinic.start();
    await firstSignIn(app, clinic.person('ada'));
    await expect(row(app.window, canaries.family)).toContainText('Ready offline', { timeout: 60_000 });
    await review(app.window, canaries.family);
    await expect(app.window.getByText(canaries.transcript).first()).toBeVisible();
    await app.window.getByRole('button', { name: /^Play/ }).first().click();
    await expect.poll(async () => (await videoState(app.window)).time).toBeGreaterThan(2);
    await app.window.keyboard.press('n');
    await app.window.keyboard.type(canaries.note);
    await app.window.keyboard.press('Control+Enter');
    await expect(app.window.getByRole('list', { name: /^Notes, in the order/ })).toContainText(canaries.note);
    // While it is open and while the app runs; then after it has ended, and after it has been killed in the middle.
    await expectClean(clinic.profileDir, nhsNumber);
    // What goes wrong is logged.
    clinic.practice.lies.down = true;
    await app.window.getByRole('button', { name: 'Update now' }).click();
    await expect(app.window.getByText('No connection to the practice.')).toBeVisible({ timeout: 60_000 });
    await app.window.getByRole('button', { name: 'Lock', exact: true }).click();
    await expect(app.window.getByLabel('Your PIN', { exact: true })).toBeVisible();
    await unlock(app, '000001');
    await expect(app.window.getByText('That PIN is not right').first()).toBeVisible();
    await toComputer(app.window);
    await expectImpersonal(app, nhsNumber);
    clinic.practice.lies.down = false;
    await app.close();
    await expectClean(clinic.profileDir, nhsNumber);
    app = await clinic.start();
    await unlock(app);
    await review(app.window, canaries.family);
    await app.kill();
    await expectClean(clinic.profileDir, nhsNumber);
  } finally {
    await clinic.stop();
  }

  /** Log and bundle, as somebody at support would have them: searched for what identifies anybody or lets anybody in, and the search itself proved. */
  async function expectImpersonal(app: App, nhsNumber: string): Promise<void> {
    const { text, file } = await supportBundle(app);
    rmSync(file);
    const ada = clinic.person('ada');
    const { url, fhirBase } = clinic.practice;
    expect(tokens.size).toBeGreaterThan(0);
    const wanted = [...Object.values(canaries), nhsNumber, ada.name, ada.sdsUserId, ada.password, `Practitioner/${ada.practitionerId}`, url, new URL(url).host, fhirBase, clinic.folder, ...tokens].filter((one) => one.length >= 8);
    const folder = path.join(clinic.folder, 'at-support');
    const logs = path.join(clinic.profileDir, 'logs');
    cpSync(logs, folder, { recursive: true });
    writeFileSync(path.join(folder, 'bundle.json'), text);
    for (const event of ['signed-in', 'sealed', 'opened', 'refused', 'locked']) expect(text).toContain(`"event":"${event}"`);
    expect(await findCanaries([folder], wanted)).toEqual([]);
    expect(text).not.toMatch(/\d{10}|eyJ[\w-]{8}|https?:|Bearer/);
    // A log that had each of them in it: the search finds them there, and none of those lines gets into a bundle.
    for (const canary of wanted) writeFileSync(path.join(logs, 'viewing-room.log'), `{"at":"2026-11-28T09:30:00.000Z","event":"fault","errorName":${JSON.stringify(canary)}}\n`, { flag: 'a' });
    cpSync(logs, folder, { recursive: true });
    expect(new Set((await findCanaries([folder], wanted)).map(({ canary }) => canary))).toEqual(new Set(wanted));
    await app.window.getByRole('button', { name: 'Back', exact: true }).click();
    await toComputer(app.window);
    const later = await supportBundle(app);
    writeFileSync(path.join(folder, 'bundle.json'), later.text);
    expect((await findCanaries([path.join(folder, 'bundle.json')], wanted))).toEqual([]);
    expect(JSON.parse(later.text)).toMatchObject({ logLinesLeftOut: wanted.length });
    await expect(app.window.getByText(/did not look like the app’s own and were left out/)).toBeVisible();
    rmSync(later.file);
    rmSync(folder, { recursive: true });
    const log = path.join(logs, 'viewing-room.log');
    writeFileSync(log, readFileSync(log, 'utf8').split('\n').filter((line) => !wanted.some((canary) => line.includes(JSON.stringify(canary)))).join('\n'));
  }

  async function expectClean(profileDir: string, nhsNumber: string): Promise<void> {
    const folders = [profileDir, os.tmpdir(), ...(process.env.XDG_CONFIG_HOME ? [process.env.XDG_CONFIG_HOME] : []), ...(process.env.HOME ? [process.env.HOME] : [])];
    const spaced = `${nhsNumber.slice(0, 3)} ${nhsNumber.slice(3, 6)} ${nhsNumber.slice(6)}`;
    const wanted = [...Object.values(canaries), nhsNumber, spaced];
    // First the search itself is proved: a file planted on purpose is found, in each place and each spelling.
    const planted = path.join(profileDir, 'planted');
    mkdirSync(planted, { recursive: true });
    writeFileSync(path.join(planted, 'utf8'), `before ${canaries.family} after`);
    writeFileSync(path.join(planted, 'utf16'), Buffer.from(`before ${nhsNumber} after`, 'utf16le'));
    writeFileSync(path.join(planted, 'base64'), Buffer.from(`before ${canaries.transcript} after`).toString('base64'));
    const found = await findCanaries(folders, wanted);
    expect(new Set(found.filter(({ file }) => file.startsWith(planted)).map(({ file }) => path.basename(file)))).toEqual(new Set(['utf8', 'utf16', 'base64']));
    expect(found.filter(({ file }) => !file.startsWith(planted))).toEqual([]);
  }
});

/** An NHS number of the test range that no seeded patient has (999 000 0000 to 999 999 9999, modulus 11). */
function validTestNumber(): string {
  for (let serial = 999_777_123; ; serial += 1) {
    const digits = String(serial);
    const sum = digits.split('').reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check !== 10) return `${digits}${check}`;
  }
}
