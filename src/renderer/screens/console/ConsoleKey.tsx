import { useId } from 'react';
import { door } from '../../door.ts';
import { TextArea } from '../../parts/fields.tsx';
import { useAsk } from '../../parts/useAsk.ts';
import { key as text } from '../../text/assignments.ts';

/** Said for as long as the practice's settings do not trust the key that assignments are signed with here. */
export function ConsoleKey() {
  const id = useId();
  const { value } = useAsk(() => door.consoleKey());
  if (value === null || value.known) return null;
  return (
    <div className="vr-notice">
      <p><strong>{text.title}.</strong> {text.body}</p>
      <TextArea id={id} label={text.label} rows={2} value={value.jwk} />
    </div>
  );
}
