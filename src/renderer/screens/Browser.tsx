import { InsetText } from 'nhsuk-react-components';
import { useState } from 'react';
import type { AppState } from '../../preload/contract.ts';
import { door } from '../door.ts';
import { Button } from '../parts/Button.tsx';
import { ProblemSummary } from '../parts/ErrorSummary.tsx';
import { Screen } from '../parts/Screen.tsx';
import { TopBar } from '../parts/TopBar.tsx';
import { useAction } from '../parts/useAction.ts';
import { browser as text } from '../text/start.ts';

type State = Extract<AppState, { screen: 'browser' }>;

/** The sign-in page is in the browser of the computer; this screen waits for it. */
export function Browser({ state: { practice, address, opened } }: { state: State }) {
  const copying = useAction();
  const cancelling = useAction();
  const [copied, setCopied] = useState(false);
  const problem = copying.problem ?? cancelling.problem;
  return (
    <>
      <TopBar practice={practice.name} />
      <Screen
        windowTitle={text.title}
        heading={text.title}
        before={problem && <ProblemSummary problem={problem} attempt={copying.failures + cancelling.failures} />}
      >
        {opened ? <p>{text.opened}</p> : <InsetText><p>{text.notOpened}</p></InsetText>}
        <div className="nhsuk-form-group">
          <label className="nhsuk-label vr-label" htmlFor="address">{text.address}</label>
          {opened && <div className="nhsuk-hint" id="address-hint">{text.elsewhere}</div>}
          <div className="vr-address">
            <input
              className="nhsuk-input"
              id="address"
              readOnly
              value={address}
              aria-describedby={opened ? 'address-hint' : undefined}
              onFocus={(event) => event.target.select()}
            />
            <Button
              look="secondary"
              small
              unavailable={copying.busy}
              onClick={() => void copying.run(() => door.copySignInAddress()).then((result) => setCopied(result?.ok ?? false))}
            >
              {text.copy}
            </Button>
          </div>
          <p role="status" className="vr-copied">{copied ? text.copied : ''}</p>
        </div>
        <p className="vr-waiting">{text.waiting}</p>
        <Button look="secondary" unavailable={cancelling.busy} onClick={() => void cancelling.run(() => door.cancelSignIn())}>{text.cancel}</Button>
      </Screen>
    </>
  );
}
