import { expect, it } from 'vitest';
import { letGo } from './keptMemory.ts';

it('a buffer that is let go is empty, and one that is part of something larger stays as it is', () => {
  const [buffer, whole, larger] = [new Uint8Array(8), Buffer.from(new ArrayBuffer(8)), Buffer.from(new ArrayBuffer(16))];
  letGo([buffer, whole, larger.subarray(0, 8)]);
  expect([buffer.byteLength, whole.length, larger.length]).toEqual([0, 0, 16]);
});
