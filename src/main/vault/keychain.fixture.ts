/** A keychain in memory, with the states that real ones have. */
import type { KeychainApi } from './keychain.ts';

export class MemoryKeychain implements KeychainApi {
  readonly entries = new Map<string, string>();
  /** `locked`: as libsecret behaves, reads answer "nothing" and writes fail. An error: every call fails with it. */
  state: 'open' | 'locked' | Error = 'open';
  writes = 0;

  async getPassword(_service: string, account: string): Promise<string | null> {
    if (this.state instanceof Error) throw this.state;
    return this.state === 'locked' ? null : this.entries.get(account) ?? null;
  }

  async setPassword(_service: string, account: string, password: string): Promise<void> {
    if (this.state instanceof Error) throw this.state;
    if (this.state === 'locked') throw new Error('Cannot create an item in a locked collection');
    this.writes += 1;
    this.entries.set(account, password);
  }

  async deletePassword(_service: string, account: string): Promise<boolean> {
    if (this.state instanceof Error) throw this.state;
    if (this.state === 'locked') return false;
    this.writes += 1;
    return this.entries.delete(account);
  }
}
