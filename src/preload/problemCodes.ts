import { z } from 'zod';

/** What can go wrong, as the person meets it. The words for each are in `src/renderer/text/problems.ts`. */
export const problemCodes = [
  'site-file-missing', 'site-file-invalid', 'site-file-changed',
  'practice-unreachable', 'practice-error', 'practice-unsupported',
  'sign-in-refused', 'sign-in-failed', 'sign-in-timed-out', 'session-expired', 'no-role', 'role-ended', 'identity-mismatch', 'different-person',
  'wrong-secret', 'wait-before-retry', 'too-many-attempts', 'secret-too-weak',
  'keychain-absent', 'keychain-locked', 'keychain-denied', 'keychain-unavailable',
  'vault-corrupt', 'vault-newer', 'library-corrupt', 'vault-elsewhere', 'rolled-back', 'audit-unwritable', 'disk-full', 'disk-fault', 'budget-full', 'lease-ended', 'clock-set-back',
  'stop-list-unreadable', 'recording-withheld', 'recording-corrupt', 'recording-mismatch', 'recording-not-here', 'recording-undecodable', 'download-interrupted', 'download-stopped',
  'act-refused', 'act-unconfirmed',
  'locked', 'busy', 'bad-request', 'internal',
] as const;
export const ProblemCode = z.enum(problemCodes);
export type ProblemCode = z.infer<typeof ProblemCode>;
