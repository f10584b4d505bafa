/** Words of "This computer": how it stands for the app, in words for whoever sits at it, and a line for the practice's IT. */
import type { Health, HealthItems, HealthState } from '../../preload/health.ts';
import { workOn } from './common.ts';
import { formatBytes } from '../words/bytes.ts';
import { ago, formatSecond, until } from '../words/time.ts';

export const computer = {
  title: 'This computer',
  about: 'What Viewing Room finds on this computer. Nothing here names a patient or a person. If something does not work, show this page to the person who looks after your practice’s computers.',
  back: 'Back',
  loading: 'Looking at this computer…',
  again: 'Look again',
  looked: (at: string) => `Looked at ${formatSecond(at)}.`,
  states: { good: 'Good', attention: 'Needs attention', bad: 'Not working', unknown: 'Not checked' } satisfies Record<HealthState, string>,
  forIt: 'For IT',
  help: 'If you need help',
};

export const bundle = {
  title: 'Support bundle',
  about: 'If whoever supports the app asks for it, give them this: what stands above, which of your practice’s settings are on, and the last lines of the app’s log. It holds no patient, no person, no recording and no address. Nothing is sent by itself: you see all of it first, then copy or save it.',
  show: 'Show support bundle',
  making: 'Putting it together…',
  label: 'All of the support bundle',
  holds: (lines: number) => `This is all of it, with ${lines === 1 ? '1 line' : `${lines} lines`} of the log.`,
  dropped: (lines: number) => `${lines === 1 ? '1 line' : `${lines} lines`} of the log did not look like the app’s own and ${lines === 1 ? 'was' : 'were'} left out.`,
  copy: 'Copy',
  copied: 'Copied. Paste it into your message to support.',
  save: 'Save in Downloads',
  saved: (file: string) => `Saved in your Downloads folder as ${file}.`,
};

/** One thing that was looked at: its name, what it means for whoever works here, and the line for IT. */
export interface HealthWords {
  title: string;
  means: string;
  it: string;
}

/** Ends in a sentence to do something. */
const tellIt = 'Tell the person who looks after your practice’s computers.';

const platforms: Record<Health['system']['platform'], string> = { win32: 'Windows', darwin: 'macOS', linux: 'Linux', other: 'another system' };
const size = (megabytes: number): string => (megabytes === 0 ? 'less than 1 MB' : formatBytes(megabytes * 1_000_000));
const known = <T>(value: T | null, words: (value: T) => string, otherwise = 'not known'): string => (value === null ? otherwise : words(value));
const yes = (value: boolean): string => (value ? 'yes' : 'no');

const keychains: Record<Health['keychain']['is'], { means: string; it: string }> = {
  works: { means: 'The keychain of this computer keeps the keys to your recordings.', it: 'an entry was kept, read and removed' },
  absent: { means: 'The keychain works, but has no key for a store of recordings that is here. That store cannot be opened. If the keychain was reset or replaced, putting the old one back brings it back.', it: 'works; no entry for at least one store in this profile' },
  locked: { means: 'The keychain of this computer is locked, so recordings cannot be opened. Unlock it, usually with the password that you use to log in to this computer.', it: 'locked: an entry could not be kept' },
  denied: { means: `This computer does not let Viewing Room use its keychain, so recordings cannot be opened. Allow it when the computer asks. If it does not ask: ${tellIt.charAt(0).toLowerCase()}${tellIt.slice(1)}`, it: 'access denied' },
  unavailable: { means: `No keychain answers on this computer, so nothing can be opened or set up. ${tellIt}`, it: 'no service answered; on Linux a Secret Service must be installed and running' },
  'no-answer': { means: 'The keychain has not answered yet. Perhaps this computer asks you to unlock it, in a window behind this one.', it: 'no answer within 5 seconds' },
};

function clockOff(ahead: number): string {
  const minutes = Math.round(Math.abs(ahead) / 60);
  const long = minutes < 120 ? `${minutes} minutes` : minutes < 2880 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / 1440)} days`;
  return `${long} ${ahead > 0 ? 'behind' : 'ahead of'}`;
}

const clockSeconds = (ahead: number): string => (ahead === 0 ? 'the same as this computer’s, to the second' : `${Math.abs(ahead)} s ${ahead > 0 ? 'ahead of' : 'behind'} this computer’s`);

function clockMeans({ state, ahead, refused }: Health['clock']): string {
  if (refused) return 'The clock of this computer was set back several times, so recordings stay closed until the practice has been asked. Set the clock right, connect to the practice and sign in.';
  if (state === 'unknown') return 'The clock is held against the practice’s when somebody is signed in.';
  if (state === 'good') return 'The clock of this computer agrees with the practice’s.';
  if (ahead !== null && Math.abs(ahead) > 300) return `The clock of this computer is ${clockOff(ahead)} the practice’s. Set the date and time of this computer right, or let it set them by itself.`;
  return 'The clock of this computer was set back. Your time for working offline goes on all the same. If it happens again, recordings stay closed until the practice has been asked.';
}

const unreachable: Record<NonNullable<Health['practice']['why']>, string> = {
  page: 'Something else answers in place of it, such as a network that wants you to sign in first.',
  proxy: 'The proxy of this network does not let the app through.',
  'proxy-refused': 'The proxy of this network did not take the name and password.',
  certificate: 'What answers could not prove that it is the practice’s system.',
  'certificate-date': 'By the clock of this computer its certificate is not valid.',
};

function practiceMeans({ session, online, lastSync, problem, why, unsent, refused }: Health['practice'], now: number): string {
  const last = lastSync === null ? '' : ` The list was updated ${ago(lastSync, now)}.`;
  const notTaken = refused === null || refused === 0 ? '' : ` It did not take ${workOn(refused)}: your list says which.`;
  const waits = unsent === null || unsent === 0 ? '' : ` It does not have ${workOn(unsent)} yet: that goes by itself.`;
  const rest = `${last}${waits}${notTaken}`;
  if (problem === 'practice-unreachable') return `The practice’s system cannot be reached.${why === null ? '' : ` ${unreachable[why]}`} The app keeps trying by itself.${rest}`;
  if (problem !== null) return `The practice’s system answers, but something is not right: the top of your screen, or the page before this one, says what.${rest}`;
  if (online) return `The practice’s system answers.${rest}`;
  return session ? `The practice has not been asked yet.${rest}` : 'Nobody is signed in, so the practice is not being asked.';
}

function recordMeans({ waiting, setAside, chain }: Health['record']): string {
  if (waiting === null || setAside === null) return 'Nobody’s store is open, so their record of access was not looked at.';
  if (chain === 'broken') return `The last entries of the record of access do not fit together. Do not go on working on this computer. ${tellIt}`;
  const waits = waiting === 0 ? 'The practice has all of it, as far as it could be sent.' : `${waiting === 1 ? '1 entry waits' : `${waiting} entries wait`} to be sent, and ${waiting === 1 ? 'goes' : 'go'} by ${waiting === 1 ? 'itself' : 'themselves'}.`;
  return `What is done here is recorded. ${waits}${setAside > 0 ? ` ${setAside === 1 ? '1 entry was' : `${setAside} entries were`} not taken by the practice’s system: please tell your practice.` : ''}`;
}

function siteMeans({ problem, from }: Health['site']): string {
  if (problem === 'site-file-missing') return `This computer has not been set up for a practice. ${tellIt}`;
  if (problem !== null) return `The practice’s site file has a mistake in it, so nobody can sign in. ${tellIt}`;
  return from === 'none' ? 'No site file has been read yet.' : 'This computer is set up for your practice.';
}

const places: Record<Health['site']['from'], string> = { 'machine-wide': 'the machine-wide site file', named: 'a site file named by --site or VIEWING_ROOM_SITE', none: 'no site file found' };

function diskMeans({ state, free, copies }: Health['disk']): string {
  if (free === null) return `The disk does not say how much room it has. ${tellIt}`;
  const room = `The disk has ${size(free)} free, and the copies of recordings take ${size(copies)}.`;
  if (state === 'bad') return `${room} That is too little: nothing can be opened until there is more. Remove files that you do not need.`;
  return state === 'attention' ? `${room} That is little. Remove files that you do not need, or copies of recordings under Storage.` : room;
}

/** Of updates there is a section of their own, which says all of it (text/updates.ts). */
type Words = { [K in Exclude<keyof HealthItems, 'updates'>]: (found: HealthItems[K], now: number) => HealthWords };

export const healthWords: Words = {
  runtime: ({ app, electron, chromium, node, demoOnly }) => ({
    title: 'Viewing Room',
    means: demoOnly ? 'This copy is for trying out only, with invented patients. Do not use it with recordings of real ones.' : `You have version ${app}.`,
    it: `Viewing Room ${app}, Electron ${electron}, Chromium ${chromium}, Node.js ${node}${demoOnly ? '; a runtime that is no longer maintained' : ''}`,
  }),
  system: ({ platform, release, architecture }) => ({ title: 'Operating system', means: `This computer runs ${platforms[platform]}.`, it: `${platforms[platform]}, kernel ${release}, ${architecture}` }),
  site: (found) => ({ title: 'Set up for a practice', means: siteMeans(found), it: `${places[found.from]}; ODS code ${known(found.odsCode, String)}${found.problem === null ? '' : `; ${found.problem}`}${found.field === null ? '' : `, field ${found.field}`}` }),
  keychain: ({ is }) => ({ title: 'Keychain', means: keychains[is].means, it: keychains[is].it }),
  disk: (found) => ({
    title: 'Disk', means: diskMeans(found),
    it: `free ${known(found.free, size)}; copies ${size(found.copies)} in ${found.stores} ${found.stores === 1 ? 'store' : 'stores'}, allowed to each person: ${known(found.budget, size)}; reserve for the record held: ${known(found.reserve, yes, 'no store')}`,
  }),
  clock: (found) => ({ title: 'Clock', means: clockMeans(found), it: `the practice’s clock is ${known(found.ahead, clockSeconds)}; set back since the lease began: ${known(found.setBack, String, 'no lease')}; offline use refused for it: ${yes(found.refused)}` }),
  practice: (found, now) => ({
    title: 'Practice', means: practiceMeans(found, now),
    it: [
      `session: ${yes(found.session)}`, `last answer ${known(found.reached, (at) => ago(at, now), 'none since the app was started')}`, `last sync ${known(found.lastSync, (at) => ago(at, now), 'none')}`, `offline use ends ${known(found.leaseEnds, (at) => until(at, now), 'no lease')}`,
      `reviews not sent ${known(found.unsent, String)}, refused ${known(found.refused, String)}`, ...(found.problem === null ? [] : [`${found.problem}${found.why === null ? '' : ` (${found.why})`}`]),
    ].join('; '),
  }),
  record: (found) => ({ title: 'Record of access', means: recordMeans(found), it: `entries waiting ${known(found.waiting, String)}, set aside ${known(found.setAside, String)}; last entries: ${known(found.chain, (chain) => (chain === 'whole' ? 'hashes and signatures fit' : 'do not fit'), 'not checked')}` }),
  log: ({ files, megabytes, works }) => ({
    title: 'Log', means: works ? 'The app keeps a short log for support. It names no patient and no person.' : 'The app cannot write its log, which support may ask for. That keeps you from nothing. Check that the disk is not full or read-only.',
    it: `${files} ${files === 1 ? 'file' : 'files'}, ${formatBytes(megabytes * 1_000_000)}; last line kept: ${yes(works)}`,
  }),
};
