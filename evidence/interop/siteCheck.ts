/** The site check against the two servers and the gateway, counted with the reading: what it says of them without a sign-in, as a clinician and as a manager. */
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { personCalled } from '../../practice/people.ts';
import type { SiteCheckLine } from '../../src/preload/siteCheck.ts';
import { parseSite } from '../../src/main/site.ts';
import { runSiteCheck } from '../../src/main/siteCheck/command.ts';
import { Browser } from './browser.ts';
import { journey, READING_VERSION, type Journey } from './journeys.ts';
import { ALWAYS, AS_CLINICIAN, BY, faultsOf } from './siteCheckLines.ts';
import type { World } from './world.ts';

/** As somebody's browser: through Keycloak's forms to the app's own address, from there to the second step, and through the forms again. */
async function answer(address: string, username: string): Promise<void> {
  const browser = new Browser();
  for (let next: string | null = address; next !== null;) {
    const redirect = new URL(next).searchParams.get('redirect_uri') ?? '';
    const back = await browser.signIn(next, redirect, { person: personCalled(username), consent: 'accept' });
    next = (await fetch(back, { redirect: 'manual' })).headers.get('location');
  }
}

async function check(world: World, username: string | null): Promise<SiteCheckLine[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'interop-check-'));
  let [printed, answering] = ['', Promise.resolve()];
  try {
    await runSiteCheck({
      readSite: () => parseSite(JSON.stringify(world.siteFile())), fetch: (url, init) => fetch(url, init), folder, overruled: false, now: () => Date.now(), options: { signIn: username !== null, json: true }, version: READING_VERSION,
      openBrowser: async (address) => {
        answering = answer(address, username ?? '');
        return true;
      },
      print: async (text) => void (printed += text), note: async () => undefined,
    });
    await answering;
    return (JSON.parse(printed) as { lines: SiteCheckLine[] }).lines;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function siteCheckReading(world: World, only?: string): Promise<Journey[]> {
  const done: Journey[] = [];
  for (const [name, username] of [['site check without a sign-in', null], ['site check as a clinician', BY], ['site check as a manager', 'pat']] as const) {
    if (only !== undefined && !name.includes(only)) continue;
    await journey(done, 'reading', name, async () => {
      const lines = await check(world, username);
      assert.deepEqual(faultsOf(lines), username === BY ? AS_CLINICIAN : ALWAYS);
      return `${lines.filter(({ mark }) => mark === 'ok').length} ok, and ${faultsOf(lines).join(', ') || 'nothing else'}`;
    });
  }
  return done;
}
