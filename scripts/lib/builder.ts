import { createRequire } from 'node:module';
import path from 'node:path';
import { FuseV1Options } from '@electron/fuses';
import type { Configuration } from 'electron-builder';
import { SQLITE_FILE } from '../../src/main/platform/runtime.ts';
import { KEYS_FILE } from '../../src/main/platform/updates/keys.ts';
import type { Prepared } from '../prepare.ts';
import { afterPack } from './contents.ts';
import { shippedFuses } from './fuses.ts';
import { root, sqlitePrebuilds } from './paths.ts';

type Fuses = NonNullable<Configuration['electronFuses']>;

/** The fuses in electron-builder's spelling. It knows no WasmTrapHandlers, whose default is what we want; the fuses are read back afterwards, that one too. */
export const builderFuses = Object.fromEntries(
  Object.entries(shippedFuses).map(([fuse, on]) => [FuseV1Options[Number(fuse)] ?? '', on] as const)
    .filter(([name]) => name !== FuseV1Options[FuseV1Options.WasmTrapHandlers])
    .map(([name, on]) => [name.charAt(0).toLowerCase() + name.slice(1), on]),
) as Fuses;

interface Parts extends Prepared {
  /** Files: what the app reads to say which runtime it is in, and the keys that it trusts feeds by. */
  marker: string;
  updateKeys: string;
  /** As `extraResources` takes them. */
  supplies: { from: string; to: string }[];
}

/** The runtime, what every package has beside its archive, whatever it is for, and the check of it. */
export const partsConfig = ({ runtime, sqlite, marker, updateKeys, supplies }: Parts): Configuration => ({
  electronDist: runtime.dir,
  electronVersion: runtime.version,
  afterPack,
  extraResources: [
    { from: marker, to: 'runtime.json' }, { from: updateKeys, to: KEYS_FILE }, { from: path.join(root, 'resources/app-update.yml'), to: 'app-update.yml' },
    ...supplies, { from: sqlite ?? path.join(sqlitePrebuilds, '${platform}-${arch}.node'), to: SQLITE_FILE },
  ],
});

/** What an installer is made with beyond electron-builder.yml. @param release whether an unsigned one is refused */
export const installerConfig = (release: boolean, parts: Parts): Configuration => ({
  ...partsConfig(parts),
  directories: { output: 'release/installers' },
  electronFuses: builderFuses,
  forceCodeSigning: release,
  mac: { notarize: release },
});

interface BuilderConfig {
  getConfig: (projectDir: string, configPath: string | null, overrides: Configuration) => Promise<Configuration>;
  validateConfiguration: (config: Configuration, debug: { isEnabled: boolean }) => Promise<void>;
}

/** The whole configuration as electron-builder reads it, held against its own schema. @throws Error naming each option that it does not know or take */
export async function validConfig(overrides: Configuration): Promise<Configuration> {
  const fromBuilder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
  const builder = fromBuilder('app-builder-lib/out/util/config/config.js') as BuilderConfig;
  const config = await builder.getConfig(root, null, overrides);
  await builder.validateConfiguration(config, { isEnabled: false });
  return config;
}
