/** After a recording was played, nothing of it or of its patient is on the disk in clear. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { findCanaries } from './harness/canary.ts';
import { firstSignIn, openClinic, review, row, unlock, videoState } from './support/journey.ts';

/** Made anew at each run: a word of this file would be found in the test runner's own caches. */
const letters = () => Array.from(randomBytes(12), (byte) => String.fromCharCode(97 + (byte % 26))).join('');
const canaries = {
  media: `MEDIA-${letters()}`,
  transcript: `spoken ${letters()} words`,
  family: `F${letters()}`,
  given: `G${letters()}`,
  title: `title ${letters()}`,
};

test('no canary of media, transcript, names or NHS number is found in profile, temp folder or logs', async () => {
  const clinic = await openClinic();
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
    // While it is open and while the app runs; then after it has ended, and after it has been killed in the middle.
    await expectClean(clinic.profileDir, nhsNumber);
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

  async function expectClean(profileDir: string, nhsNumber: string): Promise<void> {
    const folders = [profileDir, os.tmpdir(), ...(process.env.XDG_CONFIG_HOME ? [process.env.XDG_CONFIG_HOME] : []), ...(process.env.HOME ? [process.env.HOME] : [])];
    const spaced = `${nhsNumber.slice(0, 3)} ${nhsNumber.slice(3, 6)} ${nhsNumber.slice(6)}`;
    const wanted = [canaries.media, canaries.transcript, canaries.family, canaries.given, canaries.title, nhsNumber, spaced];
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
