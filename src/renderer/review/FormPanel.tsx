import { useId, useState } from 'react';
import { Button } from '../parts/Button.tsx';
import { Done } from '../parts/Done.tsx';
import { SelectField } from '../parts/fields.tsx';
import type { PlayerControls } from '../player/createPlayer.ts';
import { beforeNote } from '../player/lanes.ts';
import { forms as text } from '../text/forms.ts';
import { formatMoment } from '../words/time.ts';
import { citable, type Cited } from './answers.ts';
import { FormEditor } from './FormEditor.tsx';
import { FormSheet } from './FormSheet.tsx';
import { PortfolioDialog } from './PortfolioDialog.tsx';
import type { Review } from './useReviewWork.ts';
import type { About } from './Whose.tsx';

interface Props {
  review: Review;
  about: About;
  /** The player, or null while there is none. */
  controls: () => PlayerControls | null;
  /** It has half of the window while it is on the screen. */
  wide: boolean;
  onWide: (wide: boolean) => void;
  /** Who was in the consultation. */
  clinicians: readonly string[];
}

/** Forms of one review: what others released, and one's own, one at a time. */
export function FormPanel({ review, about, controls, wide, onWide, clinicians }: Props) {
  const field = useId();
  const { work } = review;
  const { forms, unshownForms, responses, othersResponses, othersLeftOut, status } = work;
  const [chosen, setChosen] = useState<string | null>(null);
  /** What others wrote is open where there is nothing of one's own yet, and stays as the person leaves it. */
  const [first] = useState(responses.length === 0);
  const [portfolio, setPortfolio] = useState<{ length: number | null } | null>(null);
  const [done, setDone] = useState({ words: '', times: 0 });

  const id = chosen ?? responses[0]?.form ?? '';
  const form = forms.find((one) => one.id === id) ?? null;
  const response = responses.find((one) => one.form === id) ?? null;
  const own = citable(work.notes);
  const theirs = citable(work.othersNotes);
  const go = ({ from }: Cited) => controls()?.seek(beforeNote(from));
  const say = (words: string) => setDone(({ times }) => ({ words, times: times + 1 }));

  const options = forms.flatMap(({ id: value, title, offered }) => {
    const state = responses.find((one) => one.form === value)?.state;
    if (state === undefined && (!offered || status === 'completed')) return [];
    return [{ value, label: state === undefined ? title : text.option[state](title) }];
  });
  const lengthNow = () => {
    const seconds = controls()?.duration() ?? 0;
    return Number.isFinite(seconds) && seconds > 0 ? seconds : null;
  };
  return (
    <div className="vr-forms">
      <div className="vr-forms__body">
        <div className="vr-forms__head">
          <h2>{text.title}</h2>
          <Button look="secondary" small aria-pressed={wide} onClick={() => onWide(!wide)}>{text.wide}</Button>
        </div>
        <Done words={done.words} times={done.times} />
        {othersResponses.length > 0 && (
          <section aria-label={text.othersTitle}>
            {othersResponses.map(({ id: key, form: of, title, author, releasedAt, answers }) => {
              const known = forms.find((one) => one.id === of);
              return (
                <details key={key} className="nhsuk-details vr-others" open={first}>
                  <summary className="nhsuk-details__summary"><span className="nhsuk-details__summary-text">{known?.title ?? (title === '' ? text.label : title)}</span></summary>
                  <div className="vr-others__body">
                    <p className="vr-secondary">{text.sheet.by(author, formatMoment(releasedAt))}. {work.others.length > 0 && text.sheet.reply}</p>
                    {known ? <FormSheet form={known} answers={answers} notes={theirs} onGo={go} /> : <p>{text.unshownSheet}</p>}
                  </div>
                </details>
              );
            })}
          </section>
        )}
        {othersLeftOut > 0 && <p className="vr-notice">{text.leftOut(othersLeftOut)}</p>}
        {status === 'rejected' && <p>{text.rejected}</p>}
        {status !== 'rejected' && forms.length === 0 && unshownForms.length === 0 && <p className="vr-secondary">{text.none}</p>}
        {status === 'completed' && responses.some(({ state }) => state === 'draft') && <p className="vr-secondary">{text.over}</p>}
        {status !== 'rejected' && options.length > 0 && (
          <SelectField id={`${field}-form`} label={text.label} value={id} options={[{ value: '', label: text.choose }, ...options]} onChange={setChosen} />
        )}
        {status !== 'rejected' && form && (
          <section aria-label={form.title}>
            {text.about[form.id.split('|')[0] ?? ''] !== undefined && <p className="vr-notice">{text.about[form.id.split('|')[0] ?? '']}</p>}
            {response?.state === 'released' ? (
              <>
                <p className="vr-secondary">{text.sheet.released(formatMoment(response.changedAt))}</p>
                <FormSheet form={form} answers={response.answers} notes={own} onGo={go} />
              </>
            ) : (
              <FormEditor
                key={form.id} review={review} about={about} form={form} response={response} clinicians={clinicians} notes={own} onGo={go}
                onReleased={() => {
                  setChosen(form.id);
                  say(text.release.done(form.title));
                }}
              />
            )}
          </section>
        )}
        {unshownForms.length > 0 && <p className="vr-notice">{text.unshown(unshownForms)}</p>}
        <Button look="secondary" small onClick={() => setPortfolio({ length: lengthNow() })}>{text.portfolio.button}</Button>
        {portfolio && (
          <PortfolioDialog
            work={work} length={portfolio.length}
            onDone={({ file }) => {
              setPortfolio(null);
              say(text.portfolio.done(file));
            }}
            onDismiss={() => setPortfolio(null)}
          />
        )}
      </div>
    </div>
  );
}
