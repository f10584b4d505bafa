import { expect, test } from 'vitest';
import { aroundReferences } from './references.ts';

test('references stand apart from what is around them', () => {
  expect(aroundReferences('Quote W-7F3K-2Q to your practice, or W-NX5G-MB.')).toEqual(['Quote ', 'W-7F3K-2Q', ' to your practice, or ', 'W-NX5G-MB', '.']);
  expect(aroundReferences('W-7F3K-2Q')).toEqual(['', 'W-7F3K-2Q', '']);
  expect(aroundReferences('X-ray of a well-known W-shape')).toEqual(['X-ray of a well-known W-shape']);
});
