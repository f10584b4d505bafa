import { Tag } from 'nhsuk-react-components';
import { useState } from 'react';
import type { Incident } from '../../../preload/console.ts';
import { door } from '../../door.ts';
import { Button } from '../../parts/Button.tsx';
import { Cell, DataTable } from '../../parts/DataTable.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { Screen } from '../../parts/Screen.tsx';
import { useAsk } from '../../parts/useAsk.ts';
import { useNow } from '../../parts/useNow.ts';
import { Waited } from '../../parts/Waited.tsx';
import { kept as keptText, register as text, triggers } from '../../text/incidents.ts';
import { breachClock } from '../../words/breach.ts';
import { formatMoment } from '../../words/time.ts';
import { readSoFar, useConsole } from './context.ts';
import { OpenIncident } from './OpenIncident.tsx';

/** The register of breaches: open ones first, then the newest. */
export function Incidents() {
  const { acts, trail } = useConsole();
  const { value, problem, reload } = useAsk(() => door.incidents(), '', trail?.complete ? String(trail.entries) : readSoFar(trail));
  const { value: here } = useAsk(() => door.kept());
  const [opening, setOpening] = useState(false);
  return (
    <Screen wide windowTitle={text.title} heading={text.title}>
      <p>{text.about}</p>
      {acts && <Button small onClick={() => setOpening(true)}>{text.open}</Button>}
      <Waited value={value} problem={problem} onAgain={reload}>
        {(rows) => (rows.length === 0 ? <Empty {...text.none} /> : (
          <DataTable caption={text.title} columns={text.columns}>
            {[...rows].sort((a, b) => (a.state === b.state ? b.openedAt.localeCompare(a.openedAt) : a.state === 'open' ? -1 : 1)).map((incident) => <Row key={incident.id} incident={incident} kept={here?.kept?.incident === incident.id} />)}
          </DataTable>
        ))}
      </Waited>
      {opening && <OpenIncident trigger="query" recordings={[]} patients={[]} onDismiss={() => setOpening(false)} />}
    </Screen>
  );
}

function Row({ incident: { id, fields, trigger, state, openedAt, openedBy, remarks }, kept }: { incident: Incident; kept: boolean }) {
  const { go } = useConsole();
  const now = useNow(60_000);
  const clock = breachClock(fields, now);
  return (
    <tr role="row" className="nhsuk-table__row">
      <Cell>
        <button type="button" className="vr-text-button vr-row-title" onClick={() => go({ kind: 'incident', id })}>{fields.title === '' ? text.untitled : fields.title}</button>
        <span className="vr-line">{triggers[trigger]}</span>
        {kept && <span className="vr-line">{keptText.marked}</span>}
        {remarks[0] !== undefined && <span className="vr-line">{text.remarks(remarks[0], remarks.length - 1)}</span>}
      </Cell>
      <Cell><Tag modifier={state === 'open' ? 'red' : 'grey'} className="vr-tag">{text.states[state]}</Tag></Cell>
      <Cell label={text.columns.opened}>{formatMoment(openedAt)}<span className="vr-line">{text.by(openedBy)}</span></Cell>
      <Cell label={text.columns.clock}><span className={clock.state === 'overdue' ? 'vr-overdue' : undefined}>{clock.words}</span></Cell>
    </tr>
  );
}
