/** What one person chose for themselves; kept with their vault. Part of contract.ts. */
import { z } from 'zod';

export const Settings = z.object({
  captions: z.boolean(), captionSize: z.enum(['small', 'medium', 'large']), captionBackground: z.enum(['solid', 'half', 'none']), rate: z.number().min(0.5).max(3), volume: z.number().min(0).max(1),
  singleKeys: z.boolean(), textSize: z.enum(['normal', 'large', 'largest']), reducedMotion: z.boolean(), pauseOnNote: z.boolean(),
  /** Minutes; never more than the site's. */
  lockMinutes: z.number().positive().max(60),
  /** No recording is downloaded by itself. */
  onlyAsked: z.boolean(), pictureSize: z.enum(['fit', 'large', 'small']),
});
export type Settings = z.infer<typeof Settings>;

/** What holds for someone who has chosen nothing. @param lockMinutes the site's: a person may choose to be locked out sooner, never later */
export const defaultSettings = (lockMinutes: number): Settings => ({
  captions: true, captionSize: 'medium', captionBackground: 'solid', rate: 1, volume: 1, singleKeys: true, textSize: 'normal', reducedMotion: false, pauseOnNote: true, lockMinutes, onlyAsked: false, pictureSize: 'fit',
});
