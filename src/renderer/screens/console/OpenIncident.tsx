import { useId, useState } from 'react';
import type { Incident } from '../../../preload/console.ts';
import { door } from '../../door.ts';
import { SelectField } from '../../parts/fields.tsx';
import { ReasonDialog } from '../../parts/FormDialog.tsx';
import { opening as text, triggers } from '../../text/incidents.ts';
import { useConsole } from './context.ts';

interface Props {
  trigger: Incident['trigger'];
  recordings: string[];
  patients: string[];
  /** Why it was opened from here, to be kept with it. */
  note?: string;
  onDismiss: () => void;
}

/** Opens an incident and goes to it. */
export function OpenIncident({ trigger: begun, recordings, patients, note, onDismiss }: Props) {
  const id = useId();
  const { go, label } = useConsole();
  const [trigger, setTrigger] = useState(begun);
  return (
    <ReasonDialog
      title={text.title} yes={text.yes} label={text.note} onDismiss={onDismiss}
      run={(reason) => door.openIncident(trigger, { recordings, patients }, note === undefined ? reason : `${note} ${reason}`)}
      onDone={(incident) => go({ kind: 'incident', id: incident.id })}
    >
      <p>{text.body}</p>
      <p>{patients.length > 0 && recordings.length === 0 ? text.patients(patients.map((patient) => label('patients', patient))) : text.recordings(recordings.map((recording) => label('recordings', recording)))}</p>
      {note !== undefined && <p className="vr-notice">{note}</p>}
      <SelectField id={id} label={text.trigger} value={trigger} options={Object.entries(triggers).map(([value, label]) => ({ value, label }))} onChange={(value) => setTrigger(value as Incident['trigger'])} />
    </ReasonDialog>
  );
}
