import { useId, useState } from 'react';
import type { Incident } from '../../../preload/console.ts';
import type { KeptState } from '../../../preload/contract.ts';
import { door } from '../../door.ts';
import { Button } from '../../parts/Button.tsx';
import { Done } from '../../parts/Done.tsx';
import { FormDialog, type Fault } from '../../parts/FormDialog.tsx';
import { SecretField } from '../../parts/SecretField.tsx';
import { useAsk } from '../../parts/useAsk.ts';
import { Waited } from '../../parts/Waited.tsx';
import { secretName } from '../../text/common.ts';
import { incident as incidentText, kept as text } from '../../text/incidents.ts';
import { setSecret } from '../../text/start.ts';
import { checkNewSecret } from '../../words/secretRules.ts';
import { formatMoment } from '../../words/time.ts';

/** Keeping this incident on this computer, and removing it again. */
export function Keeping({ incident: { id }, unsaved }: { incident: Incident; unsaved: boolean }) {
  const { value, set, problem, reload } = useAsk(() => door.kept());
  const [asking, setAsking] = useState<'keep' | 'remove' | null>(null);
  const [done, setDone] = useState({ words: '', times: 0 });
  const finish = (next: KeptState, words: string) => {
    set(next);
    setAsking(null);
    setDone({ words, times: done.times + 1 });
  };
  return (
    <section aria-labelledby="keeping">
      <h2 className="nhsuk-heading-s vr-section-title" id="keeping">{text.section}</h2>
      <Done {...done} />
      <p>{text.about}</p>
      <Waited value={value} problem={problem} onAgain={reload}>
        {(state) => {
          const here = state.kept?.incident === id ? state.kept : null;
          return (
            <>
              {here && <p>{text.since(formatMoment(here.keptAt), formatMoment(here.until))}</p>}
              {state.kept && !here && <p>{text.other}</p>}
              {unsaved && <p>{incidentText.saveFirst}</p>}
              <div className="vr-buttons">
                <Button look="secondary" small unavailable={unsaved} onClick={() => setAsking('keep')}>{here ? text.again : text.keep}</Button>
                {state.kept && <Button look="secondary" small onClick={() => setAsking('remove')}>{text.remove}</Button>}
              </div>
              {asking === 'keep' && <KeepDialog id={id} state={state} onDone={(next) => finish(next, text.done)} onDismiss={() => setAsking(null)} />}
              {asking === 'remove' && <RemoveDialog onDone={(next) => finish(next, text.removed)} onDismiss={() => setAsking(null)} />}
            </>
          );
        }}
      </Waited>
    </section>
  );
}

export function RemoveDialog({ onDone, onDismiss }: { onDone: (state: KeptState) => void; onDismiss: () => void }) {
  return <FormDialog title={text.removeTitle} yes={text.remove} warning run={() => door.removeKept()} onDone={onDone} onDismiss={onDismiss}><p>{text.removeBody}</p></FormDialog>;
}

/** With the secret that it is kept under: the one that this manager has here, or one that they choose now. */
function KeepDialog({ id, state: { kept, rule, secretSet }, onDone, onDismiss }: { id: string; state: KeptState; onDone: (state: KeptState) => void; onDismiss: () => void }) {
  const field = useId();
  const [secret, setSecretValue] = useState('');
  const [repeat, setRepeat] = useState('');
  const replaces = kept !== null && kept.incident !== id;
  const faults = (): Fault[] => {
    if (secretSet) return secret === '' ? [{ field, text: setSecret.faults.empty(rule) }] : [];
    const found = checkNewSecret(rule, secret, repeat);
    return [...(found.secret ? [{ field, text: setSecret.faults[found.secret](rule) }] : []), ...(found.repeat ? [{ field: `${field}-repeat`, text: setSecret.faults[found.repeat](rule) }] : [])];
  };
  return (
    <FormDialog title={replaces ? text.replaceTitle : text.keepTitle} yes={text.keep} warning={replaces} faults={faults} run={() => door.keepIncident(id, secret)} onDone={onDone} onDismiss={onDismiss}>
      {(error) => (
        <>
          <p>{text.keepBody}</p>
          {replaces && <p>{text.replaceBody}</p>}
          {!secretSet && <p>{text.firstSecret(secretName(rule))}</p>}
          <SecretField id={field} label={secretSet ? text.present(secretName(rule)) : setSecret.label(rule)} {...(secretSet ? {} : { hint: setSecret.hint(rule) })} rule={rule} value={secret} error={error(field)} autoComplete={secretSet ? 'current-password' : 'new-password'} onChange={setSecretValue} />
          {!secretSet && <SecretField id={`${field}-repeat`} label={setSecret.repeat(rule)} rule={rule} value={repeat} error={error(`${field}-repeat`)} autoComplete="new-password" onChange={setRepeat} />}
        </>
      )}
    </FormDialog>
  );
}
