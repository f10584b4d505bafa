import { PassThrough, Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { answerOf, asItCame, type Message } from './asItCame.ts';

const nothing = (): void => undefined;
const pieces = [Buffer.from('one'), Buffer.from('two'), Buffer.from('three')];

describe('a stream of Node’s as a web stream', () => {
  it('gives each piece as it came: none is copied, and none are joined', async () => {
    const source = new PassThrough();
    for (const piece of pieces) source.write(piece);
    source.end();
    const came = await Array.fromAsync(asItCame(source, nothing));
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
    const leave = vi.fn(() => void source.destroy());
    const reader = asItCame(source, leave).getReader();
    for (let n = 0; n < 5; n += 1) await reader.read();
    await turn();
    await turn();
    // Those, one ahead here, and one that waits in the stream.
    expect(given).toBe(5 + 1 + 1);
    await reader.cancel();
    expect(leave).toHaveBeenCalledOnce();
  });

  it('is left in the middle of what waits: nothing is thrown at anybody', async () => {
    const thrown = vi.fn();
    process.on('uncaughtException', thrown);
    try {
      const source = new PassThrough();
      for (let n = 0; n < 6; n += 1) source.write(pieces[0]);
      const reader = asItCame(source, () => void source.destroy()).getReader();
      await reader.read();
      // One more is asked for, and what waits comes in the turn after.
      void reader.read();
      await reader.cancel();
      await turn();
      await turn();
      expect(thrown).not.toHaveBeenCalled();
    } finally {
      process.off('uncaughtException', thrown);
    }
  });

  it.each<[string, (source: PassThrough) => void]>([
    ['fails', (source) => source.destroy(new Error('line broke'))],
    ['ends before its end', (source) => source.destroy()],
  ])('tells whoever reads where it %s', async (_, broken) => {
    const source = new PassThrough();
    source.write(pieces[0]);
    const reader = asItCame(source, nothing).getReader();
    expect((await reader.read()).value).toBe(pieces[0]);
    broken(source);
    await expect(reader.read()).rejects.toThrow();
  });

  it('fails with what came before whoever reads began', async () => {
    const source = new PassThrough();
    const stream = asItCame(source, nothing);
    source.destroy(new Error('line broke'));
    await expect(stream.getReader().read()).rejects.toThrow('line broke');
  });

  it('gives nothing of an empty one', async () => {
    expect(await Array.fromAsync(asItCame(Readable.from([]), nothing))).toEqual([]);
  });
});

describe('an answer', () => {
  const message = (statusCode: number, headers: Message['headers'] = {}, said = 'body'): Message => Object.assign(Readable.from([Buffer.from(said)]), { statusCode, statusMessage: 'Said', headers });

  it('has its status, its headers, repeated ones together, and its body', async () => {
    const answer = answerOf(message(206, { 'content-type': 'text/vtt', 'warning': ['one', 'two'] }), nothing);
    expect([answer.status, answer.statusText, answer.headers.get('content-type'), answer.headers.get('warning')]).toEqual([206, 'Said', 'text/vtt', 'one, two']);
    expect(await answer.text()).toBe('body');
  });

  it.each([204, 205, 304])('of status %i has no body', (status) => {
    expect(answerOf(message(status), nothing).body).toBeNull();
  });

  it.each([99, 199, 600, 999])('of status %i is none', (status) => {
    expect(() => answerOf(message(status), nothing)).toThrow(RangeError);
  });
});
