import { expect, it } from 'vitest';
import { Seen } from './seen.ts';

it('gives what came since it was last asked, once', () => {
  const seen = new Seen();
  expect([seen.take(), seen.hasBegun]).toEqual([null, false]);
  seen.report([[0, 1]], 1);
  seen.report([[1, 2.5]], 2.5);
  expect(seen.take()).toEqual({ media: [[0, 1], [1, 2.5]], position: 2.5 });
  expect([seen.take(), seen.hasBegun]).toEqual([null, true]);
});

it('leaves where the person stopped where it was while the recording is only opened', () => {
  const seen = new Seen();
  seen.report([[0, 0]], 0);
  expect([seen.take(), seen.hasBegun]).toEqual([null, true]);
  seen.report([[0, 12.5]], 12.5);
  seen.report([[0, 0]], 0);
  expect(seen.take()).toEqual({ media: [[0, 12.5]], position: 12.5 });
  seen.report([[12.5, 14], [0, 0.3]], 0);
  expect(seen.take()?.position).toBe(0);
});

it('knows where the person went although nothing was shown there', () => {
  const seen = new Seen();
  seen.report([], 40);
  expect(seen.take()).toEqual({ media: [], position: 40 });
});
