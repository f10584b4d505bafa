import { expect, it } from 'vitest';
import { saysMetered } from './metered.ts';

it.each([
  ['(<uint32 0>,)', false], ['(<uint32 1>,)', true], ['(<uint32 2>,)', false], ['(<uint32 3>,)', true], ['(<uint32 4>,)', false], ['', false], ['(<uint32 13>,)', false], ['Error: no such name', false],
])('%s of NetworkManager', (answer, metered) => {
  expect(saysMetered(answer)).toBe(metered);
});
