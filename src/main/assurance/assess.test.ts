import { FlattenedSign } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { digest, newSigner, newSigners, NHS, OTHER_URN, Scene, sha256, signed, URN, type Signers } from './assurance.fixture.ts';
import type { Sighting } from './sighting.ts';
import type { ReasonCode } from './reasons.ts';
import { stopKey } from './stops.ts';

let signers: Signers;
beforeAll(async () => {
  signers = await newSigners();
});
const own = () => new Scene(signers);
const peer = () => new Scene(signers).asPeer();

describe('a recording that is in order', () => {
  it('is assured for the clinician who was in the consultation', async () => {
    const decision = await own().assess();
    expect(decision).toMatchObject({
      ok: true,
      assured: {
        recording: URN, review: 'own', purpose: 'HQUALIMP', signed: true, revision: 3, offline: true, sensitive: false, progress: 'new',
        patient: { name: 'Tess Testperson', dateOfBirth: '1980-02-03', nhsNumber: '9990000018' }, clinicians: ['Dr Grace Tester'],
        startedAt: '2026-11-10T09:03:00Z', endedAt: '2026-11-10T09:11:00Z', media: { binary: 'Binary/media-1', contentType: 'video/mp4', size: 5000, sha256: 'M'.repeat(43) },
        transcript: { binary: 'Binary/vtt-1', sha256: 'T'.repeat(43), language: 'en-GB' }, transcriptAbsent: null,
      },
    });
  });

  it('is assured for a colleague whom a signed assignment names', async () => {
    expect(await (await peer()).assess()).toMatchObject({ ok: true, assured: { review: 'peer' } });
  });

  it('may be signed with either algorithm', async () => {
    const scene = own();
    scene.manifests = [await signed(scene.manifest, signers.recorderES256)];
    expect(await scene.outcome()).toBe('assured');
  });

  it('may be assigned to the role that the clinician chose', async () => {
    const scene = own();
    scene.task.owner = { reference: 'PractitionerRole/role-1' };
    expect(await scene.outcome()).toBe('assured');
  });

  it('may be named by absolute and versioned references of this practice', async () => {
    const scene = own();
    scene.task.focus = { reference: 'https://practice.example/fhir/DocumentReference/rec-1/_history/2' };
    scene.task.for = { reference: 'Patient/pat-1/_history/7' };
    expect(await scene.outcome()).toBe('assured');
  });

  it('stays visible for the site’s days after completion, and not longer', async () => {
    const scene = own();
    scene.task.status = 'completed';
    scene.task.lastModified = '2026-11-13T12:00:00Z';
    expect(await scene.assess()).toMatchObject({ ok: true, assured: { progress: 'reviewed' } });
    scene.task.lastModified = '2026-11-13T11:59:59Z';
    expect(await scene.outcome()).toEqual(['task-status']);
  });

  it('is sensitive when it is labelled very restricted', async () => {
    const scene = own();
    scene.recording!.securityLabel = [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'V' }] }];
    expect(await scene.assess()).toMatchObject({ ok: true, assured: { sensitive: true, sensitiveKinds: [] } });
  });

  it('is sensitive when it has a label of the site file, and says of which kinds', async () => {
    const scene = own();
    const label = (system: string, code: string) => ({ coding: [{ system, code }] });
    scene.site = { ...scene.site, sensitiveLabels: [{ system: 'urn:labels', code: 'SG', kind: 'safeguarding' }, { system: 'urn:labels', code: 'CH', kind: 'child' }, { system: 'urn:labels', code: 'CH2', kind: 'child' }] };
    scene.recording!.securityLabel = [label('urn:labels', 'SG'), label('urn:labels', 'CH'), label('urn:labels', 'CH2')];
    expect(await scene.assess()).toMatchObject({ ok: true, assured: { sensitive: true, sensitiveKinds: ['child', 'safeguarding'] } });
    scene.recording!.securityLabel = [label('urn:elsewhere', 'SG'), label('urn:labels', 'sg')];
    expect(await scene.assess()).toMatchObject({ ok: true, assured: { sensitive: false, sensitiveKinds: [] } });
  });
});

/** Another recording of the same clinician, which contradicts nothing. */
const rival: Sighting = {
  recording: OTHER_URN, document: 'DocumentReference/rec-2', mediaSha256: digest('N'), clinicians: ['555000000001', '555000000009'],
  startedAt: Date.parse('2026-11-10T09:11:00Z'), endedAt: Date.parse('2026-11-10T09:19:00Z'),
};

/** For each reason the one change that calls for it. */
const changes: Record<Exclude<ReasonCode, 'media-bytes-differ' | 'not-kept' | 'site-changed' | 'rolled-back' | 'role-ended'>, (scene: Scene) => unknown> = {
  'stopped': (s) => { s.stops.add(stopKey({ system: NHS, value: '9990000018' })); },
  'wrong-patient': (s) => { s.wrong = 3; },
  'not-a-review': (s) => { s.task.code = { coding: [{ system: 'https://viewing-room.example/fhir/CodeSystem/task-type', code: 'something-else' }] }; },
  'not-owner': (s) => { s.task.owner = { reference: 'Practitioner/gp-2' }; },
  'task-status': (s) => { s.task.status = 'cancelled'; },
  'outside-period': (s) => { s.now = Date.parse('2026-12-15T18:00:01Z'); },
  'purpose-unknown': (s) => { s.task.reasonCode = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HMARKT' }] }; },
  'recording-missing': (s) => { s.recording = null; },
  'recording-status': (s) => { s.recording!.status = 'superseded'; },
  'recording-shape': (s) => { delete s.recording!.masterIdentifier; },
  'patient-missing': (s) => { s.patients = []; },
  'patient-differs': (s) => { s.patients[0]!.birthDate = '1980-02-04'; },
  'encounter-missing': (s) => { delete s.task.encounter; },
  'encounter-not-held': (s) => { s.encounter!.status = 'cancelled'; },
  'encounter-differs': (s) => { s.encounter!.identifier![0]!.value = 'c-2'; },
  'capture-outside-encounter': (s) => { s.encounter!.period = { start: '2026-11-10T09:00:00Z', end: '2026-11-10T09:00:59Z' }; },
  'custodian-differs': (s) => { s.custodian!.identifier![0]!.value = 'Z99999'; },
  'consent-missing': (s) => { s.consents = []; },
  'manifest-missing': (s) => { s.manifests = []; },
  'manifest-untrusted': async (s) => { s.manifests = [await signed(s.manifest, signers.stranger)]; },
  'manifest-malformed': (s) => { Object.assign(s.manifest, { comment: 'a member that we do not know' }); },
  'manifest-other-recording': (s) => { s.manifest.recording = OTHER_URN; },
  'manifest-older': (s) => { s.seen = { revision: 4, sha256: digest('S') }; },
  'manifest-key-retired': (s) => { s.site.manifestKeys[0]!.revoked = true; },
  'joined-differs': (s) => { s.manifest.joined[0]!.id = '555000000003'; },
  'recording-twice': (s) => { s.rivals = [{ ...rival, recording: URN }]; },
  'media-under-two': (s) => { s.rivals = [{ ...rival, mediaSha256: digest('M') }]; },
  'recordings-overlap': (s) => { s.rivals = [{ ...rival, startedAt: Date.parse('2026-11-10T09:10:58Z'), endedAt: Date.parse('2026-11-10T09:20:00Z') }]; },
  'manifest-contradicts': async (s) => {
    s.manifests = [await signed(s.manifest, signers.recorder), await signed({ ...s.manifest, media: { ...s.manifest.media, sha256: 'N'.repeat(43) } }, signers.recorder)];
  },
  'media-differs': (s) => { s.recording!.content[0]!.attachment.size = 5001; },
  'media-too-large': (s) => { s.site = { ...s.site, largestRecordingBytes: 4999 }; },
  'not-mine': (s) => { s.heldBy('555000000003'); },
  'assignment-invalid': async (s) => {
    s.heldBy('555000000003');
    s.assignments = [await signed({ ...s.assignment, owner: s.reviewer.sds, purpose: 'TRAIN' }, signers.manager)];
  },
};

describe('one thing wrong', () => {
  it.each(Object.entries(changes))('is withheld as %s alone', async (code, change) => {
    const scene = own();
    await change(scene);
    expect(await scene.outcome()).toEqual([code]);
  });
});

describe('a recording that its clinician said is another patient’s', () => {
  it('comes back with a trusted manifest of a higher revision, and with nothing else', async () => {
    const scene = own();
    scene.wrong = 3;
    scene.manifest.revision = 4;
    expect(await scene.outcome()).toBe('assured');
    scene.manifests = [await signed(scene.manifest, signers.stranger), await signed({ ...scene.manifest, revision: 3 }, signers.recorder)];
    expect(await scene.outcome()).toEqual(['wrong-patient']);
  });

  it('stays away where there is no manifest', async () => {
    const scene = own();
    scene.site = { ...scene.site, assurance: 'unsigned-permitted' };
    scene.manifests = [];
    expect(await scene.outcome()).toBe('assured');
    scene.wrong = 0;
    expect(await scene.outcome()).toEqual(['wrong-patient']);
  });
});

describe('signatures', () => {
  const withManifest = async (make: (scene: Scene) => Promise<{ bytes: string; jws: string }>) => {
    const scene = own();
    scene.manifests = [await make(scene)];
    return scene.outcome();
  };
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('by a key that claims the id of a trusted one are refused', async () => {
    const impostor = await newSigner('recorder');
    expect(await withManifest((s) => signed(s.manifest, impostor))).toEqual(['manifest-untrusted']);
  });

  it('that bring their own key are refused', async () => {
    const { trusted } = signers.stranger;
    expect(await withManifest((s) => signed(s.manifest, signers.stranger, { jwk: trusted, kid: 'recorder' }))).toEqual(['manifest-untrusted']);
    expect(await withManifest((s) => signed(s.manifest, signers.stranger, { jwk: trusted }))).toEqual(['manifest-untrusted']);
  });

  it('of no algorithm, or of one that is not the key’s, are refused', async () => {
    expect(await withManifest(async (s) => ({ bytes: Buffer.from(JSON.stringify(s.manifest)).toString('base64'), jws: `${encode({ alg: 'none', kid: 'recorder' })}..` }))).toEqual(['manifest-untrusted']);
    expect(await withManifest(async (s) => {
      // The public key taken for a shared secret: the classic confusion.
      const bytes = Buffer.from(JSON.stringify(s.manifest));
      const header = encode({ alg: 'HS256', kid: 'recorder' });
      const { createHmac } = await import('node:crypto');
      const mac = createHmac('sha256', Buffer.from(signers.recorder.trusted.x, 'base64url')).update(`${header}.${bytes.toString('base64url')}`).digest('base64url');
      return { bytes: bytes.toString('base64'), jws: `${header}..${mac}` };
    })).toEqual(['manifest-untrusted']);
    expect(await withManifest((s) => signed(s.manifest, { ...signers.recorderES256, trusted: { ...signers.recorderES256.trusted, kid: 'recorder' } }))).toEqual(['manifest-untrusted']);
  });

  it('over other bytes, not detached, or not base64 are refused', async () => {
    expect(await withManifest(async (s) => ({ ...await signed(s.manifest, signers.recorder), bytes: Buffer.from(JSON.stringify({ ...s.manifest, revision: 9 })).toString('base64') }))).toEqual(['manifest-untrusted']);
    expect(await withManifest(async (s) => {
      const { bytes, jws } = await signed(s.manifest, signers.recorder);
      return { bytes, jws: jws.replace('..', `.${Buffer.from(bytes, 'base64').toString('base64url')}.`) };
    })).toEqual(['manifest-untrusted']);
    expect(await withManifest(async (s) => ({ ...await signed(s.manifest, signers.recorder), bytes: '%%% not base64 %%%' }))).toEqual(['manifest-untrusted']);
    expect(await withManifest(async () => ({ bytes: '', jws: 'not.a.jws' }))).toEqual(['manifest-untrusted']);
  });

  it('with extensions that change what is signed are refused', async () => {
    expect(await withManifest((s) => signed(s.manifest, signers.recorder, { b64: true }))).toEqual(['manifest-untrusted']);
    // RFC 7797: the signature would be over the bytes' base64url text and not over the bytes.
    expect(await withManifest(async (s) => {
      const bytes = Buffer.from(JSON.stringify(s.manifest));
      const jws = await new FlattenedSign(Buffer.from(bytes.toString('base64url'))).setProtectedHeader({ alg: 'EdDSA', kid: 'recorder', b64: false, crit: ['b64'] }).sign(signers.recorder.private);
      return { bytes: bytes.toString('base64'), jws: `${jws.protected ?? ''}..${jws.signature}` };
    })).toEqual(['manifest-untrusted']);
  });

  it('of the transcriber or of the manager make no manifest', async () => {
    expect(await withManifest((s) => signed(s.manifest, signers.transcriber))).toEqual(['manifest-untrusted']);
    expect(await withManifest((s) => signed(s.manifest, signers.manager))).toEqual(['manifest-untrusted']);
  });
});

describe('manifests', () => {
  it('with a repeated member name are not read, however the repetition is hidden', async () => {
    for (const repeated of ['"revision":3,', '"revis\\u0069on":3,', `"revision"${' '.repeat(400)}:3,`]) {
      const scene = own();
      scene.manifests = [await signed(JSON.stringify(scene.manifest).replace('{', `{${repeated}`), signers.recorder)];
      expect(await scene.outcome(), repeated.slice(0, 20)).toEqual(['manifest-malformed']);
    }
  });

  it('may stand beside untrusted ones, which count for nothing', async () => {
    const scene = own();
    scene.manifests = [
      await signed({ ...scene.manifest, revision: 99, clinicians: ['555000000003'] }, signers.stranger),
      await signed(scene.manifest, signers.recorder),
    ];
    expect(await scene.assess()).toMatchObject({ ok: true, assured: { revision: 3 } });
  });

  it('of the highest revision win, in whatever order they come', async () => {
    for (const order of [[3, 5, 4], [5, 4, 3]]) {
      const scene = own();
      const before = structuredClone(scene.manifest);
      scene.heldBy('555000000003');
      scene.manifests = await Promise.all(order.map((revision) => signed({ ...(revision === 5 ? scene.manifest : before), revision }, signers.recorder)));
      expect(await scene.outcome()).toEqual(['not-mine']);
    }
  });

  it('sent twice are no contradiction', async () => {
    const scene = own();
    const one = await signed(scene.manifest, signers.recorder);
    scene.manifests = [one, one, await signed(scene.manifest, signers.recorderES256)];
    expect(await scene.outcome()).toBe('assured');
  });

  it('that contradict an older revision only are settled by the newer one', async () => {
    const scene = own();
    const other = { ...scene.manifest, revision: 2, media: { ...scene.manifest.media, size: 6000 } };
    scene.manifests = [await signed({ ...scene.manifest, revision: 2 }, signers.recorder), await signed(other, signers.recorder), await signed(scene.manifest, signers.recorder)];
    expect(await scene.outcome()).toBe('assured');
  });

  it('of the revision that was seen before are accepted again', async () => {
    const scene = own();
    const before = await signed(scene.manifest, signers.recorder);
    scene.manifests = [before];
    scene.seen = { revision: 3, sha256: sha256(before) };
    expect(await scene.outcome()).toBe('assured');
    scene.seen.sha256 = sha256(await signed({ ...scene.manifest, clinicians: ['555000000003'] }, signers.recorder));
    expect(await scene.outcome()).toEqual(['manifest-contradicts']);
  });

  it('that are missing or untrusted say nothing about who was in the consultation', async () => {
    const scene = own();
    scene.manifests = [];
    expect(await scene.outcome()).not.toContain('not-mine');
  });
});

describe('references', () => {
  it.each([
    ['https://elsewhere.example/fhir/Patient/pat-1'], ['https://practice.example/fhir.evil/Patient/pat-1'], ['#pat-1'], ['Patient/pat-1/extra'], ['urn:uuid:pat-1'], ['Practitioner/pat-1'],
  ])('to %s name no patient of this practice', async (reference) => {
    const scene = own();
    scene.task.for = { reference };
    expect(await scene.outcome()).toEqual(['patient-missing']);
  });

  it('to a recording elsewhere or contained name no recording', async () => {
    for (const reference of ['https://elsewhere.example/fhir/DocumentReference/rec-1', '#rec-1', 'DocumentReference/rec-2']) {
      const scene = own();
      scene.task.focus = { reference };
      expect(await scene.outcome()).toEqual(['recording-missing']);
    }
  });

  it('to media elsewhere make the description unusable', async () => {
    const scene = own();
    scene.recording!.content[0]!.attachment.url = 'https://elsewhere.example/fhir/Binary/media-1';
    expect(await scene.outcome()).toEqual(['recording-shape']);
  });

  it('by the recording to another encounter than the Task’s are a contradiction', async () => {
    const scene = own();
    scene.recording!.context!.encounter = [{ reference: 'Encounter/enc-2' }];
    expect(await scene.outcome()).toEqual(['encounter-differs']);
    scene.recording!.context!.encounter = [{ reference: 'Encounter/enc-1' }, { reference: 'Encounter/enc-2' }];
    expect(await scene.outcome()).toEqual(['encounter-differs']);
  });
});

describe('the recording', () => {
  it('with a second media attachment is ambiguous', async () => {
    const scene = own();
    scene.recording!.content.push({ attachment: { contentType: 'audio/mpeg', url: 'Binary/media-2', size: 10 } });
    expect(await scene.outcome()).toEqual(['recording-shape']);
  });

  it('may carry a hint of its digest, which must be the signed one', async () => {
    const scene = own();
    const hint = (letter: string) => [{ url: 'https://viewing-room.example/fhir/StructureDefinition/attachment-sha256', valueBase64Binary: Buffer.from(letter.repeat(43), 'base64url').toString('base64') }];
    scene.manifest.media.sha256 = Buffer.alloc(32, 7).toString('base64url');
    scene.transcript = null;
    scene.recording!.content[0]!.attachment.extension = [{ ...hint('M')[0]!, valueBase64Binary: Buffer.alloc(32, 7).toString('base64') }];
    expect(await scene.outcome()).toBe('assured');
    scene.recording!.content[0]!.attachment.extension.push(scene.recording!.content[0]!.attachment.extension[0]!);
    expect(await scene.outcome()).toBe('assured');
    scene.recording!.content[0]!.attachment.extension.push(hint('N')[0]!);
    expect(await scene.outcome()).toEqual(['recording-shape']);
    scene.recording!.content[0]!.attachment.extension = hint('N');
    expect(await scene.outcome()).toEqual(['media-differs']);
  });

  it('that is entered in error is withheld whatever its status', async () => {
    const scene = own();
    scene.recording!.docStatus = 'entered-in-error';
    expect(await scene.outcome()).toEqual(['recording-status']);
  });
});

describe('the encounter', () => {
  it('without a business identifier is not the signed one', async () => {
    const scene = own();
    delete scene.encounter!.identifier;
    expect(await scene.outcome()).toEqual(['encounter-differs']);
  });

  it.each(['entered-in-error', 'cancelled', 'planned', 'unknown', 'made-up'])('that is %s did not take place as far as anyone knows', async (status) => {
    const scene = own();
    scene.encounter!.status = status;
    expect(await scene.outcome()).toEqual(['encounter-not-held']);
  });

  it('must say to the minute when it was: a day or a year would cover any capture', async () => {
    for (const period of [{ start: '2026', end: '2026' }, { start: '2026-11-10', end: '2026-11-10' }, { start: '2026-11-10T09:00:00Z' }, {}, undefined]) {
      const scene = own();
      scene.encounter!.period = period;
      expect(await scene.outcome()).toEqual(['capture-outside-encounter']);
    }
  });

  it('covers the capture with the site’s tolerance and no more', async () => {
    const scene = own();
    scene.encounter!.period = { start: '2026-11-10T09:13:00Z', end: '2026-11-10T09:20:00Z' };
    expect(await scene.outcome()).toBe('assured');
    scene.encounter!.period.start = '2026-11-10T09:13:01Z';
    expect(await scene.outcome()).toEqual(['capture-outside-encounter']);
  });
});

describe('a completed assignment', () => {
  it('cannot be kept open by a date in the future', async () => {
    const scene = own();
    scene.task.status = 'completed';
    scene.task.lastModified = '2099-01-01T00:00:00Z';
    expect(await scene.outcome()).toEqual(['task-status']);
  });
});

describe('the purpose', () => {
  it('must be one: two codes of one system contradict each other', async () => {
    const scene = own();
    const system = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
    scene.task.reasonCode = { coding: [{ system, code: 'TREAT' }, { system, code: 'TRAIN' }] };
    expect(await scene.outcome()).toEqual(['purpose-unknown']);
  });

  it('is not found on the object’s prototype', async () => {
    const scene = own();
    scene.task.reasonCode!.coding![0]!.code = 'constructor';
    expect(await scene.outcome()).toEqual(['purpose-unknown']);
  });
});

describe('the time for a review', () => {
  it.each([[{}], [undefined], [{ start: '2026-11-15', end: 'never' }], [{ start: '2026-11-20T12:00:01Z' }]])('is not open with a period of %j', async (period) => {
    const scene = own();
    scene.task.restriction = { period };
    expect(await scene.outcome()).toEqual(['outside-period']);
  });
});
