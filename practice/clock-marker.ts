/**
 * The clock that a machine can read: a strip along the bottom edge of every demo clip, from which a test reads
 * which clip and which frame a decoded picture really shows. `currentTime` proves nothing about a seek; pixels do.
 *
 * The strip fills the full width of the picture and its last 1/30 (12 of 360 lines). It is 20 blocks of equal width
 * (32 of 640 pixels), each either light or dark, from left to right:
 *
 *     block  0       light  ┐ calibration: where light ends and dark begins is half way between these two,
 *     block  1       dark   ┘ so brightness and contrast of the player do not matter
 *     blocks 2–5     number of the clip, 4 bits, most significant first
 *     blocks 6–15    number of the frame since the start of the clip, 10 bits of Gray code, most significant first
 *                    (one block changes from frame to frame, so the strip is calm and a blended picture is at most
 *                    one frame off); 12.5 frames a second, so a clip may last 81 seconds
 *     block 16       even parity over blocks 2–15
 *     blocks 17–19   dark, light, dark
 *
 * A picture without that frame of fixed blocks or with the wrong parity is no reading, never a wrong one.
 */

export const FRAMES_PER_SECOND = 12.5;
export const MARKER_BLOCKS = 20;
/** The strip's height as a share of the picture's. */
export const MARKER_SHARE = 1 / 30;

const FRAME_BITS = 10;
const CLIP_BITS = 4;
const LEAST_CONTRAST = 60;

export type ClockMarker = { clip: number; frame: number; seconds: number };

/** The twenty blocks, `true` for light. */
export function markerBlocks(clip: number, frame: number): boolean[] {
  if (clip < 0 || clip >= 2 ** CLIP_BITS || frame < 0 || frame >= 2 ** FRAME_BITS) {
    throw new RangeError(`no marker for clip ${clip}, frame ${frame}`);
  }
  const payload = [...bits(clip, CLIP_BITS), ...bits(frame ^ (frame >> 1), FRAME_BITS)];
  const parity = payload.filter(Boolean).length % 2 === 1;
  return [true, false, ...payload, parity, false, true, false];
}

/**
 * Reads the marker of a picture given as RGBA bytes (a canvas' ImageData), cropped to the video's own picture
 * (no letterbox). Any size works that leaves a block more than a few pixels. Undefined when there is none.
 */
export function readMarker(rgba: ArrayLike<number>, width: number, height: number): ClockMarker | undefined {
  const levels = Array.from({ length: MARKER_BLOCKS }, (_, block) => blockLevel(rgba, width, height, block));
  const light = levels[0] ?? 0;
  const dark = levels[1] ?? 0;
  if (light - dark < LEAST_CONTRAST) return undefined;
  const blocks = levels.map((level) => level > (light + dark) / 2);
  const payload = blocks.slice(2, 2 + CLIP_BITS + FRAME_BITS);
  const parity = payload.filter(Boolean).length % 2 === 1;
  if (blocks[16] !== parity || blocks[17] || !blocks[18] || blocks[19]) return undefined;
  const clip = number(payload.slice(0, CLIP_BITS));
  const frame = fromGray(number(payload.slice(CLIP_BITS)));
  return { clip, frame, seconds: frame / FRAMES_PER_SECOND };
}

/** The time in the clip, in seconds, that a picture shows; NaN when it carries no readable marker. */
export function readClockMarker(rgba: ArrayLike<number>, width: number, height: number): number {
  return readMarker(rgba, width, height)?.seconds ?? Number.NaN;
}

/** Mean green of the middle of one block: green is closest to luma, and the edges are where compression smears. */
function blockLevel(rgba: ArrayLike<number>, width: number, height: number, block: number): number {
  const blockWidth = width / MARKER_BLOCKS;
  const stripHeight = height * MARKER_SHARE;
  const left = Math.floor(block * blockWidth + blockWidth * 0.3);
  const right = Math.max(left + 1, Math.ceil(block * blockWidth + blockWidth * 0.7));
  const top = Math.floor(height - stripHeight * 0.7);
  const bottom = Math.max(top + 1, Math.ceil(height - stripHeight * 0.3));
  let sum = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) sum += rgba[(y * width + x) * 4 + 1] ?? 0;
  }
  return sum / ((right - left) * (bottom - top));
}

function bits(value: number, length: number): boolean[] {
  return Array.from({ length }, (_, i) => ((value >> (length - 1 - i)) & 1) === 1);
}

function number(blocks: boolean[]): number {
  return blocks.reduce((value, light) => value * 2 + (light ? 1 : 0), 0);
}

function fromGray(gray: number): number {
  let value = gray;
  for (let shift = gray >> 1; shift > 0; shift >>= 1) value ^= shift;
  return value;
}
