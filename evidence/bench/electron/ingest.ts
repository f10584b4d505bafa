/** How fast a recording is brought here, against the same download to a plain file. */
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Measured } from '../measure.ts';
import type { Media } from '../media.ts';
import { alternating } from '../pairs.ts';
import { MB } from '../trial.ts';
import { Recording, type Means } from './recording.ts';

/** On the disk when it is done, as the sealed copy is. */
async function toPlainFile(recording: Recording, path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    for await (const chunk of (await recording.download(new AbortController().signal)).chunks) await file.write(chunk);
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function ingest(media: Media, means: Means, runs: number): Promise<Measured> {
  const recording = await Recording.of(media, means);
  const plain = join(recording.folder, 'plain');
  const rate = async (work: () => Promise<void>): Promise<number> => {
    const began = performance.now();
    await work();
    return recording.size / MB / ((performance.now() - began) / 1000);
  };
  try {
    return await alternating(
      runs,
      async () => {
        const figure = await rate(() => recording.keep());
        recording.remove();
        return figure;
      },
      async () => {
        const figure = await rate(() => toPlainFile(recording, plain));
        await rm(plain);
        return figure;
      },
    );
  } finally {
    recording.close();
  }
}
