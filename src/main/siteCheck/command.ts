/** `viewing-room --check`: the site check as a command, with the app's own network and nothing else of it. */
import type { SiteCheckLine } from '../../preload/siteCheck.ts';
import { Failure } from '../platform/failure.ts';
import type { Site } from '../site.ts';
import { asPerson, report, withoutSignIn, type CheckGiven } from './check.ts';
import { noSite } from './site.ts';
import { asJson, asText, exitCode } from './print.ts';
import { checkSignIn } from './signIn.ts';

export interface CommandGiven extends Omit<CheckGiven, 'site'> {
  readSite: () => Site;
  /** Whether somebody signs in, and whether the answer is JSON. */
  options: { signIn: boolean; json: boolean };
  version: string;
  /** @returns whether the system has a browser that took it */
  openBrowser: (address: string) => Promise<boolean>;
  /** Writes the result, to standard output. */
  print: (text: string) => Promise<void>;
  /** Writes what is for the person at the terminal and no part of the result, to standard error. */
  note: (text: string) => Promise<void>;
}

/** @returns the exit code */
export async function runSiteCheck(given: CommandGiven): Promise<number> {
  const { options, version, print, now } = given;
  const lines = await check(given);
  await print(options.json ? asJson(lines, version, new Date(now()).toISOString()) : asText(lines));
  return exitCode(lines);
}

async function check(given: CommandGiven): Promise<SiteCheckLine[]> {
  let site: Site;
  try {
    site = given.readSite();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return report([noSite(error)], null);
  }
  const open = await withoutSignIn({ ...given, site });
  if (!given.options.signIn) return report(open.lines, null);
  const { lines, signed, leave } = await checkSignIn({ site: open.site, fetch: given.fetch, now: given.now, signal: new AbortController().signal, open: (address) => ask(given, address) });
  try {
    if (signed) lines.push(...await asPerson(signed, open.site, given.version, given.now, true));
  } finally {
    lines.push(...await leave());
  }
  return report([...open.lines, ...lines], signed ?? undefined);
}

/** The address is printed in any case: nobody sees from here whether the browser shows it. */
async function ask({ openBrowser, note }: CommandGiven, address: string): Promise<void> {
  await note('Sign in with the practice, as somebody who will use Viewing Room. One entry, "site-check", is written into the practice’s access record; no recording is shown or kept.');
  await note(await openBrowser(address) ? 'Your browser opens. If it does not, open this address in it:' : 'Open this address in a browser on this computer:');
  await note(address);
}
