/** Words for searching and narrowing the list of recordings. */
export const filters = {
  groups: { due: 'Due', progress: 'Progress', copy: 'On this computer', review: 'Kind of review', refused: 'Your work' },
  due: { overdue: 'Overdue', today: 'Due today', week: 'Due within a week' },
  progress: { new: 'Not started', 'in-progress': 'Started', reviewed: 'Reviewed' },
  copy: { here: 'On this computer', 'not-here': 'Not downloaded' },
  review: { own: 'Your own', peer: 'Peer review' },
  refused: 'Not taken by the practice',
  of: (count: number) => `(${count})`,
  clear: 'Clear all',
  sort: 'Sort by',
  sorts: { changed: 'What to do next', due: 'Due date', consulted: 'Newest consultation', patient: 'Patient' },
  checking: (count: number) => `${count} more ${count === 1 ? 'is' : 'are'} being checked…`,
};

export const hits = {
  where: { note: 'In your notes', transcript: 'In the transcript', patient: '', title: '', date: '' },
  at: (position: string) => `at ${position}`,
  sensitive: 'the words are not shown here, because the recording is sensitive',
};

/** Why nothing is left, in the words of what was asked. */
export const nothingLeft = {
  text: (typed: string) => `No recording matches “${typed}”.`,
  both: (typed: string) => `No recording matches “${typed}” with these filters.`,
  withheld: 'What is withheld is not searched.',
  overdue: 'Nothing is overdue.',
  today: 'Nothing is due today.',
  week: 'Nothing is due within a week.',
  new: 'Nothing is waiting to be started.',
  'in-progress': 'You have started no review that is not finished.',
  reviewed: 'You have reviewed nothing that is still on your list.',
  here: 'No recording has been downloaded to this computer.',
  'not-here': 'Every recording on your list is on this computer.',
  own: 'None of your own consultations is on your list.',
  peer: 'No colleague’s consultation is on your list.',
  refused: 'Nothing on your list was refused by the practice. What you wrote about other recordings is under its own link above the list.',
  several: 'No recording fits all of these filters.',
};
