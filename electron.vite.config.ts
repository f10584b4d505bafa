import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { notePackages } from './scripts/lib/note-packages.ts';
import { methods, pushes } from './src/preload/contract.ts';

/** Native or self-updating packages, shipped as packages beside the bundle. Everything else is bundled: of better-sqlite3 only its native file is beside it, because to find and read a dozen files takes 20 ms of every start. */
const external = ['electron', 'electron/main', 'electron/renderer', 'keytar', '@node-rs/argon2', 'electron-updater'];

export default defineConfig(({ mode }) => {
  const testBuild = mode === 'test';
  const outDir = testBuild ? 'out-test' : 'out';
  const define = { __TEST_BUILD__: JSON.stringify(testBuild) };

  return {
    main: {
      define: { ...define, __METHODS__: JSON.stringify(Object.keys(methods)) },
      plugins: [notePackages()],
      build: {
        outDir: `${outDir}/main`,
        // The oldest runtime that it must run in is Electron 33 (Node 20.18.1).
        target: 'node20.18',
        externalizeDeps: false,
        // Read and compiled at every start, as the page is.
        minify: true,
        reportCompressedSize: false,
        rolldownOptions: {
          // The sealer runs on a thread of its own, the trail in a utility process.
          input: { index: 'src/main/index.ts', sealer: 'src/main/vault/sealer/main.ts', trail: 'src/main/audit/trail/main.ts' },
          external,
          // A start takes 30 ms less than with ES modules, which Electron waits for before it is ready (evidence/bench/NOTES.md).
          output: { format: 'cjs', strict: true, entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' },
        },
      },
    },
    preload: {
      define: { ...define, __METHODS__: JSON.stringify(Object.keys(methods)), __PUSHES__: JSON.stringify(Object.keys(pushes)) },
      plugins: [notePackages()],
      build: {
        outDir: `${outDir}/preload`,
        target: 'node20.18',
        externalizeDeps: false,
        reportCompressedSize: false,
        // A sandboxed preload is one CommonJS file that may require nothing but `electron`.
        isolatedEntries: false,
        rolldownOptions: {
          input: { index: 'src/preload/index.ts' },
          external: ['electron', 'electron/renderer'],
          output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
        },
      },
    },
    renderer: {
      root: 'src/renderer',
      define,
      plugins: [react(), notePackages()],
      // nhsuk-frontend's `screen\0` media hack is no valid CSS.
      css: { lightningcss: { errorRecovery: true } },
      build: {
        outDir: `${outDir}/renderer`,
        emptyOutDir: true,
        target: 'chrome130',
        // Read and compiled at every start: nothing of it is cached. What an app logs of a page names no function.
        minify: true,
        cssMinify: 'lightningcss',
        // The policy allows no data: URL and no inline script or style.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        reportCompressedSize: false,
        rolldownOptions: { input: { index: 'src/renderer/index.html' } },
      },
    },
  };
});
