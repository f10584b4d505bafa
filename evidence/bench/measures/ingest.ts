import { inElectron } from '../inElectron.ts';
import type { Measure } from '../measure.ts';
import { withMedia } from '../media.ts';
import { sizes } from '../trial.ts';

export const ingest: Measure = {
  name: 'ingest',
  what: 'a recording downloaded over loopback, compared with its signed digest and sealed ÷ the same download to a plain file, both until they are on the disk',
  unit: 'MB/s',
  goal: { is: 'at least', figure: 0.85, of: 'ratio' },
  run: () => withMedia(sizes.megabytes, (media) => inElectron({ name: 'ingest', media, runs: sizes.runs })),
};
