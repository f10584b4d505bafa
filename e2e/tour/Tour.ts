/** Looks at screens one after the other: a picture of each, what axe says of it, and whether it can be used at 200 %; and where it has been, so that nothing is left out. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import axe from 'axe-core';
import { expect, type Page } from '@playwright/test';
import { places } from '../../src/renderer/places.ts';
import type { App } from '../harness/app.ts';
import { axeFaults, reflowFaults, zoomedFaults } from '../support/accessible.ts';

/** Far more than a screen needs on a slow machine, and far less than a person would wait. */
export const patience = { timeout: 30_000 };

export const heading = (page: Page, name: string | RegExp) => expect(page.getByRole('heading', { level: 1, name })).toBeVisible(patience);

const renderer = path.join(import.meta.dirname, '../../src/renderer');

export class Tour {
  readonly #output: string | undefined;
  readonly #pictures: { file: string; caption: string }[] = [];
  readonly #places = new Set<string>();
  /** By source file, the pictures that show a dialog of it. */
  readonly #dialogs = new Map<string, Set<string>>();
  readonly faults: string[] = [];
  looked = 0;

  /** @param output folder for the pictures; without one there are none */
  constructor(output?: string) {
    this.#output = output;
  }

  /** A page that is not the app's, or one that must not be touched: a picture and no more. The pointer is moved away first, unless what it is on is to be seen: a button under it looks pressed. */
  async glance(page: Page, name: string, caption: string, { pointing = false } = {}): Promise<void> {
    if (this.#output === undefined) return;
    if (!pointing) await page.mouse.move(2, 2);
    this.#keep(name, caption, await page.screenshot());
  }

  /** As the window itself paints it: Playwright cuts a zoomed page off. */
  async #zoomed({ electron }: App, name: string, caption: string): Promise<void> {
    if (this.#output === undefined) return;
    let png = '';
    // Main may collect an answer to Playwright before it is given: asked again.
    await expect(async () => {
      png = await electron.evaluate(async ({ BrowserWindow }) => {
        const page = BrowserWindow.getAllWindows()[0]?.webContents;
        // The first may still be what was painted before.
        await page?.capturePage();
        await new Promise((done) => setTimeout(done, 200));
        return (await page?.capturePage())?.toPNG().toString('base64') ?? '';
      });
    }).toPass(patience);
    this.#keep(name, caption, Buffer.from(png, 'base64'));
  }

  #keep(name: string, caption: string, png: Buffer): void {
    const file = `${name}.png`;
    if (this.#pictures.some((taken) => taken.file === file)) throw new Error(`two pictures are called ${name}`);
    writeFileSync(path.join(this.#output ?? '', file), png);
    this.#pictures.push({ file, caption });
    console.log(`${file}  ${caption}`);
  }

  /** What `app` shows now. @param large also a picture of it at 200 % */
  async picture(app: App, name: string, caption: string, { large = false } = {}): Promise<void> {
    const { window } = app;
    await this.glance(window, name, caption);
    this.#places.add((await window.evaluate(() => document.documentElement.dataset.place)) ?? 'nowhere');
    const found = [
      ...(await axeFaults(window)),
      ...(await reflowFaults(window)),
      ...(await zoomedFaults(app, () => (large ? this.#zoomed(app, `${name}-200`, `The same at 200 %. ${caption}`) : Promise.resolve()))).map((fault) => `at 200 %: ${fault}`),
    ];
    this.looked += 1;
    for (const fault of new Set(found)) {
      this.faults.push(`${name}: ${fault}`);
      console.log(`  ✗ ${fault}`);
    }
  }

  /** A screen, named by its first heading. */
  async screen(app: App, title: string | RegExp, name: string, caption: string, options: { large?: boolean } = {}): Promise<void> {
    await heading(app.window, title);
    await this.picture(app, name, caption, options);
  }

  /** A dialog. @param source the file below `src/renderer` that opens it */
  async dialog(app: App, source: string, name: string, caption: string, options: { large?: boolean } = {}): Promise<void> {
    await expect(app.window.getByRole('dialog').or(app.window.getByRole('alertdialog')).last()).toBeVisible(patience);
    this.#dialogs.set(source, (this.#dialogs.get(source) ?? new Set()).add(name));
    await this.picture(app, name, caption, options);
  }

  /** What no picture shows: places of the app, and dialogs, counted where the source opens them. */
  missing(): string[] {
    const dialogs = readdirSync(renderer, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx')).sort().flatMap((file) => {
      const opens = readFileSync(path.join(renderer, file), 'utf8').match(/<(AppDialog|FormDialog|CodeDialog|ReasonDialog|Drawer)\b/g)?.length ?? 0;
      const seen = this.#dialogs.get(file)?.size ?? 0;
      return file !== 'parts/FormDialog.tsx' && seen < opens ? [`dialogs of ${file}: ${seen} of ${opens} seen`] : [];
    });
    return [...places.filter((place) => !this.#places.has(place)).map((place) => `never went to ${place}`), ...dialogs];
  }

  /** Says what was found and left out, and writes the pictures' index. Anything found makes the process fail. */
  finish(): void {
    const wrong = [...this.missing(), ...this.faults];
    for (const one of wrong) console.log(`✗ ${one}`);
    const found = `${this.looked} looked at, ${this.faults.length} faults (axe ${axe.version}, WCAG 2.2 A and AA; 1366×768 and 200 %), ${this.missing().length} places and dialogs left out`;
    console.log(found);
    if (wrong.length > 0) process.exitCode = 1;
    if (this.#output === undefined) return;
    const shown = this.#pictures.map(({ file, caption }) => `## ${file.replace(/\.png$/, '')}\n\n${caption}\n\n![${caption}](${file})\n`);
    const when = new Date().toISOString().slice(0, 10);
    writeFileSync(path.join(this.#output, 'README.md'), `# A tour of Viewing Room\n\nThe packaged app over the demo practice, made by \`npm run walkthrough\` on ${when}. Everyone in it is invented.\n\n${found}.\n\n${shown.join('\n')}`);
  }
}
