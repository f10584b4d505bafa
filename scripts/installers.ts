import { access, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, Platform } from 'electron-builder';
import { installerConfig, validConfig } from './lib/builder.ts';
import { fuseFaults, shippedFuses } from './lib/fuses.ts';
import { program, release, root } from './lib/paths.ts';
import { main, say, Stop } from './lib/process.ts';
import { releaseFaults } from './lib/release.ts';
import { writeSupplies } from './lib/supplies.ts';
import { marker, prepare } from './prepare.ts';
import { updateKeysFor } from './updates/package-keys.ts';

// Makes the installer of the system that this runs on: NSIS on Windows, dmg on macOS, AppImage on Linux. electron-builder downloads its tools.
// `--demo` makes an unsigned one to try out. The .deb is made by scripts/package.ts.
const programs = { win32: 'win-unpacked/Viewing Room.exe', darwin: 'Viewing Room.app/Contents/MacOS/Viewing Room', linux: `linux-unpacked/${program}` } as const;
const targets = { win32: Platform.WINDOWS, darwin: Platform.MAC, linux: Platform.LINUX } as const;

await main(async () => {
  const { platform } = process;
  if (platform !== 'win32' && platform !== 'darwin' && platform !== 'linux') throw new Stop(`There is no installer for ${platform}.`);
  const demo = process.argv.includes('--demo');
  const { runtime, sqlite } = await prepare({ session: false });
  const faults = demo ? [] : releaseFaults(runtime.version, platform, process.env);
  if (faults.length > 0) throw new Stop(`This cannot be released:\n  ${faults.join('\n  ')}\nFor an installer to try out: npm run installers -- --demo`);
  await access(path.join(root, 'out/main/index.cjs')).catch(() => {
    throw new Stop('Nothing is built yet. Run: npm run build');
  });

  const updateKeys = await updateKeysFor({ demo });
  const markerFile = path.join(root, '.cache/runtime.json');
  const config = installerConfig(!demo, { runtime, sqlite, marker: markerFile, updateKeys, supplies: await writeSupplies(runtime.version) });
  await validConfig(config);
  await writeFile(markerFile, marker(runtime));
  try {
    const made = await build({
      projectDir: root,
      targets: targets[platform].createTarget(),
      publish: 'never',
      config,
    });
    const unpacked = await readdir(path.join(release, 'installers'), { recursive: true });
    const executables = unpacked.filter((file) => file.replaceAll(path.sep, '/').endsWith(programs[platform]));
    if (executables.length === 0) throw new Stop(`No ${programs[platform]} was made.`);
    const wrong = (await Promise.all(executables.map((file) => fuseFaults(path.join(release, 'installers', file), shippedFuses)))).flat();
    if (wrong.length > 0) throw new Stop(`The fuses are not as they should be:\n  ${wrong.join('\n  ')}`);
    say(`Made: ${made.map((file) => path.relative(root, file)).join(', ')}`);
  } finally {
    await rm(markerFile, { force: true });
  }
});
