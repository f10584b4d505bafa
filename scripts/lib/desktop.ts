import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { end, run, Stop } from './process.ts';

const keyringPassword = 'for tests only';
const secrets = 'org.freedesktop.secrets';

/** Ctrl-C is for the program: its session outlives it by a moment and is ended in order. */
const detached = true;

/** A started service: what to add to the environment of programs that use it, and how to end it. */
export interface Service {
  env: Record<string, string>;
  stop: () => Promise<void>;
}

/** Starts a display without a screen. */
export async function startDisplay(): Promise<Service> {
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1440x1000x24', '-nolisten', 'tcp', '-noreset'], { detached, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const number = await firstLine(child, child.stdio[3] as NodeJS.ReadableStream, 'Xvfb');
  return { env: { DISPLAY: `:${number}` }, stop: () => end(child) };
}

/**
 * Starts a message bus of its own, on which nothing is started by demand: what is not started here is not there.
 * @param dir folder for its socket
 * @param denySecrets whether the bus refuses every call to the Secret Service, as a confined system does
 */
export async function startBus(dir: string, denySecrets = false): Promise<Service> {
  const config = path.join(dir, 'bus.conf');
  await writeFile(
    config,
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${path.join(dir, 'bus')}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>${denySecrets ? `<deny send_destination="${secrets}"/>` : ''}</policy>
</busconfig>
`,
  );
  const child = spawn('dbus-daemon', [`--config-file=${config}`, '--nofork', '--nopidfile', '--print-address=1'], { detached, stdio: ['ignore', 'pipe', 'pipe'] });
  const address = await firstLine(child, child.stdout, 'dbus-daemon');
  return { env: { DBUS_SESSION_BUS_ADDRESS: address }, stop: () => end(child) };
}

export interface Keyring extends Service {
  /** Locks the collection, as a desktop does when its user leaves. */
  lock: () => Promise<void>;
  /** Unlocks it again, by starting the daemon anew with the password: it can be unlocked otherwise only in a dialogue. */
  unlock: () => Promise<void>;
}

/**
 * Starts a real Secret Service with an unlocked collection on the bus that `env` names.
 * @param env needs DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR and HOME
 */
export async function startKeyring(env: NodeJS.ProcessEnv): Promise<Keyring> {
  let child = await startDaemon(env);
  return {
    env: {},
    stop: () => end(child),
    lock: async () => {
      const { code, stderr } = await call(env, secrets, '/org/freedesktop/secrets', 'org.freedesktop.Secret.Service.Lock', 'array:objpath:/org/freedesktop/secrets/collection/login');
      if (code !== 0) throw new Stop(`The collection could not be locked: ${stderr}`);
    },
    unlock: async () => {
      await end(child);
      child = await startDaemon(env);
    },
  };
}

async function startDaemon(env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], { env, detached, stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.end(keyringPassword);
  const until = Date.now() + 15_000;
  while (!(await ownsName(env))) {
    if (Date.now() > until || child.exitCode !== null) {
      await end(child);
      throw new Stop('gnome-keyring-daemon did not offer a Secret Service within 15 s. Is it installed?');
    }
    await sleep(50);
  }
  return child;
}

const call = (env: NodeJS.ProcessEnv, destination: string, object: string, member: string, ...args: string[]) =>
  run('dbus-send', ['--session', '--print-reply', '--reply-timeout=5000', `--dest=${destination}`, object, member, ...args], { env, timeout: 10_000 });

/** Whether there is a message bus with a Secret Service, locked or not. */
export async function hasSecretService(env: NodeJS.ProcessEnv): Promise<boolean> {
  if (!env.DBUS_SESSION_BUS_ADDRESS && !env.XDG_RUNTIME_DIR) return false;
  return ownsName(env);
}

/** Whether the Secret Service is on the bus and has its collection, or refuses to say. */
async function ownsName(env: NodeJS.ProcessEnv): Promise<boolean> {
  const reply = await call(env, secrets, '/org/freedesktop/secrets', 'org.freedesktop.Secret.Service.ReadAlias', 'string:default');
  return reply.stdout.includes('/collection/') || reply.stderr.includes('AccessDenied');
}

/** Folders of one desktop session, private to the user, in a place short enough for socket names. */
export async function startFolders(): Promise<Service & { dir: string }> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'room-'));
  const made = { HOME: 'home', XDG_RUNTIME_DIR: 'run', XDG_CONFIG_HOME: 'home/.config', XDG_DATA_HOME: 'home/.local/share', XDG_CACHE_HOME: 'home/.cache', TMPDIR: 'tmp' };
  const env: Record<string, string> = {};
  for (const [name, folder] of Object.entries(made)) {
    env[name] = path.join(dir, folder);
    await mkdir(path.join(dir, folder), { recursive: true, mode: 0o700 });
  }
  const stop = async () => {
    await endAllIn(dir);
    await rm(dir, { recursive: true, force: true });
  };
  return { dir, env, stop };
}

/** Ends what was started in these folders and outlived its starter: their random name is in its environment. */
async function endAllIn(dir: string): Promise<void> {
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    // Processes of others cannot be read, and are not ours.
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (!environment.includes(`${dir}/`)) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
}

/** A whole desktop session for a run of tests: folders, display, bus, keychain. `stop` ends them in reverse. */
export async function startDesktop(): Promise<Service> {
  const stack: Service[] = [];
  const stop = async () => {
    for (const service of stack.splice(0).reverse()) await service.stop();
  };
  try {
    const folders = await startFolders();
    stack.push(folders);
    stack.push(await startDisplay());
    stack.push(await startBus(folders.dir));
    const env = () => Object.assign({}, ...stack.map((service) => service.env)) as Record<string, string>;
    stack.push(await startKeyring({ ...process.env, ...env() }));
    return { env: env(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function firstLine(child: ChildProcess, stream: NodeJS.ReadableStream, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    let complaint = '';
    child.stderr?.on('data', (data: Buffer) => (complaint += data.toString()));
    const timer = setTimeout(() => {
      void end(child);
      reject(new Stop(`${name} did not start within 15 s. ${complaint}`));
    }, 15_000);
    stream.on('data', (data: Buffer) => {
      text += data.toString();
      const line = text.split('\n')[0];
      if (!text.includes('\n') || !line) return;
      clearTimeout(timer);
      resolve(line.trim());
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(new Stop(`${name} could not be started: ${error.message}`));
    });
    child.on('exit', () => {
      clearTimeout(timer);
      reject(new Stop(`${name} ended at once. ${complaint}`));
    });
  });
}
