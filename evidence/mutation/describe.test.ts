import { describe as group, expect, it } from 'vitest';
import { argued, describe } from './describe.ts';

const source = 'export function allowed(a: boolean, b: boolean) {\n  return a && b;\n}\nconst few = [1, 2];\n';
const mutant = (line: number, from: number, to: number, mutator: string, replacement: string) => ({ start: { line, column: from }, end: { line, column: to }, mutator, replacement });

group('a mutant', () => {
  it('is named by its declaration, what it was and what it became, and not by its line', () => {
    const [name] = describe('a.ts', source, [mutant(2, 10, 16, 'LogicalOperator', 'a || b')]);
    expect(name).toBe('a.ts › allowed › LogicalOperator: a && b → a || b');
    expect(describe('a.ts', `// A comment.\n\n${source}`, [mutant(4, 10, 16, 'LogicalOperator', 'a || b')])).toEqual([name]);
  });

  it('is told apart from one that reads alike, by its line and then by its order', () => {
    const rows = source.replace('[1, 2];', '[\n  1, 1,\n  [1],\n];');
    const mutants = [mutant(5, 3, 4, 'Number', '0'), mutant(5, 6, 7, 'Number', '0'), mutant(6, 4, 5, 'Number', '0')];
    expect(describe('a.ts', rows, mutants)).toEqual(['a.ts › few › Number: 1 → 0 in 1, 1,', 'a.ts › few › Number: 1 → 0 in 1, 1, (2)', 'a.ts › few › Number: 1 → 0 in [1],']);
  });
});

group('an argument', () => {
  it('is a list item with a name and a reason', () => {
    expect(argued('## Survivors\n\n- `` a.ts › b › C: `x` → y ``\n  Equivalent: no caller can tell the two apart.\n- `` a.ts › d › E: 1 → 2 ``: a second line of defence behind the first.\n')).toEqual(new Set(['a.ts › b › C: `x` → y', 'a.ts › d › E: 1 → 2']));
  });

  it('is none without a reason', () => {
    expect(argued('- `` a.ts › b › C: x → y ``\n- `` a.ts › d › E: 1 → 2 ``\n\n')).toEqual(new Set());
    expect(argued('Somewhere `` a.ts › b › C: x → y `` is named in passing and with many words.')).toEqual(new Set());
  });
});
