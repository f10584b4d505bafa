/** What a manager took away, as somebody finds it who has the file alone. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import { extractText, getDocumentProxy } from 'unpdf';

const soon = { timeout: 60_000 };

export interface TakenAway {
  file: string;
  rows: number;
  sha256: string;
  bytes: Buffer;
  /** The text that stands beside the file. */
  about: string;
}

export function downloads(): string {
  const folder = path.join(homedir(), 'Downloads');
  return existsSync(folder) ? folder : homedir();
}

/** Exports, and holds what the screen says of it against the file: its bytes have the digest that is shown, and the text beside it says the same. */
export async function takeAway(window: Page, button: string): Promise<TakenAway> {
  const saved = window.getByText(/^Saved in your Downloads folder as /);
  const before = (await saved.count()) > 0 ? await saved.innerText() : '';
  await window.getByRole('button', { name: button, exact: true }).click();
  await expect(saved).not.toHaveText(before === '' ? /^$/ : before, soon);
  const [, file = '', rows = ''] = /as (\S+), with ([\d,]+) rows?\.$/.exec(await saved.innerText()) ?? [];
  const [, sha256 = ''] = /^SHA-256: ([0-9a-f]{64})$/.exec(await window.getByText(/^SHA-256: /).innerText()) ?? [];
  const bytes = readFileSync(path.join(downloads(), file));
  expect(createHash('sha256').update(bytes).digest('hex'), `${file} has the digest that the screen shows`).toBe(sha256);
  const about = readFileSync(path.join(downloads(), `${file}.about.txt`), 'utf8');
  for (const line of [`File: ${file}`, `Rows: ${rows.replaceAll(',', '')}`, `SHA-256: ${sha256}`]) expect(about.split('\r\n')).toContain(line);
  return { file, rows: Number(rows.replaceAll(',', '')), sha256, bytes, about };
}

const squeezed = (text: string): string => text.replace(/\s+/g, '');

/** The text of a PDF without its white space: where a line ends is no part of what it says. */
export async function pdfText({ bytes }: Pick<TakenAway, 'bytes'>): Promise<string> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(bytes)), { mergePages: true });
  return squeezed(text);
}

/** How often something is said there. */
export const saidIn = (text: string, what: string): number => text.split(squeezed(what)).length - 1;
