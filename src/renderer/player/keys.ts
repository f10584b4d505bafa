export type PlayerKey =
  | { action: 'toggle' } | { action: 'captions' }
  | { action: 'seek'; by: number } | { action: 'rate'; step: 1 | -1 };

/** What a key does while the player has the focus; undefined leaves it to the browser. */
export function playerKey(key: string, modified: boolean): PlayerKey | undefined {
  if (modified) return undefined;
  switch (key.length === 1 ? key.toLowerCase() : key) {
    case ' ': case 'k': return { action: 'toggle' };
    case 'j': return { action: 'seek', by: -10 };
    case 'l': return { action: 'seek', by: 10 };
    case 'ArrowLeft': return { action: 'seek', by: -5 };
    case 'ArrowRight': return { action: 'seek', by: 5 };
    case '<': return { action: 'rate', step: -1 };
    case '>': return { action: 'rate', step: 1 };
    case 'c': return { action: 'captions' };
    default: return undefined;
  }
}

export const rates = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3];

/** The next speed up or down, staying at the ends. */
export function stepRate(rate: number, step: 1 | -1): number {
  const index = rates.findIndex((candidate) => candidate >= rate);
  return rates[Math.min(rates.length - 1, Math.max(0, (index < 0 ? rates.length - 1 : index) + step))] ?? 1;
}
