/** The one state that decides which screen is shown, and what else the first screen asks for: the part of contract.ts that a start waits for. */
import { z } from 'zod';
import { ProblemCode } from './problemCodes.ts';

const isoTime = z.iso.datetime({ offset: true });

/** `detail` fills the blanks of the code's words: e.g. {field, expected} for site-file-invalid, {needed, free} in bytes for disk-full. */
export const Problem = z.object({
  code: ProblemCode,
  message: z.string(),
  detail: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});
export type Problem = z.infer<typeof Problem>;

const Practice = z.object({ name: z.string(), odsCode: z.string(), support: z.object({ name: z.string(), contact: z.string() }) });
export type PracticeView = z.infer<typeof Practice>;

/** A PIN where every clinician has an OS login of their own, a passphrase where they share one. */
export const SecretRule = z.object({ kind: z.enum(['pin', 'passphrase']), minLength: z.number().int().positive() });
export type SecretRule = z.infer<typeof SecretRule>;

/** `guardian`: the second reader, who sees what managers did and does nothing of it. */
const RoleKind = z.enum(['clinician', 'manager', 'guardian']);
export type RoleKind = z.infer<typeof RoleKind>;
const Role = z.object({ id: z.string(), kind: RoleKind, name: z.string(), organisation: z.string() });
export type RoleView = z.infer<typeof Role>;

/**
 * Someone with a vault on this computer, as the sign-in and unlock screens name them. `vault` is an opaque id. `broken`: this vault does not
 * open, so whose it is cannot be read and `name` is empty; choosing it shows why and the way out. `kept`: for an incident that a manager keeps here, and nothing else.
 */
const VaultPerson = z.object({ vault: z.string(), name: z.string(), broken: z.boolean(), kept: z.boolean() });
export type VaultPerson = z.infer<typeof VaultPerson>;

/** Where the app stands towards the practice; `leaseEnds` is when offline use stops. */
const Standing = z.object({
  online: z.boolean(), syncing: z.boolean(), lastSync: isoTime.nullable(),
  /** Entries of the access record, and reviews with notes, forms, messages or steps, that the practice does not have yet. */
  queued: z.number().int().min(0), unsent: z.number().int().min(0),
  /** The same, of what the practice refuses as it is: it stays here, and nothing else waits for it. */
  setAside: z.number().int().min(0), refused: z.number().int().min(0),
  leaseEnds: isoTime.nullable(), problem: Problem.nullable(),
  /** The practice gives this person no stop list: said for as long as it is so. */
  noStopList: z.boolean(),
  /**
   * Recordings that were not downloaded by themselves because there is no room for them; `needed` bytes must be freed for them, and `dueOffline` of them are due while the
   * person may work offline. Null when there are none.
   */
  noRoom: z.object({ waiting: z.number().int().positive(), needed: z.number().positive(), dueOffline: z.number().int().min(0) }).nullable(),
  /** Recordings that would come by themselves and wait: the person chose to download only what they ask for, the system says that its connection is metered, or the disk became full. */
  downloadsWait: z.object({ count: z.number().int().positive(), why: z.enum(['chosen', 'metered', 'disk-full']) }).nullable(),
});
export type Standing = z.infer<typeof Standing>;

/** The one state that decides which screen is shown. Pushed whole whenever it changes. */
export const AppState = z.discriminatedUnion('screen', [
  z.object({ screen: z.literal('starting') }),
  /** What was open is closed, and what comes next waits for the computer's keychain. */
  z.object({ screen: z.literal('closed') }),
  /** Nothing can go on until this is put right. `canStartAgain`: the person may set up a fresh vault beside the unreadable one. */
  z.object({ screen: z.literal('problem'), problem: Problem, canRetry: z.boolean(), canStartAgain: z.boolean() }),
  z.object({ screen: z.literal('sign-in'), practice: Practice, people: z.array(VaultPerson), notice: Problem.nullable() }),
  /** The sign-in page is in the system browser; `address` can be copied where none opened. */
  z.object({ screen: z.literal('browser'), practice: Practice, address: z.string(), opened: z.boolean() }),
  z.object({ screen: z.literal('choose-role'), name: z.string(), roles: z.array(Role) }),
  /** `ended`: the one that they had until now, of which everything here has been erased; null: they had none. */
  z.object({ screen: z.literal('no-role'), name: z.string(), practice: Practice, ended: RoleKind.nullable() }),
  /** `policy`: the practice's rule for secrets became stricter, and the one that was just given no longer fits it; nothing else is shown before. */
  z.object({ screen: z.literal('set-secret'), name: z.string(), rule: SecretRule, why: z.enum(['first', 'policy']) }),
  /** The person says that they have forgotten their secret; nothing has happened yet. Sizes in bytes; `recordings` have a copy here, `unsent` entries survive. */
  z.object({
    screen: z.literal('forgotten'), practice: Practice, name: z.string(), rule: SecretRule,
    recordings: z.number().int().min(0), bytes: z.number().min(0), unsent: z.number().int().min(0),
  }),
  z.object({
    screen: z.literal('unlock'), practice: Practice, person: VaultPerson, others: z.array(VaultPerson), rule: SecretRule,
    attemptsLeft: z.number().int().min(0), retryAt: isoTime.nullable(), notice: Problem.nullable(), signedIn: z.boolean(),
  }),
  /** `secret`: what the present one is, and what the practice asks of a new one; they differ where it asks for less than before. */
  z.object({
    screen: z.literal('room'), practice: Practice, name: z.string(), role: Role, standing: Standing, idleLockMinutes: z.number(),
    secret: z.object({ present: SecretRule, next: SecretRule }),
  }),
  z.object({ screen: z.literal('console'), practice: Practice, name: z.string(), role: Role, standing: Standing }),
  /** A manager without the practice: the one incident that is kept here. */
  z.object({ screen: z.literal('kept'), practice: Practice, name: z.string(), role: Role, standing: Standing }),
]);
export type AppState = z.infer<typeof AppState>;
export type Screen = AppState['screen'];

/** Which app this is. `demoRuntime`: for trying out only, because its browser engine is no longer maintained; said on every screen. */
export const About = z.object({ version: z.string(), electron: z.string(), demoRuntime: z.boolean() });
export type About = z.infer<typeof About>;

export const method = <A extends z.ZodTuple, R extends z.ZodType>(args: A, reply: R) => ({ args, reply });

/** What is needed before anybody has done anything. */
export const first = {
  methods: { getState: method(z.tuple([]), AppState), about: method(z.tuple([]), About) },
  pushes: { state: AppState },
} as const;
