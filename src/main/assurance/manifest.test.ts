import { beforeAll, describe, expect, it } from 'vitest';
import { newSigners, Scene, signed, type Signers } from './assurance.fixture.ts';

let signers: Signers;
beforeAll(async () => {
  signers = await newSigners();
});
const own = () => new Scene(signers);
const retire = (scene: Scene, change: Partial<Scene['site']['manifestKeys'][number]>) => Object.assign(scene.site.manifestKeys[0]!, change);

describe('a key of the site file', () => {
  it('counts for what was signed while it was in use', async () => {
    const scene = own();
    retire(scene, { notBefore: '2026-11-10T09:20:00Z', notAfter: '2026-11-10T09:20:00Z' });
    expect(await scene.outcome()).toBe('assured');
    retire(scene, { notAfter: '2026-11-10T09:19:59Z' });
    expect(await scene.outcome()).toEqual(['manifest-key-retired']);
    retire(scene, { notBefore: '2026-11-10T10:20:01+01:00', notAfter: '2027-01-01T00:00:00Z' });
    expect(await scene.outcome()).toEqual(['manifest-key-retired']);
  });

  it('that is revoked counts for nothing, whatever date stands in what it signed', async () => {
    const scene = own();
    retire(scene, { revoked: true, notAfter: '2027-01-01T00:00:00Z' });
    scene.manifests = [await signed({ ...scene.manifest, issuedAt: '2020-01-01T00:00:00Z' }, signers.recorder)];
    expect(await scene.outcome()).toEqual(['manifest-key-retired']);
  });

  it('is followed by another, which signs anew', async () => {
    const scene = own();
    retire(scene, { revoked: true });
    scene.manifests = [await signed({ ...scene.manifest, revision: 9 }, signers.recorder), await signed({ ...scene.manifest, revision: 4 }, signers.recorderES256)];
    expect(await scene.assess()).toMatchObject({ ok: true, assured: { revision: 4 } });
  });

  it('of a manager or transcriber that is revoked counts for nothing either', async () => {
    const peer = await own().asPeer();
    peer.site.assignmentKeys[0]!.revoked = true;
    expect(await peer.outcome()).toEqual(['not-mine']);
    const scene = own();
    scene.site.transcriberKeys[0]!.revoked = true;
    expect(await scene.assess()).toMatchObject({ ok: true, assured: { transcript: null, transcriptAbsent: 'mismatch' } });
  });
});

describe('who joined', () => {
  it.each<[string, (scene: Scene) => void]>([
    ['with more clinicians than were signed for', (s) => { s.manifest.joined.push({ role: 'clinician', id: '555000000004', at: '2026-11-10T09:05:00Z' }); }],
    ['up to the end', (s) => { s.manifest.joined[1]!.at = s.manifest.endedAt; }],
  ])('%s contradicts nothing', async (_what, change) => {
    const scene = own();
    change(scene);
    expect(await scene.outcome()).toBe('assured');
  });

  it('is not known of a platform that authenticated no clinician: enough for a colleague, and not for one’s own', async () => {
    const scene = own();
    delete scene.manifest.joined[0]!.id;
    expect(await scene.outcome()).toEqual(['joined-differs']);
    expect(await (await scene.asPeer()).outcome()).toBe('assured');
  });

  it.each<[string, (scene: Scene) => void]>([
    ['is another clinician', (s) => { s.manifest.joined[0]!.id = '555000000004'; }],
    ['is only one of the clinicians', (s) => { s.manifest.clinicians.push('555000000004'); }],
    ['came as somebody else than the clinician', (s) => { s.manifest.joined.push({ role: 'clinician', id: '555000000004', at: '2026-11-10T09:05:00Z' }); s.manifest.joined[0]!.role = 'other'; }],
    ['came after the end', (s) => { s.manifest.joined[1]!.at = '2026-11-10T09:11:01Z'; }],
  ])('%s', async (_what, change) => {
    const scene = own();
    change(scene);
    expect(await scene.outcome()).toEqual(['joined-differs']);
  });
});

describe('a recording that another says replaces it', () => {
  it('is withheld although its own record says that it is current', async () => {
    const scene = own();
    scene.replaced = true;
    expect(await scene.outcome()).toEqual(['recording-status']);
  });
});
