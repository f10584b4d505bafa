/** Words of the screens before the list: starting, problem, sign in, browser, roles, setting and giving the secret. */
import type { ProblemCode, SecretRule } from '../../preload/contract.ts';
import { recovery, secretName } from './common.ts';

export const starting = { title: 'Starting', body: 'Viewing Room is starting.' };
export const closed = { title: 'Closed', body: 'Nothing is open any more. One moment…' };

export const problem = {
  retry: 'Try again',
  startAgain: 'Start again',
  quit: 'Quit',
  someoneElse: 'Someone else on this computer',
};

/** The question before a start again: what goes and what stays depends on what is damaged. */
export interface StartAgainWords {
  title: string;
  body: string;
  lostLead: string;
  lost: string[];
  kept: string;
  yes: string;
}

export function startAgainWords(code: ProblemCode): StartAgainWords {
  const yes = problem.startAgain;
  const lostLead = 'You will no longer be able to open:';
  switch (code) {
    case 'library-corrupt':
      return {
        title: 'Start again with an empty list?',
        body: 'The app sets the damaged file aside and makes a new one. Your list then comes back from the practice.',
        lostLead, lost: ['your copies of recordings, which you can download again', 'notes, forms and messages that had not yet been sent to the practice, and unfinished text'],
        kept: `The record of what was viewed stays here and is still sent to the practice. ${recovery}`,
        yes,
      };
    case 'vault-elsewhere':
      return {
        title: 'Start again with a new store?',
        body: 'The app sets the store of the other computer aside and makes a new, empty one for you on this computer.',
        lostLead: 'Here you will no longer be able to open:',
        lost: ['its copies of recordings, which you can download again', 'anything in it that was not yet sent: only the computer that it was made on can send that'],
        kept: 'The store on the other computer and the practice’s own recordings are not affected.',
        yes,
      };
    default:
      return {
        title: 'Start again with an empty store?',
        body: `The app sets the ${code === 'keychain-absent' ? 'store that cannot be opened' : 'damaged store'} aside and makes a new, empty one for you on this computer.`,
        lostLead, lost: ['your copies of recordings, which you can download again', 'anything you did here that had not yet been sent to the practice'],
        kept: 'The practice’s own recordings are not affected. The old store is kept, so that your practice can look into it.',
        yes,
      };
  }
}

export const signIn = {
  title: 'Sign in',
  about: (practice: string) => `Review recordings of consultations that ${practice} has assigned to you. You are only ever shown what is yours to review. Managers and second readers sign in here too.`,
  button: 'Sign in with your practice',
  how: 'Your browser opens for the sign-in, then you come back here.',
  peopleTitle: 'Already set up on this computer',
  peopleBody: 'Unlocking also works without a connection.',
  unlockAs: (name: string) => `Unlock as ${name}`,
  unlockKept: (name: string) => `Unlock the incident that ${name} keeps here`,
  /** Whose it is cannot be read. Numbered where there are several. */
  broken: (number: number, count: number) => `A store that cannot be opened${count > 1 ? ` (${number} of ${count})` : ''}`,
  help: 'If you need help',
};

/** A proxy between this network and the practice that asks who is there. */
export const proxy = {
  button: 'Sign in to the proxy',
  title: 'Sign in to this network’s proxy',
  asks: 'The proxy that asks is',
  about: 'The proxy stands between this network and the practice. It is not your practice’s system: give the name and password that you have for this network, and never those of your smartcard or NHS account. They are kept only until you close the app.',
  unknown: 'If you do not know this proxy, cancel, and ask the person who looks after this network.',
  name: 'Name for the proxy',
  password: 'Password for the proxy',
  missing: 'Enter the name that you have for the proxy',
  yes: 'Sign in to the proxy',
};

export const browser = {
  title: 'Finish signing in in your browser',
  opened: 'We opened your browser at the sign-in page of your practice. When you have signed in there, this page moves on by itself.',
  notOpened: 'This computer has no browser the app can open: copy this address into a browser on this computer.',
  elsewhere: 'If no page appeared, copy this address into a browser on this computer.',
  address: 'Sign-in address',
  copy: 'Copy address',
  copied: 'Address copied.',
  cancel: 'Cancel',
  waiting: 'Waiting for you to sign in…',
};

export const chooseRole = {
  title: 'Choose your role',
  hello: (name: string) => `You are signed in as ${name} and have more than one role.`,
  hint: 'You work in one role at a time. To change it, sign out and in again.',
  submit: 'Continue',
  missing: 'Choose the role you want to work in',
  kind: { clinician: 'Reviews recordings', manager: 'Sees who viewed what; plays no recordings', guardian: 'Sees who viewed what, and what the managers did; changes nothing and plays no recordings' },
};

export const noRole = {
  title: 'You have no role that uses this app',
  why: (name: string, practice: string) =>
    `${name}, you signed in correctly, but ${practice} has not given you a role as a clinician or a manager here. Without one no recording or record is shown.`,
  endedTitle: 'Your role has ended',
  ended: (name: string, practice: string) => `${name}, ${practice} says that you no longer have the role in which you signed in. Recordings were assigned to you in that role, so none is shown any more. It may be a slip in a record.`,
  endedConsole: (name: string, practice: string) => `${name}, ${practice} says that you no longer have the role in which you signed in, so its record is no longer shown to you. It may be a slip in a record.`,
  erasedConsole: 'What had been read of the record was deleted from this computer. What you did has been recorded, and goes to the practice.',
  againNever: 'When you have been given one, sign out and sign in again.',
  againConsole: 'When it has been put right, sign out and sign in again.',
  erased: 'Their copies on this computer have been erased; the practice has the originals. What you viewed has been recorded, and goes to the practice.',
  ask: 'Ask for your role to be checked:',
  again: 'When it has been put right, sign out and sign in again: your recordings can then be downloaded again.',
  signOut: 'Sign out',
};

export const setSecret = {
  title: (rule: SecretRule) => `Choose a ${secretName(rule)}`,
  protects: (rule: SecretRule) =>
    `Your ${secretName(rule)} protects the recordings on this computer. You need it each time you come back, and it works without a connection.`,
  who: (name: string) => `You are signed in as ${name}.`,
  policyTitle: (rule: SecretRule) => `Choose a new ${secretName(rule)}`,
  policy: (name: string, rule: SecretRule) =>
    rule.kind === 'passphrase'
      ? `${name}, your practice now asks for a passphrase of at least ${rule.minLength} characters, because several people use this computer with one login. The one you gave does not fit that any more.`
      : `${name}, your practice now asks for a PIN of at least ${rule.minLength} digits. The one you gave does not fit that any more.`,
  untouched: 'Your recordings and what you have done are not touched.',
  hint: (rule: SecretRule) =>
    rule.kind === 'pin'
      ? `At least ${rule.minLength} digits. Not a row such as 123456.`
      : `At least ${rule.minLength} characters. Three or four plain words that do not belong together are good.`,
  label: (rule: SecretRule) => (rule.kind === 'pin' ? 'PIN' : 'Passphrase'),
  repeat: (rule: SecretRule) => `Type the ${secretName(rule)} again`,
  forgottenTitle: 'If you forget it',
  forgotten: (rule: SecretRule) =>
    `Nobody can tell you your ${secretName(rule)} or get round it, not even your practice. After too many wrong tries the copies on this computer, and what you wrote and have not sent, are erased. ` +
    'The practice keeps every recording and what you have sent: you sign in again, choose a new one and download what you need.',
  submit: 'Save and continue',
  faults: {
    empty: (rule: SecretRule) => `Enter a ${secretName(rule)}`,
    'not-digits': () => 'Use digits only in the PIN',
    'too-short': (rule: SecretRule) => `Use at least ${rule.minLength} ${rule.kind === 'pin' ? 'digits' : 'characters'}`,
    simple: (rule: SecretRule) => `Choose a ${secretName(rule)} that is not a row or one ${rule.kind === 'pin' ? 'digit' : 'character'} repeated`,
    'repeat-empty': (rule: SecretRule) => `Type the ${secretName(rule)} again`,
    different: (rule: SecretRule) => `The second ${secretName(rule)} differs from the first`,
    same: (rule: SecretRule) => `Choose a ${secretName(rule)} that is not the one you have now`,
  },
};

export const changeSecret = {
  title: (present: SecretRule) => `Change ${secretName(present)}`,
  about: (next: SecretRule) => `From then on only the new ${secretName(next)} opens your recordings on this computer. The recordings are not touched.`,
  present: (present: SecretRule) => `Current ${secretName(present)}`,
  label: (next: SecretRule) => `New ${secretName(next)}`,
  repeat: (next: SecretRule) => `Type the new ${secretName(next)} again`,
  missing: (present: SecretRule) => `Enter your current ${secretName(present)}`,
  submit: (present: SecretRule) => `Change ${secretName(present)}`,
  done: (present: SecretRule) => `Your ${secretName(present)} has been changed`,
  doneBody: 'Your recordings were not touched.',
};

/** Erasing what only a forgotten secret opens: first what goes, then what stays. */
export const forgotten = {
  title: (rule: SecretRule) => `Forgotten ${secretName(rule)}`,
  /** Named, because another person's computer may be in front of whoever presses the button. */
  heading: (rule: SecretRule, name: string) => `Forgotten ${secretName(rule)}: ${name}`,
  lostTitle: 'What you would lose',
  lost: (recordings: number, size: string) => [
    recordings === 0 ? 'No recordings: there are no copies on this computer'
    : recordings === 1 ? `The copy of 1 recording on this computer (${size})`
    : `The copies of ${recordings} recordings on this computer (${size})`,
    'Notes, forms and messages that have not been sent yet, and unfinished text',
  ],
  why: (rule: SecretRule) => `Only your ${secretName(rule)} opens these. Nobody can tell you what it is or get round it, not even your practice. Nothing has been erased yet.`,
  keptTitle: 'What stays',
  kept: (unsent: number) => [
    'Every recording: the practice has the originals, and you can download them again',
    `Notes, forms and messages that have been sent: the practice has them. ${recovery}`,
    unsent === 0 ? 'The record of what you viewed, which the practice has'
    : `The record of what you viewed: ${unsent === 1 ? '1 entry waits' : `${unsent} entries wait`} to be sent, and still ${unsent === 1 ? 'goes' : 'go'} to the practice`,
  ],
  network: 'You need a connection to the practice to sign in again. Until you have signed in you cannot review anything here.',
  erase: (rule: SecretRule) => `Erase my copies and choose a new ${secretName(rule)}`,
  remembered: 'Back: I remember it',
  confirm: {
    title: (name: string) => `Erase the copies of ${name} on this computer?`,
    body: (recordings: number, size: string) => `${recordings === 0 ? 'What is kept under it here is' : `The copies of ${recordings === 1 ? '1 recording' : `${recordings} recordings`} (${size}) are`} erased now. This cannot be undone.`,
    after: (rule: SecretRule) => `You then sign in with your practice and choose a new ${secretName(rule)}.`,
    yes: 'Erase',
  },
};

export const secretField = {
  show: 'Show',
  hide: 'Hide',
  showWhat: (label: string) => `Show ${label}`,
  hideWhat: (label: string) => `Hide ${label}`,
};

export const unlock = {
  kept: 'This opens the one incident that is kept on this computer. For everything else, sign in.',
  title: (name: string) => `Unlock as ${name}`,
  label: (rule: SecretRule) => `Your ${secretName(rule)}`,
  button: 'Unlock',
  missing: (rule: SecretRule) => `Enter your ${secretName(rule)}`,
  wrong: (rule: SecretRule) => `That ${secretName(rule)} is not right`,
  offline: 'This works without a connection. If the practice can be reached, your list is then brought up to date.',
  wait: (time: string) => `You can try again in ${time}.`,
  waitOver: 'You can try again now.',
  forgotten: (rule: SecretRule) => `I have forgotten my ${secretName(rule)}`,
  others: 'Not you?',
  someoneElse: 'Sign in as someone else',
};

export const idle = {
  title: 'Are you still there?',
  body: (time: string) => `The app locks in ${time}, because nothing has been touched for a while. A recording that is playing will be closed.`,
  stay: 'Stay',
};
