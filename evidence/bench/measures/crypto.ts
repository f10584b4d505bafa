import { inElectron } from '../inElectron.ts';
import type { Measure } from '../measure.ts';
import { sizes } from '../trial.ts';

export const opening: Measure = {
  name: 'crypto',
  what: 'opening a recording’s segments, in memory ÷ AES-256-GCM of the same runtime on the same buffers, tag checked',
  unit: 'MB/s',
  goal: { is: 'at least', figure: 0.85, of: 'ratio' },
  run: () => inElectron({ name: 'crypto', megabytes: sizes.megabytes, runs: sizes.runs }),
};
