import { expect, it } from 'vitest';
import { keepMemory, letGo } from './keptMemory.ts';

it('a buffer that is let go is gone, and what is a part of something larger is left', () => {
  const [buffer, whole, larger] = [new ArrayBuffer(8), Buffer.from(new ArrayBuffer(8)), Buffer.from(new ArrayBuffer(16))];
  letGo([buffer, whole, larger.subarray(0, 8)]);
  expect([buffer.byteLength, whole.length, larger.length]).toEqual([0, 0, 16]);
});

it('a megabyte is kept by a small part of it', () => {
  expect(keepMemory(4)).toBe(4 * 4096);
});
