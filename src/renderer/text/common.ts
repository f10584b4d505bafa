import type { Problem, SecretRule, SensitiveKind } from '../../preload/contract.ts';

export const app = { name: 'Viewing Room', waiting: 'One moment…', demoRuntime: (version: string) => `For trying out only, with invented patients: this copy runs on Electron ${version}, which is no longer maintained.` };

/** Where a screen could not be drawn at all. */
export const fault = {
  title: 'This page could not be shown',
  means: 'Something went wrong in the app. What you had done before has been kept, and no recording is open.',
  next: 'Close Viewing Room and open it again. If this comes back, tell the person who looks after your practice’s computers.',
  support: 'Under This computer is the support bundle, which they may ask for.',
};

export const errorSummary = { title: 'There is a problem' };

export const dates = { dayShape: 'dd/mm/yyyy', clockShape: 'hh:mm', dayFault: 'Give the date as day/month/year, for example 27/11/2026' };

export const dialog = { cancel: 'Cancel' };

/** "PIN" or "passphrase", as the practice's rule has it. */
export const secretName = (rule: SecretRule): string => (rule.kind === 'pin' ? 'PIN' : 'passphrase');

/** What a person wrote or did in so many reviews, as one thing that is sent or not. */
export const workOn = (reviews: number): string => `your work on ${reviews === 1 ? '1 review' : `${reviews} reviews`}`;

/** Purposes of review in words. */
export { purposeName as purposeWords } from '../../preload/words.ts';

export const reviewWords = { own: 'Your own consultation', peer: 'Peer review' } as const;
export const mediumWords = { video: 'Video', audio: 'Sound only' } as const;
export const roleWords = { clinician: 'Clinician', manager: 'Manager', guardian: 'Second reader' } as const;

/** To be read to a manager, who compares it with what their console shows. */
export const recordKey = {
  title: 'Key of your record on this computer',
  body: 'The app signs the record of what you do here with a key that only this computer has. Before a manager vouches for it, they ask you for these characters: read them out, in person or on the telephone. They are no secret, and open nothing.',
};

/** The list of what a person wrote about recordings that they cannot open any more, by its name. */
export const keptTitle = 'Your notes for recordings that are no longer yours';
/** What becomes of what was written and not sent when the store with it is lost. */
export const recovery = 'Where your practice has set up a recovery key, it can open a sealed copy of what was saved and not yet sent.';

export const noNhsNumber = 'None (temporary patient)';
const sensitiveKinds: Record<SensitiveKind, string> = { intimate: 'intimate', child: 'child', safeguarding: 'safeguarding' };
/** "Sensitive", and what makes it so where the practice says. */
export const sensitiveWords = (kinds: readonly SensitiveKind[]): string => (kinds.length === 0 ? 'Sensitive' : `Sensitive: ${kinds.map((kind) => sensitiveKinds[kind]).join(', ')}`);
export const unsigned = {
  heading: 'Not signed',
  body: 'Your practice does not sign its recordings, so the app cannot prove which patient a recording shows. Check the patient against what you see and hear.',
};

/** What someone on the telephone with support needs, and nothing that identifies a patient. */
export const supportDetail = (problem: Problem): string => `Code: ${problem.code}`;
export const support = {
  summary: 'Details for support',
  contact: (name: string, contact: string) => `${name}: ${contact}`,
};
