/** A clinician's computer, its practice and the counter between them: what the app asks for in each scene, from its beginning until all is quiet again. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { mock } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Task } from '@medplum/fhirtypes';
import { startPractice, type Practice } from '../../practice/index.ts';
import { personCalled } from '../../practice/people.ts';
import { TICK_MS } from '../../src/main/journeys/rhythm.ts';
import { Computer, type Outcome } from '../chaos/computer.ts';
import type { Command, Look } from '../chaos/messages.ts';
import { CLINICIAN, makeClips } from '../chaos/practiceSide.ts';
import { names, sum, WATCHED_MINUTES, type Scene } from './cost.ts';
import { CountingProxy } from './proxy.ts';

/** Longer than the app thinks between two requests of one thing. */
const QUIET_MS = 2_000;
const PATIENCE_MS = 180_000;
/** Nobody plays it: its size is the day's to assume. */
const MEDIA_BYTES = 8_192;
/** Ten minutes of speech: an hour is about 100 kB of WebVTT. */
const transcript = `WEBVTT\n${Array.from({ length: 150 }, (_, n) => {
  const at = (seconds: number): string => `00:${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}.000`;
  return `\n${at(n * 4)} --> ${at(n * 4 + 4)}\nDemo words of consultation, cue number ${n}, which goes on like this and then ends.\n`;
}).join('')}`;

const APART = ['Binary, media', 'Binary, transcripts'];

/** What of it is measured: the first sync and a round; all that a day has; and watching as it goes. */
export type Extent = 'round' | 'day' | 'watching';

export interface World {
  practice: Practice;
  proxy: CountingProxy;
  computer: Computer;
  stop: () => Promise<void>;
}

/** As long as a site file may say: a first round of ten thousand is longer than ten minutes, and nobody touches anything meanwhile. */
const IDLE_MINUTES = 60;

/** A practice in which the clinician has so many assignments, a computer on which nobody has signed in yet, and the counter between them. @param copies so many of them may be here. */
export async function worldOf(folder: string, assignments: number, copies: number): Promise<World> {
  const practice = await startPractice({ quiet: true, mediaDir: makeClips(join(folder, 'media')) });
  const proxy = new CountingProxy(practice.url);
  const [profile, tmp] = [join(folder, 'profile'), join(folder, 'tmp')];
  for (const made of [profile, tmp]) mkdirSync(made);
  const me = `Practitioner/${personCalled(CLINICIAN).practitionerId}`;
  for (const { id, owner } of await practice.repo.all<Task>('Task')) if (owner?.reference === me) await practice.repo.remove('Task', id);
  // One an hour: what was assigned within the last minutes of a list is listed again in each round.
  mock.timers.enable({ apis: ['Date'] });
  const now = performance.timeOrigin + performance.now();
  for (let n = 0; n < assignments; n += 1) {
    mock.timers.setTime(Math.round(now - (assignments - n) * 3_600_000));
    await assign(practice, n, n < copies);
  }
  mock.timers.reset();
  const computer = new Computer({ profile, keychain: join(folder, 'keychain.json'), site: JSON.stringify({ ...practice.siteFile(), idleLockMinutes: IDLE_MINUTES }), practice: practice.url, line: await proxy.listen(), username: CLINICIAN, clock: 0, plant: null }, tmp);
  const stop = async (): Promise<void> => {
    await computer.stop();
    proxy.stop();
    await practice.stop();
  };
  return { practice, proxy, computer, stop };
}

/** @param heard told of each scene when it is over */
export async function measure(folder: string, assignments: number, copies: number, extent: Extent, heard: (scene: Scene) => void): Promise<void> {
  const world = await worldOf(folder, assignments, copies);
  try {
    await new Visit(world.practice, world.proxy, world.computer, assignments, copies, heard).go(extent);
  } finally {
    await world.stop();
  }
}

/** Half of them the clinician's own consultations, half a colleague's, by signed assignment. */
async function assign({ repo }: Practice, n: number, offlinePermitted: boolean): Promise<string> {
  const { taskIds: [id = ''] } = await repo.addRecording({ owner: CLINICIAN, media: randomBytes(MEDIA_BYTES), review: n % 2 === 0 ? 'own' : 'peer', purpose: 'TRAIN', seconds: WATCHED_MINUTES * 60, offlinePermitted, transcript });
  return `Task/${id}`;
}

class Visit {
  readonly #practice: Practice;
  readonly #proxy: CountingProxy;
  readonly #computer: Computer;
  readonly #heard: (scene: Scene) => void;
  #assignments: number;
  #copies: number;

  constructor(practice: Practice, proxy: CountingProxy, computer: Computer, assignments: number, copies: number, heard: (scene: Scene) => void) {
    [this.#practice, this.#proxy, this.#computer, this.#assignments, this.#copies, this.#heard] = [practice, proxy, computer, assignments, copies, heard];
  }

  async go(extent: Extent): Promise<void> {
    const [task = ''] = this.#practice.repo.recordings().filter(({ id }) => id === 'rec-x1').flatMap(({ taskIds }) => taskIds.map((id) => `Task/${id}`));
    await this.#scene(names.first, () => this.#ask({ name: 'come' }));
    await this.#scene(names.round, () => this.#ask({ name: 'wake' }));
    if (extent === 'round') return;
    await this.#scene(names.all, () => this.#ask({ name: 'sync' }));
    await this.#scene(names.list, () => this.#ask({ name: 'present' }));
    await this.#scene(names.changed, async () => {
      await assign(this.#practice, 0, true);
      [this.#assignments, this.#copies] = [this.#assignments + 1, this.#copies + 1];
      await this.#ask({ name: 'wake' });
    });
    await this.#ask({ name: 'leave' });
    await this.#scene(names.locked, () => this.#ask({ name: 'wake' }), () => this.#quiet(TICK_MS + QUIET_MS));
    await this.#scene(names.unlock, () => this.#ask({ name: 'come' }));
    await this.#computer.kill();
    await this.#scene(names.start, () => this.#ask({ name: 'come' }));
    await this.#scene(names.open, async () => {
      await this.#open(task);
      await this.#settle();
      await this.#ask({ name: 'close' });
    });
    await this.#open(task);
    await this.#scene(names.poll, () => this.#ask({ name: 'poll' }));
    await this.#scene(names.review, async () => {
      for (const what of [
        ...[1, 2, 3].map((n) => ({ deed: 'note', text: `Note ${n}: explains the problem in the patient's own words and asks what they make of it.` }) as const),
        { deed: 'form', text: 'A calm, clear consultation, with a plan that the patient helped to make.', release: true } as const, { deed: 'complete' } as const,
      ]) {
        await this.#ask({ name: 'deed', task, what });
        await this.#settle();
      }
    });
    if (extent === 'day') return;
    await this.#ask({ name: 'poll' });
    await this.#scene(names.watch, () => this.#watch());
    await this.#ask({ name: 'close' });
  }

  /** As a screen does it: the recording, and the review beside it. */
  async #open(task: string): Promise<void> {
    // What is on screen is first asked about a minute from here, and not in the middle of it.
    await this.#ask({ name: 'poll' });
    await this.#ask({ name: 'open', task });
    await this.#ask({ name: 'show', task });
  }

  /** The screen says each second what it played. */
  async #watch(): Promise<void> {
    const began = performance.now();
    for (let second = 0; second < WATCHED_MINUTES * 60; second += 1) {
      await wait(Math.max(0, began + (second + 1) * 1000 - performance.now()));
      await this.#ask({ name: 'play', from: second, until: second + 1 });
    }
  }

  async #scene(name: string, act: () => Promise<unknown>, settle = () => this.#settle()): Promise<void> {
    await settle();
    this.#proxy.take();
    await act();
    await settle();
    const all = Object.entries(this.#proxy.take());
    const byKind = all.filter(([kind]) => !APART.includes(kind));
    this.#heard({
      name, assignments: this.#assignments, copies: this.#copies, ...sum(byKind.map(([, cost]) => cost)), byKind: Object.fromEntries(byKind),
      apart: sum(all.filter(([kind]) => APART.includes(kind)).map(([, cost]) => cost)),
    });
  }

  async #ask(command: Command): Promise<Extract<Outcome, { ok: true }>> {
    const outcome = await this.#computer.ask(command);
    if (!outcome.ok) throw new Error(`${command.name}: ${outcome.code}, ${outcome.said}`);
    return outcome;
  }

  /** @param ms while locked nobody can ask what still waits, and it goes with the next tick */
  async #quiet(ms = QUIET_MS): Promise<void> {
    for (const began = performance.now(); this.#proxy.quietFor < ms;) {
      if (performance.now() - began > PATIENCE_MS) throw new Error('the app never comes to rest');
      await wait(100);
    }
  }

  /** Nothing is asked, nothing waits to be sent, and what is to be here is here. */
  async #settle(): Promise<void> {
    for (const began = performance.now(); ;) {
      await this.#quiet();
      const outcome = await this.#computer.ask({ name: 'look' });
      const look = outcome.ok ? outcome.value as Look : null;
      // Nobody is in yet.
      if (!look && outcome.stands?.screen !== 'room') return;
      if (look && !look.busy && look.waiting === 0 && look.undelivered === 0 && look.rows.filter(({ copy }) => copy).length === this.#copies && this.#proxy.quietFor >= QUIET_MS) return;
      if (performance.now() - began > PATIENCE_MS) throw new Error(`the app never comes to rest: ${JSON.stringify(look && { ...look, rows: look.rows.length, kept: [], copies: look.copies.length })}`);
      await wait(250);
    }
  }
}
