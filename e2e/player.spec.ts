/** Reviewing by the player's keys and lanes: nothing plays unasked, what was chosen is remembered, and what is masked is hidden. */
import { expect, test, type Page } from '@playwright/test';
import type { ViewingRoom } from '../src/preload/contract.ts';
import { firstSignIn, openClinic, review, row, unlock, videoState } from './support/journey.ts';

const media = (window: Page) => window.locator('video').first().evaluate((video: HTMLVideoElement) => ({ rate: video.playbackRate, pitch: video.preservesPitch, muted: video.muted, pictureInPicture: !video.disablePictureInPicture, casting: !video.disableRemotePlayback }));

/** Frames of the demo clips, in seconds. */
const FRAME = 0.08;

/** Keeps the media time of the picture that is on the screen. */
const followPicture = (window: Page) => window.locator('video').first().evaluate((video: HTMLVideoElement) => {
  const follow: VideoFrameRequestCallback = (_now, { mediaTime }) => {
    video.dataset.picture = String(mediaTime);
    video.requestVideoFrameCallback(follow);
  };
  video.requestVideoFrameCallback(follow);
});

/** The picture on the screen is the one of the position. */
const isPictureThere = (window: Page) => window.locator('video').first().evaluate((video: HTMLVideoElement, frame) => {
  const behind = video.currentTime - Number(video.dataset.picture ?? NaN);
  return !video.seeking && behind > -0.001 && behind < frame + 0.001;
}, FRAME);

test('a recording is reviewed by keys alone, and what was chosen is there the next time', async () => {
  test.setTimeout(240_000);
  const clinic = await openClinic();
  try {
    const recording = clinic.recording('rec-01');
    const patient = recording.patientName;
    let app = await clinic.start();
    let { window } = app;
    await firstSignIn(app, clinic.person('ada'));
    await expect(row(window, patient).first()).toContainText('Ready offline', { timeout: 60_000 });
    await review(window, patient);
    const stage = window.getByTestId('stage');
    const press = async (...keys: string[]) => {
      for (const key of keys) await stage.press(key);
    };

    // Nothing plays unasked; a key outside the player does nothing.
    await window.getByRole('heading', { level: 1 }).press('k');
    expect(await videoState(window)).toMatchObject({ paused: true, time: 0 });
    expect(await media(window)).toMatchObject({ pitch: true, pictureInPicture: false, casting: false });

    await followPicture(window);
    await press('l', 'ArrowRight');
    await expect.poll(async () => (await videoState(window)).time).toBeCloseTo(15, 1);
    // At 15 s the 187th frame is on the screen.
    for (const [key, frames] of [['.', 1], ['.', 2], [',', 1]] as const) {
      // Until the picture is there, nothing can be known of its frame.
      await expect.poll(() => isPictureThere(window), key).toBe(true);
      await press(key);
      await expect.poll(async () => Math.floor((await videoState(window)).time / FRAME + 1e-6) - 187, key).toBe(frames);
    }
    await press('>', '>');
    await expect.poll(() => media(window)).toMatchObject({ rate: 1.5 });
    await press('k');
    await expect.poll(async () => (await videoState(window)).paused).toBe(false);
    await press('k');

    // From, to, and a loop that keeps to them.
    await press('j', 'i', 'ArrowRight', 'o');
    // Before it goes round: at its end it may do so at once.
    const end = (await videoState(window)).time;
    await press('r');
    await expect(window.getByRole('button', { name: /^From 0:\d\d$/ })).toBeVisible();
    await expect(window.getByRole('button', { name: 'Loop on' })).toHaveAttribute('aria-pressed', 'true');
    await press('ArrowLeft', 'k');
    const seen: number[] = [];
    await expect.poll(async () => {
      seen.push((await videoState(window)).time);
      return seen.some((time, index) => index > 0 && time < (seen[index - 1] ?? 0));
    }, { intervals: [100], timeout: 20_000 }).toBe(true);
    expect(Math.max(...seen)).toBeLessThan(end + 0.5);
    await press('k', 'Escape');
    await expect(window.getByRole('button', { name: 'From here' })).toBeVisible();

    // A small picture where the pointer is, drawn and not blank.
    const bar = await window.locator('.vjs-progress-holder').boundingBox();
    if (!bar) throw new Error('no progress bar');
    await window.mouse.move(bar.x + bar.width * 0.6, bar.y + bar.height / 2);
    const picture = window.getByTestId('hover-picture');
    await expect(picture).toBeVisible({ timeout: 15_000 });
    expect(await picture.evaluate((canvas: HTMLCanvasElement) => new Set(canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data).size)).toBeGreaterThan(20);
    await window.screenshot({ path: test.info().outputPath('player-hover.png') });
    await window.mouse.move(5, 5);
    await expect(picture).toBeHidden();

    // The help, from anywhere, and back.
    await press('?');
    await expect(window.getByRole('dialog', { name: 'Keyboard shortcuts' })).toContainText('back or on one frame');
    await window.screenshot({ path: test.info().outputPath('player-help.png') });
    await window.keyboard.press('Escape');
    await expect(window.getByRole('dialog')).toHaveCount(0);
    await expect(stage).toBeFocused();

    // Notes and a mask on the lane; with somebody else in the room the masked stretch is not there.
    await window.evaluate(async (name) => {
      const door = (globalThis as unknown as { viewingRoom: ViewingRoom }).viewingRoom;
      const listed = await door.worklist();
      const rows = listed.ok ? await door.rows(listed.value.ids, '') : listed;
      const id = rows.ok ? rows.value.rows.find(({ patient: { name: one } }) => one === name)?.id ?? '' : '';
      const note = { category: 'general' as const };
      await door.saveNote(id, null, { ...note, kind: 'point', from: 8, until: null, text: 'Opens with a question' });
      await door.saveNote(id, null, { ...note, kind: 'range', from: 20, until: 30, text: 'Explores what the patient thinks' });
      await door.saveNote(id, null, { ...note, kind: 'mask', from: 36, until: 42, text: 'Names a third person' });
      await door.sayRoom(id, ['Dr Demo Trainee']);
    }, patient);
    const lane = window.getByRole('toolbar', { name: 'Markers' });
    await expect(lane.getByRole('button')).toHaveCount(3, { timeout: 20_000 });
    await window.screenshot({ path: test.info().outputPath('player-lanes.png') });
    await lane.getByRole('button', { name: /^Note, 0:08/ }).focus();
    await window.keyboard.press('ArrowRight');
    await window.keyboard.press('Enter');
    await expect.poll(async () => (await videoState(window)).time).toBeCloseTo(17, 1);
    await expect(window.getByTestId('cover')).toBeHidden();
    await window.keyboard.press('End');
    await window.keyboard.press('Enter');
    await press('ArrowRight');
    await expect(window.getByTestId('cover')).toBeVisible();
    expect(await media(window)).toMatchObject({ muted: true });
    await window.screenshot({ path: test.info().outputPath('player-masked.png') });
    await press('l');
    await expect(window.getByTestId('cover')).toBeHidden();
    expect(await media(window)).toMatchObject({ muted: false });
    await expect(window.getByTestId('coverage')).toContainText(/^[1-9]\d* % watched$/);

    await press('j', 'j');
    await expect.poll(async () => (await videoState(window)).time).toBeLessThan(30);
    const stopped = (await videoState(window)).time;
    await press('n');
    await expect(window.getByRole('tab', { name: /^Notes/ })).toHaveAttribute('aria-selected', 'true');

    // Settings count at once: the keys are off, letters are larger.
    await window.getByRole('button', { name: 'Settings' }).click();
    await window.getByLabel('Use shortcuts of one letter or sign').uncheck();
    await window.getByLabel('Largest').check();
    expect(await window.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe('21px');
    await window.screenshot({ path: test.info().outputPath('player-settings.png'), fullPage: true });
    expect(await window.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await expect(window.getByLabel('Speed')).toHaveValue('1.5');
    await window.waitForTimeout(1000);
    await app.close();

    app = await clinic.start();
    ({ window } = app);
    await unlock(app);
    await expect(window.getByRole('heading', { level: 1, name: 'Your recordings' })).toBeVisible();
    await review(window, patient);
    expect(await window.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe('21px');
    await window.screenshot({ path: test.info().outputPath('player-largest.png') });
    expect(await window.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await window.getByTestId('stage').press('k');
    expect(await videoState(window)).toMatchObject({ paused: true, time: 0 });
    expect(await media(window)).toMatchObject({ rate: 1.5 });
    await window.getByRole('button', { name: /^Continue from 0:\d\d$/ }).click();
    await expect.poll(async () => (await videoState(window)).time).toBeGreaterThan(stopped);
  } finally {
    await clinic.stop();
  }
});
