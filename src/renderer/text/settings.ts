/** Words of what a person chooses for themselves. */
import type { Settings } from '../../preload/settings.ts';

const textSizes: Record<Settings['textSize'], string> = { normal: 'Normal', large: 'Large', largest: 'Largest' };

export const settings = {
  button: 'Settings',
  title: 'Settings',
  about: 'These are yours, and kept with your recordings on this computer. Each change counts at once.',
  back: 'Back to list',
  player: 'Player',
  captions: 'Show captions',
  captionSize: 'Caption size',
  captionBackground: 'Caption background',
  rate: 'Speed',
  pictureSize: 'Picture size',
  pauseOnNote: 'Pause when I write a note',
  keys: 'Keyboard',
  singleKeys: 'Use shortcuts of one letter or sign',
  singleKeysHint: 'They work only while the focus is in the player. Turn them off if you speak to your computer, or press keys by mistake. F9, wrong patient, always works.',
  showKeys: 'Show every shortcut',
  downloads: 'Downloads',
  screen: 'Screen',
  textSize: 'Text size',
  textSizes,
  reducedMotion: 'Less movement',
  reducedMotionHint: 'Nothing slides, fades or turns. It is so too where your computer is set to it.',
  lock: 'Lock',
  lockMinutes: 'Lock when nobody has touched anything for',
  lockHint: (minutes: string) => `Your practice allows ${minutes} at most. A sensitive recording may lock sooner.`,
  minutes: (minutes: number) => (minutes === 1 ? '1 minute' : `${minutes} minutes`),
  aboutTitle: 'About',
  version: (version: string) => `Viewing Room ${version}`,
  runtime: (version: string) => `Electron ${version}`,
  support: 'Help with the app',
  notKept: 'Your choices hold until you lock, and could not be kept:',
  tryAgain: 'Try again',
};
