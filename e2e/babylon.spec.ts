/**
 * The day that this app is there for. Two recordings are filed under each other's consultations, at a practice that has no manifests, so every check passes. One clinician is
 * shown nine seconds of the wrong patient; two had it on their screen and did not open it; one had it on their list, below the fold. The manager must say exactly this.
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DocumentReference } from '@medplum/fhirtypes';
import { expect, test, type Page } from '@playwright/test';
import type { Person } from '../practice/index.ts';
import { deliveredEntries } from './support/audit.ts';
import { pdfText, saidIn, takeAway, type TakenAway } from './support/exports.ts';
import { firstSignIn, openClinic, PIN, review, row, signInAddress, signInInBrowser, unlock, videoState, type Clinic } from './support/journey.ts';

const soon = { timeout: 60_000 };
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);

/** A practice without manifests, two of whose recordings were filed under each other by a release. */
async function crossWire({ practice, site }: Clinic): Promise<{ wrong: string; patient: string; patientId: string }> {
  const [wrong, other] = [await practice.repo.addRecording({ owner: 'ada', patient: { family: 'Wrongperson' }, period: { start: inDays(-1), end: inDays(1) } }), await practice.repo.addRecording({ owner: 'ada', patient: { family: 'Otherperson' }, period: { start: inDays(-1), end: inDays(1) }, seconds: 50 })];
  await practice.repo.assign(wrong.id, 'ben', inDays(1));
  await practice.repo.assign(wrong.id, 'cara', inDays(1));
  await practice.repo.assign(wrong.id, 'dee', inDays(300));
  const [a, b] = [await practice.repo.read<DocumentReference>('DocumentReference', wrong.id), await practice.repo.read<DocumentReference>('DocumentReference', other.id)];
  await practice.repo.update({ ...a, content: b.content });
  await practice.repo.update({ ...b, content: a.content });
  practice.lies.answer = ({ path: asked }, given) => {
    if (asked !== 'Provenance') return given;
    const bundle = JSON.parse(given.body.toString()) as { entry?: { resource: { target: { reference: string }[] } }[] };
    return { ...given, body: Buffer.from(JSON.stringify({ ...bundle, entry: bundle.entry?.filter(({ resource }) => resource.target.every(({ reference }) => !reference.startsWith('DocumentReference/'))) })) };
  };
  writeFileSync(site, JSON.stringify({ ...practice.siteFile(), assurance: 'unsigned-permitted' }));
  return { wrong: wrong.masterIdentifier, patient: wrong.patientName, patientId: wrong.patientId };
}

/**
 * Plays what is open up to there and pauses. The record is kept in tenths of a second, so a pause within a twentieth of `seconds` is recorded as exactly that; at the slowest
 * of the player's own speeds there are two tenths of real time for it.
 */
const playUntil = (window: Page, seconds: number) => window.evaluate((until) => new Promise<void>((resolve) => {
  const media = document.querySelector<HTMLMediaElement>('video, audio')!;
  const look = (): void => {
    if (media.currentTime > until - 2) media.playbackRate = 0.5;
    if (media.currentTime < until - 0.03) {
      requestAnimationFrame(look);
      return;
    }
    media.pause();
    resolve();
  };
  look();
}), seconds);

/** Cells of a CSV without line breaks in cells. */
const cells = (line: string): string[] => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replace(/""/g, '"') ?? plain ?? '');

test('the Babylon day: the manager says exactly who was listed, presented and exposed, and stops it everywhere', async () => {
  test.setTimeout(600_000);
  const clinic = await openClinic();
  try {
    const { practice } = clinic;
    // What fills Dee's window: the wrong recording comes after all of these.
    for (let number = 0; number < 24; number += 1) await practice.repo.addRecording({ owner: 'dee', patient: { family: `Filler${number}` }, media: Buffer.alloc(2000, number + 1), seconds: 60, confidentiality: 'V', period: { start: inDays(-1), end: inDays(40 + number) } });
    const { wrong, patient, patientId } = await crossWire(clinic);
    const of = (username: string) => ({ profileDir: path.join(clinic.folder, username) });
    const told = async (username: string) => (await deliveredEntries(practice)).filter(({ entry }) => entry.actor.sds === clinic.person(username).sdsUserId && entry.subject?.recording === wrong).map(({ entry }) => entry);

    await test.step('Ada is shown nine seconds of it', async () => {
      const app = await clinic.start(of('ada'));
      await firstSignIn(app, clinic.person('ada'));
      await expect(row(app.window, patient).first()).toContainText('Ready offline', soon);
      await review(app.window, patient);
      await app.window.getByRole('button', { name: /^Play/ }).first().click();
      await playUntil(app.window, 9);
      expect((await videoState(app.window)).paused).toBe(true);
      await app.window.getByRole('button', { name: 'Back to list' }).click();
      await expect.poll(async () => (await told('ada')).some(({ event }) => event === 'closed'), soon).toBe(true);
      await app.close();
    });
    const seen = (await told('ada')).flatMap(({ media = [] }) => media);
    expect([Math.min(...seen.map(([from]) => from)), Math.max(...seen.map(([, to]) => to))]).toEqual([0, 9]);

    for (const username of ['ben', 'cara', 'dee']) {
      await test.step(`${username} signs in, and opens nothing of it`, async () => {
        const app = await clinic.start(of(username));
        await firstSignIn(app, clinic.person(username), PIN, signInAs(app.window));
        await expect.poll(async () => (await told(username)).some(({ event }) => event === 'listed'), soon).toBe(true);
        await app.window.waitForTimeout(4_000);
        await app.window.getByRole('button', { name: 'Lock', exact: true }).click();
        await expect.poll(async () => (await deliveredEntries(practice)).some(({ entry }) => entry.event === 'locked' && entry.actor.sds === clinic.person(username).sdsUserId), soon).toBe(true);
        await app.close();
      });
    }

    const { window } = await clinic.start(of('pat'));
    const taken: TakenAway[] = [];
    const take = async (button: string): Promise<TakenAway> => {
      const one = await takeAway(window, button);
      taken.push(one);
      return one;
    };
    await test.step('the manager finds it, and the figures are these', async () => {
      await window.getByRole('button', { name: 'Sign in with your practice' }).click();
      await signInInBrowser(await signInAddress(window), clinic.person('pat'));
      await expect(window.getByText(/entries read/)).toBeVisible(soon);
      await window.getByRole('navigation').getByRole('button', { name: /People and recordings/ }).click();
      await window.getByLabel('Recording', { exact: true }).fill(wrong);
      await window.getByRole('button', { name: 'Show history' }).click();
      await expect(window.getByText('1 person was exposed for 9 seconds; 2 were presented with it and did not open it; 1 had it on their list off screen.')).toBeVisible(soon);

      const ladder = await take('Export this history');
      expect(ladder.about).toContain(`Filter: Recordings: ${wrong}`);
      expect(ladder.about).toContain(`Exported by: ${clinic.person('pat').name}`);
      const [header = [], ...lines] = ladder.bytes.toString('utf8').replace(/^\uFEFF/, '').trim().split('\r\n').map(cells);
      expect(lines).toHaveLength(ladder.rows);
      const at = (name: string) => header.indexOf(name);
      const figures = Object.fromEntries(lines.map((line) => [line[at('Person')], { listed: Number(line[at('Times listed')]) > 0, presented: Number(line[at('Seconds on screen in a list')]) > 0, opened: Number(line[at('Times opened')]), exposed: Number(line[at('Seconds exposed')]), rung: line[at('Got as far as')] }]));
      expect(figures).toEqual({
        'Dr Ada Sampleton': { listed: true, presented: true, opened: 1, exposed: 9, rung: 'exposed' },
        'Dr Ben Exampleby': { listed: true, presented: true, opened: 0, exposed: 0, rung: 'presented' },
        'Dr Cara Testworth': { listed: true, presented: true, opened: 0, exposed: 0, rung: 'presented' },
        'Dr Dee Bothroles': { listed: true, presented: false, opened: 0, exposed: 0, rung: 'listed off screen' },
      });

      await window.getByRole('button', { name: 'Show the events' }).click();
      await expect(window.getByRole('heading', { level: 1, name: 'Events' })).toBeVisible();
      const events = await take('Export PDF');
      const all = (await Promise.all(['ada', 'ben', 'cara', 'dee'].map(told))).flat();
      expect(events.rows).toBe(all.length);
      const list = await pdfText(events);
      for (const said of [`Recordings: ${wrong}`, `Rows ${all.length} Made by ${clinic.person('pat').name}`, `(${clinic.person('pat').sdsUserId})`, 'Dr Ada Sampleton']) expect(saidIn(list, said), said).toBeGreaterThan(0);
      for (const [event, words] of [['exposed', 'Watched'], ['opened', 'Opened'], ['presented', 'Presented'], ['listed', 'Listed']] as const) expect(saidIn(list, words), words).toBe(all.filter((entry) => entry.event === event).length);
      for (const [from, to] of seen) expect(saidIn(list, `at ${from}–${to} s`), `${from} to ${to}`).toBeGreaterThan(0);

      await window.getByRole('navigation').getByRole('button', { name: /People and recordings/ }).click();
      await window.getByRole('radio', { name: 'A patient' }).check();
      await window.getByLabel('Patient', { exact: true }).fill(`Patient/${patientId}`);
      await window.getByRole('button', { name: 'Show history' }).click();
      const access = await pdfText(await take('Export access report'));
      expect(saidIn(access, patient)).toBeGreaterThan(0);
      expect(saidIn(access, '1 person was shown some of what you said or did.')).toBe(1);
      expect(saidIn(access, 'Opened it and was shown 9 seconds of it.')).toBe(1);
      expect(saidIn(access, 'It stood in their list with your name, on screen for')).toBe(2);
      expect(saidIn(access, 'It was in their list; the record does not show that it came on screen.')).toBe(1);
    });

    await test.step('an incident’s report and letter have the same figures', async () => {
      await window.getByRole('navigation').getByRole('button', { name: /People and recordings/ }).click();
      await window.getByLabel('Recording', { exact: true }).fill(wrong);
      await window.getByRole('button', { name: 'Show history' }).click();
      await window.getByRole('button', { name: 'Open an incident from this' }).click();
      await window.getByRole('dialog').getByRole('textbox').fill('Two recordings are filed under each other.');
      await window.getByRole('dialog').getByRole('button', { name: 'Open incident' }).click();
      await expect(window.getByText('1 person was exposed for 9 seconds; 2 were presented with it and did not open it; 1 had it on their list off screen.')).toBeVisible(soon);

      const report = await take('Export report');
      expect(report.rows).toBe(4);
      const text = await pdfText(report);
      // Once in what was written into the register, and once counted anew.
      for (const said of ['shown some of it: 1 (9 seconds of picture or sound in all)', 'opened, nothing shown: 0', 'on screen in a list, not opened: 2', 'listed, not on screen: 1']) expect(saidIn(text, said), said).toBe(2);
      expect(saidIn(text, `Made by ${clinic.person('pat').name}`)).toBeGreaterThan(0);
      expect(saidIn(text, patient)).toBe(0);

      for (const field of ['What happened', 'Likely consequences', 'Measures taken or proposed']) await window.getByLabel(field, { exact: true }).fill('As it was found.');
      await window.getByRole('group', { name: 'Tell the patients?' }).getByRole('radio', { name: 'Yes' }).check();
      await window.getByLabel('What changed in this version, and why').fill('To be told');
      await window.getByRole('button', { name: 'Save as a new version' }).click();
      await expect(window.getByText('Saved as version 2.')).toBeVisible(soon);
      const letter = await take('Export letters (PDF)');
      expect(letter.rows).toBe(1);
      const words = await pdfText(letter);
      expect(saidIn(words, `Dear ${patient}`)).toBe(1);
      expect(words).toMatch(/1person\([^)]*\)openeditandwasshown9secondsofpictureorsound\./);
      expect(words).toMatch(/2people\([^)]*\)haditinalistontheirscreen,anddidnotopenit\./);
      expect(words).toMatch(/1person\([^)]*\)haditinalistanddidnotopenit;/);
      for (const name of ['Sampleton', 'Exampleby', 'Testworth', 'Bothroles']) expect(words).not.toContain(name);
    });

    await test.step('it is stopped everywhere', async () => {
      await window.getByRole('navigation').getByRole('button', { name: /People and recordings/ }).click();
      await window.getByLabel('Recording', { exact: true }).fill(wrong);
      await window.getByRole('button', { name: 'Show history' }).click();
      await window.getByRole('button', { name: 'Stop this recording' }).click();
      await window.getByLabel('Reason').selectOption('wrong-patient');
      await window.getByRole('dialog').getByRole('button', { name: /^Stop/ }).click();
      await expect(window.getByRole('heading', { name: 'Stops', exact: true })).toBeVisible(soon);
      await window.getByRole('button', { name: 'Sign out' }).click();
      await expect(window.getByRole('button', { name: 'Sign in with your practice' })).toBeVisible(soon);
      expect(existsSync(path.join(clinic.folder, 'pat', 'trail'))).toBe(false);
    });

    await test.step('the record has each file by its digest', async () => {
      const kept = async () => (await deliveredEntries(practice)).filter(({ entry }) => entry.event === 'exported').map(({ entry: { rows, sha256 } }) => ({ rows, sha256 }));
      await expect.poll(kept, soon).toEqual(taken.map(({ rows, sha256 }) => ({ rows, sha256 })));
    });

    await test.step('it is gone from the computers of those who had it', async () => {
      for (const username of ['ada', 'ben']) {
        const app = await clinic.start(of(username));
        await unlock(app);
        await expect(app.window.getByText('Your practice has stopped this recording').first()).toBeVisible(soon);
        await expect(app.window.getByText(patient)).toHaveCount(0);
        await app.close();
      }
    });
  } finally {
    await clinic.stop();
  }
});

/** Who has two roles comes as a clinician. */
const signInAs = (window: Page) => async (address: string, person: Person): Promise<void> => {
  await signInInBrowser(address, person);
  const secret = window.getByLabel('PIN', { exact: true });
  const choice = window.getByRole('radio', { name: /Clinician|GP/ });
  await expect(secret.or(choice).first()).toBeVisible();
  if (await secret.isVisible()) return;
  await choice.check();
  await window.getByRole('button', { name: 'Continue' }).click();
  await signInInBrowser(await signInAddress(window), person);
};
