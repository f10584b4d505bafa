/** A recording at a practice, and a vault to bring it into: the product's own on a disk, with its keychain in memory and its sealer on a thread of its own. */
import { readFileSync } from 'node:fs';
import type { Assured } from '../../../src/main/assurance/assess.ts';
import { downloadMedia, type MediaBody } from '../../../src/main/service/media.ts';
import { PracticeHttp, type Fetch } from '../../../src/main/service/http.ts';
import { assuredFor, confirmed, TestVaults } from '../../../src/main/vault/vault.fixture.ts';
import type { StartSealer } from '../../../src/main/vault/sealer/messages.ts';
import type { Vault } from '../../../src/main/vault/vault.ts';
import type { Media } from '../media.ts';

/** As src/main/index.ts has them. */
export interface Means {
  fetch: Fetch;
  startSealer: StartSealer;
}

export class Recording {
  readonly assured: Assured;
  readonly vault: Vault;
  readonly #vaults: TestVaults;
  readonly #http: PracticeHttp;

  private constructor(vaults: TestVaults, vault: Vault, assured: Assured, http: PracticeHttp) {
    [this.#vaults, this.vault, this.assured, this.#http] = [vaults, vault, assured, http];
  }

  static async of({ file, base }: Media, { fetch, startSealer }: Means): Promise<Recording> {
    const vaults = new TestVaults();
    vaults.startSealer = startSealer;
    return new Recording(vaults, await vaults.unlocked(), await assuredFor(readFileSync(file)), new PracticeHttp(base, fetch, async () => 'token'));
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
    this.#vaults.remove();
  }
}
