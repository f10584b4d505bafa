import { useId, useState } from 'react';
import { door } from '../door.ts';
import { Button } from '../parts/Button.tsx';
import { TextArea } from '../parts/fields.tsx';
import { purposeWords } from '../text/common.ts';
import { group as text } from '../text/reviewWork.ts';
import { masksOf } from './notes.ts';
import type { Review } from './useReviewWork.ts';

interface Props {
  review: Review;
  /** Of the review: the one for which consent was looked at. */
  purpose: string;
}

/** One name a line. */
const namesIn = (typed: string): string[] => [...new Set(typed.split('\n').map((name) => name.trim()).filter((name) => name !== ''))];

/** Shows the recording to more than the person themselves: who is there is said first, and what is masked is hidden from then on. */
export function GroupTeaching({ review: { work, run }, purpose }: Props) {
  const id = useId();
  const [typed, setTyped] = useState('');
  const [fault, setFault] = useState<string | undefined>(undefined);
  const start = async () => {
    const names = namesIn(typed);
    const wrong = names.length === 0 ? text.nobody : names.length > 50 || names.some((name) => name.length > 200) ? text.tooMany : undefined;
    setFault(wrong);
    if (wrong !== undefined) document.getElementById(id)?.focus();
    else await run(() => door.sayRoom(work.id, names));
  };
  return (
    <section className="vr-group" aria-label={text.title}>
      <h3 className="nhsuk-heading-xs">{text.title}</h3>
      {work.room.length > 0 ? (
        <>
          <p role="status">{text.on(work.room)} {text.masks(masksOf(work).length)}</p>
          <Button look="secondary" small onClick={() => void run(() => door.sayRoom(work.id, []))}>{text.stop}</Button>
        </>
      ) : (
        <>
          <p>{text.about} {text.masks(masksOf(work).length)}</p>
          <p className="vr-notice">{text.consent(purpose, purposeWords(purpose))}</p>
          <TextArea id={id} label={text.who} hint={text.whoHint} rows={2} error={fault} value={typed} onChange={setTyped} />
          <Button look="secondary" small onClick={() => void start()}>{text.start}</Button>
        </>
      )}
    </section>
  );
}
