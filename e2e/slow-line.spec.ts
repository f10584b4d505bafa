/** A long recording over a slow line: it is watched while it comes, and where the person goes comes first. */
import { readdirSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { formatPosition } from '../src/renderer/words/time.ts';
import { goTo, showsFrameAt } from './support/frame.ts';
import { firstSignIn, openClinic, row, videoState } from './support/journey.ts';
import { slowly } from './support/slowly.ts';

/** About 2 Mbit/s. */
const STEP_MS = 250;

async function begin(wrong: (size: number) => number | null) {
  const clinic = await openClinic({ large: ['20MB'] });
  const large = clinic.practice.repo.recordings().find(({ size }) => size >= 20_000_000);
  if (!large) throw new Error('no large recording');
  const line = { hurry: false };
  /** From which byte each answer was asked for. */
  const asked: number[] = [];
  clinic.practice.lies.answer = ({ path, headers }, given) => {
    if (path !== `Binary/${large.binaryId}`) return given;
    const at = wrong(large.size);
    const from = Number(/^bytes=(\d+)-/.exec(String(headers.range ?? ''))?.[1] ?? 0);
    asked.push(from);
    const body = Buffer.from(given.body);
    if (at !== null && at >= from) body.writeUInt8(body.readUInt8(at - from) ^ 1, at - from);
    return { ...given, body: slowly(body, STEP_MS, { hurry: () => line.hurry }) };
  };
  const app = await clinic.start();
  await firstSignIn(app, clinic.person('ada'));
  const { window } = app;
  const shown = row(window, large.title).first();
  await shown.getByRole('button', { name: /^Review/ }).click();
  await expect(window.getByText(/^Still downloading\./)).toBeVisible({ timeout: 60_000 });
  await expect.poll(() => videoState(window)).toMatchObject({ ready: true });
  const { duration } = await videoState(window);
  return { clinic, large, line, window, shown, duration, asked };
}

test('is watched long before it is here; where the person goes comes first; and it is a copy like any other afterwards', async () => {
  test.setTimeout(240_000);
  const { clinic, large, line, window, shown, duration, asked } = await begin(() => null);
  try {
    // Where the person went is said before anything of it is here.
    const sought = await window.locator('video').evaluate(async (video: HTMLVideoElement, place) => {
      video.currentTime = place;
      await new Promise((done) => video.addEventListener('seeking', done, { once: true }));
      for (let frame = 0; frame < 3; frame += 1) await new Promise((done) => requestAnimationFrame(done));
      return { waits: video.seeking, shown: document.querySelector('.vjs-current-time-display')?.textContent };
    }, duration * 0.8);
    expect(sought).toEqual({ waits: true, shown: formatPosition(duration * 0.8) });
    for (const target of [2, duration * 0.8]) {
      await goTo(window, target);
      await showsFrameAt(window, target, { timeout: 60_000 });
    }
    // Without asking for what lies between.
    expect(Math.max(...asked)).toBeGreaterThan(0.6 * large.size);
    await expect(window.getByText(/^Still downloading\./)).toBeVisible();
    line.hurry = true;
    await window.getByRole('button', { name: 'Back to list' }).first().click();
    await expect(shown).toContainText('Ready offline', { timeout: 60_000 });
    const before = asked.length;
    await shown.getByRole('button', { name: /^Review/ }).click();
    await expect.poll(() => videoState(window)).toMatchObject({ ready: true });
    await expect(window.getByText(/^Still downloading\./)).toBeHidden();
    expect(asked).toHaveLength(before);
  } finally {
    await clinic.stop();
  }
});

test('a part that is not what was signed is never shown: the recording closes, is withheld, and nothing of it stays', async () => {
  test.setTimeout(240_000);
  const { clinic, line, window, shown, duration } = await begin((size) => Math.floor(size * 0.75));
  try {
    await goTo(window, duration * 0.75);
    await expect(window.getByTestId('stage')).toBeHidden({ timeout: 60_000 });
    // The practice is judged by one whole answer, which may take its time.
    line.hurry = true;
    await window.getByRole('button', { name: 'Back to list' }).first().click();
    await expect(shown).toBeHidden({ timeout: 60_000 });
    await expect(window.getByText(/withheld/i).first()).toBeVisible();
    const kept = () => readdirSync(clinic.profileDir, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sealed')).length;
    const others = clinic.practice.repo.recordings().length;
    expect(kept()).toBeLessThan(others);
  } finally {
    await clinic.stop();
  }
});
