/**
 * What the journeys share: who is here, which vault is open, where the practice stands, and what is on the screen. It decides nothing.
 */
import type { About, AppState, PushName, Pushed, SecretRule, Standing } from '../../preload/contract.ts';
import type { Journal } from '../audit/journal.ts';
import type { Printed } from '../audit/printed/page.ts';
import type { Subject } from '../audit/entry.ts';
import { Failure } from '../platform/failure.ts';
import type { Updates } from '../platform/updates/updates.ts';
import type { Grants } from '../playback/grants.ts';
import type { Fetch, Heard, PracticeHttp } from '../service/http.ts';
import type { StopList } from '../service/stopList.ts';
import type { Removed } from '../review/notebook.ts';
import { Outgoing } from '../review/outgoing.ts';
import type { Seen } from '../review/seen.ts';
import { readSettings } from '../review/settings.ts';
import type { SessionRole } from '../session/roles.ts';
import type { Tokens } from '../session/tokens.ts';
import { siteBinding, type Site } from '../site.ts';
import type { Keychain } from '../vault/keychain.ts';
import { effectiveNow, leaseEnd, parseLease, type Clock, type Lease } from '../vault/lease.ts';
import type { StartTrail } from '../audit/trail/messages.ts';
import type { StartSealer } from '../vault/sealer/messages.ts';
import type { Vault } from '../vault/vault.ts';
import type { Console } from './console/console.ts';
import { Downloads } from './downloads/queue.ts';
import { Told, type Listed } from './presented.ts';

/** The person whose vault is open, as the ledger keeps them. */
export interface Person {
  sds: string;
  subject: string;
  name: string;
  /** Practitioner id. */
  practitioner: string;
  role: SessionRole;
  organisation: string;
}

/** A session with the practice: exists only while there are tokens. */
export interface PracticeSession {
  tokens: Tokens;
  http: PracticeHttp;
  /** It is being revoked: nothing of it is kept for the next start. */
  ended: boolean;
}

export interface Machine {
  /** Folder of this installation's data. */
  profile: string;
  device: string;
  /** 32 bytes that name this computer. */
  computer: Buffer;
  keychain: Keychain;
  startSealer: StartSealer;
  startTrail: StartTrail;
  fetch: Fetch;
  /** @returns the proxy on the way to this address that asks who is there, `host:port`, or null */
  proxyAsking: (url: string) => Promise<string | null>;
  /** @returns whether that proxy, and no other, took them; `practice-unreachable` where none answered */
  answerProxy: (url: string, proxy: string, name: string, password: string) => Promise<boolean>;
  openBrowser: (address: string) => Promise<boolean>;
  copyText: (text: string) => void;
  /** Where what a manager takes away goes. */
  downloads: string;
  printPdf: (page: Printed) => Promise<Uint8Array>;
  push: <K extends PushName>(name: K, value: Pushed<K>) => void;
  now: () => number;
  /** Time since this computer was started, sleep included; ms. */
  uptime: () => number;
  quit: () => void;
  /** Is there any network? That there is says nothing of the practice. */
  isConnected: () => boolean;
  /** Does the system say that what comes over its connection is paid for or limited? False also where it says nothing. */
  isMetered: () => Promise<boolean>;
  about: About;
}

/** What of where the app stands is said to it; the rest is looked at each time. */
type Said = Omit<Standing, 'leaseEnds' | 'queued' | 'setAside' | 'unsent' | 'refused' | 'noStopList' | 'downloadsWait'>;

/** An opening is several waits long: whatever ends it meanwhile says so here, and it goes no further. */
export interface Opening {
  ended: Failure | null;
}

/** A recording that was on the screen. */
export interface Shown {
  grant: string;
  rowId: string;
  task: string;
  subject: Subject;
  recording: string;
  /** Of the manifest that it was shown by; 0 where there is none. */
  revision: number;
  sensitive: boolean;
}

/** What the practice said and this computer could not keep, or decide: until it can, none of it passes. It does not outlast the process. */
interface Unkept {
  /** "Task/id". */
  readonly tasks: Set<string>;
  /** Identifiers that are stopped. */
  stops: ReadonlySet<string>;
}

export class Desk {
  readonly machine: Machine;
  /** Set once, before any journey begins; without a valid site file none does. */
  site!: Site;
  /** Where the site file was found. */
  siteFrom: 'machine-wide' | 'named' | 'none' = 'none';
  grants!: Grants;
  updates!: Updates;
  vault: Vault | null = null;
  person: Person | null = null;
  /** A manager who came without the practice: of what is theirs they have the incident that is kept here, and nothing else. */
  keptOnly = false;
  journal: Journal | null = null;
  session: PracticeSession | null = null;
  /** The practice's last answer to whoever was here since the app was started: it outlives the session that it came in. */
  heard: Heard | null = null;
  /** A manager's or second reader's, while they are here. */
  console: Promise<Console> | null = null;
  /** Deliveries under way, by the vault whose ledger is being sent. */
  readonly delivering = new Map<Vault, Promise<void>>();
  /** The same of what the person made; resolves to whether anything changed. */
  readonly sendingWork = new Map<Vault, Promise<boolean>>();
  /** Notes that were removed since unlocking, by their id: a slip can be put right. */
  readonly removedNotes = new Map<string, { task: string; recording: string; removed: Removed }>();
  /** Repaints of the worklist: how many were begun, and how many have not ended. */
  readonly repaints = { begun: 0, underWay: 0 };
  readonly downloads = new Downloads(() => this.repaints.underWay > 0);
  /** Rows that were shown since unlocking. */
  readonly listed = new Map<string, Listed>();
  /** How long they were on the screen. */
  readonly told = new Told();
  /** Assignments of other people that the practice offered at the last sync. */
  foreignOffered = 0;
  /** A download found nobody at the practice: the next tick asks, so that the screen says so. */
  unreached = false;
  /** The recording that is being opened, if one is. */
  opening: Opening | null = null;
  /** The vault that a problem screen is about, if it is about one. */
  broken: string | null = null;
  /** How the practice's stop list was last heard; null before it was asked for. */
  stopList: StopList['state'] | null = null;
  /** What was put on the screen last, also after it has ended: the person may only then say that it is the wrong patient's. */
  shown: Shown | null = null;
  /** Recordings on screen, or about to be, by grant. */
  readonly watching = new Map<string, { rowId: string; subject: Subject; recording: string; opening: Opening; seen: Seen }>();
  #state: AppState = { screen: 'starting' };
  #lastLoad: Promise<unknown> = Promise.resolve();
  #standing: Said = { online: false, syncing: false, lastSync: null, problem: null, noRoom: null };

  constructor(machine: Machine) {
    this.machine = machine;
  }

  /** One after the other: two that load the same folder at once would write over each other's keyring. `work` ends with the vault closed, or at this desk. */
  oneLoad<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastLoad.then(work);
    this.#lastLoad = turn.catch(() => undefined);
    return turn;
  }

  /** The vault's content, which is a clinician's alone. */
  vaultOrThrow(): Vault {
    if (!this.vault?.unlocked || this.person?.role.kind !== 'clinician') throw new Failure('locked', 'vault is locked');
    return this.vault;
  }

  /** After every wait: what was just unlocked may be locked again, or another's. */
  stillOpenOrThrow(vault: Vault): void {
    if (this.vault !== vault || !vault.unlocked) throw new Failure('locked', 'vault is locked');
  }

  /** After every wait: somebody else may be here, and what was begun for one person must not go on for the next. */
  stillOrThrow(vault: Vault): void {
    if (this.vaultOrThrow() !== vault) throw new Failure('locked', 'somebody else is here');
  }

  /** Something of the site changed since this vault was bound to it: everything stays withheld until an online sign-in. */
  get siteChanged(): boolean {
    return this.vault !== null && this.vault.ledger.get('binding') !== siteBinding(this.site);
  }

  /** The practice ended the role of this session: everything stays withheld until a sign-in finds one. */
  get roleEnded(): boolean {
    return this.vault !== null && this.vault.ledger.get('roleEnded') !== null;
  }

  #taken = 0;
  readonly #takenAt = new Map<string, number>();

  readonly #unkept = new Map<string, Unkept>();

  /** How much of the practice's answers was taken in: to be asked for before a question, and held against {@link toldSince} when its answer is there. */
  get taken(): number {
    return this.#taken;
  }

  /** What the practice says of this assignment was taken in, or that it says nothing of it any more. */
  took(task: string): void {
    this.#taken += 1;
    this.#takenAt.set(task, this.#taken);
  }

  /** What the practice said of this assignment could not be kept, or decided: nothing of it passes until all of it was read anew, and what follows was done. What was asked before may be older. */
  couldNotKeep(vault: Vault, task: string): void {
    this.took(task);
    this.unkeptOf(vault).tasks.add(task);
  }

  /** By vault: the answers to the next person say nothing of it. */
  unkeptOf({ id }: Vault): Unkept {
    const unkept = this.#unkept.get(id) ?? { tasks: new Set(), stops: new Set() };
    this.#unkept.set(id, unkept);
    return unkept;
  }

  /** An answer to what was asked before may be older than what has been taken in since. */
  toldSince(task: string, taken: number): boolean {
    return (this.#takenAt.get(task) ?? 0) > taken;
  }

  get state(): AppState {
    return this.#state;
  }

  /** What is on the screen is somebody's own. */
  get isInside(): boolean {
    return this.#state.screen === 'room' || this.#state.screen === 'console' || this.#state.screen === 'kept';
  }

  show(state: AppState): void {
    this.#state = state;
    this.machine.push('state', state);
  }

  get practice(): { name: string; odsCode: string; support: { name: string; contact: string } } {
    return { ...this.site.practice, support: this.site.support };
  }

  clock(): Clock {
    return { wall: this.machine.now(), uptime: this.machine.uptime() };
  }

  lease(): Lease | null {
    return parseLease(this.vault?.ledger.get('lease') ?? null);
  }

  /** Effective time: never before the latest moment seen. */
  now(): number {
    return effectiveNow(this.lease(), this.clock());
  }

  /** How long nothing may be touched, now. */
  idleMinutes(): number {
    const { sensitiveIdleLockMinutes } = this.site;
    const idleLockMinutes = this.#chosenLockMinutes();
    const sensitive = this.shown !== null && this.shown.sensitive && this.watching.has(this.shown.grant);
    return sensitive ? Math.min(idleLockMinutes, sensitiveIdleLockMinutes) : idleLockMinutes;
  }

  /** A person may choose to be locked out sooner than their practice asks. */
  #chosenLockMinutes(): number {
    const { idleLockMinutes } = this.site;
    const { vault } = this;
    return vault?.unlocked && this.person?.role.kind === 'clinician' ? readSettings((work) => vault.library.work(work), idleLockMinutes).lockMinutes : idleLockMinutes;
  }

  secretRule(): SecretRule {
    const { sharedLogin, secret } = this.site;
    return sharedLogin ? { kind: 'passphrase', minLength: secret.passphraseMinLength } : { kind: 'pin', minLength: secret.pinMinLength };
  }

  standing(): Standing {
    const lease = this.lease();
    const problem = this.#standing.problem ?? (this.#standing.online && this.stopList === 'unreadable' ? new Failure('stop-list-unreadable', 'stop list not heard').toProblem() : null);
    return { ...this.#standing, problem, noStopList: this.stopList === 'absent', ...this.#waiting(), downloadsWait: this.downloads.waiting, leaseEnds: lease && !this.roleEnded ? new Date(leaseEnd(lease, this.clock())).toISOString() : null };
  }

  #waiting(): Pick<Standing, 'queued' | 'setAside' | 'unsent' | 'refused'> {
    const setAside = this.vault?.ledger.aside() ?? 0;
    const record = { queued: (this.vault?.ledger.undelivered() ?? 0) - setAside, setAside };
    if (!this.vault?.unlocked || this.person?.role.kind !== 'clinician') return { ...record, unsent: 0, refused: 0 };
    return { ...record, ...this.vault.library.work((db) => ({ ...new Outgoing(db).reviews() })) };
  }

  /** Changes where the app stands and repaints the screen that shows it. */
  stand(change: Partial<Said>): void {
    this.#standing = { ...this.#standing, ...change };
    if (this.isInside) this.showRoom();
  }

  showRoom(): void {
    if (!this.person) return;
    const { name, role, organisation } = this.person;
    const shared = { practice: this.practice, name, role: { ...role, organisation }, standing: this.standing() };
    if (this.keptOnly) this.show({ screen: 'kept', ...shared });
    else if (role.kind !== 'clinician') this.show({ screen: 'console', ...shared });
    else this.show({ screen: 'room', ...shared, idleLockMinutes: this.site.idleLockMinutes, secret: { present: this.vault?.rule ?? this.secretRule(), next: this.secretRule() } });
  }

  /** "Practitioner/id" and "PractitionerRole/id" of this session: whose Tasks are mine. */
  reviewer(): { sds: string; owners: string[] } {
    if (!this.person) throw new Error('nobody is here');
    return { sds: this.person.sds, owners: [`Practitioner/${this.person.practitioner}`, `PractitionerRole/${this.person.role.id}`] };
  }
}
