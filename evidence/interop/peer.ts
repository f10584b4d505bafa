/** A server that others wrote, as a child process on loopback: started, waited for, ended by pid; its log is kept. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { cache } from '../../scripts/lib/paths.ts';
import { Stop } from '../../scripts/lib/process.ts';

export const interopCache = path.join(cache, 'interop');

export interface Peer {
  name: string;
  /** What an address of this server begins with: HAPI's FHIR base, Keycloak's realm (its issuer). */
  url: string;
  version: string;
  pid: number;
  /** From start to the first healthy answer. */
  seconds: number;
  stop(): Promise<void>;
}

export interface Where {
  port: number;
  /** What it stores. In the same one a server starts again with what it had. */
  folder: string;
}

export interface Program {
  name: string;
  version: string;
  url: string;
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Answers 200 once the server can be used. */
  health: string;
}

const START_MS = 5 * 60_000;
const STOP_MS = 20_000;
const KILL_MS = 10_000;

/** Process groups that run, and folders of this run: none outlives this process, unless it is killed. */
const groups = new Set<number>();
const folders = new Set<string>();
process.on('exit', () => {
  for (const pid of groups) signal(pid, 'SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});
for (const [name, number] of [['SIGINT', 2], ['SIGTERM', 15], ['SIGHUP', 1]] as const) {
  // Whoever else hears of the signal, as what ends other children, is heard first.
  process.once(name, () => setImmediate(() => process.exit(128 + number)));
}

export async function startPeer({ name, version, url, command, args, env, cwd, health }: Program): Promise<Peer> {
  const started = Date.now();
  const logs = path.join(interopCache, 'logs');
  mkdirSync(logs, { recursive: true });
  const logFile = path.join(logs, `${name}-${new Date(started).toISOString().replace(/[:.]/g, '-')}.log`);
  const log = openSync(logFile, 'a');
  // A group of its own: a start script and the server that it starts end together.
  const child = spawn(command, args, { detached: true, stdio: ['ignore', log, log], env: { ...process.env, ...env }, ...(cwd === undefined ? {} : { cwd }) });
  closeSync(log);
  let ended: string | null = null as string | null;
  child.on('error', (error) => (ended = error.message));
  const { pid } = child;
  child.on('exit', (code, by) => {
    ended = `it ended with ${by ?? `code ${code}`}`;
    // Its number may be another group's by and by.
    if (pid !== undefined && !alive(pid)) groups.delete(pid);
  });
  if (pid !== undefined) groups.add(pid);
  const stop = async (): Promise<void> => {
    if (pid === undefined || !groups.has(pid)) return;
    signal(pid, 'SIGTERM');
    for (const until = Date.now() + STOP_MS; alive(pid) && Date.now() < until;) await wait(100);
    signal(pid, 'SIGKILL');
    for (const until = Date.now() + KILL_MS; alive(pid) && Date.now() < until;) await wait(100);
    if (alive(pid)) throw new Stop(`${name} (group ${pid}) cannot be ended.`);
    groups.delete(pid);
  };
  while (ended === null && Date.now() - started < START_MS) {
    const healthy = await answers(health);
    if (healthy && pid !== undefined) return { name, url, version, pid, seconds: Math.round((Date.now() - started) / 100) / 10, stop };
    await wait(500);
  }
  await stop();
  throw new Stop(`${name} did not start: ${ended ?? `no answer in ${START_MS / 1000} s`}. Its log, ${logFile}, ends with:\n${readFileSync(logFile, 'utf8').trim().split('\n').slice(-15).join('\n')}`);
}

/** The first answer of a server may take long. */
async function answers(address: string): Promise<boolean> {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(30_000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

/** Both peers are unpacked once and keep one realm to import: two runs at a time would be in each other's way. Takes away what a run that was killed has left. */
export function oneAtATime(): void {
  const lock = path.join(interopCache, 'running');
  mkdirSync(interopCache, { recursive: true });
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
  } catch {
    const other = Number(readFileSync(lock, 'utf8'));
    if (other > 0 && other !== process.pid && isThere(other)) throw new Stop(`Another run (pid ${other}) is going on. If there is none, remove ${lock}.`);
    endLeftovers();
    rmSync(path.join(interopCache, 'run'), { recursive: true, force: true });
    writeFileSync(lock, String(process.pid));
  }
  process.on('exit', () => rmSync(lock, { force: true }));
}

/** Servers of a run that was killed: their command names the folder of the runs. */
function endLeftovers(): void {
  const runs = path.join(interopCache, 'run');
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number)) {
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${runs}${path.sep}`)) process.kill(pid, 'SIGKILL');
    } catch {
      // Gone meanwhile, or another's.
    }
  }
}

/** A folder that goes when this process ends. */
export function runFolder(name: string): string {
  const runs = path.join(interopCache, 'run');
  mkdirSync(runs, { recursive: true });
  const folder = mkdtempSync(path.join(runs, `${name}-`));
  folders.add(folder);
  return folder;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Whether anything of the group is left; the group keeps the pid of whoever led it. */
export const alive = (pid: number): boolean => isThere(-pid);

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // Nobody is left.
  }
}
