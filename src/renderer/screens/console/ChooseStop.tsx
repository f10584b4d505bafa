import { useId, useState } from 'react';
import type { StopTarget } from '../../../preload/console.ts';
import { Radios } from '../../parts/fields.tsx';
import { FormDialog } from '../../parts/FormDialog.tsx';
import { stops } from '../../text/assignments.ts';
import { useConsole } from './context.ts';
import { FindField } from './FindField.tsx';

const { form: text } = stops;

/** What is to be stopped; the next dialog asks why. */
export function ChooseStop({ onChosen, onDismiss }: { onChosen: (target: StopTarget) => void; onDismiss: () => void }) {
  const id = useId();
  const { known } = useConsole();
  const [kind, setKind] = useState<StopTarget['kind']>('recording');
  const [value, setValue] = useState('');
  const options = kind === 'patient' ? known.patients : known.recordings;
  const target: StopTarget = kind === 'all' ? { kind } : kind === 'recording' ? { kind, recording: value } : { kind, patient: value };
  return (
    <FormDialog
      title={text.title} yes={text.next} onDismiss={onDismiss} onDone={onChosen}
      faults={() => (kind !== 'all' && value === '' ? [{ field: `${id}-which`, text: text.errors.target }] : [])}
      run={() => Promise.resolve({ ok: true, value: target })}
    >
      {(error) => (
        <>
          <Radios
            id={`${id}-kind`} legend={text.kind} value={kind} options={Object.entries(text.kinds).map(([name, label]) => ({ value: name, label }))}
            onChange={(name) => {
              setKind(name as StopTarget['kind']);
              setValue('');
            }}
          />
          {kind !== 'all' && <FindField key={kind} id={`${id}-which`} label={text[kind]} error={error(`${id}-which`)} wants={[kind]} options={options} onChosen={(chosen) => setValue(chosen?.id ?? '')} />}
        </>
      )}
    </FormDialog>
  );
}
