import type { Form, FormAnswers } from '../../preload/review.ts';
import { forms as text } from '../text/forms.ts';
import { answerTo, isAnswered, type Cited } from './answers.ts';
import { CiteList } from './Cites.tsx';

interface Props {
  form: Form;
  answers: FormAnswers;
  notes: readonly Cited[];
  onGo: (note: Cited) => void;
}

/** A form as it was filled in, in its own words. What nobody answered of it is said to be that. */
export function FormSheet({ form, answers, notes, onGo }: Props) {
  return (
    <div className="vr-sheet">
      {form.items.map((item) => {
        const { linkId, kind, number, text: words, options } = item;
        const question = number === null ? words : `${number} ${words}`;
        if (kind === 'heading') return <h3 key={linkId} className="vr-sheet__group">{question}</h3>;
        const { grade, text: written, cites } = answerTo(answers, linkId);
        const empty = !isAnswered(item, answers);
        return (
          <div key={linkId} className="vr-sheet__row">
            <p className="vr-sheet__question">{question}</p>
            {kind === 'grade' ? <p className={empty ? 'vr-secondary' : 'vr-sheet__grade'}>{options.find(({ value }) => value === grade)?.label ?? text.notGraded}</p>
              : <p className={empty ? 'vr-secondary' : 'vr-written'}>{empty ? text.nothingWritten : written}</p>}
            <CiteList cites={cites} notes={notes} onGo={onGo} />
          </div>
        );
      })}
    </div>
  );
}
