import { expect, it } from 'vitest';
import { packageApp } from './package.ts';
import type { Prepared } from './prepare.ts';

it('a release is not packaged with a runtime that has known holes', async () => {
  // Nothing is there: whatever came after the refusal would end otherwise.
  const prepared: Prepared = { runtime: { name: 'electron', version: '43.4.0', dir: '/nothing', executable: '/nothing/electron', demoOnly: true }, sqlite: undefined };
  await expect(packageApp(prepared, { demo: false })).rejects.toThrow('Electron 43.4.0 must not be shipped: releases need 43.4.1 or newer. For a package to try out: npm run package -- --demo');
});
