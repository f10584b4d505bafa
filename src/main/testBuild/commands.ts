/**
 * Commands of the test build: `--test-command=NAME OPERAND [--option VALUE]`, run instead of the app. This folder is reached by one
 * import in index.ts that the shipped bundle does not have (the witness by one in app.ts); packaging searches what is shipped for the text "test-command".
 */
import type { Where } from '../journeys/vaults.ts';
import { runExportKey } from './exportKey.ts';
import { runRequests } from './requests.ts';
import { runVectors } from './vectorsCommand.ts';

export interface Invocation {
  operand: string | null;
  /** The value of `--name VALUE`. */
  option: (name: string) => string | null;
  machine: Where['machine'];
  packaged: boolean;
  /** From standard input, so that it is in no process list; its last line break does not count. */
  secret: () => Promise<string>;
  say: (line: string) => void;
}

const commands: Record<string, (invocation: Invocation) => number | Promise<number>> = { 'vectors': runVectors, 'export-key': runExportKey, 'requests': runRequests };

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8').replace(/\r?\n$/, '');
}

/** Runs the command that the command line names and answers with its exit code; null when it names none, and the app is to start. */
export async function runTestCommand(argv: readonly string[], { machine, packaged }: Pick<Invocation, 'machine' | 'packaged'>): Promise<number | null> {
  const at = argv.findIndex((arg) => arg.startsWith('--test-command='));
  const name = argv[at]?.slice('--test-command='.length);
  if (name === undefined) return null;
  const value = (text: string | undefined) => (text === undefined || text.startsWith('--') ? null : text);
  const invocation: Invocation = {
    operand: value(argv[at + 1]),
    option: (wanted) => value(argv.includes(`--${wanted}`) ? argv[argv.indexOf(`--${wanted}`) + 1] : undefined),
    machine, packaged,
    secret: standardInput,
    say: (line) => void process.stdout.write(`${line}\n`),
  };
  try {
    const command = commands[name];
    if (!command) throw new Error(`test-command: there is no ${name}; there are ${Object.keys(commands).join(', ')}`);
    return await command(invocation);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
