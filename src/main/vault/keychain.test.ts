import { describe, expect, it } from 'vitest';
import { MemoryKeychain } from './keychain.fixture.ts';
import { Keychain } from './keychain.ts';

const code = (expected: string): unknown => expect.objectContaining({ code: expected });

describe('the keychain', () => {
  it('gives back what was written', async () => {
    const keychain = new Keychain(new MemoryKeychain());
    await keychain.write('a', Buffer.from([0, 255, 10]));
    expect(await keychain.read('a')).toEqual(Buffer.from([0, 255, 10]));
  });

  it('says that an entry is absent only when it is unlocked', async () => {
    const api = new MemoryKeychain();
    expect(await new Keychain(api).read('a')).toBeNull();
    api.entries.set('a', 'AAAA');
    api.state = 'locked';
    await expect(new Keychain(api).read('a')).rejects.toThrow(code('keychain-locked'));
    await expect(new Keychain(api).read('b')).rejects.toThrow(code('keychain-locked'));
  });

  it('takes an empty answer, and a value that was not kept, for a locked keychain', async () => {
    const api = new MemoryKeychain();
    api.entries.set('a', '');
    await expect(new Keychain(api).read('a')).rejects.toThrow(code('keychain-locked'));
    api.setPassword = async () => undefined;
    await expect(new Keychain(api).write('b', Buffer.alloc(32))).rejects.toThrow(code('keychain-locked'));
    await expect(new Keychain(api).read('b')).rejects.toThrow(code('keychain-locked'));
    api.entries.set('b', 'b2xk');
    await expect(new Keychain(api).write('b', Buffer.alloc(32))).rejects.toThrow(code('keychain-locked'));
  });

  it('is tried out without leaving anything behind, and says what it cannot do', async () => {
    const api = new MemoryKeychain();
    api.entries.set('a', 'AAAA');
    await new Keychain(api).prove();
    expect([...api.entries]).toEqual([['a', 'AAAA']]);
    expect([await new Keychain(api).has('a'), await new Keychain(api).has('b')]).toEqual([true, false]);
    expect([...api.entries.keys()]).toEqual(['a']);
    api.state = 'locked';
    await expect(new Keychain(api).prove()).rejects.toThrow(code('keychain-locked'));
    api.state = 'open';
    const getPassword = api.getPassword.bind(api);
    api.getPassword = async () => null;
    await expect(new Keychain(api).prove()).rejects.toThrow(code('keychain-locked'));
    api.getPassword = async () => {
      throw new Error('Access is denied.');
    };
    await expect(new Keychain(api).prove()).rejects.toThrow(code('keychain-denied'));
    expect([...api.entries.keys()]).toEqual(['a']);
    api.getPassword = getPassword;
    api.deletePassword = async () => false;
    await expect(new Keychain(api).prove()).rejects.toThrow(code('keychain-locked'));
  });

  it.each([
    ['keychain-locked', 'Cannot create an item in a locked collection'],
    ['keychain-locked', 'User interaction is not allowed.'],
    ['keychain-locked', 'org.freedesktop.Secret.Error.IsLocked'],
    ['keychain-denied', 'Rejected send message, 2 matched rules; type="method_call", sender=":1.7" interface="org.freedesktop.Secret.Service" member="OpenSession"'],
    ['keychain-denied', 'User canceled the operation.'],
    ['keychain-denied', 'Access is denied.'],
    ['keychain-denied', 'Prompt was dismissed'],
    ['keychain-unavailable', 'The name org.freedesktop.secrets was not provided by any .service files'],
    ['keychain-unavailable', 'Cannot autolaunch D-Bus without X11 $DISPLAY'],
    ['keychain-unavailable', 'Unknown or unsupported transport “disabled” for address “disabled:”'],
    ['keychain-unavailable', 'something that nobody has seen before'],
  ])('is %s when it says: %s', async (expected, text) => {
    const api = new MemoryKeychain();
    api.state = new Error(text);
    await expect(new Keychain(api).read('a')).rejects.toThrow(code(expected));
    await expect(new Keychain(api).write('a', Buffer.alloc(32))).rejects.toThrow(code(expected));
    await expect(new Keychain(api).prove()).rejects.toThrow(code(expected));
  });
});
