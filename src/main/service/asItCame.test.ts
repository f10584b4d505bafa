import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { asItCame } from './asItCame.ts';

const pieces = [Buffer.from('one'), Buffer.from('two'), Buffer.from('three')];

describe('a stream of Node’s as a web stream', () => {
  it('gives each piece as it came: none is copied, and none are joined', async () => {
    const source = new PassThrough();
    for (const piece of pieces) source.write(piece);
    source.end();
    const came = await Array.fromAsync(asItCame(source));
    expect(came).toHaveLength(3);
    for (const [n, piece] of came.entries()) expect(piece).toBe(pieces[n]);
  });

  it('asks for no more than is read', async () => {
    let given = 0;
    const source = new Readable({
      highWaterMark: 1,
      read() {
        given += 1;
        this.push(Buffer.alloc(1000));
      },
    });
    const reader = asItCame(source).getReader();
    for (let n = 0; n < 5; n += 1) await reader.read();
    await new Promise((resolve) => void setTimeout(resolve, 20));
    expect(given).toBeLessThan(12);
    await reader.cancel();
    expect(source.destroyed).toBe(true);
  });

  it.each<[string, (source: PassThrough) => void]>([
    ['fails', (source) => source.destroy(new Error('line broke'))],
    ['ends before its end', (source) => source.destroy()],
  ])('tells whoever reads where it %s', async (_, broken) => {
    const source = new PassThrough();
    source.write(pieces[0]);
    const reader = asItCame(source).getReader();
    expect((await reader.read()).value).toBe(pieces[0]);
    broken(source);
    await expect(reader.read()).rejects.toThrow();
  });

  it('fails with what came before whoever reads began', async () => {
    const source = new PassThrough();
    const stream = asItCame(source);
    source.destroy(new Error('line broke'));
    await expect(stream.getReader().read()).rejects.toThrow('line broke');
  });

  it('gives nothing of an empty one', async () => {
    expect(await Array.fromAsync(asItCame(Readable.from([])))).toEqual([]);
  });
});
