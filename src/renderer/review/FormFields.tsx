import classNames from 'classnames';
import { useId } from 'react';
import type { Form, FormAnswers, FormItem } from '../../preload/review.ts';
import { TextArea } from '../parts/fields.tsx';
import { forms as text } from '../text/forms.ts';
import { answerTo, withAnswer, type Cited } from './answers.ts';
import { Cites } from './Cites.tsx';

interface Props {
  form: Form;
  answers: FormAnswers;
  notes: readonly Cited[];
  onGo: (note: Cited) => void;
  onChange: (answers: FormAnswers) => void;
}

const questionOf = ({ number, text: words }: FormItem): string => (number === null ? words : `${number} ${words}`);

/** A form to be filled in: each grade one group, so that Tab goes from question to question and the arrows choose. */
export function FormFields({ form, answers, notes, onGo, onChange }: Props) {
  const id = useId();
  return form.items.map((item, n) => {
    const { linkId, kind, help, required, options } = item;
    const { grade, text: written, cites } = answerTo(answers, linkId);
    const change = (changed: Partial<FormAnswers[string]>) => onChange(withAnswer(answers, linkId, changed));
    const question = questionOf(item);
    const own = `${id}-${n}`;
    if (kind === 'heading') return <div key={linkId} className="vr-filling__group"><h3>{question}</h3>{help !== null && <p className="vr-secondary">{help}</p>}</div>;
    const more = <Cites question={question} cites={cites} notes={notes} onGo={onGo} onChange={(next) => change({ cites: next })} />;
    if (kind === 'text') {
      return (
        <div key={linkId} className="vr-criterion">
          <TextArea id={own} label={required ? `${question} (${text.required})` : question} {...(help === null ? {} : { hint: help })} value={written} onChange={(next) => change({ text: next.slice(0, 20_000) })} />
          {written.trim() !== '' && more}
        </div>
      );
    }
    return (
      <div key={linkId} className="vr-criterion">
        <fieldset className="nhsuk-fieldset" aria-describedby={help === null ? undefined : `${own}-help`}>
          <legend className="vr-criterion__question">{question}{required && <span className="vr-criterion__required"> ({text.required})</span>}</legend>
          {help !== null && <p className="vr-secondary" id={`${own}-help`}>{help}</p>}
          <div className="vr-grades">
            {options.map(({ value, label }) => (
              <label key={value} className={classNames('vr-grade', grade === value && 'vr-grade--chosen')}>
                <input type="radio" name={own} checked={grade === value} onChange={() => change({ grade: value })} />
                <span>{label}</span>
              </label>
            ))}
          </div>
        </fieldset>
        {grade !== null && (
          <div className="vr-criterion__more">
            {more}
            <button type="button" className="vr-text-button" aria-label={text.clearOf(question)} onClick={() => change({ grade: null, cites: [] })}>{text.clear}</button>
          </div>
        )}
      </div>
    );
  });
}
