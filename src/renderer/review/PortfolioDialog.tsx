import { useId, useState } from 'react';
import type { Exported } from '../../preload/console.ts';
import type { ReviewWork } from '../../preload/review.ts';
import { door } from '../door.ts';
import { FormDialog } from '../parts/FormDialog.tsx';
import { TextArea, Tick } from '../parts/fields.tsx';
import { forms } from '../text/forms.ts';
import { useDraft } from './useDraft.ts';

const text = forms.portfolio;

interface Props {
  work: ReviewWork;
  /** Of the media, in seconds; null where the player does not know it. */
  length: number | null;
  onDone: (exported: Exported) => void;
  onDismiss: () => void;
}

/** What is taken away for a portfolio: the reflection is kept as it is written; who the patient is stays out unless chosen. */
export function PortfolioDialog({ work, length, onDone, onDismiss }: Props) {
  const id = useId();
  const { draft, change } = useDraft(work.id, 'reflection', work.drafts.reflection);
  const [patient, setPatient] = useState(false);
  return (
    <FormDialog title={text.title} yes={text.yes} run={() => door.exportReflection(work.id, { reflection: draft.text, patient, length })} onDone={onDone} onDismiss={onDismiss}>
      <p>{text.about}</p>
      <TextArea id={`${id}-reflection`} label={text.reflection} rows={6} value={draft.text} onChange={(next) => change({ ...draft, text: next.slice(0, 20_000) })} />
      <Tick id={`${id}-patient`} label={text.patient} ticked={patient} onTick={setPatient} />
      <p className="vr-notice" role="status">{patient ? text.named : text.warning}</p>
    </FormDialog>
  );
}
