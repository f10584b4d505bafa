/** How this computer stands, as far as the app needs it: what `health` answers. Numbers, codes and times; nothing of a patient, a person or a server crosses in it. */
import { z } from 'zod';

/** `attention`: works, and somebody should look at it before it does not. */
const state = z.enum(['good', 'attention', 'bad']);
export type HealthState = z.infer<typeof state>;

const version = z.string().regex(/^\d[\w.+-]{0,39}$/);

export const Health = z.object({
  /** `demoOnly`: the browser engine is no longer maintained. */
  runtime: z.object({ state, app: version, electron: version, chromium: version, node: version, demoOnly: z.boolean() }),
  /** Of the operating system, as it names itself. */
  system: z.object({ state, platform: z.enum(['win32', 'darwin', 'linux', 'other']), release: z.string().regex(/^[\w.+~() -]{0,80}$/), architecture: z.enum(['x64', 'arm64', 'other']) }),
});
export type Health = z.infer<typeof Health>;
