/** Every way out of the app, looked at from outside: the screen, what crosses to it, what is decrypted, the disk, the network. */
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { createHash } from 'node:crypto';
import type { Page } from '@playwright/test';
import { findCanaries } from '../../../e2e/harness/canary.ts';
import type { Practice } from '../../../practice/index.ts';
import type { Known } from './case.ts';
import type { Seen } from './exit.ts';

const spaced = (number: string) => `${number.slice(0, 3)} ${number.slice(3, 6)} ${number.slice(6)}`;

/** The words by which a recording is known again: in whatever case, with its NHS number as it is kept and as it is shown. */
const canariesOf = ({ token, nhsNumber }: Known): string[] => [token, nhsNumber, spaced(nhsNumber)];

/** Which of these recordings a text speaks of. */
export function spokenOf(text: string, recordings: readonly Known[]): Known[] {
  const lower = text.toLowerCase();
  return recordings.filter((one) => canariesOf(one).some((canary) => lower.includes(canary.toLowerCase())));
}

/** What crosses to the page, from when this is called: every message that main pushes, and every reply that is asked for through {@link ask}. */
export async function listen(window: Page): Promise<void> {
  await window.evaluate(() => {
    const heard: string[] = [];
    Object.assign(globalThis, { heard });
    const door = (globalThis as unknown as { viewingRoom: Record<string, (listener: (value: unknown) => void) => unknown> }).viewingRoom;
    for (const name of Object.keys(door)) if (/^on[A-Z]/.test(name)) door[name]?.((value) => heard.push(JSON.stringify(value)));
  });
}

export const heard = (window: Page): Promise<string[]> => window.evaluate(() => (globalThis as unknown as { heard?: string[] }).heard ?? []);

export type Reply = { ok: true; value: unknown } | { ok: false; error: { code: string } };

/** A call through the door, as any script in the page could make it. */
export function ask(window: Page, method: string, ...args: unknown[]): Promise<Reply> {
  return window.evaluate(([name, given]) => {
    const door = (globalThis as unknown as { viewingRoom: Record<string, (...all: unknown[]) => Promise<Reply>> }).viewingRoom;
    const call = door[name];
    if (!call) throw new Error(`there is no ${name}`);
    return call(...given);
  }, [method, args] as [string, unknown[]]);
}

/** Everything that the screen holds at this moment: its markup and its accessibility tree. */
export async function screenText(window: Page): Promise<string> {
  const [markup, tree] = [await window.content(), await window.locator('body').ariaSnapshot()];
  return `${markup}\n${tree}`;
}

/** Lines of the test build's witness. */
export function witnessed(file: string): { kind: string; name?: string; value?: unknown; recording?: string | null }[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as { kind: string }) : [];
}

/** Requests for a recording's own file. */
export const mediaRequests = (practice: Practice, { info }: Known, from = 0): string[] =>
  practice.accessLog.slice(from).filter(({ path }) => new RegExp(`/Binary/${info.binaryId}(?![\\w-])`).test(decodeURIComponent(path))).map(({ at, path }) => `${at} ${path}`);

export async function onDisk(profileDir: string, marker: string, recordings: readonly Known[]): Promise<Seen[]> {
  const folders = [profileDir, os.tmpdir(), ...[process.env.XDG_CONFIG_HOME, process.env.XDG_CACHE_HOME, process.env.HOME].flatMap((one) => one ?? [])];
  const found = await findCanaries(folders, [marker, ...recordings.map(({ nhsNumber }) => nhsNumber)]);
  return found.map(({ file, canary, encoding }) => ({ exit: 'disk', token: recordings.find(({ nhsNumber }) => nhsNumber === canary)?.token ?? canary, where: `${file} (${encoding})` }));
}

/** Short words for a withheld row, as `journeys/worklist.ts` makes it, written again. */
export function referenceOf(taskId: string): string {
  const letters = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
  const code = [...createHash('sha256').update(`Task/${taskId}`).digest().subarray(0, 6)].map((byte) => letters[byte % letters.length]).join('');
  return `W-${code.slice(0, 4)}-${code.slice(4)}`;
}
