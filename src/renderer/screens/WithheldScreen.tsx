import { useState } from 'react';
import type { PracticeView, Worklist } from '../../preload/contract.ts';
import { door } from '../door.ts';
import { BackButton } from '../parts/BackButton.tsx';
import { Button } from '../parts/Button.tsx';
import { ProblemSummary } from '../parts/ErrorSummary.tsx';
import { Quoting } from '../parts/Quoting.tsx';
import { Screen } from '../parts/Screen.tsx';
import { SupportContact } from '../parts/SupportContact.tsx';
import { useAction } from '../parts/useAction.ts';
import { withheld as text } from '../text/room.ts';
import { formatClock, formatMoment } from '../words/time.ts';

interface Props {
  id: string;
  worklist: Worklist | null;
  practice: PracticeView;
  online: boolean;
  onBack: () => void;
}

/** Why one recording is withheld, what that means, what can be done. */
export function WithheldScreen({ id, worklist, practice, online, onBack }: Props) {
  const action = useAction();
  const [checkedAt, setCheckedAt] = useState<string | null>(null);
  const row = worklist?.withheld.find((candidate) => candidate.id === id);
  // It may pass, or go, while this is open; the reference still names what the screen was about.
  const [reference] = useState(row?.reference ?? '');

  const { means, doIt } = wordsFor(row?.reasons ?? []);

  const check = async () => {
    const result = await action.run(() => door.recheck(id));
    if (result?.ok) setCheckedAt(new Date().toISOString());
  };

  return (
    <Screen
      windowTitle={text.title}
      heading={<Quoting text={text.heading(reference)} />}
      before={
        <>
          <BackButton onPress={onBack}>{text.back}</BackButton>
          {action.problem && <ProblemSummary problem={action.problem} attempt={action.failures} />}
        </>
      }
    >
      {row === undefined ? (
        <>
          <p role="status">{text.passed}</p>
          <Button onClick={onBack}>{text.back}</Button>
        </>
      ) : (
        <>
          <h2 className="nhsuk-heading-s">{text.reasons}</h2>
          <ul className="nhsuk-list nhsuk-list--bullet">
            {row.reasons.map((reason) => <li key={reason.code}>{reason.sentence}</li>)}
          </ul>
          <p className="vr-secondary">{text.since(formatMoment(row.since))}</p>
          <h2 className="nhsuk-heading-s">{text.meansTitle}</h2>
          <p>{means}</p>
          <h2 className="nhsuk-heading-s">{text.doTitle}</h2>
          <p><Quoting text={doIt(row.reference)} /></p>
          <SupportContact practice={practice} />
          <div className="vr-check">
            <Button look="secondary" className="vr-button-flush" unavailable={action.busy || !online} aria-describedby="check-status" onClick={() => void check()}>{text.check}</Button>
            <p role="status" id="check-status" className="vr-check__words">
              {action.busy ? text.checking : !online ? text.offline : checkedAt === null ? '' : text.stillWithheld(formatClock(checkedAt))}
            </p>
          </div>
        </>
      )}
    </Screen>
  );
}

function wordsFor(reasons: readonly { code: string }[]): { means: string; doIt: (reference: string) => string } {
  const is = (code: string) => reasons.some((reason) => reason.code === code);
  if (is('wrong-patient')) return text.wrongPatient;
  if (is('not-kept')) return text.notKept;
  return is('stopped') ? text.stopped : text;
}
