import { useState } from 'react';
import type { OpenRecording } from '../../preload/contract.ts';
import { Button } from '../parts/Button.tsx';
import { noNhsNumber, purposeWords, reviewWords } from '../text/common.ts';
import { review as text } from '../text/review.ts';
import { group as groupText } from '../text/reviewWork.ts';
import { formatNhsNumber } from '../words/nhsNumber.ts';
import { formatClock, formatDate, formatDay } from '../words/time.ts';

interface Props {
  recording: OpenRecording;
  /** Others are in the room: what identifies the patient is hidden until it is asked for. */
  group: boolean;
  onWrong: () => void;
}

/** Whose recording this is. On the screen before the first frame and for as long as the player is. */
export function PatientPanel({ recording, group, onWrong }: Props) {
  const [asked, setAsked] = useState(false);
  const hidden = group && !asked;
  const { patient, consultation, purpose, review } = recording;
  const { fields } = text;
  const [from, to] = [formatClock(consultation.startedAt), formatClock(consultation.endedAt)];
  const identity: [string, string][] = [
    [fields.born, formatDate(patient.dateOfBirth)],
    [fields.nhs, patient.nhsNumber === null ? noNhsNumber : formatNhsNumber(patient.nhsNumber)],
  ];
  const rows: [string, string][] = [
    ...(hidden ? [] : identity),
    [fields.when, `${formatDay(consultation.startedAt)}, ${from === to ? from : text.to(from, to)}`],
    [consultation.clinicians.length > 1 ? fields.cliniciansMany : fields.clinicians, consultation.clinicians.join(', ')],
    [fields.purpose, `${purposeWords(purpose)} (${reviewWords[review].toLowerCase()})`],
  ];
  return (
    <section className="vr-patient" aria-labelledby="patient" data-testid="patient-panel">
      <h2 className="vr-patient__lead" id="patient">{text.identity}</h2>
      {hidden && <p className="vr-patient__hidden">{groupText.patient.hidden}</p>}
      <dl className="vr-facts">
        {!hidden && <div className="vr-facts__row vr-facts__row--name"><dt>{fields.name}</dt><dd>{patient.name}</dd></div>}
        {rows.map(([key, value]) => <div className="vr-facts__row" key={key}><dt>{key}</dt><dd>{value}</dd></div>)}
      </dl>
      {group && <Button look="secondary" small className="vr-patient__show" onClick={() => setAsked(hidden)}>{hidden ? groupText.patient.show : groupText.patient.hide}</Button>}
      <Button look="warning" small className="vr-wrong" aria-keyshortcuts={text.wrong.key} onClick={onWrong}>{text.wrong.button} <kbd>{text.wrong.key}</kbd></Button>
    </section>
  );
}
