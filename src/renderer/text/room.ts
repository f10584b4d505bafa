/** Words of the list of recordings. */
import { keptTitle, workOn } from './common.ts';

export const header = {
  menu: 'Account',
  lock: 'Lock',
  switchUser: 'Switch user',
  signOut: 'Sign out',
};

const waiting = (count: number): string => (count === 1 ? '1 recording waits to be downloaded' : `${count} recordings wait to be downloaded`);

const sentThen = { connected: 'when there is a connection', 'signed-in': 'when you have signed in', possible: 'as soon as that is possible' };

export const standing = {
  region: 'Connection',
  online: 'Connected to the practice.',
  syncing: 'Connected to the practice. Checking for changes…',
  connecting: 'Connecting to the practice…',
  offline: 'No connection to the practice.',
  signedOut: 'Not signed in to the practice.',
  updated: (when: string) => `List updated ${when}.`,
  never: 'The list has not been updated yet.',
  asKept: 'The list is as it was when you were last connected.',
  /** @param reviews in which something waits. @param record what the record that waits is of; null where all of it was sent */
  queued: (reviews: number, record: 'viewed' | 'did' | null, then: keyof typeof sentThen) => {
    const what = [reviews === 0 ? [] : workOn(reviews), record === null ? [] : `the record of what you ${record}`].flat().join(' and ');
    return `${what.charAt(0).toUpperCase()}${what.slice(1)} will be sent ${sentThen[then]}.`;
  },
  refused: (reviews: number) => `The practice did not take ${workOn(reviews)}.`,
  showRefused: 'Show what was not taken',
  setAside: (entries: number) => `The practice’s system did not take part of the record of what was done here (${entries === 1 ? '1 entry' : `${entries} entries`}). It is kept here and goes again from time to time. Please tell your practice.`,
  lease: (when: string) => `You can review offline until ${when.replace(/^at /, '')}.`,
  leaseSoon: (left: string, weekend: 'at' | 'over' | null) => `That is in ${left}${weekend === null ? '' : `, ${weekend} the weekend`}. Connect to the practice before then, if only for a minute: the time then begins anew. Otherwise your recordings stay closed until you do; what you wrote is kept and still goes.`,
  leaseEnded: 'Your time for working offline has ended: connect to open recordings.',
  /** @param due so many of them are due before offline use ends */
  noRoom: (count: number, size: string, due: number) => {
    const said = `${count === 1 ? '1 recording was' : `${count} recordings were`} not downloaded: ${count === 1 ? 'it needs' : 'they need'} ${size} more room.`;
    if (due === 0) return said;
    return `${said} ${due === count ? (count === 1 ? 'It is' : 'All are') : due === 1 ? '1 of them is' : `${due} of them are`} due before your time for working offline ends.`;
  },
  downloadsWait: {
    chosen: (count: number) => `${waiting(count)}, because you chose to download only what you ask for.`,
    metered: (count: number) => `${waiting(count)}, because this computer says that its connection is metered.`,
    'disk-full': (count: number) => `${waiting(count)}, because the disk of this computer is full.`,
  },
  downloadNow: 'Download now',
  noStopList: 'Your practice gives this app no list of stopped recordings. A recording closes when its assignment, the patient’s consent or the recording itself is withdrawn.',
  storage: 'Storage',
  sync: 'Update now',
  signIn: 'Sign in',
};

export const list = {
  title: 'Your recordings',
  search: 'Search patients, dates, titles, notes and transcripts',
  keys: 'Arrow keys go from row to row, Enter opens one, and / goes to the search.',
  loadingRow: 'Loading…',
  clear: 'Clear search',
  storage: 'Storage on this computer',
  toStorage: 'Storage',
  loading: 'Loading your list…',
  empty: {
    never: { title: 'No list yet', body: 'This computer has not had your list from the practice. It appears here by itself once there is a connection and you are signed in.' },
    withheld: { title: 'Nothing to open', body: 'All that is assigned to you is withheld. The reasons follow.' },
    none: { title: 'Nothing to review', body: 'No recording is assigned to you at the moment. New ones appear here by themselves.' },
  },
  notYours: (count: number) => `The practice’s system also offered ${count === 1 ? '1 assignment that is' : `${count} assignments that are`} not yours. You were shown nothing of ${count === 1 ? 'it' : 'them'}, and you did nothing wrong. The app has noted it for the practice; please tell the practice too, because its system should not offer ${count === 1 ? 'it' : 'them'} to you.`,
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
    paused: 'Download paused',
    sealed: 'Ready offline',
    sealedOnlineOnly: 'Ready',
    failed: 'Download failed',
    partly: (percent: number) => `Partly downloaded, ${percent}%`,
    brokenOff: (percent: number) => `Broken off at ${percent}%`,
    goesOn: 'It goes on by itself when there is a connection.',
  },
  download: 'Download',
  now: 'Download now',
  resume: 'Resume',
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
  body: 'These were assigned to you and are closed for safety: the app could not prove that they are yours to see, or was told that they are not. It does not mean that you did anything wrong.',
  columns: { reference: 'Reference', reason: 'Reason', since: 'Since', why: 'Explanation' },
  more: (count: number) => (count === 1 ? 'and 1 more reason' : `and ${count} more reasons`),
  why: 'Why?',
  whyFor: (reference: string) => ` About ${reference}`,
  back: 'Back to list',
  heading: (reference: string) => `Recording ${reference} is withheld`,
  reasons: 'Why',
  meansTitle: 'What it means for you',
  means: 'You cannot see or play this recording, and no copy is on this computer. It may be a mistake in a record; it does not mean that you did something wrong. Whose it is cannot be said while that is in doubt.',
  doTitle: 'What you can do',
  doIt: (reference: string) => `Quote ${reference} to your practice, so that it can be put right:`,
  wrongPatient: {
    means: 'You cannot open this recording again, and its copy was erased from this computer. Your report goes to your practice by itself.',
    doIt: (reference: string) => `If you have not spoken to your practice yet, do so, and quote ${reference}. If you pressed it by mistake, tell them that: only they can open it for you again.`,
  },
  stopped: {
    means: `Nobody can open it, and its copy was erased from this computer. It is not about anything you did. What you wrote about it is kept, under “${keptTitle}” above your list; what was not sent yet waits until it can be shown to you again.`,
    doIt: (reference: string) => `You need do nothing. If you want to know more, quote ${reference} to your practice:`,
  },
  notKept: {
    means: 'You cannot see or play this recording until this computer has kept what your practice said about it. It is not about anything you did: the disk may be full, or failing.',
    doIt: (reference: string) => `Choose “Check again”. If that does not help, ask for room on this computer’s disk, and quote ${reference}:`,
  },
  check: 'Check again',
  checking: 'Checking…',
  stillWithheld: (when: string) => `Checked ${when}: it is still withheld.`,
  since: (when: string) => `Withheld ${when}.`,
  passed: 'This recording is no longer withheld. It is now in your list, or it is no longer assigned to you.',
  offline: 'The practice cannot be reached, so it cannot be checked again now.',
};

/** What is on its way to this computer. */
export const downloads = {
  title: 'Downloads',
  none: 'Nothing is being downloaded, and nothing waits.',
  columns: { patient: 'Patient', consultation: 'Consultation', download: 'Download', action: 'Action' },
  more: (count: number) => `${count} more ${count === 1 ? 'waits' : 'wait'}, and ${count === 1 ? 'comes' : 'come'} in turn, what is due first.`,
  pause: 'Pause',
  cancel: 'Cancel',
  cancelled: 'The download was cancelled. It does not start again unless you ask for it in your list.',
  onlyAsked: 'Download only what I ask for',
  onlyAskedHint: 'For a connection that is limited or paid by use, such as a phone’s hotspot: the app cannot always tell. A recording then comes when you open it or choose Download.',
};

/** The copies on this computer, and making room. */
export const storage = {
  title: 'Storage on this computer',
  copies: 'Copies',
  back: 'Back to list',
  loading: 'Looking at what is on this computer…',
  tryAgain: 'Try again',
  used: (used: string, budget: string) => `Copies of recordings use ${used}. Your practice allows ${budget}.`,
  over: 'That is more than your practice allows: nothing more is downloaded until there is room.',
  free: (free: string) => `The disk has ${free} free for copies.`,
  bar: 'Space used by copies',
  emptyTitle: 'No copies on this computer',
  empty: 'Copies appear here when recordings have been downloaded.',
  unlisted: 'The copies on this computer cannot be listed now, because their recordings are withheld. Your list says why.',
  about: 'Removing a copy erases it from this computer only. The recording stays in your list and with the practice, and you can download it again.',
  suggestion: 'Those marked Suggested are ticked for you: they are reviewed, or have not been needed for longest. You decide.',
  caption: 'Copies on this computer',
  columns: { patient: 'Patient', consultation: 'Consultation', size: 'Size', progress: 'Progress', due: 'Due', opened: 'Last opened' },
  partial: 'Part of a download',
  suggested: 'Suggested',
  kept: 'Kept for offline review',
  never: 'Never',
  selected: (count: number, size: string) => (count === 0 ? 'No copy is ticked.' : `${count} ticked, ${size}.`),
  enough: (waiting: number) => `That makes room for the ${waiting === 1 ? 'recording that waits' : `${waiting} recordings that wait`} to be downloaded.`,
  short: (waiting: number, size: string) => `The ${waiting === 1 ? 'recording that waits' : `${waiting} recordings that wait`} to be downloaded ${waiting === 1 ? 'needs' : 'need'} ${size} more.`,
  remove: (count: number, size: string) => (count === 0 ? 'Remove selected' : `Remove selected (${count}, ${size})`),
  removing: 'Removing…',
  confirm: {
    title: (count: number) => (count === 1 ? 'Remove 1 copy from this computer?' : `Remove ${count} copies from this computer?`),
    body: (size: string) => `${size} is erased here. The practice keeps every recording, and you can download it again while connected.`,
    toReview: (count: number, of: number) =>
      `${of === 1 ? 'It is' : count === of ? 'They are' : count === 1 ? '1 of them is' : `${count} of them are`} still to be reviewed: without a connection you could not review ${count === 1 ? 'it' : 'them'}.`,
    offline: 'There is no connection now, so nothing can be downloaded again until there is.',
    yes: (count: number) => (count === 1 ? 'Remove copy' : 'Remove copies'),
  },
  done: (count: number, size: string) => `${count === 1 ? '1 copy was' : `${count} copies were`} removed (${size}).`,
};
