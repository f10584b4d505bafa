import { describe, expect, it } from 'vitest';
import { differences } from './differences.ts';

const a = { id: 'A', file: 'x.ts' };

describe('findings', () => {
  it('are as explained', () => expect(differences([a, { id: 'B', file: 'N/A' }], [{ id: 'B', file: 'N/A' }, a])).toEqual([]));
  it('are new by check, by file or by number', () => {
    expect(differences([a, a, { id: 'A', file: 'y.ts' }], [a])).toEqual(['not explained: A in x.ts', 'not explained: A in y.ts']);
  });
  it('are gone', () => expect(differences([], [a])).toEqual(['explained and not found any more: A in x.ts']));
});
