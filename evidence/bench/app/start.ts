/** From nothing to a field to type the secret into: the packaged product, with one clinician's vault on the computer, and a bare window. */
import path from 'node:path';
import { firstSignIn, openClinic } from '../../../e2e/support/journey.ts';
import { testCopy } from '../../../scripts/lib/paths.ts';
import { provideRuntime } from '../../../scripts/runtime.ts';
import type { Measured } from '../measure.ts';
import { alternating } from '../pairs.ts';
import { startTime } from './inspected.ts';
import { OWNER } from '../seeded.ts';
import { BARE, folderOf } from './windows.ts';

export async function start({ runs }: { runs: number }): Promise<Record<string, Measured>> {
  const { executable } = await provideRuntime();
  const clinic = await openClinic();
  try {
    const app = await clinic.start();
    await firstSignIn(app, clinic.person(OWNER));
    await app.close();
    const data = folderOf('bare');
    return {
      'cold-start': await alternating(
        runs, () => startTime(path.join(testCopy, 'viewing-room'), ['--site', clinic.site, '--profile', clinic.profileDir]), () => startTime(executable, [BARE, `--user-data-dir=${data}`]),
      ),
    };
  } finally {
    await clinic.stop();
  }
}
