import type { AppState } from '../../preload/contract.ts';
import { door } from '../door.ts';
import { Button } from '../parts/Button.tsx';
import { ProblemSummary } from '../parts/ErrorSummary.tsx';
import { Screen } from '../parts/Screen.tsx';
import { SupportContact } from '../parts/SupportContact.tsx';
import { TopBar } from '../parts/TopBar.tsx';
import { useAction } from '../parts/useAction.ts';
import { noRole as text } from '../text/start.ts';

type State = Extract<AppState, { screen: 'no-role' }>;

export function NoRole({ state: { name, practice, ended } }: { state: State }) {
  const action = useAction();
  const console = ended !== null && ended !== 'clinician';
  return (
    <>
      <TopBar practice={practice.name} />
      <Screen
        windowTitle={ended !== null ? text.endedTitle : text.title}
        heading={ended !== null ? text.endedTitle : text.title}
        before={action.problem && <ProblemSummary problem={action.problem} attempt={action.failures} />}
      >
        <p>{ended === null ? text.why(name, practice.name) : console ? text.endedConsole(name, practice.name) : text.ended(name, practice.name)}</p>
        {ended !== null && <p>{console ? text.erasedConsole : text.erased}</p>}
        <p>{text.ask}</p>
        <SupportContact practice={practice} />
        <p>{ended === null ? text.againNever : console ? text.againConsole : text.again}</p>
        <Button unavailable={action.busy} onClick={() => void action.run(() => door.signOut())}>{text.signOut}</Button>
      </Screen>
    </>
  );
}
