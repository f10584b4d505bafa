/** Reading and writing the boxes of an MP4 file (ISO/IEC 14496-12). */

/** A box: `bytes` with its header, `body` without. */
export type Box = { type: string; bytes: Buffer; body: Buffer };

export function boxesIn(buffer: Buffer): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at + 8 <= buffer.length; ) {
    const short = buffer.readUInt32BE(at);
    const header = short === 1 ? 16 : 8;
    const size = short === 1 ? Number(buffer.readBigUInt64BE(at + 8)) : short === 0 ? buffer.length - at : short;
    if (size < header || at + size > buffer.length) throw new Error(`An MP4 box at ${at} claims ${size} bytes`);
    const bytes = buffer.subarray(at, at + size);
    boxes.push({ type: buffer.toString('latin1', at + 4, at + 8), bytes, body: bytes.subarray(header) });
    at += size;
  }
  return boxes;
}

/** The box at a path such as `mdia/minf/stbl`. */
export function find(buffer: Buffer, path: string): Box | undefined {
  const [type, ...rest] = path.split('/');
  const box = boxesIn(buffer).find((one) => one.type === type);
  return rest.length === 0 || !box ? box : find(box.body, rest.join('/'));
}

export function need(buffer: Buffer, path: string): Box {
  const box = find(buffer, path);
  if (!box) throw new Error(`The MP4 file has no ${path}`);
  return box;
}

export function makeBox(type: string, ...parts: Buffer[]): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(parts.reduce((sum, part) => sum + part.length, 8));
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, ...parts]);
}

/** Version 0 and no flags, then 32-bit numbers. */
export function makeTable(type: string, ...numbers: readonly number[]): Buffer {
  const body = Buffer.alloc(4 + numbers.length * 4);
  for (const [i, number] of numbers.entries()) body.writeUInt32BE(number, 4 + i * 4);
  return makeBox(type, body);
}
