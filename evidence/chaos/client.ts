/** The computer of a run: the app's own journeys on a profile on disk, without Electron, in a process that can be killed. It does what it is told, as the screens would. */
import { createHash } from 'node:crypto';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { uptime } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { TestBrowser } from '../../practice/testing/sign-in.ts';
import { trailInChild } from '../../src/main/audit/trail/process.fixture.ts';
import { arrive } from '../../src/main/journeys/arrive.ts';
import { chainKeyOf } from '../../src/main/journeys/deliver.ts';
import { Desk } from '../../src/main/journeys/desk.ts';
import { handlersFor } from '../../src/main/journeys/handlers.ts';
import { revokeGrant } from '../../src/main/journeys/revoke.ts';
import { inLibraryOf, reviewView } from '../../src/main/journeys/reviewing/reviewing.ts';
import { Rhythm } from '../../src/main/journeys/rhythm.ts';
import { SignIn } from '../../src/main/journeys/signIn.ts';
import { deviceId } from '../../src/main/journeys/vaults.ts';
import { decide } from '../../src/main/journeys/worklist.ts';
import { computerTag } from '../../src/main/platform/computer.ts';
import { Failure, problemOf } from '../../src/main/platform/failure.ts';
import { openLog } from '../../src/main/platform/logged.ts';
import { Grants } from '../../src/main/playback/grants.ts';
import { Outgoing } from '../../src/main/review/outgoing.ts';
import type { Fetch } from '../../src/main/service/http.ts';
import { parseSite } from '../../src/main/site.ts';
import type { SealedRecording } from '../../src/main/vault/sealedRecording.ts';
import { Keychain } from '../../src/main/vault/keychain.ts';
import { sealerInProcess } from '../../src/main/vault/sealer/sealer.fixture.ts';
import type { ReviewWork } from '../../src/preload/review.ts';
import { FileKeychain } from '../fuzz/keychainFile.ts';
import type { Command, Done, FromClient, Look, Opened, Reply, Rest, Row, Setup, Stands, ToClient } from './messages.ts';
import type { Deed } from './plan.ts';
import { plantOf } from './plants.ts';

const WINDOW = 1;
const SECRET = '482915';
/** Rows of the list that are on the screen at once. */
const ON_SCREEN = 10;
/** Longer than a sign-in takes under any weather. */
const SIGN_IN_MS = 6_000;

/** Where somebody goes first who watches what comes, as shares of the whole: the line turns to there. */
const AHEAD = [0.95, 0.5];
/** So long they wait for it. */
const WATCH_MS = 8_000;

/** As the player reads, from the front, after what it read elsewhere: that says the same then. @returns SHA-256, base64url */
async function readAll(recording: SealedRecording, ahead: readonly number[]): Promise<string> {
  const early: { at: number; bytes: Buffer }[] = [];
  for (const share of ahead) {
    const at = Math.floor(recording.size * share);
    early.push({ at, bytes: await recording.readFrom(at, recording.size) });
  }
  const whole: Buffer[] = [];
  for (let at = 0; at < recording.size;) {
    const bytes = await recording.readFrom(at, recording.size);
    whole.push(bytes);
    at += bytes.length;
  }
  const all = Buffer.concat(whole);
  for (const { at, bytes } of early) if (!all.subarray(at, at + bytes.length).equals(bytes)) throw new Error(`other bytes at ${at} than before`);
  return createHash('sha256').update(all).digest('base64url');
}

const send = (message: FromClient): void => void process.send?.(message);

class Client {
  readonly #desk: Desk;
  readonly #rhythm: Rhythm;
  readonly #handlers: ReturnType<typeof handlersFor>;
  readonly #setup: Setup;
  readonly #plant;
  #clock: number;
  #grant: { id: string; task: string } | null = null;

  constructor(setup: Setup) {
    this.#setup = setup;
    this.#clock = setup.clock;
    const plant = this.#plant = plantOf(setup.plant);
    const { profile, practice, username } = setup;
    openLog(join(profile, 'logs', 'viewing-room.log'));
    const line: Fetch = (url, init) => fetch(url, init);
    const out = plant.fetch?.(line) ?? line;
    const desk = this.#desk = new Desk({
      profile, device: deviceId(profile), computer: computerTag('chaos'), keychain: new Keychain(new FileKeychain(FileKeychain.read(setup.keychain), setup.keychain)),
      // As a proxy that the system names: what is addressed to the practice goes out by the line.
      fetch: (url, init) => out(url.startsWith(practice) ? `${setup.line}${url.slice(practice.length)}` : url, init),
      startSealer: sealerInProcess, startTrail: trailInChild, copyText: () => undefined, downloads: join(profile, 'Downloads'), printPdf: async ({ page }) => Buffer.from(page), push: () => undefined,
      openBrowser: async (address) => {
        void new TestBrowser().open(practice, address, username).catch(() => undefined);
        return true;
      },
      now: () => Date.now() + this.#clock, uptime: () => uptime() * 1000, quit: () => undefined, proxyAsking: async () => null, answerProxy: async () => false, isConnected: () => true, isMetered: async () => false, about: { version: '0.0.0', electron: '0.0.0', demoRuntime: false },
    });
    this.#rhythm = new Rhythm(desk);
    // As src/main/app.ts has it.
    desk.grants = new Grants(() => Date.now(), (grant, error) => void revokeGrant(desk, grant, error instanceof Failure ? error : new Failure('audit-unwritable', 'exposure not written')));
    const signIn = new SignIn(desk, () => this.#rhythm.enter());
    this.#handlers = handlersFor(desk, this.#rhythm, signIn, () => this.#begin());
  }

  async #begin(): Promise<void> {
    this.#desk.site = parseSite(this.#setup.site);
    await arrive(this.#desk);
  }

  async do(command: Command): Promise<unknown> {
    const handlers = this.#handlers;
    switch (command.name) {
      case 'come': return this.#come();
      case 'sign in': return this.#signIn();
      case 'sync': return this.#sync();
      case 'poll': return this.#rhythm.pollWatched();
      case 'open': return this.#open(command.task, command.rowId);
      case 'play': return this.#play(command.from, command.until);
      case 'close':
        if (this.#grant) await handlers.closeRecording(WINDOW, this.#grant.id);
        this.#grant = null;
        return null;
      case 'lock':
        await handlers.lock(WINDOW);
        return this.#come();
      case 'deed': return this.#deed(command.task, command.what, command.note);
      case 'clock':
        this.#clock = command.ms;
        return null;
      case 'look': return this.#look();
      case 'rest':
        // Whoever asks is there.
        this.#rhythm.activity();
        return this.#rest();
      case 'leave': return handlers.lock(WINDOW);
      case 'wake':
        this.#rhythm.wake();
        return null;
      case 'show': return handlers.review(WINDOW, this.#rowOf(command.task));
      case 'present': {
        const { ids } = await handlers.worklist(WINDOW);
        return handlers.reportPresented(WINDOW, ids.slice(0, ON_SCREEN).map((id) => ({ id, seconds: 2 })), true);
      }
    }
  }

  stands(): Stands {
    const { vault, state, grants } = this.#desk;
    const head = vault?.ledger.head() ?? null;
    const standing = state.screen === 'room' ? state.standing : null;
    const grant = this.#grant;
    return {
      screen: state.screen, online: standing?.online ?? false, problem: standing?.problem?.code ?? (state.screen === 'problem' ? state.problem.code : state.screen === 'sign-in' ? state.notice?.code ?? null : null),
      head: head && { seq: head.seq, hash: head.hash.toString('base64url') }, open: grant && grants.find(grant.id, WINDOW) ? [grant.task] : [],
    };
  }

  /** To the room, by whatever screens stand before it. */
  async #come(): Promise<null> {
    const desk = this.#desk;
    for (let tries = 0; tries < 12; tries += 1) {
      const { screen } = desk.state;
      if (screen === 'room') return null;
      if (screen === 'starting') await this.#begin();
      else if (screen === 'unlock') {
        await this.#handlers.unlock(WINDOW, SECRET);
        if (desk.vault) this.#plant.unlocked?.(desk.vault, this.#setup.survived);
      }
      else if (screen === 'set-secret') await this.#handlers.setSecret(WINDOW, SECRET);
      else if (screen === 'sign-in') await this.#signIn();
      else if (screen === 'problem') throw new Error(`the screen says ${desk.state.problem.code}`);
      else await wait(20);
    }
    throw new Failure('sign-in-refused', `the way in ended at ${desk.state.screen}`);
  }

  /** With the browser; ends when the app goes on, or says why not. */
  async #signIn(): Promise<null> {
    const desk = this.#desk;
    const { state } = desk;
    const inside = state.screen === 'room';
    await this.#handlers.signIn(WINDOW);
    for (let waited = 0; waited < SIGN_IN_MS; waited += 20) {
      await wait(20);
      if (desk.session) return null;
      // Not in yet, and told why.
      if (!inside && desk.state !== state && desk.state.screen !== 'browser') return null;
      if (inside && waited > 1_000 && desk.state.screen === 'room' && desk.state.standing.problem !== null) break;
    }
    await this.#handlers.cancelSignIn(WINDOW);
    return null;
  }

  /** A round of its own: one that was under way when it was asked for does not count. */
  async #sync(): Promise<null> {
    for (let waited = 0; this.#desk.standing().syncing && waited < 40_000; waited += 5) await wait(5);
    await this.#handlers.sync(WINDOW);
    return null;
  }

  #rowOf(task: string): string {
    const row = this.#desk.vaultOrThrow().library.assignmentOf(task);
    if (!row) throw new Failure('bad-request', 'no such row');
    return row.rowId;
  }

  async #open(task: string, rowId = this.#rowOf(task)): Promise<Opened> {
    const { grant, arriving } = await this.#handlers.openRecording(WINDOW, rowId);
    this.#grant = { id: grant, task };
    const held = this.#desk.grants.find(grant, WINDOW);
    if (!held) throw new Failure('recording-withheld', 'taken away again');
    const reading = readAll(held.recording, arriving ? AHEAD : []);
    if (!arriving) return { rowId, arriving, sha256: await reading };
    // Who waits no longer looks at something else: what is asked for goes on coming while it is open.
    const given = new AbortController();
    const sha256 = await Promise.race([reading, wait(WATCH_MS, null, { signal: given.signal }).catch(() => null)]).finally(() => given.abort());
    reading.catch(() => undefined);
    return { rowId, arriving, sha256 };
  }

  async #play(from: number, until: number): Promise<null> {
    if (!this.#grant) throw new Failure('bad-request', 'nothing is open');
    await this.#handlers.reportPlayback(WINDOW, { grant: this.#grant.id, intervals: [[from, until]], position: until, playing: true, visible: true, focused: true });
    return null;
  }

  async #deed(task: string, what: Deed, note: string | undefined): Promise<Done | null> {
    const handlers = this.#handlers;
    const rowId = this.#rowOf(task);
    const of = (view: ReviewWork, text: string | null): Done => ({ status: view.status, note: view.notes.find((one) => one.text === text)?.id ?? null });
    const text = 'text' in what ? what.text : '';
    if (text !== '') this.#plant.wrote?.(this.#setup.profile, text);
    const fields = { kind: 'point' as const, from: 3, until: null, category: 'general' as const, text };
    switch (what.deed) {
      case 'note': return of(await handlers.saveNote(WINDOW, rowId, null, fields), text);
      case 'edit': return of(await handlers.saveNote(WINDOW, rowId, note ?? '', fields), text);
      case 'remove': return of(await handlers.removeNote(WINDOW, rowId, note ?? ''), null);
      case 'message': return of(await handlers.sendMessage(WINDOW, rowId, text, null), null);
      case 'room': return of(await handlers.sayRoom(WINDOW, rowId, [text]), null);
      case 'accept': return of(await handlers.acceptReview(WINDOW, rowId), null);
      case 'complete': return of(await handlers.completeReview(WINDOW, rowId), null);
      case 'reject': return of(await handlers.rejectReview(WINDOW, rowId, 'no-time', ''), null);
      case 'draft':
        await handlers.saveDraft(WINDOW, rowId, 'message', { text, from: null, until: null, category: 'general' });
        return null;
      case 'form': {
        const form = (await handlers.review(WINDOW, rowId)).forms.find(({ title }) => title === 'Free feedback');
        if (!form) throw new Failure('bad-request', 'no forms are here');
        const saved = await handlers.saveForm(WINDOW, rowId, form.id, Object.fromEntries(form.items.map(({ linkId }, n) => [linkId, { grade: null, text: n === 0 ? text : 'More of it', cites: [] }])));
        return of(what.release ? await handlers.releaseForm(WINDOW, rowId, form.id) : saved, null);
      }
    }
  }

  #rest(): Rest {
    const desk = this.#desk;
    const { library, ledger } = desk.vaultOrThrow();
    return {
      copies: library.recordingsHere(), waiting: inLibraryOf(desk)((db) => new Outgoing(db).count()), undelivered: ledger.undelivered(),
      busy: !desk.downloads.idle || desk.delivering.size > 0 || desk.sendingWork.size > 0 || desk.standing().syncing,
    };
  }

  async #look(): Promise<Look> {
    const desk = this.#desk;
    const vault = desk.vaultOrThrow();
    const worklist = await this.#handlers.worklist(WINDOW);
    const rows: Row[] = [];
    for (const row of vault.library.assignments()) {
      const decision = await decide(desk, row);
      const listed = decision.ok ? worklist.ids.includes(row.rowId) : worklist.withheld.some(({ id }) => id === row.rowId);
      rows.push({
        task: row.task, rowId: row.rowId, recording: row.recording, withheld: decision.ok ? null : decision.reasons, listed,
        copy: decision.ok && vault.copies.holds(decision.assured), wanted: decision.ok && decision.assured.offline && !decision.assured.sensitive,
        view: decision.ok ? await reviewView(desk, row.rowId) : null,
      });
    }
    return {
      ...this.#rest(), rows, kept: await this.#handlers.keptWork(WINDOW), device: desk.machine.device, key: chainKeyOf(vault),
    };
  }
}

let client: Client | null = null;

async function answer({ id, command }: ToClient, from: Client): Promise<void> {
  let reply: Reply;
  try {
    reply = { ok: true, value: await from.do(command) };
  } catch (error) {
    const { code } = problemOf(error);
    reply = { ok: false, code, said: error instanceof Error ? code === 'internal' ? error.stack ?? error.message : error.message : String(error) };
  }
  send({ id, reply, stands: from.stands() });
}

process.on('message', (message: Setup | ToClient) => {
  if ('command' in message) {
    if (client) void answer(message, client);
  } else client = new Client(message);
});
// The app logs these and goes on.
process.on('unhandledRejection', (error) => send({ fault: error instanceof Error ? error.stack ?? error.message : String(error) }));
process.once('disconnect', () => process.exit());
// Processes that are killed leave no compiled code behind for the next one.
flushCompileCache();
send({ ready: true });
