/** Does the system say that what comes over its connection is paid for or limited? */
import { execFile } from 'node:child_process';

/** NMMetered (networkmanager.dev/docs/api): 1 is what somebody set, 3 what NetworkManager concludes, as of a telephone's hotspot. "Most applications should treat 3 like 1." */
const METERED: readonly string[] = ['1', '3'];

/** A program that every desktop with NetworkManager has (GLib's), by its full name and with no shell. */
const GDBUS = '/usr/bin/gdbus';
const QUESTION = [
  'call', '--system', '--timeout', '2', '--dest', 'org.freedesktop.NetworkManager', '--object-path', '/org/freedesktop/NetworkManager',
  '--method', 'org.freedesktop.DBus.Properties.Get', 'org.freedesktop.NetworkManager', 'Metered',
];

/** The answer of `gdbus`, such as "(<uint32 4>,)". */
export const saysMetered = (answer: string): boolean => METERED.includes(/<uint32 (\d+)>/.exec(answer)?.[1] ?? '');

/**
 * On Linux what NetworkManager says. Elsewhere false: neither Electron nor Chromium's `navigator.connection` tells what Windows and macOS know of it, and a program of the
 * system that would (PowerShell) is one that practices rightly lock down. There the person says so, in the settings.
 */
export async function isMetered(): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  return new Promise((resolve) => {
    // No NetworkManager, or none that answers: nothing is said.
    execFile(GDBUS, QUESTION, { timeout: 3000 }, (error, answer) => resolve(error === null && saysMetered(answer)));
  });
}
