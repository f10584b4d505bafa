/** A desk without Electron: real vaults in a temporary folder, the demo practice over HTTP, and answers that a test can hold back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DocumentReference, Patient, Resource, Task } from '@medplum/fhirtypes';
import { vi } from 'vitest';
import type { Practice } from '../../../practice/index.ts';
import { personCalled } from '../../../practice/people.ts';
import { AS_CLINICIAN, bearerOf } from '../../../practice/testing/sign-in.ts';
import type { EntryBody } from '../audit/entry.ts';
import { Grants } from '../playback/grants.ts';
import { Seen } from '../review/seen.ts';
import { MOST_TOGETHER } from '../service/batch.ts';
import { PracticeHttp } from '../service/http.ts';
import type { Tokens } from '../session/tokens.ts';
import { computerTag } from '../platform/computer.ts';
import { parseSite, siteBinding } from '../site.ts';
import { Keychain } from '../vault/keychain.ts';
import { MemoryKeychain } from '../vault/keychain.fixture.ts';
import { issueLease } from '../vault/lease.ts';
import { trailInProcess } from '../audit/trail/process.fixture.ts';
import { sealerInProcess } from '../vault/sealer/sealer.fixture.ts';
import type { Vault } from '../vault/vault.ts';
import { Desk, type Person } from './desk.ts';
import { fetchCopy } from './fetchCopy.ts';
import { setSecret, unlock } from './lock.ts';
import { syncWorklist } from './sync.ts';
import { loadVault, sitDown, standUp, vaultId } from './vaults.ts';
import { showUnlock } from './arrive.ts';
import { buildWorklist, subjectOf } from './worklist.ts';

export const SECRET = '482915';
export const WINDOW = 1;

/** Something that happens only when the test says so. */
export class Gate {
  #arrive = (): void => undefined;
  open = (): void => undefined;
  readonly reached = new Promise<void>((resolve) => {
    this.#arrive = resolve;
  });
  readonly #opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
  async pass(): Promise<void> {
    this.#arrive();
    await this.#opened;
  }
}

/** The next opening of a copy is on its way: the disk has it, and holds it back. */
export function holdNextCopy({ copies }: Vault): Gate {
  const gate = new Gate();
  const original = copies.open.bind(copies);
  vi.spyOn(copies, 'open').mockImplementationOnce(async (assured) => {
    const recording = await original(assured);
    await gate.pass();
    return recording;
  });
  return gate;
}

/** Changes what the practice has. @param undo gains what puts it back */
export async function changeAtPractice<T extends Resource>({ repo }: Practice, undo: (() => Promise<unknown>)[], type: T['resourceType'], id: string, to: (before: T) => T): Promise<void> {
  const before = await repo.read<T>(type, id);
  undo.push(() => repo.update(structuredClone(before)));
  await repo.update(to(structuredClone(before)) as never);
}

/** One Task names by now what another names. */
export async function moveAtPractice(practice: Practice, undo: (() => Promise<unknown>)[], task: string, to: string): Promise<void> {
  const { for: patient, focus, encounter, reasonCode } = await practice.repo.read<Task>('Task', to);
  await changeAtPractice<Task>(practice, undo, 'Task', task, (before) => ({ ...before, for: patient, focus, encounter, reasonCode }));
}

/** Nothing but the patient of a Task and its recording is another: the same person under another id. */
export async function patientAnew(practice: Practice, undo: (() => Promise<unknown>)[], task: string, recording: string): Promise<void> {
  const { repo } = practice;
  const subject = { reference: 'Patient/anew' };
  const { for: patient } = await repo.read<Task>('Task', task);
  await repo.update<Patient>({ ...await repo.read<Patient>('Patient', patient?.reference?.split('/')[1] ?? ''), id: 'anew' });
  undo.unshift(() => repo.remove('Patient', 'anew'));
  await changeAtPractice<DocumentReference>(practice, undo, 'DocumentReference', recording, (before) => ({ ...before, subject }));
  await changeAtPractice<Task>(practice, undo, 'Task', task, (before) => ({ ...before, for: subject }));
}

export class TestDesk {
  readonly profile = mkdtempSync(join(tmpdir(), 'desk-'));
  readonly pushed: { name: string; value: unknown }[] = [];
  readonly desk: Desk;
  readonly #practice: Practice;
  /** Addresses that are answered with a renewed token. */
  answer: RegExp | null = null;
  /** Addresses at which the line breaks. */
  broken: RegExp | null = null;
  /** The system says that its connection is. */
  metered = false;
  /** The practice names no versions of its bytes. */
  forgetTags = false;
  #held: { address: RegExp; gate: Gate } | null = null;

  constructor(practice: Practice) {
    this.#practice = practice;
    this.desk = new Desk({
      profile: this.profile, device: '00000000-0000-4000-8000-000000000000', keychain: new Keychain(new MemoryKeychain()), fetch: (url, init) => this.#fetch(url, init),
      startSealer: sealerInProcess, startTrail: trailInProcess, openBrowser: async () => true, copyText: () => undefined, downloads: join(this.profile, 'Downloads'), printPdf: async ({ page }) => Buffer.from(page), push: (name, value) => this.pushed.push({ name, value }), now: () => Date.now(), uptime: () => performance.now(), computer: computerTag('test'), quit: () => undefined, proxyAsking: async () => null, answerProxy: async () => false, isConnected: () => true, isMetered: async () => this.metered,
    about: { version: '0.0.0', electron: '0.0.0', demoRuntime: false },
    });
    this.desk.site = parseSite(JSON.stringify(practice.siteFile()));
    this.desk.grants = new Grants(() => Date.now(), () => undefined);
  }

  async #fetch(url: string, init?: RequestInit): Promise<Response> {
    const held = this.#held;
    // Of a batch what it asks for is in its body.
    const asked = typeof init?.body === 'string' && init.body.includes('"type":"batch"') ? init.body : url;
    if (held?.address.test(asked)) {
      this.#held = null;
      await held.gate.pass();
    }
    if (this.broken?.test(asked)) throw new TypeError('broken off');
    if (this.answer?.test(url)) return Response.json({ access_token: 'renewed', token_type: 'Bearer', expires_in: 600, refresh_token: 'rotated' });
    const response = await fetch(url, init);
    if (!this.forgetTags) return response;
    const headers = new Headers(response.headers);
    headers.delete('etag');
    return new Response(response.body, { status: response.status, headers });
  }

  /** Holds back the next request to such an address. */
  hold(address: RegExp): Gate {
    const gate = new Gate();
    this.#held = { address, gate };
    return gate;
  }

  /** Somebody signs in and unlocks, as the screens would have it. */
  async enter(username: string): Promise<Vault> {
    const { desk } = this;
    const { machine, site } = desk;
    const { sdsUserId: sds, practitionerId: practitioner, name } = personCalled(username);
    const id = vaultId(site.issuer, sds);
    standUp(desk);
    const vault = await loadVault(desk, id);
    const person: Person = { sds, subject: username, name, practitioner, role: { id: `role-${practitioner}`, kind: 'clinician', name: 'GP' }, organisation: 'Demo' };
    vault.ledger.set('person', JSON.stringify(person));
    vault.ledger.set('binding', siteBinding(site));
    vault.ledger.set('lease', JSON.stringify(issueLease(desk.clock(), site.offline.leaseHours)));
    sitDown(desk, vault, person);
    const { Authorization = '' } = await bearerOf(this.#practice.url, username, AS_CLINICIAN);
    const tokens = { refreshToken: `refresh token of ${username}`, revoke: async () => true } as unknown as Tokens;
    // As a session that has gone on for a while: that this practice takes batches is known.
    const http = Object.assign(new PracticeHttp(site.fhirBase, machine.fetch, async () => Authorization.replace('Bearer ', ''), (heard) => (desk.heard = heard)), { mostTogether: MOST_TOGETHER });
    desk.session = { tokens, http, ended: false };
    if (vault.rule) {
      await showUnlock(desk, null);
      await unlock(desk, SECRET);
    } else {
      desk.show({ screen: 'set-secret', name, rule: desk.secretRule(), why: 'first' });
      await setSecret(desk, SECRET);
    }
    desk.showRoom();
    return vault;
  }

  /** Reason codes of a Task's row, or `shown`. */
  async standingOf(task: string): Promise<string[] | 'shown'> {
    return (await buildWorklist(this.desk)).withheld.find(({ id }) => id === this.rowOf(task))?.reasons.map(({ code }) => code) ?? 'shown';
  }

  /** The list is here, and a copy of this Task's recording. @returns its row */
  async withCopy(task: string): Promise<string> {
    await syncWorklist(this.desk);
    const row = this.rowOf(task);
    await fetchCopy(this.desk, this.desk.vaultOrThrow().library.assignment(row)!, () => undefined);
    return row;
  }

  /** Row of a Task on the open worklist. */
  rowOf(task: string): string {
    const row = this.desk.vaultOrThrow().library.assignments().find((candidate) => candidate.task === `Task/${task}`);
    if (!row) throw new Error(`no row for ${task}`);
    return row.rowId;
  }

  /** As if it had been opened: it is on the screen, and that it is there is on record. */
  onScreen(rowId: string): void {
    const { desk } = this;
    const row = desk.vaultOrThrow().library.assignment(rowId);
    if (!row) throw new Error(`no row ${rowId}`);
    const [grant, subject, recording] = [`grant of ${rowId}`, subjectOf(row.evidence, desk.site), row.recording ?? ''];
    desk.watching.set(grant, { rowId, subject, recording, opening: { ended: null }, seen: new Seen() });
    desk.shown = { grant, rowId, task: row.task, subject, recording, revision: 1, sensitive: false };
  }

  /** Whatever was being downloaded has come, or has ended in another way. */
  async downloaded(): Promise<void> {
    await vi.waitFor(() => {
      if (!this.desk.downloads.idle) throw new Error('downloads are under way');
    }, { timeout: 30_000 });
  }

  /** What is recorded in the open ledger. */
  recorded(): string[] {
    return (this.desk.vault?.ledger.entries(1, 10_000) ?? []).map(({ body }) => (JSON.parse(body.toString('utf8')) as EntryBody).event);
  }

  remove(): void {
    standUp(this.desk);
    rmSync(this.profile, { recursive: true, force: true });
  }
}
