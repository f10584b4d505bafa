/** Words of the review of one recording. */
export const review = {
  back: 'Back to list',
  windowTitle: 'Review a recording',
  identity: 'Check this is the right patient',
  fields: {
    name: 'Name', born: 'Date of birth', nhs: 'NHS number', when: 'Consultation', clinicians: 'Clinician', cliniciansMany: 'Clinicians',
    purpose: 'Purpose', kind: 'Review',
  },
  to: (from: string, to: string) => `${from} to ${to}`,
  player: 'Player',
  playerHelp: 'Keys work while the player has the focus: choose Help to see them.',
  playButton: 'Play recording',
  soundOnly: 'Sound only',
  captions: 'Captions',
  transcript: 'Transcript',
  transcriptHelp: 'Choose a line to go to it. Up and Down move between lines, Home and End to the first and last.',
  jump: 'Jump to current',
  noTranscript: {
    none: 'The practice has no transcript of this recording.',
    mismatch: 'There is a transcript, but it is not the one that was signed, so it is not shown.',
    unreadable: 'The transcript could not be read.',
  },
  loading: 'Opening the recording…',
  stopped: 'The recording has been closed',
  wrong: {
    button: 'Wrong patient',
    key: 'F9',
    /** Over the picture in full screen, where the button is not. */
    strip: 'Wrong patient? Press F9',
  },
  cannotOpen: 'This recording cannot be opened',
  downloadAgain: 'Download again',
  tryAgain: 'Try again',
  kept: 'What you wrote',
};
