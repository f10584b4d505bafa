/** Updates from a real feed on this computer: a good one goes as far as "Restart to update"; everything else is refused, says why, and is on record at the practice. */
import { randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import type { UpdateRefusal } from '../src/preload/updates.ts';
import { updates as words } from '../src/renderer/text/updates.ts';
import { brokenLink, deliveredEntries } from './support/audit.ts';
import { forgedKey, openFeed, RELEASE, type Feed } from './support/feed.ts';
import { firstSignIn, openClinic, review, type Clinic } from './support/journey.ts';

const soon = { timeout: 60_000 };

/** A clinic whose site file names the feed, or IT where there is none. */
async function openUpdatedClinic(feed: Feed | null): Promise<Clinic> {
  const clinic = await openClinic();
  writeFileSync(clinic.site, JSON.stringify({ ...clinic.practice.siteFile(), updates: feed ? { by: 'feed', feed: feed.url } : { by: 'it' } }));
  return clinic;
}

const start = (clinic: Clinic) => clinic.start({ env: { XDG_CACHE_HOME: path.join(clinic.folder, 'cache') } });
const section = (window: Page) => window.getByRole('region', { name: words.title });
const press = (window: Page, name: string) => section(window).getByRole('button', { name, exact: true }).click();

async function toThisComputer(window: Page): Promise<void> {
  await window.getByRole('button', { name: 'Settings', exact: true }).click();
  await window.getByRole('button', { name: 'This computer', exact: true }).click();
  await expect(section(window)).toBeVisible();
}

interface Entry { event: string; reason?: string; release?: string | null }
const recorded = async ({ practice }: Clinic): Promise<Entry[]> => (await deliveredEntries(practice)).map(({ entry }) => entry as Entry).filter(({ event }) => event.startsWith('update'));

async function fetches(window: Page): Promise<void> {
  await press(window, words.download);
  await expect(section(window)).toContainText(words.ready(RELEASE));
}

/** What the practice has of it, in order: the reason of a refusal, else the event; and nothing of the record is missing. */
async function isRecorded(clinic: Clinic, expected: readonly string[]): Promise<void> {
  await expect.poll(async () => (await recorded(clinic)).map(({ event, reason }) => reason ?? event), soon).toEqual(expected);
  expect(brokenLink(await deliveredEntries(clinic.practice))).toBeNull();
}

test('a good update is offered, fetched and ready; it is applied by nobody but a person, never during a review, and not where the file changed since', async () => {
  const feed = await openFeed();
  const clinic = await openUpdatedClinic(feed);
  try {
    const app = await start(clinic);
    const { window } = app;
    await firstSignIn(app, clinic.person('ada'));
    await toThisComputer(window);
    // It asked by itself.
    await expect(section(window)).toContainText(words.available(RELEASE, '2 MB'), soon);
    await expect(section(window)).toContainText('Clearer captions.');
    expect(feed.asked).toEqual(['/updates/updates.json']);
    await fetches(window);
    expect(feed.asked).toHaveLength(2);

    await window.getByRole('button', { name: 'Back', exact: true }).click();
    await window.getByRole('button', { name: 'Back to list' }).click();
    await expect(window.getByText(words.banner.ready(RELEASE))).toBeVisible();
    const patient = clinic.recording('rec-01').patientName;
    await expect(window.getByRole('row').filter({ hasText: patient }).first()).toContainText('Ready offline', soon);
    await review(window, patient);
    await expect(window.getByText(words.banner.ready(RELEASE))).toHaveCount(0);
    const refused = await window.evaluate(() => (window as unknown as { viewingRoom: { restartToUpdate: () => Promise<{ ok: boolean; error?: { code: string } }> } }).viewingRoom.restartToUpdate());
    expect(refused).toMatchObject({ ok: false, error: { code: 'busy' } });
    await window.getByRole('button', { name: 'Back to list' }).click();

    // A folder that was unpacked by hand cannot replace itself, and says so.
    await window.getByRole('button', { name: words.banner.show }).click();
    await press(window, words.restart);
    await expect(section(window)).toContainText('this copy of the app cannot replace itself');
    await press(window, words.checkNow);
    await fetches(window);
    // It was here already.
    expect(feed.asked.filter((one) => one.endsWith('.tar.gz'))).toHaveLength(1);

    const pending = path.join(clinic.folder, 'cache/viewing-room-updater/pending');
    const file = readdirSync(pending).find((one) => one.endsWith('.tar.gz')) ?? '';
    writeFileSync(path.join(pending, file), randomBytes(2_000_000));
    await press(window, words.restart);
    await expect(section(window)).toContainText('is not the one that was signed');
    await isRecorded(clinic, ['update-ready', 'cannot-apply', 'update-ready', 'hash-differs']);
  } finally {
    await clinic.stop();
    feed.stop();
  }
});

test('a feed or a file that is not as it was signed, older, out of date, cut off or away is refused, with a message, and recorded', async () => {
  const feed = await openFeed();
  const clinic = await openUpdatedClinic(feed);
  try {
    const app = await start(clinic);
    const { window } = app;
    await firstSignIn(app, clinic.person('ada'));
    await toThisComputer(window);
    await expect(section(window)).toContainText(words.available(RELEASE, '2 MB'), soon);
    const before = feed.document;
    const expected: UpdateRefusal[] = [];
    const sees = async (why: UpdateRefusal) => {
      expected.push(why);
      await expect(section(window)).toContainText(words.refusals[why].what.slice(1));
      await expect(section(window)).toContainText(words.refusals[why].next);
      await expect(section(window)).toContainText(words.means('0.1.0'));
      await expect(section(window).getByRole('button', { name: words.restart })).toHaveCount(0);
    };
    const check = async (why: UpdateRefusal) => {
      await press(window, words.checkNow);
      await sees(why);
      // Its file is not asked for.
      expect(feed.asked.at(-1)).toBe('/updates/updates.json');
    };
    const download = async (why: UpdateRefusal) => {
      await press(window, words.checkNow);
      await press(window, words.download);
      await sees(why);
    };

    // The tampered feed: another version under the old signature.
    await feed.sign();
    const envelope = JSON.parse(feed.document.toString('utf8')) as { payload: string };
    const payload = Buffer.from(Buffer.from(envelope.payload, 'base64url').toString('utf8').replace(`"${RELEASE}"`, '"9.9.9"')).toString('base64url');
    feed.document = Buffer.from(JSON.stringify({ ...envelope, payload }));
    await check('signature-wrong');
    // The wrong key, by a name of its own and by the trusted one's.
    await feed.sign({}, { ...await forgedKey(), kid: 'somebody-else' });
    await check('key-unknown');
    await feed.sign({}, await forgedKey());
    await press(window, words.checkNow);
    await sees('signature-wrong');
    await feed.sign({ release: '0.0.9', minimum: '0.0.1' });
    await check('older-version');
    feed.document = before;
    await check('replayed');
    await feed.sign({ expires: new Date(Date.now() - 60_000).toISOString() });
    await check('expired');
    feed.document = Buffer.from('<html>not a feed</html>');
    await check('unreadable');
    feed.down = true;
    await check('unreachable');
    feed.down = false;

    // The tampered file, and half of the right one.
    await feed.sign();
    const right = feed.installer;
    feed.installer = randomBytes(right.length);
    await download('hash-differs');
    feed.installer = right;
    feed.cut = true;
    await download('interrupted');
    feed.cut = false;

    await press(window, words.checkNow);
    await fetches(window);
    await isRecorded(clinic, [...expected, 'update-ready']);
  } finally {
    await clinic.stop();
    feed.stop();
  }
});

test('below the minimum it is said, and work goes on; a refusal while nobody was in is on record once somebody is', async () => {
  const feed = await openFeed();
  const clinic = await openUpdatedClinic(feed);
  try {
    await feed.sign({ minimum: '0.1.1', rollout: 0 });
    const app = await start(clinic);
    const { window } = app;
    // Before anybody is in.
    await window.getByRole('button', { name: 'This computer', exact: true }).click();
    await expect(section(window)).toContainText(words.below('0.1.0', '0.1.1'), soon);
    await expect(section(window)).toContainText(words.available(RELEASE, '2 MB'));
    feed.down = true;
    await press(window, words.checkNow);
    await expect(section(window)).toContainText(words.refusals.unreachable.next);
    await window.getByRole('button', { name: 'Back', exact: true }).click();
    await firstSignIn(app, clinic.person('ada'));
    await expect(window.getByText(words.banner.below)).toBeVisible();
    await expect.poll(async () => (await recorded(clinic)).map(({ reason }) => reason), soon).toEqual(['unreachable']);
  } finally {
    await clinic.stop();
    feed.stop();
  }
});

test('where IT updates the app nothing is ever asked, and the screen says so', async () => {
  const feed = await openFeed();
  const clinic = await openUpdatedClinic(null);
  try {
    writeFileSync(clinic.site, JSON.stringify({ ...clinic.practice.siteFile(), updates: { by: 'it', feed: feed.url } }));
    const app = await start(clinic);
    await firstSignIn(app, clinic.person('ada'));
    await toThisComputer(app.window);
    await expect(section(app.window)).toContainText(words.by.it);
    await expect(section(app.window).getByRole('button')).toHaveCount(0);
    const refused = await app.window.evaluate(async () => {
      const { viewingRoom } = window as unknown as { viewingRoom: Record<'checkForUpdates' | 'downloadUpdate' | 'restartToUpdate', () => Promise<{ ok: boolean }>> };
      return [(await viewingRoom.checkForUpdates()).ok, (await viewingRoom.downloadUpdate()).ok, (await viewingRoom.restartToUpdate()).ok];
    });
    expect(refused).toEqual([true, false, false]);
    expect(feed.asked).toEqual([]);
  } finally {
    await clinic.stop();
    feed.stop();
  }
});
