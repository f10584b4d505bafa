import { Tag } from 'nhsuk-react-components';
import { useState } from 'react';
import type { Flag, Incident, RecordingRef } from '../../../preload/console.ts';
import { door } from '../../door.ts';
import { Button } from '../../parts/Button.tsx';
import { Cell, DataTable } from '../../parts/DataTable.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { Screen } from '../../parts/Screen.tsx';
import { useAsk } from '../../parts/useAsk.ts';
import { Waited } from '../../parts/Waited.tsx';
import { flags as text } from '../../text/console.ts';
import { wholeFilter } from '../../words/filter.ts';
import { formatClock, formatShortDay } from '../../words/time.ts';
import { patientWords, recordingId, readSoFar, recordingName, useConsole } from './context.ts';
import { EventDrawer } from './EventDrawer.tsx';
import { OpenIncident } from './OpenIncident.tsx';

const triggerOf = (kind: Flag['kind']): Incident['trigger'] => (kind === 'wrong-patient' ? 'wrong-patient' : kind === 'withheld-mismatch' ? 'withheld' : 'flag');

const mayBeAnothers = (kind: Flag['kind']) => kind === 'wrong-patient' || kind === 'withheld-mismatch';
const order = ({ kind }: Flag) => (kind === 'wrong-patient' ? 0 : mayBeAnothers(kind) ? 1 : 2);

/** What stands out, and why: what may be another patient's first. */
export function Flags() {
  const { acts, trail, go, showEvents } = useConsole();
  const { value, problem, reload } = useAsk(() => door.flags(), '', readSoFar(trail));
  const [looking, setLooking] = useState<{ ids: number[]; id: number } | null>(null);
  const [opening, setOpening] = useState<Flag | null>(null);
  return (
    <Screen wide windowTitle={text.title} heading={text.title}>
      <p>{text.about}</p>
      <Waited value={value} problem={problem} onAgain={reload}>
        {(rows) => (rows.length === 0 ? <Empty {...text.none} /> : (
          <DataTable caption={text.title} columns={text.columns}>
            {[...rows].sort((a, b) => order(a) - order(b)).map((flag) => {
              const kind = text.kinds[flag.kind];
              const which = <span className="nhsuk-u-visually-hidden">{text.which(kind, flag.who.name)}</span>;
              return (
                <tr role="row" key={flag.id} className="nhsuk-table__row">
                  <Cell className="vr-number">{formatShortDay(flag.at)}<span className="vr-line">{formatClock(flag.at)}</span></Cell>
                  <Cell><Tag modifier={mayBeAnothers(flag.kind) ? 'red' : 'yellow'} className="vr-tag">{kind}</Tag></Cell>
                  <Cell><strong>{flag.who.name}</strong><span className="vr-line">{flag.who.role}</span></Cell>
                  <Cell label={text.columns.about}>
                    {flag.recording && <Recording of={flag.recording} onPress={(id) => go({ kind: 'history', about: { kind: 'recording', id } })} />}
                    {flag.patient && <span className="vr-line">{patientWords(flag.patient)}</span>}
                  </Cell>
                  <Cell>{flag.sentence}{flag.kind === 'withheld-mismatch' && <span className="vr-line">{text.withheld}</span>}</Cell>
                  <Cell className="vr-cell--actions">
                    {flag.events[0] !== undefined && <Button look="secondary" small className="vr-button-flush" onClick={() => setLooking({ ids: flag.events, id: flag.events[0] ?? 0 })}>{text.look(flag.events.length)}{which}</Button>}
                    {acts && <Button look="secondary" small className="vr-button-flush" onClick={() => setOpening(flag)}>{text.incident}{which}</Button>}
                  </Cell>
                </tr>
              );
            })}
          </DataTable>
        ))}
      </Waited>
      {looking && (
        <EventDrawer ids={looking.ids} id={looking.id} onMove={(id) => setLooking({ ...looking, id })} onClose={() => setLooking(null)} filter={wholeFilter} onFilter={showEvents} />
      )}
      {opening && (
        <OpenIncident
          trigger={triggerOf(opening.kind)} note={opening.sentence} onDismiss={() => setOpening(null)}
          recordings={opening.recording ? [recordingId(opening.recording)] : []} patients={opening.patient ? [opening.patient.patient] : []}
        />
      )}
    </Screen>
  );
}

/** Who was shown it, and stopping it, are in its history. */
function Recording({ of, onPress }: { of: RecordingRef; onPress: (id: string) => void }) {
  return (
    <>
      <button type="button" className="vr-text-button vr-break" onClick={() => onPress(recordingId(of))}>{recordingName(of)}<span className="nhsuk-u-visually-hidden">: {text.history}</span></button>
      {of.consultedAt !== null && <span className="vr-line">{formatShortDay(of.consultedAt)}</span>}
    </>
  );
}
