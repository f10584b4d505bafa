/** What both databases of a vault have: small named values, and faults in the words of the product. */
import { databaseFailure, type Db } from '../platform/database.ts';

export class Store {
  protected readonly db: Db;

  readonly #corrupt: 'vault-corrupt' | 'library-corrupt';
  readonly #touched: () => void;

  /** @param corrupt what damage to this database is called. @param touched called after each piece of work, which may have been a write. */
  constructor(db: Db, corrupt: 'vault-corrupt' | 'library-corrupt', touched: () => void) {
    this.db = db;
    this.#corrupt = corrupt;
    this.#touched = touched;
  }

  protected run<T>(work: () => T): T {
    const result = this.peeking(work);
    this.#touched();
    return result;
  }

  /** As {@link run}, for a look that is no use of the database. */
  protected peeking<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw databaseFailure(error, this.#corrupt);
    }
  }

  get(key: string): string | null {
    const row = this.run(() => this.db.prepare('SELECT value FROM meta WHERE key = ?').get(key)) as { value: string } | undefined;
    return row?.value ?? null;
  }

  /** @param value null removes it. */
  set(key: string, value: string | null): void {
    this.run(() => value === null
      ? this.db.prepare('DELETE FROM meta WHERE key = ?').run(key)
      : this.db.prepare('INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value').run(key, value));
  }

  get isOpen(): boolean {
    return this.db.open;
  }

  close(): void {
    this.db.close();
  }
}
