import { useId, useState } from 'react';
import type { AssignmentView } from '../../../preload/console.ts';
import { door } from '../../door.ts';
import { DayField } from '../../parts/DayField.tsx';
import { SelectField } from '../../parts/fields.tsx';
import { FormDialog } from '../../parts/FormDialog.tsx';
import { extending as text, reasonField, reasons } from '../../text/assignments.ts';
import { lastDay } from '../../words/filter.ts';
import { endOf } from '../../words/time.ts';
import { assignmentWords } from './context.ts';

interface Props {
  assignment: AssignmentView;
  onDone: (assignment: AssignmentView) => void;
  onDismiss: () => void;
}

export function ExtendDialog({ assignment, onDone, onDismiss }: Props) {
  const id = useId();
  const { task, until: ends } = assignment;
  const [until, setUntil] = useState(ends === null ? '' : lastDay(ends));
  const [reason, setReason] = useState('');
  return (
    <FormDialog
      title={text.title} yes={text.yes} onDone={onDone} onDismiss={onDismiss}
      faults={() => [...(until === '' ? [{ field: `${id}-until`, text: text.error }] : []), ...(reason === '' ? [{ field: `${id}-reason`, text: reasonField.error }] : [])]}
      run={() => door.extendAssignment(task, endOf(until), reason)}
    >
      {(error) => (
        <>
          <p>{assignmentWords(assignment)}</p>
          <DayField id={`${id}-until`} label={text.until} error={error(`${id}-until`)} value={until} onChange={(day) => setUntil(day ?? '')} />
          <SelectField id={`${id}-reason`} label={reasonField.label} error={error(`${id}-reason`)} value={reason} options={[{ value: '', label: reasonField.choose }, ...Object.entries(reasons.extend).map(([value, label]) => ({ value, label }))]} onChange={setReason} />
        </>
      )}
    </FormDialog>
  );
}
