/** What a vault must have, from what its run said; and the look at what it has. */
import { codeOf, FuzzVault, laterMigrations, type Entry } from './adapter.ts';
import { mediaOf, SECRETS } from './content.ts';
import type { FileKeychain } from './keychainFile.ts';
import type { Said, Step } from './scenario.ts';

/** What was acknowledged: the step's call had returned. */
export class Promised {
  /** `created`: the vault's making was acknowledged. */
  created = false;
  secret: string | null = null;
  formerSecrets: string[] = [];
  entries: Entry[] = [];
  lease: string | null = null;
  copies = new Map<number, number>();
  purged = new Map<number, number>();
  work = new Map<string, string>();
  /** What the practice must be able to open, whatever becomes of the secret. */
  forPractice = new Map<string, string>();
  migrations = 0;
  /** The step that had begun and not returned; it may have happened or not. */
  pending: Step | null = null;

  hear(said: Said): void {
    if ('begin' in said) this.pending = said.begin;
    // A step that failed may have happened in part: it stays pending until the next one begins.
    else if ('done' in said) {
      this.pending = null;
      this.#keep(said.done, said.value);
    }
  }

  static from(lines: Iterable<Said>, start?: Promised): Promised {
    const promised = start?.clone() ?? new Promised();
    for (const said of lines) promised.hear(said);
    return promised;
  }

  clone(): Promised {
    return Object.assign(new Promised(), structuredClone(Object.fromEntries(Object.entries(this))));
  }

  #keep(step: Step, value: unknown): void {
    switch (step.do) {
      case 'create':
      case 'setSecret':
        if (step.do === 'setSecret') this.formerSecrets.push(...SECRETS.filter((secret) => secret !== step.secret));
        this.created = true;
        this.secret = step.secret;
        break;
      case 'append': this.entries.push(value as Entry); break;
      case 'lease': this.lease = value as string; break;
      case 'download': this.copies.set(step.recording, step.size); this.purged.delete(step.recording); break;
      case 'purge': this.#gone(step.recording); break;
      case 'work': this.work.set(step.key, step.text); this.forPractice.set(step.key, step.text); break;
      case 'changeSecret': this.formerSecrets.push(step.from); this.formerSecrets = this.formerSecrets.filter((s) => s !== step.to); this.secret = step.to; break;
      case 'migrate': this.migrations = step.count; break;
      case 'destroyContent':
        if (this.secret !== null) this.formerSecrets.push(this.secret);
        this.secret = null;
        for (const recording of [...this.copies.keys()]) this.#gone(recording);
        this.work.clear();
        break;
      case 'open': case 'assign': case 'checkpoint': case 'close': case 'breakOff': break;
    }
  }

  #gone(recording: number): void {
    const size = this.copies.get(recording);
    if (size !== undefined) this.purged.set(recording, size);
    this.copies.delete(recording);
  }
}

/** Each a sentence; none is there when the vault is as it was promised. */
export interface Findings {
  lost: string[];
  /** Half-made things taken for whole, secrets that open what they must not, copies that are not gone. */
  wrong: string[];
  /** Errors without words for a person. */
  unnamed: string[];
}

export const clean = ({ lost, wrong, unnamed }: Findings): boolean => lost.length + wrong.length + unnamed.length === 0;

interface Look {
  /** Also write, download and read: the vault goes on. */
  goesOn?: boolean;
}

/** Opens what is in `folder` as a start of the app does, and compares it with what was promised. */
export async function look(folder: string, keychain: FileKeychain, promised: Promised, { goesOn = false }: Look = {}): Promise<Findings> {
  const found: Findings = { lost: [], wrong: [], unnamed: [] };
  const { pending } = promised;
  const migrations = Math.max(promised.migrations, pending?.do === 'migrate' ? pending.count : 0);
  laterMigrations(migrations);
  let vault: FuzzVault | null = null;
  /** Any error on the way: unnamed when it has no code, and in every case what `title` promised is not there. */
  const attempt = async (title: string, body: () => unknown): Promise<boolean> => {
    try {
      await body();
      return true;
    } catch (error) {
      const code = codeOf(error);
      if (code === null) found.unnamed.push(`${title}: ${error instanceof Error ? `${error.name} ${error.message}` : String(error)}`);
      found.lost.push(`${title}: ${code ?? 'error'} ${error instanceof Error ? error.message : ''}`);
      return false;
    }
  };
  try {
    try {
      vault = await FuzzVault.load(folder, keychain);
    } catch (error) {
      const code = codeOf(error);
      if (code === null) found.unnamed.push(`load: ${String(error)}`);
      if (promised.created) found.lost.push(`the vault does not open: ${code ?? 'error'} ${error instanceof Error ? error.message : ''}`);
      return found;
    }
    const there = vault;
    if (there.rolledBack) found.wrong.push('false alarm: what a crash left is taken for an older copy of the ledger');
    await attempt('ledger', () => lookAtLedger(there, promised, found));
    await lookAtSecret(there, promised, found, attempt);
    if (there.rolledBack && found.wrong.length === 0) found.wrong.push('false alarm: what a crash left is taken for an older copy of the library');
    if (there.secretSet && promised.secret === null && pending?.do !== 'setSecret' && pending?.do !== 'create' && pending?.do !== 'destroyContent') found.wrong.push('a secret is set that nobody set');
    if (goesOn && clean(found)) await attempt('going on', async () => {
      const before = there.chain().entries.length;
      there.append(99);
      if (there.chain().entries.length !== before + 1) found.wrong.push('an entry after the fault is not there');
      if (there.secretSet) {
        await there.download(90, 2_000);
        if (!(await there.read(90, 2_000)).equals(mediaOf(90, 2_000))) found.wrong.push('a copy after the fault is not right');
      } else await there.setSecret(SECRETS[2]);
    });
  } finally {
    try {
      await vault?.close();
    } catch (error) {
      found.unnamed.push(`close: ${String(error)}`);
    }
    laterMigrations(0);
  }
  return found;
}

async function lookAtLedger(vault: FuzzVault, promised: Promised, found: Findings): Promise<void> {
  const { entries, sound } = vault.chain();
  if (!sound) found.wrong.push('the chain does not verify');
  for (const { seq, hash } of promised.entries) {
    if (entries[seq - 1]?.hash !== hash) {
      found.lost.push(`audit entry ${seq} of ${promised.entries.length}: ${entries.length} are there`);
      break;
    }
  }
  const more = entries.length - promised.entries.length;
  if (more > 0 && !(more === 1 && promised.pending !== null)) found.wrong.push(`${more} audit entries that nobody wrote`);
  if (promised.lease !== null && promised.pending?.do !== 'lease' && vault.lease() !== promised.lease) found.lost.push('the lease');
  for (const [key, text] of promised.forPractice) {
    const kept = await vault.sealedWork(key);
    const { pending } = promised;
    if (kept !== text && !(pending?.do === 'work' && pending.key === key && kept === pending.text)) found.lost.push(`work ${key}, sealed for the practice`);
  }
  for (let n = 1; n <= promised.migrations; n += 1) {
    const rows = vault.migrated(n);
    if (rows === null) found.lost.push(`migration ${n}`);
    else if (rows > entries.length || rows < Math.min(2, promised.entries.length)) found.wrong.push(`migration ${n} is half made`);
  }
}

type Attempt = (title: string, body: () => unknown) => Promise<boolean>;

async function lookAtSecret(vault: FuzzVault, promised: Promised, found: Findings, attempt: Attempt): Promise<void> {
  const { pending } = promised;
  if (!vault.secretSet) {
    const mayBe = promised.secret === null || pending?.do === 'destroyContent';
    if (!mayBe) found.lost.push('the secret and all that it opens');
    return;
  }
  // Each try waits longer than the last; the clock of these runs goes on as fast.
  let now = Date.parse('2026-11-20T13:00:00Z');
  const opens = async (secret: string): Promise<boolean> => {
    now += 24 * 3600_000;
    try {
      await vault.unlock(secret, now);
      return true;
    } catch (error) {
      if (codeOf(error) === 'wrong-secret') return false;
      throw error;
    }
  };
  for (const former of new Set(promised.formerSecrets)) {
    const mayOpen = former === promised.secret || (pending?.do === 'changeSecret' && pending.to === former) || (pending?.do === 'setSecret' && pending.secret === former);
    if (mayOpen) continue;
    const answer = { opened: false };
    await attempt('a former secret is refused', async () => { answer.opened = await opens(former); });
    if (answer.opened) {
      found.wrong.push('a former secret opens the vault');
      vault.lock();
    }
  }
  const candidates = [promised.secret, pending?.do === 'changeSecret' ? pending.to : null, pending?.do === 'setSecret' || pending?.do === 'create' ? pending.secret : null].filter((secret) => secret !== null);
  const answer = { opened: false };
  const tried = await attempt('unlock', async () => {
    for (const secret of candidates) if (!answer.opened) answer.opened = await opens(secret);
  });
  if (!answer.opened) {
    // With no secret promised nothing is lost, but a person who can neither unlock nor choose a secret again is stuck.
    if (promised.secret === null) found.wrong.push(`stuck, a secret is set and does not unlock: ${found.lost.pop() ?? 'wrong secret'}`);
    else if (tried) found.lost.push('the secret does not open the vault');
    return;
  }
  for (const [key, text] of promised.work) {
    const now = vault.work(key);
    const other = pending?.do === 'work' && pending.key === key ? pending.text : null;
    if (now !== text && (other === null || now !== other)) found.lost.push(`work ${key}`);
  }
  const touched = pending?.do === 'purge' || pending?.do === 'download' ? pending.recording : null;
  for (const [recording, size] of promised.copies) {
    if (recording === touched && pending?.do === 'purge' && !vault.holds(recording, size)) continue;
    await attempt(`copy ${recording}`, async () => {
      if (!(await vault.read(recording, size)).equals(mediaOf(recording, size))) found.wrong.push(`copy ${recording} has other bytes`);
    });
  }
  if (pending?.do === 'download' && !promised.copies.has(pending.recording) && vault.holds(pending.recording, pending.size)) {
    await attempt(`half-made copy ${pending.recording}`, async () => {
      if (!(await vault.read(pending.recording, pending.size)).equals(mediaOf(pending.recording, pending.size))) found.wrong.push(`half-made copy ${pending.recording} has other bytes`);
    });
  }
  for (const [recording, size] of promised.purged) if (recording !== touched && vault.holds(recording, size)) found.wrong.push(`copy ${recording} was destroyed and is held`);
  const strays = vault.strays();
  if (strays.length > 0) found.wrong.push(`${strays.length} sealed files that no copy has`);
}
