import type { Hit } from '../../preload/review.ts';
import { hits as text } from '../text/list.ts';
import { formatPosition } from '../words/time.ts';

interface Props {
  hits: readonly Hit[];
  which: string;
  unavailable: boolean;
  onOpen: (position: number) => void;
}

/** Where in a recording's notes and transcript a search text was found. The name, title and date of the row show themselves. */
export function RowHits({ hits, which, unavailable, onOpen }: Props) {
  const inside = hits.filter(({ where }) => where === 'note' || where === 'transcript');
  if (inside.length === 0) return null;
  return (
    <ul className="vr-hits">
      {inside.map((hit) => (
        <li key={`${hit.where} ${hit.position ?? ''}`} className="vr-line">
          {text.where[hit.where]}
          {hit.position !== null && (
            <>
              {' '}
              <button type="button" className="vr-text-button" disabled={unavailable} onClick={() => onOpen(hit.position ?? 0)}>
                {text.at(formatPosition(hit.position))}<span className="nhsuk-u-visually-hidden">{which}</span>
              </button>
            </>
          )}
          {': '}
          {hit.snippet === null ? text.sensitive : <q><Marked text={hit.snippet} marks={hit.marks} /></q>}
        </li>
      ))}
    </ul>
  );
}

function Marked({ text: words, marks }: { text: string; marks: Hit['marks'] }) {
  const last = marks.at(-1)?.[1] ?? 0;
  return <>{marks.map(([start, end], n) => <span key={start}>{words.slice(marks[n - 1]?.[1] ?? 0, start)}<mark>{words.slice(start, end)}</mark></span>)}{words.slice(last)}</>;
}
