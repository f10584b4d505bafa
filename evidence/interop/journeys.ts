/** What each journey came to, for whoever counts. */
import { say } from '../../scripts/lib/process.ts';

/** What the reading's own computers say of themselves: the packaged app's record is told from theirs by it. */
export const READING_VERSION = '0.0.0-reading';

export interface Journey {
  /** `peers`: the two servers alone. `reading`: the app's own modules in Node. `app`: the packaged app, as a person drives it. */
  layer: 'peers' | 'reading' | 'app';
  name: string;
  passed: boolean;
  /** What was seen, or what was wrong. */
  said: string;
  seconds: number;
}

/** What the app's process writes for the one that counts. */
export interface AppRun {
  runtime: object;
  journeys: Journey[];
}

/** Runs a journey; what it gives back is what was seen. */
export async function journey(into: Journey[], layer: Journey['layer'], name: string, body: () => Promise<string>): Promise<void> {
  const started = performance.now();
  let [passed, said] = [true, ''];
  try {
    said = await body();
  } catch (error) {
    [passed, said] = [false, (error instanceof Error ? error.message : String(error)).split('\n').slice(0, 6).join(' ').slice(0, 600)];
  }
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  say(`${passed ? '✓' : '✗'} ${name}: ${said} (${seconds} s)`);
  into.push({ layer, name, passed, said, seconds });
}
