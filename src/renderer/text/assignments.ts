/** Words of assignments and stops. */
import type { StopTarget } from '../../preload/console.ts';

export const assignments = {
  title: 'Assignments and stops',
  heading: 'Assignments',
  none: { title: 'No assignments', body: 'None fits what you chose.' },
  loading: 'Loading the assignments…',
  who: 'Assigned to', anyone: 'Anyone',
  count: (count: number) => (count === 1 ? '1 assignment' : `${count} assignments`),
  columns: { owner: 'Assigned to', recording: 'Recording', patient: 'Patient', why: 'Why', period: 'From and until', status: 'Status', actions: 'Actions' },
  /** Task.status in words; a code that is not known is shown as it is. */
  status: (code: string): string => ({ draft: 'Not finished: cancel it, and assign anew', requested: 'Not started', received: 'Not started', accepted: 'Not started', 'in-progress': 'Started', completed: 'Reviewed', cancelled: 'Cancelled', rejected: 'Rejected', ready: 'Not started', 'entered-in-error': 'Entered by mistake', failed: 'Failed' })[code] ?? code,
  open: 'No end',
  offline: 'Offline allowed', online: 'Online only',
  extend: 'Extend', cancel: 'Cancel',
  which: (title: string, who: string) => ` the assignment of ${title} to ${who}`,
  add: 'Assign a recording',
  done: { assign: 'The recording is assigned.', extend: 'The assignment is extended.', cancel: 'The assignment is cancelled. Open copies close when their computers next connect.' },
};

export const assigning = {
  title: 'Assign a recording',
  body: 'A review by a colleague is signed with this console’s key. The clinician’s app still checks everything else before it opens the recording.',
  recording: 'Recording',
  owner: 'Clinician', choose: 'Choose',
  purpose: 'Why', purposes: ['HQUALIMP', 'TRAIN', 'TREAT'],
  from: 'From', until: 'Until, that day included',
  offline: 'May be kept on the clinician’s computer and reviewed offline',
  reason: 'Reason', reasonHint: 'Kept on the record.',
  yes: 'Assign',
  errors: { recording: 'Choose a recording', owner: 'Choose a clinician', dates: 'Give a first and a last day, in that order', reason: 'Give a reason' },
};

export const extending = { title: 'Extend this assignment', until: 'Until, that day included', yes: 'Extend', error: 'Give a day' };
export const cancelling = { title: 'Cancel this assignment?', body: 'The clinician can no longer open the recording, and a copy on their computer is erased when it next connects.', yes: 'Cancel assignment', keep: 'Keep it' };

export const key = {
  title: 'From this computer only a clinician’s own consultations can be assigned to them yet',
  body: 'Stops and incidents work as ever. A review by a colleague has to be signed with a key that the practice’s settings trust, and they do not have this computer’s yet. Send the key below to whoever looks after those settings. It is no secret.',
  label: 'Public key of this console',
};

/** Codes: what is recorded and sent holds no free text, which could name a patient. */
export const reasons = {
  stop: { 'wrong-patient': 'It shows another patient', 'consent-withdrawn': 'The patient has withdrawn consent', 'patient-asked': 'The patient asked for it', safeguarding: 'Safeguarding', incident: 'An incident is being looked into', other: 'Another reason' },
  lift: { 'put-right': 'What was wrong has been put right', 'in-error': 'It was stopped by mistake', other: 'Another reason' },
  cancel: { 'consent-withdrawn': 'The patient has withdrawn consent', 'no-longer-needed': 'The review is not needed any more', 'in-error': 'It was assigned by mistake', other: 'Another reason' },
  extend: { 'more-time': 'More time is needed', other: 'Another reason' },
} as const;
/** One code says another thing of another act. Of a stop that another system wrote it may be any code. */
export const reasonWords = (of: keyof typeof reasons, code: string): string => (Object.hasOwn(reasons[of], code) ? (reasons[of] as Record<string, string>)[code] : undefined) ?? code;

export const reasonField = { label: 'Reason', hint: 'Kept on the record, and sent to the practice’s system. Name no patient.', error: 'Give a reason', missing: (label: string) => `Fill in: ${label}`, choose: 'Choose a reason' };

export const stops = {
  heading: 'Stops',
  about: 'What is stopped closes on every computer that is connected within about a minute, on others when they next connect, and cannot be opened there until it is lifted. Lifting needs two people.',
  none: 'Nothing is stopped.',
  loading: 'Loading the stops…',
  columns: { target: 'What', at: 'Since', reason: 'Why', state: 'State', actions: 'Actions' },
  all: 'Every recording of the practice',
  standing: 'Stopped', lifted: 'Lifted',
  proposed: (who: string) => `${who} proposed to lift it: another person has to agree.`,
  own: 'You proposed it. Another person has to agree.',
  stop: 'Stop recordings…',
  kinds: { recording: 'Recording', patient: 'Patient', all: 'Everything' } satisfies Record<StopTarget['kind'], string>,
  propose: 'Propose to lift', agree: 'Agree to lift',
  liftWhich: (what: string) => `: ${what}`,
  done: 'Stopped. Every computer that is connected closes within about a minute; others when they next connect.',
  lift: {
    proposed: 'Lifting is proposed. Another person has to agree.', agreed: 'The stop is lifted.',
    title: (what: string) => `Lift the stop of ${what}?`,
    propose: 'You propose it; nothing opens until a second person agrees in their own session.',
    agree: (who: string) => `${who} proposed it. If you agree, the stop ends and those to whom recordings are assigned can open them again.`,
  },
  form: {
    title: 'Stop recordings', kind: 'What to stop', kinds: { recording: 'One recording', patient: 'All recordings of a patient', all: 'Every recording of the practice' } satisfies Record<StopTarget['kind'], string>,
    recording: 'Recording', patient: 'Patient', errors: { target: 'Choose what to stop' }, next: 'Continue to the reason',
  },
  confirm: {
    title: (what: string) => `Stop ${what} everywhere?`,
    body: 'Nobody can open it from the moment their computer hears of it; it is closed where it is open, and copies are erased. The practice’s own recording is not touched. Lifting the stop needs two people.',
    all: 'Nobody at the practice can open any recording until two people have lifted the stop. Copies on all computers are erased.',
    yes: 'Stop now',
  },
};
