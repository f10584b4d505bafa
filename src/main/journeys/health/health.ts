/** How this computer stands: asked for from any screen, also before there is a site file, and while the vault is locked. Looks, and changes nothing. */
import { arch, release } from 'node:os';
import { unansweredReasons } from '../../../preload/codes.ts';
import type { Health, HealthState } from '../../../preload/health.ts';
import { problemCodes, type Problem, type ProblemCode } from '../../../preload/contract.ts';
import { CLOCK_DIFFERENCE_MS } from '../../fhir/period.ts';
import { logUsage } from '../../platform/logged.ts';
import { siteMembers, type Site } from '../../site.ts';
import { advance, offlineRefusal } from '../../vault/lease.ts';
import { NEEDED_FREE_BYTES } from '../../vault/reserve.ts';
import { chainState } from './chainState.ts';
import { diskOf } from './diskOf.ts';
import { keychainIs } from './keychainIs.ts';
import type { Desk } from '../desk.ts';

const MEGABYTE = 1_000_000;
/** Below this there is room for few recordings beside what downloads leave free (vault/copies.ts). Bytes. */
const NEARLY_FULL = 1_000 * MEGABYTE;

const platforms: Readonly<Record<string, Health['system']['platform']>> = { win32: 'win32', darwin: 'darwin', linux: 'linux' };
const architectures: Readonly<Record<string, Health['system']['architecture']>> = { x64: 'x64', arm64: 'arm64' };
/** Numbers only: what a maker puts behind them is free text. */
// eslint-disable-next-line security/detect-unsafe-regex -- each repetition has a small bound, and no text can be read in two ways
const numbersOf = (version: string | undefined): string => /^\d{1,4}(\.\d{1,5}){0,3}/.exec(version ?? '')?.[0] ?? '0';
const megabytes = (bytes: number): number => Math.round(bytes / MEGABYTE);

function runtime({ machine: { about } }: Desk): Health['runtime'] {
  const { chrome, node } = process.versions;
  return { state: about.demoRuntime ? 'attention' : 'good', app: about.version, electron: about.electron, chromium: numbersOf(chrome), node: numbersOf(node), demoOnly: about.demoRuntime };
}

const system = (): Health['system'] => ({ state: 'good', platform: platforms[process.platform] ?? 'other', release: numbersOf(release()), architecture: architectures[arch()] ?? 'other' });

async function keychain(desk: Desk): Promise<Health['keychain']> {
  const is = await keychainIs(desk.machine);
  return { state: is === 'works' ? 'good' : is === 'no-answer' ? 'attention' : 'bad', is };
}

async function disk({ machine: { profile }, site }: { machine: Desk['machine']; site: Site | undefined }): Promise<Health['disk']> {
  const { free, copies, stores, reserve } = await diskOf(profile);
  const state = free === null || free < NEEDED_FREE_BYTES ? 'bad' : free < NEARLY_FULL || reserve === false ? 'attention' : 'good';
  return { state, free: free === null ? null : megabytes(free), copies: megabytes(copies), stores, budget: site ? megabytes(site.diskBudgetBytes) : null, reserve };
}

function clock(desk: Desk): Health['clock'] {
  const ahead = desk.heard?.ahead ?? null;
  const lease = desk.lease();
  const setBack = lease ? advance(lease, desk.clock()).backward : null;
  const refused = lease !== null && offlineRefusal(lease, desk.clock()) === 'clock-set-back';
  const isOff = Math.abs(ahead ?? 0) * 1000 > CLOCK_DIFFERENCE_MS || (setBack ?? 0) > 0;
  return { state: refused ? 'bad' : isOff ? 'attention' : ahead === null ? 'unknown' : 'good', ahead, setBack, refused };
}

/** Of the practice and of signing in: what else a screen says is about a person's store. */
const OF_PRACTICE = /^(practice|sign-in|session|role|no-role|identity|lease|clock|stop-list|site-file-changed|rolled-back)/;

function toldOn({ state }: Desk): Problem | null {
  const told = state.screen === 'problem' ? state.problem : state.screen === 'sign-in' || state.screen === 'unlock' ? state.notice : null;
  return told && OF_PRACTICE.test(told.code) ? told : null;
}

function practice(desk: Desk): Health['practice'] {
  const { online, lastSync, leaseEnds, problem: standing, unsent, refused } = desk.standing();
  const problem = standing ?? toldOn(desk);
  // What is on the list was answered, although perhaps before the app was started.
  const reached = Math.max(desk.heard?.at ?? 0, Date.parse(lastSync ?? '') || 0);
  const unlocked = desk.vault?.unlocked === true && desk.person?.role.kind === 'clinician';
  return {
    state: problem || refused > 0 ? 'attention' : online ? 'good' : 'unknown', session: desk.session !== null, online, reached: reached === 0 ? null : new Date(reached).toISOString(), lastSync, leaseEnds,
    problem: problem?.code ?? null, why: unansweredReasons.find((why) => why === problem?.detail?.why) ?? null, unsent: unlocked ? unsent : null, refused: unlocked ? refused : null,
  };
}

function record({ vault }: Desk): Health['record'] {
  if (!vault) return { state: 'unknown', waiting: null, setAside: null, chain: null };
  const chain = chainState(vault);
  const setAside = vault.ledger.aside();
  return { state: chain === 'broken' ? 'bad' : setAside > 0 ? 'attention' : chain === null ? 'unknown' : 'good', waiting: vault.ledger.undelivered() - setAside, setAside, chain };
}

function site(desk: Desk, of: Site | undefined): Health['site'] {
  const problem = desk.state.screen === 'problem' && desk.state.problem.code.startsWith('site-file') ? desk.state.problem : null;
  // The first member of the path: what follows may be a name that somebody chose.
  const named = String(problem?.detail?.field ?? '').split('.')[0] ?? '';
  const field = siteMembers.find((member) => member === named) ?? null;
  const code: ProblemCode | null = problemCodes.find((one) => one === problem?.code) ?? null;
  const state: HealthState = code ? 'bad' : of ? 'good' : 'unknown';
  return { state, from: desk.siteFrom, odsCode: code ? null : of?.practice.odsCode ?? null, problem: code, field };
}

function log(): Health['log'] {
  const { files, bytes, works } = logUsage() ?? { files: 0, bytes: 0, works: false };
  return { state: works ? 'good' : 'attention', files, megabytes: Math.ceil(bytes / (MEGABYTE / 100)) / 100, works };
}

export async function health(desk: Desk): Promise<Health> {
  const of = desk.site as Site | undefined;
  return {
    at: new Date(desk.machine.now()).toISOString(),
    runtime: runtime(desk), system: system(), keychain: await keychain(desk), disk: await disk({ machine: desk.machine, site: of }), clock: clock(desk), practice: practice(desk), record: record(desk),
    site: site(desk, of), updates: { state: of ? 'good' : 'unknown', by: of?.updates.by ?? null }, log: log(),
  };
}
