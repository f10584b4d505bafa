/**
 * `node evidence/bench/seed.ts PROFILE SITE SECRET COUNT`: a long list in a vault that the product made: assignments with signed evidence of their own, taken in and made to be found by the product's own code, in the same desktop session and
 * with the same keychain. A first sync of so many from the demo practice would take many minutes, and its speed is not what is measured here.
 */
import { readFileSync } from 'node:fs';
import keytar from 'keytar';
import { plusDays, plusMinutes, utcMidnight } from '../../practice/days.ts';
import { personCalled } from '../../practice/people.ts';
import { mediaOf, stableUuid } from '../../practice/seed/plan.ts';
import { nextOf, patientResource, testNhsNumbers } from '../../practice/seed/patients.ts';
import { recordingResources } from '../../practice/seed/recording-resources.ts';
import type { RecordingSpec } from '../../practice/seed/recording-spec.ts';
import { staff } from '../../practice/seed/staff.ts';
import { main } from '../../scripts/lib/process.ts';
import { sight } from '../../src/main/assurance/sighting.ts';
import * as fhir from '../../src/main/fhir/resources.ts';
import { Desk, type Machine } from '../../src/main/journeys/desk.ts';
import { indexRow, indexTranscript } from '../../src/main/journeys/reviewing/finding.ts';
import { deviceId, loadVault, sitDown, standUp, vaultIds } from '../../src/main/journeys/vaults.ts';
import { personOf } from '../../src/main/journeys/whose.ts';
import { decideAnew } from '../../src/main/journeys/worklist.ts';
import { computerTag } from '../../src/main/platform/computer.ts';
import { carriedBy } from '../../src/main/service/statements.ts';
import { offer, type Offered, type SignedStatement } from '../../src/main/service/offered.ts';
import { parseSite, type Site } from '../../src/main/site.ts';
import { Keychain } from '../../src/main/vault/keychain.ts';
import { FAMILY, OWNER, WORD } from './seeded.ts';

/** Taken in together. */
const CHUNK = 250;
const SECONDS = 480;
const spoken = ['headache', 'since', 'Monday', 'morning', 'and', 'the', 'tablets', 'did', 'not', 'help', 'breathing', 'at', 'night', 'walk', 'upstairs', 'worried', 'about', 'mother', 'appointment', 'blood', 'pressure'];

/** Eight minutes of speech. */
function transcriptOf(n: number): string {
  const clock = (seconds: number): string => `00:${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}.000`;
  const line = (i: number): string => Array.from({ length: 9 }, (_, w) => spoken[(n * 7 + i * 3 + w * 5) % spoken.length]).join(' ');
  return `WEBVTT\n\n${Array.from({ length: 80 }, (_, i) => `${clock(i * 6)} --> ${clock(i * 6 + 5)}\n${line(i)}${i === 40 ? ` ${WORD}${n}` : ''}\n`).join('\n')}`;
}

const numbers = testNhsNumbers(999_100_000);

/** The n-th of many consultations, each in an hour of its own. */
function specOf(n: number, today: Date): RecordingSpec {
  const key = `b${n}`;
  const masterIdentifier = `urn:uuid:${stableUuid(`bench ${n}`)}`;
  const owner = personCalled(OWNER);
  const startedAt = plusMinutes(plusDays(today, -40), -60 * n);
  const authoredOn = plusDays(today, -2);
  return {
    key, masterIdentifier, title: `Consultation ${n}`, media: mediaOf(Buffer.from(`media ${n}`), 'video/mp4'), seconds: SECONDS,
    patient: { id: `pat-${key}`, given: 'Bench', family: `${FAMILY}${n}`, gender: 'other', birthDate: `19${40 + (n % 60)}-0${1 + (n % 9)}-1${n % 10}`, nhsNumber: nextOf(numbers) },
    clinician: owner, encounterStart: plusMinutes(startedAt, -3), encounterMinutes: 20, startedAt, confidentiality: 'R', transcript: transcriptOf(n),
    consent: { status: 'active', purposes: ['HQUALIMP', 'TRAIN'], end: plusDays(today, 400) },
    tasks: [{
      id: `task-${key}`, owner, status: (['requested', 'accepted', 'in-progress', 'requested'] as const)[n % 4] ?? 'requested', purpose: 'HQUALIMP', description: `Video consultation ${n}`, authoredOn, lastModified: authoredOn,
      period: { start: plusDays(today, -2), end: plusDays(today, 2 + (n % 40)) }, offlinePermitted: true, assigner: personCalled('pat'),
    }],
  };
}

/** As the product gathers it from a practice (src/main/service/evidence.ts). */
function evidenceOf(spec: RecordingSpec, site: Site, today: Date): Offered {
  const { resources, binaries } = recordingResources(spec);
  const all = resources.map(({ resource }) => resource);
  const one = (type: string, id: string): unknown => all.find((resource) => resource.resourceType === type && resource.id === id);
  const signed = all.filter(({ resourceType }) => resourceType === 'Provenance').flatMap((provenance): { about: string[]; statement: SignedStatement }[] => {
    const carried = carriedBy(fhir.Provenance.parse(provenance), site.fhirBase);
    const content = carried ? binaries.get(carried.binary.slice('Binary/'.length)) : undefined;
    return carried && content && 'bytes' in content ? [{ about: carried.about, statement: { bytes: content.bytes.toString('base64'), jws: carried.jws } }] : [];
  });
  const about = (reference: string): SignedStatement[] => signed.flatMap((each) => (each.about.includes(reference) ? [each.statement] : []));
  const people = staff(today.toISOString());
  return offer({
    fhirBase: site.fhirBase, task: fhir.Task.parse(one('Task', `task-${spec.key}`)), recording: fhir.DocumentReference.parse(one('DocumentReference', `rec-${spec.key}`)), replaced: false,
    encounter: fhir.Encounter.parse(one('Encounter', `enc-${spec.key}`)), patients: [fhir.Patient.parse(patientResource(spec.patient))], consents: all.filter(({ resourceType }) => resourceType === 'Consent').map((consent) => fhir.Consent.parse(consent)),
    custodian: fhir.Organization.parse(people.find(({ resourceType }) => resourceType === 'Organization')), authors: [fhir.Practitioner.parse(people.find(({ id }) => id === spec.clinician.practitionerId))],
    manifests: about(`DocumentReference/rec-${spec.key}`), assignments: [],
    transcript: { document: fhir.DocumentReference.parse(one('DocumentReference', `tr-${spec.key}`)), statements: about(`DocumentReference/tr-${spec.key}`) },
  });
}

/** Adds so many to the one vault of a profile, while the product does not run. @param secret of its clinician */
async function seed(profile: string, site: string, secret: string, count: number): Promise<void> {
  const machine: Partial<Machine> = {
    profile, device: deviceId(profile), computer: computerTag(), keychain: new Keychain(keytar), push: () => undefined, now: () => Date.now(), uptime: () => performance.now(),
    startSealer: () => {
      throw new Error('nothing is sealed here');
    },
  };
  const desk = new Desk(machine as Machine);
  desk.site = parseSite(readFileSync(site, 'utf8'));
  const vault = await loadVault(desk, vaultIds(profile)[0] ?? '');
  const person = personOf(vault);
  if (!person) throw new Error('nobody has been here');
  sitDown(desk, vault, person);
  await vault.unlock(secret, Date.now());
  const today = utcMidnight();
  const { library, ledger } = vault;
  for (let from = 1; from <= count; from += CHUNK) {
    const specs = Array.from({ length: Math.min(CHUNK, count - from + 1) }, (_, i) => specOf(from + i, today));
    const taken = await Promise.all(specs.map(async (spec) => {
      const evidence = evidenceOf(spec, desk.site, today);
      const { sighting, manifest } = await sight(evidence, desk.site, (recording) => ledger.seen(recording));
      return { row: { task: `Task/${evidence.task.id}`, rowId: stableUuid(`row ${spec.key}`), recording: spec.masterIdentifier, evidence, withheldSince: null, mediaRefused: null }, sighting, manifest, spec };
    }));
    ledger.saw(taken.flatMap(({ manifest }) => manifest ?? []));
    library.takeEvidence(taken);
    const passing = await Promise.all(taken.map(async ({ row, spec }) => {
      const decision = await decideAnew(desk, row);
      if (!decision.ok) throw new Error(`consultation ${spec.key} is withheld: ${decision.reasons.join()}`);
      return { row, assured: decision.assured, spec };
    }));
    library.work(() => {
      for (const { row, assured, spec } of passing) {
        indexRow(desk, row, assured);
        indexTranscript(desk, row, spec.transcript ?? '');
      }
    });
    library.markRead(taken.map(({ row }) => row.task), Date.now());
  }
  await vault.settled();
  standUp(desk);
}

await main(async () => {
  const [, , profile = '', site = '', secret = '', count = ''] = process.argv;
  await seed(profile, site, secret, Number(count));
});
