/** A recording of a given size on a server, and a vault to bring it into: the product's own on a disk, with a sealer in a process of its own. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Assured } from '../../src/main/assurance/assess.ts';
import { downloadMedia, type MediaBody } from '../../src/main/service/media.ts';
import { PracticeHttp } from '../../src/main/service/http.ts';
import { assuredFor, confirmed, TestVaults } from '../../src/main/vault/vault.fixture.ts';
import { sealerInChild } from '../../src/main/vault/sealer/sealer.fixture.ts';
import type { Vault } from '../../src/main/vault/vault.ts';
import { startMediaServer, type MediaServer } from './mediaServer.ts';

export const MB = 1_000_000;
const BLOCK = randomBytes(MB);

export class Recording {
  readonly assured: Assured;
  readonly vault: Vault;
  readonly #vaults: TestVaults;
  readonly #server: MediaServer;
  readonly #http: PracticeHttp;

  private constructor(vaults: TestVaults, vault: Vault, assured: Assured, server: MediaServer) {
    [this.#vaults, this.vault, this.assured, this.#server] = [vaults, vault, assured, server];
    this.#http = new PracticeHttp(server.url, fetch, async () => 'token');
  }

  static async of(megabytes: number): Promise<Recording> {
    const vaults = new TestVaults();
    vaults.startSealer = sealerInChild;
    const file = join(vaults.root, 'recording.mp4');
    // A block that is numbered: no two are alike.
    for (let n = 0; n < megabytes; n += 1) {
      BLOCK.writeUInt32BE(n);
      writeFileSync(file, BLOCK, { flag: 'a' });
    }
    const assured = await assuredFor(readFileSync(file));
    return new Recording(vaults, await vaults.unlocked(), assured, await startMediaServer(file));
  }

  get folder(): string {
    return this.#vaults.root;
  }

  get size(): number {
    return this.assured.media.size;
  }

  /** As the app asks for it. */
  download(signal: AbortSignal, from = 0, etag: string | null = null): Promise<MediaBody> {
    return downloadMedia(this.#http, 'Binary/media', this.assured.media.contentType, signal, { from, total: this.size, etag });
  }

  /** Brings it here: sealed, compared with what was signed, and published. */
  async keep(): Promise<void> {
    const { signal } = new AbortController();
    const sealing = await this.vault.copies.seal(this.assured, (from, etag) => this.download(signal, from, etag), () => undefined, signal);
    this.vault.copies.publish(confirmed(this.assured, sealing), sealing, null, '2026-11-20T12:00:00Z');
  }

  remove(): void {
    this.vault.copies.forget(this.assured.recording);
    this.vault.copies.removeFiles(this.assured.recording);
  }

  close(): void {
    this.#server.stop();
    this.#vaults.remove();
  }
}
