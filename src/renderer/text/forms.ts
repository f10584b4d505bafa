/** Words of the forms of a review: grading, citing, releasing, and what is taken away for a portfolio. */
import type { WorkState } from '../../preload/review.ts';
import type { DraftState } from '../review/DraftKeeper.ts';

const and = (names: readonly string[]): string => (names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`);

export const forms = {
  title: 'Forms',
  wide: 'Wide',
  choose: 'Choose a form',
  label: 'Form',
  option: { draft: (title: string) => `${title} (draft)`, released: (title: string) => `${title} (released)` },
  none: 'No forms have come from your practice yet. They come with the next sync.',
  /** By canonical, without a version. */
  about: {
    'https://viewing-room.example/fhir/Questionnaire/cot': 'The COT is not pass or fail. Grade what you saw and heard; where there was no occasion for something, that is insufficient evidence.',
    'https://viewing-room.example/fhir/Questionnaire/sca': 'SCA-style: the domains and grades are those of the exam, but this is not the exam. The exam itself uses simulated patients.',
  } as Readonly<Record<string, string>>,
  unshown: (titles: readonly string[]) => (titles.length === 1
    ? `Your practice has a form that this version cannot show: ${titles[0] ?? ''}.`
    : `Your practice has ${titles.length} forms that this version cannot show: ${and(titles)}.`),
  leftOut: (count: number) => `There is more by others than is shown here: ${count === 1 ? '1 older response, note or message is' : `${count.toLocaleString('en-GB')} older responses, notes and messages are`} at your practice.`,
  unshownSheet: 'It is on a form that this version cannot show. Ask whoever wrote it, or look at it at your practice.',
  graded: (done: number, all: number) => `${done} of ${all} graded`,
  answered: (done: number, all: number) => `${done} of ${all} written`,
  required: 'must be answered',
  clear: 'Clear grade',
  clearOf: (question: string) => `Clear grade: ${question}`,
  notGraded: 'Not graded',
  nothingWritten: 'Nothing written',
  cites: {
    label: (question: string) => `Notes for: ${question}`,
    open: (count: number) => (count === 0 ? 'Cite a note' : `Cite notes (${count})`),
    close: 'Close notes',
    none: 'You have no notes on this recording yet. Write one under Notes, and it can be cited here.',
    /** Holds what is seen of it, word for word. */
    go: (time: string, words: string) => `Go to ${time} ${words}`,
  },
  states: { keeping: 'Saving…', failed: 'Not saved. Trying again.', untouched: 'What you enter is saved as you go.' } satisfies Partial<Record<DraftState, string>> & { untouched: string },
  /** Where a draft has got to: the practice stores it, and shows it to nobody else. */
  drafts: { here: 'Saved here, not sent yet', sent: 'Kept as your draft', refused: 'Not taken by the practice' } satisfies Record<WorkState, string>,
  draftNote: 'Nobody else sees your draft until you release it.',
  rejected: 'You declined this review, so there is nothing to fill in.',
  over: 'This review is finished. A form that you had begun can still be released; no new one is begun.',
  release: {
    button: 'Release feedback',
    missing: (count: number) => (count === 1 ? 'One question must be answered first.' : `${count} questions must be answered first.`),
    empty: 'Nothing is filled in yet.',
    title: (form: string) => `Release “${form}”?`,
    who: (others: readonly string[], clinicians: readonly string[]) => {
      const named = [...new Set([...others, ...clinicians])];
      return named.length === 0 ? 'Whoever your practice assigns this recording to, or was in the consultation, will see it.' : `${and(named)} will see it, and so will anyone else whom your practice assigns this recording to.`;
    },
    what: 'They see your grades, what you wrote here, and all your notes on this recording, also those that you write later.',
    final: 'After that it cannot be changed or taken back.',
    yes: 'Release',
    done: (form: string) => `“${form}” has been released. It reaches the practice as soon as there is a connection.`,
  },
  sheet: {
    own: 'Yours',
    by: (author: string, when: string) => `From ${author}, released ${when}`,
    released: (when: string) => `Released ${when}. It cannot be changed any more.`,
    reply: 'You can reply under Messages.',
  },
  othersTitle: 'Feedback from others',
  portfolio: {
    button: 'Save a summary for your portfolio',
    title: 'Save a summary for your portfolio',
    about: 'A PDF with your reflection, grades and feedback, your notes with their times, and how much you watched. It goes to your Downloads folder and is not protected there.',
    reflection: 'Your reflection',
    patient: 'Put in who the patient is, when they were seen and what it was about',
    warning: 'The app leaves out who the patient is, but it cannot know what was typed. Notes, feedback and your reflection may name somebody: read the file before you share it.',
    named: 'The file will name the patient. Only save it if your portfolio may hold that.',
    yes: 'Save the PDF',
    done: (file: string) => `Saved as ${file} in your Downloads folder. It is on record that you saved it.`,
  },
};
