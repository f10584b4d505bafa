import type { Problem, ProblemCode } from '../../preload/contract.ts';
import { keptTitle, recovery } from './common.ts';
import { formatBytes } from '../words/bytes.ts';
import { countdown, formatMoment } from '../words/time.ts';

/** A problem in the person's words: what happened, what it means for them, what they can do. */
export interface ProblemWords {
  what: string;
  means: string;
  next: string;
}

type Detail = NonNullable<Problem['detail']>;

const text = (detail: Detail, key: string): string | undefined => {
  const value = detail[key];
  return value === undefined || value === '' ? undefined : String(value);
};
const size = (detail: Detail, key: string): string | undefined => {
  const value = detail[key];
  return typeof value === 'number' ? formatBytes(value) : undefined;
};

const noPatient = 'No recording can be opened until this is put right.';
const tellIt = 'Ask the person who looks after your practice’s computers.';

const untilClosed = 'as long as this recording is open';
/** What is not kept of a review, by what it was. */
const unsaved: Record<string, string> = {
  note: `Your note is not saved. It stays where you typed it for ${untilClosed}.`,
  message: `Your message is not saved and goes to nobody. It stays where you typed it for ${untilClosed}.`,
  form: `Your last answers are not saved. They stay where you gave them for ${untilClosed}.`,
  release: 'The form is not released. It is kept as your draft – nobody else sees it until you release it.',
  step: 'The review stands where it did before, and the practice is told nothing.',
  change: 'Nothing was changed.',
};
const unsavedOf = (detail: Detail): string | undefined => unsaved[text(detail, 'of') ?? ''];

const unreached = 'The practice’s system cannot be reached';
const keepsTrying = 'The app keeps trying by itself.';
const askAgain = 'Check this computer’s connection and try again. If web pages open here, the practice’s system may be away, or the address of the practice that was set up on this computer may be wrong: tell the person who looks after your practice’s computers.';

/** What it means, and what to do where nothing more is known of why: in a console, at the sign-in of a computer that somebody has a store on or nobody yet, and everywhere else. */
const away: Record<'console' | 'sign-in' | 'first-sign-in' | 'usual', { means: string; next: string }> = {
  console: {
    means: 'You can go on searching what has been read of the record, but nothing new is read, names may be missing, and nothing can be stopped, lifted, assigned or enrolled from here. Stops that stand go on standing.',
    next: `Check this computer’s connection. If something must be stopped now, sign in on another computer, or telephone whoever looks after the practice’s system. ${keepsTrying}`,
  },
  'sign-in': {
    means: 'You cannot sign in just now. If you are already set up on this computer, you can unlock without a connection.',
    next: askAgain,
  },
  'first-sign-in': {
    means: 'You cannot sign in just now. No recordings that could be reviewed offline are on this computer: the first sign-in needs a connection.',
    next: askAgain,
  },
  usual: {
    means: 'You cannot sign in, update your list or download recordings just now. Recordings that are ready offline can still be reviewed.',
    next: `Check this computer’s connection. If that is in order, the fault is at the practice’s end. ${keepsTrying}`,
  },
};
const isPlace = (of: string | undefined): of is keyof typeof away => of !== undefined && Object.hasOwn(away, of);

/** Where it shows why the practice cannot be reached. None of it can be skipped here. */
const inBetween: Record<string, ProblemWords> = {
  page: {
    what: 'Something else answered in place of the practice’s system',
    means: 'It was not taken for an answer: nothing was closed or erased because of it.',
    next: 'This network may want you to sign in first: open any web page in your browser, and do what it asks. If there is nothing of the kind, try another network, or tell the person who looks after your practice’s computers.',
  },
  proxy: {
    what: 'This network’s proxy does not let the app through',
    means: 'It asks who you are, or cannot be reached itself.',
    next: `If you have a name and password for this network’s proxy and are asked for them here, give them. If not: ${tellIt.charAt(0).toLowerCase()}${tellIt.slice(1)} They can let Viewing Room pass the proxy. On another network you may not need it.`,
  },
  'proxy-refused': {
    what: 'The proxy did not take that name and password',
    means: 'They were not kept.',
    next: 'Check them and try again. If you have none for this network, ask the person who looks after it.',
  },
  certificate: {
    what: 'The connection to the practice cannot be trusted',
    means: 'What answered could not prove that it is the practice’s system, so nothing was sent to it.',
    next: 'This network may want you to sign in first: open any web page in your browser, and do what it asks. If this happens at your practice too, tell the person who looks after its computers: this computer may lack the certificate of the authority that your practice uses.',
  },
  'certificate-date': {
    what: 'This computer’s clock is wrong, or the practice’s certificate has run out',
    means: 'By this computer’s clock the certificate of the practice’s system is not valid, so nothing was sent to it.',
    next: 'Check the date and time of this computer, and set them right. If they are right, tell your practice: its certificate has to be renewed.',
  },
};

const mayBeElsewhere = 'The address of the practice that was set up on this computer may also be wrong.';

/** Who signs in has to ask again themselves; and perhaps the practice was never found where the site file says that it is. */
function after(place: keyof typeof away, why: string): string {
  if (why === 'proxy-refused') return '';
  if (place === 'usual' || place === 'console') return keepsTrying;
  return why === 'page' || why === 'certificate' ? mayBeElsewhere : '';
}

const words: Record<ProblemCode, (detail: Detail) => ProblemWords> = {
  'site-file-missing': () => ({
    what: 'This computer has not been set up for a practice',
    means: 'Viewing Room needs the practice’s site file, and there is none here. Until it is in place nobody can sign in.',
    next: `${tellIt} They place the site file; then choose Try again.`,
  }),
  'site-file-invalid': (detail) => ({
    what: 'The practice’s site file has a mistake in it',
    means: `${siteFault(text(detail, 'field'), text(detail, 'expected'))} Until it is right nobody can sign in.`,
    next: `${tellIt} Show them this page; when the file is corrected, choose Try again.`,
  }),
  'site-file-changed': () => ({
    what: 'The practice’s settings have changed since you last signed in',
    means: 'Recordings stay closed until the practice confirms that you may still see them. Nothing has been lost.',
    next: 'Connect to the practice and sign in.',
  }),
  'practice-unreachable': (detail) => {
    const of = text(detail, 'of');
    const place = isPlace(of) ? of : 'usual';
    const usual = away[place];
    const why = text(detail, 'why') ?? '';
    const known = inBetween[why];
    if (!known) return { what: unreached, ...usual };
    return { what: known.what, means: `${known.means} ${usual.means}`, next: [known.next, after(place, why)].join(' ').trimEnd() };
  },
  'practice-error': () => ({
    what: 'The practice’s system answered with an error',
    means: 'Your list may be out of date. Nothing you have done has been lost.',
    next: 'Try again in a few minutes. If it goes on, tell your practice.',
  }),
  'practice-unsupported': (detail) => ({
    what: 'The practice’s system does not offer what this app needs',
    means: text(detail, 'missing') ? `Recordings cannot be fetched from it. It lacks: ${text(detail, 'missing') ?? ''}.` : 'Recordings cannot be fetched from it.',
    next: tellIt,
  }),
  'sign-in-refused': () => ({
    what: 'The practice refused the sign-in',
    means: 'You are not signed in and nothing was opened.',
    next: 'Sign in again. If it is refused again, ask your practice whether your account may use Viewing Room.',
  }),
  'sign-in-failed': () => ({
    what: 'The sign-in could not be completed',
    means: 'The answer that came back could not be checked, so it was not accepted. You are not signed in.',
    next: 'Sign in again. If it fails again, tell your practice.',
  }),
  'sign-in-timed-out': () => ({
    what: 'The sign-in took too long',
    means: 'The page in your browser has expired. You are not signed in.',
    next: 'Close that page and sign in again.',
  }),
  'session-expired': () => ({
    what: 'Your sign-in has ended',
    means: 'The practice ends a sign-in after some hours. What you did has been kept.',
    next: 'Sign in again to carry on.',
  }),
  'no-role': () => ({
    what: 'You have no role here that uses this app',
    means: 'Only clinicians and managers of the practice, and the second reader whom its settings name, can use Viewing Room.',
    next: 'Ask your practice to check your roles.',
  }),
  'role-ended': () => ({
    what: 'Your role has ended',
    means: 'The practice says that you no longer have the role in which you signed in. The copies that you had in it have been erased.',
    next: 'Ask your practice to check your roles, then sign in again.',
  }),
  'identity-mismatch': () => ({
    what: 'The practice’s records do not agree on who you are',
    means: 'The sign-in names one person and the practice’s records another, so the app did not go on with it. Nothing of yours was given away or erased.',
    next: 'Sign in again. If this comes back, tell your practice: they can compare your sign-in with your record.',
  }),
  'different-person': (detail) => ({
    what: 'Someone else signed in',
    means: `The browser signed in ${text(detail, 'name') ?? 'another person'}, not the person you were unlocking. Nothing was opened.`,
    next: 'Sign out in the browser, then sign in as yourself.',
  }),
  'wrong-secret': (detail) => ({
    what: 'That PIN or passphrase is not right',
    means: typeof detail.attemptsLeft === 'number' ? attempts(detail.attemptsLeft) : 'Your recordings stay locked.',
    next: 'Check Caps Lock and try again.',
  }),
  'wait-before-retry': (detail) => ({
    what: 'Too many wrong tries in a row',
    means: typeof detail.seconds === 'number' ? `You can try again in ${countdown(detail.seconds)}.` : 'You can try again shortly.',
    next: 'Wait, then try once more.',
  }),
  'too-many-attempts': () => ({
    what: 'Your copies on this computer have been erased',
    means: `There were too many wrong tries. The practice still has every recording, and all that you had sent. Notes, forms and messages that had not been sent, and unfinished text, cannot be opened by you any more. ${recovery}`,
    next: 'Sign in with the practice and choose a new PIN or passphrase. Your recordings can be downloaded again.',
  }),
  'secret-too-weak': () => ({
    what: 'That is too easy to guess',
    means: 'It has not been saved.',
    next: 'Choose another that does not follow a pattern.',
  }),
  'keychain-absent': () => ({
    what: 'The key to your recordings is no longer in this computer’s keychain',
    means: 'Without it the copies on this computer cannot be opened. The practice still has every recording, and nothing here has been changed.',
    next: 'If the keychain was reset or replaced, putting the old one back brings your copies back: then choose Try again. Otherwise choose Start again.',
  }),
  'keychain-locked': () => ({
    what: 'This computer’s keychain is locked',
    means: `The key to your recordings is inside it. Nothing is lost, but ${noPatient.charAt(0).toLowerCase()}${noPatient.slice(1)}`,
    next: 'Unlock the keychain, usually with the password you use to log in to this computer, then choose Try again.',
  }),
  'keychain-denied': () => ({
    what: 'This computer did not let the app use its keychain',
    means: `The key to your recordings is inside it. Nothing is lost, but ${noPatient.charAt(0).toLowerCase()}${noPatient.slice(1)}`,
    next: 'Choose Try again and allow Viewing Room when the computer asks.',
  }),
  'keychain-unavailable': () => ({
    what: 'This computer’s keychain does not answer',
    means: `The key to your recordings belongs in the computer’s keychain, and there is none that answers. ${noPatient}`,
    next: `Close Viewing Room and open it again. If that does not help, log out of this computer and in again. If it goes on, ${tellIt.charAt(0).toLowerCase()}${tellIt.slice(1)} On Linux a keyring service (Secret Service) must be installed and running.`,
  }),
  'vault-corrupt': () => ({
    what: 'The store of recordings on this computer is damaged',
    means: 'It cannot be opened safely, and what you did here that was not yet sent to the practice is inside it. The practice still has every recording. The damaged store has been left as it is.',
    next: 'Tell your practice first: they may want to keep the damaged store. You can then start again with an empty one.',
  }),
  'vault-newer': () => ({
    what: 'The store on this computer was made by a newer version of the app',
    means: 'This version cannot read it without damaging it, so it has not touched it.',
    next: 'Install the newer version of Viewing Room.',
  }),
  'library-corrupt': () => ({
    what: 'Part of the store on this computer is damaged',
    means: `The damaged part holds your list, your copies of recordings, and what you wrote; they cannot be opened. The practice has what you had sent. ${recovery} The record of what was viewed is in another part, which is whole, and is still sent to the practice.`,
    next: 'Choose Start again. Your list then comes back from the practice, and you download the copies that you need. The damaged file is set aside, not deleted.',
  }),
  'vault-elsewhere': () => ({
    what: 'This store was made on another computer',
    means: 'It came here with a copied or roaming profile. It is not opened here: if two computers went on with one store, the record of what was viewed would contradict itself. Nothing in it has been changed.',
    next: 'Use it on the computer that it was made on. To work on this one, choose Start again: this store is set aside and you get a new one here.',
  }),
  'rolled-back': () => ({
    what: 'An older copy of the store was put back on this computer',
    means: 'This happens when a backup or a profile is restored. What your practice has withdrawn since then could be missing from it, so every recording is withheld until the practice has been asked.',
    next: 'Connect to the practice; the app then checks by itself. Sign in if it asks you to.',
  }),
  'budget-full': (detail) => {
    const needed = size(detail, 'needed');
    const free = size(detail, 'free');
    return {
      what: 'The space that your practice allows for copies is used up',
      means: needed && free ? `The download needs ${needed} and ${free} of that space is left. It was not downloaded.` : 'It was not downloaded.',
      next: 'Remove copies that you no longer need, under Storage, then download it.',
    };
  },
  'audit-unwritable': (detail) => ({
    what: 'The record of what is viewed cannot be written',
    means: unsavedOf(detail) ?? 'Every viewing must be recorded first, so nothing plays until this is put right.',
    next: 'Check that the disk is not full or read-only, then try again.',
  }),
  'disk-full': (detail) => {
    if (detail.of === 'export') return { what: 'There is not enough room for the export', means: 'Nothing of it was kept in your Downloads folder.', next: 'Make room on the disk, then export it again.' };
    const what = 'There is not enough room on this computer';
    const lost = unsavedOf(detail);
    if (lost !== undefined) return { what, means: lost, next: 'Make room on the disk, then try again before you leave this recording.' };
    const needed = size(detail, 'needed');
    const free = size(detail, 'free');
    return {
      what,
      means: needed && free ? `The download needs ${needed} and ${free} is free. Downloads are paused.` : detail.of === 'download' ? 'Downloads are paused.' : 'What was being done is not saved. What was saved before is still there.',
      next: 'Make room on the disk, or remove copies that you no longer need under Storage. Then try again.',
    };
  },
  'disk-fault': (detail) => detail.of === 'export' ? {
    what: 'The export could not be written to your Downloads folder',
    means: 'The folder may be missing or write-protected, or the disk failing. Nothing of the export was kept.',
    next: `Make sure that you can save files in Downloads and try again. If it goes on, ${tellIt.charAt(0).toLowerCase()}${tellIt.slice(1)}`,
  } : {
    what: 'This computer’s disk did not do what was asked',
    means: `It may be full, write-protected or failing. ${unsavedOf(detail) ?? 'What was being done has stopped; what was saved before is still there.'}`,
    next: `Make sure that there is room on the disk and try again. If it goes on, ${tellIt.charAt(0).toLowerCase()}${tellIt.slice(1)}`,
  },
  'lease-ended': () => ({
    what: 'Your time for working offline has ended',
    means: 'The app must ask the practice again before it opens a recording. Your copies are still here.',
    next: 'Connect to the practice; the app then checks by itself. Sign in if it asks you to.',
  }),
  'clock-set-back': () => ({
    what: 'This computer’s clock has been set back',
    means: 'The app cannot tell how long you have worked offline, so recordings stay closed.',
    next: 'Set the clock right and connect to the practice.',
  }),
  'stop-list-unreadable': () => ({
    what: 'The practice’s list of stopped recordings cannot be read',
    means: 'You can go on for now. What was stopped before stays closed. The app cannot tell what has been stopped since, so the rest stays open only as long as you could work offline.',
    next: 'Please tell your practice. The app keeps trying by itself.',
  }),
  'recording-withheld': (detail) => detail.cause === 'stopped' ? {
    what: 'Your practice has stopped this recording',
    means: `It was closed at once, and the copy on this computer was erased. It is not about anything you did. What you wrote about it is kept, under “${keptTitle}” above your list; what was not sent yet waits until it can be shown to you again.`,
    next: 'Go back to your list: it gives a reference. If you did not expect this, ask your practice.',
  } : detail.cause === 'assignment-withdrawn' ? {
    what: 'This recording is no longer assigned to you',
    means: `The practice has withdrawn it. It was closed, and the copy on this computer was erased. What you wrote about it is kept, under “${keptTitle}” above your list.`,
    next: 'Go back to your list. If you did not expect this, ask your practice.',
  } : detail.cause === 'superseded' ? {
    what: 'This recording has been replaced',
    means: 'The practice sent another version of it. The one on the screen was closed, and its copy was erased.',
    next: 'Go back to your list and open it again.',
  } : {
    what: 'This recording is being withheld',
    means: text(detail, 'sentence') ?? 'The app could not prove that it may be shown to you, so it stays closed.',
    next: text(detail, 'reference') ? `If you expected to see it, quote ${text(detail, 'reference') ?? ''} to your practice.` : 'Your list says why and gives a reference for your practice.',
  },
  'recording-corrupt': () => ({
    what: 'The copy on this computer is damaged',
    means: 'It is not exactly what was sealed here, so it is not played. The practice’s own copy is not affected.',
    next: 'Download it again. If it is damaged again, tell your practice.',
  }),
  'recording-mismatch': () => ({
    what: 'This is not the recording that was signed',
    means: 'What the practice sent differs from what was signed when the consultation was recorded, so it is never played.',
    next: 'Tell your practice. Downloading again will not help unless they put it right.',
  }),
  'recording-not-here': (detail) =>
    detail.reason === 'offline-not-permitted'
      ? {
          what: 'This recording may only be reviewed while connected',
          means: 'Your practice does not allow it to be used offline. Its copy stays closed until the practice can be reached.',
          next: 'Connect to the practice and open it again.',
        }
      : {
          what: 'This recording is not on this computer',
          means: 'It has to be downloaded and checked before it can be played.',
          next: 'Connect to the practice and download it from your list.',
        },
  'recording-undecodable': () => ({
    what: 'This recording cannot be played',
    means: 'The file is whole, but this app cannot read its picture or sound. This has been recorded.',
    next: 'Go back to your list. Your practice can check the original.',
  }),
  'download-interrupted': () => ({
    what: 'The download was interrupted',
    means: 'What has come so far is kept.',
    next: 'It goes on by itself when the practice can be reached, or choose Try again.',
  }),
  'download-stopped': () => ({
    what: 'The download was paused or cancelled',
    means: 'The recording is not on this computer yet.',
    next: 'Choose Resume or Download in your list when you want it.',
  }),
  'act-refused': (detail) => {
    const [said, next] = refusals[text(detail, 'why') ?? ''] ?? ['It does not fit what the practice’s system says now.', 'Look at it again, and then try once more.'];
    // Of an incident main says in sentences what stands against it.
    return { what: 'That was not done', means: `${text(detail, 'against') ?? said} Nothing was changed.`, next };
  },
  'act-unconfirmed': () => ({
    what: 'The practice’s system did not confirm what you did',
    means: 'It may or may not have taken effect. That you asked for it is in the record.',
    next: 'Look whether it is there when the practice’s system answers again. If it is not, do it again.',
  }),
  locked: () => ({
    what: 'The app is locked',
    means: 'Any recording was closed and its viewing recorded.',
    next: 'Unlock it to carry on.',
  }),
  busy: (detail) => (text(detail, 'of') === 'restart' ? {
    what: 'A recording is open',
    means: 'The app does not restart while somebody reviews. Nothing was changed.',
    next: 'Finish with the recording, and press “Restart to update” then.',
  } : {
    what: 'The app is still doing what you asked before',
    means: 'Nothing was changed.',
    next: 'Wait a moment and try again.',
  }),
  'bad-request': () => ({
    what: 'That could not be done',
    means: 'The app did not accept what was asked. Nothing was changed.',
    next: 'Try again. If it goes on, close the app, open it again and tell your practice.',
  }),
  internal: () => ({
    what: 'Something went wrong in the app',
    means: 'It stopped what it was doing. What you had done before has been kept.',
    next: 'Try again. If it goes on, close the app, open it again and tell your practice.',
  }),
};

const again = 'Load it again, look at what it says now, and decide anew.';

/** Why a manager's act was not begun: what it means, what to do. */
const refusals: Record<string, [means: string, next: string]> = {
  'key-unknown': ['A review by a colleague needs a signed assignment, and this computer’s signing key is not in the practice’s site file.', 'Copy the public key from this screen and ask the person who looks after your practice’s computers to add it to the assignment keys.'],
  'key-retired': ['This computer’s signing key is in the practice’s site file as one that does not count any more.', 'Ask the person who looks after your practice’s computers.'],
  'no-identifier': ['The patient’s record has no number by which a stop could find them.', 'Stop each of their recordings instead.'],
  'recording-changed': ['The recording is not what was shown to you any more.', again],
  'patient-unclear': ['The patient’s record lacks a number, a date of birth or a family name, so nobody could check whose recording it is.', 'Ask your practice to complete the patient’s record.'],
  'owner-unclear': ['The practice’s system does not say clearly who the reviewer is.', 'Ask your practice to check that person’s record.'],
  'not-clinician': ['The reviewer has no clinician’s role at this practice now.', 'Choose another reviewer.'],
  period: ['The time for the review is over before it begins, or already over.', 'Choose another time.'],
  purpose: ['That purpose is not one that the practice allows.', 'Choose another purpose.'],
  status: ['The assignment has gone too far for that, or has ended.', again],
  'not-standing': ['It is not stopped any more.', again],
  'dated-ahead': ['The stop is dated later than now, so nothing can lift it yet.', 'Try again when that time has come.'],
  'not-proposed': ['Nobody has proposed to lift it.', 'Propose it; another manager can then confirm it.'],
  'proposed-already': ['You have proposed it already.', 'Ask another manager to sign in and confirm it.'],
  'second-person': ['Lifting a stop takes two managers, and only you have asked for it.', 'Ask another manager to sign in and confirm it.'],
  'list-unreadable': ['The practice’s list cannot be read in full, so what stands is not known.', 'Try again in a few minutes. If it goes on, tell your practice.'],
  'incident-newer': ['Somebody has saved another version of this incident meanwhile.', 'Look at what it says, and save again.'],
  'incident-unfit': ['Something in it does not fit.', 'Put it right in the form, and then try again.'],
  'incident-empty': ['The incident is about no recording and no patient yet.', 'Add them below, and save a version.'],
  'letters-undecided': ['It is not decided, in a saved version, to tell the patients.', 'Choose Yes under “Tell the patients?”, give the reasons and save a version.'],
  'letters-unfilled': ['The letters say what happened, the likely consequences, the measures and the contact, and one of these is empty or has something left to fill in.', 'Complete them below and save a version.'],
  'record-unfinished': ['The practice’s record has not been read to its end, so a letter could be wrong or missing.', 'Wait until the line at the top says that the whole record has been read.'],
  'incident-too-long': ['Its texts are longer together than one entry of the record may be.', 'Shorten them, and keep what is long in a document of your own.'],
  'too-vague': ['So little would fit far too many people.', 'Give at least two letters of a name, a whole NHS number or a whole date of birth.'],
  'key-changed': ['That computer’s record names another key by now than the one that you were shown.', 'Load the list again, find out why, and compare the characters of the new key before you enrol it.'],
  'device-unknown': ['That computer was never enrolled.', again],
};

/** What is wrong with a site file, for the person who has to correct it. */
function siteFault(field: string | undefined, expected: string | undefined): string {
  if (field === undefined) return 'One of its fields is wrong.';
  if (expected === 'no such field') return `It has a field “${field}”, and there is no such field.`;
  const wrong = field === 'the whole file' ? 'The file as a whole is wrong.' : `The field “${field}” is wrong.`;
  // The schema's own messages begin so.
  const wanted = expected?.replace(/^Invalid input: expected /, '').replace(/\.$/, '');
  return wanted === undefined ? wrong : `${wrong} Expected: ${wanted}.`;
}

/** How many wrong tries are left, and what follows the last. */
export function attempts(left: number): string {
  if (left <= 0) return 'No tries are left.';
  return `${left === 1 ? 'This is your last try' : `You have ${left} tries left`}. After that your copies, and what you wrote and have not sent, are erased from this computer; the practice keeps the originals.`;
}

export function problemWords(problem: Problem): ProblemWords {
  const { what, means, next } = words[problem.code](problem.detail ?? {});
  const at = problem.detail?.at;
  const by = problem.detail?.by;
  if (typeof by !== 'string' && typeof at !== 'string') return { what, means, next };
  const who = typeof by === 'string' ? ` by ${by}` : '';
  const when = typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? ` on ${formatMoment(at)}` : '';
  return { what, means: who || when ? `${means} This was done${who}${when}.` : means, next };
}
