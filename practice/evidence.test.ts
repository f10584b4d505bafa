import { createHash, createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import type { DocumentReference, Encounter, Provenance, Resource, Task } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { problemsOf } from './fhir/validate.ts';
import { startPractice, type Practice } from './index.ts';
import type { PublicJwk } from './keys.ts';
import { readClips, DEMO_MEDIA } from './media/clips.ts';
import { plannedRecordings } from './seed/plan.ts';
import { recordingResources } from './seed/recording-resources.ts';
import { demoPatients, patientResource } from './seed/patients.ts';
import { questionnaires } from './seed/questionnaires.ts';
import { reviews } from './seed/reviews.ts';
import { staff } from './seed/staff.ts';
import { clientOf, practiceForTests } from './testing/fixture.ts';

const practice = practiceForTests();

/** Verifies a signed Provenance with the keys of the site file alone. */
function verifies(provenance: Provenance, payload: Buffer, keys: readonly PublicJwk[]): boolean {
  const jws = Buffer.from(provenance.signature?.[0]?.data ?? '', 'base64').toString();
  const [header = '', , signature = ''] = jws.split('.');
  const { kid, alg } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string; alg: string };
  const jwk = keys.find((key) => key.kid === kid && key.alg === alg);
  if (!jwk) return false;
  const key = createPublicKey({ key: jwk as unknown as JsonWebKey, format: 'jwk' });
  return verify(alg === 'EdDSA' ? null : 'sha256', Buffer.from(`${header}.${payload.toString('base64url')}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
}

async function statementOf({ fhirBase }: Practice, bearer: Record<string, string>, provenance: Provenance): Promise<Buffer> {
  const response = await fetch(`${fhirBase}/${provenance.entity?.[0]?.what.reference}`, { headers: bearer });
  return Buffer.from(await response.arrayBuffer());
}

describe('signed evidence', () => {
  it('verifies with the site file’s keys and no others', async () => {
    const { repo, siteFile } = practice.get();
    const { manifestKeys, transcriberKeys, assignmentKeys } = siteFile();
    const ada = await clientOf(practice.get(), 'ada');
    for (const [id, keys] of [['prov-01', manifestKeys], ['prov-tr-01', transcriberKeys], ['prov-task-03', assignmentKeys]] as const) {
      const provenance = await repo.read<Provenance>('Provenance', id);
      const bytes = await statementOf(practice.get(), ada.bearer, provenance);
      expect(verifies(provenance, bytes, keys)).toBe(true);
      expect(verifies(provenance, Buffer.concat([bytes, Buffer.from(' ')]), keys)).toBe(false);
      expect(verifies(provenance, bytes, keys === manifestKeys ? transcriberKeys : manifestKeys)).toBe(false);
    }
  });

  it('agrees with itself in every recording', async () => {
    const { repo } = practice.get();
    const recordings = repo.recordings();
    expect(recordings).toHaveLength(30);
    const digests = new Set<string>();
    for (const { id, encounterId, masterIdentifier } of recordings) {
      const manifest = repo.manifest(id);
      const [document, encounter] = [await repo.read<DocumentReference>('DocumentReference', id), await repo.read<Encounter>('Encounter', encounterId)];
      expect(document.masterIdentifier?.value).toBe(masterIdentifier);
      expect(document.content[0]?.attachment.size).toBe(manifest.media.size);
      expect(encounter.identifier?.[0]).toEqual(manifest.encounter);
      expect(manifest.startedAt >= (encounter.period?.start ?? '') && manifest.endedAt <= (encounter.period?.end ?? '')).toBe(true);
      digests.add(manifest.media.sha256);
    }
    expect(digests.size).toBe(30);
  });

  it('never has a clinician in two recordings at once, nor a manifest from the future', () => {
    const { repo } = practice.get();
    const spans = repo.recordings().map(({ id }) => repo.manifest(id)).sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
    for (const [i, { startedAt }] of spans.entries()) {
      expect(startedAt < new Date().toISOString()).toBe(true);
      if (i > 0) expect(startedAt > (spans[i - 1]?.endedAt ?? '')).toBe(true);
    }
  });

  it('is valid FHIR throughout', () => {
    const today = new Date('2026-11-22T00:00:00Z');
    const recordings = plannedRecordings(today, readClips(DEMO_MEDIA)).flatMap((spec) => recordingResources(spec).resources.map(({ resource }) => resource));
    const all: Resource[] = [...recordings, ...staff(today.toISOString()), ...questionnaires(), ...reviews(today), ...demoPatients().map(patientResource)];
    for (const resource of all) expect([resource.resourceType, resource.id, problemsOf(resource)]).toEqual([resource.resourceType, resource.id, undefined]);
  });

  it('uses only NHS numbers for tests, with a right check digit', () => {
    for (const { nhsNumber } of demoPatients()) {
      expect(nhsNumber).toMatch(/^999\d{7}$/);
      const sum = Array.from(nhsNumber.slice(0, 9)).reduce((total, digit, i) => total + Number(digit) * (10 - i), 0);
      expect((11 - (sum % 11)) % 11).toBe(Number(nhsNumber[9]));
    }
  });

  it('is the same after a restart on the same port', async () => {
    const first = await startPractice({ quiet: true });
    const port = Number(new URL(first.url).port);
    const seen = JSON.stringify([first.siteFile(), first.repo.recordings(), await first.repo.read('Provenance', 'prov-01'), first.repo.manifest('rec-01'), await first.repo.read('Task', 'task-01')]);
    const client = await clientOf(first, 'ada');
    await first.stop();
    // The client in this process has to notice that its kept connections are gone.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const again = await startPractice({ quiet: true, port });
    expect(JSON.stringify([again.siteFile(), again.repo.recordings(), await again.repo.read('Provenance', 'prov-01'), again.repo.manifest('rec-01'), await again.repo.read('Task', 'task-01')])).toBe(seen);
    // In one process, who was signed in still is.
    expect((await client.raw('Task')).status).toBe(200);
    await again.stop();
  });
});

describe('tests of an app', () => {
  it('can sign a manifest again, rightly or with a stranger’s key', async () => {
    const { repo, siteFile } = practice.get();
    const ada = await clientOf(practice.get(), 'ada');
    const check = async (): Promise<boolean> => {
      const provenance = await repo.read<Provenance>('Provenance', 'prov-02');
      return verifies(provenance, await statementOf(practice.get(), ada.bearer, provenance), siteFile().manifestKeys);
    };
    const changed = await repo.signManifest('rec-02', (manifest) => {
      manifest.patient.family = 'Someoneelse';
    });
    expect(changed.revision).toBe(2);
    expect(await check()).toBe(true);
    await repo.signManifest('rec-02', () => undefined, { signWith: 'manifestES256' });
    expect(await check()).toBe(true);
    await repo.signManifest('rec-02', () => undefined, { signWith: 'stranger' });
    expect(await check()).toBe(false);
    await repo.signManifest('rec-02', () => undefined);
    await repo.signManifest('rec-02', (manifest) => manifest.media.size++, { keepSignature: true });
    expect(await check()).toBe(false);
  });

  it('can add a recording with bytes, sizes and names of their own', async () => {
    const { repo } = practice.get();
    const media = Buffer.from('not really a movie');
    const own = await repo.addRecording({ owner: 'ada', media, contentType: 'video/webm', declared: { size: 12 }, patient: { family: 'Canaryname' }, title: 'Canary title' });
    const manifest = repo.manifest(own.id);
    expect(manifest.media).toEqual({ contentType: 'video/webm', size: 12, sha256: createHash('sha256').update(media).digest('base64url') });
    expect(manifest.patient.family).toBe('Canaryname');
    expect(manifest.clinicians).toEqual(['555000000001']);
    const ada = await clientOf(practice.get(), 'ada');
    expect(await (await ada.raw(`Binary/${own.binaryId}`)).text()).toBe('not really a movie');
    const peer = await repo.addRecording({ owner: 'ada', review: 'peer', transcript: 'WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n' });
    expect(repo.manifest(peer.id).clinicians).toEqual(['555000000002']);
    expect((await ada.get<{ total: number }>(`Provenance?target=Task/${peer.taskIds[0]}`)).body.total).toBe(1);
    const task = await repo.read<Task>('Task', peer.taskIds[0] ?? '');
    expect(problemsOf(task)).toBeUndefined();
    expect((await ada.get<{ total: number }>('Task?_lastUpdated=gt' + new Date(Date.now() - 60_000).toISOString())).body.total).toBe(2);
  });
});
