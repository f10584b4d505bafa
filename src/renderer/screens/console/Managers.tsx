import { Tag } from 'nhsuk-react-components';
import classNames from 'classnames';
import { useMemo, useState } from 'react';
import type { EventFilter, EventRow, ManagersActions } from '../../../preload/console.ts';
import { managerEvents } from '../../../preload/managerEvents.ts';
import { door } from '../../door.ts';
import { Button } from '../../parts/Button.tsx';
import { Cell, DataTable } from '../../parts/DataTable.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { ProblemSummary } from '../../parts/ErrorSummary.tsx';
import { ExportButtons } from '../../parts/ExportButtons.tsx';
import { ProofTag } from '../../parts/ProofTag.tsx';
import { Screen } from '../../parts/Screen.tsx';
import { useAsk } from '../../parts/useAsk.ts';
import { useNow } from '../../parts/useNow.ts';
import { Waited } from '../../parts/Waited.tsx';
import { eventName, events, exporting } from '../../text/console.ts';
import { managers as text } from '../../text/managers.ts';
import { periodWords } from '../../words/filter.ts';
import { actWords, sinceWords } from '../../words/managers.ts';
import { formatMoment } from '../../words/time.ts';
import { patientName, readSoFar, recordingId, useConsole } from './context.ts';
import { EventDrawer } from './EventDrawer.tsx';
import { EventLine } from './EventLine.tsx';
import { Filters } from './Filters.tsx';
import { useEvents } from './useEvents.ts';

/** What the managers did, to be read by somebody who is none of them. */
export function Managers({ role, filter, onFilter }: { role: string; filter: EventFilter; onFilter: (filter: EventFilter) => void }) {
  const { trail } = useConsole();
  const now = useNow(60_000);
  const [open, setOpen] = useState<number | null>(null);
  const asked = useMemo(() => (filter.events.length > 0 ? filter : { ...filter, events: [...managerEvents] }), [filter]);
  const { shown, problem, busy, more, reload, stale } = useEvents(asked, open !== null);
  const told = useAsk(() => door.managersActions(asked), JSON.stringify(asked), readSoFar(trail));
  const since = trail === null ? '' : sinceWords(trail);
  const me = told.value?.me ?? null;
  const people = [...new Map(told.value?.people.map(({ who }) => [who.sds, { value: who.sds, label: who.name }]))].map(([, option]) => option);
  return (
    <Screen
      wide windowTitle={text.title} heading={text.title}
      before={problem && <ProblemSummary problem={problem}><Button look="secondary" small onClick={reload}>{events.ask.tryAgain}</Button></ProblemSummary>}
    >
      <p>{text.about}</p>
      <p role="status">{since}</p>
      {told.value?.people.some(({ who }) => who.sds === me && who.role !== role) && <p className="vr-notice">{text.own}</p>}
      <Filters filter={filter} onFilter={onFilter} only={{ events: managerEvents, people }} />
      <Waited value={told.value} problem={told.problem} onAgain={told.reload}>
        {(value) => value.people.length > 0 && <People told={value} onOnly={(sds) => onFilter({ ...filter, people: [sds] })} />}
      </Waited>
      <div className="vr-count">
        <p role="status">{shown ? events.count(shown.rows.length, shown.total, periodWords(filter, now)) : problem === null && events.ask.loading}</p>
        {stale && <p>{events.fresh} <button type="button" className="vr-text-button" onClick={reload}>{events.showFresh}</button></p>}
      </div>
      {shown?.rows.length === 0 && <Empty title={text.none.title} body={text.none.body(since)} />}
      {shown !== null && shown.rows.length > 0 && (
        <>
          <Acts rows={shown.rows} me={me} current={open} onOpen={setOpen} />
          {shown.next !== null && <Button look="secondary" small unavailable={busy} onClick={() => void more()}>{busy ? events.moreLoading : events.more}</Button>}
          <ExportButtons exports={[{ label: exporting.csv, run: () => door.exportEvents(asked, 'csv') }, { label: exporting.pdf, run: () => door.exportEvents(asked, 'pdf') }]} />
        </>
      )}
      {open !== null && shown !== null && <EventDrawer ids={shown.rows.map(({ id }) => id)} id={open} onMove={setOpen} onClose={() => setOpen(null)} filter={filter} onFilter={onFilter} />}
    </Screen>
  );
}

function Own() {
  return <Tag modifier="blue" className="vr-tag">{text.yours}</Tag>;
}

/** Each person in each role: how often they did what. */
function People({ told: { me, people }, onOnly }: { told: ManagersActions; onOnly: (sds: string) => void }) {
  return (
    <DataTable caption={text.people} columns={text.peopleColumns}>
      {people.map(({ who, acts, last }) => (
        <tr role="row" key={`${who.sds} ${who.role}`} className="nhsuk-table__row">
          <Cell><strong>{who.name}</strong><span className="vr-line">{who.role}</span>{who.sds === me && <Own />}</Cell>
          <Cell>{acts.map(({ event, count }) => text.times(eventName(event), count)).join('; ')}</Cell>
          <Cell label={text.peopleColumns.last}>{formatMoment(last)}</Cell>
          <Cell className="vr-cell--actions">
            <Button look="secondary" small className="vr-button-flush" onClick={() => onOnly(who.sds)}>{text.only}<span className="nhsuk-u-visually-hidden">{text.onlyWhose(who.name, who.role)}</span></Button>
          </Cell>
        </tr>
      ))}
    </DataTable>
  );
}

function Acts({ rows, me, current, onOpen }: { rows: readonly EventRow[]; me: string | null; current: number | null; onOpen: (id: number) => void }) {
  const { label } = useConsole();
  return (
    <DataTable caption={text.list} columns={text.columns} className="vr-table--press">
      {rows.map((row) => {
        const { about, reason } = actWords(row, label);
        return (
          <EventLine key={row.id} row={row} current={row.id === current} onOpen={onOpen}>
            <Cell><strong>{row.who.name}</strong><span className="vr-line">{row.who.role}</span>{row.who.sds === me && <Own />}</Cell>
            <Cell><strong>{eventName(row.event)}</strong></Cell>
            <Cell label={text.columns.about}>
              {row.recording && <span className="vr-break">{row.recording.title ?? label('recordings', recordingId(row.recording))}</span>}
              {row.patient && <span className={row.recording ? 'vr-line' : undefined}>{patientName(row.patient)}</span>}
              {about !== '' && <span className={classNames('vr-break', (row.recording !== null || row.patient !== null) && 'vr-line')}>{about}</span>}
            </Cell>
            <Cell label={text.columns.reason}>{reason ?? <span className="vr-secondary">{text.noReason}</span>}</Cell>
            <Cell><ProofTag proof={row.proof} /></Cell>
          </EventLine>
        );
      })}
    </DataTable>
  );
}
