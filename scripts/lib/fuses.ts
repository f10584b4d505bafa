import { flipFuses, FuseV1Options, FuseVersion, getCurrentFuseWire } from '@electron/fuses';

/** Every fuse of the shipped program: the type refuses a new fuse that nobody decided about. */
export const shippedFuses: Record<FuseV1Options, boolean> = {
  [FuseV1Options.RunAsNode]: false, // the program cannot be turned into a Node that reads our keychain entries
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false, // no code from the environment
  [FuseV1Options.EnableNodeCliInspectArguments]: false, // no debugger
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true, // macOS and Windows; Linux ignores it
  [FuseV1Options.OnlyLoadAppFromAsar]: true, // no folder `app` beside the archive
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false, // there is no such snapshot
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false, // nothing is loaded from file:
  [FuseV1Options.WasmTrapHandlers]: true, // the default; runtimes before this fuse existed do the same
};

/** The test copy differs in this one fuse, through which Playwright attaches. */
export const testFuses: Record<FuseV1Options, boolean> = { ...shippedFuses, [FuseV1Options.EnableNodeCliInspectArguments]: true };

const on = '1'.charCodeAt(0);
const off = '0'.charCodeAt(0);

/** Reads the fuses of a program: fuse → on or off; those that it does not have yet are left out. */
export async function readFuses(executable: string): Promise<Map<FuseV1Options, boolean>> {
  const wire = (await getCurrentFuseWire(executable)) as unknown as Record<number, number | undefined>;
  const found = new Map<FuseV1Options, boolean>();
  for (const fuse of Object.values(FuseV1Options).filter((value) => typeof value === 'number')) {
    const state = wire[fuse];
    if (state === on || state === off) found.set(fuse, state === on);
  }
  return found;
}

/** Sets every fuse that the program has. */
export async function setFuses(executable: string, wanted: Record<FuseV1Options, boolean>): Promise<void> {
  const present = await readFuses(executable);
  const config = Object.fromEntries([...present.keys()].map((fuse) => [fuse, wanted[fuse]]));
  await flipFuses(executable, { version: FuseVersion.V1, resetAdHocDarwinSignature: process.platform === 'darwin', ...config });
}

/** Says which fuses differ from what is wanted, in words. */
export async function fuseFaults(executable: string, wanted: Record<FuseV1Options, boolean>): Promise<string[]> {
  const present = await readFuses(executable);
  if (present.size < 8) return [`only ${present.size} fuses could be read in ${executable}`];
  return [...present].filter(([fuse, state]) => state !== wanted[fuse]).map(([fuse, state]) => `${FuseV1Options[fuse]} is ${state ? 'on' : 'off'}`);
}
