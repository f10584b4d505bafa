/** What a named case is: one lie about one recording, and what may come of it. */
import type { Resource } from '@medplum/fhirtypes';
import type { AddRecording, Asked, Given, Practice, RecordingInfo, SignManifest } from '../../../practice/index.ts';
import type { DemoKey } from '../../../practice/keys.ts';

/** A recording of which nothing, or everything, may be seen; `token` is in each of its names, words and bytes. */
export interface Known {
  info: RecordingInfo;
  token: string;
  family: string;
  nhsNumber: string;
  /** What its ids end with. */
  key: string;
}

export type Json = Record<string, unknown>;
export type Rewrite = (asked: Asked, given: Given & { body: Buffer }) => Given | null | undefined;

/** How a case tells its lie. */
export interface Telling {
  practice: Practice;
  /** The recording that the lie is about. */
  lie: Known;
  /** One more recording that is part of the lie: nothing of it may be seen either. */
  also: (options?: Partial<AddRecording>) => Promise<Known>;
  /** A recording of a colleague, who alone may see it. */
  colleagues: () => Promise<Known>;
  /** What the practice answers of one resource from now on. */
  says: <T extends Resource>(type: T['resourceType'], id: string, change: (resource: T & Json) => Json) => void;
  /** One more resource that the practice answers whenever its type is asked for in bundles of these ids, or at all. */
  adds: (resource: Json, where: { type: string; asked?: string; first?: boolean }) => void;
  /** Any answer at all, after everything else. */
  rewrite: (rewrite: Rewrite) => void;
  /** The bytes of a Binary. */
  bytes: (binary: string, bytes: Buffer) => void;
  /** The manifest changed and signed again. */
  resign: (change: (manifest: Json) => void, options?: SignManifest) => Promise<void>;
  /** The manifest's signature, from its bytes. */
  jws: (make: (bytes: Buffer) => string, provenance?: string) => void;
  /** The signed assignment changed and signed. */
  assignment: (change: (statement: Json) => void, key?: DemoKey | null) => void;
  /** A web server that is not the practice, and must not be asked. */
  elsewhere: { url: string; requests: string[] };
  /** Has the app ask the practice again, as the person would. */
  sync: () => Promise<void>;
}

/**
 * `withheld`: nothing of it may be seen. `unplayable`: its row is honest and may be seen, its bytes are refused: it must not open. `captionless`: it plays, and of its transcript nothing may be seen. `plays`: legal, however odd.
 */
export type Outcome = 'withheld' | 'unplayable' | 'captionless' | 'plays';

export interface Case {
  name: string;
  expect?: Outcome;
  recording?: Partial<AddRecording>;
  /** The lie is in the bytes themselves, so that they have to be asked for. */
  inBytes?: true;
  /** It was honest, and seen, before the lie: only what comes after counts. */
  after?: true;
  /** Names and titles are the case's own: with markup, for example. */
  plain?: true;
  tell: (telling: Telling) => void | Promise<void>;
}

export interface Family {
  name: string;
  title: string;
  /**
   * `together`: all lies are told before the person signs in, in one session. `inTurn`: one after another in one session, each taken back before the next.
   * `alone`: a session for each.
   */
  session: 'together' | 'inTurn' | 'alone';
  cases: readonly Case[];
}
