/** The one file that knows the vault's API. Everything else of these runs speaks of what a person does and what they then have. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compactDecrypt } from 'jose';
import { demoKeys } from '../../practice/keys.ts';
import { publicKeyOf, signingKey, verifyChain } from '../../src/main/audit/chain.ts';
import { Journal } from '../../src/main/audit/journal.ts';
import type { Assured } from '../../src/main/assurance/assess.ts';
import { confirmMedia } from '../../src/main/assurance/confirm.ts';
import { Failure } from '../../src/main/platform/failure.ts';
import type { AskFrom } from '../../src/main/vault/download.ts';
import { databaseFailure, type Db } from '../../src/main/platform/database.ts';
import { Keychain, type KeychainApi } from '../../src/main/vault/keychain.ts';
import { Keyring, type Place } from '../../src/main/vault/keyring.ts';
import { issueLease } from '../../src/main/vault/lease.ts';
import { ledgerMigrations } from '../../src/main/vault/ledger.ts';
import { libraryMigrations, type AssignmentRow } from '../../src/main/vault/library.ts';
import { SealedCopy } from '../../src/main/vault/sealedRecording.ts';
import { associatedAt, PartWriter } from '../../src/main/vault/sealedPart.ts';
import { sealerInProcess } from '../../src/main/vault/sealer/sealer.fixture.ts';
import { HEADER_BYTES, locate, openSegment, openStream, SealBroken, SEGMENT_BYTES, SegmentSealer, shapeOf, slotCapacity } from '../../src/main/vault/segments.ts';
import { Vault } from '../../src/main/vault/vault.ts';
import { unwrap, wrap } from '../../src/main/vault/wrap.ts';
import { CANARIES, digestOf, mediaOf, urnOf } from './content.ts';

const DEVICE = 'device';
const place = (folder: string, api: KeychainApi): Place => ({ folder, owner: `${DEVICE}/id`, computer: Buffer.alloc(32, 7), keychain: new Keychain(api) });
const RULE = { kind: 'passphrase', minLength: 12 } as const;
const ACTOR = { sds: '555000000001', practitioner: 'Practitioner/gp-1', role: 'GP', name: 'Dr Grace Tester' };
const NOW = Date.parse('2026-11-20T12:00:00Z');

/** Later migrations, made up: each copies the whole chain, so that one cut in the middle would show. */
const made = (n: number, ledger: boolean) => `CREATE TABLE later_${n} (seq INTEGER PRIMARY KEY, body BLOB) STRICT;
  ${ledger ? `INSERT INTO later_${n} SELECT seq, body FROM entry;` : `INSERT INTO later_${n} (body) SELECT CAST(value AS BLOB) FROM meta;`}`;
const released = { ledger: ledgerMigrations.length, library: libraryMigrations.length };

/** How many made-up migrations this process's vault code has after the released ones. */
export function laterMigrations(count: number): void {
  for (const [list, length, ledger] of [[ledgerMigrations, released.ledger, true], [libraryMigrations, released.library, false]] as const) {
    (list as string[]).splice(length, Infinity, ...Array.from({ length: count }, (_, i) => made(i + 1, ledger)));
  }
}

/** A recording that passed assurance, as far as the vault looks at it. */
export function assured(recording: number, size: number): Assured {
  const bytes = mediaOf(recording, size);
  return { recording: urnOf(recording), manifestSha256: digestOf(Buffer.from(`manifest ${recording}`)), signed: true,
    media: { size, sha256: digestOf(bytes), contentType: 'video/mp4' } } as unknown as Assured;
}

/** Each in memory of its own, as it comes from a network: the sealer keeps what it is given. */
async function* pieces(bytes: Buffer, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield new Uint8Array(bytes.subarray(at, at + size));
}

/** The code of a failure that has words for a person; null for any other error. */
export const codeOf = (error: unknown): string | null => (error instanceof Failure ? error.code : null);

/** The codes down the causes, for the fault class: what the person is told, and what lies under it. */
export function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let at: unknown = error; at instanceof Error; at = at.cause) codes.push(at instanceof Failure ? at.code : 'code' in at && at.code !== '' ? String(at.code) : `${at.name} ${at.message}`);
  return codes;
}

export interface Entry {
  seq: number;
  hash: string;
}

export class FuzzVault {
  readonly #vault: Vault;
  readonly #folder: string;
  readonly #journal: Journal;
  readonly #publicKey: ReturnType<typeof publicKeyOf>;

  private constructor(vault: Vault, folder: string) {
    this.#vault = vault;
    this.#folder = folder;
    const seed = vault.signingSeed();
    const key = signingKey(seed);
    seed.fill(0);
    this.#publicKey = publicKeyOf(key);
    this.#journal = new Journal(vault.ledger, key, DEVICE, ACTOR, () => NOW);
  }

  /** As a start of the app does: opens what is there, makes an empty vault where there is nothing. */
  static async load(folder: string, api: KeychainApi): Promise<FuzzVault> {
    const vault = await Vault.load('id', place(folder, api), demoKeys.recovery.publicJwk, sealerInProcess);
    try {
      return new FuzzVault(vault, folder);
    } catch (error) {
      vault.close();
      throw error;
    }
  }

  /** Resolves when the keychain, too, has what it was told at the end. */
  async close(): Promise<void> {
    this.#vault.close();
    await Vault.allLeft();
  }

  /** Resolves when the keychain knows where the databases stand. */
  settled(): Promise<void> {
    return this.#vault.settled();
  }

  /** An older copy was noticed: nothing of this vault is shown until the practice was asked. */
  get rolledBack(): boolean {
    return this.#vault.rolledBack;
  }

  get secretSet(): boolean {
    return this.#vault.rule !== null;
  }

  get rule(): string {
    return JSON.stringify(this.#vault.rule);
  }

  async setSecret(secret: string): Promise<void> {
    await this.#vault.setSecret(secret, RULE);
  }

  /** @param now late enough that no earlier wrong secret makes it wait. */
  async unlock(secret: string, now = NOW): Promise<void> {
    await this.#vault.unlock(secret, now);
  }

  lock(): void {
    this.#vault.lock();
  }

  async changeSecret(from: string, to: string): Promise<void> {
    await this.#vault.changeSecret(from, to, RULE, NOW);
  }

  async destroyContent(): Promise<void> {
    this.#vault.destroyContent();
    await this.#vault.renewKeys();
  }

  /** One audit entry. Returns its hash: what must be found again. */
  append(n: number): Entry {
    this.#journal.write({ event: 'foreign-offered', count: n });
    const head = this.#vault.ledger.head();
    if (!head) throw new Error('an entry was written and the chain has no head');
    return { seq: head.seq, hash: head.hash.toString('base64url') };
  }

  /** The whole chain; `sound` when it verifies from its first entry to its last. */
  chain(): { entries: Entry[]; sound: boolean } {
    const entries = this.#vault.ledger.entries(1, 1_000_000);
    return { entries: entries.map(({ seq, hash }) => ({ seq, hash: hash.toString('base64url') })), sound: verifyChain(entries, this.#publicKey).ok };
  }

  /** The chain with its bytes, and the key that verifies it. */
  rawChain() {
    return { entries: this.#vault.ledger.entries(1, 1_000_000), publicKey: this.#publicKey };
  }

  renewLease(n: number): string {
    const lease = JSON.stringify(issueLease({ wall: NOW + n, uptime: 1000 }, 72));
    this.#vault.ledger.set('lease', lease);
    return lease;
  }

  lease(): string | null {
    return this.#vault.ledger.get('lease');
  }

  /** A person's unsent work: where they go on with it, and sealed for the practice. */
  async keepWork(key: string, text: string): Promise<void> {
    this.#vault.library.set(`work ${key}`, `${CANARIES.work} ${text}`);
    await this.#vault.keepWork(key, 'note', Buffer.from(`${CANARIES.work} ${text}`), new Date(NOW).toISOString());
  }

  /** What the practice would find of it, with its recovery key. */
  async sealedWork(key: string): Promise<string | null> {
    const row = this.#vault.ledger.unsentWork().find(({ id }) => id === key);
    if (!row) return null;
    return Buffer.from((await compactDecrypt(row.sealed, demoKeys.recovery.privateKey)).plaintext).toString('utf8').slice(CANARIES.work.length + 1);
  }

  work(key: string): string | null {
    return this.#vault.library.get(`work ${key}`)?.slice(CANARIES.work.length + 1) ?? null;
  }

  /** An assigned recording: who it is of is in the library from now on. */
  assign(recording: number): void {
    this.#vault.library.saveAssignment({ task: `Task/${recording}`, rowId: `row-${recording}`, recording: urnOf(recording), withheldSince: null, mediaRefused: null,
      evidence: { patient: { name: [{ text: CANARIES.patient }] } } as unknown as AssignmentRow['evidence'] });
  }

  async download(recording: number, size: number): Promise<void> {
    const wanted = assured(recording, size);
    const { copies } = this.#vault;
    const ask: AskFrom = async (from) => ({ from, etag: null, chunks: pieces(mediaOf(recording, size).subarray(from)) });
    const sealing = await copies.seal(wanted, ask, () => undefined, new AbortController().signal);
    const confirmation = confirmMedia(wanted, sealing);
    if (!confirmation.ok) throw new Error('the bytes that were sealed are not those of the recording');
    copies.publish(confirmation.confirmed, sealing, { sha256: 's', language: 'en', vtt: `WEBVTT\n\n${CANARIES.transcript}` }, new Date(NOW).toISOString());
  }

  /** A download whose line breaks after `kept` bytes: what came stays, for the next one to go on behind it. */
  async breakOff(recording: number, size: number, kept: number): Promise<void> {
    const broken = new Error('the line broke');
    const ask: AskFrom = async (from) => ({ from, etag: null, chunks: (async function* () {
      yield* pieces(mediaOf(recording, size).subarray(from, Math.max(from, kept)));
      throw broken;
    })() });
    await this.#vault.copies.seal(assured(recording, size), ask, () => undefined, new AbortController().signal).catch((error: unknown) => {
      if (error !== broken) throw error;
    });
  }

  holds(recording: number, size: number): boolean {
    return this.#vault.copies.holds(assured(recording, size));
  }

  async read(recording: number, size: number): Promise<Buffer> {
    const open = await this.#vault.copies.open(assured(recording, size));
    const parts: Buffer[] = [];
    try {
      for (let at = 0; at < open.size;) {
        const part = await open.readFrom(at, open.size);
        parts.push(part);
        at += part.length;
      }
    } finally {
      await open.close();
    }
    return Buffer.concat(parts);
  }

  async purge(recording: number): Promise<void> {
    this.#vault.destroyCopy(urnOf(recording), 'assignment-withdrawn');
    await this.#vault.renewKeys();
  }

  /** Files of sealed media that no row of the library names. */
  strays(): string[] {
    const known = new Set(this.#vault.library.files());
    return readdirSync(join(this.#folder, 'media')).filter((file) => !known.has(file));
  }

  /** Every row that a person could tell from another, but for the chain, the lease and the media. */
  rows(): string {
    const { library } = this.#vault;
    const sealed = library.sealedRecordings().sort().map((recording) => library.sealed(recording));
    return JSON.stringify([library.assignments(), sealed, this.#vault.ledger.undelivered(), this.#vault.ledger.unsentWork(), this.#vault.ledger.seen('none')]);
  }

  checkpoint(): void {
    try {
      for (const db of this.#databases()) db.pragma('wal_checkpoint(TRUNCATE)');
    } catch (error) {
      throw databaseFailure(error, 'vault-corrupt');
    }
  }

  /** For controls: the setting that loses acknowledged commits. */
  plantWeakSync(): void {
    for (const db of this.#databases()) db.pragma('synchronous = NORMAL');
  }

  /** Rows that the made-up migration copied into the ledger, or null where it has not run. */
  migrated(n: number): number | null {
    const [ledger] = this.#databases();
    if (!ledger?.prepare(`SELECT 1 FROM sqlite_schema WHERE name = ?`).get(`later_${n}`)) return null;
    return (ledger.prepare(`SELECT count(*) AS n FROM later_${n}`).get() as { n: number }).n;
  }

  #databases(): Db[] {
    const dbOf = (store: unknown) => Reflect.get(store as object, 'db') as Db;
    return [dbOf(this.#vault.ledger), ...(this.#vault.unlocked ? [dbOf(this.#vault.library)] : [])];
  }
}

/** The keys that open the ledger, for the search of the disk. */
export async function keysOf(folder: string, api: KeychainApi): Promise<Record<string, Buffer>> {
  const keyring = await Keyring.load(place(folder, api));
  const s = await new Keychain(api).read(`${keyring.account} ${(keyring.epochs[0] ?? 0) % 2 === 0 ? 'even' : 'odd'}`);
  return { 'ledger key': keyring.ledgerKey(), 'signing seed': keyring.signingSeed(), ...(s ? { S: s.subarray(0, 32) } : {}) };
}

/** Sealing and opening in memory, with segments as short as a test wants; opening goes as {@link SealedFile} does: the last segment first. */
export const sealed = {
  seal(plain: Buffer, key: Buffer, associated: Buffer, segmentBytes: number): Buffer {
    const sealer = new SegmentSealer(key, associated, segmentBytes);
    return Buffer.concat([...sealer.push(plain), ...sealer.end()]);
  },
  open(bytes: Buffer, key: Buffer, associated: Buffer, segmentBytes: number): Buffer {
    const { slots, lastSlotBytes } = shapeOf(bytes.length, segmentBytes);
    const stream = openStream(key, associated, bytes.subarray(0, HEADER_BYTES));
    const slot = (i: number) => {
      const from = i * segmentBytes + (i === 0 ? HEADER_BYTES : 0);
      const last = i === slots - 1;
      return openSegment(stream, i, last, bytes.subarray(from, last ? from + lastSlotBytes : (i + 1) * segmentBytes));
    };
    const end = slot(slots - 1);
    return Buffer.concat([...Array.from({ length: slots - 1 }, (_, i) => slot(i)), end]);
  },
  locate, slotCapacity, HEADER_BYTES, SEGMENT_BYTES, SealBroken,
};

/** Parts of a recording on disk, sealed one by one and opened as one. */
export const onDisk = {
  /** @param from the place of its first byte in the recording. */
  async seal(path: string, plain: Buffer, key: Buffer, bound: Buffer, from: number, chunk = 65_536): Promise<void> {
    writeFileSync(path, '');
    const writer = await PartWriter.open(path, key, associatedAt(bound, from));
    for await (const piece of pieces(plain, chunk)) await writer.push(piece);
    await writer.end();
  },
  async open(paths: string[], key: Buffer, associated: Buffer, size: number, ranges: readonly [from: number, to: number][] = [[0, size]]): Promise<Buffer[]> {
    const recording = await SealedCopy.open(paths, key, associated, size, 'video/mp4', null);
    try {
      const read: Buffer[] = [];
      for (const [from, to] of ranges) {
        const parts: Buffer[] = [];
        for (let at = from; at < to;) {
          const part = await recording.readFrom(at, to);
          if (part.length === 0) throw new Error('nothing was read');
          parts.push(part);
          at += part.length;
        }
        read.push(Buffer.concat(parts));
      }
      return read;
    } finally {
      await recording.close();
    }
  },
};

export const wrapped = { wrap, unwrap };
export const chain = { verifyChain };

/** Everything that a person could find in a vault, as one text: two vaults that give the same hold the same. */
export async function everything(folder: string, api: KeychainApi, secret: string | null, copies: ReadonlyMap<number, number>, work: readonly string[]): Promise<string> {
  const vault = await FuzzVault.load(folder, api);
  try {
    refuseOlder(vault);
    const { entries, sound } = vault.chain();
    if (!sound) throw new Failure('vault-corrupt', 'the chain does not verify');
    const ledger = [vault.secretSet, vault.rule, entries, vault.lease()];
    if (secret === null) return JSON.stringify(ledger);
    await vault.unlock(secret);
    refuseOlder(vault);
    const media: string[] = [];
    for (const [recording, size] of copies) media.push(digestOf(await vault.read(recording, size)));
    return JSON.stringify([ledger, work.map((key) => vault.work(key)), vault.rows(), media]);
  } finally {
    await vault.close();
  }
}

/** A vault that has noticed it is older shows nothing. */
function refuseOlder(vault: FuzzVault): void {
  if (vault.rolledBack) throw new Failure('rolled-back', 'an older copy was noticed');
}

/** What a vault says against what was changed. Not among them: that there is no copy, or no secret yet, which would be taking the change for the truth. */
const REFUSALS = new Set<string>(['vault-corrupt', 'library-corrupt', 'vault-newer', 'vault-elsewhere', 'rolled-back', 'recording-corrupt', 'keychain-absent', 'wrong-secret', 'clock-set-back']);
const TAKEN_FOR_TRUE = new Set<string>(['recording-not-here', 'bad-request', 'too-many-attempts']);

/** Whether an error refuses a changed thing by name, takes it for the truth, or is neither. */
export function answerOf(error: unknown): 'refused' | 'accepted' | null {
  if (error instanceof SealBroken) return 'refused';
  const code = codeOf(error) ?? '';
  return REFUSALS.has(code) ? 'refused' : TAKEN_FOR_TRUE.has(code) ? 'accepted' : null;
}
