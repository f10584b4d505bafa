import { useEffect, useEffectEvent } from 'react';
import type { PracticeView } from '../../preload/contract.ts';
import { Button } from '../parts/Button.tsx';
import { ErrorSummary } from '../parts/ErrorSummary.tsx';
import { Quoting } from '../parts/Quoting.tsx';
import { Screen } from '../parts/Screen.tsx';
import { SupportContact } from '../parts/SupportContact.tsx';
import { wrongPatient as text } from '../text/wrongPatient.ts';

/** How far the main process is with what was asked for; the screen itself does not wait for it. */
export type Told = { state: 'working' } | { state: 'done'; reference: string } | { state: 'failed' };

interface Props {
  told: Told;
  practice: PracticeView;
  online: boolean;
  onBack: () => void;
}

/** After "Wrong patient": names no patient and no title. */
export function WrongPatient({ told, practice, online, onBack }: Props) {
  const back = useEffectEvent(onBack);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) back();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <Screen windowTitle={text.windowTitle} heading={text.title}>
      {told.state === 'failed' ? (
        <ErrorSummary title={text.failed}>
          <p>{text.failedMeans}</p>
          <p>{text.failedNext}</p>
        </ErrorSummary>
      ) : (
        <p role="status">{told.state === 'working' ? text.working : `${text.what} ${online ? text.sending : text.offline}`}</p>
      )}
      <h2 className="nhsuk-heading-s">{text.meansTitle}</h2>
      <p>{text.means}</p>
      <h2 className="nhsuk-heading-s">{text.notesTitle}</h2>
      <p>{text.notes}</p>
      <h2 className="nhsuk-heading-s">{text.doTitle}</h2>
      <p><Quoting text={told.state === 'done' ? text.doIt(told.reference) : text.doItWithout} /></p>
      <SupportContact practice={practice} />
      <Button onClick={onBack}>{text.back}</Button>
    </Screen>
  );
}
