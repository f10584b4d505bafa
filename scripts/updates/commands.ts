/** The commands of `npm run feed`. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { FEED_FILE, type FeedDocument } from '../../src/main/platform/updates/feed.ts';
import { compareVersions, Version } from '../../src/main/platform/updates/version.ts';
import { Stop } from '../lib/process.ts';
import { keygen, readKey, type PrivateKey } from '../statements/key.ts';
import { compareFiles, documentIn, installersIn, putDocument, readKeySet } from './folder.ts';
import { believed, feedKeyOf, signFeed } from './sign.ts';

const usage = {
  keygen: 'npm run feed -- keygen --out PRIVATE.jwk',
  sign: 'npm run feed -- sign --key PRIVATE.jwk [--key OTHER.jwk] [--keys update-keys.json] --release 1.2.0 [--minimum 1.0.0] [--rollout PERCENT] [--days DAYS] [--notes FILE] FOLDER',
  're-sign': 'npm run feed -- re-sign --key PRIVATE.jwk [--key OTHER.jwk] [--keys update-keys.json] [--minimum 1.0.0] [--rollout PERCENT] [--days DAYS] FOLDER',
  check: 'npm run feed -- check --keys update-keys.json FOLDER',
};
const DAYS = 30;
const DAY_MS = 24 * 3600 * 1000;
const string = { type: 'string' } as const;
const strings = { type: 'string', multiple: true } as const;

async function makeKey(args: string[]): Promise<string> {
  const { values: { out } } = parseArgs({ args, options: { out: string } });
  if (out === undefined) throw new Stop(usage.keygen);
  await keygen(out, 'EdDSA');
  return `The private key is in ${out}: keep it away from the repository and from the web server. This is resources/update-keys.json for it; to keep an older key as well, put both into the list:
${JSON.stringify({ keys: [feedKeyOf(await readKey(out))] }, null, 2)}`;
}

const integer = (name: string, text: string, least: number, most: number): number => {
  if (!/^\d{1,4}$/.test(text) || Number(text) < least || Number(text) > most) throw new Stop(`--${name} is a whole number from ${least} to ${most}.`);
  return Number(text);
};
const version = (name: string, text: string): string => {
  if (!Version.safeParse(text).success) throw new Stop(`--${name} is a version such as 1.2.0.`);
  return text;
};

interface Terms {
  rollout?: string | undefined;
  days?: string | undefined;
  minimum?: string | undefined;
}

/** Signs, and says what was signed. A later document than the one that is there, or the app would take it for a replay. */
async function put(folder: string, keys: PrivateKey[], before: FeedDocument | null, said: Pick<FeedDocument, 'release' | 'files' | 'notes'>, { rollout, days, minimum }: Terms, now = Date.now()): Promise<string> {
  if (before && Date.parse(before.issuedAt) > now) throw new Stop(`The document that is there was signed at ${before.issuedAt}, and it is ${new Date(now).toISOString()} here: check the clock. Nothing was signed.`);
  const document: FeedDocument = {
    version: 1, ...said,
    issuedAt: new Date(before?.issuedAt === new Date(now).toISOString() ? now + 1 : now).toISOString(), expires: new Date(now + integer('days', days ?? String(DAYS), 1, 366) * DAY_MS).toISOString(),
    minimum: minimum === undefined ? before?.minimum ?? '0.0.0' : version('minimum', minimum),
    rollout: integer('rollout', rollout ?? String(before?.release === said.release ? before.rollout : 100), 0, 100),
  };
  await putDocument(folder, await signFeed(document, keys));
  return `Signed ${folder}/${FEED_FILE}:\n${described(document)}`;
}

function described({ release, issuedAt, expires, minimum, rollout, files }: FeedDocument): string {
  return [
    `  version ${release} for ${rollout}% of computers; nobody should stay below ${minimum}; signed ${issuedAt}; good until ${expires}`,
    ...files.map(({ kind, arch, name, size }) => `  ${kind} ${arch}: ${name} (${size} bytes)`),
  ].join('\n');
}

/** What is in the folder counts only as far as one of these signed it: whoever can write to the web server must not get a signature here. */
const trustedBy = async (keys: readonly PrivateKey[], set: string | undefined) => [...keys.map(feedKeyOf), ...(set === undefined ? [] : await readKeySet(set))];

async function sign(args: string[]): Promise<string> {
  const { values, positionals: [folder, ...more] } = parseArgs({ args, allowPositionals: true, options: { key: strings, keys: string, release: string, minimum: string, rollout: string, days: string, notes: string } });
  if (!values.key || values.release === undefined || folder === undefined || more.length > 0) throw new Stop(usage.sign);
  const release = version('release', values.release);
  const keys = await Promise.all(values.key.map(readKey));
  const there = await documentIn(folder);
  const before = there && await believed(`${folder}/${FEED_FILE}`, there, await trustedBy(keys, values.keys));
  if (before && compareVersions(release, before.release) < 0) throw new Stop(`The feed has ${before.release} already, and no app goes back to ${release}. To take a version back, release what was before it under a higher number.`);
  const notes = values.notes === undefined ? '' : (await readFile(values.notes, 'utf8')).trim();
  return put(folder, keys, before, { release, notes, files: await installersIn(folder, release) }, values);
}

/** Longer, or for more computers; never for other files. */
async function reSign(args: string[]): Promise<string> {
  const { values, positionals: [folder, ...more] } = parseArgs({ args, allowPositionals: true, options: { key: strings, keys: string, minimum: string, rollout: string, days: string } });
  if (!values.key || folder === undefined || more.length > 0) throw new Stop(usage['re-sign']);
  const keys = await Promise.all(values.key.map(readKey));
  const there = await documentIn(folder);
  if (!there) throw new Stop(`There is no ${folder}/${FEED_FILE} to sign again.`);
  const before = await believed(`${folder}/${FEED_FILE}`, there, await trustedBy(keys, values.keys));
  await compareFiles(folder, before.files);
  return put(folder, keys, before, before, values);
}

async function check(args: string[]): Promise<string> {
  const { values, positionals: [folder, ...more] } = parseArgs({ args, allowPositionals: true, options: { keys: string } });
  if (values.keys === undefined || folder === undefined || more.length > 0) throw new Stop(usage.check);
  const there = await documentIn(folder);
  if (!there) throw new Stop(`There is no ${folder}/${FEED_FILE}.`);
  const document = await believed(`${folder}/${FEED_FILE}`, there, await readKeySet(values.keys));
  if (Date.now() >= Date.parse(document.expires)) throw new Stop(`${folder}/${FEED_FILE} ended on ${document.expires} (expired). Sign it again: ${usage['re-sign']}`);
  await compareFiles(folder, document.files);
  return `ok: an app with one of these keys would take this:\n${described(document)}`;
}

const commands = new Map([['keygen', makeKey], ['sign', sign], ['re-sign', reSign], ['check', check]]);

/** What `npm run feed` does. @param argv the command and what belongs to it @returns what it says @throws Stop where it did nothing */
export async function feed([name = '', ...args]: readonly string[]): Promise<string> {
  const command = commands.get(name);
  if (!command) throw new Stop(Object.values(usage).join('\n'));
  try {
    return await command(args);
  } catch (error) {
    // parseArgs' own sentences name the wrong option.
    if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) throw new Stop(`${error.message}\n${usage[name as keyof typeof usage]}`);
    throw error;
  }
}
