/** The public keys that feeds are signed with: they come with the package, and nothing that is fetched adds to them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultFields, log } from '../log.ts';
import { parseStrict } from '../json.ts';
import { FeedKeys, type FeedKey } from './feed.ts';

export const KEYS_FILE = 'update-keys.json';

/** @param resources the package's folder of that name @returns none where there are none: then every feed is refused, and the app works as ever. */
export function readFeedKeys(resources: string): FeedKey[] {
  try {
    return FeedKeys.parse(parseStrict(readFileSync(join(resources, KEYS_FILE), 'utf8'))).keys;
  } catch (error) {
    log('fault', faultFields(error));
    return [];
  }
}
