/** A clinic with one long recording, which its computer has. */
import { expect } from '@playwright/test';
import { firstSignIn, openClinic, row, type Clinic } from '../../../e2e/support/journey.ts';
import { utcMidnight } from '../../../practice/days.ts';
import { DEMO_MEDIA, readClips } from '../../../practice/media/clips.ts';
import { largeRecording, type LargeSize } from '../../../practice/media/large.ts';
import { OWNER } from '../seeded.ts';

/** Nobody is in: the app has been closed again. @param use what is done with it; `file` is the same recording as a plain file */
export async function withLarge<T>(size: LargeSize, use: (large: { clinic: Clinic; title: string; file: string }) => Promise<T>): Promise<T> {
  const clinic = await openClinic({ large: [size] });
  try {
    const { title, media } = await largeRecording(size, readClips(DEMO_MEDIA), utcMidnight(), true);
    if (!('file' in media)) throw new Error('a long recording is no file');
    const app = await clinic.start();
    await firstSignIn(app, clinic.person(OWNER));
    await expect(row(app.window, title)).toContainText('Ready offline', { timeout: 600_000 });
    await app.close();
    return await use({ clinic, title, file: media.file });
  } finally {
    await clinic.stop();
  }
}
