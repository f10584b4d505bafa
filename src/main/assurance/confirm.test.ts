import { beforeAll, describe, expect, it } from 'vitest';
import { digest, newSigners, Scene, type Signers } from './assurance.fixture.ts';
import type { Assured } from './assess.ts';
import { confirmMedia } from './confirm.ts';

let signers: Signers;
beforeAll(async () => {
  signers = await newSigners();
});

async function assured(mode: 'signed' | 'unsigned-permitted'): Promise<Assured> {
  const scene = new Scene(signers);
  if (mode === 'unsigned-permitted') Object.assign(scene, { site: { ...scene.site, assurance: mode }, manifests: [] });
  const decision = await scene.assess();
  if (!decision.ok) throw new Error(decision.reasons.join());
  return decision.assured;
}

describe('received bytes', () => {
  it('are confirmed when size and digest are the signed ones', async () => {
    expect(confirmMedia(await assured('signed'), { plainBytes: 5000, sha256: digest('M') })).toMatchObject({ ok: true, confirmed: { receivedSha256: digest('M') } });
  });

  it.each([{ plainBytes: 4999, sha256: digest('M') }, { plainBytes: 5001, sha256: digest('M') }, { plainBytes: 5000, sha256: digest('N') }])('are refused as %j', async (received) => {
    expect(confirmMedia(await assured('signed'), received)).toEqual({ ok: false, reasons: ['media-bytes-differ'] });
  });

  it('need the right size where no digest was ever signed', async () => {
    const unsigned = await assured('unsigned-permitted');
    expect(confirmMedia(unsigned, { plainBytes: 5000, sha256: digest('X') }).ok).toBe(true);
    expect(confirmMedia(unsigned, { plainBytes: 5001, sha256: digest('X') }).ok).toBe(false);
  });

  it('are refused when a manifest was signed and its digest is lost', async () => {
    const one = await assured('signed');
    expect(confirmMedia({ ...one, media: { ...one.media, sha256: null } }, { plainBytes: 5000, sha256: digest('M') }).ok).toBe(false);
  });
});
