import { expect, test } from 'vitest';
import { checkChangedSecret, checkNewSecret } from './secretRules.ts';

const pin = { kind: 'pin', minLength: 6 } as const;
const passphrase = { kind: 'passphrase', minLength: 12 } as const;

test.each([
  ['', 'empty'], ['12345', 'too-short'], ['12345a', 'not-digits'], ['111111', 'simple'], ['123456', 'simple'], ['987654', 'simple'],
])('the PIN "%s" is %s', (secret, fault) => {
  expect(checkNewSecret(pin, secret, secret)).toEqual({ secret: fault });
});

test('a PIN is typed twice alike', () => {
  expect(checkNewSecret(pin, '280461', '')).toEqual({ repeat: 'repeat-empty' });
  expect(checkNewSecret(pin, '280461', '280462')).toEqual({ repeat: 'different' });
  expect(checkNewSecret(pin, '280461', '280461')).toEqual({});
});

test('a passphrase is counted in characters, whatever they are', () => {
  expect(checkNewSecret(passphrase, 'eleven char', 'eleven char')).toEqual({ secret: 'too-short' });
  expect(checkNewSecret(passphrase, 'four plain words', 'four plain words')).toEqual({});
  expect(checkNewSecret(passphrase, 'aaaaaaaaaaaaaa', 'aaaaaaaaaaaaaa')).toEqual({ secret: 'simple' });
});

test('a change needs the present secret and another one', () => {
  expect(checkChangedSecret(pin, '', '', '')).toEqual({ present: 'empty', secret: 'empty' });
  expect(checkChangedSecret(pin, '482913', '482913', '482913')).toEqual({ secret: 'same' });
  expect(checkChangedSecret(pin, '482913', '280461', '280462')).toEqual({ repeat: 'different' });
  expect(checkChangedSecret(pin, '482913', '280461', '280461')).toEqual({});
});
