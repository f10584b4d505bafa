import classNames from 'classnames';
import { useState } from 'react';
import type { AppState } from '../../preload/contract.ts';
import { door } from '../door.ts';
import { Button } from '../parts/Button.tsx';
import { FieldErrors, ProblemSummary } from '../parts/ErrorSummary.tsx';
import { Screen } from '../parts/Screen.tsx';
import { TopBar } from '../parts/TopBar.tsx';
import { useAction } from '../parts/useAction.ts';
import { roleWords } from '../text/common.ts';
import { chooseRole as text, noRole } from '../text/start.ts';

type State = Extract<AppState, { screen: 'choose-role' }>;

export function ChooseRole({ state: { name, roles } }: { state: State }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [missed, setMissed] = useState(0);
  const action = useAction();
  const missing = missed > 0 && chosen === null;

  const submit = () => {
    if (chosen === null) setMissed((count) => count + 1);
    else void action.run(() => door.chooseRole(chosen));
  };

  return (
    <>
      <TopBar />
      <Screen
        windowTitle={text.title}
        heading={text.title}
        before={
          missing ? <FieldErrors attempt={missed} faults={[{ field: 'role-0', text: text.missing }]} />
          : action.problem && <ProblemSummary problem={action.problem} attempt={action.failures} />
        }
      >
        <p>{text.hello(name)}</p>
        <form noValidate onSubmit={(event) => { event.preventDefault(); submit(); }}>
          <div className={classNames('nhsuk-form-group', missing && 'nhsuk-form-group--error')}>
            <fieldset className="nhsuk-fieldset" aria-describedby={missing ? 'role-hint role-error' : 'role-hint'}>
              <legend className="nhsuk-fieldset__legend nhsuk-u-visually-hidden">{text.title}</legend>
              <div className="nhsuk-hint" id="role-hint">{text.hint}</div>
              {missing && <span className="nhsuk-error-message" id="role-error"><span className="nhsuk-u-visually-hidden">Error: </span>{text.missing}</span>}
              <div className="nhsuk-radios">
                {roles.map((role, index) => (
                  <div className="nhsuk-radios__item" key={role.id}>
                    <input
                      className="nhsuk-radios__input" type="radio" name="role" id={`role-${index}`} value={role.id}
                      checked={chosen === role.id} aria-describedby={`role-${index}-hint`} onChange={() => setChosen(role.id)}
                    />
                    <label className="nhsuk-label nhsuk-radios__label" htmlFor={`role-${index}`}>{`${role.kind === 'guardian' ? '' : `${roleWords[role.kind]}: `}${role.name}, ${role.organisation}`}</label>
                    <div className="nhsuk-hint nhsuk-radios__hint" id={`role-${index}-hint`}>{text.kind[role.kind]}</div>
                  </div>
                ))}
              </div>
            </fieldset>
          </div>
          <div className="nhsuk-button-group">
            <Button type="submit" unavailable={action.busy}>{text.submit}</Button>
            <Button look="secondary" unavailable={action.busy} onClick={() => void action.run(() => door.signOut())}>{noRole.signOut}</Button>
          </div>
        </form>
      </Screen>
    </>
  );
}
