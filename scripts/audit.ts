/**
 * For whoever was given an export of the access record: verifies its chains with no app and no database (docs/formats.md, "Chain export"), and names the first bad entry of each.
 *
 *   npm run audit -- verify EXPORT.jsonl [--key DEVICE/SDS=BASE64URL]...
 *
 * Ends with 0 when everything holds, 1 when something does not, 2 when it was asked wrongly.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { keyOfText } from '../src/main/audit/chain.ts';
import { ExportFault } from '../src/main/audit/exportFile.ts';
import { plainLine } from '../src/main/platform/plainLine.ts';
import { verifyExport, type ChainVerdict } from './chains/verify.ts';
import { main, say as sayLine } from './lib/process.ts';

const usage = 'npm run audit -- verify EXPORT.jsonl [--key DEVICE/SDS=BASE64URL]...';

class Misuse extends Error {}

/** What the file says of itself cannot end a line, nor hide it from whoever reads a terminal. */
const say = (line: string): void => sayLine(plainLine(line));

async function asked(args: string[]): Promise<{ file: string; keys: Map<string, string> }> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { key: { type: 'string', multiple: true } } });
  const [command, file] = positionals;
  if (command !== 'verify' || file === undefined || positionals.length > 2) throw new Misuse(usage);
  const keys = new Map<string, string>();
  for (const text of values.key ?? []) {
    const [, name, key] = /^([^/=]+\/[^/=]+)=(.+)$/.exec(text) ?? [];
    if (name === undefined || key === undefined || !keyOfText(key)) throw new Misuse(`--key is DEVICE/SDS=KEY, and the key 43 characters of base64url.\n${usage}`);
    if (keys.has(name)) throw new Misuse(`Two keys were given for ${name}.`);
    keys.set(name, key);
  }
  if (!(await stat(file).catch(() => null))?.isFile()) throw new Misuse(`${file} is not a file that can be read.`);
  return { file, keys };
}

function report({ name, of, entries, duplicates, first, last, key, given, bad }: ChainVerdict): void {
  const range = first && last ? `, ${first.seq} to ${last.seq}, from ${first.at} to ${last.at}` : '';
  say(`Chain ${name} (${of.name}): ${entries} entries${duplicates ? ` and ${duplicates} repeated` : ''}${range}.`);
  if (of.before) say(`  It begins after entry ${of.before.seq}: what came before is not in this file.`);
  if (key === null) say('  Key: none is given or named, so nothing can be verified.');
  else say(`  Key: ${key}, ${given ? 'given on the command line' : `only named in the file${of.enrolled ? ', which says that a manager enrolled it' : ''}: hold it against what the practice enrolled, and give it with --key`}.`);
  say(bad === null ? '  OK.' : `  NOT OK. First bad entry: ${bad.seq} of ${name}${bad.reference === null ? '' : ` (${bad.reference})`}: ${bad.why}.`);
}

await main(async () => {
  let file: string;
  let keys: Map<string, string>;
  try {
    ({ file, keys } = await asked(process.argv.slice(2)));
  } catch (error) {
    // parseArgs' own sentences name the wrong option.
    if (!(error instanceof Misuse) && !(error instanceof TypeError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
    return;
  }
  try {
    const { ok, header, chains, faults } = await verifyExport(createReadStream(file, { highWaterMark: 1 << 20 }), keys);
    say(`Exported ${header.exportedAt} at ${header.practice} by ${header.exporter.name} (${header.exporter.sds}). Filter: ${JSON.stringify(header.filter)}`);
    for (const chain of chains) report(chain);
    for (const fault of faults) say(`The file: ${fault}.`);
    say(ok ? `OK: ${chains.length} chains hold.` : 'NOT OK.');
    if (!ok) process.exitCode = 1;
  } catch (error) {
    if (!(error instanceof ExportFault)) throw error;
    say(`NOT OK. The file: ${error.message}.`);
    process.exitCode = 1;
  }
});
