/** The process that is killed: does the steps of its job (one line on standard input), and says each as it goes on descriptor 3. */
import { writeSync } from 'node:fs';
import { FileKeychain } from './keychainFile.ts';
import { Run, type Plant, type Said, type Step } from './scenario.ts';
import { Shim } from './shim/shim.ts';

export interface KillJob {
  folder: string;
  /** The keychain's file. */
  keychain: string;
  steps: Step[];
  plant: Plant;
  /** The change in whose middle it is killed, or null: its parent does it at a moment of its own. */
  killAt: number | null;
}

export type KilledSays = Said | { ready: true } | { end: string | null };

const say = (line: KilledSays): void => {
  writeSync(3, `${JSON.stringify(line)}\n`);
};

async function live({ folder, keychain, steps, plant, killAt }: KillJob): Promise<void> {
  const run = new Run(folder, new FileKeychain(FileKeychain.read(keychain), keychain), say, plant);
  if (killAt !== null) new Shim().killAt(killAt);
  say({ ready: true });
  await run.go(steps);
}

let input = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (text: string) => {
  input += text;
  if (!input.endsWith('\n')) return;
  // It waits to be killed when it is done: every case is a kill.
  void live(JSON.parse(input) as KillJob).then(() => say({ end: null }), (error: unknown) => say({ end: String(error) }));
});
