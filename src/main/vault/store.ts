/** What both databases of a vault have: small named values, and faults in the words of the product. */
import { databaseFailure, type Db } from './database.ts';

export class Store {
  protected readonly db: Db;

  constructor(db: Db) {
    this.db = db;
  }

  protected run<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw databaseFailure(error);
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

  close(): void {
    this.db.close();
  }
}
