import { useState } from 'react';
import type { OpenRecording } from '../../preload/contract.ts';
import { Button } from '../parts/Button.tsx';
import { group as groupText, whose as text } from '../text/reviewWork.ts';
import { formatDate } from '../words/time.ts';

/** What a step is about that cannot be taken back. */
export interface About {
  patient: OpenRecording['patient'];
  medium: OpenRecording['medium'];
  /** Whole per cent that this person was shown; null while the length of the recording is not known. */
  watched: number | null;
  /** Others are in the room. */
  group: boolean;
}

/** Whose recording it is and how much of it was watched, to be checked before a step is taken. While others are in the room the patient is named only when that is asked for. */
export function Whose({ about: { patient, medium, watched, group } }: { about: About }) {
  const [asked, setAsked] = useState(false);
  return (
    <div className="vr-whose">
      {group && !asked ? <p>{groupText.patient.hidden}</p> : <p><strong>{patient.name}</strong>, {text.born(formatDate(patient.dateOfBirth))}</p>}
      {group && <Button look="secondary" small onClick={() => setAsked(!asked)}>{asked ? groupText.patient.hide : groupText.patient.show}</Button>}
      {watched !== null && <p>{text.watched(watched, medium)}</p>}
    </div>
  );
}
