import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { digest, LOCAL, newSigners, NHS, OTHER_URN, Scene, signed, URN, type Signers } from './assurance.fixture.ts';
import type { Assured } from './assess.ts';
import { isSamePatient, isSignedPatient, shownAs } from './patient.ts';

let signers: Signers;
beforeAll(async () => {
  signers = await newSigners();
});
async function facts(change: (scene: Scene) => unknown = () => undefined): Promise<Assured> {
  const scene = new Scene(signers);
  await change(scene);
  const decision = await scene.assess();
  if (!decision.ok) throw new Error(decision.reasons.join());
  return decision.assured;
}
async function outcome(change: (scene: Scene) => unknown): Promise<string[] | 'assured'> {
  const scene = new Scene(signers);
  await change(scene);
  return scene.outcome();
}
const unsigned = (scene: Scene) => {
  scene.site = { ...scene.site, assurance: 'unsigned-permitted' };
  scene.manifests = [];
};

describe('what is shown of an assured recording', () => {
  it('is called what the assignment calls it, or the recording', async () => {
    expect((await facts()).title).toBe('Video consultation');
    expect((await facts((s) => { delete s.task.description; s.recording!.type = { text: 'Telephone call' }; })).title).toBe('Telephone call');
    expect((await facts((s) => { delete s.task.description; s.recording!.type = {}; })).title).toBe('Consultation recording');
    expect((await facts((s) => { delete s.task.description; })).title).toBe('Consultation recording');
  });

  it('is due at the end of its period, when that is a moment', async () => {
    expect((await facts()).due).toBe('2026-12-15T18:00:00Z');
    expect((await facts((s) => { s.task.restriction = { period: { start: '2026-11-15', end: '2026-12-15' } }; })).due).toBeNull();
    expect((await facts((s) => { s.task.restriction = { period: { start: '2026-11-15' } }; })).due).toBeNull();
  });

  it('is as far as the assignment', async () => {
    for (const [status, progress] of [['requested', 'new'], ['accepted', 'new'], ['in-progress', 'in-progress'], ['completed', 'reviewed']] as const) {
      expect((await facts((s) => { Object.assign(s.task, { status, lastModified: '2026-11-19T12:00:00Z' }); })).progress).toBe(progress);
    }
  });

  it('may be kept offline only when the assignment says so', async () => {
    expect((await facts()).offline).toBe(true);
    const input = (code: string, valueBoolean?: boolean, system = 'https://viewing-room.example/fhir/CodeSystem/task-input') => ({ type: { coding: [{ system, code }] }, ...(valueBoolean === undefined ? {} : { valueBoolean }) });
    for (const inputs of [undefined, [], [input('offline-permitted', false)], [input('offline-permitted')], [input('other', true)], [input('offline-permitted', true, 'https://elsewhere.example')], [input('other', true), input('offline-permitted', false)]]) {
      expect((await facts((s) => { s.task.input = inputs; })).offline).toBe(false);
    }
    expect((await facts((s) => { s.task.input = [input('other', false), input('offline-permitted', true)]; })).offline).toBe(true);
  });

  it('is sensitive by one label among others, of its system', async () => {
    const label = (code: string, system = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality') => ({ coding: [{ system, code }] });
    expect((await facts((s) => { s.recording!.securityLabel = [label('R'), label('V')]; })).sensitive).toBe(true);
    for (const labels of [[], [label('R')], [label('V', 'https://elsewhere.example')]]) expect((await facts((s) => { s.recording!.securityLabel = labels; })).sensitive).toBe(false);
  });

  it('has the digest of the exact manifest', async () => {
    const scene = new Scene(signers);
    const one = await signed(scene.manifest, signers.recorder);
    expect((await facts((s) => { s.manifests = [one]; })).manifestSha256).toBe(createHash('sha256').update(Buffer.from(one.bytes, 'base64')).digest('base64url'));
    expect((await facts(unsigned)).manifestSha256).toBe(createHash('sha256').digest('base64url'));
  });

  it('names the clinicians who were signed for, by id where the practice has no name', async () => {
    const both = (s: Scene) => {
      s.manifest.clinicians = ['555000000007', '555000000001'];
      s.manifest.joined.push({ role: 'clinician', id: '555000000007', at: s.manifest.startedAt });
    };
    expect((await facts(both)).clinicians).toEqual(['SDS user 555000000007', 'Dr Grace Tester']);
    expect((await facts((s) => { s.authors[0]!.identifier = [{ system: 'https://elsewhere.example', value: '555000000001' }]; })).clinicians).toEqual(['SDS user 555000000001']);
    expect((await facts((s) => { s.authors[0]!.identifier!.unshift({ system: 'https://elsewhere.example', value: '7' }); })).clinicians).toEqual(['Dr Grace Tester']);
    expect((await facts((s) => { delete s.authors[0]!.identifier; })).clinicians).toEqual(['SDS user 555000000001']);
  });

  it('names the patient as the recording’s own record does, whichever record came first', async () => {
    const one = await facts((s) => {
      s.patients.unshift({ ...structuredClone(s.patients[0]!), id: 'pat-2', name: [{ family: 'Testperson', given: ['Theresa'] }] });
      s.encounter!.subject = { reference: 'Patient/pat-2' };
    });
    expect(one.patient.name).toBe('Tess Testperson');
  });

  it('may have extensions that say nothing about its digest', async () => {
    expect((await facts((s) => { s.recording!.content[0]!.attachment.extension = [{ url: 'https://elsewhere.example' }]; })).media.sha256).toBe(digest('M'));
  });

  it('comes from the practice’s records where nothing was signed', async () => {
    const one = await facts(async (s) => {
      unsigned(s);
      s.authors.push({ resourceType: 'Practitioner', id: 'gp-9' });
    });
    expect(one).toMatchObject({
      signed: false, revision: 0, startedAt: '2026-11-10T09:03:00Z', endedAt: '2026-11-10T09:11:00Z', clinicians: ['Dr Grace Tester'],
      patient: { name: 'Tess Testperson', dateOfBirth: '1980-02-03', nhsNumber: '9990000018' }, media: { size: 5000, sha256: null },
    });
    const hint = Buffer.alloc(32, 7);
    const attach = (s: Scene) => { s.recording!.content[0]!.attachment.extension = [{ url: 'https://elsewhere.example', valueBase64Binary: 'AAAA' }, { url: 'https://viewing-room.example/fhir/StructureDefinition/attachment-sha256', valueBase64Binary: hint.toString('base64') }]; };
    expect((await facts((s) => { unsigned(s); attach(s); })).media.sha256).toBe(hint.toString('base64url'));
    expect((await facts((s) => { unsigned(s); delete s.patients[0]!.birthDate; delete s.patients[0]!.identifier; })).patient).toEqual({ name: 'Tess Testperson', dateOfBirth: '', nhsNumber: null });
  });
});

describe('evidence that does not hold', () => {
  it.each<[string, (scene: Scene) => unknown, string]>([
    ['an assignment that points to nothing', (s) => { delete s.task.focus; }, 'recording-missing'],
    ['a recording without a name', (s) => { s.recording!.masterIdentifier = {}; }, 'recording-shape'],
    ['a recording whose name is no urn', (s) => { s.recording!.masterIdentifier!.value = `x${URN}`; }, 'recording-shape'],
    ['media without a size', (s) => { delete s.recording!.content[0]!.attachment.size; }, 'recording-shape'],
    ['media without an address', (s) => { delete s.recording!.content[0]!.attachment.url; }, 'recording-shape'],
    ['media without a type', (s) => { delete s.recording!.content[0]!.attachment.contentType; }, 'recording-shape'],
    ['media of a type that only sounds alike', (s) => { s.recording!.content[0]!.attachment.contentType = 'application/video/mp4'; }, 'recording-shape'],
    ['a type that only begins alike', (s) => { s.recording!.content[0]!.attachment.contentType = 'videotape'; }, 'recording-shape'],
    ['no custodian', (s) => { s.custodian = null; }, 'custodian-differs'],
    ['a custodian that the recording does not name', (s) => { s.recording!.custodian = { reference: 'Organization/org-2' }; }, 'custodian-differs'],
    ['a recording without a custodian', (s) => { delete s.recording!.custodian; }, 'custodian-differs'],
    ['a custodian without an identifier', (s) => { delete s.custodian!.identifier; }, 'custodian-differs'],
    ['a custodian with this code in another system', (s) => { s.custodian!.identifier![0]!.system = 'https://elsewhere.example'; }, 'custodian-differs'],
    ['an encounter of another number', (s) => { s.encounter!.id = 'enc-2'; }, 'encounter-differs'],
    ['an encounter identified in another system', (s) => { s.encounter!.identifier![0]!.system = 'https://elsewhere.example'; }, 'encounter-differs'],
    ['a recording without an encounter', (s) => { delete s.recording!.context!.encounter; }, 'encounter-missing'],
    ['a recording without a context', (s) => { delete s.recording!.context; }, 'encounter-missing'],
    ['a recording with an empty list of encounters', (s) => { s.recording!.context!.encounter = []; }, 'encounter-missing'],
    ['an assignment of another encounter', (s) => { s.task.encounter = { reference: 'Encounter/enc-2' }; }, 'encounter-differs'],
    ['an encounter that began after the call', (s) => { s.encounter!.period!.start = '2026-11-10T09:13:01Z'; s.encounter!.period!.end = '2026-11-10T10:00:00Z'; }, 'capture-outside-encounter'],
    ['an encounter whose start is a day', (s) => { s.encounter!.period!.start = '2026-11-10'; }, 'capture-outside-encounter'],
    ['an encounter whose end is a day', (s) => { s.encounter!.period!.end = '2026-11-10'; }, 'capture-outside-encounter'],
    ['a recording without a patient', (s) => { delete s.recording!.subject; }, 'patient-missing'],
    ['an encounter without a patient', (s) => { delete s.encounter!.subject; }, 'patient-missing'],
    ['a consent without a patient', (s) => { delete s.consents[0]!.patient; }, 'patient-missing'],
    ['media of another type than was signed', (s) => { s.recording!.content[0]!.attachment.contentType = 'video/webm'; }, 'media-differs'],
  ])('%s', async (_what, change, code) => {
    expect(await outcome(change)).toEqual([code]);
  });

  it('is missing without an encounter, and so is a patient', async () => {
    expect(await outcome((s) => { s.encounter = null; })).toEqual(['encounter-missing', 'patient-missing']);
  });

  it('is told in full and each thing once', async () => {
    expect(await outcome((s) => { s.custodian = null; s.recording!.status = 'superseded'; s.recording!.docStatus = 'entered-in-error'; s.encounter!.status = 'planned'; s.encounter!.period = {}; }))
      .toEqual(['recording-status', 'custodian-differs', 'encounter-not-held', 'capture-outside-encounter']);
  });

  it('of a custodian or an encounter with more than one identifier is enough in one of them', async () => {
    const more = { system: 'https://elsewhere.example', value: '1' };
    expect(await outcome((s) => { s.custodian!.identifier!.unshift(more); s.encounter!.identifier!.unshift(more); })).toBe('assured');
  });

  it.each(['arrived', 'triaged', 'in-progress', 'onleave', 'finished'])('is no objection to an encounter that is %s', async (status) => {
    expect(await outcome((s) => { s.encounter!.status = status; })).toBe('assured');
  });

  it('is measured to the byte and to the minute', async () => {
    expect(await outcome((s) => { s.site = { ...s.site, largestRecordingBytes: 5000 }; })).toBe('assured');
    expect(await outcome((s) => { unsigned(s); s.site = { ...s.site, largestRecordingBytes: 4999 }; })).toEqual(['media-too-large']);
    expect(await outcome((s) => { unsigned(s); s.site = { ...s.site, largestRecordingBytes: 5000 }; })).toBe('assured');
    expect(await outcome((s) => { s.manifest.endedAt = '2026-11-10T09:22:00Z'; })).toBe('assured');
    expect(await outcome((s) => { s.manifest.endedAt = '2026-11-10T09:22:01Z'; })).toEqual(['capture-outside-encounter']);
  });

  it('in an unsigned recording is measured by what the practice says', async () => {
    for (const period of [undefined, {}, { start: '2026-11-10T09:03:00Z' }, { end: '2026-11-10T09:11:00Z' }, { start: '2026-11-10T07:00:00Z', end: '2026-11-10T09:11:00Z' }]) {
      expect(await outcome((s) => { unsigned(s); s.recording!.context!.period = period; })).toEqual(['capture-outside-encounter']);
    }
  });
});

describe('a manifest', () => {
  it('is the newest one of this recording, whatever stands beside it', async () => {
    expect((await facts(async (s) => {
      s.manifests = [await signed({ ...s.manifest, revision: 9, comment: 'unknown' }, signers.stranger), await signed({ ...s.manifest, revision: 8, recording: OTHER_URN }, signers.recorder), await signed(s.manifest, signers.recorder)];
    })).revision).toBe(3);
  });

  it('that a trusted key signed and that cannot be read may be the newest one', async () => {
    for (const odd of [{ withdrawn: true }, { version: 2 }]) {
      expect(await outcome(async (s) => { s.manifests = [await signed(s.manifest, signers.recorder), await signed({ ...s.manifest, revision: 4, ...odd }, signers.recorder)]; })).toEqual(['manifest-malformed']);
    }
  });

  it('stands beside other statements that the same key signed', async () => {
    expect(await outcome(async (s) => {
      s.manifests = [await signed(s.transcriptStatement, signers.recorder), await signed(s.manifest, signers.recorder), await signed(s.assignment, signers.recorder)];
    })).toBe('assured');
  });

  it('is contradicted in whatever order, until a newer one comes', async () => {
    const scene = new Scene(signers);
    const [a, b, newer] = await Promise.all([signed(scene.manifest, signers.recorder), signed({ ...scene.manifest, issuedAt: '2026-11-10T09:21:00Z' }, signers.recorder), signed({ ...scene.manifest, revision: 4 }, signers.recorder)]);
    for (const order of [[a, b], [b, a], [a, b, a]]) expect(await outcome((s) => { s.manifests = order; })).toEqual(['manifest-contradicts']);
    for (const order of [[a, b, newer], [newer, a, b], [a, newer, b]]) expect(await outcome((s) => { s.manifests = order; })).toBe('assured');
  });

  it('says who was there only when it counts', async () => {
    // Nobody is told that they were not there by a manifest that is missing; an assignment that does not fit is told in any case.
    expect(await outcome(async (s) => {
      await s.asPeer();
      s.manifests = [];
      s.assignments = [await signed({ ...s.assignment, purpose: 'TRAIN' }, signers.manager)];
    })).toEqual(['manifest-missing', 'assignment-invalid']);
    // Nor does having written the recording stand for a manifest that should be there.
    expect(await outcome(async (s) => {
      s.manifests = [];
      s.assignments = [await signed({ ...s.assignment, owner: s.reviewer.sds, purpose: 'TRAIN' }, signers.manager)];
    })).toEqual(['manifest-missing', 'assignment-invalid']);
  });
});

describe('an assignment', () => {
  it('may name its Task by id or by reference', async () => {
    expect(await outcome(async (s) => { s.assignment.task = 'Task/task-1'; await s.asPeer(); })).toBe('assured');
    for (const task of ['x/Task/task-1', 'Task/Task/task-1', 'taTask/sk-1', 'task-1/']) expect(await outcome(async (s) => { s.assignment.task = task; await s.asPeer(); })).toEqual(['assignment-invalid']);
  });

  it('names the patient of every record', async () => {
    expect(await outcome(async (s) => {
      await s.asPeer();
      unsigned(s);
      s.patients.push({ ...structuredClone(s.patients[0]!), id: 'pat-2', name: [{ family: 'Marriedname' }] });
      s.encounter!.subject = { reference: 'Patient/pat-2' };
    })).toEqual(['assignment-invalid']);
  });

  it('that cannot be read gives nothing', async () => {
    expect(await outcome(async (s) => { await s.asPeer(); s.assignments = [await signed({ ...s.assignment, comment: 'unknown' }, signers.manager)]; })).toEqual(['not-mine']);
  });

  it('is not replaced by having written the recording, where manifests are signed', async () => {
    expect(await outcome((s) => { s.manifest.clinicians = []; })).toEqual(['not-mine']);
    expect(await outcome((s) => { s.site = { ...s.site, assurance: 'unsigned-permitted' }; s.manifest.clinicians = []; })).toEqual(['not-mine']);
  });

  it('is needed where the recording has no author', async () => {
    for (const author of [undefined, [], [{}], [{ reference: 'https://elsewhere.example/fhir/Practitioner/gp-1' }]]) expect(await outcome((s) => { unsigned(s); s.recording!.author = author; })).toEqual(['not-mine']);
    expect(await outcome((s) => { unsigned(s); s.recording!.author = [{ reference: 'Practitioner/gp-2' }, { reference: 'Practitioner/gp-1' }]; })).toBe('assured');
  });
});

describe('a consent', () => {
  const SYSTEM = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
  it('may stand beside others that count for nothing', async () => {
    expect(await outcome((s) => { s.consents = [{ ...s.consents[0]!, status: 'inactive' }, ...s.consents, { ...s.consents[0]!, id: 'con-3', provision: undefined }]; })).toBe('assured');
    const data = [{ meaning: 'instance', reference: { reference: 'DocumentReference/rec-2' } }, { meaning: 'instance', reference: { reference: 'DocumentReference/rec-1' } }];
    const purpose = [{ system: SYSTEM, code: 'TRAIN' }, { system: SYSTEM, code: 'HQUALIMP' }];
    expect(await outcome((s) => { Object.assign(s.consents[0]!.provision!, { data, purpose, provision: [] }); })).toBe('assured');
  });

  it.each([['data'], ['purpose']])('without %s permits nothing', async (member) => {
    expect(await outcome((s) => { Object.assign(s.consents[0]!.provision!, { [member]: undefined }); })).toEqual(['consent-missing']);
  });

  it('that refuses reaches as far as it says, and no less', async () => {
    const refusal = (more: Record<string, unknown>) => (s: Scene) => {
      s.consents.push({ ...structuredClone(s.consents[0]!), id: 'con-2', provision: { ...structuredClone(s.consents[0]!.provision!), type: 'deny', ...more } });
    };
    for (const more of [{}, { purpose: [] }, { data: [] }, { period: undefined }, { period: {} }, { purpose: [{ system: SYSTEM, code: 'TRAIN' }, { system: SYSTEM, code: 'HQUALIMP' }] }, { purpose: [{ system: 'https://elsewhere.example', code: 'HQUALIMP' }] }]) expect(await outcome(refusal(more))).toEqual(['consent-missing']);
    for (const more of [{ period: { end: '2026-11-19' } }, { period: { start: '2026-11-21' } }, { purpose: [{ system: 'https://elsewhere.example', code: 'X' }, { system: SYSTEM, code: 'TRAIN' }] }]) expect(await outcome(refusal(more))).toBe('assured');
  });

  it('to another purpose than the one it is needed for is judged by both', async () => {
    // The practice asks for consent to TRAIN before it reviews for HQUALIMP.
    const scene = (change: (s: Scene) => void) => outcome((s) => {
      s.site = { ...s.site, purposes: { HQUALIMP: { consent: 'TRAIN' } } };
      s.consents[0]!.provision!.purpose = [{ system: SYSTEM, code: 'TRAIN' }];
      change(s);
    });
    expect(await scene(() => undefined)).toBe('assured');
    for (const code of ['HQUALIMP', 'TRAIN']) {
      expect(await scene((s) => { s.consents.push({ ...structuredClone(s.consents[0]!), id: 'con-2', provision: { ...s.consents[0]!.provision!, type: 'deny', purpose: [{ system: SYSTEM, code }] } }); })).toEqual(['consent-missing']);
    }
    expect(await scene((s) => { s.consents[0]!.provision!.purpose = [{ system: SYSTEM, code: 'HQUALIMP' }]; })).toEqual(['consent-missing']);
  });
});

describe('a transcript', () => {
  it('is the attachment that is text, among others', async () => {
    const one = await facts((s) => { s.transcript!.content = [{ attachment: { contentType: 'text/html', url: 'Binary/other' } }, { attachment: { contentType: 'text/vtt; charset=utf-8', url: 'Binary/vtt-2' } }]; });
    expect(one.transcript?.binary).toBe('Binary/vtt-2');
    expect((await facts((s) => { s.transcript!.content = [{ attachment: {} }]; })).transcript).toBeNull();
  });

  it('is found by the statement that fits, whatever stands beside it', async () => {
    const one = await facts(async (s) => {
      s.transcripts = [await signed({ ...s.transcriptStatement, comment: 'unknown' }, signers.transcriber), await signed({ ...s.transcriptStatement, mediaSha256: digest('N'), language: 'cy' }, signers.transcriber), await signed(s.transcriptStatement, signers.transcriber)];
    });
    expect([one.transcript, one.transcriptAbsent]).toEqual([{ binary: 'Binary/vtt-1', sha256: digest('T'), language: 'en-GB' }, null]);
  });
});

describe('patients', () => {
  const record = (id: string, more: Record<string, unknown> = {}) => ({ resourceType: 'Patient' as const, id, identifier: [{ system: LOCAL, value: '17' }], birthDate: '1980-02-03', name: [{ family: 'Testperson' }], ...more });
  const nhs = (...numbers: string[]) => numbers.map((value) => ({ system: NHS, value }));

  it('are the same by id, or by an identifier and the birth date', () => {
    expect(isSamePatient(record('a'), record('a', { identifier: undefined }))).toBe(true);
    expect(isSamePatient(record('a'), record('b'))).toBe(true);
    for (const more of [{ identifier: undefined }, { identifier: [] }, { birthDate: '1980-02-04' }, { birthDate: undefined }, { identifier: [{ system: LOCAL, value: '18' }] }, { identifier: [{ system: 'https://elsewhere.example', value: '17' }] }]) expect(isSamePatient(record('a'), record('b', more)), JSON.stringify(more)).toBe(false);
    expect(isSamePatient(record('a', { birthDate: undefined }), record('b', { birthDate: undefined }))).toBe(false);
  });

  it('share no identifier that lacks its system or value', () => {
    for (const half of [{ system: LOCAL }, { value: '17' }, { system: LOCAL, value: '' }, { system: '', value: '17' }]) expect(isSamePatient(record('a', { identifier: [half] }), record('b', { identifier: [half] })), JSON.stringify(half)).toBe(false);
    // System and value are two things: no way of writing them makes one.
    expect(isSamePatient(record('a', { identifier: [{ system: 'x1', value: '2' }] }), record('b', { identifier: [{ system: 'x', value: '12' }] }))).toBe(false);
  });

  it('are two people when both have NHS numbers and none in common', () => {
    const local = { system: LOCAL, value: '17' };
    expect(isSamePatient(record('a', { identifier: [local, ...nhs('9990000018')] }), record('b', { identifier: [local, ...nhs('9990000026')] }))).toBe(false);
    expect(isSamePatient(record('a', { identifier: [local, ...nhs('9990000018', '9990000034')] }), record('b', { identifier: [local, ...nhs('9990000026', '999 000 0034')] }))).toBe(true);
    expect(isSamePatient(record('a', { identifier: [local, ...nhs('9990000018')] }), record('b', { identifier: [local, { system: NHS, value: '' }] }))).toBe(true);
    expect(isSamePatient(record('a', { identifier: [local] }), record('b', { identifier: [local, ...nhs('9990000018')] }))).toBe(true);
  });

  it('are the signed one by identifier, birth date and one of their family names', () => {
    const stated = { identifiers: [{ system: LOCAL, value: '17' }], birthDate: '1980-02-03', family: 'Testperson' };
    expect(isSignedPatient(record('a', { name: [{ family: 'Formername' }, { text: 'T' }, { family: 'ＴＥＳＴperson ' }] }), stated)).toBe(true);
    for (const more of [{ identifier: undefined }, { birthDate: undefined }, { name: undefined }, { name: [] }, { name: [{ text: 'Testperson' }] }, { name: [{ family: 'Test person' }] }]) expect(isSignedPatient(record('a', more), stated), JSON.stringify(more)).toBe(false);
  });

  it('are not the signed one when the name is written with other letters', () => {
    const stated = { identifiers: [{ system: LOCAL, value: '17' }], birthDate: '1980-02-03', family: 'Teststraße' };
    expect([isSignedPatient(record('a', { name: [{ family: 'TestSTRAßE' }] }), stated), isSignedPatient(record('a', { name: [{ family: 'Teststrasse' }] }), stated)]).toEqual([true, false]);
  });

  it('are shown by name and number', () => {
    const stated = { identifiers: [{ system: LOCAL, value: '17' }], birthDate: '1980-02-03', family: 'Testperson' };
    expect(shownAs(record('a', { identifier: nhs('999 000 0018') }), stated)).toEqual({ name: 'Testperson', nhsNumber: '9990000018' });
    expect(shownAs(record('a', { name: undefined, identifier: undefined }), stated)).toEqual({ name: '', nhsNumber: null });
    expect(shownAs(record('a', { name: [{ text: 'As the practice writes it' }], identifier: nhs('999 000 0018') }), null)).toEqual({ name: 'As the practice writes it', nhsNumber: '9990000018' });
    expect(shownAs(record('a'), null)).toEqual({ name: 'Testperson', nhsNumber: null });
  });
});
