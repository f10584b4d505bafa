/** Words of what a person makes of a recording: notes, forms, messages, finishing. */
import type { Conflict, NoteCategory, NoteKind, RejectReason, ReviewStatus, WorkState } from '../../preload/review.ts';
import type { DraftState } from '../review/DraftKeeper.ts';
import { keptTitle } from './common.ts';

const states: Record<WorkState, string> = { here: 'Saved here, not sent yet', sent: 'Sent to the practice', refused: 'Not taken by the practice' };
const categories: Record<NoteCategory, string> = { general: 'General', strength: 'Strength', development: 'To develop', question: 'Question', safety: 'Safety', learning: 'Learning point' };
const kinds: Record<NoteKind, string> = { point: 'Point', range: 'Stretch', mask: 'Masked for teaching' };
const draftStates: Record<DraftState, string> = { kept: 'Draft kept on this computer.', keeping: 'Keeping your draft…', failed: 'Your draft is not kept yet. The app goes on trying: do not close this recording.' };
const count = (number: number, one: string, many: string): string => (number === 1 ? `1 ${one}` : `${number} ${many}`);
/** "Ada, Ben and Cara" */
const all = (names: readonly string[]): string => (names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`);

export const reviewWork = {
  tabs: 'Beside the player',
  places: { transcript: 'Transcript', notes: 'Notes', forms: 'Forms', messages: 'Messages', finish: 'Finish' },
  states,
  at: (position: string) => `At ${position}`,
  stretch: (from: string, until: string) => `From ${from} to ${until}`,
  drafts: draftStates,
};

export const notes = {
  title: 'Notes',
  listTitle: 'Notes, in the order of the recording',
  none: 'No notes yet. Press N in the player, or type above: the recording pauses, and the note keeps its place.',
  categories,
  kinds,
  goTo: (where: string) => `Go to ${where}`,
  mine: 'You',
  edit: 'Change',
  remove: 'Remove',
  which: (where: string) => ` the note ${where}`,
  fixed: 'This review is finished, so its notes stay as they are.',
  fixedByForm: 'A form that you released cites this note, so it stays as it is.',
  removed: 'The note was removed.',
  removedMask: 'The mask was removed.',
  undo: 'Undo',
  restored: 'The note is back.',
  newTitle: 'New note',
  editTitle: 'Change a note',
  label: (where: string) => `Note, ${where}`,
  unplaced: 'where you begin to type',
  help: 'Ctrl and Enter saves, Esc keeps the draft. In the player I sets from, and O sets to: a stretch for a note, or to mask it.',
  category: 'Kind of note',
  moveHere: (position: string) => `Move to ${position}`,
  toPoint: 'Make it a point',
  save: 'Save note',
  saveChange: 'Save changes',
  mask: (from: string, until: string) => `Mask ${from} to ${until} for teaching`,
  masked: (from: string, until: string) => `${from} to ${until} is masked when you show this to a group.`,
  discard: 'Discard draft',
  leave: 'Leave as it was',
  saved: 'Note saved.',
  empty: 'Write something first.',
};

/** Said in the questions before a step that cannot be taken back. */
export const whose = {
  born: (day: string) => `born ${day}`,
  watched: (percent: number, medium: 'video' | 'audio') => {
    const done = medium === 'video' ? 'watched' : 'listened to';
    return percent === 100 ? `You have ${done} all of this recording.` : percent === 0 ? `You have ${done} less than 1 % of this recording.` : `You have ${done} ${percent} % of this recording.`;
  },
};

export const group = {
  title: 'Group teaching',
  about: 'While it is on, picture, sound and words of what is masked are hidden, and so are the patient’s details and your notes, forms and messages until you show them. The file itself is not changed. Who else is in the room goes into your review; how many, and when, into the record of access.',
  /** The app has looked at the consent for the purpose of this review, and at no other. */
  consent: (purpose: string, name: string) => (purpose === 'TRAIN'
    ? 'This recording was assigned to you for training, and the app has checked that the consent your practice asks for covers that. It may still limit who can be there.'
    : `This recording was assigned to you for ${name.toLowerCase()}, not for teaching. Showing it to others needs the patient’s consent for teaching: check that they gave it before you begin.`),
  consentOn: (purpose: string, name: string) => (purpose === 'TRAIN' ? 'Assigned to you for training.' : `Assigned to you for ${name.toLowerCase()}: teaching needs the patient’s consent for teaching.`),
  patient: { hidden: 'Patient details are hidden while others are in the room.', show: 'Show patient details', hide: 'Hide patient details' },
  covered: {
    notes: { hidden: 'Notes are hidden while others are in the room. You can still write one.', show: 'Show notes', hide: 'Hide notes' },
    forms: { hidden: 'Forms are hidden while others are in the room.', show: 'Show forms', hide: 'Hide forms' },
    messages: { hidden: 'Messages are hidden while others are in the room.', show: 'Show messages', hide: 'Hide messages' },
  },
  masks: (number: number) => (number === 0 ? 'Nothing is masked.' : `${count(number, 'stretch is', 'stretches are')} masked.`),
  who: 'Who else is in the room?',
  whoHint: 'One name a line.',
  nobody: 'Say who is in the room, or do not use group teaching.',
  tooMany: 'At most 50 names, of at most 200 letters each.',
  start: 'Start group teaching',
  stop: 'End group teaching',
  on: (names: readonly string[]) => `Group teaching is on. In the room: ${all(names)}.`,
  maskedLine: 'Masked',
};

export const thread = {
  title: 'Messages',
  to: (names: readonly string[]) => `To ${all(names)}`,
  none: 'No messages yet.',
  nobody: 'There is nobody to write to. Messages about a recording go only between people who are assigned to it or were in the consultation, and as far as this computer knows that is only you. When somebody else sends you a message or releases a review of it, you can answer here.',
  label: 'Your message',
  link: (position: string) => `About ${position}, where the recording is`,
  linked: (position: string) => `About ${position}`,
  goTo: (position: string) => `About ${position}: go there`,
  send: 'Send message',
  help: 'Ctrl and Enter sends. What is sent cannot be changed.',
  sent: 'Message kept here. It goes to the practice by itself.',
  empty: 'Write something first.',
  mine: 'You',
};

const conflicts: Record<Conflict['kind'], { what: string; means: string }> = {
  withdrawn: { what: 'This recording was withdrawn from you', means: 'The practice took it back before it had everything that you did. Nothing was written over, and what you wrote is kept here for you.' },
  reassigned: { what: 'This recording is now somebody else’s', means: 'The practice gave it to another person before it had everything that you did. Nothing was written over, and what you wrote is kept here for you.' },
  'completed-elsewhere': { what: 'This review was already finished', means: 'It was finished from another computer, or by your practice, before your own step arrived, so your step was not used. What you wrote is kept here, and what the practice does not have of it is marked so.' },
  'changed-elsewhere': { what: 'This review was changed meanwhile', means: 'Your practice has it in another state than you left it in, so your own step was not used: look at it, and finish again if you still want to. What you wrote is kept.' },
  refused: { what: 'The practice did not take your last step', means: 'Its system refused it. The review stands as it did before, and what you wrote is kept. Try once more; if it is refused again, tell your practice.' },
};
export const conflict = {
  words: conflicts,
  when: (when: string, who: string | null) => (who === null ? `The app learnt of it ${when}.` : `It was done by ${who}; the app learnt of it ${when}.`),
};

const statuses: Record<ReviewStatus, { what: string; means: string }> = {
  requested: { what: 'Not started', means: 'You have been asked to review this recording.' },
  accepted: { what: 'Accepted', means: 'You said that you will review it. Your first note or answer starts it.' },
  'in-progress': { what: 'Started', means: 'Your notes and drafts are kept as you write.' },
  completed: { what: 'Finished', means: 'Your notes and released forms stay as they are. You can go on reading them here for as long as your practice allows.' },
  rejected: { what: 'Declined', means: 'You will not review this recording.' },
};
const stepStates: Record<WorkState, string> = { here: 'The practice has not been told yet. It goes by itself as soon as there is a connection.', sent: 'The practice knows.', refused: 'The practice did not take it.' };
const rejectReasons: Record<RejectReason, string> = {
  'conflict-of-interest': 'I know this patient or colleague too well', 'not-mine': 'It should be somebody else’s to review', 'no-time': 'I have no time for it', 'wrong-patient': 'The patient or the recording is wrong', 'not-clear': 'What was recorded cannot be judged', other: 'Another reason',
};

export const finish = {
  title: 'Where this review stands',
  statuses,
  stepStates,
  waits: 'The practice has not been told yet. First it has to take what you wrote.',
  refused: { what: 'The practice did not take everything that you wrote', means: 'Its system refused it, or did not keep it as you wrote it. What is marked “Not taken by the practice” is kept here, and does not go by itself any more. Send it again; if it is not taken then either, tell your practice.' },
  why: 'What it means',
  sendAgain: 'Send it again',
  sentAgain: 'It is sent again.',
  accept: 'Accept',
  acceptHint: 'Tells the practice that you will do it. You need not: writing starts the review too.',
  complete: 'Finish review…',
  reject: 'Decline…',
  completeTitle: 'Finish this review?',
  sends: 'The practice then has:',
  notesSent: (number: number) => (number === 0 ? 'no notes' : count(number, 'note', 'notes')),
  released: (title: string) => `${title}: released`,
  draft: (title: string) => `${title}: kept as your draft – nobody else sees it until you release it`,
  draftsTitle: 'Drafts',
  draftHelp: 'A draft stays a draft when you finish. Release it now, or later while you can still open this recording.',
  unreleasable: (title: string) => `${title} has questions that must be answered first.`,
  release: 'Release',
  releaseWhich: (title: string) => ` ${title}`,
  unfinished: 'You have unfinished text that is not saved as a note or sent as a message. It is kept here, and does not go to the practice.',
  fixed: 'After that your notes cannot be changed.',
  completeYes: 'Finish review',
  rejectTitle: 'Decline this review?',
  rejectMeans: 'The recording goes from your list, and the practice is told why. What you wrote is kept here.',
  reason: 'Why?',
  choose: 'Choose a reason',
  reasonFault: 'Choose a reason',
  rejectReasons,
  note: 'Anything to add (optional)',
  noteHint: 'The practice reads it. Do not name the patient.',
  rejectYes: 'Decline',
  wrongPatient: 'If another patient’s recording is on your screen now, press F9 instead: that closes it at once.',
  completed: 'Finished. The practice is told as soon as there is a connection.',
  declined: 'You declined a review. The practice is told as soon as there is a connection, and it is off your list.',
};

export const kept = {
  link: (number: number) => `${keptTitle} (${number})`,
  title: keptTitle,
  back: 'Back to list',
  loading: 'Looking for what is kept…',
  tryAgain: 'Try again',
  about: 'These are your own words about recordings that were taken from you, have ended or are withheld. Patients are not named: quote the reference to your practice. Nothing here can be copied out of the app.',
  emptyTitle: 'Nothing is kept',
  empty: 'Nothing that you wrote waits here. Notes for the recordings on your list are with those recordings.',
  heading: (reference: string) => `Recording ${reference}`,
  ended: 'It is not yours to review any more.',
  withheld: 'It is withheld at the moment. Your list says why.',
  last: (when: string) => `Last changed ${when}.`,
  notes: 'Notes',
  forms: 'Forms',
  messages: 'Messages',
  drafts: 'Unfinished',
  unknownForm: 'A form that the practice no longer has',
  held: (number: number) => (number === 1 ? '1 part of it waits. It goes to the practice by itself when the recording can be shown to you again, and can be removed when it has gone.' : `${number} parts of it wait. They go to the practice by themselves when the recording can be shown to you again, and can be removed when they have gone.`),
  waiting: (number: number) => (number === 1 ? '1 part of it waits to be sent. It can be removed when it has gone.' : `${number} parts of it wait to be sent. It can be removed when they have gone.`),
  refused: 'The practice does not take what is marked so, because the recording is not yours any more. If it matters, ask your practice to assign the recording to you again.',
  refusedWithheld: 'The practice did not take what is marked so. If it matters, tell your practice.',
  remove: 'Remove',
  removeWhich: (reference: string) => ` what is kept for ${reference}`,
  confirm: { title: (reference: string) => `Remove your notes for ${reference}?`, body: 'They are erased from this computer. What the practice has of them stays with the practice; what it did not take is gone for good.', yes: 'Remove' },
  removed: (reference: string) => `What was kept for ${reference} was removed.`,
};

export const transcript = {
  search: 'Search the transcript',
  found: (number: number, of: number) => (of === 0 ? 'Not found' : `${number} of ${of}`),
  next: 'Next',
  previous: 'Previous',
  searchHelp: 'Enter goes to the next match, Shift and Enter to the one before.',
  note: (from: string, until: string) => `Note on ${from} to ${until}`,
  selectHelp: 'Choose a line to go to it. Up and Down move between lines, Home and End to the first and last; with Shift they choose several lines for a note.',
};
