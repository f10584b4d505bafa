/** Words of the player, its lanes and the help with every shortcut. */
import type { Settings } from '../../preload/settings.ts';
import type { otherKeys, PlayerShortcut } from '../player/keys.ts';

type Others = { [Place in keyof typeof otherKeys]: { title: string; does: Record<keyof (typeof otherKeys)[Place], string> } };

/** How a key is written on the keyboard, where its name is not that. */
export const keyNames: Record<string, string> = { ' ': 'Space', ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc' };
/** As it is read out. */
export const keyReadings: Record<string, string> = { ArrowLeft: 'Left arrow', ArrowRight: 'Right arrow', ArrowUp: 'Up arrow', ArrowDown: 'Down arrow', ',': 'comma', '.': 'full stop', '<': 'less than', '>': 'greater than', '?': 'question mark', Escape: 'Escape' };

const player: Record<PlayerShortcut, string> = {
  play: 'play or pause',
  ten: 'back or on 10 seconds',
  five: 'back or on 5 seconds',
  frame: 'back or on one frame',
  speed: 'slower or faster',
  marks: 'set from or to: the stretch for a note, a mask or a loop',
  loop: 'loop the stretch from … to …, on or off',
  clear: 'clear from and to',
  note: 'write a note',
  captions: 'captions on or off',
  fullscreen: 'full screen, on or off',
};
const others: Others = {
  room: { title: 'Anywhere', does: { help: 'this help', wrong: 'wrong patient: closes the recording at once and erases its copy', zoom: 'everything larger, smaller, or as it was' } },
  note: { title: 'While you write a note', does: { save: 'save it, and play on if it was playing', leave: 'back to the player; what you wrote is kept' } },
  lines: { title: 'In the transcript', does: { line: 'the line before or after', ends: 'the first or last line', go: 'go there' } },
  markers: { title: 'On the markers under the picture', does: { marker: 'the marker before or after', ends: 'the first or last marker', go: 'go to 3 seconds before it' } },
};

export const help = {
  button: 'Help',
  title: 'Keyboard shortcuts',
  playerTitle: 'While the focus is in the player',
  player,
  others,
  singleOff: 'Shortcuts of one letter or sign are turned off in your settings, and do nothing.',
  singleOn: 'You can turn off shortcuts of one letter or sign in your settings.',
  close: 'Close',
  or: ' or ',
};

export const captionSizes: Record<Settings['captionSize'], string> = { small: 'Small', medium: 'Medium', large: 'Large' };
export const captionBackgrounds: Record<Settings['captionBackground'], string> = { solid: 'Dark', half: 'Half dark', none: 'None' };
export const pictureSizes: Record<Settings['pictureSize'], string> = { fit: 'Fits the window', large: 'Large', small: 'Small' };
export const rateWords = (rate: number): string => `${rate}x`;

export const playerText = {
  captions: 'Captions',
  on: 'on',
  off: 'off',
  captionSize: 'Caption size',
  captionBackground: 'Caption background',
  pictureSize: 'Picture',
  keys: 'Keyboard shortcuts',
  resume: (where: string) => `Continue from ${where}`,
  fromStart: 'Start at the beginning',
  resumeGroup: 'Where you stopped',
  masked: 'Masked',
  /** Beside a recording that is watched while it is downloaded. */
  arriving: {
    comes: 'Still downloading. You can watch it now, and go to any place: that part comes first. The download goes on when you leave, even if you had paused it.',
    waits: 'Waiting for this part. It plays as soon as it is here.',
    cut: 'There is no connection. What is here can be watched; the rest comes when there is one.',
    waitsCut: 'There is no connection, and this part is not here yet. It comes when there is one. What is here can be watched.',
  },
  marks: {
    group: 'From and to',
    in: (where: string | null) => (where === null ? 'From here' : `From ${where}`),
    out: (where: string | null) => (where === null ? 'To here' : `To ${where}`),
    loop: 'Loop',
    clear: 'Clear',
    needsBoth: 'Set where it goes from and to, then loop that stretch.',
  },
  /** Said when a key changed what is seen elsewhere. */
  told: {
    rate: (rate: string) => `Speed ${rate}`,
    captions: (on: boolean) => `Captions ${on ? 'on' : 'off'}`,
    in: (where: string) => `From ${where}`,
    out: (where: string) => `To ${where}`,
    loop: (on: boolean) => `Loop ${on ? 'on' : 'off'}`,
    cleared: 'From and to cleared',
  },
  lanes: {
    watched: (percent: number) => `${percent} % watched`,
    markers: 'Markers',
    kinds: { point: 'Note', range: 'Note on a stretch', mask: 'Masked stretch' },
    theirs: 'by someone else',
    legend: { point: 'note', range: 'note on a stretch', mask: 'masked', theirs: 'outlined: by someone else' },
    several: (count: number) => `${count} markers`,
    span: (from: string, until: string) => `${from} to ${until}`,
  },
};
