/** How the app that runs was installed, as far as the system tells. */
import { readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { PackageKind } from './feed.ts';

/** @param resources the package's folder of that name, in which a .deb says that it is one */
export function packageKind(resources: string): PackageKind {
  if (process.platform === 'win32') return 'nsis';
  if (process.platform === 'darwin') return 'zip';
  if (typeOf(resources) === 'deb') return 'deb';
  const { APPIMAGE, APPDIR } = process.env;
  // Whatever another AppImage starts inherits both, and that one is not ours to replace.
  return APPIMAGE && APPDIR && process.execPath.startsWith(`${APPDIR}${sep}`) ? 'AppImage' : 'tar.gz';
}

function typeOf(resources: string): string {
  try {
    return readFileSync(join(resources, 'package-type'), 'utf8').trim();
  } catch {
    return '';
  }
}
