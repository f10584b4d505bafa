/** Words of the list of recordings. */
export const header = {
  menu: 'Account',
  lock: 'Lock',
  switchUser: 'Switch user',
  signOut: 'Sign out',
};

export const standing = {
  region: 'Connection',
  online: 'Connected to the practice.',
  syncing: 'Connected to the practice. Checking for changes…',
  offline: 'No connection to the practice.',
  updated: (when: string) => `List updated ${when}.`,
  never: 'The list has not been updated yet.',
  asKept: 'The list is as it was when you were last connected.',
  queued: (count: number) => (count === 1 ? '1 update waits to be sent.' : `${count} updates wait to be sent.`),
  lease: (when: string) => `You can review offline until ${when.replace(/^at /, '')}.`,
  leaseEnded: 'Your time for working offline has ended: connect to open recordings.',
  sync: 'Update now',
  signIn: 'Sign in',
};

export const list = {
  title: 'Your recordings',
  search: 'Search by patient, NHS number or title',
  clear: 'Clear search',
  loading: 'Loading your list…',
  emptyTitle: 'Nothing to review',
  empty: 'No recording is assigned to you at the moment. New ones appear here by themselves.',
  notYours: (count: number) => `The practice’s system also offered ${count === 1 ? '1 assignment that is' : `${count} assignments that are`} not yours. Nothing of ${count === 1 ? 'it' : 'them'} was fetched, and this has been recorded. Tell your practice: its system should not offer ${count === 1 ? 'it' : 'them'} to you.`,
  noneFound: (typed: string) => `No recording matches “${typed}”.`,
  count: (shown: number, all: number) =>
    shown === all ? `${all} recording${all === 1 ? '' : 's'}` : `${shown} of ${all} recordings`,
  columns: {
    patient: 'Patient', consultation: 'Consultation', review: 'Review', due: 'Due', progress: 'Progress', copy: 'On this computer', action: 'Action',
  },
  born: 'Born',
  nhs: 'NHS number',
  noNhs: 'No NHS number',
  noDue: 'No date',
  overdue: 'Overdue',
  own: 'Your own',
  peer: 'Peer review',
  progress: { new: 'Not started', 'in-progress': 'Started', reviewed: 'Reviewed' },
  copy: {
    none: 'Not downloaded',
    queued: 'Waiting to download',
    downloading: 'Downloading',
    sealed: 'Ready offline',
    sealedOnlineOnly: 'Ready',
    failed: 'Download failed',
  },
  download: 'Download',
  tryAgain: 'Try again',
  review: 'Review',
  reviewAgain: 'Review again',
  opening: 'Opening…',
  which: (patient: string, title: string) => ` ${patient}, ${title}`,
  disabled: {
    'not-here': 'Not here: needs a connection',
    'needs-connection': 'Needs a connection',
  },
};

export const withheld = {
  title: 'Withheld',
  /** Beside the count of recordings, where the withheld ones may be out of sight. */
  alsoWithheld: (count: number) => `${count} withheld`,
  body: 'These were assigned to you, but the app could not prove that they may be shown to you. They stay closed and are not downloaded.',
  columns: { reference: 'Reference', reason: 'Reason', since: 'Since', why: 'Explanation' },
  more: (count: number) => (count === 1 ? 'and 1 more reason' : `and ${count} more reasons`),
  why: 'Why?',
  whyFor: (reference: string) => ` About ${reference}`,
  back: 'Back to list',
  heading: (reference: string) => `Recording ${reference} is withheld`,
  reasons: 'Why',
  meansTitle: 'What it means for you',
  means: 'You cannot see or play this recording, and no copy is on this computer. It may be a mistake in a record; it does not mean that you did something wrong.',
  doTitle: 'What you can do',
  doIt: (reference: string) => `If you expected to review it, quote ${reference} to your practice:`,
  check: 'Check again',
  checking: 'Checking…',
  stillWithheld: (when: string) => `Checked ${when}: it is still withheld.`,
  since: (when: string) => `Withheld ${when}.`,
  passed: 'This recording is no longer withheld. It is now in your list, or it is no longer assigned to you.',
  offline: 'The practice cannot be reached, so it cannot be checked again now.',
};
