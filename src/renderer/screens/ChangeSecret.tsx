import { useState } from 'react';
import type { SecretRule } from '../../preload/contract.ts';
import { door } from '../door.ts';
import { BackButton } from '../parts/BackButton.tsx';
import { Button } from '../parts/Button.tsx';
import { FieldErrors, ProblemSummary } from '../parts/ErrorSummary.tsx';
import { Screen } from '../parts/Screen.tsx';
import { SecretField } from '../parts/SecretField.tsx';
import { useAction } from '../parts/useAction.ts';
import { useNow } from '../parts/useNow.ts';
import { dialog } from '../text/common.ts';
import { attempts } from '../text/problems.ts';
import { review } from '../text/review.ts';
import { changeSecret as text, setSecret, unlock } from '../text/start.ts';
import { checkChangedSecret } from '../words/secretRules.ts';
import { countdown } from '../words/time.ts';

interface Props {
  /** What the present secret is. */
  present: SecretRule;
  /** What the practice asks of the new one. */
  next: SecretRule;
  onBack: () => void;
}
type Faults = ReturnType<typeof checkChangedSecret>;
type Field = 'present' | 'secret' | 'repeat';

export function ChangeSecret({ present, next, onBack }: Props) {
  const [done, setDone] = useState(false);
  // Another key: the heading of what is done takes the focus, and so is read out.
  if (done) {
    return (
      <Screen key="done" windowTitle={text.done(present)} heading={text.done(present)}>
        <p>{text.doneBody}</p>
        <Button onClick={onBack}>{review.back}</Button>
      </Screen>
    );
  }
  return <ChangeForm present={present} next={next} onBack={onBack} onDone={() => setDone(true)} />;
}

function ChangeForm({ present, next, onBack, onDone }: Props & { onDone: () => void }) {
  const [given, setGiven] = useState('');
  const [secret, setSecretValue] = useState('');
  const [repeat, setRepeat] = useState('');
  const [faults, setFaults] = useState<Faults>({});
  const [missed, setMissed] = useState(0);
  const [retryAt, setRetryAt] = useState(0);
  const action = useAction();
  const now = useNow(1000);

  const secondsToWait = Math.max(0, (retryAt - now) / 1000);
  const waiting = secondsToWait > 0;
  const { problem } = action;
  const wrong = problem?.code === 'wrong-secret';
  const words: Record<Field, string | undefined> = {
    present: faults.present ? text.missing(present) : wrong ? unlock.wrong(present) : undefined,
    secret: faults.secret && setSecret.faults[faults.secret](next),
    repeat: faults.repeat && setSecret.faults[faults.repeat](next),
  };
  const listed = (['present', 'secret', 'repeat'] as const).flatMap((field) => (words[field] === undefined ? [] : [{ field, text: words[field] }]));

  const submit = async () => {
    if (waiting || action.busy) return;
    action.clear();
    const found = checkChangedSecret(next, given, secret, repeat);
    setFaults(found);
    if (Object.keys(found).length > 0) {
      setMissed((count) => count + 1);
      return;
    }
    setGiven('');
    const result = await action.run(() => door.changeSecret(given, secret));
    if (result?.ok) onDone();
    else if (result?.error.code === 'wait-before-retry') setRetryAt(Date.now() + Number(result.error.detail?.seconds ?? 0) * 1000);
  };

  const before = () => {
    if (problem && !wrong) return <ProblemSummary problem={problem} attempt={action.failures} />;
    if (listed.length === 0) return null;
    const left = problem?.detail?.attemptsLeft;
    return <FieldErrors attempt={missed + action.failures} faults={listed}>{typeof left === 'number' && <p>{attempts(left)}</p>}</FieldErrors>;
  };

  return (
    <Screen windowTitle={text.title(present)} heading={text.title(present)} before={<><BackButton onPress={onBack}>{review.back}</BackButton>{before()}</>}>
      <p>{text.about(next)}</p>
      <form noValidate onSubmit={(event) => { event.preventDefault(); void submit(); }}>
        <SecretField id="present" label={text.present(present)} rule={present} value={given} error={words.present} autoComplete="current-password" onChange={setGiven} />
        <SecretField id="secret" label={text.label(next)} hint={setSecret.hint(next)} rule={next} value={secret} error={words.secret} autoComplete="new-password" onChange={setSecretValue} />
        <SecretField id="repeat" label={text.repeat(next)} rule={next} value={repeat} error={words.repeat} autoComplete="new-password" onChange={setRepeat} />
        {waiting && <p className="vr-wait">{unlock.wait(countdown(secondsToWait))}</p>}
        <p role="status" className="nhsuk-u-visually-hidden">{retryAt > 0 && !waiting ? unlock.waitOver : ''}</p>
        <div className="nhsuk-button-group">
          <Button type="submit" unavailable={action.busy || waiting}>{text.submit(present)}</Button>
          <Button look="secondary" onClick={onBack}>{dialog.cancel}</Button>
        </div>
      </form>
    </Screen>
  );
}
