import { chmod, cp, copyFile, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { contentHash } from './lib/digest.ts';
import { packaged, program, release, root } from './lib/paths.ts';
import { main, must, run, say, Stop } from './lib/process.ts';

/** Where a practice's IT puts the site file; no part of the package, which leaves it alone. */
export const machineSite = '/etc/viewing-room/site.json';

const architectures: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };

/** Libraries as `scripts/system.ts` needs them; newer releases call some `…t64`. */
const depends = [
  'libasound2 | libasound2t64', 'libatk-bridge2.0-0 | libatk-bridge2.0-0t64', 'libatk1.0-0 | libatk1.0-0t64', 'libcups2 | libcups2t64', 'libgbm1',
  'libgtk-3-0 | libgtk-3-0t64', 'libnss3', 'libsecret-1-0', 'xdg-utils',
];

interface Manifest {
  version: string;
  description: string;
  productName: string;
  author: string;
}

/**
 * Makes the Debian package out of release/linux-unpacked, with dpkg-deb alone. It has no maintainer scripts and nothing in /etc: what is installed is what it lists.
 * Nothing is done when no input changed since the last time.
 * @returns its file; nothing where there is no dpkg-deb
 */
export async function makeDeb(): Promise<string | undefined> {
  if ((await run('dpkg-deb', ['--version'])).code !== 0) {
    say('There is no dpkg-deb here, so no .deb is made.');
    return undefined;
  }
  const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as Manifest;
  const { demoOnly } = JSON.parse(await readFile(path.join(packaged, 'resources/runtime.json'), 'utf8')) as { demoOnly: boolean };
  const architecture = architectures[process.arch];
  if (!architecture) throw new Stop(`There is no Debian architecture for ${process.arch}.`);
  // `~` sorts before everything, so that each release replaces what was for trying out.
  const version = `${manifest.version}${demoOnly ? '~demo' : ''}`;
  const file = path.join(release, `${program}_${version}_${architecture}.deb`);
  const stamp = path.join(release, 'deb.sha256');
  const inputs = await contentHash([...['scripts/deb.ts', 'resources/icons', 'resources/icon.svg', 'LICENSE', 'package.json'].map((name) => path.join(root, name)), path.join(release, 'inputs.sha256')]);
  if ((await readFile(stamp, 'utf8').catch(() => '')) === `${inputs} ${path.basename(file)}`) {
    say('The .deb is up to date.');
    return file;
  }

  for (const old of await readdir(release)) if (old.endsWith('.deb')) await rm(path.join(release, old));
  const tree = path.join(release, 'deb');
  try {
    await lay(tree, manifest);
    const size = Number((await must('du', ['-sk', tree])).split('\t')[0]);
    await mkdir(path.join(tree, 'DEBIAN'));
    await writeFile(path.join(tree, 'DEBIAN/control'), control({ manifest, version, architecture, size }));
    // Owned by root whoever makes it. What is for trying out is made fast, what is shipped small.
    await must('dpkg-deb', ['--root-owner-group', ...(demoOnly ? ['-Zgzip', '-z1'] : ['-Zxz']), '--build', tree, file], { timeout: 15 * 60_000 });
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
  await writeFile(stamp, `${inputs} ${path.basename(file)}`);
  say(`Made: ${path.relative(root, file)}`);
  return file;
}

async function lay(tree: string, { productName, description }: Manifest): Promise<void> {
  await rm(tree, { recursive: true, force: true });
  const at = async (name: string) => {
    await mkdir(path.dirname(path.join(tree, name)), { recursive: true });
    return path.join(tree, name);
  };
  const home = await at(`usr/lib/${program}`);
  await cp(packaged, home, { recursive: true });
  // electron-updater asks it which kind of package it is in.
  await writeFile(path.join(home, 'resources/package-type'), 'deb');
  await symlink(`../lib/${program}/${program}`, await at(`usr/bin/${program}`));
  await writeFile(await at(`usr/share/applications/${program}.desktop`), `[Desktop Entry]
Type=Application
Name=${productName}
Comment=Review recordings of consultations that were assigned to you
Exec=${program}
Icon=${program}
Terminal=false
Categories=Science;MedicalSoftware;
StartupWMClass=${program}
`);
  for (const icon of await readdir(path.join(root, 'resources/icons'))) await copyFile(path.join(root, 'resources/icons', icon), await at(`usr/share/icons/hicolor/${path.parse(icon).name}/apps/${program}.png`));
  await copyFile(path.join(root, 'resources/icon.svg'), await at(`usr/share/icons/hicolor/scalable/apps/${program}.svg`));
  const licence = (await readFile(path.join(root, 'LICENSE'), 'utf8')).trim();
  await writeFile(await at(`usr/share/doc/${program}/copyright`), `${productName}: ${description}.\n\n${licence}\n
The packages in it have licences of their own: /usr/lib/${program}/resources/licences.txt
So has Electron: /usr/lib/${program}/LICENSE.electron.txt and LICENSES.chromium.html
`);
  // Whatever the umask of whoever makes it.
  await must('chmod', ['-R', 'u=rwX,go=rX', tree]);
  // Where the system allows no user namespaces to ordinary programs (Ubuntu since 23.10), Chromium makes its sandbox through this.
  await chmod(path.join(home, 'chrome-sandbox'), 0o4755);
}

const control = ({ manifest, version, architecture, size }: { manifest: Manifest; version: string; architecture: string; size: number }): string => `Package: ${program}
Version: ${version}
Architecture: ${architecture}
Maintainer: ${manifest.author} <maintainers@viewing-room.invalid>
Installed-Size: ${size}
Depends: ${depends.join(', ')}
Recommends: gnome-keyring, fonts-liberation | fonts-liberation2 | fonts-croscore | ttf-mscorefonts-installer
Section: misc
Priority: optional
Description: ${manifest.description.replace(/,.*/, '')}
 ${manifest.description}.
 .
 The practice's site file belongs in ${machineSite}.
`;

if (import.meta.main) await main(async () => {
  await makeDeb();
});
