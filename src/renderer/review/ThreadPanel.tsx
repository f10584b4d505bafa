import { useId, useRef, useState, type KeyboardEvent } from 'react';
import { door } from '../door.ts';
import { Button } from '../parts/Button.tsx';
import { Tick } from '../parts/fields.tsx';
import { useNow } from '../parts/useNow.ts';
import type { PlayerControls } from '../player/createPlayer.ts';
import { reviewWork, thread as text } from '../text/reviewWork.ts';
import { ago, formatPosition } from '../words/time.ts';
import { DraftLine } from './DraftLine.tsx';
import { hundredths } from './notes.ts';
import { useDraft } from './useDraft.ts';
import type { Review } from './useReviewWork.ts';

interface Props {
  review: Review;
  /** The player, or null while there is none. */
  controls: () => PlayerControls | null;
}

/** Messages with the others whom the recording concerns. */
export function ThreadPanel({ review, controls }: Props) {
  const { work } = review;
  const now = useNow(60_000);
  return (
    <section className="vr-thread" aria-label={text.title}>
      {work.others.length === 0 && <p className="vr-thread__none">{text.nobody}</p>}
      {work.others.length > 0 && work.thread.length === 0 && <p className="vr-thread__none">{text.none}</p>}
      {work.thread.length > 0 && (
        <ol className="vr-thread__list" aria-label={text.title}>
          {work.thread.map(({ id, mine, author, at, text: words, position, state }) => (
            <li key={id} className={mine ? 'vr-message vr-message--mine' : 'vr-message'}>
              <p className="vr-message__head"><strong>{mine ? text.mine : author}</strong> <span className="vr-secondary">{ago(at, now)}</span></p>
              <p className="vr-note__text">{words}</p>
              <div className="vr-note__foot">
                {position !== null && <button type="button" className="vr-text-button" aria-label={text.goTo(formatPosition(position))} onClick={() => controls()?.seek(position)}>{text.linked(formatPosition(position))}</button>}
                {mine && <span className={state === 'refused' ? 'vr-overdue' : 'vr-secondary'}>{reviewWork.states[state]}</span>}
              </div>
            </li>
          ))}
        </ol>
      )}
      {work.others.length > 0 && <Composer review={review} controls={controls} />}
    </section>
  );
}

function Composer({ review: { work, run }, controls }: Props) {
  const base = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const { draft, state, change, flush, become } = useDraft(work.id, 'message', work.drafts.message);
  const [fault, setFault] = useState(false);
  const [said, setSaid] = useState('');
  const busy = useRef(false);
  const position = draft.from ?? controls()?.position() ?? 0;

  const send = async () => {
    if (busy.current) return;
    if (draft.text.trim() === '') {
      setFault(true);
      field.current?.focus();
      return;
    }
    busy.current = true;
    const sent = await become(() => run(() => door.sendMessage(work.id, draft.text.trim(), draft.from)));
    busy.current = false;
    if (!sent) return;
    setSaid(text.sent);
    field.current?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void send();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      flush();
      controls()?.focus();
    }
  };

  return (
    <div className="vr-editor" onKeyDown={onKey}>
      <p className="vr-thread__to">{text.to(work.others)}</p>
      <label className="nhsuk-label vr-label" htmlFor={`${base}-text`}>{text.label}</label>
      <textarea
        id={`${base}-text`} ref={field} rows={3} className="nhsuk-textarea vr-editor__text" value={draft.text} maxLength={20_000} spellCheck={false}
        aria-describedby={fault ? `${base}-help ${base}-fault` : `${base}-help`} aria-invalid={fault || undefined} onBlur={flush}
        onChange={(event) => {
          setFault(false);
          change({ ...draft, text: event.target.value });
        }}
      />
      {fault && <span className="nhsuk-error-message" id={`${base}-fault`} role="alert">{text.empty}</span>}
      <p className="vr-editor__help" id={`${base}-help`}>{text.help}</p>
      <Tick id={`${base}-link`} label={text.link(formatPosition(position))} ticked={draft.from !== null} onTick={(on) => change({ ...draft, from: on ? hundredths(controls()?.position() ?? 0) : null })} />
      <Button small onClick={() => void send()}>{text.send}</Button>
      <DraftLine state={state} />
      <p className="nhsuk-u-visually-hidden" role="status">{said}</p>
    </div>
  );
}
