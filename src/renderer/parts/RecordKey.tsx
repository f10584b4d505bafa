import { useId } from 'react';
import { door } from '../door.ts';
import { recordKey as text } from '../text/common.ts';
import { useAsk } from './useAsk.ts';

/** The characters that a manager compares before they enrol this computer for this person. */
export function RecordKey() {
  const id = useId();
  const { value } = useAsk(() => door.recordKey());
  if (value === null) return null;
  return (
    <section aria-labelledby={id}>
      <h2 className="nhsuk-heading-s vr-section-title" id={id}>{text.title}</h2>
      <p>{text.body}</p>
      <p className="vr-key vr-key--large">{value.key}</p>
    </section>
  );
}
