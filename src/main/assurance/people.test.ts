import { beforeAll, describe, expect, it } from 'vitest';
import { digest, LOCAL, newSigners, NHS, OTHER_URN, Scene, signed, type Signers } from './assurance.fixture.ts';
import type { Assignment } from './statements.ts';

let signers: Signers;
beforeAll(async () => {
  signers = await newSigners();
});
const own = () => new Scene(signers);
const withSecond = (change: (second: Scene['patients'][number]) => void) => {
  const scene = own();
  const second = { ...structuredClone(scene.patients[0]!), id: 'pat-2' };
  change(second);
  scene.patients.push(second);
  scene.encounter!.subject = { reference: 'Patient/pat-2' };
  return scene;
};

describe('the patient', () => {
  it('may be in two records, merged, that share an identifier', async () => {
    expect(await withSecond((p) => { p.identifier = [{ system: NHS, value: '9990000018' }]; }).outcome()).toBe('assured');
  });

  it('may be temporary, without an NHS number, when the manifest names that identifier too', async () => {
    const scene = own();
    scene.manifest.patient.identifiers = [{ system: LOCAL, value: '17' }];
    scene.patients[0]!.identifier = [{ system: LOCAL, value: '17' }];
    expect(await scene.assess()).toMatchObject({ ok: true, assured: { patient: { nhsNumber: null } } });
  });

  it.each<[string, (scene: Scene) => void]>([
    ['without an identifier', (s) => { delete s.patients[0]!.identifier; }],
    ['with the same number of another system', (s) => { s.patients[0]!.identifier = [{ system: LOCAL, value: '9990000018' }]; }],
    ['without a birth date', (s) => { delete s.patients[0]!.birthDate; }],
    ['of another family name', (s) => { s.patients[0]!.name = [{ family: 'Otherperson' }]; }],
    ['without a name', (s) => { delete s.patients[0]!.name; }],
    ['who shares a household number but has another NHS number', (s) => {
      s.manifest.patient.identifiers.push({ system: LOCAL, value: '17' });
      s.patients[0]!.identifier = [{ system: NHS, value: '9990000026' }, { system: LOCAL, value: '17' }];
    }],
  ])('%s is not the signed one', async (_what, change) => {
    const scene = own();
    change(scene);
    expect(await scene.outcome()).toEqual(['patient-differs']);
  });

  it('is written however the practice writes it', async () => {
    const scene = own();
    scene.patients[0]!.name = [{ family: ' TESTPERSON ' }];
    scene.patients[0]!.identifier = [{ system: NHS, value: '999 000 0018' }];
    expect(await scene.outcome()).toBe('assured');
  });

  it('is shown with the signed NHS number that the record holds too, of several', async () => {
    const scene = own();
    scene.manifest.patient.identifiers = [{ system: NHS, value: '9990000026' }, { system: NHS, value: '9990000018' }];
    expect(await scene.assess()).toMatchObject({ ok: true, assured: { patient: { nhsNumber: '9990000018' } } });
  });

  it('is shown by the name that was signed, not by another name of the record', async () => {
    const scene = own();
    scene.patients[0]!.name = [{ use: 'official', text: 'Someone Else', family: 'Else' }, { family: 'Testperson', given: ['Tess'] }];
    expect(await scene.assess()).toMatchObject({ ok: true, assured: { patient: { name: 'Tess Testperson' } } });
    scene.patients[0]!.name = [{ text: 'Someone Else', family: 'Testperson', given: ['Tess'] }];
    expect(await scene.assess()).toMatchObject({ ok: true, assured: { patient: { name: 'Tess Testperson' } } });
  });

  it('is shown by the NHS number that was signed', async () => {
    const scene = own();
    scene.patients[0]!.identifier = [{ system: NHS, value: '9990000026' }, { system: NHS, value: '9990000018' }];
    expect(await scene.assess()).toMatchObject({ ok: true, assured: { patient: { nhsNumber: '9990000018' } } });
  });

  it('is not joined by a shared identifier when birth dates are missing', async () => {
    const scene = unsigned(withSecond((p) => { delete p.birthDate; }));
    delete scene.patients[0]!.birthDate;
    expect(await scene.outcome()).toEqual(['patient-differs']);
  });

  it('cannot be taken from a consultation of someone else', async () => {
    expect(await withSecond((p) => { p.identifier = [{ system: NHS, value: '9990000026' }]; }).outcome()).toEqual(['patient-differs']);
  });
});

describe('a signed assignment', () => {
  const withAssignment = async (change: Partial<Assignment>, by = signers.manager) => {
    const scene = await own().asPeer();
    scene.assignments = [await signed({ ...scene.assignment, ...change }, by)];
    return scene.outcome();
  };
  it.each<[string, Partial<Assignment>]>([
    ['another person', { owner: '555000000003' }],
    ['another task', { task: 'task-2' }],
    ['another recording', { recording: OTHER_URN }],
    ['another patient', { patient: { identifiers: [{ system: NHS, value: '9990000026' }], birthDate: '1980-02-03', family: 'Testperson' } }],
    ['another purpose', { purpose: 'TRAIN' }],
    ['a time that is over', { period: { start: '2026-11-01T00:00:00Z', end: '2026-11-19T00:00:00Z' } }],
    ['a time to come', { period: { start: '2026-11-21T00:00:00Z', end: '2026-12-19T00:00:00Z' } }],
  ])('for %s gives nothing', async (_what, change) => {
    expect(await withAssignment(change)).toEqual(['assignment-invalid']);
  });

  it('by anyone but a manager’s key gives nothing', async () => {
    for (const by of [signers.stranger, signers.recorder, signers.transcriber]) expect(await withAssignment({}, by)).toEqual(['not-mine']);
  });

  it('counts when it stands beside one that does not', async () => {
    const scene = await own().asPeer();
    scene.assignments = [await signed({ ...scene.assignment, purpose: 'TRAIN' }, signers.manager), await signed(scene.assignment, signers.manager)];
    expect(await scene.outcome()).toBe('assured');
  });
});

function unsigned(scene: Scene): Scene {
  scene.site = { ...scene.site, assurance: 'unsigned-permitted' };
  scene.manifests = [];
  return scene;
}

describe('a practice without manifests', () => {
  it('lets its author review a recording and says that nothing was signed', async () => {
    expect(await unsigned(own()).assess()).toMatchObject({ ok: true, assured: { signed: false, review: 'own', media: { sha256: null }, transcript: null, transcriptAbsent: 'mismatch' } });
  });

  it('still needs an author or an assignment', async () => {
    const scene = unsigned(own());
    scene.recording!.author = [{ reference: 'Practitioner/gp-2' }];
    expect(await scene.outcome()).toEqual(['not-mine']);
    expect(await unsigned(await own().asPeer()).outcome()).toBe('assured');
  });

  it('does not overlook a manifest that no trusted key signed', async () => {
    const scene = unsigned(own());
    scene.manifests = [await signed(scene.manifest, signers.stranger)];
    expect(await scene.outcome()).toEqual(['manifest-untrusted']);
  });

  it('does not forget that this recording had a manifest before', async () => {
    const scene = unsigned(own());
    scene.seen = { revision: 3, sha256: digest('S') };
    expect(await scene.outcome()).toEqual(['manifest-missing']);
  });

  it('must say to the minute when it was recorded', async () => {
    const scene = unsigned(own());
    scene.recording!.context!.period = { start: '2026-11-10', end: '2026-11-10' };
    expect(await scene.outcome()).toEqual(['capture-outside-encounter']);
  });
});

describe('a transcript', () => {
  const captions = async (change: (scene: Scene) => unknown) => {
    const scene = own();
    await change(scene);
    const decision = await scene.assess();
    return decision.ok ? [decision.assured.transcript?.binary ?? null, decision.assured.transcriptAbsent] : decision.reasons;
  };
  it.each<[string, (scene: Scene) => unknown]>([
    ['signed for another recording', (s) => { s.transcriptStatement.recording = OTHER_URN; }],
    ['signed for other media', (s) => { s.transcriptStatement.mediaSha256 = digest('N'); }],
    ['signed by the recorder', async (s) => { s.transcripts = [await signed(s.transcriptStatement, signers.recorder)]; }],
    ['without a signature', (s) => { s.transcripts = []; }],
    ['kept elsewhere', (s) => { s.transcript!.content[0]!.attachment.url = 'https://elsewhere.example/fhir/Binary/vtt-1'; }],
    ['that is no WebVTT', (s) => { s.transcript!.content[0]!.attachment.contentType = 'text/html'; }],
  ])('%s gives no captions, and the recording plays', async (_what, change) => {
    expect(await captions(change)).toEqual([null, 'mismatch']);
  });

  it('that is absent is told apart from one that does not match', async () => {
    expect(await captions((s) => { s.transcript = null; })).toEqual([null, 'none']);
  });
});
