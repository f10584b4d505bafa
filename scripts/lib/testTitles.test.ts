import { expect, it } from 'vitest';
import { titlesIn } from './testTitles.ts';

const source = `
  describe('a store', () => {
    beforeEach(() => {});
    it('opens', () => {});
    describe.each([1])('of %i', () => { it.each([[1]])('takes %s', () => {}); });
    it.skip('is to be', () => {});
  });
  describe.skip('a store of another day', () => { it('opens too', () => {}); });
  test.describe('a page', () => { test('is shown', async () => { await test.step('by hand', () => {}); }); });
  for (const how of hows) test(\`is shown \${how}\`, () => {});
  test.fixme('is mended', () => {});
  it(nameless, () => {});
  expect('this').toBe('no test');
  list.it('is not one');
`;

it('tests are named as they are found in the file, those that do not run left out', () => {
  expect(titlesIn(source, 'a.test.ts')).toEqual(['a store › opens', 'a store › of %i › takes %s', 'a page › is shown', 'is shown ${how}']);
});
