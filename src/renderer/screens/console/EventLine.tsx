import classNames from 'classnames';
import type { ReactNode } from 'react';
import type { EventRow } from '../../../preload/console.ts';
import { Cell } from '../../parts/DataTable.tsx';
import { eventName, events as text } from '../../text/console.ts';
import { formatSecond, formatShortDay } from '../../words/time.ts';

interface Props {
  row: EventRow;
  /** The drawer shows it. */
  current: boolean;
  onOpen: (id: number) => void;
  children: ReactNode;
}

/** One event as a row: a press anywhere opens its details, the time is the button for who uses no mouse. */
export function EventLine({ row, current, onOpen, children }: Props) {
  return (
    <tr role="row" className={classNames('nhsuk-table__row', current && 'vr-row--current')} onClick={() => onOpen(row.id)}>
      <Cell className="vr-number">
        <button
          type="button" className="vr-text-button vr-row-button" id={`event-${row.id}`}
          onClick={(event) => {
            event.stopPropagation();
            onOpen(row.id);
          }}
        >
          {formatShortDay(row.at)}<span className="vr-row-button__clock">{formatSecond(row.at)}</span><span className="nhsuk-u-visually-hidden">{text.open(`${row.who.name}, ${eventName(row.event)}`)}</span>
        </button>
      </Cell>
      {children}
    </tr>
  );
}
