import { useId, useState } from 'react';
import type { AssignmentView } from '../../../preload/console.ts';
import { door } from '../../door.ts';
import { TextArea, TextField } from '../../parts/fields.tsx';
import { FormDialog } from '../../parts/FormDialog.tsx';
import { extending as text, reasonField } from '../../text/assignments.ts';
import { lastDay } from '../../words/filter.ts';
import { endOf } from '../../words/time.ts';
import { recordingName } from './context.ts';

interface Props {
  assignment: AssignmentView;
  onDone: (assignment: AssignmentView) => void;
  onDismiss: () => void;
}

export function ExtendDialog({ assignment: { task, recording, owner, until: ends }, onDone, onDismiss }: Props) {
  const id = useId();
  const [until, setUntil] = useState(ends === null ? '' : lastDay(ends));
  const [reason, setReason] = useState('');
  return (
    <FormDialog
      title={text.title} yes={text.yes} onDone={onDone} onDismiss={onDismiss}
      faults={() => [...(until === '' ? [{ field: `${id}-until`, text: text.error }] : []), ...(reason.trim() === '' ? [{ field: `${id}-reason`, text: reasonField.error }] : [])]}
      run={() => door.extendAssignment(task, endOf(until), reason.trim())}
    >
      {(error) => (
        <>
          <p>{recordingName(recording)}, {owner.name}</p>
          <TextField id={`${id}-until`} label={text.until} type="date" error={error(`${id}-until`)} value={until} onChange={setUntil} />
          <TextArea id={`${id}-reason`} label={reasonField.label} hint={reasonField.hint} error={error(`${id}-reason`)} rows={2} value={reason} onChange={setReason} />
        </>
      )}
    </FormDialog>
  );
}
