import { electronIsSafe, oldestSafeElectron } from './runtime-rules.ts';

interface Key {
  what: string;
  /** Names of environment variables that electron-builder reads; any one set, whole, will do. */
  sets: string[][];
}

/** What a release is signed with. A .deb is not: its repository is. https://www.electron.build/code-signing */
const keys: Partial<Record<NodeJS.Platform, Key[]>> = {
  win32: [{ what: 'a certificate to sign with', sets: [['WIN_CSC_LINK', 'WIN_CSC_KEY_PASSWORD'], ['CSC_LINK', 'CSC_KEY_PASSWORD']] }],
  darwin: [
    { what: 'a Developer ID certificate to sign with', sets: [['CSC_LINK', 'CSC_KEY_PASSWORD'], ['CSC_NAME']] },
    { what: 'a key to notarise with', sets: [['APPLE_API_KEY', 'APPLE_API_KEY_ID', 'APPLE_API_ISSUER'], ['APPLE_ID', 'APPLE_APP_SPECIFIC_PASSWORD', 'APPLE_TEAM_ID'], ['APPLE_KEYCHAIN_PROFILE']] },
  ],
};

/** What keeps this from being released, each as a sentence. A package to try out needs none of it. */
export function releaseFaults(electron: string, platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string[] {
  const faults = (keys[platform] ?? [])
    .filter(({ sets }) => !sets.some((names) => names.every((name) => env[name])))
    .map(({ what, sets }) => `There is no ${what.replace(/^a /, '')}. Set ${sets.map((names) => names.join(' and ')).join(', or ')}.`);
  if (!electronIsSafe(electron)) faults.unshift(`Electron ${electron} must not be shipped: releases need ${oldestSafeElectron} or newer.`);
  return faults;
}
