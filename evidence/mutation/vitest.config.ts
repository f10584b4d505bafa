import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['src/main/assurance/*.test.ts'], environment: 'node', isolate: false, testTimeout: 20_000 } });
