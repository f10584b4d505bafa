/** Every shortcut of the room, once: the player, the help and the tests read this table. The words for each are in `src/renderer/text/player.ts`. */

export type PlayerAction =
  | { do: 'toggle' | 'captions' | 'loop' | 'clear' | 'note' | 'fullscreen' }
  | { do: 'skip'; by: number }
  | { do: 'step' | 'rate'; by: 1 | -1 }
  | { do: 'mark'; end: 'in' | 'out' };

/** By `KeyboardEvent.key`, letters in lower case: the same on every keyboard that has them. */
export const playerKeys = {
  play: { k: { do: 'toggle' }, ' ': { do: 'toggle' } },
  ten: { j: { do: 'skip', by: -10 }, l: { do: 'skip', by: 10 } },
  five: { ArrowLeft: { do: 'skip', by: -5 }, ArrowRight: { do: 'skip', by: 5 } },
  frame: { ',': { do: 'step', by: -1 }, '.': { do: 'step', by: 1 } },
  speed: { '<': { do: 'rate', by: -1 }, '>': { do: 'rate', by: 1 } },
  marks: { i: { do: 'mark', end: 'in' }, o: { do: 'mark', end: 'out' } },
  loop: { r: { do: 'loop' } },
  clear: { Escape: { do: 'clear' } },
  note: { n: { do: 'note' } },
  captions: { c: { do: 'captions' } },
  fullscreen: { f: { do: 'fullscreen' } },
} as const satisfies Record<string, Record<string, PlayerAction>>;
export type PlayerShortcut = keyof typeof playerKeys;

/** What works elsewhere, by where. `Ctrl+` stands before a key that needs it. */
export const otherKeys = {
  room: { help: ['?'], wrong: ['F9'], zoom: ['Ctrl++', 'Ctrl+-', 'Ctrl+0'] },
  note: { save: ['Ctrl+Enter'], leave: ['Escape'] },
  lines: { line: ['ArrowUp', 'ArrowDown'], ends: ['Home', 'End'], go: ['Enter'] },
  markers: { marker: ['ArrowLeft', 'ArrowRight'], ends: ['Home', 'End'], go: ['Enter'] },
} as const;

const actions = new Map<string, PlayerAction>(Object.values(playerKeys).flatMap((keys) => Object.entries(keys) as [string, PlayerAction][]));

/** One character that is typed, which speech input and a slip of the hand may type too (WCAG 2.1.4): these can be turned off. */
export const isSingle = (key: string): boolean => key.length === 1 && key !== ' ';

/** Where the focus is within the player, as far as it has a meaning for keys of its own. */
export type Within = 'stage' | 'button' | 'menu' | 'field';

/** What a key does while the player has the focus; undefined leaves it to the browser. */
export function playerKey(key: string, modified: boolean, singleKeys: boolean, within: Within = 'stage'): PlayerAction | undefined {
  if (modified || within === 'field' || (isSingle(key) && !singleKeys)) return undefined;
  // Space, the arrows and Esc keep their meaning on buttons, menus and sliders.
  if (!isSingle(key) && within !== 'stage' && !(key === 'Escape' && within === 'button')) return undefined;
  return actions.get(key.length === 1 ? key.toLowerCase() : key);
}

/** Whether a key opens the help; not where it is typed. */
export const isHelpKey = (key: string, modified: boolean, singleKeys: boolean, typing: boolean): boolean => singleKeys && !modified && !typing && (otherKeys.room.help as readonly string[]).includes(key);

export const rates = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3];

/** The next speed up or down, staying at the ends. */
export function stepRate(rate: number, step: 1 | -1): number {
  const index = rates.findIndex((candidate) => candidate >= rate);
  return rates[Math.min(rates.length - 1, Math.max(0, (index < 0 ? rates.length - 1 : index) + step))] ?? 1;
}
