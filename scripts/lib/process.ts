import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';

export interface Finished {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Milliseconds after which the process is ended. */
  timeout?: number;
  /** Shows the output instead of returning it. */
  show?: boolean;
}

const passed = ['SIGINT', 'SIGTERM'] as const;

/** Says one line to the person running the script. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A failure that is explained to the person in one sentence, without a stack. */
export class Stop extends Error {}

/** Runs a program to its end. Never throws on a non-zero code; a program that is missing has code 127, one that ran out of time 124. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return new Promise((resolve) => {
    const spawnOptions: SpawnOptions = {
      stdio: options.show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      env: options.env ?? process.env,
      // A group of its own, so that a timeout ends what the program started as well.
      detached: options.timeout !== undefined,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    };
    const child = spawn(command, args, spawnOptions);
    let stdout = '';
    let stderr = '';
    let late = false;
    child.stdout?.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr?.on('data', (data: Buffer) => (stderr += data.toString()));
    const timer =
      options.timeout === undefined
        ? undefined
        : setTimeout(() => {
            late = true;
            signalGroup(child, 'SIGKILL');
          }, options.timeout);
    // What is in a group of its own does not hear the terminal.
    const pass = (signal: NodeJS.Signals) => signalGroup(child, signal);
    const stopPassing = () => {
      for (const signal of passed) process.off(signal, pass);
    };
    if (options.timeout !== undefined) for (const signal of passed) process.on(signal, pass);
    child.on('error', (error) => {
      clearTimeout(timer);
      stopPassing();
      resolve({ code: 127, stdout, stderr: stderr + error.message });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      stopPassing();
      resolve({ code: late ? 124 : (code ?? 1), stdout, stderr });
    });
  });
}

/** Runs a program whose failure ends the script. @throws Stop with what it printed last */
export async function must(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code === 0) return stdout;
  const said = (stderr || stdout).trim().split('\n').slice(-12).join('\n');
  throw new Stop(`${command} ${args.slice(0, 3).join(' ')} … ended with code ${code}${code === 124 ? ' (out of time)' : ''}\n${said}`);
}

/**
 * Lets the script outlive Ctrl-C and the closing of its terminal, for tidying up after the program that it runs: that one is in the
 * same group, hears the terminal itself and ends.
 */
export function outliveTerminal(): void {
  for (const signal of [...passed, 'SIGHUP'] as const) process.on(signal, () => undefined);
  // Once the terminal is gone, nothing that is said has a reader.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** Ends a process (and its group, when it leads one): asks, and after `grace` milliseconds insists. */
export async function end(child: ChildProcess, grace = 5_000): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), grace);
  await gone;
  clearTimeout(timer);
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}

/** Runs a script's main function: a `Stop` is printed as a sentence, anything else with its stack; both end with code 1. */
export async function main(body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    process.stderr.write(error instanceof Stop ? `\n${error.message}\n` : `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  }
  const code = process.exitCode;
  // electron-builder brings an exit hook that ends the process with 0 once nothing is left to do, whatever was set here.
  if (code) process.on('exit', () => (process.exitCode = code));
}
