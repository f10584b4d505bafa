/** A recording of an hour and 200 MB: a seek shows the frame that was asked for, proved by what the decoded picture shows; of its transcript the lines around are there, and all of them for whoever goes among them. */
import { expect, test } from '@playwright/test';
import { goTo, showsFrameAt } from './support/frame.ts';
import { firstSignIn, openClinic, row, videoState } from './support/journey.ts';

test('an hour: seeks show the right decoded frame, and whoever goes far in its transcript, however soon, stays there', async () => {
  test.setTimeout(240_000);
  const clinic = await openClinic({ large: ['200MB'] });
  try {
    const large = clinic.practice.repo.recordings().find((r) => r.size >= 200_000_000);
    expect(large).toBeDefined();
    const app = await clinic.start();
    const { window } = app;
    await firstSignIn(app, clinic.person('ada'));
    const line = row(window, large?.title ?? '-').first();
    await expect(line).toContainText('Ready offline', { timeout: 120_000 });
    await line.getByRole('button', { name: /^Review/ }).click();
    await expect.poll(() => videoState(window)).toMatchObject({ ready: true });
    const { duration } = await videoState(window);
    expect(duration).toBeGreaterThan(1800);

    for (const target of [duration * 0.9, 61.3, duration / 2, 5, duration - 20]) {
      await goTo(window, target);
      await showsFrameAt(window, target);
    }

    const openAnew = async () => {
      await window.getByRole('button', { name: 'Back to list' }).click();
      await line.getByRole('button', { name: /^Review/ }).click();
    };
    const lines = window.locator('[data-line]');
    const last = async () => Number(await lines.first().getAttribute('aria-setsize')) - 1;
    await test.step('whoever plays it has the lines around, and all of them once they go there with the mouse', async () => {
      expect(await last()).toBeGreaterThan(1000);
      await expect(window.locator('.vr-line-row--current')).toBeInViewport();
      expect(await lines.count()).toBeLessThan(200);
      await lines.first().hover();
      await expect(lines).toHaveCount(await last() + 1);
      await expect(window.locator('.vr-line-row--current')).toHaveCount(1);
    });

    await test.step('all of them come for whoever scrolls without a mouse, as a screen reader does', async () => {
      await openAnew();
      await expect(lines.first()).toBeVisible();
      expect(await lines.count()).toBeLessThan(200);
      await window.locator('.vr-transcript__lines').evaluate((box) => {
        box.scrollTop = box.scrollHeight;
      });
      await expect(lines).toHaveCount(await last() + 1);
    });

    await test.step('found far away as soon as it is open, a line keeps the focus of who chooses it', async () => {
      await openAnew();
      const search = window.getByRole('searchbox', { name: 'Search the transcript' });
      await search.fill('a');
      await search.press('Shift+Enter');
      const found = lines.filter({ has: window.locator('.vr-mark--current') });
      expect(Number(await found.getAttribute('data-line'))).toBeGreaterThan(1000);
      await expect(found).toBeInViewport();
      const button = found.getByRole('button');
      const at = await found.getAttribute('data-line');
      await button.click();
      const chosen = window.locator(`[data-line="${at}"]`);
      await expect(chosen.getByRole('button')).toBeFocused();
      await expect(chosen).toBeInViewport();
      expect((await videoState(window)).time).toBeGreaterThan(duration * 0.9);
    });

    await test.step('what is read stays in sight while the rest comes', async () => {
      await openAnew();
      await expect.poll(() => videoState(window)).toMatchObject({ ready: true });
      await goTo(window, duration - 30);
      const current = window.locator('.vr-line-row--current');
      await expect(current).toBeInViewport();
      const before = Number(await current.getAttribute('data-line'));
      await current.hover();
      await window.mouse.wheel(0, -400);
      await expect(lines).toHaveCount(await last() + 1);
      const top = await window.locator('.vr-transcript__lines').evaluate((box) => {
        const { left, top: above } = box.getBoundingClientRect();
        return Number(document.elementFromPoint(left + 60, above + 20)?.closest<HTMLElement>('[data-line]')?.dataset.line);
      });
      expect(top).toBeGreaterThan(before - 30);
      expect(top).toBeLessThan(before);
    });

    await test.step('Home and End go to the first and the last line, and the arrows on from there', async () => {
      await lines.first().getByRole('button').focus();
      await window.keyboard.press('End');
      await expect(lines.last().getByRole('button')).toBeFocused();
      await window.keyboard.press('ArrowUp');
      await expect(lines.nth(-2).getByRole('button')).toBeFocused();
      await window.keyboard.press('Home');
      await expect(lines.first().getByRole('button')).toBeFocused();
    });

    await test.step('the bar under the picture gives the player the keys', async () => {
      await openAnew();
      await expect.poll(() => videoState(window)).toMatchObject({ ready: true });
      await window.locator('.vjs-progress-holder').click({ position: { x: 100, y: 2 } });
      const { time } = await videoState(window);
      await window.keyboard.press('ArrowRight');
      await expect.poll(async () => (await videoState(window)).time).toBeGreaterThan(time + 4);
    });
  } finally {
    await clinic.stop();
  }
});
