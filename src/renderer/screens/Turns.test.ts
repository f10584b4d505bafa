import { expect, it } from 'vitest';
import { Turns } from './Turns.ts';

/** Questions that are answered when the test says so. */
function asked() {
  const out: string[] = [];
  let answer = (): void => undefined;
  const ask = (name: string) => () => new Promise<void>((resolve) => {
    out.push(name);
    answer = resolve;
  });
  const answered = async () => {
    answer();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { out, ask, answered };
}

it('asks at once, and while that is out only the newest waits', async () => {
  const turns = new Turns();
  const { out, ask, answered } = asked();
  turns.take(ask('a'));
  expect(out).toEqual(['a']);
  for (const name of ['b', 'c', 'd']) turns.take(ask(name));
  expect(out).toEqual(['a']);
  await answered();
  expect(out).toEqual(['a', 'd']);
  await answered();
  expect(out).toEqual(['a', 'd']);
  turns.take(ask('e'));
  expect(out).toEqual(['a', 'd', 'e']);
});
