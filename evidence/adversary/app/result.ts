/** What came of the named cases, for whoever counts them. */
import type { Exit, Seen } from './exit.ts';

export type Build = 'shipped' | 'test';

export interface Result {
  family: string;
  name: string;
  build: Build;
  expect: string;
  /** Markup in words of its own, rather than an odd but legal graph. */
  plain: boolean;
  passed: boolean;
  /** What the app made of it: reason codes, `not listed`, `plays`. */
  outcome: string;
  /** Exits by which something got out that must not. */
  leaks: Seen[];
  /** What should have been seen and was not: the control, or the recording itself where it is legal. */
  withheld: string[];
  trouble: string | null;
}

export interface AppRun {
  runtime: unknown;
  results: Result[];
  /** The controls of the oracle: by which exits a recording was noticed that was shown and called a lie. */
  plants: { build: Build; found: Exit[]; silent: Exit[] }[];
}
