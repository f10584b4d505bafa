/**
 * Power cuts: a scenario is run once with the shim's log on; then the disk is put together as it may be after a cut at any moment
 * of it, opened by the vault's own code and compared with what had been promised by that moment.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sightings } from './canaries.ts';
import type { Context, FuzzClass, Prepared, Tally } from './fuzzClass.ts';
import { FileKeychain, type KeychainEntries } from './keychainFile.ts';
import { clean, type Findings, look, type Promised } from './oracle.ts';
import { Disk, type NameRule } from './powerCutImage.ts';
import { randomFor } from './random.ts';
import { Run, type Plant, type Said, type Scenario, scenarios, templateSteps } from './scenario.ts';
import { type Logged, readLog } from './shim/record.ts';
import { layOut, makeTemplate, type Template, vaultIn } from './template.ts';

/** Cuts from one recorded run of a scenario, before it is run anew. */
const CUTS_PER_RUN = 40;

interface Recorded {
  scenario: Scenario;
  /** What the log's names start from. */
  base: Map<string, string>;
  baseFolder: string;
  start: { keychain: KeychainEntries; promised: Promised };
  raw: Buffer;
  log: Logged[];
}

type Mark = { said: Said } | { keychain: [account: string, value: string | null] };

async function record(context: Context, template: Template, scenario: Scenario, label: string, plant: Plant, syncsDoNothing = false): Promise<Recorded> {
  const { shim } = context;
  const folder = join(context.folder, 'run');
  const start = layOut(template, scenario, folder);
  const base = Disk.namesOf(folder);
  const baseFolder = join(context.aside, `base ${label}`);
  rmSync(baseFolder, { recursive: true, force: true });
  cpSync(folder, baseFolder, { recursive: true });
  truncateSync(context.log);
  const mark = (line: Mark) => shim.mark(JSON.stringify(line));
  const keychain = new FileKeychain(start.keychain, null, (account, value) => mark({ keychain: [account, value] }));
  const run = new Run(vaultIn(folder), keychain, (said) => mark({ said }), plant);
  if (syncsDoNothing) shim.syncsDoNothing();
  shim.log(true);
  try {
    await run.go(scenario.steps(randomFor(context.seed, 'powerCuts', 'run', label)));
  } finally {
    shim.log(false);
    shim.off();
    await run.close();
  }
  // The log's paths start at the watched folder; the disk's at the vault's.
  const inside = (path: string) => (path === 'run' ? '' : path.slice(4));
  const raw = readFileSync(context.log);
  const log = readLog(raw).filter((entry) => !('path' in entry) || entry.path === 'run' || entry.path.startsWith('run/')).map((entry) => {
    if (entry.op === 'rename') return { ...entry, from: inside(entry.from), to: inside(entry.to) };
    return 'path' in entry ? { ...entry, path: inside(entry.path) } : entry;
  });
  return { scenario, base, baseFolder, start, raw, log };
}

/** The disk, the keychain and the promises after the first `until` entries of the log. */
function replay({ base, baseFolder, start, log }: Recorded, until: number, rule: NameRule) {
  const disk = new Disk(baseFolder, base, rule);
  const keychain = { ...start.keychain };
  const promised = start.promised.clone();
  for (const entry of log.slice(0, until)) {
    if (entry.op !== 'mark') disk.do(entry);
    else {
      const mark = JSON.parse(entry.text) as Mark;
      if ('said' in mark) promised.hear(mark.said);
      else keychain[mark.keychain[0]] = mark.keychain[1];
    }
  }
  return { disk, keychain: new FileKeychain(keychain), promised };
}

async function cut(context: Context, template: Template, recorded: Recorded, label: string, sort?: (name: string) => void): Promise<Findings & { canaries: string[] }> {
  const random = randomFor(context.seed, 'powerCuts', 'cut', label);
  const until = 1 + random.int(recorded.log.length);
  const rule = random.pick<NameRule>(['strict', 'ordered']);
  const { disk, keychain, promised } = replay(recorded, until, rule);
  const image = join(context.folder, 'image');
  rmSync(image, { recursive: true, force: true });
  disk.materialize(image, random);
  const canaries = sightings(image, template.needles);
  const findings = await look(vaultIn(image), keychain, promised, { goesOn: random.coin(4) });
  sort?.(`${recorded.scenario.name}, names ${rule}`);
  const tell = (what: string) => `${what}: ${recorded.scenario.name}, names ${rule}, entry ${until} of ${recorded.log.length}, during ${promised.pending?.do ?? 'nothing'}`;
  if (!clean(findings)) keepLog(context, recorded, label, until, rule);
  return { lost: findings.lost.map(tell), wrong: findings.wrong.map(tell), unnamed: findings.unnamed.map(tell), canaries };
}

/** What is needed to look into a finding: the log as it was, with where it was cut. */
function keepLog(context: Context, recorded: Recorded, label: string, until: number, rule: NameRule): void {
  const keep = process.env.FUZZ_KEEP;
  if (!keep) return;
  const folder = join(keep, `powerCut-${label}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'shim.log'), recorded.raw);
  cpSync(recorded.baseFolder, join(folder, 'base'), { recursive: true });
  writeFileSync(join(folder, 'what.json'), JSON.stringify({ scenario: recorded.scenario.name, until, rule, seed: context.seed, tail: recorded.log.slice(Math.max(0, until - 25), until + 5).map((e) => ({ ...e, data: undefined })) }, null, 1));
}

async function prepare(context: Context): Promise<Prepared> {
  const template = await makeTemplate(join(context.folder, 'template'), templateSteps);
  const recorded = new Map<string, { generation: number; is: Recorded }>();
  const recordedFor = async (index: number): Promise<Recorded> => {
    const scenario = scenarios[index % scenarios.length];
    if (!scenario) throw new Error('no scenarios');
    const generation = Math.floor(index / (scenarios.length * CUTS_PER_RUN));
    const kept = recorded.get(scenario.name);
    if (kept?.generation === generation) return kept.is;
    if (kept) rmSync(kept.is.baseFolder, { recursive: true });
    const is = await record(context, template, scenario, `${scenario.name} ${generation}`, null);
    recorded.set(scenario.name, { generation, is });
    return is;
  };
  return {
    async run(index, tally: Tally) {
      tally.noteAll(index, await cut(context, template, await recordedFor(index), String(index), (name) => tally.sort(name)));
      tally.powerCuts += 1;
    },
    async control() {
      const audit = scenarios.find(({ name }) => name === 'audit');
      const download = scenarios.find(({ name }) => name === 'download');
      if (!audit || !download) return false;
      const weak = await record(context, template, audit, 'weak sync', 'weak-sync');
      let lostByWeakSync = false;
      for (let i = 0; i < 60 && !lostByWeakSync; i += 1) lostByWeakSync = (await cut(context, template, weak, `weak sync ${i}`)).lost.some((what) => what.includes('audit entry'));
      const none = await record(context, template, download, 'no sync', null, true);
      let lostByNoSync = false;
      for (let i = 0; i < 60 && !lostByNoSync; i += 1) lostByNoSync = (await cut(context, template, none, `no sync ${i}`)).lost.length > 0;
      return lostByWeakSync && lostByNoSync;
    },
  };
}

export const powerCuts: FuzzClass = { name: 'powerCuts', share: 0.15, slice: 56, least: 1_000, realCost: true, prepare };
