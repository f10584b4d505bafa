import { expect, test } from 'vitest';
import { compareVersions, Version } from './version.ts';

test('versions are ordered as Semantic Versioning 2.0.0, section 11, has it', () => {
  const inOrder = ['0.9.9', '1.0.0-1', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-beta.2', '1.0.0-beta.11', '1.0.0-rc.1', '1.0.0', '1.0.1', '1.2.0', '1.10.0', '2.0.0'];
  for (const [i, a] of inOrder.entries()) for (const [j, b] of inOrder.entries()) expect(Math.sign(compareVersions(a, b)), `${a} ${b}`).toBe(Math.sign(i - j));
});

test.each(['', '1', '1.2', '01.2.3', '1.2.3.4', 'v1.2.3', '1.2.3-', '1.2.3-01', '1.2.3+build', '1.2.3 ', '1.2.3-a..b', '1.2.99999999999999999'])('%j is no version', (text) => {
  expect(Version.safeParse(text).success).toBe(false);
});
