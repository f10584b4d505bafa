/** Takes a measure in the main process of the Electron that the package is made of, with its network, its cryptography and its threads: without a window, and so without a display. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'vite';
import { cache, packaged, root } from '../../scripts/lib/paths.ts';
import { run } from '../../scripts/lib/process.ts';
import type { Measured } from './measure.ts';
import type { Media } from './media.ts';
import { runtimeOfPackage } from './runtime.ts';

export type Asked = { name: 'crypto'; megabytes: number; runs: number } | { name: 'ingest' | 'jank'; media: Media; runs: number };

const out = path.join(cache, 'bench');
const PATIENCE_MS = 60 * 60_000;

/** Bundled, because Electron 33 reads no TypeScript. */
const bundle = () => build({
  configFile: false, root, logLevel: 'error', define: { __TEST_BUILD__: 'false' },
  ssr: { noExternal: true, external: ['better-sqlite3', '@node-rs/argon2'] },
  build: {
    ssr: true, outDir: out, emptyOutDir: true, target: 'node20.18', minify: false, reportCompressedSize: false,
    rolldownOptions: {
      input: { main: path.join(import.meta.dirname, 'electron/main.ts'), sealer: path.join(root, 'src/main/vault/sealer/main.ts') },
      external: ['electron'], output: { format: 'es', entryFileNames: '[name].js' },
    },
  },
});

/** Throws what it wrote to its error output where it gives no figures. */
export async function inElectron(asked: Asked): Promise<Measured> {
  const { dir } = runtimeOfPackage();
  await bundle();
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-electron-'));
  try {
    // Electron refuses to start as root with its sandbox on; there is no page in it to be kept in one.
    const flags = ['--ozone-platform=headless', '--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
    const env = { ...process.env, BENCH: JSON.stringify({ folder, resources: path.join(packaged, 'resources'), asked }) };
    const { code, stdout, stderr } = await run(path.join(dir, 'electron'), [...flags, path.join(out, 'main.js')], { env, timeout: PATIENCE_MS });
    const last = stdout.trim().split('\n').at(-1) ?? '';
    // Its code says nothing: having written figures it ends with 1 once in a while, when it takes its threads down.
    if (!last.startsWith('{')) throw new Error(`Electron ended with code ${code}: ${stderr.trim().split('\n').filter((line) => !line.includes(':ERROR:')).slice(-8).join(' ')}`);
    return JSON.parse(last) as Measured;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
