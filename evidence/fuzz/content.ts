/** What the runs put into a vault, and the plaintext strings (canaries) that must never be seen on its disk. */
import { createHash } from 'node:crypto';
import { randomFor } from './random.ts';

/** Invented; each at least eight characters, so that none is found by chance. */
export const CANARIES = {
  patient: 'Canary-Patient Featherstonehaugh',
  transcript: 'canary-spoken-words: my left knee hurts on stairs',
  media: 'CANARY-MEDIA-FRAME-0123456789',
  work: 'canary-unsent-note: discussed the knee',
} as const;

export const SECRETS = ['canary first passphrase', 'canary second passphrase', 'canary third passphrase'] as const;

const made = new Map<string, Buffer>();

/** The plaintext of a recording: told by its number and size alone, with the media canary all through it. */
export function mediaOf(recording: number, size: number): Buffer {
  const name = `${recording}/${size}`;
  let bytes = made.get(name);
  if (!bytes) {
    const block = randomFor('media', recording, size).bytes(4096);
    bytes = Buffer.alloc(size);
    for (let at = 0; at < size; at += block.length) {
      block.writeUInt32LE(at, 0);
      block.write(CANARIES.media, 64);
      block.copy(bytes, at);
    }
    made.set(name, bytes);
  }
  return bytes;
}

export const urnOf = (recording: number): string => `urn:uuid:00000000-0000-4000-8000-${String(recording).padStart(12, '0')}`;
export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url');
