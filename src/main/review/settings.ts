/** What one person chose for themselves, kept with their vault. */
import { Settings } from '../../preload/review.ts';
import type { InLibrary } from './notebook.ts';

/** @param lockMinutes the site's: a person may choose to be locked out sooner, never later */
export const defaults = (lockMinutes: number): Settings => ({
  captions: true, captionSize: 'medium', captionBackground: 'solid', rate: 1, volume: 1, singleKeys: true, textSize: 'normal', reducedMotion: false, pauseOnNote: true, lockMinutes, pictureSize: 'fit',
});

const within = (settings: Settings, lockMinutes: number): Settings => ({ ...settings, lockMinutes: Math.min(settings.lockMinutes, lockMinutes) });

export function readSettings(inLibrary: InLibrary, lockMinutes: number): Settings {
  const body = inLibrary((db) => db.prepare('SELECT body FROM setting').pluck().get()) as string | undefined;
  if (body === undefined) return defaults(lockMinutes);
  // One that a later version added has its default.
  const kept = Settings.safeParse({ ...defaults(lockMinutes), ...JSON.parse(body) as object }).data;
  return within(kept ?? defaults(lockMinutes), lockMinutes);
}

export function saveSettings(inLibrary: InLibrary, settings: Settings, lockMinutes: number): Settings {
  const kept = within(settings, lockMinutes);
  inLibrary((db) => db.prepare('INSERT INTO setting VALUES (1, ?) ON CONFLICT DO UPDATE SET body = excluded.body').run(JSON.stringify(kept)));
  return kept;
}
