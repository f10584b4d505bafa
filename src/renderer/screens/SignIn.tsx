import type { AppState } from '../../preload/contract.ts';
import { door } from '../door.ts';
import { Button } from '../parts/Button.tsx';
import { ProblemSummary } from '../parts/ErrorSummary.tsx';
import { ProxyButton } from '../parts/ProxyButton.tsx';
import { Screen } from '../parts/Screen.tsx';
import { SupportContact } from '../parts/SupportContact.tsx';
import { TopBar } from '../parts/TopBar.tsx';
import { VaultList } from '../parts/VaultList.tsx';
import { useAction } from '../parts/useAction.ts';
import { app } from '../text/common.ts';
import { signIn as text } from '../text/start.ts';

type State = Extract<AppState, { screen: 'sign-in' }>;

export function SignIn({ state: { practice, people, notice } }: { state: State }) {
  const action = useAction();
  const said = action.problem ?? notice;
  // What it means depends on whether anybody has something here.
  const problem = said && { ...said, detail: { of: people.some(({ broken }) => !broken) ? 'sign-in' : 'first-sign-in', ...said.detail } };
  return (
    <>
      <TopBar practice={practice.name} />
      <Screen
        windowTitle={text.title}
        heading={`${text.title} to ${app.name}`}
        before={problem && <ProblemSummary problem={problem} attempt={action.failures}><ProxyButton problem={problem} onDone={() => void action.run(() => door.signIn())} /></ProblemSummary>}
      >
        <p>{text.about(practice.name)}</p>
        <Button unavailable={action.busy} className="vr-button-spaced" onClick={() => void action.run(() => door.signIn())}>{text.button}</Button>
        <p className="vr-secondary">{text.how}</p>
        {people.length > 0 && (
          <section aria-labelledby="people">
            <h2 className="nhsuk-heading-s vr-section-title" id="people">{text.peopleTitle}</h2>
            {people.some((person) => !person.broken) && <p>{text.peopleBody}</p>}
            <ul className="vr-people">
              <VaultList people={people} busy={action.busy} onChoose={(vault) => void action.run(() => door.chooseVault(vault))} />
            </ul>
          </section>
        )}
        <h2 className="nhsuk-heading-s vr-section-title">{text.help}</h2>
        <SupportContact practice={practice} />
      </Screen>
    </>
  );
}
