import { inElectron } from '../inElectron.ts';
import type { Measure } from '../measure.ts';
import { withMedia } from '../media.ts';
import { sizes } from '../trial.ts';

export const jank: Measure = {
  name: 'jank',
  what: 'event-loop delay of the main process while a recording is brought here, as fast as it goes, and another is played, as a player is given it, 99th percentile (without a window)',
  unit: 'ms',
  goal: { is: 'at most', figure: 10, of: 'value' },
  run: () => withMedia(sizes.megabytes, (media) => inElectron({ name: 'jank', media, runs: sizes.runs })),
};
