import { createHash } from 'node:crypto';
import type * as Promises from 'node:fs/promises';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { csv } from '../audit/csv.ts';
import type { AuditEvent } from '../audit/entry.ts';
import { event, stamp } from '../audit/ladder.fixture.ts';
import { eventTable } from '../audit/tables.ts';
import { Failure } from '../platform/failure.ts';
import { exportFile, saveUnrecorded, sweepExports, type Export, type ExportPlace } from './exports.ts';

/** What the disk answers next: after so many writes, this. */
const disk = vi.hoisted(() => ({ fail: null as { step: 'write' | 'sync' | 'rename'; code: string; after: number } | null }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof Promises>();
  const due = (step: string) => {
    if (disk.fail?.step !== step) return;
    disk.fail.after -= 1;
    if (disk.fail.after < 0) throw Object.assign(new Error('disk'), { code: disk.fail.code });
  };
  return {
    ...real,
    open: async (...args: Parameters<typeof real.open>) => {
      const handle = await real.open(...args);
      const write = handle.write.bind(handle);
      const sync = handle.sync.bind(handle);
      return Object.assign(handle, {
        write: async (...what: Parameters<typeof write>) => {
          due('write');
          return write(...what);
        },
        sync: async () => {
          due('sync');
          return sync();
        },
      });
    },
    rename: async (...args: Parameters<typeof real.rename>) => {
      due('rename');
      return real.rename(...args);
    },
  };
});

let folder: string;
let recorded: { event: AuditEvent; present: string[] }[];
let place: ExportPlace;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'exports-')), 'Downloads');
  recorded = [];
  place = { folder, record: (written) => recorded.push({ event: written, present: sized() }), still: () => undefined, stamp, complete: true };
});
afterEach(() => {
  disk.fail = null;
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

/** Files that have something in them. */
const sized = () => readdirSync(folder).filter((name) => statSync(join(folder, name)).size > 0).sort();
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const events = (n = 3): Export => {
  let rows = 0;
  const list = function* () {
    for (; rows < n; rows += 1) yield event({ id: rows });
  };
  return { kind: 'events', type: 'csv', content: csv(eventTable(list())), rows: () => rows, filter: { refusedOnly: false }, filterWords: ['From 1 November 2026', 'People: 555000000001\r\n\u0085\u202eRows: 0'] };
};
const NAME = 'viewing-room-events-2026-11-27-1.csv';

describe('an export', () => {
  it('is in the folder with what it is beside it, private, and is recorded before it has its name', async () => {
    const exported = await exportFile(place, events());
    const bytes = readFileSync(join(folder, NAME));
    expect(exported).toEqual({ file: NAME, rows: 3, sha256: createHash('sha256').update(bytes).digest('hex') });
    expect(bytes.toString('utf8').split('\r\n')).toHaveLength(5);
    expect(sized()).toEqual([NAME, `${NAME}.about.txt`]);
    if (process.platform !== 'win32') for (const name of sized()) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(recorded).toEqual([{ event: { event: 'exported', what: 'events.csv', rows: 3, sha256: exported.sha256, filter: '{"refusedOnly":false}' }, present: [`${NAME}.about.txt.part`, `${NAME}.part`] }]);
    // What a person typed cannot pass for a line of ours.
    expect(read(`${NAME}.about.txt`).split('\r\n')).toEqual([
      `File: ${NAME}`, 'Practice: Demo Practice (A12345)', 'Exported by: Mo Managerly, Practice manager (555000000009)', 'Exported on: 27 November 2026, 3:05pm (2026-11-27T15:05:00Z)', 'Filter: From 1 November 2026',
      '        People: 555000000001 Rows: 0', 'Rows: 3', `SHA-256: ${exported.sha256}`, '', expect.stringContaining("'=1+1 stands for =1+1"), '',
    ]);
  });

  it('of a record that had not been read to its end says so', async () => {
    const { file } = await exportFile({ ...place, complete: false }, events());
    expect(read(`${file}.about.txt`)).toContain('\r\nRecord: had not been read to its end when this was made, so there may be more\r\nRows: 3\r\n');
    expect(read(`${(await exportFile(place, events())).file}.about.txt`)).not.toContain('Record:');
  });

  it('never takes the place of another, also when two are made at once', async () => {
    const many = await Promise.all([1, 2, 3].map((n) => exportFile(place, events(n))));
    expect(new Set(many.map(({ file }) => file)).size).toBe(3);
    for (const { file, rows } of many) expect(read(file).split('\r\n')).toHaveLength(rows + 2);
    writeFileSync(join(folder, 'viewing-room-events-2026-11-27-4.csv'), 'mine');
    expect((await exportFile(place, events())).file).toBe('viewing-room-events-2026-11-27-5.csv');
    expect(read('viewing-room-events-2026-11-27-4.csv')).toBe('mine');
  });

  it('of a large list is whole', async () => {
    const { rows, file } = await exportFile(place, events(20_000));
    expect(rows).toBe(20_000);
    expect(read(file).split('\r\n')).toHaveLength(20_002);
    expect(sized()).toHaveLength(2);
  });

  it.skipIf(process.platform === 'win32')('follows no link that somebody put in its way', async () => {
    const elsewhere = join(folder, '..', 'elsewhere');
    writeFileSync(elsewhere, 'kept');
    mkdirSync(folder);
    symlinkSync(elsewhere, join(folder, `${NAME}.part`));
    symlinkSync(elsewhere, join(folder, `${NAME}.about.txt`));
    await exportFile(place, events());
    expect(readFileSync(elsewhere, 'utf8')).toBe('kept');
  });
});

describe('an export that fails', () => {
  const leavesNothing = async (expected: object, what = events(5000)) => {
    await expect(exportFile(place, what)).rejects.toMatchObject(expected);
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
  };

  it.each([['ENOSPC', 'disk-full'], ['EDQUOT', 'disk-full'], ['EIO', 'disk-fault'], ['EROFS', 'disk-fault']])('of %s at any step leaves nothing and says %s', async (code, problem) => {
    for (const [step, after, wasRecorded] of [['write', 0, 0], ['write', 3, 0], ['sync', 0, 0], ['sync', 1, 0], ['rename', 0, 1], ['rename', 1, 1]] as const) {
      recorded = [];
      disk.fail = { step, code, after };
      await leavesNothing({ code: problem, detail: { of: 'export' } });
      // Recorded and not there: the record may say more than happened, never less.
      expect(recorded).toHaveLength(wasRecorded);
    }
  });

  it('for want of a record is not there', async () => {
    place.record = () => {
      throw new Failure('audit-unwritable', 'test');
    };
    await leavesNothing({ code: 'audit-unwritable' });
  });

  it('because somebody left is neither there nor recorded, whenever they left', async () => {
    for (let calls = 0; calls < 5; calls += 1) {
      let left = calls;
      place.still = () => {
        if (left === 0) throw new Failure('locked', 'test');
        left -= 1;
      };
      await leavesNothing({ code: 'locked' });
    }
    expect(recorded).toEqual([]);
  });

  it('in the middle of its rows passes on why', async () => {
    const broken: Export = { ...events(), content: (async function* () {
      yield 'x'.repeat(600_000);
      throw new Failure('practice-unreachable', 'test');
    })() };
    await leavesNothing({ code: 'practice-unreachable' }, broken);
  });

  it('in a place that is no folder, or may not be written, says so', async () => {
    writeFileSync(folder, '');
    await expect(exportFile(place, events())).rejects.toMatchObject({ code: 'disk-fault', detail: { of: 'export' } });
    rmSync(folder);
    mkdirSync(folder);
    if (process.getuid?.() === 0 || process.platform === 'win32') return;
    chmodSync(folder, 0o500);
    await leavesNothing({ code: 'disk-fault' });
    chmodSync(folder, 0o700);
  });
});

describe('what stands in nobody’s record', () => {
  const save = () => saveUnrecorded(folder, 'support', 'json', 'text', Date.parse('2026-11-27T09:00:00Z'));
  it('is in the folder under a name of its own, whole, and nothing beside it', async () => {
    expect(await Promise.all([save(), save()])).toEqual(expect.arrayContaining(['viewing-room-support-2026-11-27-1.json', 'viewing-room-support-2026-11-27-2.json']));
    expect(readdirSync(folder)).toHaveLength(2);
    expect(readFileSync(join(folder, 'viewing-room-support-2026-11-27-1.json'), 'utf8')).toBe('text');
  });
  it.each(['write', 'sync', 'rename'] as const)('leaves nothing where the disk is full (%s)', async (step) => {
    disk.fail = { step, code: 'ENOSPC', after: 0 };
    await expect(save()).rejects.toThrow(expect.objectContaining({ code: 'disk-full', detail: { of: 'export' } }));
    expect(readdirSync(folder)).toEqual([]);
  });
});

it('what an app that ended left behind goes, and nothing else', async () => {
  mkdirSync(folder);
  const others = ['viewing-room-events-2026-11-27-1.csv', 'viewing-room-events-2026-11-27-1.csv.about.txt', 'holiday.part', 'viewing-room-notes.part'];
  for (const name of [...others, `${NAME}.part`, `${NAME}.about.txt.part`, 'viewing-room-patient-access-2026-11-27-12.pdf.part', 'viewing-room-support-2026-11-27-1.json.part']) writeFileSync(join(folder, name), 'x');
  await sweepExports(folder);
  expect(readdirSync(folder).sort()).toEqual(others.sort());
  await expect(sweepExports(join(folder, 'none'))).resolves.toBeUndefined();
});
