import { defineConfig } from 'vitest/config';
import { methods } from './src/preload/contract.ts';

export default defineConfig({
  define: { __TEST_BUILD__: 'true', __METHODS__: JSON.stringify(Object.keys(methods)) },
  test: {
    include: ['{src,practice,scripts,evidence,e2e,docs}/**/*.test.{ts,tsx}'],
    environment: 'node',
    setupFiles: ['scripts/lib/unitTests.setup.ts'],
    // One file per core: by itself it leaves one of them idle, and on two that is half.
    maxWorkers: '100%',
    // Not a measure of speed: several suites at once on two cores take their time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
