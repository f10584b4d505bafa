import { Details } from 'nhsuk-react-components';
import { useId, useRef, useState, type KeyboardEvent } from 'react';
import type { Activity, EventFilter } from '../../../preload/console.ts';
import { door } from '../../door.ts';
import { Cell, DataTable } from '../../parts/DataTable.tsx';
import { SelectField } from '../../parts/fields.tsx';
import { useAsk } from '../../parts/useAsk.ts';
import { Waited } from '../../parts/Waited.tsx';
import { activity as text, formatCount } from '../../text/console.ts';
import { onDay } from '../../words/filter.ts';
import { formatDate } from '../../words/time.ts';
import { readSoFar, useConsole } from './context.ts';

type Day = Activity['days'][number];
type Measure = Exclude<keyof Day, 'day'>;

interface Props {
  filter: EventFilter;
  onFilter: (filter: EventFilter) => void;
}

/** How much of one kind there was on each day, as bars and as a table. Either way a day shows its events. */
export function ActivityChart({ filter, onFilter }: Props) {
  const id = useId();
  const { trail } = useConsole();
  const [measure, setMeasure] = useState<Measure>('opened');
  const { value, problem, reload } = useAsk(() => door.activityByDay(filter), JSON.stringify(filter), readSoFar(trail));
  const all = useRef<HTMLDivElement>(null);
  const choose = (day: string) => {
    onFilter(onDay(filter, day));
    // What was chosen goes while the day is looked up. The screen's count says then what there is of it.
    all.current?.focus();
  };
  return (
    <div className="vr-activity" ref={all} role="group" aria-label={text.region} tabIndex={-1}>
      <Waited value={value} problem={problem} onAgain={reload}>
        {({ days }) => (days.length === 0 ? <p>{text.none}</p> : (
          <>
            <div className="vr-activity__head">
              <SelectField id={`${id}-measure`} label={text.measure} value={measure} options={Object.entries(text.measures).map(([name, label]) => ({ value: name, label }))} onChange={(name) => setMeasure(name as Measure)} />
              <p className="vr-secondary">{text.about}</p>
            </div>
            <Bars days={days} measure={measure} onDay={choose} />
            <Details className="vr-keys">
              <Details.Summary>{text.table}</Details.Summary>
              <Details.Text className="vr-keys__text"><DayTable days={days} onDay={choose} /></Details.Text>
            </Details>
          </>
        ))}
      </Waited>
    </div>
  );
}

const wide = 1000;
const high = 120;
/** A few days are bars as well, and no wall. */
const widest = 60;

/** One stop of the Tab key: arrows, Home and End go from day to day, Enter or Space shows its events. */
function Bars({ days, measure, onDay }: { days: readonly Day[]; measure: Measure; onDay: (day: string) => void }) {
  const most = Math.max(...days.map((day) => day[measure]));
  const step = wide / days.length;
  const bar = Math.min(step * 0.7, widest);
  const [moved, setMoved] = useState(0);
  const current = Math.min(moved, days.length - 1);
  const bars = useRef<(SVGGElement | null)[]>([]);
  const press = (event: KeyboardEvent, index: number, day: string) => {
    const last = days.length - 1;
    const target = ({ ArrowLeft: Math.max(0, index - 1), ArrowRight: Math.min(last, index + 1), Home: 0, End: last } as Record<string, number | undefined>)[event.key];
    const isChoice = event.key === 'Enter' || event.key === ' ';
    if (target === undefined && !isChoice) return;
    event.preventDefault();
    if (isChoice) onDay(day);
    if (target === undefined) return;
    setMoved(target);
    bars.current[target]?.focus();
  };
  return (
    <figure className="vr-bars">
      <span className="vr-bars__most" aria-hidden="true">{formatCount(Math.round(most))}</span>
      <svg viewBox={`0 0 ${wide} ${high}`} preserveAspectRatio="none" role="group" aria-label={text.chart(text.measures[measure])}>
        <line className="vr-bars__line" x1={0} x2={wide} y1={0} y2={0} />
        <line className="vr-bars__line" x1={0} x2={wide} y1={high} y2={high} />
        {days.map((day, index) => {
          const words = text.bar(formatDate(day.day), formatCount(Math.round(day[measure])), text.measures[measure]);
          const height = most === 0 ? 0 : Math.max(day[measure] > 0 ? 2 : 0, (day[measure] / most) * high);
          return (
            <g
              key={day.day} className="vr-bar" role="button" aria-label={words} tabIndex={index === current ? 0 : -1}
              ref={(element) => {
                bars.current[index] = element;
              }}
              onClick={() => onDay(day.day)} onFocus={() => setMoved(index)} onKeyDown={(event) => press(event, index, day.day)}
            >
              <title>{words}</title>
              <rect className="vr-bar__room" x={index * step} y={0} width={step} height={high} />
              <rect className="vr-bar__bar" x={index * step + (step - bar) / 2} y={high - height} width={bar} height={height} />
            </g>
          );
        })}
      </svg>
      <figcaption className="vr-bars__days"><span>{formatDate(days[0]?.day ?? '')}</span>{days.length > 1 && <span>{formatDate(days.at(-1)?.day ?? '')}</span>}</figcaption>
    </figure>
  );
}

function DayTable({ days, onDay }: { days: readonly Day[]; onDay: (day: string) => void }) {
  const { listed, presented, opened, exposedSeconds, refused } = text.measures;
  return (
    <DataTable caption={text.table} columns={{ day: text.day, listed, presented, opened, exposedSeconds, refused }}>
      {days.map((day) => (
        <tr role="row" key={day.day} className="nhsuk-table__row">
          <Cell className="vr-number"><button type="button" className="vr-text-button" onClick={() => onDay(day.day)}>{formatDate(day.day)}</button></Cell>
          <Cell label={listed} className="vr-number">{formatCount(day.listed)}</Cell>
          <Cell label={presented} className="vr-number">{formatCount(day.presented)}</Cell>
          <Cell label={opened} className="vr-number">{formatCount(day.opened)}</Cell>
          <Cell label={exposedSeconds} className="vr-number">{formatCount(Math.round(day.exposedSeconds * 10) / 10)}</Cell>
          <Cell label={refused} className="vr-number">{formatCount(day.refused)}</Cell>
        </tr>
      ))}
    </DataTable>
  );
}
