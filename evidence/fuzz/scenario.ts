/** What a person and the app do with a vault, step by step, and what each step promises once its call has returned. */
import { laterMigrations, FuzzVault } from './adapter.ts';
import { SECRETS } from './content.ts';
import type { FileKeychain } from './keychainFile.ts';
import type { Random } from './random.ts';

export type Step =
  | { do: 'create'; secret: string }
  | { do: 'open'; secret: string }
  | { do: 'append'; n: number }
  | { do: 'lease'; n: number }
  | { do: 'assign'; recording: number }
  | { do: 'download'; recording: number; size: number }
  /** A download whose line breaks after `kept` bytes. */
  | { do: 'breakOff'; recording: number; size: number; kept: number }
  | { do: 'purge'; recording: number }
  | { do: 'work'; key: string; text: string }
  | { do: 'checkpoint' }
  | { do: 'changeSecret'; from: string; to: string }
  | { do: 'destroyContent' }
  | { do: 'setSecret'; secret: string }
  | { do: 'migrate'; secret: string; count: number }
  | { do: 'close' };

/** One line that a run writes as it goes: a step begins, is done (`value`: what it returned), or failed. */
export type Said = { begin: Step } | { done: Step; value?: unknown } | { failed: Step };

/** A defect planted for a control. */
export type Plant = 'weak-sync' | 'early-done' | 'swallowed' | null;

/** A start of the app: what the steps act on. */
export class Run {
  #vault: FuzzVault | null = null;
  readonly #folder: string;
  readonly #keychain: FileKeychain;
  readonly #say: (said: Said) => void;
  readonly #plant: Plant;

  constructor(folder: string, keychain: FileKeychain, say: (said: Said) => void, plant: Plant = null) {
    this.#folder = folder;
    this.#keychain = keychain;
    this.#say = say;
    this.#plant = plant;
  }

  get isOpen(): boolean {
    return this.#vault !== null;
  }

  get vault(): FuzzVault {
    if (!this.#vault) throw new Error('the scenario acts on a vault that is not open');
    return this.#vault;
  }

  /** Does the steps; a step that fails ends it, with what it threw. */
  async go(steps: Iterable<Step>): Promise<void> {
    for (const step of steps) {
      this.#say({ begin: step });
      if (this.#plant === 'early-done' && step.do === 'append') {
        this.#say({ done: step, value: { seq: 0, hash: 'planted: said before it was done' } });
        continue;
      }
      try {
        const value = await this.#take(step);
        this.#say(value === undefined ? { done: step } : { done: step, value });
      } catch (error) {
        if (this.#plant === 'swallowed') this.#say({ done: step });
        else {
          this.#say({ failed: step });
          throw error;
        }
      }
    }
  }

  async close(): Promise<void> {
    const vault = this.#vault;
    this.#vault = null;
    await vault?.close();
  }

  /** What is open knows that the keychain knows. */
  async settled(): Promise<void> {
    await this.#vault?.settled();
  }

  async #load(): Promise<void> {
    await this.close();
    this.#vault = await FuzzVault.load(this.#folder, this.#keychain);
  }

  #plantNow(): void {
    if (this.#plant === 'weak-sync') this.vault.plantWeakSync();
  }

  async #take(step: Step): Promise<unknown> {
    switch (step.do) {
      case 'create':
        await this.#load();
        await this.vault.setSecret(step.secret);
        this.#plantNow();
        return;
      case 'open':
        await this.#load();
        await this.vault.unlock(step.secret);
        this.#plantNow();
        return;
      case 'migrate':
        laterMigrations(step.count);
        await this.#load();
        return this.vault.unlock(step.secret);
      case 'append': return this.vault.append(step.n);
      case 'lease': return this.vault.renewLease(step.n);
      case 'assign': { this.vault.assign(step.recording); return; }
      case 'breakOff': return this.vault.breakOff(step.recording, step.size, step.kept);
      case 'download': return this.vault.download(step.recording, step.size);
      case 'purge': return this.vault.purge(step.recording);
      case 'work': return this.vault.keepWork(step.key, step.text);
      case 'checkpoint': { this.vault.checkpoint(); return; }
      case 'changeSecret': return this.vault.changeSecret(step.from, step.to);
      case 'destroyContent': return this.vault.destroyContent();
      case 'setSecret': return this.vault.setSecret(step.secret);
      case 'close': return this.close();
    }
  }
}

const [FIRST, SECOND] = SECRETS;

/** The vault that most scenarios start from: in use for a while, with two copies. */
export const templateSteps: readonly Step[] = [
  { do: 'create', secret: FIRST }, { do: 'append', n: 1 }, { do: 'lease', n: 1 }, { do: 'assign', recording: 1 }, { do: 'assign', recording: 2 },
  { do: 'download', recording: 1, size: 300_000 }, { do: 'download', recording: 2, size: 9_000 }, { do: 'work', key: 'a', text: 'first' }, { do: 'append', n: 2 }, { do: 'close' },
];

/** For the tampering of databases: the same, light to copy. */
export const smallTemplateSteps: readonly Step[] = [
  { do: 'create', secret: FIRST }, { do: 'append', n: 1 }, { do: 'lease', n: 1 }, { do: 'assign', recording: 1 }, { do: 'download', recording: 1, size: 700 },
  { do: 'work', key: 'a', text: 'first' }, { do: 'append', n: 2 }, { do: 'close' },
];

export interface Scenario {
  name: string;
  /** From an empty folder, or from the template. */
  from: 'nothing' | 'template';
  steps(random: Random): Step[];
}

const some = (random: Random): Step[] => Array.from({ length: 1 + random.int(3) }, (_, i) => ({ do: 'append', n: 10 + i }) as const);

export const scenarios: readonly Scenario[] = [
  { name: 'create', from: 'nothing', steps: (random) => [{ do: 'create', secret: FIRST }, ...some(random), { do: 'lease', n: 2 }, { do: 'download', recording: 3, size: 5_000 }, { do: 'close' }] },
  { name: 'audit', from: 'template', steps: (random) => [{ do: 'open', secret: FIRST }, ...some(random), { do: 'lease', n: 3 }, ...some(random), { do: 'work', key: 'a', text: 'second' }, { do: 'work', key: 'b', text: 'new' }, ...some(random)] },
  { name: 'download', from: 'template', steps: (random) => [{ do: 'open', secret: FIRST }, { do: 'assign', recording: 3 }, { do: 'download', recording: 3, size: 1 + random.int(600_000) }, { do: 'append', n: 3 },
    { do: 'download', recording: 4, size: 262_088 }, { do: 'append', n: 4 }, { do: 'close' }] },
  { name: 'resume', from: 'template', steps: (random) => {
    const [size, kept] = [300_000 + random.int(400_000), random.int(300_000)];
    return [{ do: 'open', secret: FIRST }, { do: 'breakOff', recording: 3, size, kept }, { do: 'append', n: 3 }, { do: 'close' }, { do: 'open', secret: FIRST }, { do: 'breakOff', recording: 3, size, kept: kept + 50_000 },
      { do: 'download', recording: 3, size }, { do: 'append', n: 4 }];
  } },
  { name: 'checkpoint', from: 'template', steps: (random) => [{ do: 'open', secret: FIRST }, ...some(random), { do: 'work', key: 'a', text: 'third' }, { do: 'checkpoint' }, ...some(random), { do: 'work', key: 'a', text: 'fourth' },
    { do: 'checkpoint' }, { do: 'append', n: 5 }, { do: 'close' }, { do: 'open', secret: FIRST }, { do: 'append', n: 6 }] },
  { name: 'purge', from: 'template', steps: () => [{ do: 'open', secret: FIRST }, { do: 'purge', recording: 1 }, { do: 'append', n: 7 }, { do: 'purge', recording: 2 }, { do: 'append', n: 8 }, { do: 'close' }, { do: 'open', secret: FIRST }] },
  { name: 'destruction', from: 'template', steps: () => [{ do: 'open', secret: FIRST }, { do: 'append', n: 9 }, { do: 'destroyContent' }, { do: 'append', n: 10 }, { do: 'setSecret', secret: SECOND }, { do: 'download', recording: 5, size: 4_000 }, { do: 'append', n: 11 }] },
  { name: 'migration', from: 'template', steps: (random) => [{ do: 'migrate', secret: FIRST, count: 1 + random.int(3) }, { do: 'append', n: 12 }, { do: 'close' }] },
  { name: 'secret', from: 'template', steps: () => [{ do: 'open', secret: FIRST }, { do: 'append', n: 13 }, { do: 'changeSecret', from: FIRST, to: SECOND }, { do: 'append', n: 14 },
    { do: 'changeSecret', from: SECOND, to: SECRETS[2] }, { do: 'download', recording: 6, size: 3_000 }, { do: 'close' }, { do: 'open', secret: SECRETS[2] }] },
];
