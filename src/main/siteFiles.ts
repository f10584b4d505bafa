/** Where site files may be; the first counts. */
import { join } from 'node:path';

/** @param named on the command line */
export const siteFiles = (named: string | null): [machineWide: string, named: string | null] => [machineWideSite(), named ?? process.env.VIEWING_ROOM_SITE ?? null];

/** Written by an administrator alone; wins over everything that a user can name. */
function machineWideSite(): string {
  if (process.platform === 'win32') return join(process.env.PROGRAMDATA ?? 'C:\\ProgramData', 'Viewing Room', 'site.json');
  return process.platform === 'darwin' ? '/Library/Application Support/Viewing Room/site.json' : '/etc/viewing-room/site.json';
}
