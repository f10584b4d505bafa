/** A vault's files at several moments of its life, closed and in use, to be put back, mixed and changed. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { everything } from '../adapter.ts';
import { SECRETS } from '../content.ts';
import { FileKeychain, type KeychainEntries } from '../keychainFile.ts';
import { Promised } from '../oracle.ts';
import { Run, type Said, smallTemplateSteps, type Step } from '../scenario.ts';

export type Files = ReadonlyMap<string, Buffer>;

export interface Moment {
  name: string;
  /** Every file but SQLite's index of the log, which it makes anew. */
  files: Files;
  keychain: KeychainEntries;
  promised: Promised;
  /** What a person finds in it: see {@link everything}. */
  holds: string;
}

export function filesIn(folder: string): Files {
  const files = new Map<string, Buffer>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (statSync(join(folder, name)).isFile() && !name.endsWith('-shm')) files.set(name, readFileSync(join(folder, name)));
  }
  return files;
}

export function putFiles(folder: string, files: Files): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'media'), { recursive: true });
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
}

/** What a vault made of these files holds; throws what the vault says against it. @param unlock whether the library is looked at too. */
export async function holds(folder: string, files: Files, moment: Pick<Moment, 'keychain' | 'promised'>, unlock = true): Promise<string> {
  putFiles(folder, files);
  const { secret, copies, work } = moment.promised;
  return everything(folder, new FileKeychain(moment.keychain), unlock ? secret : null, copies, [...work.keys()]);
}

const [secret] = SECRETS;
const closed = 'closed';
/** Between two moments something is written to both databases. `in use`: the write-ahead logs are there, as after a kill. */
const life: readonly [name: string, steps: readonly Step[]][] = [
  ['early', smallTemplateSteps],
  ['in use, early', [{ do: 'open', secret }, { do: 'append', n: 3 }, { do: 'work', key: 'a', text: 'second' }, { do: 'lease', n: 2 }]],
  ['in use, late', [{ do: 'append', n: 4 }, { do: 'work', key: 'a', text: 'third' }, { do: 'assign', recording: 2 }, { do: 'download', recording: 2, size: 900 }, { do: 'append', n: 5 }]],
  [closed, [{ do: 'append', n: 6 }, { do: 'lease', n: 3 }, { do: 'work', key: 'a', text: 'last' }, { do: 'close' }]],
];

export interface Life {
  early: Moment;
  usedEarly: Moment;
  usedLate: Moment;
  closed: Moment;
}

export async function live(folder: string, scratch: string): Promise<Life> {
  const keychain = new FileKeychain({});
  const said: Said[] = [];
  const run = new Run(folder, keychain, (line) => said.push(line));
  const moments: Moment[] = [];
  for (const [name, steps] of life) {
    await run.go(steps);
    await run.settled();
    const moment = { name, files: filesIn(folder), keychain: keychain.copy(), promised: Promised.from(said) };
    moments.push({ ...moment, holds: await holds(scratch, moment.files, moment) });
  }
  await run.close();
  const [early, usedEarly, usedLate, last] = moments;
  if (!early || !usedEarly || !usedLate || !last) throw new Error('the life of the vault ended early');
  return { early, usedEarly, usedLate, closed: last };
}
