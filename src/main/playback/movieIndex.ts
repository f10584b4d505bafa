/** Where an MP4's index lies, as far as its first bytes say. */

const HEADER_BYTES = 8;
/** No index of a consultation is larger: of a day of video it is some 40 MB. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Bytes from the start of a movie to the end of its index (`moov`), which a player reads whole before anything else; 0 where these bytes do not say, or it does not lie before the media.
 * Box sizes as in ISO/IEC 14496-12, 4.2; nothing else is read, and nothing is believed but for pacing.
 * @param first its first bytes, at least some hundred
 */
export function indexEnd(first: Uint8Array): number {
  const bytes = Buffer.from(first.buffer, first.byteOffset, first.byteLength);
  for (let at = 0; at + HEADER_BYTES <= bytes.length;) {
    const [size, type] = [bytes.readUInt32BE(at), bytes.toString('latin1', at + 4, at + HEADER_BYTES)];
    // 0 and 1 (the rest, and a longer size) are for media; whatever is smaller than a header is no box.
    if (type === 'mdat' || size < HEADER_BYTES) return 0;
    at += size;
    if (type === 'moov') return at <= MOST_BYTES ? at : 0;
  }
  return 0;
}
