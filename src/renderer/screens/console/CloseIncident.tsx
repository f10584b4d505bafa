import { useState } from 'react';
import type { Incident } from '../../../preload/console.ts';
import type { Problem } from '../../../preload/contract.ts';
import { door } from '../../door.ts';
import { Button } from '../../parts/Button.tsx';
import { ReasonDialog } from '../../parts/FormDialog.tsx';
import { incident as text } from '../../text/incidents.ts';

interface Props {
  incident: Incident;
  unsaved: boolean;
  onClosed: (incident: Incident) => void;
  onRefused: (problem: Problem) => void;
}

/** What stands against a step, each a sentence. */
export function Hindrances({ id, lead, sentences }: { id?: string; lead: string; sentences: readonly string[] }) {
  return (
    <div id={id}>
      <p>{lead}</p>
      <ul className="nhsuk-list nhsuk-list--bullet">{sentences.map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
    </div>
  );
}

/** Closing, once nothing is left to do; until then what is. */
export function CloseIncident({ incident: { id, revision, againstClosing }, unsaved, onClosed, onRefused }: Props) {
  const [asking, setAsking] = useState(false);
  const close = async (note: string) => {
    const result = await door.closeIncident(id, revision, note);
    if (!result.ok) onRefused(result.error);
    return result;
  };
  const gaps = [...(unsaved ? [text.saveFirst] : []), ...againstClosing];
  return (
    <section aria-labelledby="closing">
      <h2 className="nhsuk-heading-s vr-section-title" id="closing">{text.sections.close}</h2>
      {gaps.length > 0 && <Hindrances id="closing-gaps" lead={text.gapsLead} sentences={gaps} />}
      <Button look="secondary" unavailable={gaps.length > 0} aria-describedby={gaps.length > 0 ? 'closing-gaps' : undefined} onClick={() => setAsking(true)}>{text.close}</Button>
      {asking && (
        <ReasonDialog title={text.closeTitle} yes={text.close} label={text.closeNote} run={close} onDismiss={() => setAsking(false)} onDone={onClosed}>
          <p>{text.closeBody}</p>
        </ReasonDialog>
      )}
    </section>
  );
}
