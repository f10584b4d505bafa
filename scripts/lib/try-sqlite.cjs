// Run inside the runtime: node try-sqlite.cjs <better_sqlite3.node> <folder of the package>. Ends with 0 when the module works there.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const [nativeBinding, home] = process.argv.slice(2);
fs.accessSync(nativeBinding);
const Database = require(home);
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'try-sqlite-'));
try {
  const file = path.join(dir, 'a.db');
  const key = Buffer.concat([Buffer.from('raw:'), Buffer.alloc(32, 7)]);
  const open = () => {
    const db = new Database(file, { nativeBinding });
    db.pragma("cipher='chacha20'");
    db.key(key);
    return db;
  };
  let db = open();
  db.exec('create virtual table t using fts5(words)');
  db.function('twice', (x) => x * 2);
  const insert = db.prepare('insert into t values (?)');
  db.transaction(() => { for (let i = 0; i < 1000; i++) insert.run(`needle ${i}`); })();
  db.close();
  if (fs.readFileSync(file).includes('needle')) throw new Error('the database file is not encrypted');
  db = open();
  let count = 0;
  for (const _ of db.prepare("select rowid from t where words match 'needle'").iterate()) count++;
  if (count !== 1000) throw new Error(`${count} rows instead of 1000`);
  // Finalizers must survive garbage collection, which is where a wrong Node-API version shows.
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 500; i++) db.prepare('select 1').get();
    for (let i = 0; i < 20; i++) new Database(':memory:', { nativeBinding }).prepare('select 1').raw();
    globalThis.gc();
  }
  db.close();
} finally {
  fs.rmSync(dir, { recursive: true, force: true });
}
