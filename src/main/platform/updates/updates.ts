/**
 * Updates of this app: asks the feed, offers what a person may fetch, and applies it when they say so and never by itself. Nothing of a feed is fetched or applied before the signature
 * over it has been checked (docs/updates.md has the order).
 */
import type { UpdateRefusal, UpdatesView, UpdateState } from '../../../preload/updates.ts';
import { Failure } from '../failure.ts';
import type { Fetch } from '../heard.ts';
import { faultFields, log } from '../log.ts';
import { Pace } from '../pace.ts';
import { singleFlight } from '../singleFlight.ts';
import { admitFeed, FEED_FILE, fileFor, inFeed, readFeed, UpdateRefused, type FeedDocument, type FeedFile, type FeedKey, type Installation } from './feed.ts';
import { fetchDocument, fetchFile, isFile } from './fetching.ts';
import { readKept, writeKept, type Kept, type UpdateEvent } from './kept.ts';
import { compareVersions, Version } from './version.ts';

/** Between two questions that are answered. */
const USUAL_MS = 4 * 3600 * 1000;

/** Puts one checked file in the place of what runs. */
export interface Installer {
  /**
   * Has the file brought to where the system's installer takes it from, by `bring`, unless it is there already.
   * @returns its path
   */
  prepare(release: string, file: FeedFile, bring: (destination: string) => Promise<void>): Promise<string>;
  /** False: nothing was replaced. */
  install(): boolean;
}

export interface UpdatesMachine {
  installation: Installation;
  /** Those that came with the app. */
  keys: () => readonly FeedKey[];
  /** What is remembered. */
  keptFile: string;
  /** The site file's; null: IT updates this app, or there is no site file yet. Then nothing is asked. */
  feed: () => string | null;
  fetch: Fetch;
  isConnected: () => boolean;
  /** A recording is open, or about to be. */
  isReviewing: () => boolean;
  /** False: nobody is here whose access record could say it. */
  record: (event: UpdateEvent) => boolean;
  push: (view: UpdatesView) => void;
  now: () => number;
  makeInstaller: () => Promise<Installer>;
  /** Closes everything as on quit, and lets `install` do its work. False: it did none, and the app goes on. */
  leave: (install: () => boolean) => Promise<boolean>;
}

/** What the last document that counted offers here. */
interface Offer {
  document: FeedDocument;
  file: FeedFile;
}

export class Updates {
  readonly #machine: UpdatesMachine;
  readonly #pace = new Pace(() => USUAL_MS);
  readonly #kept: Kept;
  #state: UpdateState = { is: 'unknown' };
  #askedAt: string | null = null;
  #offer: Offer | null = null;
  #ready: { installer: Installer; path: string } | null = null;

  constructor(machine: UpdatesMachine) {
    this.#machine = machine;
    this.#kept = readKept(machine.keptFile);
    const { ran } = this.#kept;
    const { version } = machine.installation;
    if (ran === version) return;
    if (ran !== null) this.#note({ event: 'updated', from: ran, to: version });
    this.#keep({ ran: version });
  }

  get view(): UpdatesView {
    const { version } = this.#machine.installation;
    const by = this.#machine.feed() === null ? 'it' : 'feed';
    const { minimum } = this.#kept;
    const isBelow = by === 'feed' && minimum !== null && Version.safeParse(minimum).success && compareVersions(version, minimum) < 0;
    return { version, by, minimum: isBelow ? minimum : null, askedAt: this.#askedAt, state: by === 'it' ? { is: 'unknown' } : this.#state };
  }

  /** Every few seconds: records what waits for somebody to be here, and asks the feed when it is time to. */
  async tick(): Promise<void> {
    this.#record();
    if (this.#machine.feed() === null || !this.#machine.isConnected() || !this.#pace.isDue(performance.now())) return;
    await this.check();
  }

  /** Asks the feed, never during a review. What a person is fetching, or has fetched and is still offered, stays as it is. */
  readonly check = singleFlight(async (): Promise<void> => {
    const feed = this.#machine.feed();
    if (feed === null || this.#machine.isReviewing() || this.#state.is === 'downloading') return;
    const before = this.#state;
    this.#pace.asked(performance.now());
    this.#show({ is: 'checking' });
    log('update-looked');
    try {
      const offer = await this.#ask(feed);
      this.#pace.answered();
      this.#keep({ noted: null });
      const isSame = offer !== null && this.#offer?.file.sha512 === offer.file.sha512 && this.#offer.document.release === offer.document.release;
      this.#offer = offer;
      if (offer) log('update-offered', { version: offer.document.release });
      if (before.is === 'ready' && isSame) this.#show(before);
      else if (offer) this.#show({ is: 'available', ...releaseOf(offer), bytes: offer.file.size });
      else this.#show({ is: 'current' });
    } catch (error) {
      const why = whyOf(error);
      if (why === 'unreachable') this.#pace.failed();
      // What was fetched and checked is no worse for a feed that is away.
      if (why === 'unreachable' && before.is === 'ready') {
        this.#show(before);
        this.#noteRefusal(why, null);
      } else this.#refuse(error, error instanceof OfRelease ? error.release : null);
    }
  });

  /** Fetches what is offered; the screen follows by what is pushed. */
  readonly download = singleFlight(async (): Promise<void> => {
    const offer = this.#offer;
    const feed = this.#machine.feed();
    if (!offer || feed === null || this.#state.is !== 'available') throw new Failure('bad-request', 'nothing is offered');
    const { document, file } = offer;
    const progress = (received: number) => this.#show({ is: 'downloading', ...releaseOf(offer), bytes: file.size, received });
    progress(0);
    let shown = 0;
    try {
      const installer = await this.#machine.makeInstaller();
      const path = await installer.prepare(document.release, file, (destination) => fetchFile(this.#machine.fetch, inFeed(feed, file.name), destination, file, (received) => {
        // As often as it can be seen.
        if (received - shown < file.size / 100) return;
        shown = received;
        progress(received);
      }));
      if (!await isFile(path, file)) throw new UpdateRefused('hash-differs');
      this.#ready = { installer, path };
      log('update-fetched', { version: document.release });
      this.#note({ event: 'update-ready', release: document.release });
      this.#show({ is: 'ready', ...releaseOf(offer) });
    } catch (error) {
      this.#refuse(error, document.release);
    }
  });

  /** What a person asks for by "Restart to update". Returns only where it did not come to that. */
  readonly restart = singleFlight(async (): Promise<void> => {
    const [offer, ready] = [this.#offer, this.#ready];
    if (!offer || !ready || this.#state.is !== 'ready') throw new Failure('bad-request', 'nothing is ready');
    try {
      if (this.#machine.now() >= Date.parse(offer.document.expires)) throw new UpdateRefused('expired');
      // It has lain on a disk since it was checked.
      if (!await isFile(ready.path, offer.file)) throw new UpdateRefused('hash-differs');
      if (this.#machine.isReviewing()) throw new Failure('busy', 'a recording is open', { of: 'restart' });
      if (this.#machine.installation.kind === 'tar.gz') throw new UpdateRefused('cannot-apply');
      const install = () => {
        log('update-restarted', { version: offer.document.release });
        return ready.installer.install();
      };
      if (!await this.#machine.leave(install)) throw new UpdateRefused('not-applied');
    } catch (error) {
      if (error instanceof Failure) throw error;
      this.#refuse(error, offer.document.release);
    }
  });

  async #ask(feed: string): Promise<Offer | null> {
    this.#askedAt = new Date(this.#machine.now()).toISOString();
    const document = await readFeed(await fetchDocument(this.#machine.fetch, inFeed(feed, FEED_FILE)), this.#machine.keys());
    try {
      admitFeed(document, this.#kept.seen, this.#machine.now());
      this.#keep({ seen: document.issuedAt, minimum: document.minimum });
      const file = fileFor(document, this.#machine.installation);
      return file && { document, file };
    } catch (error) {
      throw new OfRelease(whyOf(error), document.release);
    }
  }

  #refuse(error: unknown, release: string | null): void {
    if (!(error instanceof UpdateRefused)) log('fault', faultFields(error));
    const why = whyOf(error);
    this.#offer = null;
    this.#ready = null;
    this.#noteRefusal(why, release);
    this.#show({ is: 'refused', why, release });
  }

  /** The same refusal is recorded once, until the feed has been good in between. */
  #noteRefusal(why: UpdateRefusal, release: string | null): void {
    log('update-refused', { update: why });
    const noted = `${why} ${release ?? ''}`;
    if (this.#kept.noted === noted) return;
    this.#note({ event: 'update-refused', reason: why, release });
    this.#keep({ noted });
  }

  #note(event: UpdateEvent): void {
    this.#keep({ waiting: [...this.#kept.waiting, event].slice(-50) });
    this.#record();
  }

  #record(): void {
    try {
      for (let [next] = this.#kept.waiting; next; [next] = this.#kept.waiting) {
        if (!this.#machine.record(next)) return;
        this.#keep({ waiting: this.#kept.waiting.slice(1) });
      }
    } catch (error) {
      // It waits until it can be written.
      log('fault', faultFields(error));
    }
  }

  #keep(change: Partial<Kept>): void {
    Object.assign(this.#kept, change);
    writeKept(this.#machine.keptFile, this.#kept);
  }

  #show(state: UpdateState): void {
    this.#state = state;
    this.#machine.push(this.view);
  }
}

/** Of a document that is authentic, so that its version can be said. */
class OfRelease extends UpdateRefused {
  readonly release: string;

  constructor(why: UpdateRefusal, release: string) {
    super(why);
    this.release = release;
  }
}

const releaseOf = ({ document: { release, notes } }: Offer) => ({ release, notes });

/** What nobody foresaw while fetching is the disk's, or the installer's. */
const whyOf = (error: unknown): UpdateRefusal => (error instanceof UpdateRefused ? error.why : 'disk');
