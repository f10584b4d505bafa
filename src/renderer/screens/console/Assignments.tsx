import { useEffect, useId, useState } from 'react';
import type { AssignmentView } from '../../../preload/console.ts';
import { door } from '../../door.ts';
import { Button } from '../../parts/Button.tsx';
import { Cell, DataTable } from '../../parts/DataTable.tsx';
import { Done } from '../../parts/Done.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { SelectField } from '../../parts/fields.tsx';
import { CodeDialog } from '../../parts/FormDialog.tsx';
import { Screen } from '../../parts/Screen.tsx';
import { useAsk } from '../../parts/useAsk.ts';
import { Waited } from '../../parts/Waited.tsx';
import { assignments as text, cancelling, reasons } from '../../text/assignments.ts';
import { purposeWords } from '../../text/common.ts';
import { formatShortDay } from '../../words/time.ts';
import { AssignDialog } from './AssignDialog.tsx';
import { ConsoleKey } from './ConsoleKey.tsx';
import { assignmentWords, patientName, recordingId, recordingName, useConsole } from './context.ts';
import { ExtendDialog } from './ExtendDialog.tsx';
import { Stops } from './Stops.tsx';

type Asking = { what: 'assign' } | { what: 'extend' | 'cancel'; assignment: AssignmentView };

/** Who may review what, until when; and what nobody may open. */
export function Assignments() {
  const id = useId();
  const { acts, known, learn } = useConsole();
  const [owner, setOwner] = useState('');
  const { value, set, problem, reload } = useAsk(() => door.assignments(owner === '' ? {} : { people: [owner] }), owner);
  const [asking, setAsking] = useState<Asking | null>(null);
  const [done, setDone] = useState({ words: '', times: 0 });
  useEffect(() => {
    if (value) learn(value);
  }, [value, learn]);
  const finish = (what: Asking['what'], changed: AssignmentView) => {
    set([changed, ...(value ?? []).filter(({ task }) => task !== changed.task)]);
    setAsking(null);
    setDone({ words: text.done[what], times: done.times + 1 });
  };
  return (
    <Screen wide windowTitle={text.title} heading={text.title}>
      <Done {...done} />
      <Stops />
      <section aria-labelledby={`${id}-heading`}>
        <h2 className="nhsuk-heading-s vr-section-title" id={`${id}-heading`}>{text.heading}</h2>
        {acts && <ConsoleKey />}
        <div className="vr-filters__fields">
          <SelectField id={`${id}-owner`} label={text.who} value={owner} options={[{ value: '', label: text.anyone }, ...known.people]} onChange={setOwner} />
          {acts && <Button small onClick={() => setAsking({ what: 'assign' })}>{text.add}</Button>}
          {value && <p className="vr-secondary" role="status">{text.count(value.length)}</p>}
        </div>
        <Waited value={value} problem={problem} onAgain={reload} loading={text.loading}>
          {(rows) => (rows.length === 0 ? <Empty {...text.none} /> : (
            <DataTable caption={text.heading} columns={text.columns}>
              {rows.map((assignment) => <Row key={assignment.task} assignment={assignment} onAsk={(what) => setAsking({ what, assignment })} />)}
            </DataTable>
          ))}
        </Waited>
      </section>
      {asking?.what === 'assign' && <AssignDialog onDone={(made) => finish('assign', made)} onDismiss={() => setAsking(null)} />}
      {asking?.what === 'extend' && <ExtendDialog assignment={asking.assignment} onDone={(made) => finish('extend', made)} onDismiss={() => setAsking(null)} />}
      {asking?.what === 'cancel' && (
        <CodeDialog reasons={reasons.cancel}
          title={cancelling.title} yes={cancelling.yes} no={cancelling.keep} warning run={(reason) => door.cancelAssignment(asking.assignment.task, reason)}
          onDone={(made) => finish('cancel', made)} onDismiss={() => setAsking(null)}
        >
          <p>{assignmentWords(asking.assignment)}</p>
          <p>{cancelling.body}</p>
        </CodeDialog>
      )}
    </Screen>
  );
}

function Row({ assignment: { owner, recording, patient, status, purpose, from, until, offline, may }, onAsk }: { assignment: AssignmentView; onAsk: (what: 'extend' | 'cancel') => void }) {
  const { acts, go } = useConsole();
  const which = <span className="nhsuk-u-visually-hidden">{text.which(recordingName(recording), owner.name)}</span>;
  return (
    <tr role="row" className="nhsuk-table__row">
      <Cell><strong>{owner.name}</strong><span className="vr-line">{owner.role}</span></Cell>
      <Cell className="vr-cell--consultation">
        <button type="button" className="vr-text-button vr-break" onClick={() => go({ kind: 'history', about: { kind: 'recording', id: recordingId(recording) } })}>{recordingName(recording)}</button>
        {recording.consultedAt !== null && <span className="vr-line">{formatShortDay(recording.consultedAt)}</span>}
      </Cell>
      <Cell label={patient ? text.columns.patient : undefined}>{patient && patientName(patient)}</Cell>
      <Cell label={text.columns.why}>{purpose !== null && purposeWords(purpose)}</Cell>
      <Cell label={text.columns.period}>
        <span className="vr-number">{from !== null && formatShortDay(from)}</span>
        <span className="vr-line">{until === null ? text.open : formatShortDay(until)}</span>
      </Cell>
      <Cell>{text.status(status)}<span className="vr-line">{offline ? text.offline : text.online}</span></Cell>
      <Cell className="vr-cell--actions">
        {acts && may.map((what) => <Button key={what} look="secondary" small className="vr-button-flush" onClick={() => onAsk(what)}>{text[what]}{which}</Button>)}
      </Cell>
    </tr>
  );
}
