import { Tag } from 'nhsuk-react-components';
import { useId } from 'react';
import type { StorageView, WorklistRow } from '../../preload/contract.ts';
import { StatusTags } from '../parts/StatusTags.tsx';
import { useNow } from '../parts/useNow.ts';
import type { PresentedReporter } from '../presented/PresentedReporter.ts';
import { usePresentedRow } from '../presented/usePresented.ts';
import { list, storage as text } from '../text/room.ts';
import { formatBytes } from '../words/bytes.ts';
import { isKept } from '../words/storage.ts';
import { dueWords, formatDate, formatShortDay } from '../words/time.ts';

type StoredCopy = StorageView['copies'][number];

interface Props {
  copies: readonly StoredCopy[];
  rows: ReadonlyMap<string, WorklistRow>;
  isUnsigned: boolean;
  presented: PresentedReporter;
  isTicked: (copy: StoredCopy) => boolean;
  onTick: (id: string, on: boolean) => void;
}

/** The copies in the order in which they had best go, each with a box to tick. */
export function StoredCopies({ copies, rows, isUnsigned, presented, isTicked, onTick }: Props) {
  const now = useNow(60_000);
  return (
    <table className="nhsuk-table nhsuk-table--compact vr-table" role="table">
      <caption className="nhsuk-u-visually-hidden">{text.caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {Object.entries(text.columns).map(([key, words]) => <th role="columnheader" scope="col" key={key} className="nhsuk-table__header">{words}</th>)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {copies.map((copy) => (
          <StoredCopyRow key={copy.id} copy={copy} row={rows.get(copy.id)} isUnsigned={isUnsigned} now={now} ticked={isTicked(copy)} onTick={(on) => onTick(copy.id, on)} presented={presented} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  copy: StoredCopy;
  row: WorklistRow | undefined;
  isUnsigned: boolean;
  now: number;
  ticked: boolean;
  onTick: (on: boolean) => void;
  presented: PresentedReporter;
}

function StoredCopyRow({ copy, row, isUnsigned, now, ticked, onTick, presented }: RowProps) {
  const id = useId();
  const element = usePresentedRow(presented, copy.id);
  const { patient, title, progress } = copy;
  const due = copy.due === null ? null : dueWords(copy.due, now);
  return (
    <tr role="row" className="nhsuk-table__row" ref={element}>
      <td role="cell" className="nhsuk-table__cell vr-cell--patient">
        <div className="nhsuk-checkboxes nhsuk-checkboxes--small vr-tick">
          <div className="nhsuk-checkboxes__item">
            <input className="nhsuk-checkboxes__input" type="checkbox" id={id} checked={ticked} onChange={(event) => onTick(event.target.checked)} />
            <label className="nhsuk-label nhsuk-checkboxes__label" htmlFor={id}>
              <strong>{patient.name}</strong><span className="nhsuk-u-visually-hidden">, {title}, {formatBytes(copy.bytes)}</span>
              <span className="vr-line">{list.born} {formatDate(patient.dateOfBirth)}</span>
            </label>
          </div>
        </div>
      </td>
      <td role="cell" className="nhsuk-table__cell vr-cell--consultation">
        <span className="vr-row-title">{title}</span>
        <span className="vr-tags">
          {copy.suggested && <Tag modifier="blue" className="vr-tag">{text.suggested}</Tag>}
          {copy.partial && <Tag modifier="white" className="vr-tag">{text.partial}</Tag>}
          <StatusTags isSensitive={row?.sensitive ?? false} sensitiveKinds={row?.sensitiveKinds ?? []} isUnsigned={isUnsigned} />
        </span>
      </td>
      <td role="cell" className="nhsuk-table__cell vr-number" data-label={text.columns.size}>{formatBytes(copy.bytes)}</td>
      <td role="cell" className="nhsuk-table__cell">
        <Tag className="vr-tag" {...(progress === 'new' ? { modifier: 'white' } : progress === 'reviewed' ? { modifier: 'green' } : {})}>{list.progress[progress]}</Tag>
      </td>
      <td role="cell" className="nhsuk-table__cell vr-cell--due" data-label={text.columns.due}>
        {due === null ? <span className="vr-secondary">{list.noDue}</span> : due.words}
        {isKept(copy, row) && <span className="vr-line">{text.kept}</span>}
      </td>
      <td role="cell" className="nhsuk-table__cell vr-number" data-label={text.columns.opened}>
        {copy.lastOpened === null ? <span className="vr-secondary">{text.never}</span> : formatShortDay(copy.lastOpened)}
      </td>
    </tr>
  );
}
