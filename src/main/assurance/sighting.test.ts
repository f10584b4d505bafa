import { beforeAll, describe, expect, it } from 'vitest';
import { offer } from '../service/offered.ts';
import { digest, newSigners, OTHER_URN, Scene, sha256, signed, URN, type Signers } from './assurance.fixture.ts';
import { rivalReasons, sight, sightingOf, type Sighting } from './sighting.ts';

let signers: Signers;
beforeAll(async () => {
  signers = await newSigners();
});
const own = () => new Scene(signers);

const mine: Sighting = { recording: URN, document: 'DocumentReference/rec-1', mediaSha256: digest('M'), clinicians: ['a', 'b'], startedAt: 100_000, endedAt: 200_000 };
const other: Sighting = { recording: OTHER_URN, document: 'DocumentReference/rec-2', mediaSha256: digest('N'), clinicians: ['b', 'c'], startedAt: 300_000, endedAt: 400_000 };

describe('two recordings', () => {
  it.each<[string, Partial<Sighting>]>([
    ['that are the same one', { ...mine }],
    ['of different bytes and times', {}],
    ['that touch', { startedAt: 200_000 }],
    ['whose times are rounded to the second', { startedAt: 199_000 }],
    ['of one time and different clinicians', { ...mine, recording: OTHER_URN, mediaSha256: digest('N'), clinicians: ['c'] }],
    ['of which one has no time', { clinicians: ['a'], startedAt: NaN, endedAt: NaN }],
  ])('%s contradict nothing', (_what, change) => {
    expect(rivalReasons(mine, [{ ...other, ...change }])).toEqual([]);
  });

  it('whose bytes nobody knows share none', () => {
    expect(rivalReasons({ ...mine, mediaSha256: null }, [{ ...other, mediaSha256: null }])).toEqual([]);
  });

  it.each<[string, Partial<Sighting>, string]>([
    ['with one name', { recording: URN }, 'recording-twice'],
    ['with the same bytes', { mediaSha256: digest('M') }, 'media-under-two'],
    ['of one clinician at one time, before', { startedAt: 0, endedAt: 101_001 }, 'recordings-overlap'],
    ['of one clinician at one time, after', { startedAt: 198_999 }, 'recordings-overlap'],
    ['of one clinician, one within the other', { startedAt: 120_000, endedAt: 130_000 }, 'recordings-overlap'],
    ['of one clinician, one around the other', { startedAt: 0, endedAt: 900_000 }, 'recordings-overlap'],
  ])('%s cannot both be right, whichever is asked about', (_what, change, reason) => {
    const rival = { ...other, ...change };
    expect(rivalReasons(mine, [other, rival])).toEqual([reason]);
    expect(rivalReasons(rival, [mine])).toEqual([reason]);
  });

  it('can contradict each other in several ways, each said once', () => {
    const rival = { ...other, mediaSha256: digest('M'), startedAt: 100_000 };
    expect(rivalReasons(mine, [rival, rival]).sort()).toEqual(['media-under-two', 'recordings-overlap']);
  });

  it('may share bytes that nobody had named before they came', () => {
    const unnamed = { ...mine, mediaSha256: null };
    expect(rivalReasons(unnamed, [mine, { ...other, mediaSha256: digest('M') }])).toEqual(['media-under-two']);
    expect(rivalReasons(unnamed, [mine, other])).toEqual([]);
  });

  it('are not held against one that no trusted signature describes', async () => {
    const scene = own();
    scene.rivals = [{ ...other, clinicians: ['Practitioner/gp-1'], startedAt: Date.parse('2026-11-10T09:04:00Z'), endedAt: Date.parse('2026-11-10T09:10:00Z') }];
    scene.manifests = [await signed(scene.manifest, signers.stranger)];
    expect(await scene.outcome()).toEqual(['manifest-untrusted']);
  });
});

describe('what is sighted', () => {
  const sightOf = async (scene: Scene) => sight(offer(await scene.evidence()), scene.site, () => scene.seen);

  it('is what the manifest says, not the record', async () => {
    const scene = own();
    scene.recording!.author = [{ reference: 'Practitioner/gp-9' }];
    scene.recording!.context!.period = { start: '2020-01-01T00:00:00Z', end: '2020-01-01T00:00:00Z' };
    const manifest = await signed(scene.manifest, signers.recorder);
    scene.manifests = [manifest];
    expect(await sightOf(scene)).toEqual({
      sighting: {
        recording: URN, document: 'DocumentReference/rec-1', mediaSha256: digest('M'), clinicians: ['555000000001'],
        startedAt: Date.parse('2026-11-10T09:03:00Z'), endedAt: Date.parse('2026-11-10T09:11:00Z'),
      },
      manifest: { recording: URN, revision: 3, sha256: sha256(manifest) },
    });
  });

  it('does not hang on what is decided: a withheld recording is remembered too', async () => {
    const scene = own();
    scene.task.status = 'cancelled';
    scene.manifest.clinicians = ['555000000003'];
    expect(await sightOf(scene)).toMatchObject({ manifest: { revision: 3 }, sighting: { clinicians: ['555000000003'] } });
  });

  it('is remembered of a manifest beside one that cannot be read: what was before it does not come back when both are gone', async () => {
    const scene = own();
    scene.manifests = [await signed({ ...scene.manifest, more: true }, signers.recorder), await signed({ ...scene.manifest, revision: 8 }, signers.recorder)];
    expect(await sightOf(scene)).toMatchObject({ sighting: null, manifest: { revision: 8 } });
  });

  it('is nothing where there is no recording, no name or no trusted manifest', async () => {
    const changes: ((scene: Scene) => unknown)[] = [
      (s) => { s.recording = null; }, (s) => { s.recording!.masterIdentifier = { value: 'rec-1' }; }, (s) => { s.manifests = []; },
      async (s) => { s.manifests = [await signed(s.manifest, signers.stranger)]; },
    ];
    for (const change of changes) {
      const scene = own();
      await change(scene);
      expect(await sightOf(scene)).toEqual({ sighting: null, manifest: null });
    }
  });

  it('is nothing without a name where the practice has no manifests either, and says no more than the record does', async () => {
    const unsigned = (change: (scene: Scene) => unknown) => {
      const scene = own();
      scene.site = { ...scene.site, assurance: 'unsigned-permitted' };
      scene.manifests = [];
      change(scene);
      return sightOf(scene);
    };
    expect(await unsigned((s) => { s.recording = null; })).toEqual({ sighting: null, manifest: null });
    expect(await unsigned((s) => { s.recording!.masterIdentifier = { value: 'rec-1' }; })).toEqual({ sighting: null, manifest: null });
    expect(await unsigned((s) => { s.recording!.author = [{ reference: 'https://elsewhere.example/fhir/Practitioner/gp-1' }, {}]; })).toMatchObject({ sighting: { clinicians: [] } });
    expect(await unsigned((s) => { s.recording!.content.push(structuredClone(s.recording!.content[0]!)); })).toMatchObject({ sighting: { mediaSha256: null } });
  });

  it('is held against nobody where it is older than one seen before', async () => {
    const scene = own();
    scene.seen = { revision: 4, sha256: digest('S') };
    expect(await sightOf(scene)).toMatchObject({ sighting: null, manifest: { revision: 3 } });
  });

  it('is remembered of two manifests that differ too: neither comes back, nor an older one', async () => {
    const scene = own();
    const older = await signed(scene.manifest, signers.recorder);
    const [a, b] = await Promise.all(['555000000001', '555000000003'].map((sds) => signed({ ...scene.manifest, revision: 5, issuedAt: '2026-11-10T09:21:00Z', clinicians: [sds] }, signers.recorder)));
    scene.manifests = [older, a!, b!];
    expect(await scene.outcome()).toEqual(['manifest-contradicts']);
    const { sighting, manifest } = await sightOf(scene);
    expect([sighting, manifest?.revision]).toEqual([null, 5]);
    scene.seen = manifest;
    for (const [given, reason] of [[older, 'manifest-older'], [a!, 'manifest-contradicts'], [b!, 'manifest-contradicts']] as const) {
      scene.manifests = [given];
      expect(await scene.outcome()).toContain(reason);
    }
    scene.manifests = [await signed({ ...scene.manifest, revision: 6 }, signers.recorder)];
    expect(await scene.outcome()).toBe('assured');
  });

  it('is what the record says where the practice has no manifests', async () => {
    const scene = own();
    scene.site = { ...scene.site, assurance: 'unsigned-permitted' };
    scene.manifests = [];
    const period = { startedAt: Date.parse('2026-11-10T09:03:00Z'), endedAt: Date.parse('2026-11-10T09:11:00Z') };
    expect(await sightOf(scene)).toEqual({ sighting: { recording: URN, document: 'DocumentReference/rec-1', mediaSha256: null, clinicians: ['Practitioner/gp-1'], ...period }, manifest: null });
    scene.rivals = [{ ...other, ...period, clinicians: ['Practitioner/gp-1'] }];
    expect(await scene.outcome()).toEqual(['recordings-overlap']);
    // A day is no time.
    expect(sightingOf({ ...scene.recording!, context: { period: { start: '2026-11-10', end: '2026-11-10' } } }, URN, null, scene.site)).toMatchObject({ startedAt: NaN, endedAt: NaN });
  });
});
