import { InsetText } from 'nhsuk-react-components';
import { useEffect, useRef, useState } from 'react';
import type { AppState, Problem } from '../../preload/contract.ts';
import { door } from '../door.ts';
import { Button } from '../parts/Button.tsx';
import { FieldErrors, ProblemSummary } from '../parts/ErrorSummary.tsx';
import { Screen } from '../parts/Screen.tsx';
import { SecretField } from '../parts/SecretField.tsx';
import { TopBar } from '../parts/TopBar.tsx';
import { VaultList } from '../parts/VaultList.tsx';
import { useAction } from '../parts/useAction.ts';
import { useNow } from '../parts/useNow.ts';
import { attempts, problemWords } from '../text/problems.ts';
import { unlock as text } from '../text/start.ts';
import { countdown } from '../words/time.ts';

type State = Extract<AppState, { screen: 'unlock' }>;

/** From here on the tries left are always said, not only after a wrong one. */
const worryAt = 7;

export function Unlock({ state }: { state: State }) {
  const { practice, person, others, rule, attemptsLeft, retryAt, notice, signedIn } = state;
  const [secret, setSecretValue] = useState('');
  const [missed, setMissed] = useState(0);
  const action = useAction();
  const now = useNow(1000);
  const field = useRef<HTMLInputElement>(null);

  const secondsToWait = retryAt === null ? 0 : Math.max(0, (Date.parse(retryAt) - now) / 1000);
  const waiting = secondsToWait > 0;
  const problem: Problem | null = action.problem ?? notice;
  const wrong = problem?.code === 'wrong-secret' || problem?.code === 'wait-before-retry';
  const fieldError = missed > 0 && secret === '' ? text.missing(rule) : wrong ? text.wrong(rule) : undefined;

  // The app coming back from a lock means that someone is about to type.
  useEffect(() => {
    if (notice?.code === 'locked') field.current?.focus();
  }, [notice]);

  const submit = () => {
    if (waiting || action.busy) return;
    action.clear();
    if (secret === '') {
      setMissed((count) => count + 1);
      return;
    }
    setMissed(0);
    const given = secret;
    setSecretValue('');
    void action.run(() => door.unlock(given));
  };

  const before = () => {
    if (missed > 0 && secret === '') return <FieldErrors attempt={missed} faults={[{ field: 'secret', text: text.missing(rule) }]} />;
    if (!problem || problem.code === 'locked') return null;
    if (!wrong) return <ProblemSummary problem={problem} attempt={action.failures} />;
    return <FieldErrors attempt={action.failures} faults={[{ field: 'secret', text: text.wrong(rule) }]}><p>{attempts(attemptsLeft)}</p></FieldErrors>;
  };

  return (
    <>
      <TopBar practice={practice.name} />
      <Screen windowTitle={text.title(person.name)} heading={text.title(person.name)} before={before()}>
        {notice?.code === 'locked' && action.problem === null && (
          <InsetText><p>{`${problemWords(notice).what}. ${problemWords(notice).means}`}</p></InsetText>
        )}
        {person.kept ? <p>{text.kept}</p> : !signedIn && <p>{text.offline}</p>}
        <form noValidate onSubmit={(event) => { event.preventDefault(); submit(); }}>
          <SecretField
            id="secret" ref={field} label={text.label(rule)} rule={rule} value={secret} error={fieldError} autoComplete="current-password"
            {...(attemptsLeft <= worryAt && !wrong && { hint: attempts(attemptsLeft) })}
            onChange={setSecretValue}
          />
          {waiting && <p className="vr-wait" data-testid="wait">{text.wait(countdown(secondsToWait))}</p>}
          <p role="status" className="nhsuk-u-visually-hidden">{retryAt !== null && !waiting ? text.waitOver : ''}</p>
          <Button type="submit" unavailable={action.busy || waiting}>{text.button}</Button>
        </form>
        <button
          type="button" className="vr-text-button vr-forgotten" aria-disabled={action.busy || undefined}
          onClick={() => void action.run(() => door.forgotSecret())}
        >
          {text.forgotten(rule)}
        </button>
        <h2 className="nhsuk-heading-s vr-section-title">{text.others}</h2>
        <ul className="vr-people">
          <VaultList people={others} busy={action.busy} onChoose={(vault) => void action.run(() => door.chooseVault(vault))} />
          <li>
            <Button look="secondary" unavailable={action.busy} onClick={() => void action.run(() => door.switchUser())}>{text.someoneElse}</Button>
          </li>
        </ul>
      </Screen>
    </>
  );
}
