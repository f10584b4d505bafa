import { Details } from 'nhsuk-react-components';
import { useState } from 'react';
import type { AppState } from '../../preload/contract.ts';
import { door } from '../door.ts';
import { Button } from '../parts/Button.tsx';
import { FieldErrors, ProblemSummary } from '../parts/ErrorSummary.tsx';
import { Screen } from '../parts/Screen.tsx';
import { SecretField } from '../parts/SecretField.tsx';
import { TopBar } from '../parts/TopBar.tsx';
import { useAction } from '../parts/useAction.ts';
import { noRole, setSecret as text } from '../text/start.ts';
import { checkNewSecret } from '../words/secretRules.ts';

type State = Extract<AppState, { screen: 'set-secret' }>;
type Faults = ReturnType<typeof checkNewSecret>;

export function SetSecret({ state: { name, rule, why } }: { state: State }) {
  const [secret, setSecret] = useState('');
  const [repeat, setRepeat] = useState('');
  const [faults, setFaults] = useState<Faults>({});
  const [missed, setMissed] = useState(0);
  const action = useAction();

  const title = why === 'policy' ? text.policyTitle(rule) : text.title(rule);
  const words = {
    secret: faults.secret && text.faults[faults.secret](rule),
    repeat: faults.repeat && text.faults[faults.repeat](rule),
  };
  const listed = [
    ...(words.secret === undefined ? [] : [{ field: 'secret', text: words.secret }]),
    ...(words.repeat === undefined ? [] : [{ field: 'repeat', text: words.repeat }]),
  ];

  const submit = () => {
    const found = checkNewSecret(rule, secret, repeat);
    setFaults(found);
    action.clear();
    if (found.secret || found.repeat) setMissed((count) => count + 1);
    else void action.run(() => door.setSecret(secret));
  };

  return (
    <>
      <TopBar />
      <Screen
        windowTitle={title}
        heading={title}
        before={
          listed.length > 0 ? <FieldErrors attempt={missed} faults={listed} />
          : action.problem && <ProblemSummary problem={action.problem} attempt={action.failures} />
        }
      >
        {why === 'policy' ? (
          <>
            <p>{text.policy(name, rule)}</p>
            <p>{text.untouched}</p>
          </>
        ) : (
          <p>{text.who(name)} {text.protects(rule)}</p>
        )}
        <form noValidate onSubmit={(event) => { event.preventDefault(); submit(); }}>
          <SecretField id="secret" label={text.label(rule)} hint={text.hint(rule)} rule={rule} value={secret} error={words.secret} autoComplete="new-password" onChange={setSecret} />
          <SecretField id="repeat" label={text.repeat(rule)} rule={rule} value={repeat} error={words.repeat} autoComplete="new-password" onChange={setRepeat} />
          <Details>
            <Details.Summary>{text.forgottenTitle}</Details.Summary>
            <Details.Text><p>{text.forgotten(rule)}</p></Details.Text>
          </Details>
          <div className="nhsuk-button-group">
            <Button type="submit" unavailable={action.busy}>{text.submit}</Button>
            <Button look="secondary" unavailable={action.busy} onClick={() => void action.run(() => door.signOut())}>{noRole.signOut}</Button>
          </div>
        </form>
      </Screen>
    </>
  );
}
