import { Details } from 'nhsuk-react-components';
import { useState } from 'react';
import type { AppState, ProblemCode } from '../../preload/contract.ts';
import { door } from '../door.ts';
import { Button } from '../parts/Button.tsx';
import { ProblemSummary } from '../parts/ErrorSummary.tsx';
import { LateDialog } from '../parts/LateDialog.tsx';
import { Screen } from '../parts/Screen.tsx';
import { TopBar } from '../parts/TopBar.tsx';
import { useAction } from '../parts/useAction.ts';
import { dialog, support, supportDetail } from '../text/common.ts';
import { problemWords } from '../text/problems.ts';
import { problem as text, startAgainWords } from '../text/start.ts';
import { waysOut } from '../words/wayOut.ts';

type State = Extract<AppState, { screen: 'problem' }>;

/** Problems of one person's vault: others on this computer are not kept out by them. */
const ofOneVault = new Set<ProblemCode>(['vault-corrupt', 'vault-newer', 'library-corrupt', 'vault-elsewhere', 'keychain-absent']);

/** Nothing can go on until this is put right. */
export function ProblemScreen({ state: { problem, canRetry, canStartAgain } }: { state: State }) {
  const [confirming, setConfirming] = useState(false);
  const action = useAction();
  const { what, means, next } = problemWords(problem);
  const question = startAgainWords(problem.code);
  return (
    <>
      <TopBar />
      <Screen
        windowTitle={what}
        heading={what}
        before={action.problem && <ProblemSummary problem={action.problem} attempt={action.failures} />}
      >
        <p>{means}</p>
        <p>{next}</p>
        <div className="nhsuk-button-group">
          {waysOut(problem.code, { retry: canRetry, startAgain: canStartAgain }).map((way, index) => (
            <Button key={way} look={index === 0 ? 'primary' : 'secondary'} unavailable={action.busy} onClick={() => (way === 'retry' ? void action.run(() => door.retry()) : setConfirming(true))}>{way === 'retry' ? text.retry : text.startAgain}</Button>
          ))}
          {ofOneVault.has(problem.code) && <Button look="secondary" unavailable={action.busy} onClick={() => void action.run(() => door.switchUser())}>{text.someoneElse}</Button>}
          <Button look="secondary" onClick={() => void action.run(() => door.quit())}>{text.quit}</Button>
        </div>
        <Details>
          <Details.Summary>{support.summary}</Details.Summary>
          <Details.Text>
            <p className="vr-break">{supportDetail(problem)}<br />{problem.message}</p>
          </Details.Text>
        </Details>
      </Screen>
      {confirming && (
        <LateDialog
          title={question.title}
          onDismiss={() => setConfirming(false)}
          buttons={
            <>
              <Button
                look="warning"
                onClick={() => {
                  setConfirming(false);
                  void action.run(() => door.startAgain());
                }}
              >
                {question.yes}
              </Button>
              <Button look="secondary" onClick={() => setConfirming(false)}>{dialog.cancel}</Button>
            </>
          }
        >
          <p>{question.body}</p>
          <p>{question.lostLead}</p>
          <ul className="nhsuk-list nhsuk-list--bullet">{question.lost.map((item) => <li key={item}>{item}</li>)}</ul>
          <p>{question.kept}</p>
        </LateDialog>
      )}
    </>
  );
}
