/** What both databases of a vault have: small named values, and faults in the words of the product. */
import { databaseFailure, type Db, type Statement } from '../platform/database.ts';

export class Store {
  protected readonly db: Db;

  readonly #corrupt: 'vault-corrupt' | 'library-corrupt';
  readonly #touched: () => void;
  readonly #prepared = new Map<string, Statement>();

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

  /** A statement that is run many times over; `sql` is a constant of the code. */
  protected prepared(sql: string): Statement {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const statement = this.db.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }

  /**
   * From here on `told` hears of every row of a table whose columns are written otherwise than they were, whatever statement writes it: nobody else has the database open. What
   * a transaction takes back has been told all the same. `told` must not use the database. @param columns of the row before and after; null where there is none.
   */
  protected hear(table: string, columns: readonly string[], told: (before: unknown[] | null, after: unknown[] | null) => void): void {
    const name = `heard_${table}`;
    this.peeking(() => this.db.function(name, { varargs: true }, (kind: unknown, ...values: unknown[]) => {
      const [before, after] = [values.slice(0, columns.length), values.slice(columns.length)];
      told(kind === 'INSERT' ? null : before, kind === 'DELETE' ? null : after);
      return null;
    }));
    const of = (row: 'old' | 'new' | null) => columns.map((column) => (row === null ? 'NULL' : `${row}.${column}`)).join(', ');
    const changed = columns.map((column) => `old.${column} IS NOT new.${column}`).join(' OR ');
    // Temporary: these belong to the connection, and are in no file.
    this.peeking(() => this.db.exec(`CREATE TEMP TRIGGER ${name}_INSERT AFTER INSERT ON main.${table} BEGIN SELECT ${name}('INSERT', ${of(null)}, ${of('new')}); END;
      CREATE TEMP TRIGGER ${name}_UPDATE AFTER UPDATE ON main.${table} WHEN ${changed} BEGIN SELECT ${name}('UPDATE', ${of('old')}, ${of('new')}); END;
      CREATE TEMP TRIGGER ${name}_DELETE AFTER DELETE ON main.${table} BEGIN SELECT ${name}('DELETE', ${of('old')}, ${of(null)}); END;`));
  }

  get(key: string): string | null {
    const row = this.run(() => this.prepared('SELECT value FROM meta WHERE key = ?').get(key)) as { value: string } | undefined;
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
