import { useState } from 'react';
import type { SupportBundle as Bundle } from '../../preload/health.ts';
import { door } from '../door.ts';
import { Button } from '../parts/Button.tsx';
import { ProblemSummary } from '../parts/ErrorSummary.tsx';
import { useAction } from '../parts/useAction.ts';
import { bundle as text } from '../text/health.ts';

/** What can be given to whoever supports the app: shown whole, then copied or saved by the person. */
export function SupportBundle() {
  const [bundle, setBundle] = useState<Bundle | null>(null);
  const [done, setDone] = useState('');
  const action = useAction();
  const show = async () => {
    setDone('');
    const result = await action.run(() => door.supportBundle());
    if (result?.ok) setBundle(result.value);
  };
  const copy = async () => {
    setDone('');
    if ((await action.run(() => door.copySupportBundle()))?.ok) setDone(text.copied);
  };
  const save = async () => {
    setDone('');
    const result = await action.run(() => door.saveSupportBundle());
    if (result?.ok) setDone(text.saved(result.value.file));
  };
  return (
    <section aria-labelledby="bundle">
      <h2 className="nhsuk-heading-m vr-section-title" id="bundle">{text.title}</h2>
      <p>{text.about}</p>
      {action.problem && <ProblemSummary problem={action.problem} attempt={action.failures} />}
      {bundle === null ? <Button look="secondary" unavailable={action.busy} onClick={() => void show()}>{text.show}</Button> : <Preview bundle={bundle} />}
      {bundle !== null && (
        <div className="nhsuk-button-group">
          <Button unavailable={action.busy} onClick={() => void copy()}>{text.copy}</Button>
          <Button look="secondary" unavailable={action.busy} onClick={() => void save()}>{text.save}</Button>
        </div>
      )}
      <p role="status" className="vr-copied vr-break">{action.busy && bundle === null ? text.making : done}</p>
    </section>
  );
}

/** All of it, in a box that scrolls by keyboard too. */
function Preview({ bundle: { text: whole, lines, dropped } }: { bundle: Bundle }) {
  return (
    <>
      <p>{text.holds(lines)}{dropped > 0 && ` ${text.dropped(dropped)}`}</p>
      <textarea className="nhsuk-textarea vr-bundle" aria-label={text.label} readOnly rows={14} value={whole} spellCheck={false} />
    </>
  );
}
