/**
 * A keychain for the runs: in memory, and on request kept in a file that is replaced as one step. It lives outside the folder whose
 * power is cut and whose disk fails, as the system's keychain does; `changed` hears each write when it is there to stay.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import type { KeychainApi } from '../../src/main/vault/keychain.ts';

export type KeychainEntries = Record<string, string | null>;

export class FileKeychain implements KeychainApi {
  readonly entries: Map<string, string>;
  readonly #path: string | null;
  readonly #changed: (account: string, value: string | null) => void;

  constructor(entries: KeychainEntries, path: string | null = null, changed: (account: string, value: string | null) => void = () => undefined) {
    this.entries = new Map(Object.entries(entries).filter((entry): entry is [string, string] => entry[1] !== null));
    this.#path = path;
    this.#changed = changed;
  }

  static read(path: string): KeychainEntries {
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) as KeychainEntries : {};
  }

  async getPassword(_service: string, account: string): Promise<string | null> {
    return this.entries.get(account) ?? null;
  }

  async setPassword(_service: string, account: string, password: string): Promise<void> {
    this.entries.set(account, password);
    this.#keep(account, password);
  }

  async deletePassword(_service: string, account: string): Promise<boolean> {
    const had = this.entries.delete(account);
    this.#keep(account, null);
    return had;
  }

  #keep(account: string, value: string | null): void {
    if (this.#path !== null) {
      const file = openSync(`${this.#path}.new`, 'w', 0o600);
      writeSync(file, JSON.stringify(this.copy()));
      fsyncSync(file);
      closeSync(file);
      renameSync(`${this.#path}.new`, this.#path);
    }
    this.#changed(account, value);
  }

  copy(): KeychainEntries {
    return Object.fromEntries(this.entries);
  }
}
