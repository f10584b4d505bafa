import type { AppState } from '../../preload/contract.ts';
import { door } from '../door.ts';
import { Button } from '../parts/Button.tsx';
import { ProblemSummary } from '../parts/ErrorSummary.tsx';
import { Screen } from '../parts/Screen.tsx';
import { SessionBar } from '../parts/SessionBar.tsx';
import { StandingBanner } from '../parts/StandingBanner.tsx';
import { useAction } from '../parts/useAction.ts';
import { console_ as text } from '../text/start.ts';

type State = Extract<AppState, { screen: 'console' }>;

/** What a manager meets until the audit console is there. */
export function Console({ state: { practice, name, role, standing } }: { state: State }) {
  const action = useAction();
  return (
    <>
      <SessionBar practice={practice} name={name} role={role} />
      <StandingBanner standing={standing} offlineUse={false} />
      <Screen
        windowTitle={text.title}
        heading={text.title}
        before={action.problem && <ProblemSummary problem={action.problem} attempt={action.failures} />}
      >
        <p>{text.who(name, role.name, role.organisation)}</p>
        <p>{text.noPlay}</p>
        <p>{text.later} {text.meanwhile}</p>
        <Button unavailable={action.busy} onClick={() => void action.run(() => door.signOut())}>{text.signOut}</Button>
      </Screen>
    </>
  );
}
