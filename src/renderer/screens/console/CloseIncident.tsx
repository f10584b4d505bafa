import { useState } from 'react';
import type { Incident } from '../../../preload/console.ts';
import { door } from '../../door.ts';
import { Button } from '../../parts/Button.tsx';
import { ReasonDialog } from '../../parts/FormDialog.tsx';
import { incident as text } from '../../text/incidents.ts';
import { closingGaps } from '../../words/breach.ts';

interface Props {
  incident: Incident;
  unsaved: boolean;
  onClosed: (incident: Incident) => void;
}

/** Closing, once nothing is left to do; until then what is. */
export function CloseIncident({ incident: { id, fields }, unsaved, onClosed }: Props) {
  const [asking, setAsking] = useState(false);
  const gaps = [...(unsaved ? [text.saveFirst] : []), ...closingGaps(fields).map((gap) => text.gaps[gap])];
  return (
    <section aria-labelledby="closing">
      <h2 className="nhsuk-heading-s vr-section-title" id="closing">{text.sections.close}</h2>
      {gaps.length > 0 && (
        <div id="closing-gaps">
          <p>{text.gapsLead}</p>
          <ul className="nhsuk-list nhsuk-list--bullet">{gaps.map((gap) => <li key={gap}>{gap}</li>)}</ul>
        </div>
      )}
      <Button look="secondary" unavailable={gaps.length > 0} aria-describedby={gaps.length > 0 ? 'closing-gaps' : undefined} onClick={() => setAsking(true)}>{text.close}</Button>
      {asking && (
        <ReasonDialog title={text.closeTitle} yes={text.close} label={text.closeNote} run={(note) => door.closeIncident(id, note)} onDismiss={() => setAsking(false)} onDone={onClosed}>
          <p>{text.closeBody}</p>
        </ReasonDialog>
      )}
    </section>
  );
}
