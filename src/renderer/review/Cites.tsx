import { useId, useState } from 'react';
import { Tick } from '../parts/fields.tsx';
import { forms as text } from '../text/forms.ts';
import { formatPosition } from '../words/time.ts';
import type { Cited } from './answers.ts';

interface ListProps {
  cites: readonly string[];
  notes: readonly Cited[];
  onGo: (note: Cited) => void;
}

/** Notes that an answer rests on; each leads to its place. */
export function CiteList({ cites, notes, onGo }: ListProps) {
  const cited = notes.filter(({ id }) => cites.includes(id));
  if (cited.length === 0) return null;
  return (
    <ul className="vr-cites">
      {cited.map((note) => (
        <li key={note.id}>
          <button type="button" className="vr-text-button vr-cite" aria-label={text.cites.go(formatPosition(note.from), note.text)} onClick={() => onGo(note)}>
            <span className="vr-number">{formatPosition(note.from)}</span> {note.text}
          </button>
        </li>
      ))}
    </ul>
  );
}

interface Props extends ListProps {
  question: string;
  onChange: (cites: string[]) => void;
}

/** The same, and which of the review's notes they are. */
export function Cites({ question, cites, notes, onGo, onChange }: Props) {
  const id = useId();
  const [open, setOpen] = useState(false);
  return (
    <>
      <CiteList cites={cites} notes={notes} onGo={onGo} />
      <button type="button" className="vr-text-button" aria-expanded={open} aria-controls={open ? id : undefined} aria-label={open ? undefined : `${text.cites.open(cites.length)}: ${question}`} onClick={() => setOpen(!open)}>
        {open ? text.cites.close : text.cites.open(cites.length)}
      </button>
      {open && (
        <fieldset className="nhsuk-fieldset vr-cite-choice" id={id}>
          <legend className="nhsuk-u-visually-hidden">{text.cites.label(question)}</legend>
          {notes.length === 0 ? <p className="vr-secondary">{text.cites.none}</p> : notes.map((note) => (
            <Tick key={note.id} id={`${id}-${note.id}`} label={`${formatPosition(note.from)} ${note.text}`} ticked={cites.includes(note.id)} onTick={(on) => onChange(on ? [...cites, note.id] : cites.filter((one) => one !== note.id))} />
          ))}
        </fieldset>
      )}
    </>
  );
}
