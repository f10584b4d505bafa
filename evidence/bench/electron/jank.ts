/** How long the main process keeps whatever else waiting while a recording is brought here and another is played: without a window. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { signingKey } from '../../../src/main/audit/chain.ts';
import { Journal } from '../../../src/main/audit/journal.ts';
import { Grants } from '../../../src/main/playback/grants.ts';
import { answerMedia, RECORDING_SCHEME } from '../../../src/main/playback/protocol.ts';
import { median, type Measured } from '../measure.ts';
import type { Media } from '../media.ts';
import { MB } from '../trial.ts';
import { Recording, type Means } from './recording.ts';

const WINDOW = 1;
const RESOLUTION_MS = 1;
const SUBJECT = { recording: 'urn:uuid:00000000-0000-4000-8000-000000000001', task: 'Task/1', encounter: null, document: null, patient: null, purpose: null, review: null, clinicians: [] };

/** The 99th percentile of how much later than it was due a timer ran, ms. */
async function delayDuring(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  await work();
  delay.disable();
  // What it notes is the whole interval.
  return Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS);
}

/** Bytes that are read from one place, as by somebody who then goes elsewhere. */
const MOST = 4 * MB;

/** A copy that is here, as a window reads it. */
class Played {
  readonly #grants = new Grants(() => Date.now(), (_, error) => {
    throw error;
  });
  readonly #grant: string;

  constructor(opened: Awaited<ReturnType<Recording['vault']['copies']['open']>>, journal: Journal) {
    this.#grant = this.#grants.issue(WINDOW, opened, () => (exposure) => journal.write({ event: 'exposed', subject: SUBJECT, session: 'bench', ...exposure }));
  }

  /** From a place on, at the pace at which a player is given it, and no further than {@link MOST}; what was exposed is then written. @returns bytes */
  async play(from: number, until: AbortSignal | null = null): Promise<number> {
    const { body } = answerMedia({ method: 'GET', url: `${RECORDING_SCHEME}://${this.#grant}/media`, range: `bytes=${from}-` }, (id) => this.#grants.find(id, WINDOW), (_, error) => {
      throw error;
    });
    let bytes = 0;
    for await (const piece of body ?? []) {
      bytes += (piece as Uint8Array).length;
      if (bytes >= MOST || until?.aborted) break;
    }
    this.#grants.flush(this.#grant);
    return bytes;
  }

  close(): Promise<void> {
    return this.#grants.revoke(this.#grant);
  }
}

export async function jank(media: Media, means: Means, runs: number): Promise<Measured> {
  const [here, brought] = [await Recording.of(media, means), await Recording.of(media, means)];
  await here.keep();
  const actor = { sds: '555000000001', practitioner: 'Practitioner/gp-1', role: 'GP', name: 'Dr Grace Tester' };
  const played = new Played(await here.vault.copies.open(here.assured), new Journal(here.vault.ledger, signingKey(here.vault.signingSeed()), 'device', actor, () => Date.now()));
  const bring = async (): Promise<void> => {
    await brought.keep();
    brought.remove();
  };
  /** Until the one is here. */
  const both = async (): Promise<void> => {
    const done = new AbortController();
    const bringing = bring().finally(() => done.abort());
    let bytes = 0;
    for (let n = 0; !done.signal.aborted; n += 1) bytes += await played.play(Math.floor((here.size * (n % 4)) / 4), done.signal);
    await bringing;
    if (bytes < MB) throw new Error(`only ${bytes} bytes were played meanwhile`);
  };
  try {
    await both();
    const found: { both: number; bringing: number; playing: number }[] = [];
    for (let n = 0; n < runs; n += 1) found.push({ both: await delayDuring(both), bringing: await delayDuring(bring), playing: await delayDuring(() => played.play(0)) });
    const figures = found.map((one) => one.both);
    return {
      value: median(figures), runs, spread: [Math.min(...figures), Math.max(...figures)],
      detail: { bringingAlone: median(found.map(({ bringing }) => bringing)), playingAlone: median(found.map(({ playing }) => playing)) },
    };
  } finally {
    await played.close();
    for (const one of [here, brought]) one.close();
  }
}
