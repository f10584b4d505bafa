/** Words of updates of the app itself. */
import type { UpdateRefusal } from '../../preload/updates.ts';

const tellIt = 'Tell the person who looks after your practice’s computers.';
const later = 'The app asks again by itself. You can also ask now.';

/** What happened, and what to do. What it means is the same for all: {@link updates.means}. */
const refusals: Record<UpdateRefusal, { what: string; next: string }> = {
  unreachable: { what: 'The place that updates come from did not answer', next: `${later} If it stays so, tell the person who looks after your practice’s computers.` },
  unreadable: { what: 'What the place that updates come from sent is not an update', next: tellIt },
  'key-unknown': { what: 'The update is not signed by anyone whom this app trusts', next: `${tellIt} Do not install an update that you get in another way.` },
  'signature-wrong': { what: 'The update was changed after it was signed', next: `${tellIt} Do not install an update that you get in another way.` },
  expired: { what: 'What the place that updates come from says is out of date', next: `Check the date and time of this computer. If they are right: ${tellIt.charAt(0).toLowerCase()}${tellIt.slice(1)}` },
  'not-yet': { what: 'The update says that it is from the future', next: `Check the date and time of this computer. If they are right: ${tellIt.charAt(0).toLowerCase()}${tellIt.slice(1)}` },
  replayed: { what: 'The place that updates come from offers something older than it did before', next: tellIt },
  'older-version': { what: 'The place that updates come from offers an older version than the one that you have', next: tellIt },
  'no-file': { what: 'There is a new version, but not for the way in which the app was installed here', next: tellIt },
  interrupted: { what: 'The download of the update broke off', next: 'Ask for the update again, and download it again.' },
  'hash-differs': { what: 'The file of the update is not the one that was signed', next: `It was not kept. Ask for the update again, and download it again. If it stays so, tell the person who looks after your practice’s computers.` },
  disk: { what: 'The update could not be written to the disk', next: 'Check that the disk is not full, and try again.' },
  'cannot-apply': { what: 'The new version is here and has been checked, but this copy of the app cannot replace itself', next: 'Ask the person who looks after your practice’s computers to install it.' },
  'not-applied': { what: 'This computer did not install the update', next: `Perhaps it asked for a password and got none. Try again, or tell the person who looks after your practice’s computers.` },
};

export const updates = {
  title: 'Updates of Viewing Room',
  version: (version: string) => `This is version ${version}.`,
  by: {
    it: 'Your practice’s IT installs new versions. The app does not look for any itself.',
    feed: 'The app looks for new versions by itself, never while a recording is open, and installs one only when you say so.',
  },
  askedAt: (ago: string) => `Last asked ${ago}.`,
  unknown: 'It has not been asked yet whether there is a new version.',
  checking: 'Asking whether there is a new version…',
  current: 'This is the newest version for this computer.',
  available: (release: string, size: string) => `Version ${release} is there (${size}).`,
  notes: 'What is new:',
  download: 'Download the update',
  downloading: (release: string) => `Downloading version ${release}`,
  ready: (release: string) => `Version ${release} is downloaded and checked. It is installed when you restart the app; you will have to unlock it again. What you wrote stays.`,
  restart: 'Restart to update',
  checkNow: 'Check now',
  refused: 'No update was installed',
  refusals,
  means: (version: string) => `Nothing was changed, and you can go on working with version ${version}. That it was refused is on record.`,
  release: (release: string) => `It was about version ${release}.`,
  below: (version: string, minimum: string) => `Version ${version} is too old: ${minimum} or later should be used. You can finish and send what you are working on. Please update as soon as you can.`,
  banner: {
    ready: (release: string) => `Version ${release} of Viewing Room is ready: restart to update.`,
    below: 'This version of Viewing Room is too old. Please update as soon as you can.',
    show: 'Show updates',
  },
};
