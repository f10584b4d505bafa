import classNames from 'classnames';
import type { ReactNode, TdHTMLAttributes } from 'react';

/** A compact table; `columns` in their order. Its rows are {@link Cell}s in a `tr`. At 200 % zoom each row is a card. */
export function DataTable({ caption, columns, className, children }: { caption: string; columns: Readonly<Record<string, string>>; className?: string; children: ReactNode }) {
  return (
    <table className={classNames('nhsuk-table nhsuk-table--compact vr-table', className)} role="table">
      <caption className="nhsuk-u-visually-hidden">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {Object.entries(columns).map(([key, words]) => <th role="columnheader" scope="col" key={key} className="nhsuk-table__header">{words}</th>)}
        </tr>
      </thead>
      <tbody role="rowgroup">{children}</tbody>
    </table>
  );
}

/** `label`: the column's heading, where the value alone says too little once the row is a card. */
export function Cell({ label, className, ...rest }: TdHTMLAttributes<HTMLTableCellElement> & { label?: string }) {
  return <td {...rest} role="cell" data-label={label} className={classNames('nhsuk-table__cell', className)} />;
}
