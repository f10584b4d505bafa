import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { UpdatesView } from '../../../preload/updates.ts';
import { openLog, readLog } from '../logged.ts';
import type { FeedDocument } from './feed.ts';
import { daysFrom, fileOf, INSTALLER, installation, newKey, NOW, signed } from './feed.fixture.ts';
import type { UpdateEvent } from './kept.ts';
import { Updates, type UpdatesMachine } from './updates.ts';

const [ours, theirs] = [newKey('ours'), newKey('theirs')];
const FEED = 'https://updates.example/viewing-room';

let folder: string;
let there: Map<string, Buffer>;
let asked: string[];
let recorded: UpdateEvent[];
let views: UpdatesView[];
let isHere: boolean;
let change: Partial<UpdatesMachine>;
let left: number;
let now: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'updates-'));
  openLog(join(folder, 'app.log'));
  [there, asked, recorded, views, isHere, change, left, now] = [new Map(), [], [], [], true, {}, 0, NOW];
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const pathHere = () => join(folder, 'pending.deb');

function start(): Updates {
  return new Updates({
    installation, keys: () => [ours.public], keptFile: join(folder, 'updates.json'), feed: () => FEED,
    fetch: async (url) => {
      asked.push(url);
      const bytes = there.get(new URL(url).pathname.split('/').at(-1) ?? '');
      if (!bytes) throw new TypeError('net::ERR_CONNECTION_REFUSED');
      return new Response(new Uint8Array(bytes));
    },
    isConnected: () => true, isReviewing: () => false, now: () => now,
    record: (event) => {
      if (isHere) recorded.push(event);
      return isHere;
    },
    push: (view) => views.push(view),
    makeInstaller: async () => ({
      prepare: async (_release, _file, bring) => {
        await bring(pathHere());
        return pathHere();
      },
      install: () => true,
    }),
    leave: async (install) => {
      left += 1;
      return install();
    },
    ...change,
  });
}

/** What the feed serves from now on. */
async function serve(document: Partial<FeedDocument>, key = ours, installer = INSTALLER): Promise<void> {
  there.set('updates.json', await signed(document, key));
  there.set(fileOf(INSTALLER).name, installer);
}
const after = async (updates: Updates, act: 'check' | 'download' | 'restart' = 'check') => {
  await updates[act]();
  return updates.view.state;
};
const refused = (why: string, release: string | null = '1.2.0') => ({ is: 'refused', why, release });
const reasons = () => recorded.map((event) => (event.event === 'update-refused' ? event.reason : event.event));

describe('a good update', () => {
  it('is offered, fetched when a person says so, checked, and applied when they say so', async () => {
    await serve({});
    const updates = start();
    expect(await after(updates)).toEqual({ is: 'available', release: '1.2.0', notes: 'Clearer captions.', bytes: INSTALLER.length });
    expect(asked).toEqual([`${FEED}/updates.json`]);
    expect(await after(updates, 'download')).toEqual({ is: 'ready', release: '1.2.0', notes: 'Clearer captions.' });
    expect(asked).toHaveLength(2);
    expect(views.map(({ state }) => state.is)).toEqual(['checking', 'available', 'downloading', 'downloading', 'ready']);
    expect(left).toBe(0);
    await updates.restart();
    expect(left).toBe(1);
    expect(recorded).toEqual([{ event: 'update-ready', release: '1.2.0' }]);
  });

  it('leaves a line in the log at each step: looked, offered, fetched, restarted; one that is refused says why', async () => {
    await serve({});
    const updates = start();
    await updates.check();
    await updates.download();
    await updates.restart();
    await serve({}, theirs);
    await updates.check();
    expect(readLog(9).lines.map(({ at: _at, ...line }) => line)).toEqual([
      { event: 'update-looked' }, { event: 'update-offered', version: '1.2.0' }, { event: 'update-fetched', version: '1.2.0' }, { event: 'update-restarted', version: '1.2.0' },
      { event: 'update-looked' }, { event: 'update-refused', update: 'key-unknown' },
    ]);
  });

  it('stays ready when the feed says the same again, or nothing; a later one takes its place', async () => {
    await serve({});
    const updates = start();
    await updates.check();
    await updates.download();
    await serve({ issuedAt: daysFrom(-0.5) });
    expect(await after(updates)).toMatchObject({ is: 'ready', release: '1.2.0' });
    there.clear();
    expect(await after(updates)).toMatchObject({ is: 'ready', release: '1.2.0' });
    await serve({ release: '1.3.0', issuedAt: daysFrom(-0.4) });
    expect(await after(updates)).toMatchObject({ is: 'available', release: '1.3.0' });
    await expect(updates.restart()).rejects.toMatchObject({ code: 'bad-request' });
  });

  it('is nothing to fetch for who has it', async () => {
    await serve({ release: '1.1.0' });
    const updates = start();
    expect(await after(updates)).toEqual({ is: 'current' });
    await expect(updates.download()).rejects.toMatchObject({ code: 'bad-request' });
  });

  it('says what is below the minimum, also after a start without the feed', async () => {
    await serve({ minimum: '1.2.0', rollout: 0 });
    const updates = start();
    expect(updates.view.minimum).toBeNull();
    expect(await after(updates)).toMatchObject({ is: 'available' });
    expect(start().view.minimum).toBe('1.2.0');
  });
});

describe('what is refused', () => {
  it('is refused before anything that it names is fetched, and recorded', async () => {
    const updates = start();
    await serve({}, theirs);
    expect(await after(updates)).toEqual(refused('key-unknown', null));
    await serve({}, newKey('ours'));
    expect(await after(updates)).toEqual(refused('signature-wrong', null));
    await serve({ expires: daysFrom(-0.1) });
    expect(await after(updates)).toEqual(refused('expired'));
    await serve({ issuedAt: daysFrom(3) });
    expect(await after(updates)).toEqual(refused('not-yet'));
    await serve({ release: '1.0.5' });
    expect(await after(updates)).toEqual(refused('older-version', '1.0.5'));
    await serve({ files: [fileOf(INSTALLER, { kind: 'nsis', name: 'a.exe' })] });
    expect(await after(updates)).toEqual(refused('no-file'));
    there.set('updates.json', Buffer.from('not signed'));
    expect(await after(updates)).toEqual(refused('unreadable', null));
    there.clear();
    expect(await after(updates)).toEqual(refused('unreachable', null));
    expect(reasons()).toEqual(['key-unknown', 'signature-wrong', 'expired', 'not-yet', 'older-version', 'no-file', 'unreadable', 'unreachable']);
    expect(new Set(asked)).toEqual(new Set([`${FEED}/updates.json`]));
    await expect(updates.download()).rejects.toMatchObject({ code: 'bad-request' });
  });

  it('a document that was seen before a later one is refused, by the next start too', async () => {
    await serve({ release: '1.3.0', issuedAt: daysFrom(-0.5) });
    await start().check();
    await serve({ issuedAt: daysFrom(-0.6) });
    expect(await after(start())).toEqual(refused('replayed'));
    expect(recorded).toEqual([{ event: 'update-refused', reason: 'replayed', release: '1.2.0' }]);
  });

  it('an authentic document that is refused still outdates those before it', async () => {
    const updates = start();
    await serve({ release: '1.0.5', issuedAt: daysFrom(-0.5) });
    await updates.check();
    await serve({ issuedAt: daysFrom(-0.6) });
    expect(await after(updates)).toEqual(refused('replayed'));
    // What nobody trusts outdates nothing.
    await serve({ issuedAt: daysFrom(-0.2) }, theirs);
    await updates.check();
    await serve({ issuedAt: daysFrom(-0.4) });
    expect(await after(updates)).toMatchObject({ is: 'available' });
  });

  it('a file that is another, or breaks off, is refused', async () => {
    await serve({}, ours, Buffer.alloc(INSTALLER.length));
    const updates = start();
    await updates.check();
    expect(await after(updates, 'download')).toEqual(refused('hash-differs'));
    await serve({}, ours, INSTALLER.subarray(0, 100));
    await updates.check();
    expect(await after(updates, 'download')).toEqual(refused('interrupted'));
    there.delete(fileOf(INSTALLER).name);
    await updates.check();
    expect(await after(updates, 'download')).toEqual(refused('unreachable'));
    expect(reasons()).toEqual(['hash-differs', 'interrupted', 'unreachable']);
  });

  it('a file that whoever keeps it gives back as another is refused', async () => {
    change = { makeInstaller: async () => ({
      prepare: async () => {
        writeFileSync(pathHere(), 'from an earlier time');
        return pathHere();
      },
      install: () => true,
    }) };
    await serve({});
    const updates = start();
    await updates.check();
    expect(await after(updates, 'download')).toEqual(refused('hash-differs'));
  });

  it('is not applied when the file has changed since, or its document has expired', async () => {
    await serve({});
    const updates = start();
    await updates.check();
    await updates.download();
    writeFileSync(pathHere(), Buffer.alloc(INSTALLER.length));
    expect(await after(updates, 'restart')).toEqual(refused('hash-differs'));
    await updates.check();
    await updates.download();
    now = Date.parse(daysFrom(29));
    expect(await after(updates, 'restart')).toEqual(refused('expired'));
    expect(left).toBe(0);
  });

  it('is said where the installation cannot replace itself, or the installer did not', async () => {
    await serve({ files: [fileOf(INSTALLER, { kind: 'tar.gz', name: fileOf(INSTALLER).name })] });
    change = { installation: { ...installation, kind: 'tar.gz' } };
    const folderOnly = start();
    await folderOnly.check();
    await folderOnly.download();
    expect(await after(folderOnly, 'restart')).toEqual(refused('cannot-apply'));
    expect(left).toBe(0);
    await serve({});
    change = { leave: async () => false };
    const updates = start();
    await updates.check();
    await updates.download();
    expect(await after(updates, 'restart')).toEqual(refused('not-applied'));
  });
});

describe('the access record', () => {
  it('has the same refusal once, until the feed has been good in between', async () => {
    const updates = start();
    for (let times = 0; times < 3; times += 1) await updates.check();
    await start().check();
    expect(reasons()).toEqual(['unreachable']);
    await serve({ release: '1.1.0' });
    await updates.check();
    there.clear();
    await updates.check();
    expect(reasons()).toEqual(['unreachable', 'unreachable']);
  });

  it('waits for somebody to be here, over a start, and is written once', async () => {
    isHere = false;
    await start().check();
    const updates = start();
    expect(recorded).toEqual([]);
    isHere = true;
    change = { isConnected: () => false };
    await updates.tick();
    await updates.tick();
    await start().tick();
    expect(recorded).toEqual([{ event: 'update-refused', reason: 'unreachable', release: null }]);
  });

  it('what cannot be written waits on', async () => {
    let full = true;
    change = { record: (event) => {
      if (full) throw new Error('disk is full');
      recorded.push(event);
      return true;
    } };
    const updates = start();
    await updates.check();
    expect(updates.view.state).toEqual(refused('unreachable', null));
    full = false;
    await updates.tick();
    expect(reasons()).toEqual(['unreachable']);
  });

  it('says when another version runs than before', () => {
    start();
    change = { installation: { ...installation, version: '1.2.0' } };
    start();
    start();
    expect(recorded).toEqual([{ event: 'updated', from: '1.1.0', to: '1.2.0' }]);
  });
});

describe('the feed is asked', () => {
  it('by itself at once and then hours later, sooner where it was away', async () => {
    await serve({});
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
    const updates = start();
    await updates.tick();
    await updates.tick();
    expect(asked).toHaveLength(1);
    clock.mockReturnValue(3 * 3600 * 1000);
    await updates.tick();
    expect(asked).toHaveLength(1);
    there.clear();
    clock.mockReturnValue(5 * 3600 * 1000);
    await updates.tick();
    expect(asked).toHaveLength(2);
    clock.mockReturnValue(5 * 3600 * 1000 + 20_000);
    await updates.tick();
    expect(asked).toHaveLength(3);
  });

  it('never during a review, nor without a network', async () => {
    let [reviewing, connected] = [true, true];
    change = { isReviewing: () => reviewing, isConnected: () => connected };
    const updates = start();
    await updates.tick();
    await updates.check();
    [reviewing, connected] = [false, false];
    await updates.tick();
    expect(asked).toEqual([]);
    connected = true;
    await updates.tick();
    expect(asked).toHaveLength(1);
  });

  it('never where IT updates the app', async () => {
    change = { feed: () => null };
    const updates = start();
    await updates.tick();
    await updates.check();
    await expect(updates.download()).rejects.toMatchObject({ code: 'bad-request' });
    expect(asked).toEqual([]);
    expect(updates.view).toEqual({ version: '1.1.0', by: 'it', minimum: null, askedAt: null, state: { is: 'unknown' } });
  });
});

describe('a restart', () => {
  it('is refused while a recording is open', async () => {
    let reviewing = false;
    change = { isReviewing: () => reviewing };
    await serve({});
    const updates = start();
    await updates.check();
    await updates.download();
    reviewing = true;
    await expect(updates.restart()).rejects.toMatchObject({ code: 'busy' });
    expect(left).toBe(0);
    expect(updates.view.state.is).toBe('ready');
    reviewing = false;
    await updates.restart();
    expect(left).toBe(1);
  });
});

it('a damaged memory is as none', async () => {
  writeFileSync(join(folder, 'updates.json'), '{"seen":');
  await serve({});
  expect(await after(start())).toMatchObject({ is: 'available' });
  expect(JSON.parse(readFileSync(join(folder, 'updates.json'), 'utf8'))).toMatchObject({ seen: daysFrom(-1), minimum: '1.0.0', ran: '1.1.0', waiting: [] });
});
