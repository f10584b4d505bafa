import { useEffect, useEffectEvent, useId, useRef, useState } from 'react';
import type { Form, FormAnswers, FormResponse } from '../../preload/review.ts';
import { attempt, door } from '../door.ts';
import { Button } from '../parts/Button.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import { forms as text } from '../text/forms.ts';
import { isAnswered, knownCites, missingOf, progressOf, type Cited } from './answers.ts';
import { DraftKeeper, type DraftState } from './DraftKeeper.ts';
import { FormFields } from './FormFields.tsx';
import type { Review } from './useReviewWork.ts';
import { Whose, type About } from './Whose.tsx';

interface Props {
  review: Review;
  about: About;
  form: Form;
  response: FormResponse | null;
  /** Who was in the consultation, but for this person. */
  clinicians: readonly string[];
  notes: readonly Cited[];
  onGo: (note: Cited) => void;
  onReleased: () => void;
}

/** One form while it is a draft. What is entered is kept at once; what is released is what was entered last. */
export function FormEditor({ review: { work, show }, about, form, response, clinicians, notes, onGo, onReleased }: Props) {
  const [entered, setEntered] = useState<FormAnswers>(response?.answers ?? {});
  const [state, setState] = useState<DraftState>('kept');
  const id = useId();
  const [asked, setAsked] = useState(false);
  const keeper = useRef<DraftKeeper<FormAnswers> | null>(null);
  const answers = knownCites(entered, notes);

  const save = async (value: FormAnswers) => {
    const result = await attempt(door.saveForm(work.id, form.id, knownCites(value, notes)));
    if (result.ok) show(result.value);
    return result;
  };
  const keep = useEffectEvent(async (value: FormAnswers) => (await save(value)).ok);
  useEffect(() => {
    const mine = new DraftKeeper<FormAnswers>((value) => keep(value), setState);
    keeper.current = mine;
    return () => {
      keeper.current = null;
      mine.end();
    };
  }, []);

  const change = (next: FormAnswers) => {
    setEntered(next);
    keeper.current?.change(next);
  };

  // What is still on its way goes first, and what is released is that.
  const release = async () => {
    keeper.current?.drop();
    const saved = await save(answers);
    if (!saved.ok) return saved;
    setState('kept');
    return attempt(door.releaseForm(work.id, form.id));
  };

  const missing = missingOf(form, answers).length;
  const empty = !form.items.some((item) => isAnswered(item, answers));
  const why = empty ? text.release.empty : missing > 0 ? text.release.missing(missing) : null;
  const { kind, done, all } = progressOf(form, answers);
  return (
    <div className="vr-filling">
      <div className="vr-filling__state">
        <strong>{kind === 'grade' ? text.graded(done, all) : text.answered(done, all)}</strong>
        <span role="status" className={state === 'failed' ? 'vr-overdue' : undefined}>{state === 'kept' ? (response === null ? text.states.untouched : text.drafts[response.work]) : text.states[state]}</span>
      </div>
      <FormFields form={form} answers={answers} notes={notes} onGo={onGo} onChange={change} />
      <p className="vr-secondary">{text.draftNote}</p>
      <Button unavailable={why !== null} aria-describedby={why === null ? undefined : `${id}-why`} onClick={() => setAsked(true)}>{text.release.button}</Button>
      {why !== null && <p className="vr-secondary" id={`${id}-why`}>{why}</p>}
      {asked && (
        <FormDialog
          title={text.release.title(form.title)}
          yes={text.release.yes}
          run={release}
          onDone={(released) => {
            setAsked(false);
            show(released);
            onReleased();
          }}
          onDismiss={() => setAsked(false)}
        >
          <Whose about={about} />
          <p>{text.release.who(work.others, clinicians)}</p>
          <p>{text.release.what}</p>
          <p><strong>{text.release.final}</strong></p>
        </FormDialog>
      )}
    </div>
  );
}
