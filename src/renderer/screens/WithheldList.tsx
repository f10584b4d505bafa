import type { Worklist } from '../../preload/contract.ts';
import { Button } from '../parts/Button.tsx';
import { withheld as text } from '../text/room.ts';
import { formatShortDay } from '../words/time.ts';

/** Recordings that were assigned and did not pass: a reference and a reason, nothing else. */
export function WithheldList({ rows, onWhy }: { rows: Worklist['withheld']; onWhy: (id: string) => void }) {
  return (
    <section className="vr-withheld" aria-labelledby="withheld">
      <h2 className="nhsuk-heading-s" id="withheld">{text.title} ({rows.length})</h2>
      <p>{text.body}</p>
      <table className="nhsuk-table nhsuk-table--compact vr-table" role="table">
        <caption className="nhsuk-u-visually-hidden">{text.title}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {Object.entries(text.columns).map(([key, words]) => <th role="columnheader" scope="col" key={key} className="nhsuk-table__header">{words}</th>)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr role="row" className="nhsuk-table__row" key={row.id}>
              <td role="cell" className="nhsuk-table__cell vr-number"><strong>{row.reference}</strong></td>
              <td role="cell" className="nhsuk-table__cell">
                {row.reasons[0]?.sentence}
                {row.reasons.length > 1 && <span className="vr-line">{text.more(row.reasons.length - 1)}</span>}
              </td>
              <td role="cell" className="nhsuk-table__cell vr-number">{formatShortDay(row.since)}</td>
              <td role="cell" className="nhsuk-table__cell">
                <Button look="secondary" small className="vr-button-flush" onClick={() => onWhy(row.id)}>
                  {text.why}<span className="nhsuk-u-visually-hidden">{text.whyFor(row.reference)}</span>
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
