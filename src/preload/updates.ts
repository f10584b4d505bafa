/** Part of the contract: updates of the app itself (docs/updates.md). */
import { z } from 'zod';
import { updateRefusals } from './codes.ts';

const isoTime = z.iso.datetime({ offset: true });

export const UpdateRefusal = z.enum(updateRefusals);
export type UpdateRefusal = z.infer<typeof UpdateRefusal>;

const bytes = z.number().int().min(0);
const release = { release: z.string(), notes: z.string() };

/** Where it stands. `unknown`: the feed has not been asked since the start. */
const UpdateState = z.discriminatedUnion('is', [
  z.object({ is: z.literal('unknown') }),
  z.object({ is: z.literal('checking') }),
  z.object({ is: z.literal('current') }),
  z.object({ is: z.literal('available'), ...release, bytes }),
  z.object({ is: z.literal('downloading'), ...release, bytes, received: bytes }),
  z.object({ is: z.literal('ready'), ...release }),
  /** `release`: the version that was refused, where it is known. */
  z.object({ is: z.literal('refused'), why: UpdateRefusal, release: z.string().nullable() }),
]);
export type UpdateState = z.infer<typeof UpdateState>;

/** `version`: of this app; `minimum`: below which the feed wants nobody to stay, null where this app is not below it; `askedAt`: when the feed was last asked. */
export const UpdatesView = z.object({ version: z.string(), by: z.enum(['it', 'feed']), minimum: z.string().nullable(), askedAt: isoTime.nullable(), state: UpdateState });
export type UpdatesView = z.infer<typeof UpdatesView>;
