import { expect, test } from 'vitest';
import { forgotten, setSecret, signIn, startAgainWords } from './start.ts';

const pin = { kind: 'pin', minLength: 6 } as const;
const passphrase = { kind: 'passphrase', minLength: 12 } as const;

test('starting again says what is lost for what is damaged', () => {
  // The record of what was viewed survives only where the damage is elsewhere.
  expect(startAgainWords('library-corrupt').kept).toContain('still sent to the practice');
  // What waits to be sent is in the part that is damaged.
  for (const code of ['library-corrupt', 'vault-corrupt', 'keychain-absent'] as const) expect(startAgainWords(code).lost.join()).toContain('not yet been sent');
  expect(startAgainWords('vault-elsewhere').lost.join()).toContain('only the computer that it was made on');
  expect(startAgainWords('keychain-absent').body).not.toContain('damaged');
});

test('a forgotten secret: counts read as sentences', () => {
  expect(forgotten.lost(1, '48 MB')[0]).toBe('The copy of 1 recording on this computer (48 MB)');
  expect(forgotten.lost(12, '3.4 GB')[0]).toBe('The copies of 12 recordings on this computer (3.4 GB)');
  expect(forgotten.lost(0, '0 bytes').join()).not.toContain('bytes');
  expect(forgotten.kept(1)[2]).toContain('1 entry waits to be sent, and still goes to the practice');
  expect(forgotten.kept(3)[2]).toContain('3 entries wait to be sent, and still go to the practice');
  expect(forgotten.kept(0).join()).not.toContain('wait');
  expect(forgotten.lost(1, '48 MB')[1]).toContain('have not been sent yet');
  expect(forgotten.kept(0)[1]).toContain('recovery key');
  expect(forgotten.confirm.body(0, '0 bytes')).toBe('What is kept under it here is erased now. This cannot be undone.');
});

test('a stricter practice says what it asks for', () => {
  expect(setSecret.policy('Dr Demo', pin)).toContain('a PIN of at least 6 digits');
  expect(setSecret.policy('Dr Demo', passphrase)).toContain('a passphrase of at least 12 characters');
});

test('stores that cannot be opened are told apart only where there are several', () => {
  expect(signIn.broken(1, 1)).toBe('A store that cannot be opened');
  expect(signIn.broken(2, 2)).toBe('A store that cannot be opened (2 of 2)');
});
