/** electron-updater, held to the signed document: it hears of one file, has it fetched by us, keeps it, and gives it to the system's installer. It reads no feed of its own. */
import type { AppUpdater, ResolvedUpdateFileInfo, UpdateInfo } from 'electron-updater';
import type { DownloadUpdateOptions } from 'electron-updater/out/AppUpdater.js';
import type { ProviderRuntimeOptions } from 'electron-updater/out/providers/Provider.js';
import { UpdateRefused, type PackageKind } from './feed.ts';
import type { Installer } from './updates.ts';

/** Loaded when somebody fetches an update, and not before. */
export async function makeInstaller(kind: PackageKind): Promise<Installer> {
  const library = await import('electron-updater');
  let bring: (destination: string) => Promise<void> = () => Promise.reject(new UpdateRefused('cannot-apply'));

  /** What was unpacked by hand has no installer: the file is only kept. */
  class FolderUpdater extends library.BaseUpdater {
    constructor() {
      super(null);
    }

    protected override doDownloadUpdate(options: DownloadUpdateOptions) {
      const { info, provider } = options.updateInfoAndProvider;
      const [fileInfo] = provider.resolveFiles(info);
      if (!fileInfo) throw new UpdateRefused('no-file');
      return this.executeDownload({ fileExtension: 'gz', fileInfo, downloadUpdateOptions: options, task: (destination) => bring(destination) });
    }

    protected override doInstall(): boolean {
      return false;
    }
  }

  const makes: Record<PackageKind, () => AppUpdater> = {
    deb: () => new library.DebUpdater(), AppImage: () => new library.AppImageUpdater(), nsis: () => new library.NsisUpdater(), zip: () => new library.MacUpdater(), 'tar.gz': () => new FolderUpdater(),
  };
  const updater = makes[kind]();
  updater.logger = null;
  updater.autoDownload = false;
  updater.autoInstallOnAppQuit = false;
  updater.allowDowngrade = false;
  updater.disableWebInstaller = true;
  // A differential download fetches pieces of a file, and what was signed is the whole.
  updater.disableDifferentialDownload = true;
  // Its own downloader would follow redirects, wait without end, know no size, and not have the name and password that the proxy was given.
  Object.assign(updater, { httpExecutor: { download: (_url: URL, destination: string) => bring(destination) } });

  return {
    prepare: async (release, { name, size, sha512 }, from) => {
      bring = from;
      // Without `path` and `sha512`, which repeat the first file for old versions of electron-updater.
      const info = { version: release, files: [{ url: name, size, sha512 }] as UpdateInfo['files'], releaseDate: '' } as UpdateInfo;
      class SignedProvider extends library.Provider<UpdateInfo> {
        constructor(_options: unknown, _updater: unknown, runtime: ProviderRuntimeOptions) {
          super(runtime);
        }

        override getLatestVersion(): Promise<UpdateInfo> {
          return Promise.resolve(info);
        }

        /** electron-updater takes the file's name from an address; nothing is fetched from it. */
        override resolveFiles(): ResolvedUpdateFileInfo[] {
          return info.files.map((file) => ({ url: new URL(file.url, 'https://feed.invalid/'), info: file }));
        }
      }
      updater.setFeedURL({ provider: 'custom', updateProvider: SignedProvider });
      const found = await updater.checkForUpdates();
      if (!found?.isUpdateAvailable) throw new UpdateRefused('cannot-apply');
      const [path] = await updater.downloadUpdate();
      if (path === undefined) throw new UpdateRefused('disk');
      return path;
    },
    install: () => {
      let failed = false;
      updater.once('error', () => {
        failed = true;
      });
      updater.quitAndInstall(false, true);
      return !failed;
    },
  };
}
