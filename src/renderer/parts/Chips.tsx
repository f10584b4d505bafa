import { filters as text } from '../text/console.ts';

export interface Chip {
  key: string;
  /** "Who: Ada Example" */
  words: string;
  onRemove: () => void;
}

/** Filters in use, each with its own way out. */
export function Chips({ chips, onClear }: { chips: readonly Chip[]; onClear: () => void }) {
  if (chips.length === 0) return null;
  return (
    <ul className="vr-chips" aria-label={text.chips}>
      {chips.map(({ key, words, onRemove }) => (
        <li key={key}>
          <button type="button" className="vr-chip" aria-label={text.remove(words)} onClick={onRemove}>{words}<span className="vr-chip__cross" aria-hidden="true">×</span></button>
        </li>
      ))}
      <li><button type="button" className="vr-text-button" onClick={onClear}>{text.clear}</button></li>
    </ul>
  );
}
