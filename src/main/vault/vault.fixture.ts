/** Vaults in a temporary folder, and recordings that passed assurance to put into them. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newSigners, Scene } from '../assurance/assurance.fixture.ts';
import type { Assured } from '../assurance/assess.ts';
import { confirmMedia, type Confirmed } from '../assurance/confirm.ts';
import { BLOCK_BYTES } from '../assurance/statements.ts';
import { computerTag } from '../platform/computer.ts';
import { Keychain } from './keychain.ts';
import { MemoryKeychain } from './keychain.fixture.ts';
import type { Place } from './keyring.ts';
import type { Sealing } from './copies.ts';
import type { AskFrom } from './download.ts';
import type { StartSealer } from './sealer/messages.ts';
import { sealerInProcess } from './sealer/sealer.fixture.ts';
import { Vault } from './vault.ts';

export const PIN = { kind: 'pin', minLength: 6 } as const;
export const SECRET = '482915';

export class TestVaults {
  readonly root = mkdtempSync(join(tmpdir(), 'vault-'));
  readonly folder = join(this.root, 'one');
  readonly media = join(this.folder, 'media');
  readonly api = new MemoryKeychain();
  startSealer: StartSealer = sealerInProcess;
  #open: Vault[] = [];

  place(folder = this.folder): Place {
    return { folder, owner: 'device/id', computer: computerTag('test'), keychain: new Keychain(this.api) };
  }

  /** What the vault's keychain entries begin with. */
  account(): string {
    const [account] = [...this.api.entries.keys()].filter((name) => name.endsWith(' head'));
    return account?.replace(/ head$/, '') ?? '';
  }

  async load(folder = this.folder): Promise<Vault> {
    const vault = await Vault.load('id', this.place(folder), null, this.startSealer);
    this.#open.push(vault);
    return vault;
  }

  async unlocked(): Promise<Vault> {
    const vault = await this.load();
    await vault.setSecret(SECRET, PIN);
    return vault;
  }

  /** Closes what is open, as a new start of the app would find it. */
  closeAll(): void {
    for (const vault of this.#open) vault.close();
    this.#open = [];
  }

  remove(): void {
    this.closeAll();
    rmSync(this.root, { recursive: true, force: true });
  }
}

export async function* chunks(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url');

/** An assured recording whose signed size and digest are those of `bytes`. @param inBlocks whether the digests of its blocks are signed as well */
export async function assuredFor(bytes: Buffer, size = bytes.length, inBlocks = false): Promise<Assured> {
  const scene = new Scene(await newSigners());
  scene.site = { ...scene.site, largestRecordingBytes: Number.MAX_SAFE_INTEGER };
  Object.assign(scene.manifest.media, { size, sha256: digestOf(bytes) });
  if (inBlocks) {
    const blocks = Array.from({ length: Math.ceil(size / BLOCK_BYTES) }, (_, n) => digestOf(bytes.subarray(n * BLOCK_BYTES, (n + 1) * BLOCK_BYTES)));
    scene.manifest.media.blocks = { size: BLOCK_BYTES, sha256: blocks };
  }
  scene.recording!.content[0]!.attachment.size = size;
  const decision = await scene.assess();
  if (!decision.ok) throw new Error(decision.reasons.join());
  return decision.assured;
}

export function confirmed(assured: Assured, sealing: Sealing): Confirmed {
  const confirmation = confirmMedia(assured, sealing);
  if (!confirmation.ok) throw new Error(confirmation.reasons.join());
  return confirmation.confirmed;
}

/** A practice that has these bytes, and knows ranges. */
export const gives = (bytes: Uint8Array, etag: string | null = null): AskFrom => async (from) => ({ from, etag, chunks: chunks(bytes.subarray(from)) });

/** One that breaks off after `length` bytes of what it has. */
export const breaksAt = (bytes: Uint8Array, length: number, etag: string | null = null): AskFrom => async (from) => ({
  from, etag,
  chunks: (async function* () {
    yield* chunks(bytes.subarray(from, length));
    throw new Error('line went dead');
  })(),
});

export function seal(vault: Vault, assured: Assured, ask: AskFrom, signal = new AbortController().signal): Promise<Sealing> {
  return vault.copies.seal(assured, ask, () => undefined, signal);
}

export async function keep(vault: Vault, assured: Assured, bytes: Buffer): Promise<Sealing> {
  const sealing = await seal(vault, assured, gives(bytes));
  vault.copies.publish(confirmed(assured, sealing), sealing, null, '2026-11-20T12:00:00Z');
  return sealing;
}

export async function readRecording(vault: Vault, assured: Assured): Promise<Buffer> {
  const recording = await vault.copies.open(assured);
  try {
    const parts: Buffer[] = [];
    for (let at = 0; at < recording.size;) {
      const part = await recording.readFrom(at, recording.size);
      parts.push(part);
      at += part.length;
    }
    return Buffer.concat(parts);
  } finally {
    await recording.close();
  }
}
