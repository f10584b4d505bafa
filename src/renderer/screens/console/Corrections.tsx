import type { IncidentFields, Ladder } from '../../../preload/console.ts';
import { Radios, TextArea } from '../../parts/fields.tsx';
import { incident } from '../../text/incidents.ts';
import { patientName, useConsole } from './context.ts';
import { FindField } from './FindField.tsx';

type Correction = IncidentFields['corrections'][number];

interface Props {
  id: string;
  draft: IncidentFields;
  ladder: Ladder | null;
  error: (index: number) => string | undefined;
  onChange: (corrections: Correction[]) => void;
}

const { corrections: text } = incident;
const choices = Object.entries(text.choices).map(([value, label]) => ({ value, label }));

/** Whose consultation each recording shows, where the record may be what was wrong. An empty patient is one that is still to be chosen. */
export function Corrections({ id, draft: { recordings, corrections }, ladder, error, onChange }: Props) {
  const { label, known } = useConsole();
  return (
    <>
      <h3>{incident.fields.corrections}</h3>
      <p className="vr-secondary">{recordings.length === 0 ? text.none : text.about}</p>
      {recordings.map((recording, place) => {
        const index = corrections.findIndex((one) => one.recording === recording);
        const correction = corrections[index];
        const put = (patient: string | null, reason = correction?.reason ?? '') => onChange(correction ? corrections.map((one) => (one === correction ? { recording, patient, reason } : one)) : [...corrections, { recording, patient, reason }]);
        const recorded = [...new Map((ladder?.rows ?? []).filter((row) => row.recording.recording === recording || row.recording.document === recording).flatMap(({ patient }) => (patient ? [[patient.patient, patientName(patient)] as const] : []))).values()];
        const own = `${id}-${index === -1 ? `as-${place}` : index}`;
        return (
          <div key={recording} className="vr-correction">
            <Radios
              id={`${id}-choice-${place}`} legend={text.choice(label('recordings', recording))} hint={recorded.length === 0 ? text.notRecorded : text.recorded(recorded.join(', '))}
              value={correction === undefined ? 'recorded' : correction.patient === null ? 'unknown' : 'other'} options={choices}
              onChange={(value) => (value === 'recorded' ? onChange(corrections.filter((one) => one !== correction)) : put(value === 'unknown' ? null : ''))}
            />
            {correction && (
              <>
                {correction.patient !== null && <FindField id={`${own}-patient`} label={text.patient} wants={['patient']} options={known.patients} onChosen={(chosen) => put(chosen?.id ?? '')} />}
                {correction.patient && <p>{text.chosen(label('patients', correction.patient))}</p>}
                <TextArea id={own} label={text.reason} hint={text.reasonHint} rows={2} error={error(index)} value={correction.reason} onChange={(reason) => put(correction.patient, reason)} />
              </>
            )}
          </div>
        );
      })}
    </>
  );
}
