import { main, run, say, Stop } from './lib/process.ts';

interface Need {
  /** How to see that it is there: a shared library's name, a program's, or families of fonts, any of which will do. */
  library?: string;
  program?: string;
  fonts?: RegExp;
  /** The Debian package that brings it. */
  package: string;
}

const electronNeeds: Need[] = [
  { library: 'libnss3.so', package: 'libnss3' },
  { library: 'libatk-1.0.so.0', package: 'libatk1.0-0' },
  { library: 'libatk-bridge-2.0.so.0', package: 'libatk-bridge2.0-0' },
  { library: 'libgtk-3.so.0', package: 'libgtk-3-0' },
  { library: 'libgbm.so.1', package: 'libgbm1' },
  { library: 'libasound.so.2', package: 'libasound2' },
  { library: 'libcups.so.2', package: 'libcups2' },
  { library: 'libsecret-1.so.0', package: 'libsecret-1-0' },
  // The app's screens are set in Arial, or in what has its widths. Where there is neither, Chromium looks for it anew at each size, and a first screen takes 60 ms more.
  { program: 'fc-list', package: 'fontconfig' },
  { fonts: /^(Arial|Arimo|Liberation Sans)$/m, package: 'fonts-liberation' },
];
const sessionNeeds: Need[] = [
  // What Electron opens an address in the person's browser with.
  { program: 'xdg-open', package: 'xdg-utils' },
  { program: 'Xvfb', package: 'xvfb' },
  { program: 'dbus-run-session', package: 'dbus' },
  { program: 'dbus-send', package: 'dbus' },
  { program: 'gnome-keyring-daemon', package: 'gnome-keyring' },
  // Presses keys and reads window titles, where nothing can attach to the program.
  { program: 'xdotool', package: 'xdotool' },
  // Puts an authority into the store of certificates that Chromium takes for the system's.
  { program: 'certutil', package: 'libnss3-tools' },
];
const compilerNeeds: Need[] = [{ program: 'g++', package: 'g++' }];

export interface What {
  /** A display, a message bus and a keychain of the tests' own. */
  session: boolean;
  /** A compiler, for a runtime that needs its own database module. */
  compiler: boolean;
}

/**
 * Sees to it that the system has what Electron and the tests need. As root on Debian or Ubuntu it installs what is missing.
 * @throws Stop naming the one command to run when it may not install
 */
export async function provideSystem(what: What): Promise<void> {
  if (process.platform !== 'linux') return;
  const needs = [...electronNeeds, ...(what.session ? sessionNeeds : []), ...(what.compiler ? compilerNeeds : [])];
  const packages = await missing(needs);
  if (packages.length === 0) return;
  const hasApt = (await run('apt-get', ['--version'])).code === 0;
  if (!hasApt) throw new Stop(`These are missing, named as on Debian: ${packages.join(' ')}. Install what brings them on this system, then run this again.`);
  if (process.getuid?.() !== 0) throw new Stop(`System packages are missing. Run this once:\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`);

  say(`Installing system packages: ${packages.join(' ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const update = await run('apt-get', ['update'], { env, timeout: 300_000 });
  if (update.code !== 0) say(`apt-get update failed, trying with the lists that are there.\n${update.stderr.trim().split('\n').slice(-3).join('\n')}`);
  const names = await Promise.all(packages.map(nameHere));
  const install = await run('apt-get', ['install', '-y', '--no-install-recommends', ...names], { env, timeout: 900_000 });
  if (install.code !== 0) throw new Stop(`apt-get could not install ${names.join(' ')}:\n${install.stderr.trim().split('\n').slice(-6).join('\n')}`);
  const still = await missing(needs);
  if (still.length > 0) throw new Stop(`Installed, yet still not found: ${still.join(' ')}.`);
}

/** @param libraries as `ldconfig -p` lists them */
async function isThere({ library, program, fonts }: Need, libraries: string): Promise<boolean> {
  if (library) return libraries.includes(`\t${library} `);
  if (fonts) return fonts.test((await run('fc-list', ['--format=%{family[0]}\n'])).stdout);
  return (await run('sh', ['-c', 'command -v "$1"', 'sh', program ?? ''])).code === 0;
}

async function missing(needs: readonly Need[]): Promise<string[]> {
  const { stdout } = await run('ldconfig', ['-p'], { env: { ...process.env, PATH: `${process.env.PATH ?? ''}:/sbin:/usr/sbin` } });
  const packages = new Set<string>();
  for (const need of needs) {
    if (!(await isThere(need, stdout))) packages.add(need.package);
  }
  return [...packages];
}

/** Newer releases call some libraries `…t64`. */
async function nameHere(name: string): Promise<string> {
  const renamed = `${name}t64`;
  return /Candidate: (?!\(none\))/.test((await run('apt-cache', ['policy', renamed])).stdout) ? renamed : name;
}

if (import.meta.main) await main(async () => provideSystem({ session: true, compiler: process.argv.includes('--compiler') }));
