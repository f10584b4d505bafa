import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DEMO_MEDIA, readClips } from '../../../practice/media/clips.ts';
import { indexEnd } from './movieIndex.ts';

const box = (type: string, size: number, body = 0): Buffer => {
  const header = Buffer.alloc(8 + body);
  header.writeUInt32BE(size);
  header.write(type, 4, 'latin1');
  return header;
};

it('ends where the media of a real recording begins', () => {
  const clips = readClips(DEMO_MEDIA).filter(({ contentType }) => contentType === 'video/mp4');
  expect(clips.length).toBeGreaterThan(0);
  for (const { bytes } of clips) {
    const end = indexEnd(bytes.subarray(0, 4096));
    expect(['free', 'mdat']).toContain(bytes.toString('latin1', end + 4, end + 8));
    expect(bytes.subarray(0, end).includes('stsz')).toBe(true);
  }
});

it('is known by its header alone, behind whatever stands before it', () => {
  expect(indexEnd(Buffer.concat([box('ftyp', 24, 16), box('free', 100, 92), box('moov', 3_000_000)]))).toBe(24 + 100 + 3_000_000);
});

it.each<[string, Buffer]>([
  ['nothing', Buffer.alloc(0)], ['half a header', box('moov', 100).subarray(0, 7)], ['media first', Buffer.concat([box('ftyp', 24, 16), box('mdat', 50, 42), box('moov', 100)])],
  ['a box without a size', Buffer.concat([box('free', 0), box('moov', 100)])], ['a box smaller than its header', Buffer.concat([box('free', 7), box('moov', 100)])],
  ['one that says it is larger than any', box('moov', 0xff_ff_ff_ff)], ['an index further on than these bytes', box('free', 10_000)], ['another kind of file', Buffer.from('OggS and more of it, as it comes')],
])('is nowhere in %s', (_, bytes) => {
  expect(indexEnd(bytes)).toBe(0);
});

it('comes to an end with any boxes, and never beyond what is believed', () => {
  const anyBox = fc.record({ type: fc.constantFrom('ftyp', 'free', 'moov', 'mdat'), size: fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 0xff_ff_ff_ff })), body: fc.nat({ max: 24 }) });
  fc.assert(fc.property(fc.array(anyBox, { maxLength: 12 }), (boxes) => {
    const end = indexEnd(Buffer.concat(boxes.map(({ type, size, body }) => box(type, size, body))));
    expect(end >= 0 && end <= 64 * 1024 * 1024).toBe(true);
  }), { examples: [[[{ type: 'moov', size: 64 * 1024 * 1024 + 1, body: 0 }]]] });
});
