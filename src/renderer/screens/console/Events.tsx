import { useEffect, useRef, useState } from 'react';
import type { EventFilter } from '../../../preload/console.ts';
import { door } from '../../door.ts';
import { Button } from '../../parts/Button.tsx';
import { ProblemSummary } from '../../parts/ErrorSummary.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { ExportButtons } from '../../parts/ExportButtons.tsx';
import { Screen } from '../../parts/Screen.tsx';
import { useNow } from '../../parts/useNow.ts';
import { activity, events as text, exporting, frame } from '../../text/console.ts';
import { periodWords } from '../../words/filter.ts';
import { ActivityChart } from './ActivityChart.tsx';
import { useConsole } from './context.ts';
import { EventDrawer } from './EventDrawer.tsx';
import { EventTable } from './EventTable.tsx';
import { Filters } from './Filters.tsx';
import { Meanings } from './Meanings.tsx';
import { useEvents } from './useEvents.ts';

/** Who was listed, presented, shown and exposed to what: the newest first. */
export function Events({ filter, onFilter }: { filter: EventFilter; onFilter: (filter: EventFilter) => void }) {
  const [open, setOpen] = useState<number | null>(null);
  const [charted, setCharted] = useState(false);
  const { acts } = useConsole();
  const { shown, problem, busy, more, reload, stale } = useEvents(filter, open !== null);
  const now = useNow(60_000);
  const returnTo = useReturn();

  return (
    <Screen
      wide
      windowTitle={text.title}
      heading={text.title}
      before={problem && <ProblemSummary problem={problem}><Button look="secondary" small onClick={reload}>{text.ask.tryAgain}</Button></ProblemSummary>}
    >
      <p className="vr-lead">{acts ? frame.noPlay : frame.readsOnly}</p>
      <Filters filter={filter} onFilter={onFilter} />
      <div className="vr-count">
        <p role="status">{shown ? text.count(shown.rows.length, shown.total, periodWords(filter, now)) : problem === null && text.ask.loading}</p>
        {stale && <p>{text.fresh} <button type="button" className="vr-text-button" onClick={reload}>{text.showFresh}</button></p>}
        <button type="button" className="vr-text-button vr-count__end" aria-expanded={charted} onClick={() => setCharted(!charted)}>{charted ? activity.hide : activity.show}</button>
      </div>
      {charted && <ActivityChart filter={filter} onFilter={onFilter} />}
      {shown?.rows.length === 0 && <Empty {...text.none} />}
      {shown !== null && shown.rows.length > 0 && (
        <>
          <EventTable rows={shown.rows} current={open} onOpen={setOpen} />
          {shown.next !== null && <Button look="secondary" small unavailable={busy} onClick={() => void more()}>{busy ? text.moreLoading : text.more}</Button>}
        </>
      )}
      {shown !== null && shown.total > 0 && (
        <ExportButtons
          exports={[
            { label: exporting.csv, run: () => door.exportEvents(filter, 'csv') },
            { label: exporting.pdf, run: () => door.exportEvents(filter, 'pdf') },
            { label: exporting.chain, run: () => door.exportEvents(filter, 'chain') },
          ]}
        />
      )}
      <Meanings />
      {open !== null && shown !== null && (
        <EventDrawer
          ids={shown.rows.map(({ id }) => id)} id={open}
          onMove={(id) => {
            setOpen(id);
            document.getElementById(`event-${id}`)?.scrollIntoView({ block: 'nearest' });
          }}
          filter={filter} onFilter={onFilter}
          onClose={() => {
            returnTo(open);
            setOpen(null);
          }}
        />
      )}
    </Screen>
  );
}

/** Gives the focus to a row, or to the heading where a filter has taken the row away, after the drawer has gone, and has given it back to where it was opened. */
function useReturn(): (id: number) => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (id) => {
    timer.current = setTimeout(() => (document.getElementById(`event-${id}`) ?? document.querySelector<HTMLElement>('h1'))?.focus(), 80);
  };
}
