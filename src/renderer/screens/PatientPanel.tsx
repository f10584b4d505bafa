import type { OpenRecording } from '../../preload/contract.ts';
import { Button } from '../parts/Button.tsx';
import { noNhsNumber, purposeWords, reviewWords } from '../text/common.ts';
import { review as text } from '../text/review.ts';
import { formatNhsNumber } from '../words/nhsNumber.ts';
import { formatClock, formatDate, formatDay } from '../words/time.ts';

/** Whose recording this is. On the screen before the first frame and for as long as the player is. */
export function PatientPanel({ recording, onWrong }: { recording: OpenRecording; onWrong: () => void }) {
  const { patient, consultation, purpose, review } = recording;
  const { fields } = text;
  const [from, to] = [formatClock(consultation.startedAt), formatClock(consultation.endedAt)];
  const rows: [string, string][] = [
    [fields.born, formatDate(patient.dateOfBirth)],
    [fields.nhs, patient.nhsNumber === null ? noNhsNumber : formatNhsNumber(patient.nhsNumber)],
    [fields.when, `${formatDay(consultation.startedAt)}, ${from === to ? from : text.to(from, to)}`],
    [consultation.clinicians.length > 1 ? fields.cliniciansMany : fields.clinicians, consultation.clinicians.join(', ')],
    [fields.purpose, `${purposeWords(purpose)} (${reviewWords[review].toLowerCase()})`],
  ];
  return (
    <section className="vr-patient" aria-labelledby="patient" data-testid="patient-panel">
      <h2 className="vr-patient__lead" id="patient">{text.identity}</h2>
      <dl className="vr-facts">
        <div className="vr-facts__row vr-facts__row--name"><dt>{fields.name}</dt><dd>{patient.name}</dd></div>
        {rows.map(([key, value]) => <div className="vr-facts__row" key={key}><dt>{key}</dt><dd>{value}</dd></div>)}
      </dl>
      <Button look="warning" small className="vr-wrong" aria-keyshortcuts={text.wrong.key} onClick={onWrong}>{text.wrong.button} <kbd>{text.wrong.key}</kbd></Button>
    </section>
  );
}
