import { InsetText } from 'nhsuk-react-components';
import { useState } from 'react';
import type { AppState } from '../../preload/contract.ts';
import { door } from '../door.ts';
import { Button } from '../parts/Button.tsx';
import { ProblemSummary } from '../parts/ErrorSummary.tsx';
import { LateDialog } from '../parts/LateDialog.tsx';
import { Screen } from '../parts/Screen.tsx';
import { TopBar } from '../parts/TopBar.tsx';
import { useAction } from '../parts/useAction.ts';
import { dialog } from '../text/common.ts';
import { forgotten as text } from '../text/start.ts';
import { formatBytes } from '../words/bytes.ts';

type State = Extract<AppState, { screen: 'forgotten' }>;

/** What a forgotten secret costs, before anything is erased. */
export function Forgotten({ state: { practice, name, rule, recordings, bytes, unsent } }: { state: State }) {
  const [confirming, setConfirming] = useState(false);
  const action = useAction();
  const size = formatBytes(bytes);
  return (
    <>
      <TopBar practice={practice.name} />
      <Screen
        windowTitle={text.title(rule)}
        heading={text.heading(rule, name)}
        before={action.problem && <ProblemSummary problem={action.problem} attempt={action.failures} />}
      >
        <h2 className="nhsuk-heading-s">{text.lostTitle}</h2>
        <ul className="nhsuk-list nhsuk-list--bullet">{text.lost(recordings, size).map((item) => <li key={item}>{item}</li>)}</ul>
        <p>{text.why(rule)}</p>
        <h2 className="nhsuk-heading-s">{text.keptTitle}</h2>
        <ul className="nhsuk-list nhsuk-list--bullet">{text.kept(unsent).map((item) => <li key={item}>{item}</li>)}</ul>
        <InsetText><p>{text.network}</p></InsetText>
        <div className="nhsuk-button-group">
          <Button look="warning" unavailable={action.busy} onClick={() => setConfirming(true)}>{text.erase(rule)}</Button>
          <Button look="secondary" unavailable={action.busy} onClick={() => void action.run(() => door.rememberedSecret())}>{text.remembered}</Button>
        </div>
      </Screen>
      {confirming && (
        <LateDialog
          title={text.confirm.title(name)}
          onDismiss={() => setConfirming(false)}
          buttons={
            <>
              <Button
                look="warning"
                onClick={() => {
                  setConfirming(false);
                  void action.run(() => door.eraseForgotten());
                }}
              >
                {text.confirm.yes}
              </Button>
              <Button look="secondary" onClick={() => setConfirming(false)}>{dialog.cancel}</Button>
            </>
          }
        >
          <p>{text.confirm.body(recordings, size)}</p>
          <p>{text.confirm.after(rule)}</p>
        </LateDialog>
      )}
    </>
  );
}
