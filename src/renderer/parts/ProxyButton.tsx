import { useId, useState } from 'react';
import type { Problem, SecretRule } from '../../preload/contract.ts';
import { attempt, door } from '../door.ts';
import { proxy as text } from '../text/start.ts';
import { FormDialog } from './FormDialog.tsx';
import { TextField } from './fields.tsx';
import { SecretField } from './SecretField.tsx';

/** Whatever the proxy asks for. */
const anyPassword: SecretRule = { kind: 'passphrase', minLength: 1 };
const PROXY_ASKS = 407;

/** Where the network's proxy asks who is there: the way to tell it. */
export function ProxyButton({ problem, onDone }: { problem: Problem | null; onDone: () => void }) {
  const id = useId();
  /** Which one asks, while it is being answered. */
  const [proxy, setProxy] = useState<string | null>(null);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const close = () => {
    setProxy(null);
    setPassword('');
  };
  const isAsked = problem?.code === 'practice-unreachable' && problem.detail?.status === PROXY_ASKS;
  const begin = async () => {
    const asking = await attempt(door.proxyAsking());
    if (asking.ok && asking.value !== null) setProxy(asking.value);
    // What is wrong now shows when the practice is asked again.
    else onDone();
  };
  if (!isAsked && proxy === null) return null;
  return (
    <>
      <button type="button" className="vr-text-button" onClick={() => void begin()}>{text.button}</button>
      {proxy !== null && (
        <FormDialog
          title={text.title} yes={text.yes} onDismiss={close}
          faults={() => (name.trim() === '' ? [{ field: `${id}-name`, text: text.missing }] : [])}
          run={() => door.answerProxy(proxy, name.trim(), password)}
          onDone={() => {
            close();
            onDone();
          }}
        >
          {(error) => (
            <>
              <p>{text.asks} <strong className="vr-break">{proxy}</strong></p>
              <p>{text.about} {text.unknown}</p>
              <TextField id={`${id}-name`} label={text.name} error={error(`${id}-name`)} value={name} onChange={setName} />
              <SecretField id={`${id}-password`} label={text.password} rule={anyPassword} autoComplete="current-password" value={password} onChange={setPassword} />
            </>
          )}
        </FormDialog>
      )}
    </>
  );
}
