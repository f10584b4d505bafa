import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BODY_LIMIT, type ChainEntry, entryHash, FIRST_PREVIOUS, keyOfText, keyText, publicKeyOf, signHash, signingKey, verifyChain } from './chain.ts';
import type { EntryBody } from './entry.ts';
import { Journal, type EntryStore } from './journal.ts';
import { readEntry } from './reported.ts';

class MemoryStore implements EntryStore {
  readonly entries: ChainEntry[] = [];
  head() {
    const last = this.entries.at(-1);
    return last ? { seq: last.seq, hash: last.hash } : null;
  }
  append(entry: ChainEntry): void {
    this.entries.push(entry);
  }
}

const key = signingKey(randomBytes(32));
const publicKey = publicKeyOf(key);
const actor = { sds: '555000000001', practitioner: 'Practitioner/gp-1', role: 'GP', name: 'Dr Grace Tester' };
const subject = { recording: 'urn:uuid:1', document: 'DocumentReference/rec-1', patient: 'Patient/pat-1', task: 'Task/task-1', purpose: 'TREAT' };

function chainOf(length: number): ChainEntry[] {
  const store = new MemoryStore();
  const journal = new Journal(store, key, 'device', actor, () => 1_000_000);
  for (let i = 0; i < length; i += 1) journal.write(i % 2 ? { event: 'opened', subject } : { event: 'foreign-offered', count: i });
  return store.entries;
}

describe('the audit chain', () => {
  it('of a journal verifies, whole or from any head on', () => {
    const entries = chainOf(10);
    expect(verifyChain(entries, publicKey)).toEqual({ ok: true, head: { seq: 10, hash: entries[9]!.hash } });
    expect(verifyChain(entries.slice(4), publicKey, { seq: 4, hash: entries[3]!.hash }).ok).toBe(true);
    expect(verifyChain([], publicKey)).toEqual({ ok: true, head: null });
  });

  it('keeps to its published hash', () => {
    // Worked out with another program: SHA-256 of 0x00, eight bytes of 1, 32 zero bytes and "body".
    expect(entryHash(1, FIRST_PREVIOUS, Buffer.from('body')).toString('hex')).toBe('fc9acba1281334e9e95b3b58b8486ba42b61c5b89532c91f4dd14956d5c71e66');
  });

  it('takes RFC 8032’s key from its seed', () => {
    const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
    expect(publicKeyOf(signingKey(seed)).export({ format: 'jwk' }).x).toBe(Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex').toString('base64url'));
  });

  it('names a key by its 32 bytes, and takes no other text for one', () => {
    const text = keyText(publicKey);
    expect(keyOfText(text)?.equals(publicKey)).toBe(true);
    expect([keyOfText(text.slice(1)), keyOfText(`${text}A`), keyOfText(''), keyOfText(`${text.slice(1)}=`)]).toEqual([null, null, null, null]);
  });

  const whole = chainOf(12);
  const index = fc.nat({ max: 11 });
  const broken = (entries: ChainEntry[]) => !verifyChain(entries, publicKey).ok;

  it('shows a deleted entry anywhere but at the end', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 1, max: 10 }), (at, n) => {
      const cut = [...whole];
      cut.splice(at, Math.min(n, 11 - at));
      expect(broken(cut)).toBe(true);
    }));
  });

  it('shows a changed body, hash, signature or number', () => {
    fc.assert(fc.property(index, fc.constantFrom('body', 'hash', 'signature'), fc.nat({ max: 31 }), fc.integer({ min: 1, max: 255 }), (at, field, byte, change) => {
      const entries = whole.map((entry) => ({ ...entry }));
      const target = Buffer.from(entries[at]![field]);
      target[byte] = (target[byte] ?? 0) ^ change;
      entries[at]![field as 'body'] = target;
      expect(broken(entries)).toBe(true);
    }));
    fc.assert(fc.property(index, fc.integer({ min: -3, max: 20 }), (at, seq) => {
      fc.pre(seq !== at + 1);
      expect(broken(whole.map((entry, i) => (i === at ? { ...entry, seq } : entry)))).toBe(true);
    }));
  });

  it('shows entries in another order, repeated or put in between', () => {
    fc.assert(fc.property(index, index, (a, b) => {
      fc.pre(a !== b);
      const entries = [...whole];
      [entries[a], entries[b]] = [entries[b]!, entries[a]!];
      expect(broken(entries)).toBe(true);
      expect(broken([...whole.slice(0, a), whole[b]!, ...whole.slice(a)])).toBe(true);
    }));
  });

  it('cannot be written anew without the device’s key', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    let previous: Buffer = FIRST_PREVIOUS;
    const forged = whole.map(({ seq }) => {
      const body = Buffer.from('{"event":"nothing happened"}');
      previous = entryHash(seq, previous, body);
      return { seq, body, hash: previous, signature: signHash(createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' })), previous) };
    });
    expect(verifyChain(forged, publicKey)).toEqual({ ok: false, seq: 1, why: 'signature' });
    expect(verifyChain(whole.slice(3), publicKey)).toEqual({ ok: false, seq: 4, why: 'gap' });
  });
});

describe('the journal', () => {
  it('names who, when, where and what, and nothing that a caller adds over it', () => {
    const store = new MemoryStore();
    const forged = { event: 'opened', subject, seq: 99, actor: { ...actor, name: 'Someone Else' }, device: 'other', at: 'never' } as never;
    new Journal(store, key, 'device', actor, () => Date.UTC(2026, 10, 20)).write(forged);
    const body = JSON.parse(store.entries[0]!.body.toString('utf8')) as EntryBody;
    expect(body).toMatchObject({ version: 1, seq: 1, device: 'device', at: '2026-11-20T00:00:00.000Z', actor, event: 'opened', subject });
    expect(body.id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('writes nothing that is longer than any reader takes: it would be missing from the chain for good', () => {
    const store = new MemoryStore();
    const journal = new Journal(store, key, 'device', actor, () => 0);
    const longest = (length: number) => ({ event: 'consulted', view: 'ladder', about: 'x'.repeat(length) }) as const;
    journal.write(longest(60_000));
    expect(readEntry(store.entries[0]!.body)?.entry).toMatchObject({ event: 'consulted' });
    expect(() => journal.write(longest(BODY_LIMIT))).toThrow(expect.objectContaining({ code: 'audit-unwritable' }));
    expect(store.entries).toHaveLength(1);
  });

  it('says that audit is unwritable when the store fails, whatever the fault', () => {
    const store = new MemoryStore();
    store.append = () => {
      throw new Error('disk');
    };
    expect(() => new Journal(store, key, 'device', actor, () => 0).write({ event: 'opened', subject })).toThrow(expect.objectContaining({ code: 'audit-unwritable' }));
  });
});
