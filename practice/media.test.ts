import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { clientOf, practiceForTests } from './testing/fixture.ts';

const practice = practiceForTests();
const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());

describe('media', () => {
  it('is served whole, as signed', async () => {
    const ada = await clientOf(practice.get(), 'ada');
    const response = await ada.raw('Binary/media-01', { Accept: 'video/mp4' });
    const bytes = await bytesOf(response);
    const { media } = practice.get().repo.manifest('rec-01');
    expect(response.headers.get('content-type')).toBe('video/mp4');
    expect(response.headers.get('accept-ranges')).toBe('bytes');
    expect(Number(response.headers.get('content-length'))).toBe(media.size);
    expect(createHash('sha256').update(bytes).digest('base64url')).toBe(media.sha256);
    expect((await ada.raw('Binary/media-04')).headers.get('content-type')).toBe('audio/mp4');
  });

  it('answers ranges', async () => {
    const ada = await clientOf(practice.get(), 'ada');
    const whole = await bytesOf(await ada.raw('Binary/media-01'));
    const size = whole.length;
    const cases: [range: string, from: number, to: number][] = [
      ['bytes=0-0', 0, 0], ['bytes=100-199', 100, 199], [`bytes=${size - 5}-`, size - 5, size - 1], ['bytes=-7', size - 7, size - 1], [`bytes=10-${size + 99}`, 10, size - 1],
    ];
    for (const [range, from, to] of cases) {
      const part = await ada.raw('Binary/media-01', { Range: range });
      expect([range, part.status, part.headers.get('content-range')]).toEqual([range, 206, `bytes ${from}-${to}/${size}`]);
      expect((await bytesOf(part)).equals(whole.subarray(from, to + 1))).toBe(true);
    }
    for (const range of [`bytes=${size}-`, 'bytes=-0']) {
      const none = await ada.raw('Binary/media-01', { Range: range });
      expect([none.status, none.headers.get('content-range')]).toEqual([416, `bytes */${size}`]);
    }
    for (const range of ['bytes=9-3', 'bytes=0-1,4-5', 'lines=1-2']) expect((await ada.raw('Binary/media-01', { Range: range })).status).toBe(200);
  });

  it('answers HEAD without a body, and a range only of the version meant', async () => {
    const ada = await clientOf(practice.get(), 'ada');
    const head = await ada.raw('Binary/media-01', {}, 'HEAD');
    expect(head.status).toBe(200);
    expect((await bytesOf(head)).length).toBe(0);
    const etag = head.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"/);
    expect((await ada.raw('Binary/media-01', { Range: 'bytes=0-9', 'If-Range': etag })).status).toBe(206);
    expect((await ada.raw('Binary/media-01', { Range: 'bytes=0-9', 'If-Range': '"other"' })).status).toBe(200);
  });

  it('is the resource for those who ask for FHIR, and nothing for those who ask for a picture', async () => {
    const ada = await clientOf(practice.get(), 'ada');
    const { body } = await ada.get<{ resourceType: string; contentType: string; data: string }>('Binary/manifest-01');
    expect(body).toMatchObject({ resourceType: 'Binary', contentType: 'application/json' });
    expect(Buffer.from(body.data, 'base64').equals(await bytesOf(await ada.raw('Binary/manifest-01')))).toBe(true);
    expect((await ada.raw('Binary/media-01', { Accept: 'image/png' })).status).toBe(406);
  });

  it('survives a player that hangs up', async () => {
    const ada = await clientOf(practice.get(), 'ada');
    await new Promise<void>((resolve) => {
      const asking = request(`${practice.get().fhirBase}/Binary/media-01`, { headers: ada.bearer }, (response) => response.once('data', () => asking.destroy()));
      asking.once('close', resolve).once('error', () => undefined).end();
    });
    expect((await ada.raw('Binary/media-01', {}, 'HEAD')).status).toBe(200);
  });

  it('can be swapped, replaced and cut short', async () => {
    const { lies, repo } = practice.get();
    const ada = await clientOf(practice.get(), 'ada');
    const digest = async (path: string): Promise<string> => createHash('sha256').update(await bytesOf(await ada.raw(path))).digest('base64url');
    lies.swapMedia = [['rec-01', 'rec-11']];
    expect(await digest('Binary/media-01')).toBe(repo.manifest('rec-11').media.sha256);
    lies.swapMedia = [];
    lies.mediaInstead.set('media-01', Buffer.from('something else'));
    expect(await (await ada.raw('Binary/media-01')).text()).toBe('something else');
    lies.mediaInstead.clear();
    lies.truncateMedia.add('media-01');
    expect((await bytesOf(await ada.raw('Binary/media-01'))).length).toBe(Math.floor(repo.manifest('rec-01').media.size / 2));
  });

  it('can break off part way, and be served without ranges', async () => {
    const { lies, repo } = practice.get();
    const ada = await clientOf(practice.get(), 'ada');
    const { size } = repo.manifest('rec-01').media;
    lies.cutMedia.set('media-01', 0.6);
    let got = 0;
    const broken = async (headers = {}): Promise<void> => {
      for await (const chunk of (await ada.raw('Binary/media-01', headers)).body ?? []) got += (chunk as Uint8Array).length;
    };
    await expect(broken()).rejects.toThrow();
    expect(got).toBe(Math.floor(size * 0.6));
    await expect(broken({ Range: `bytes=${got}-` })).rejects.toThrow();
    expect(got).toBe(Math.floor(size * 0.6));
    lies.cutMedia.clear();
    lies.noRanges = true;
    const whole = await ada.raw('Binary/media-01', { Range: 'bytes=100-' });
    expect([whole.status, (await bytesOf(whole)).length]).toEqual([200, size]);
    expect(practice.get().accessLog.at(-1)?.range).toBe('bytes=100-');
  });
});
