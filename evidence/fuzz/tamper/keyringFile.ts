/** `keyring.json`: every bit, every length, members exchanged, left out, changed, taken from another time or another vault. */
import { join } from 'node:path';
import { FuzzVault } from '../adapter.ts';
import { SECRETS } from '../content.ts';
import { type Context, type FuzzClass, type Prepared, Tally } from '../fuzzClass.ts';
import { FileKeychain } from '../keychainFile.ts';
import { type Random, randomFor } from '../random.ts';
import { flipped, judge, noteVerdict, spread } from './change.ts';
import { filesIn, holds, live } from './moments.ts';

const NAME = 'keyring.json';
type Json = Record<string, unknown>;

/** Every member, by its path from the top. */
function members(json: unknown, path: string[] = []): string[][] {
  if (typeof json !== 'object' || json === null) return [path];
  return Object.entries(json).flatMap(([name, value]) => [[...path, name], ...members(value, [...path, name])]);
}

const at = (json: unknown, path: readonly string[]): unknown => path.reduce((value, name) => (value as Json)[name], json);
const unique = (paths: string[][]): string[][] => [...new Map(paths.map((path) => [path.join('.'), path])).values()];

function setAt(json: unknown, path: readonly string[], value: unknown): void {
  const owner = at(json, path.slice(0, -1)) as Json;
  const name = path.at(-1) ?? '';
  if (value === undefined) Reflect.deleteProperty(owner, name);
  else owner[name] = value;
}

function otherValue(value: unknown, random: Random): unknown {
  if (typeof value === 'number') return random.pick([value + 1, value - 1, 0, value * 2, 1 << 20]);
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return random.pick([`${value}A`, value.slice(1), 'pin', random.bytes(60).toString('base64url')]);
  return random.pick([null, {}, [], 1]);
}

async function prepare(context: Context): Promise<Prepared> {
  const scratch = join(context.folder, 'scratch');
  const { closed, early } = await live(join(context.folder, 'life'), scratch);
  const foreignFolder = join(context.folder, 'foreign');
  const foreign = await FuzzVault.load(foreignFolder, new FileKeychain({}));
  await foreign.setSecret(SECRETS[0]);
  await foreign.close();
  const file = closed.files.get(NAME) ?? Buffer.alloc(0);
  const json = JSON.parse(file.toString('utf8')) as Json;
  const foreignFile = filesIn(foreignFolder).get(NAME) ?? Buffer.alloc(0);
  const foreignJson = JSON.parse(foreignFile.toString('utf8')) as Json;
  const paths = unique(members(json));
  const bits = file.length * 8;
  const edited = (edit: (copy: Json) => void): Buffer => {
    const copy = structuredClone(json);
    edit(copy);
    return Buffer.from(JSON.stringify(copy));
  };
  const made = (index: number): [string, Buffer] => {
    // Two of three flip a bit: each once, before any is flipped again.
    if (index % 3 !== 2) return ['bit of the file', flipped(file, spread(Math.floor(index / 3) * 2 + (index % 3), bits))];
    const random = randomFor(context.seed, 'keyringFile', index);
    const [path, other] = [random.pick(paths), random.pick(paths)];
    const sorts: (() => [string, Buffer])[] = [
      () => [`member changed: ${path.join('.')}`, edited((copy) => setAt(copy, path, otherValue(at(json, path), random)))],
      () => [`member left out: ${path.join('.')}`, edited((copy) => setAt(copy, path, undefined))],
      () => ['members exchanged', edited((copy) => {
        if (path.join('.').startsWith(other.join('.')) || other.join('.').startsWith(path.join('.'))) return;
        setAt(copy, path, at(json, other));
        setAt(copy, other, at(json, path));
      })],
      () => [`member of another vault: ${path.join('.')}`, edited((copy) => setAt(copy, path, at(foreignJson, path)))],
      () => ['cut short', file.subarray(0, random.int(file.length))],
      () => ['keyring of another vault', foreignFile],
      () => ['keyring of an earlier time', early.files.get(NAME) ?? file],
      () => ['bytes put in', Buffer.concat([file.subarray(0, random.int(file.length)), random.bytes(1 + random.int(8)), file.subarray(random.int(file.length))])],
    ];
    return (sorts[Math.floor(index / 3) % sorts.length] ?? sorts[0])?.() ?? ['', file];
  };
  const run = async (index: number, tally: Tally, look: typeof holds) => {
    const [what, bytes] = made(index);
    const files = new Map(closed.files).set(NAME, bytes);
    noteVerdict(tally, index, what, await judge(() => look(scratch, files, closed), (found) => found === closed.holds));
  };
  return {
    run: (index, tally) => run(index, tally, holds),
    /** A look that takes the file as it is. */
    async control() {
      const tally = new Tally();
      for (let i = 0; i < 50; i += 1) await run(i, tally, async (_folder, files) => files.get(NAME)?.toString('latin1') ?? '');
      return tally.counts.acceptedTampering > 0;
    },
  };
}

export const keyringFile: FuzzClass = { name: 'keyringFile', share: 0.1, slice: 600, least: 12_000, realCost: false, prepare };
