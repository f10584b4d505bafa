/** How fast a recording is brought here, against the same download to a plain file. */
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Measure } from '../measure.ts';
import { alternating } from '../pairs.ts';
import { MB, Recording } from '../recording.ts';
import { sizes } from '../trial.ts';

/** The plain file is on the disk as well when it is done. */
async function toPlainFile(recording: Recording): Promise<void> {
  const path = join(recording.folder, 'plain');
  const file = await open(path, 'w');
  try {
    for await (const chunk of (await recording.download(new AbortController().signal)).chunks) await file.write(chunk);
    await file.sync();
  } finally {
    await file.close();
  }
}

export const ingest: Measure = {
  name: 'ingest',
  what: 'a recording downloaded, compared with its signed digest and sealed ÷ the same download to a plain file',
  unit: 'MB/s',
  goal: { is: 'at least', figure: 0.85, of: 'ratio' },
  run: async () => {
    const recording = await Recording.of(sizes.megabytes);
    const rate = async (work: () => Promise<void>): Promise<number> => {
      const began = performance.now();
      await work();
      return recording.size / MB / ((performance.now() - began) / 1000);
    };
    try {
      return await alternating(
        sizes.runs,
        async () => {
          const figure = await rate(() => recording.keep());
          recording.remove();
          return figure;
        },
        async () => {
          const figure = await rate(() => toPlainFile(recording));
          await rm(join(recording.folder, 'plain'));
          return figure;
        },
      );
    } finally {
      recording.close();
    }
  },
};
