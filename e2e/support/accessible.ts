/** What keeps people from using a screen that is open: found by axe, and by looking at it at 200 %. */
import axe from 'axe-core';
import { expect, type Page } from '@playwright/test';
import type { App } from '../harness/app.ts';

/** WCAG 2.2, levels A and AA, with every rule that axe has for them. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];

/** What fades is judged when it is there. What moves for longer than a second, as a spinner does, never is. */
const settled = (page: Page) => page.evaluate(async () => {
  const ending = document.getAnimations().filter(({ effect }) => Number(effect?.getComputedTiming().endTime) <= 1000);
  await Promise.allSettled(ending.map(({ finished }) => finished));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
});

/** axe's violations on what is shown: rule, where, and why. */
export async function axeFaults(page: Page): Promise<string[]> {
  await settled(page);
  // A page that was loaded anew has lost it.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  return page.evaluate(async (values) => {
    const { axe: inPage } = globalThis as unknown as { axe: typeof axe };
    const { violations, passes } = await inPage.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] });
    if (passes.length === 0) return ['axe judged nothing'];
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${(failureSummary ?? '').replace(/\s+/g, ' ')}`));
  }, tags);
}

const zoom = async ({ electron, window }: App, factor: number, width: number) => {
  // Where much is downloaded, main may collect an answer to Playwright before it is given: asked again, it does the same.
  await expect(async () => {
    await electron.evaluate(({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(to), factor);
    await expect.poll(() => window.evaluate(() => innerWidth)).toBe(width);
  }).toPass({ timeout: 30_000 });
  await settled(window);
};

/** What has to be scrolled sideways or cannot be reached, at the window's size. Text fields scroll of themselves. */
export function reflowFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const places = [...document.querySelectorAll('*')].map((element) => [element, element.scrollTop] as const).filter(([element, top]) => top > 0 || element.scrollHeight > element.clientHeight);
    const name = (element: Element) => `<${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}"> “${element.textContent.trim().slice(0, 40)}”`;
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth + 1) found.push(`the page scrolls sideways: ${root.scrollWidth} in ${root.clientWidth}`);
    for (const element of document.querySelectorAll('body *')) {
      if (!(element instanceof HTMLElement) || element.closest('input, textarea, .nhsuk-u-visually-hidden') || element.clientWidth <= 1) continue;
      const { overflowX, visibility } = getComputedStyle(element);
      if (visibility === 'hidden') continue;
      if ((overflowX === 'auto' || overflowX === 'scroll') && element.scrollWidth > element.clientWidth + 1) found.push(`scrolls sideways: ${element.scrollWidth} in ${element.clientWidth}: ${name(element)}`);
      const { left, right, width } = element.getBoundingClientRect();
      if (element.matches('button, a[href], input, select, textarea, [tabindex="0"]') && width > 1 && (left < -1 || right > innerWidth + 1)) found.push(`lies outside the window, ${Math.round(left)} to ${Math.round(right)}: ${name(element)}`);
    }
    // What lies below the edge must come into sight by scrolling.
    const dialog = [...document.querySelectorAll('[role="dialog"], [role="alertdialog"]')].at(-1);
    for (const button of (dialog ?? document).querySelectorAll('button')) {
      if (button.closest('.nhsuk-u-visually-hidden') || !button.checkVisibility()) continue;
      button.scrollIntoView({ block: 'nearest', behavior: 'instant' });
      const { top, bottom } = button.getBoundingClientRect();
      // Two boxes that scroll, one in the other, come to rest at parts of a pixel.
      if (top < -2 || bottom > innerHeight + 2) found.push(`cannot be scrolled into sight, ${Math.round(top)} to ${Math.round(bottom)} of ${innerHeight}: ${name(button)}`);
    }
    for (const [element, top] of places) element.scrollTop = top;
    return found;
  });
}

/** Looks at what is shown at 200 %, the window being 1366×768, and gives it its size back. @param look at the zoomed page, before anything is scrolled */
export async function zoomedFaults(app: App, look: () => Promise<void> = () => Promise.resolve()): Promise<string[]> {
  await zoom(app, 2, 683);
  try {
    await look();
    return await reflowFaults(app.window);
  } finally {
    await zoom(app, 1, 1366);
  }
}

