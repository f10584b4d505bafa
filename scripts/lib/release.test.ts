import { describe, expect, it } from 'vitest';
import { releaseFaults } from './release.ts';

const all = (names: string) => Object.fromEntries(names.split(' ').map((name) => [name, 'x']));

describe('a release', () => {
  it('is refused with an Electron of known vulnerabilities, on every platform and whatever the keys', () => {
    for (const platform of ['linux', 'win32', 'darwin'] as const) {
      expect(releaseFaults('43.4.0', platform, all('CSC_LINK CSC_KEY_PASSWORD CSC_NAME APPLE_KEYCHAIN_PROFILE'))).toEqual(['Electron 43.4.0 must not be shipped: releases need 43.4.1 or newer.']);
    }
  });

  it('names the variables that are missing to sign with', () => {
    expect(releaseFaults('45.4.1', 'linux', {})).toEqual([]);
    expect(releaseFaults('45.4.1', 'win32', {})).toEqual(['There is no certificate to sign with. Set WIN_CSC_LINK and WIN_CSC_KEY_PASSWORD, or CSC_LINK and CSC_KEY_PASSWORD.']);
    expect(releaseFaults('45.4.1', 'darwin', {}).join('\n')).toMatch(/Developer ID .*CSC_NAME\.\n.*notarise .*APPLE_KEYCHAIN_PROFILE\.$/);
  });

  it('takes one whole set, and no half of one', () => {
    expect(releaseFaults('45.4.1', 'win32', all('CSC_LINK CSC_KEY_PASSWORD'))).toEqual([]);
    expect(releaseFaults('45.4.1', 'win32', { WIN_CSC_LINK: 'x', CSC_KEY_PASSWORD: 'x', WIN_CSC_KEY_PASSWORD: '' })).toHaveLength(1);
    expect(releaseFaults('45.4.1', 'darwin', all('CSC_NAME'))).toHaveLength(1);
    expect(releaseFaults('45.4.1', 'darwin', all('CSC_NAME APPLE_API_KEY APPLE_API_KEY_ID APPLE_API_ISSUER'))).toEqual([]);
  });
});
