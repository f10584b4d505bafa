/** How this computer stands, as far as the app needs it: what `health` answers. Codes, counts and times; nothing of a patient, a person or a server crosses in it. */
import { z } from 'zod';
import { COUNT_LIMIT, unansweredReasons } from './codes.ts';
import { ProblemCode } from './problemCodes.ts';

/** `attention`: works, and somebody should look at it before it does not. `unknown`: could not be looked at now, because nobody is in or nobody was asked. */
const state = z.enum(['good', 'attention', 'bad', 'unknown']);
export type HealthState = z.infer<typeof state>;

const isoTime = z.iso.datetime({ precision: 3 });
export const count = z.number().int().min(0).max(COUNT_LIMIT);
/** 10⁶ bytes. */
const megabytes = count;

export type UnansweredReason = (typeof unansweredReasons)[number];

// eslint-disable-next-line security/detect-unsafe-regex -- each repetition has a small bound, and no text can be read in two ways
const version = z.string().regex(/^\d{1,4}(\.\d{1,5}){0,3}(-[a-z]{1,5}(\.\d{1,3})?)?$/);

export const Health = z.strictObject({
  /** When it was looked at. */
  at: isoTime,
  /** `demoOnly`: the browser engine is no longer maintained. */
  runtime: z.strictObject({ state, app: version, electron: version, chromium: version, node: version, demoOnly: z.boolean() }),
  /** The operating system; `release` is that of its kernel. */
  system: z.strictObject({ state, platform: z.enum(['win32', 'darwin', 'linux', 'other']), release: version, architecture: z.enum(['x64', 'arm64', 'other']) }),
  /** `absent`: it works, and has no key for a store that is here. `no-answer`: perhaps it asks somebody something. */
  keychain: z.strictObject({ state, is: z.enum(['works', 'absent', 'locked', 'denied', 'unavailable', 'no-answer']) }),
  /** `copies`: of all stores here. `budget`: that the site file allows each person. `reserve`: of every store, for its record; null where there is none. */
  disk: z.strictObject({ state, free: megabytes.nullable(), copies: megabytes, stores: count, budget: megabytes.nullable(), reserve: z.boolean().nullable() }),
  /** `ahead`: seconds by which the practice's clock is ahead of this one's, as last heard. `setBack`: of the store that is open, how often this one was set back since the lease began. */
  clock: z.strictObject({ state, ahead: z.number().int().min(-999_999_999).max(999_999_999).nullable(), setBack: count.nullable(), refused: z.boolean() }),
  /** `reached`: when it last answered, to whoever was here then. `unsent`, `refused`: reviews with something that it does not have, or did not take; null while locked. */
  practice: z.strictObject({
    state, session: z.boolean(), online: z.boolean(), reached: isoTime.nullable(), lastSync: isoTime.nullable(), leaseEnds: isoTime.nullable(),
    problem: ProblemCode.nullable(), why: z.enum(unansweredReasons).nullable(), unsent: count.nullable(), refused: count.nullable(),
  }),
  /** Of the store that is open; null where none is. `chain`: of its last entries, hashes and signatures. */
  record: z.strictObject({ state, waiting: count.nullable(), setAside: count.nullable(), chain: z.enum(['whole', 'broken']).nullable() }),
  /** `field`: the site file's member that is wrong, by its name in the schema. */
  site: z.strictObject({ state, from: z.enum(['machine-wide', 'named', 'none']), odsCode: z.string().regex(/^[A-Z0-9]{3,12}$/).refine((text) => !/\d{10}/.test(text)).nullable(), problem: ProblemCode.nullable(), field: z.string().regex(/^[A-Za-z]{1,40}$/).nullable() }),
  updates: z.strictObject({ state, by: z.enum(['it', 'feed']).nullable() }),
  /** `works`: its last line was kept. */
  log: z.strictObject({ state, files: count, megabytes: z.number().min(0).max(1000), works: z.boolean() }),
});
export type Health = z.infer<typeof Health>;
/** What was looked at. */
export type HealthItems = Omit<Health, 'at'>;

/** What the person may send to whoever supports the app, exactly as it would leave. `lines` of the log are in it; `dropped` did not fit what a line may hold, and are not. */
export const SupportBundle = z.object({ text: z.string().max(1_000_000), lines: count, dropped: count });
export type SupportBundle = z.infer<typeof SupportBundle>;
