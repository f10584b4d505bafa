/** Someone of the practice at a computer of their own, in Node: the app's own vault, chain, outbox and console, without Electron and without a screen. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { personCalled } from '../../practice/people.ts';
import { keyText, publicKeyOf, signingKey } from '../../src/main/audit/chain.ts';
import type { AuditEvent } from '../../src/main/audit/entry.ts';
import { trailInChild } from '../../src/main/audit/trail/process.fixture.ts';
import { closeConsole } from '../../src/main/journeys/console/close.ts';
import { deliverWaiting } from '../../src/main/journeys/deliver.ts';
import { Desk } from '../../src/main/journeys/desk.ts';
import { deliverWork } from '../../src/main/journeys/reviewing/deliverWork.ts';
import { inLibraryOf, learnForms } from '../../src/main/journeys/reviewing/reviewing.ts';
import { syncWorklist } from '../../src/main/journeys/sync.ts';
import { deviceId, loadVault, sitDown, standUp, vaultId } from '../../src/main/journeys/vaults.ts';
import { subjectOf } from '../../src/main/journeys/worklist.ts';
import { computerTag } from '../../src/main/platform/computer.ts';
import { Grants } from '../../src/main/playback/grants.ts';
import { Outgoing } from '../../src/main/review/outgoing.ts';
import type { Chain } from '../../src/main/service/deviceList.ts';
import { readRoles } from '../../src/main/service/people.ts';
import { Seen } from '../../src/main/review/seen.ts';
import { sessionRoles } from '../../src/main/session/roles.ts';
import type { Tokens } from '../../src/main/session/tokens.ts';
import { parseSite, siteBinding } from '../../src/main/site.ts';
import { Keychain } from '../../src/main/vault/keychain.ts';
import { MemoryKeychain } from '../../src/main/vault/keychain.fixture.ts';
import { sealerInProcess } from '../../src/main/vault/sealer/sealer.fixture.ts';
import { issueLease } from '../../src/main/vault/lease.ts';
import type { StoredEntry } from '../../src/main/vault/ledger.ts';
import type { Vault } from '../../src/main/vault/vault.ts';
import { READING_VERSION } from './journeys.ts';
import { Reader } from './reader.ts';
import type { World } from './world.ts';

const SECRET = '482915';
/** After a failure the app waits twice as long as before, beginning with five seconds. */
const DELIVERED_MS = 45_000;

export class Computer {
  readonly desk: Desk;
  readonly reader: Reader;
  /** Folder of what a manager takes away. */
  readonly downloads: string;
  readonly #profile: string;

  private constructor(reader: Reader) {
    this.reader = reader;
    this.#profile = mkdtempSync(path.join(tmpdir(), 'interop-desk-'));
    this.downloads = path.join(this.#profile, 'Downloads');
    this.desk = new Desk({
      profile: this.#profile, device: deviceId(this.#profile), keychain: new Keychain(new MemoryKeychain()), fetch: (url, init) => reader.line(url, init),
      startSealer: sealerInProcess, startTrail: trailInChild, openBrowser: async () => false, copyText: () => undefined, downloads: this.downloads, printPdf: async ({ page }) => Buffer.from(page), push: () => undefined,
      now: () => Date.now(), uptime: () => performance.now(), computer: computerTag('interop'), quit: () => undefined, proxyAsking: async () => null, answerProxy: async () => false, isConnected: () => true, isMetered: async () => false, about: { version: READING_VERSION, electron: '0.0.0', demoRuntime: false },
    });
  }

  /** As their sign-in in this role leaves them. */
  static async of(world: World, username: string, kind: 'clinician' | 'manager'): Promise<Computer> {
    const { sdsUserId: sds, name } = personCalled(username);
    const computer = new Computer(await Reader.signIn(world, personCalled(username), kind));
    const { desk, reader: { http, practitioner: reference } } = computer;
    desk.site = parseSite(JSON.stringify(world.siteFile()));
    desk.grants = new Grants(() => Date.now(), () => undefined);
    const practitioner = reference.slice('Practitioner/'.length);
    const staff = await readRoles(http, practitioner);
    const role = sessionRoles(staff?.roles ?? [], practitioner, desk.site, Date.now()).find((one) => one.kind === kind);
    if (!role) throw new Error(`${name} has no role as ${kind}`);
    sitDown(desk, await loadVault(desk, vaultId(desk.site.issuer, sds)), { sds, subject: username, name, practitioner, role, organisation: desk.site.practice.name });
    desk.session = { tokens: { revoke: async () => true } as unknown as Tokens, http, ended: false };
    return computer;
  }

  /** With a secret of their own: the vault is open, and what is theirs is on the list. */
  async enter(): Promise<void> {
    const { desk } = this;
    const vault = this.#vault;
    vault.ledger.set('binding', siteBinding(desk.site));
    vault.ledger.set('lease', JSON.stringify(issueLease(desk.clock(), desk.site.offline.leaseHours)));
    await vault.setSecret(SECRET, desk.secretRule());
    await this.sync();
  }

  /** What the app's own rounds do, one after the other, and never by themselves. */
  async sync(): Promise<void> {
    await syncWorklist(this.desk);
    await learnForms(this.desk);
  }

  /** The row of a Task, "Task/id", as if it were on the screen. */
  open(task: string): string {
    const { desk } = this;
    const row = this.#vault.library.assignmentOf(task);
    if (!row) throw new Error(`${this.reader.person.name} has no ${task}`);
    const [grant, subject, recording] = ['grant', subjectOf(row.evidence, desk.site), row.recording ?? ''];
    desk.watching.set(grant, { rowId: row.rowId, subject, recording, opening: { ended: null }, seen: new Seen() });
    desk.shown = { grant, rowId: row.rowId, task: row.task, subject, recording, revision: 1, sensitive: false };
    return row.rowId;
  }

  /** How much of what the person made waits for the practice. */
  waiting(): number {
    return inLibraryOf(this.desk)((db) => new Outgoing(db).count());
  }

  /** Rounds of the app until nothing of the person's work waits; what failed is tried again in its own time. */
  async deliver(): Promise<void> {
    const until = Date.now() + DELIVERED_MS;
    do await deliverWork(this.desk);
    while (this.waiting() > 0 && Date.now() < until && await wait(500, true));
    if (this.waiting() > 0) throw new Error(`${this.waiting()} of ${this.reader.person.name} still wait: ${inLibraryOf(this.desk)((db) => JSON.stringify(db.prepare('SELECT kind, attempts, problem FROM outgoing').all()))}`);
  }

  /** What the practice is to know this person's work on a Task by. */
  names(task: string): { kind: string; ref: string; uuid: string; reference: string | null }[] {
    return inLibraryOf(this.desk)((db) => db.prepare('SELECT kind, ref, uuid, reference FROM identity WHERE task = ? ORDER BY kind, ref').all(task)) as ReturnType<Computer['names']>;
  }

  get chain(): Chain {
    return { device: this.desk.machine.device, sds: this.reader.person.sdsUserId };
  }

  /** base64url of the public key that its record is signed with. */
  get key(): string {
    return keyText(publicKeyOf(signingKey(this.#vault.signingSeed())));
  }

  write(event: AuditEvent): void {
    this.desk.journal?.write(event);
  }

  /** Its record as it was written. */
  entries(): StoredEntry[] {
    return this.#vault.ledger.entries(1, 100_000);
  }

  /** Rounds of the outbox for as long as they bring something across. @returns entries that wait still */
  async send(): Promise<number> {
    const { ledger } = this.#vault;
    for (let before = Infinity; ledger.undelivered() < before;) {
      before = ledger.undelivered();
      await deliverWaiting(this.desk);
    }
    return ledger.undelivered();
  }

  async leave(): Promise<void> {
    await closeConsole(this.desk);
    standUp(this.desk);
    rmSync(this.#profile, { recursive: true, force: true });
  }

  get #vault(): Vault {
    const { vault } = this.desk;
    if (!vault) throw new Error(`${this.reader.person.name} has left`);
    return vault;
  }
}
