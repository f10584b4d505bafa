import path from 'node:path';

/** The repository, whichever folder it was cloned into. */
export const root = path.resolve(import.meta.dirname, '../..');
/** What is expensive to make and never committed: runtimes, native modules, the practice's site file. */
export const cache = path.join(root, '.cache');
/** What electron-vite builds. */
export const out = path.join(root, 'out');
/** The same with the test commands in it: never shipped. */
export const outTest = path.join(root, 'out-test');
/** What packaging makes. */
export const release = path.join(root, 'release');
/** The name of the program on Linux, of its Debian package, and of the command. */
export const program = 'viewing-room';
/** The packaged application, as shipped. */
export const packaged = path.join(release, 'linux-unpacked');
/** The same application with the inspect fuse on, which Playwright needs. */
export const testCopy = path.join(release, 'test');
/** The test copy with `out-test` in it instead of `out`: the test commands run in the packaged runtime from here. */
export const testBuild = path.join(release, 'test-build');
export const nodeModules = path.join(root, 'node_modules');
/** SQLite's native files as the npm package has them, `<platform>-<arch>.node`. */
export const sqlitePrebuilds = path.join(nodeModules, 'better-sqlite3/prebuilds');
