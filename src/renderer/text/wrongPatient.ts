import { keptTitle } from './common.ts';

/** Words of the screen after someone said that what they were shown is another patient's. */
export const wrongPatient = {
  windowTitle: 'Wrong patient',
  title: 'Wrong patient: the recording has been closed',
  working: 'Erasing the copy and recording what you said…',
  what: 'Picture, sound, captions and transcript were taken off the screen at once. The copy on this computer has been erased, and what you said is on record, with what you had been shown until then.',
  sending: 'A report is on its way to your practice.',
  offline: 'A report goes to your practice as soon as there is a connection.',
  meansTitle: 'What it means for you',
  means: 'You did the right thing. You cannot open this recording again unless your practice puts it right. Please do not look the patient up, and do not write down or pass on what you saw or heard.',
  notesTitle: 'What you wrote about it',
  notes: `Anything that you wrote about it is kept for you, under “${keptTitle}” above your list. What had been sent is with the practice; what had not waits, and goes only if the practice opens the recording for you again.`,
  doTitle: 'What to do',
  doIt: (reference: string) => `Speak to your practice as well, today, so that somebody acts on it. A manager finds it under Flags by your name and the time; quote ${reference} as well. If you pressed it by mistake, tell them that: only they can open it for you again.`,
  doItWithout: 'Speak to your practice as well, today, so that somebody acts on it. A manager finds it under Flags by your name and the time. If you pressed it by mistake, tell them that: only they can open it for you again.',
  failed: 'The recording is closed, but not everything could be done',
  failedMeans: 'It may not be on record, or the copy may still be on this computer. It stays off this screen.',
  failedNext: 'Lock the app and tell your practice at once.',
  back: 'Back to list',
};
