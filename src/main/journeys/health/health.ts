/** How this computer stands: asked for from any screen, also before there is a site file, and while the vault is locked. */
import { arch, release } from 'node:os';
import type { Health } from '../../../preload/health.ts';
import type { Desk } from '../desk.ts';

type Platform = Health['system']['platform'];
type Architecture = Health['system']['architecture'];

const platforms: Readonly<Record<string, Platform>> = { win32: 'win32', darwin: 'darwin', linux: 'linux' };
const architectures: Readonly<Record<string, Architecture>> = { x64: 'x64', arm64: 'arm64' };

export function health({ machine: { about } }: Desk): Health {
  const { chrome = '0', node } = process.versions;
  return {
    runtime: { state: about.demoRuntime ? 'attention' : 'good', app: about.version, electron: about.electron, chromium: chrome, node, demoOnly: about.demoRuntime },
    system: { state: 'good', platform: platforms[process.platform] ?? 'other', release: release().replace(/[^\w.+~() -]/g, '').slice(0, 80), architecture: architectures[arch()] ?? 'other' },
  };
}
