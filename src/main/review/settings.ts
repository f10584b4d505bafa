/** What one person chose for themselves, kept with their vault. */
import { defaultSettings, Settings } from '../../preload/settings.ts';
import type { InLibrary } from './notebook.ts';

const within = (settings: Settings, lockMinutes: number): Settings => ({ ...settings, lockMinutes: Math.min(settings.lockMinutes, lockMinutes) });

export function readSettings(inLibrary: InLibrary, lockMinutes: number): Settings {
  const body = inLibrary((db) => db.prepare('SELECT body FROM setting').pluck().get()) as string | undefined;
  if (body === undefined) return defaultSettings(lockMinutes);
  // One that a later version added has its default.
  const kept = Settings.safeParse({ ...defaultSettings(lockMinutes), ...JSON.parse(body) as object }).data;
  return within(kept ?? defaultSettings(lockMinutes), lockMinutes);
}

export function saveSettings(inLibrary: InLibrary, settings: Settings, lockMinutes: number): Settings {
  const kept = within(settings, lockMinutes);
  inLibrary((db) => db.prepare('INSERT INTO setting VALUES (1, ?) ON CONFLICT DO UPDATE SET body = excluded.body').run(JSON.stringify(kept)));
  return kept;
}
