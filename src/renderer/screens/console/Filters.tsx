import { useId, useState } from 'react';
import type { EventFilter } from '../../../preload/console.ts';
import { Button } from '../../parts/Button.tsx';
import { Chips, type Chip } from '../../parts/Chips.tsx';
import { DayField } from '../../parts/DayField.tsx';
import { AddField, SelectField, Tick, type Option } from '../../parts/fields.tsx';
import { FormDialog } from '../../parts/FormDialog.tsx';
import { useNow } from '../../parts/useNow.ts';
import { eventName, eventNames, filters as text, finding } from '../../text/console.ts';
import { addTo, between, filterLists, isNarrowed, lastDay, periodOf, periodWords, removeFrom, usualFilter } from '../../words/filter.ts';
import { dayStart, localParts } from '../../words/time.ts';
import { useConsole, type About } from './context.ts';
import { FindField } from './FindField.tsx';
import { SavedViews } from './SavedViews.tsx';

interface Props {
  filter: EventFilter;
  onFilter: (filter: EventFilter) => void;
  /** Where the list is of some events alone: which, and of whom. It has no views to save. */
  only?: { events: readonly string[]; people: readonly Option[] };
}

/** Which events are shown: what can be chosen, and what is, each with its own way out. */
export function Filters({ filter, onFilter, only }: Props) {
  const id = useId();
  const now = useNow(60_000);
  const { known, label } = useConsole();
  const [dates, setDates] = useState(false);
  const [looking, setLooking] = useState(false);
  const period = periodOf(filter, now);
  const presets: Record<string, string | null> = { usual: usualFilter(now).from, week: dayStart(now, -7), today: dayStart(now, 0), all: null };
  const preset = filter.to === null ? Object.keys(presets).find((name) => presets[name] === filter.from) : undefined;
  const chosen = dates || preset === undefined ? 'dates' : preset;
  const day = (time: string | null) => (time === null ? '' : localParts(time).day);
  const to = filter.to === null ? '' : lastDay(filter.to);

  const choosePeriod = (name: string) => {
    setDates(name === 'dates');
    if (name !== 'dates') onFilter({ ...filter, from: presets[name] ?? null, to: null });
  };
  const chips: Chip[] = [
    ...(period === 'usual' ? [] : [{ key: 'period', words: `${text.period}: ${periodWords(filter, now)}`, onRemove: () => { setDates(false); onFilter({ ...filter, from: usualFilter(now).from, to: null }); } }]),
    ...filterLists.flatMap((list) => filter[list].map((value) => ({ key: `${list} ${value}`, words: `${text.lists[list]}: ${label(list, value)}`, onRemove: () => onFilter(removeFrom(filter, list, value)) }))),
    ...(filter.refusedOnly ? [{ key: 'refused', words: text.refusedOnly, onRemove: () => onFilter({ ...filter, refusedOnly: false }) }] : []),
  ];
  const clear = () => {
    setDates(false);
    onFilter(usualFilter(now));
  };

  return (
    <section className="vr-filters" aria-label={text.region}>
      <div className="vr-filters__fields">
        <SelectField id={`${id}-period`} label={text.period} value={chosen} onChange={choosePeriod} options={Object.entries(text.periods).map(([value, words]) => ({ value, label: words }))} />
        {chosen === 'dates' && (
          <>
            <DayField id={`${id}-from`} label={text.from} value={day(filter.from)} onChange={(value) => value !== null && onFilter(between(filter, value, to))} />
            <DayField id={`${id}-to`} label={text.to} value={to} onChange={(value) => value !== null && onFilter(between(filter, day(filter.from), value))} />
          </>
        )}
        <AddField
          id={`${id}-what`} label={text.what} onAdd={(value) => onFilter(addTo(filter, 'events', value))}
          options={[{ value: '', label: text.any }, ...(only?.events ?? eventNames).map((value) => ({ value, label: eventName(value) }))]}
        />
        <AddField
          id={`${id}-who`} label={text.who} onAdd={(value) => onFilter(addTo(filter, 'people', value))}
          options={[{ value: '', label: text.anyone }, ...(only?.people ?? known.people)]}
        />
        <Button look="secondary" small onClick={() => setLooking(true)}>{text.find}</Button>
        {only === undefined && (
          <>
            <Tick id={`${id}-refused`} label={text.refusedOnly} ticked={filter.refusedOnly} onTick={(refusedOnly) => onFilter({ ...filter, refusedOnly })} />
            <SavedViews filter={filter} onFilter={(wanted) => { setDates(false); onFilter(wanted); }} />
          </>
        )}
      </div>
      {looking && <FindFilter filter={filter} onFilter={onFilter} onDismiss={() => setLooking(false)} />}
      <Chips chips={chips} onClear={isNarrowed(filter, now) ? clear : () => undefined} />
    </section>
  );
}

const listOf = { recording: 'recordings', person: 'people', patient: 'patients' } as const;

/** Whose events: found by what a person knows of them. */
function FindFilter({ filter, onFilter, onDismiss }: Props & { onDismiss: () => void }) {
  const id = useId();
  const [chosen, setChosen] = useState<About | null>(null);
  return (
    <FormDialog
      title={finding.filterTitle} yes={text.add} onDismiss={onDismiss}
      faults={() => (chosen === null ? [{ field: id, text: text.findNothing }] : [])}
      run={() => Promise.resolve({ ok: true, value: null })}
      onDone={() => {
        if (chosen) onFilter(addTo(filter, listOf[chosen.kind], chosen.id));
        onDismiss();
      }}
    >
      {(error) => <FindField id={id} label={finding.label} error={error(id)} wants={['patient', 'person', 'recording']} onChosen={setChosen} />}
    </FormDialog>
  );
}
