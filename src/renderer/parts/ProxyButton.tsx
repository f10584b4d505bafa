import { useId, useState } from 'react';
import type { Problem, SecretRule } from '../../preload/contract.ts';
import { door } from '../door.ts';
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
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const close = () => {
    setOpen(false);
    setPassword('');
  };
  const isAsked = problem?.code === 'practice-unreachable' && problem.detail?.status === PROXY_ASKS;
  if (!isAsked && !open) return null;
  return (
    <>
      <button type="button" className="vr-text-button" onClick={() => setOpen(true)}>{text.button}</button>
      {open && (
        <FormDialog
          title={text.title} yes={text.yes} onDismiss={close}
          faults={() => (name.trim() === '' ? [{ field: `${id}-name`, text: text.missing }] : [])}
          run={() => door.answerProxy(name.trim(), password)}
          onDone={() => {
            close();
            onDone();
          }}
        >
          {(error) => (
            <>
              <p>{text.about}</p>
              <TextField id={`${id}-name`} label={text.name} error={error(`${id}-name`)} value={name} onChange={setName} />
              <SecretField id={`${id}-password`} label={text.password} rule={anyPassword} autoComplete="current-password" value={password} onChange={setPassword} />
            </>
          )}
        </FormDialog>
      )}
    </>
  );
}
