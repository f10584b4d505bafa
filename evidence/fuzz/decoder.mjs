// Opens one sealed recording without the app. Written from docs/formats.md and Tink's published format (streaming AEAD,
// AES-GCM-HKDF) alone, and shares no code with what it checks: what it opens, any other program can.
//   node evidence/fuzz/decoder.mjs <export.json> <output>
import { createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [TAG, PREFIX] = [16, 7];
const product = { hash: 'sha256', keyBytes: 32, slotBytes: 262144 };

/** u8(1) ‖ recording ‖ SHA-256 of the manifest ‖ u64be(plaintext bytes before this part). */
export function associatedData(recording, manifestSha256, offset) {
  const before = Buffer.alloc(8);
  before.writeBigUInt64BE(BigInt(offset));
  return Buffer.concat([Buffer.of(1), Buffer.from(recording, 'utf8'), bytes32(manifestSha256, 'manifestSha256'), before]);
}

function bytes32(text, name) {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== 32 || bytes.toString('base64url') !== text) throw new Error(`${name} is not 32 bytes in base64url`);
  return bytes;
}

/**
 * Opens one part, its last segment first, and hands each authenticated segment to `take` in order. Returns the plaintext bytes.
 * @param choice other members of Tink's family, for its official vectors
 */
export async function openPart(path, recordingKey, aad, take, { hash, keyBytes, slotBytes } = product) {
  const headerBytes = 1 + keyBytes + PREFIX;
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const read = async (from, to) => {
      const bytes = Buffer.alloc(to - from);
      for (let at = 0; at < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, at, bytes.length - at, from + at);
        if (bytesRead === 0) throw new Error(`${path}: ended early`);
        at += bytesRead;
      }
      return bytes;
    };
    const slots = Math.max(1, Math.ceil(size / slotBytes));
    const start = (slot) => (slot === 0 ? headerBytes : slot * slotBytes);
    const end = (slot) => Math.min(size, (slot + 1) * slotBytes);
    // A tag alone is an empty segment: only the whole of an empty message may be one.
    if (end(slots - 1) - start(slots - 1) < TAG + (slots > 1 ? 1 : 0)) throw new Error(`${path}: no sealed file has this length`);
    const header = await read(0, headerBytes);
    if (header[0] !== headerBytes) throw new Error(`${path}: not this format`);
    const key = Buffer.from(hkdfSync(hash, recordingKey, header.subarray(1, 1 + keyBytes), aad, keyBytes));
    const segment = async (slot) => {
      const nonce = Buffer.alloc(12);
      header.copy(nonce, 0, 1 + keyBytes);
      nonce.writeUInt32BE(slot, PREFIX);
      nonce[11] = slot === slots - 1 ? 1 : 0;
      const sealed = await read(start(slot), end(slot));
      const decipher = createDecipheriv(`aes-${keyBytes * 8}-gcm`, key, nonce, { authTagLength: TAG });
      decipher.setAuthTag(sealed.subarray(-TAG));
      const plain = decipher.update(sealed.subarray(0, -TAG));
      try {
        return Buffer.concat([plain, decipher.final()]);
      } catch {
        throw new Error(`${path}: segment ${slot} of ${slots} does not open`);
      }
    };
    const last = await segment(slots - 1);
    for (let slot = 0; slot < slots - 1; slot += 1) await take(await segment(slot));
    await take(last);
    return size - headerBytes - slots * TAG;
  } finally {
    await file.close();
  }
}

/** Opens every part of an export into `output`, which is there only once length and digest are right. */
export async function decode({ recording, key, manifestSha256, plainBytes, mediaSha256, parts }, output) {
  const digest = createHash('sha256');
  const unfinished = `${output}.unfinished`;
  const file = await open(unfinished, 'wx', 0o600);
  try {
    let offset = 0;
    const take = async (plain) => void (digest.update(plain), await file.writeFile(plain));
    for (const part of parts) offset += await openPart(part, bytes32(key, 'key'), associatedData(recording, manifestSha256, offset), take);
    if (offset !== plainBytes) throw new Error(`${offset} bytes instead of ${plainBytes}`);
    if (digest.digest('base64url') !== mediaSha256) throw new Error('the media has another SHA-256 than the export says');
    await file.close();
    await rename(unfinished, output);
    return { bytes: offset, parts: parts.length };
  } catch (error) {
    await file.close();
    await rm(unfinished, { force: true });
    throw error;
  }
}

if (process.argv[1] && fileURLToPath(import.meta.url) === resolve(process.argv[1])) {
  const { bytes, parts } = await decode(JSON.parse(await readFile(process.argv[2], 'utf8')), process.argv[3]);
  console.log(`${bytes} bytes from ${parts} sealed part(s): every segment, the length and the SHA-256 are right.`);
}
