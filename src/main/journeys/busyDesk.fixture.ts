/** A desk with any number of assignments, each with signed evidence of its own, and no practice: for what must hold, and be quick, over a long list. */
import type { Worklist } from '../../preload/contract.ts';
import { newSigners, NHS, NOW, Scene } from '../assurance/assurance.fixture.ts';
import type { Assured } from '../assurance/assess.ts';
import { sight } from '../assurance/sighting.ts';
import { offer, type Evidence } from '../service/offered.ts';
import { siteBinding } from '../site.ts';
import { issueLease } from '../vault/lease.ts';
import type { AssignmentRow } from '../vault/library.ts';
import { TestVaults } from '../vault/vault.fixture.ts';
import { Desk, type Machine, type Person } from './desk.ts';
import { indexRow, indexTranscript } from './reviewing/finding.ts';
import { sitDown } from './vaults.ts';
import { buildWorklist } from './worklist.ts';

const two = (n: number) => String(n % 100).padStart(2, '0');
export const urnOf = (n: number) => `urn:uuid:0f5f0c4e-53a3-4d7a-9c38-${n.toString(16).padStart(12, '0')}`;
export const taskOf = (n: number) => `task-${n}`;
const families = ['Testperson', 'Samplepatient', 'Otherperson', 'Demoperson', 'Exampleperson', 'Mockpatient'];
const given = ['Tess', 'Zoë', 'Abel', 'Bina', 'Carlos', 'Dilys', 'Emrys', 'Farah', 'Goran'];

/** The n-th of many consultations, in order in every respect. */
async function sceneOf(n: number, scene: Scene): Promise<Scene> {
  const day = new Date(Date.parse('2024-01-01T09:00:00Z') + n * 3600_000);
  const at = (minutes: number) => new Date(day.getTime() + minutes * 60_000).toISOString().replace('.000', '');
  const [patient, encounter, recording, family] = [`Patient/pat-${n}`, `Encounter/enc-${n}`, `DocumentReference/rec-${n}`, families[n % families.length] ?? ''];
  const number = `999${String(n % 10_000_000).padStart(7, '0')}`;
  const birthDate = `19${two(40 + (n % 60))}-0${1 + (n % 9)}-1${n % 10}`;
  scene.manifest = {
    ...scene.manifest, recording: urnOf(n), patient: { identifiers: [{ system: NHS, value: number }], birthDate, family }, encounter: { system: 'https://practice.example/Id/consultation', value: `c-${n}` },
    joined: [{ role: 'clinician', id: '555000000001', at: at(2) }, { role: 'patient', at: at(3) }], startedAt: at(3), endedAt: at(11), media: { ...scene.manifest.media, sha256: Buffer.from(`m${n}`.padEnd(32)).toString('base64url') },
  };
  scene.transcriptStatement = { ...scene.transcriptStatement, recording: urnOf(n), mediaSha256: scene.manifest.media.sha256 };
  const { task, recording: document, encounter: visit, consents: [consent], patients: [person] } = scene;
  scene.task = {
    ...task, id: taskOf(n), status: (['requested', 'in-progress', 'completed', 'requested'] as const)[n % 4] ?? 'requested', description: `${n % 3 === 0 ? 'Video' : 'Telephone'} consultation ${n}`,
    focus: { reference: recording }, for: { reference: patient }, encounter: { reference: encounter }, lastModified: '2026-11-15T08:00:00Z',
    restriction: { period: { start: '2026-11-15', end: new Date(NOW + (1 + (n % 40)) * 12 * 3600_000).toISOString() } },
  };
  scene.recording = {
    ...document!, id: `rec-${n}`, masterIdentifier: { system: 'urn:ietf:rfc:3986', value: urnOf(n) }, subject: { reference: patient }, content: [{ attachment: { contentType: 'video/mp4', url: `Binary/media-${n}`, size: 5000 } }],
    context: { encounter: [{ reference: encounter }], period: { start: at(3), end: at(11) }, related: [{ reference: `Consent/con-${n}` }] },
    ...(n % 50 === 7 ? { securityLabel: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'V' }] }] } : {}),
  };
  scene.encounter = { ...visit!, id: `enc-${n}`, subject: { reference: patient }, identifier: [{ system: 'https://practice.example/Id/consultation', value: `c-${n}` }], period: { start: at(0), end: at(12) } };
  scene.patients = [{ ...person!, id: `pat-${n}`, birthDate, identifier: [{ system: NHS, value: number }], name: [{ use: 'official', family, given: [given[n % given.length] ?? ''] }] }];
  scene.consents = [{ ...consent!, id: `con-${n}`, patient: { reference: patient }, provision: { ...consent!.provision, data: [{ meaning: 'instance', reference: { reference: recording } }] } }];
  scene.transcript = { ...scene.transcript!, id: `tra-${n}`, relatesTo: [{ code: 'transforms', target: { reference: recording } }] };
  return scene;
}

export class BusyDesk {
  readonly vaults = new TestVaults();
  readonly pushed: { name: string; value: unknown }[] = [];
  now = NOW;
  scene!: Scene;
  desk!: Desk;

  async open(): Promise<this> {
    this.scene = new Scene(await newSigners());
    const vault = await this.vaults.unlocked();
    this.desk = new Desk({ profile: this.vaults.root, push: (name, value) => this.pushed.push({ name, value }), now: () => this.now, uptime: () => this.now - NOW, device: 'device' } as Partial<Machine> as Machine);
    this.desk.site = this.scene.site;
    const person: Person = { sds: '555000000001', subject: 'ada', name: 'Dr Ada', practitioner: 'gp-1', role: { id: 'role-1', kind: 'clinician', name: 'GP' }, organisation: 'Demo' };
    vault.ledger.set('person', JSON.stringify(person));
    vault.ledger.set('binding', siteBinding(this.desk.site));
    vault.ledger.set('lease', JSON.stringify(issueLease(this.desk.clock(), 72)));
    sitDown(this.desk, vault, person);
    return this;
  }

  async evidence(n: number): Promise<Evidence> {
    return structuredClone(await (await sceneOf(n, Object.assign(new Scene(this.scene.signers), { site: this.scene.site }))).evidence());
  }

  /** As a sync takes it in. */
  async take(evidence: readonly Evidence[]): Promise<void> {
    const { library, ledger } = this.desk.vaultOrThrow();
    const taken = await Promise.all(evidence.map(async (one) => {
      const { sighting, manifest } = await sight(offer(one), this.desk.site, (urn) => ledger.seen(urn));
      const task = `Task/${one.task.id}`;
      return { row: { ...(library.assignmentOf(task) ?? { task, rowId: `row-${one.task.id}`, withheldSince: null, mediaRefused: null }), recording: one.recording?.masterIdentifier?.value ?? null, evidence: one }, sighting, manifest };
    }));
    ledger.saw(taken.flatMap(({ manifest }) => manifest ?? []));
    library.takeEvidence(taken);
  }

  async fill(from: number, until: number): Promise<void> {
    for (let n = from; n < until; n += 500) await this.take(await Promise.all(Array.from({ length: Math.min(500, until - n) }, (_, i) => this.evidence(n + i))));
  }

  /** Words to be found: of each row, and a transcript of some minutes for one in `every`. */
  async index(every: number): Promise<void> {
    const { rows } = await buildWorklist(this.desk);
    const { library } = this.desk.vaultOrThrow();
    library.work(() => {
      for (const { task, title, patient, consultedAt } of rows) {
        const n = Number(/\d+$/.exec(task)?.[0]) + 1;
        const row = { task } as AssignmentRow;
        indexRow(this.desk, row, { title, patient, startedAt: consultedAt } as Assured);
        if (n % every === 0) indexTranscript(this.desk, row, vttOf(n));
      }
    });
  }

  last(): Worklist {
    return this.pushed.findLast(({ name }) => name === 'worklist')?.value as Worklist;
  }

  remove(): void {
    this.vaults.remove();
  }
}

const spoken = ['headache', 'since', 'Monday', 'morning', 'and', 'the', 'tablets', 'did', 'not', 'help', 'breathing', 'at', 'night', 'walk', 'upstairs', 'worried', 'about', 'mother', 'appointment', 'blood', 'pressure'];
function vttOf(n: number): string {
  const line = (i: number) => Array.from({ length: 9 }, (_, w) => spoken[(n * 7 + i * 3 + w * 5) % spoken.length]).join(' ');
  const clock = (seconds: number) => `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}.000`;
  return `WEBVTT\n\n${Array.from({ length: 80 }, (_, i) => `${clock(i * 6)} --> ${clock(i * 6 + 5)}\n${line(i)}${i === 40 ? ` word${n}` : ''}\n`).join('\n')}`;
}

