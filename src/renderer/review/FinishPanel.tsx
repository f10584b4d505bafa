import { useId, useState, type RefObject } from 'react';
import { rejectReasons, type RejectReason } from '../../preload/review.ts';
import { door } from '../door.ts';
import { AppDialog } from '../parts/AppDialog.tsx';
import { Button } from '../parts/Button.tsx';
import { FieldErrors } from '../parts/ErrorSummary.tsx';
import { SelectField, TextArea } from '../parts/fields.tsx';
import { useFocusAfterDialog } from '../parts/useFocusAfterDialog.ts';
import { dialog } from '../text/common.ts';
import { finish as text } from '../text/reviewWork.ts';
import { ConflictNotice } from './ConflictNotice.tsx';
import { GroupTeaching } from './GroupTeaching.tsx';
import { hasRefused, isOver } from './notes.ts';
import { isReleasable } from './answers.ts';
import type { Review } from './useReviewWork.ts';
import { Whose, type About } from './Whose.tsx';

interface Props {
  review: Review;
  about: About;
  /** Of the review. */
  purpose: string;
  title: RefObject<HTMLHeadingElement | null>;
  /** It is off this person's list. */
  onDeclined: () => void;
}

/** Where the review stands, and the ways on; all of them without the practice too. */
export function FinishPanel({ review, about, purpose, title, onDeclined }: Props) {
  const { work, run } = review;
  const [asked, setAsked] = useState<'complete' | 'reject' | null>(null);
  const [said, setSaid] = useState('');
  /** Stays through a try that failed. */
  const [refusal, setRefusal] = useState<Refusal>({ reason: '', note: '' });
  const { what, means } = text.statuses[work.status];
  // The button that the dialog would give the focus back to has gone with the steps.
  useFocusAfterDialog(title, said === text.completed ? 1 : 0);
  const refused = hasRefused(work.notes, work.responses, work.thread);
  const waits = refused && work.status === 'completed' && work.statusWork === 'here';
  // Of a step that the practice did not take the conflict says what came of it, beside where the review stands by now.
  const tellsStep = work.statusWork === 'refused' ? work.conflict === null : work.statusWork !== 'sent' || work.status !== 'requested';
  return (
    <div className="vr-finish">
      <section aria-label={text.title}>
        <h2 className="nhsuk-heading-xs" tabIndex={-1} ref={title}>{text.title}</h2>
        <p><strong>{what}.</strong> {means}</p>
        {tellsStep && <p className={work.statusWork === 'refused' ? 'vr-overdue' : 'vr-secondary'}>{waits ? text.waits : text.stepStates[work.statusWork]}</p>}
        {work.conflict && <ConflictNotice conflict={work.conflict} />}
        {refused && (
          <div className="vr-notice vr-refused">
            <p><strong>{text.refused.what}.</strong> {text.refused.means}</p>
            <Button
              look="secondary" small
              onClick={() => void run(() => door.sendAgain(work.id)).then((done) => {
                if (done) setSaid(text.sentAgain);
              })}
            >
              {text.sendAgain}
            </Button>
          </div>
        )}
        {!isOver(work.status) && (
          <>
            {work.status === 'requested' && <p className="vr-secondary">{text.acceptHint}</p>}
            <div className="nhsuk-button-group">
              <Button small onClick={() => setAsked('complete')}>{text.complete}</Button>
              {work.status === 'requested' && <Button look="secondary" small onClick={() => void run(() => door.acceptReview(work.id))}>{text.accept}</Button>}
              <Button look="secondary" small onClick={() => setAsked('reject')}>{text.reject}</Button>
            </div>
          </>
        )}
        <p className="nhsuk-u-visually-hidden" role="status">{said}</p>
      </section>
      <GroupTeaching review={review} purpose={purpose} />
      {asked === 'complete' && (
        <CompleteDialog
          review={review} about={about} onDismiss={() => setAsked(null)}
          onDone={() => {
            setAsked(null);
            setSaid(text.completed);
          }}
        />
      )}
      {asked === 'reject' && <RejectDialog review={review} about={about} refusal={refusal} onChange={setRefusal} onDismiss={() => setAsked(null)} onDone={onDeclined} />}
    </div>
  );
}

interface DialogProps {
  review: Review;
  about: About;
  onDone: () => void;
  onDismiss: () => void;
}

/** A failure is said in the summary beside the player, which the dialog would cover. */
const leave = ({ onDone, onDismiss }: Pick<DialogProps, 'onDone' | 'onDismiss'>) => (done: boolean) => (done ? onDone() : onDismiss());

function CompleteDialog({ review: { work, run }, about, onDone, onDismiss }: DialogProps) {
  const drafts = work.responses.filter(({ state }) => state === 'draft');
  const titleOf = (form: string) => work.forms.find(({ id }) => id === form)?.title ?? form;
  return (
    <AppDialog
      title={text.completeTitle}
      asks="form"
      onDismiss={onDismiss}
      buttons={
        <>
          <Button onClick={() => void run(() => door.completeReview(work.id)).then(leave({ onDone, onDismiss }))}>{text.completeYes}</Button>
          <Button look="secondary" onClick={onDismiss}>{dialog.cancel}</Button>
        </>
      }
    >
      <Whose about={about} />
      <p>{text.sends}</p>
      <ul className="nhsuk-list nhsuk-list--bullet">
        <li>{text.notesSent(work.notes.length)}</li>
        {work.responses.map(({ form, state }) => <li key={form}>{state === 'released' ? text.released(titleOf(form)) : text.draft(titleOf(form))}</li>)}
      </ul>
      <p>{text.fixed}</p>
      {drafts.length > 0 && (
        <>
          <p>{text.draftHelp}</p>
          {drafts.map((response) => <ReleaseOne key={response.form} title={titleOf(response.form)} may={isReleasable(work.forms, response)} onRelease={() => void run(() => door.releaseForm(work.id, response.form))} />)}
        </>
      )}
      {Object.values(work.drafts).some((draft) => draft.text.trim() !== '') && <p className="vr-notice">{text.unfinished}</p>}
    </AppDialog>
  );
}

function ReleaseOne({ title, may, onRelease }: { title: string; may: boolean; onRelease: () => void }) {
  if (!may) return <p className="vr-secondary">{text.unreleasable(title)}</p>;
  return <Button look="secondary" small onClick={onRelease}>{text.release}<span className="vr-release__title">{text.releaseWhich(title)}</span></Button>;
}

interface Refusal {
  reason: RejectReason | '';
  note: string;
}

function RejectDialog({ review: { work, run }, about, refusal, onChange, onDone, onDismiss }: DialogProps & { refusal: Refusal; onChange: (refusal: Refusal) => void }) {
  const id = useId();
  const { reason, note } = refusal;
  const [faults, setFaults] = useState(0);
  const wrong = faults > 0 && reason === '';
  const submit = () => {
    if (reason === '') setFaults(faults + 1);
    else void run(() => door.rejectReview(work.id, reason, note.trim())).then(leave({ onDone, onDismiss }));
  };
  return (
    <AppDialog
      title={text.rejectTitle}
      asks="form"
      onDismiss={onDismiss}
      buttons={
        <>
          <Button look="warning" onClick={submit}>{text.rejectYes}</Button>
          <Button look="secondary" onClick={onDismiss}>{dialog.cancel}</Button>
        </>
      }
    >
      {wrong && <FieldErrors attempt={faults} faults={[{ field: id, text: text.reasonFault }]} />}
      <Whose about={about} />
      <p>{text.rejectMeans}</p>
      <SelectField
        id={id} label={text.reason} error={wrong ? text.reasonFault : undefined} value={reason}
        options={[{ value: '', label: text.choose }, ...rejectReasons.map((value) => ({ value, label: text.rejectReasons[value] }))]} onChange={(value) => onChange({ ...refusal, reason: value as Refusal['reason'] })}
      />
      {reason === 'wrong-patient' && <p className="vr-notice">{text.wrongPatient}</p>}
      <TextArea id={`${id}-note`} label={text.note} hint={text.noteHint} rows={2} value={note} onChange={(words) => onChange({ ...refusal, note: words })} />
    </AppDialog>
  );
}

