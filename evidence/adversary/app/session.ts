/** Sessions of the packaged app against a lying practice, and what came of each case in them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { firstSignIn, openClinic, row, type Clinic } from '../../../e2e/support/journey.ts';
import type { App } from '../../../e2e/harness/app.ts';
import { testBuild } from '../../../scripts/lib/paths.ts';
import type { Case, Family, Known } from './case.ts';
import type { Exit } from './exit.ts';
import type { Build, Result } from './result.ts';
import { ask, heard, listen, mediaRequests, onDisk, referenceOf, screenText, spokenOf, witnessed } from './exits.ts';
import { isPeer, Scene } from './scene.ts';

interface Row { id: string; patient: { name: string }; copy: { state: string } }
interface Worklist { ids: string[]; withheld: { id: string; reference: string; reasons: { code: string }[] }[] }

interface Told {
  is: Case;
  lie: Known;
  /** All of whom nothing may be seen. */
  hidden: Known[];
  control: Known;
  result: Result;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function until<T>(what: string, ask_: () => Promise<T | null | false>, ms = 60_000, every = 150): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask_();
    if (answer !== null && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`not within ${ms / 1000} s: ${what}`);
    await sleep(every);
  }
}

const firstOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

/** One session: a practice, a signed-in clinician, and the ways to try a case. */
class Session {
  readonly clinic: Clinic;
  readonly app: App;
  readonly scene: Scene;
  readonly build: Build;
  readonly witness: string;

  private constructor(clinic: Clinic, app: App, scene: Scene, build: Build, witness: string) {
    this.clinic = clinic;
    this.app = app;
    this.scene = scene;
    this.build = build;
    this.witness = witness;
  }

  get window(): Page {
    return this.app.window;
  }

  /** @param tell what is told before anybody signs in */
  static async begin(build: Build, tell: (scene: Scene) => Promise<void>): Promise<Session> {
    const clinic = await openClinic();
    const scene = new Scene(clinic.practice);
    try {
      await scene.open();
      await tell(scene);
      // Outside of what is searched for canaries: it holds everything that was shown.
      const folder = process.env.VIEWING_ROOM_OUTPUT ?? clinic.folder;
      mkdirSync(folder, { recursive: true });
      const witness = path.join(folder, `witness-${scene.marker}.jsonl`);
      const app = await clinic.start(build === 'test' ? { packageDir: testBuild, args: [`--test-command-witness=${witness}`] } : {});
      await listen(app.window);
      const session = new Session(clinic, app, scene, build, witness);
      await firstSignIn(app, clinic.person('ada'));
      return session;
    } catch (error) {
      scene.close();
      await clinic.stop();
      throw error;
    }
  }

  async end(): Promise<void> {
    this.scene.close();
    await this.clinic.stop();
  }

  /** The list with the content of its rows, asked for as its screen does. */
  async worklist(): Promise<Worklist & { rows: Row[] }> {
    const reply = await ask(this.window, 'worklist');
    if (!reply.ok) throw new Error(`no worklist: ${reply.error.code}`);
    const list = reply.value as Worklist;
    const rows: Row[] = [];
    for (let at = 0; at < list.ids.length; at += 300) {
      const content = await ask(this.window, 'rows', list.ids.slice(at, at + 300));
      if (!content.ok) throw new Error(`no rows: ${content.error.code}`);
      rows.push(...content.value as Row[]);
    }
    return { ...list, rows };
  }

  async sync(): Promise<void> {
    await ask(this.window, 'sync');
  }

  /** Waits until these are here, and then a while for the others to come to rest: one that never does is what some lies are about. */
  async settle(wanted: readonly Known[], patience = 150_000): Promise<void> {
    // Every asking has the app decide all of them anew.
    const rows = async () => (await this.worklist()).rows;
    await until('the controls are here', async () => {
      const all = await rows();
      return wanted.every((one) => rowOf(all, one)?.copy.state === 'sealed');
    }, patience, 1_000).catch(() => undefined);
    await until('downloads come to rest', async () => (await rows()).every(({ copy }) => copy.state !== 'queued' && copy.state !== 'downloading'), 20_000, 1_000).catch(() => undefined);
    // A download that was refused leaves its row a moment later.
    await sleep(300);
  }

  async toList(): Promise<void> {
    const back = this.window.getByRole('button', { name: 'Back to list' }).first();
    if (await back.isVisible()) await back.click();
    await this.window.getByRole('heading', { level: 1, name: 'Your recordings' }).waitFor({ timeout: 5_000 });
  }

  /** Opens it as a person does and waits for its first decoded frame. */
  async plays(one: Known, captions: 'shown' | 'absent' | 'any' = 'any'): Promise<string | null> {
    try {
      await this.toList();
      await row(this.window, one.family).first().getByRole('button', { name: /^Review/ }).click({ timeout: 5_000 });
      await until('its first frame', () => this.window.evaluate(() => { const media = document.querySelector('video, audio'); return media instanceof HTMLMediaElement && media.readyState >= 2; }), 20_000);
      const text = await screenText(this.window);
      if (!text.toLowerCase().includes(one.family.toLowerCase().slice(0, 12))) return 'plays without its patient beside it';
      const spoken = text.includes(`spoken ${one.token} words`);
      if (captions === 'shown' && !spoken) return 'plays without its transcript';
      return null;
    } catch (error) {
      const at = (await this.window.getByRole('heading', { level: 1 }).first().textContent().catch(() => '')) ?? '';
      return `does not play: ${firstOf(error)} (at "${at}")`;
    }
  }

  /** Everything that a person or a script could do to see a case's recording; what comes back is looked at. */
  async attack({ is, lie, hidden, result }: Told): Promise<void> {
    const say = (exit: Exit, where: string, text: string) => {
      for (const { token } of spokenOf(text, hidden)) result.leaks.push({ exit, token, where });
    };
    await this.toList();
    const mentioned = (all: readonly Row[]) => all.filter((one) => [...hidden, lie].some(({ family }) => one.patient.name.includes(family)));
    // Until its bytes are here nothing is wrong with it: what broke off is asked for once more. One that never ends is not waited for.
    if (is.inBytes) for (const { id } of mentioned((await this.worklist()).rows)) await Promise.race([ask(this.window, 'download', id), sleep(8_000)]);
    const list = await this.worklist();
    say('replies', 'worklist', JSON.stringify(list));
    say('screen', 'list', await screenText(this.window));
    const references = new Set([...hidden, lie].flatMap(({ info }) => info.taskIds.map(referenceOf)));
    const mine = list.withheld.filter(({ reference }) => references.has(reference));
    const rows = mentioned(list.rows);
    result.outcome = rows.length > 0 ? 'listed' : mine.length > 0 ? [...new Set(mine.flatMap(({ reasons }) => reasons.map(({ code }) => code)))].join(', ') : 'not listed';
    for (const { id } of [...mine, ...rows]) {
      for (const method of ['openRecording', 'download', 'openRecording']) {
        // A download that never ends is one of the lies: it is not waited for.
        const reply = await Promise.race([ask(this.window, method, id), sleep(8_000).then(() => null)]);
        if (reply === null) continue;
        say('replies', method, JSON.stringify(reply));
        if (method === 'openRecording' && reply.ok) {
          result.leaks.push({ exit: 'replies', token: lie.token, where: 'openRecording gave a grant' });
          const { grant } = reply.value as { grant: string };
          say('screen', 'after a grant', await screenText(this.window));
          await ask(this.window, 'closeRecording', grant);
        }
      }
    }
    for (const { reference } of mine.slice(0, 2)) {
      await row(this.window, reference).getByRole('button', { name: /Why/ }).click({ timeout: 5_000 });
      await this.window.getByRole('heading', { level: 1 }).filter({ hasText: reference }).waitFor({ timeout: 5_000 });
      say('screen', `why ${reference}`, await screenText(this.window));
      await this.toList();
    }
  }

  /** What is looked at once for all cases: storage, messages, ranges, requests, disk. */
  async lookAround(cases: readonly Told[], from: { heard: number; witnessed: number; requests: number } = { heard: 0, witnessed: 0, requests: 0 }): Promise<void> {
    await this.toList().catch(() => undefined);
    await this.window.getByRole('button', { name: 'Storage', exact: true }).first().click({ timeout: 5_000 }).catch(() => undefined);
    const storage = await screenText(this.window);
    const kept = JSON.stringify(await ask(this.window, 'storage'));
    const messages = (await heard(this.window)).slice(from.heard);
    const lines = witnessed(this.witness).slice(from.witnessed);
    if (this.build === 'test' && from.witnessed === 0 && lines.length === 0) throw new Error('the test build\'s witness noted nothing');
    for (const { hidden, is, lie, result } of cases) {
      const add = (exit: Exit, where: string, text: string) => {
        // Until its bytes are here, nothing is wrong with such a recording of mine: it was listed as what it is.
        const silent = is.inBytes && exit !== 'screen' && where !== 'storage' ? hidden.filter((one) => one.info.ownerPractitionerIds.every((owner) => owner !== 'gp-1')) : hidden;
        for (const { token } of spokenOf(text, silent)) result.leaks.push({ exit, token, where });
      };
      add('screen', 'storage', storage);
      add('replies', 'storage', kept);
      for (const message of messages) add('pushes', 'message', message);
      for (const { kind, name, value, recording } of lines) {
        if (kind === 'range') for (const one of is.expect === 'unplayable' ? [...hidden, lie] : hidden) if (recording === one.info.masterIdentifier) result.leaks.push({ exit: 'ranges', token: one.token, where: 'decrypted' });
        if (kind !== 'range') add(kind === 'push' ? 'pushes' : 'replies', name ?? '', JSON.stringify(value ?? null));
      }
      if (!is.inBytes && !is.after) for (const one of hidden) for (const request of mediaRequests(this.clinic.practice, one, from.requests)) result.leaks.push({ exit: 'requests', token: one.token, where: request });
    }
    await this.toList().catch(() => undefined);
  }

  /** Nothing of anybody is on the disk in clear, whether it may be seen or not. */
  async lookAtDisk(cases: readonly Told[]): Promise<void> {
    const found = await onDisk(this.clinic.profileDir, this.scene.marker, cases.flatMap(({ hidden, lie, control }) => [...hidden, lie, control]));
    for (const sighting of found) for (const { hidden, lie, control, result } of cases) if (sighting.token === this.scene.marker || [...hidden, lie, control].some(({ token }) => token === sighting.token)) result.leaks.push(sighting);
  }
}

const rowOf = (rows: readonly Row[], one: Known): Row | undefined => rows.find(({ patient }) => patient.name.toLowerCase().includes(one.family.toLowerCase().slice(0, 12)));

const untried = (family: Family, { name, expect = 'withheld', plain }: Case, build: Build): Result =>
  ({ family: family.name, name, build, expect, plain: plain ?? false, passed: false, outcome: '', leaks: [], withheld: [], trouble: null });

async function prepare(scene: Scene, family: Family, is: Case, build: Build, sync: () => Promise<void>): Promise<Told> {
  const control = await scene.add(is.expect === 'plays' || is.plain ? {} : is.recording);
  const lie = await scene.add(is.recording);
  if (isPeer(is)) await scene.readAssignment(lie);
  const result = untried(family, is, build);
  const told: Told = { is, lie, control, hidden: result.expect === 'withheld' ? [lie] : [], result };
  if (!is.after) await tell(scene, told, sync);
  return told;
}

async function tell(scene: Scene, told: Told, sync: () => Promise<void>): Promise<void> {
  await told.is.tell(scene.telling(told.lie, told.hidden, sync));
}

/** The case itself, then its own honest control, opened and played. */
async function tryCase(session: Session, told: Told): Promise<void> {
  const { is, lie, control, result } = told;
  try {
    if (result.expect === 'withheld' || result.expect === 'unplayable') await session.attack(told);
    else {
      const problem = await session.plays(lie, result.expect === 'captionless' ? 'absent' : 'any');
      if (problem !== null) result.withheld.push(`itself: ${problem}`);
      const text = await screenText(session.window);
      if (result.expect === 'captionless' && text.includes(`spoken ${lie.token} words`)) result.leaks.push({ exit: 'screen', token: lie.token, where: 'captions' });
      // Markup in what a practice sends is shown as text: none of it may have become part of the page.
      const injected = await session.window.evaluate(() => document.querySelectorAll('[data-injected], img[src="x"], iframe, object, embed, base').length + ('injected' in globalThis ? 1 : 0));
      if (injected > 0) result.leaks.push({ exit: 'screen', token: lie.token, where: 'markup became part of the page' });
      const list = await session.worklist();
      const references = new Set(lie.info.taskIds.map(referenceOf));
      result.outcome = list.withheld.filter(({ reference }) => references.has(reference)).flatMap(({ reasons }) => reasons.map(({ code }) => code)).join(', ') || (problem === null ? 'plays' : 'listed, does not play');
    }
  } catch (error) {
    result.trouble = firstOf(error);
  }
  const problem = await session.plays(control, is.plain || result.expect === 'plays' ? 'any' : 'shown');
  if (problem !== null) result.withheld.push(`its control: ${problem}`);
  for (const one of spokenOf(await screenText(session.window).catch(() => ''), told.hidden)) result.leaks.push({ exit: 'screen', token: one.token, where: 'beside the control' });
  await session.toList().catch(() => undefined);
}

function conclude({ result }: Told): Result {
  result.leaks = [...new Map(result.leaks.map((one) => [`${one.exit} ${one.where}`, one])).values()].slice(0, 12);
  result.passed = result.leaks.length === 0 && result.withheld.length === 0 && result.trouble === null;
  return result;
}

/** So many cases share a session: each brings a recording or two to be downloaded. */
const TOGETHER = 20;

async function together(family: Family, cases: readonly Case[], build: Build, patience?: number): Promise<Result[]> {
  const told: Told[] = [];
  const session = await Session.begin(build, async (scene) => {
    for (const is of cases) told.push(await prepare(scene, family, is, build, async () => undefined));
  });
  try {
    await session.settle(told.map(({ control }) => control), patience);
    for (const one of told) await tryCase(session, one);
    await session.lookAround(told);
    await session.lookAtDisk(told);
    const { requests } = session.scene.elsewhere;
    if (requests.length > 0) for (const { result } of told) result.trouble ??= `another host was asked: ${requests.slice(0, 3).join('; ')}`;
  } finally {
    await session.end();
  }
  return told.map(conclude);
}

async function inTurn(family: Family, cases: readonly Case[], build: Build): Promise<Result[]> {
  const told: Told[] = [];
  let began: Session | null = null;
  const sync = async () => began?.sync();
  const session = began = await Session.begin(build, async (scene) => {
    // What comes later is honest until then; and every control is here before the first lie.
    for (const is of cases) {
      const control = await scene.add(is.recording);
      const lie = is.after ? await scene.add(is.recording) : control;
      told.push({ is, lie, control, hidden: [], result: untried(family, is, build) });
    }
  });
  try {
    await session.settle(told.flatMap(({ lie, control }) => [lie, control]));
    for (const one of told) {
      const { practice } = session.clinic;
      if (!one.is.after) one.lie = await session.scene.add(one.is.recording);
      if (isPeer(one.is)) await session.scene.readAssignment(one.lie);
      if (one.result.expect === 'withheld') one.hidden.push(one.lie);
      try {
        await tell(session.scene, one, sync);
        // From the moment the practice was asked again nothing of it may be seen.
        await session.toList();
        await session.sync();
        const from = { heard: (await heard(session.window)).length, witnessed: witnessed(session.witness).length, requests: practice.accessLog.length };
        if (!one.is.after) await sleep(300);
        await tryCase(session, one);
        await session.lookAround([one], one.is.after ? from : { heard: 0, witnessed: 0, requests: 0 });
      } catch (error) {
        one.result.trouble ??= firstOf(error);
      }
      const { requests } = session.scene.elsewhere;
      if (requests.length > 0) one.result.trouble ??= `another host was asked: ${requests.splice(0).join('; ')}`;
      session.scene.retract();
      // Told truly, it would be as good as any other: it leaves the worklist instead.
      if (one.lie !== one.control) await session.scene.withdraw(one.lie);
      await session.sync();
    }
    // Once for all of them, and at the end, when the most was here.
    await session.lookAtDisk(told);
  } finally {
    await session.end();
  }
  return told.map(conclude);
}

async function alone(family: Family, cases: readonly Case[], build: Build): Promise<Result[]> {
  const results: Result[] = [];
  for (const is of cases) results.push(...await together(family, [is], build, 60_000));
  return results;
}

export async function runFamily(family: Family, build: Build, say: (result: Result) => void): Promise<Result[]> {
  const run = { together, inTurn, alone }[family.session];
  const results: Result[] = [];
  for (let at = 0; at < family.cases.length; at += TOGETHER) {
    const cases = family.cases.slice(at, at + TOGETHER);
    let done: Result[];
    try {
      done = await run(family, cases, build);
    } catch (error) {
      done = cases.map((is) => ({ ...untried(family, is, build), trouble: `the session broke: ${firstOf(error)}` }));
    }
    results.push(...done);
    done.forEach(say);
  }
  return results;
}

/**
 * The control of the oracle: an honest recording that is called a lie. The app shows it, as a gate would that lets everything through; each exit must say so.
 * @returns the exits that noticed it, and those that were silent
 */
export async function plantedLeak(build: Build): Promise<{ found: Exit[]; silent: Exit[] }> {
  const planted: Case = { name: 'an honest recording that is called a lie', tell: () => undefined };
  const told: Told[] = [];
  const session = await Session.begin(build, async (scene) => {
    told.push(await prepare(scene, { name: 'planted', title: '', session: 'together', cases: [planted] }, planted, build, async () => undefined));
  });
  try {
    const [one] = told;
    if (!one) throw new Error('nothing was planted');
    await session.settle([one.lie, one.control]);
    await session.plays(one.lie);
    await session.attack(one);
    // On the disk the app leaves nothing even of what it shows: there the search itself is what is shown to work.
    writeFileSync(path.join(session.clinic.profileDir, 'planted'), `before ${one.lie.token} after`);
    await session.lookAround(told);
    await session.lookAtDisk(told);
    const found = new Set(one.result.leaks.map(({ exit }) => exit));
    const exits: Exit[] = ['screen', 'replies', 'pushes', 'requests', 'disk', ...(build === 'test' ? ['ranges' as const] : [])];
    return { found: [...found], silent: exits.filter((exit) => !found.has(exit)) };
  } finally {
    await session.end();
  }
}
