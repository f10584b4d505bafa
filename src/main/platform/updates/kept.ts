/** What is remembered of updates from one start to the next: a small file in the profile. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { UpdateRefusal } from '../../../preload/updates.ts';
import { faultFields, log } from '../log.ts';

/** What the access record is to say; the same events as in audit/entry.ts. */
export const UpdateEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('update-refused'), reason: UpdateRefusal, release: z.string().nullable() }),
  z.object({ event: z.literal('update-ready'), release: z.string() }),
  z.object({ event: z.literal('updated'), from: z.string(), to: z.string() }),
]);
export type UpdateEvent = z.infer<typeof UpdateEvent>;

const Kept = z.object({
  /** `issuedAt` of the latest document that counted. */
  seen: z.iso.datetime().nullable(),
  /** The lowest version that it wants anybody to stay at. */
  minimum: z.string().nullable(),
  /** Which app ran here last. */
  ran: z.string().nullable(),
  /** The refusal that was last recorded; the next one like it is not. */
  noted: z.string().nullable(),
  /** Not in the access record yet, because nobody is here. */
  waiting: z.array(UpdateEvent).max(50),
});
export type Kept = z.infer<typeof Kept>;

export function readKept(path: string): Kept {
  try {
    return Kept.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return { seen: null, minimum: null, ran: null, noted: null, waiting: [] };
  }
}

/** Never throws: an update that cannot be remembered stops nobody's work. */
export function writeKept(path: string, kept: Kept): void {
  try {
    writeFileSync(`${path}.new`, JSON.stringify(kept), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch (error) {
    log('fault', faultFields(error));
  }
}
