/** A computer whose clock is wrong signs in and stays signed in: the practice is another process, whose clock is right. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Practice } from '../../../practice/index.ts';
import { SignedInDesk } from './signedIn.fixture.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const folder = mkdtempSync(join(tmpdir(), 'clocks-'));
let child: ChildProcess;
let practice: Practice;
beforeAll(async () => {
  const site = join(folder, 'site.json');
  child = spawn(process.execPath, [join(import.meta.dirname, '../../../practice/main.ts'), '--port', '0', '--site-out', site], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (text: Buffer) => {
      if (text.toString().includes('Site file')) resolve();
    });
    child.once('exit', () => reject(new Error('the practice did not start')));
  });
  const file = JSON.parse(readFileSync(site, 'utf8')) as { fhirBase: string };
  practice = { url: new URL(file.fhirBase).origin, siteFile: () => file } as unknown as Practice;
}, 60_000);
afterAll(() => {
  child.kill();
  rmSync(folder, { recursive: true, force: true });
});

let at: SignedInDesk;
beforeEach(() => {
  at = new SignedInDesk(practice);
});
afterEach(() => {
  vi.useRealTimers();
  at.remove();
});

/** Only what the clock says: nothing waits longer or shorter for it. */
const setClock = (off: number): unknown => vi.useFakeTimers({ toFake: ['Date'], now: performance.timeOrigin + performance.now() + off });

it.each([['ten minutes ahead', 10 * MINUTE], ['ten minutes behind', -10 * MINUTE], ['a day ahead', DAY], ['a day behind', -DAY]])('%s', async (_what, off) => {
  setClock(off);
  const session = await at.signedIn('ada');
  await at.renew(session);
  await expect(session.http.json('Task/task-01')).resolves.toMatchObject({ id: 'task-01' });
});

it.each([['put right after a day ahead', DAY, 0], ['put right after a day behind', -DAY, 0], ['set a day ahead in the middle', 0, DAY], ['set a day back in the middle', 0, -DAY]])('%s', async (_what, first, then) => {
  setClock(first);
  const session = await at.signedIn('ada');
  setClock(then);
  await expect(session.http.json('Task/task-01')).resolves.toMatchObject({ id: 'task-01' });
  await at.renew(session);
  await expect(session.http.json('Task/task-01')).resolves.toMatchObject({ id: 'task-01' });
});
