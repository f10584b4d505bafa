import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStrict } from './json.ts';

describe('strict JSON', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(parseStrict(text)).toEqual(JSON.parse(text));
    }));
  });

  it.each([
    '{"a":1,"a":1}', '{"a":1,"b":{"c":1,"c":2}}', '[{"a":1},{"a":1,"a":2}]', '{"a":1,"\\u0061":2}', '{"a\\"":1,"a\\"":2}', '{"a":{"a":1},"a":2}', '{"":1,"":2}',
    '{"__proto__":1,"__proto__":2}', `{"a"${'\n'.repeat(1000)}:1,"a":2}`, '{"a":"}","a":1}', '{"a":["{","a"],"a":1}',
  ])('refuses the repeated name in %j', (text) => {
    expect(() => parseStrict(text)).toThrow('repeated member name');
  });

  it.each(['{"a":"a","b":"a"}', '{"a":{"a":{"a":1}},"b":{"a":1}}', '["a","a",{"a":"a"}]', '{"a":"\\\\","b":"\\"a\\":"}', '"a"'])('finds no repetition in %j', (text) => {
    expect(parseStrict(text)).toEqual(JSON.parse(text));
  });

  it('refuses what is no JSON', () => {
    for (const text of ['', '{"a":1', "{'a':1}", '{"a":1}x']) expect(() => parseStrict(text)).toThrow(SyntaxError);
  });
});
