import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { markerBlocks, readClockMarker, readMarker } from './clock-marker.ts';

const [WIDTH, HEIGHT, STRIP] = [640, 360, 12];

function picture(strip: (x: number) => number): Uint8Array {
  const rgba = new Uint8Array(WIDTH * HEIGHT * 4);
  for (let y = HEIGHT - STRIP; y < HEIGHT; y++) for (let x = 0; x < WIDTH; x++) rgba.fill(strip(x), (y * WIDTH + x) * 4, (y * WIDTH + x) * 4 + 4);
  return rgba;
}

describe('clock marker', () => {
  it('reads back every frame of a clip', () => {
    for (let frame = 0; frame < 1024; frame += 31) {
      const blocks = markerBlocks(5, frame);
      const rgba = picture((x) => (blocks[Math.floor(x / 32)] ? 180 : 60));
      expect(readMarker(rgba, WIDTH, HEIGHT)).toEqual({ clip: 5, frame, seconds: frame / 12.5 });
    }
  });

  it('changes one block of the clock from frame to frame', () => {
    for (let frame = 1; frame < 1024; frame++) {
      const [a, b] = [markerBlocks(3, frame - 1), markerBlocks(3, frame)];
      expect(a.slice(6, 16).filter((block, i) => block !== b[6 + i])).toHaveLength(1);
    }
  });

  it('reads the decoded strip of a real clip', () => {
    const strip = gunzipSync(readFileSync(join(import.meta.dirname, 'testing', 'knee-frame-154.strip.gz')));
    const rgba = new Uint8Array(WIDTH * HEIGHT * 4);
    rgba.set(strip, WIDTH * (HEIGHT - STRIP) * 4);
    expect(readMarker(rgba, WIDTH, HEIGHT)).toEqual({ clip: 1, frame: 154, seconds: 12.32 });
  });

  it('reads nothing where there is no marker or one block is wrong', () => {
    expect(readClockMarker(picture(() => 0), WIDTH, HEIGHT)).toBeNaN();
    const blocks = markerBlocks(1, 100);
    blocks[9] = !blocks[9];
    expect(readMarker(picture((x) => (blocks[Math.floor(x / 32)] ? 200 : 30)), WIDTH, HEIGHT)).toBeUndefined();
  });
});
