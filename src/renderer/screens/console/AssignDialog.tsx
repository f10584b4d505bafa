import { useId, useState } from 'react';
import type { AssignmentView } from '../../../preload/console.ts';
import { door } from '../../door.ts';
import { DayField } from '../../parts/DayField.tsx';
import { SelectField, Tick } from '../../parts/fields.tsx';
import { FormDialog, type Fault } from '../../parts/FormDialog.tsx';
import { assigning as text } from '../../text/assignments.ts';
import { purposeWords } from '../../text/common.ts';
import { endOf, localParts, startOf } from '../../words/time.ts';
import { useConsole } from './context.ts';
import { FindField } from './FindField.tsx';

interface Props {
  onDone: (assignment: AssignmentView) => void;
  onDismiss: () => void;
}

const weeks = 4;

export function AssignDialog({ onDone, onDismiss }: Props) {
  const id = useId();
  const { known } = useConsole();
  const [today] = useState(() => Date.now());
  const dayAfter = (days: number) => localParts(new Date(today + days * 86_400_000).toISOString()).day;
  const [recording, setRecording] = useState('');
  const [owner, setOwner] = useState('');
  const [purpose, setPurpose] = useState(text.purposes[0] ?? '');
  const [from, setFrom] = useState(dayAfter(0));
  const [until, setUntil] = useState(dayAfter(weeks * 7));
  const [offline, setOffline] = useState(false);
  const at = (name: string) => `${id}-${name}`;
  const faults = (): Fault[] => [
    ...(recording === '' ? [{ field: at('recording'), text: text.errors.recording }] : []),
    ...(owner === '' ? [{ field: at('owner'), text: text.errors.owner }] : []),
    ...(from === '' || until === '' || until < from ? [{ field: at('from'), text: text.errors.dates }] : []),
  ];
  return (
    <FormDialog
      title={text.title} yes={text.yes} faults={faults} onDone={onDone} onDismiss={onDismiss}
      run={() => door.assign({ recording, owner, purpose, from: startOf(from), until: endOf(until), offline })}
    >
      {(error) => (
        <>
          <p>{text.body}</p>
          <FindField id={at('recording')} label={text.recording} error={error(at('recording'))} wants={['recording']} options={known.recordings} onChosen={(chosen) => setRecording(chosen?.id ?? '')} />
          <SelectField id={at('owner')} label={text.owner} error={error(at('owner'))} value={owner} options={[{ value: '', label: text.choose }, ...known.staff.map(({ sds, name, role }) => ({ value: sds, label: `${name}, ${role}` }))]} onChange={setOwner} />
          <SelectField id={at('purpose')} label={text.purpose} value={purpose} options={text.purposes.map((code) => ({ value: code, label: purposeWords(code) }))} onChange={setPurpose} />
          <div className="vr-moment">
            <DayField id={at('from')} label={text.from} error={error(at('from'))} value={from} onChange={(day) => setFrom(day ?? '')} />
            <DayField id={at('until')} label={text.until} value={until} onChange={(day) => setUntil(day ?? '')} />
          </div>
          <Tick id={at('offline')} label={text.offline} ticked={offline} onTick={setOffline} />
        </>
      )}
    </FormDialog>
  );
}
