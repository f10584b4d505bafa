/** A vault in use, made once and copied for each case, with what it promised. */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { keysOf } from './adapter.ts';
import { type Needle, needles } from './canaries.ts';
import { FileKeychain, type KeychainEntries } from './keychainFile.ts';
import { Promised } from './oracle.ts';
import { Run, type Said, type Scenario, type Step } from './scenario.ts';

export interface Template {
  folder: string;
  keychain: KeychainEntries;
  promised: Promised;
  needles: Needle[];
}

export async function makeTemplate(folder: string, steps: readonly Step[]): Promise<Template> {
  const keychain = new FileKeychain({});
  const said: Said[] = [];
  const run = new Run(folder, keychain, (line) => said.push(line));
  await run.go(steps);
  await run.close();
  return { folder, keychain: keychain.copy(), promised: Promised.from(said), needles: needles(await keysOf(folder, keychain)) };
}

/** The state that a scenario starts from, below a folder of its own: see {@link vaultIn}. */
export function layOut(template: Template, scenario: Pick<Scenario, 'from'>, folder: string): { keychain: KeychainEntries; promised: Promised } {
  rmSync(folder, { recursive: true, force: true });
  // The vault's own folder is made by the vault.
  if (scenario.from === 'nothing') {
    mkdirSync(folder, { recursive: true });
    return { keychain: {}, promised: new Promised() };
  }
  cpSync(template.folder, vaultIn(folder), { recursive: true });
  return { keychain: template.keychain, promised: template.promised.clone() };
}

export const vaultIn = (folder: string): string => join(folder, 'vault');
