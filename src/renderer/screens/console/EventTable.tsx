import type { EventRow } from '../../../preload/console.ts';
import { Cell, DataTable } from '../../parts/DataTable.tsx';
import { ProofTag } from '../../parts/ProofTag.tsx';
import { purposeWords } from '../../text/common.ts';
import { eventName, events as text } from '../../text/console.ts';
import { list } from '../../text/room.ts';
import { formatNhsNumber } from '../../words/nhsNumber.ts';
import { formatDate, formatShortDay } from '../../words/time.ts';
import { patientName, recordingName, shortDevice } from './context.ts';
import { EventLine } from './EventLine.tsx';
import { Outcome } from './Outcome.tsx';

interface Props {
  rows: readonly EventRow[];
  /** The row that the drawer shows. */
  current: number | null;
  onOpen: (id: number) => void;
}

/** One event a row. */
export function EventTable({ rows, current, onOpen }: Props) {
  return (
    <DataTable caption={text.title} columns={text.columns} className="vr-table--press">
      {rows.map((row) => (
        <EventLine key={row.id} row={row} current={row.id === current} onOpen={onOpen}>
          <Cell><strong>{row.who.name}</strong><span className="vr-line">{row.who.role}</span></Cell>
          <Cell><strong>{eventName(row.event)}</strong></Cell>
          <Cell label={row.recording ? text.columns.recording : undefined}>
            {row.recording && (
              <>
                <span className="vr-break">{recordingName(row.recording)}</span>
                {row.recording.consultedAt !== null && <span className="vr-line">{formatShortDay(row.recording.consultedAt)}</span>}
              </>
            )}
          </Cell>
          <Cell label={row.patient ? text.columns.patient : undefined}>
            {row.patient && (
              <>
                <span className="vr-break">{patientName(row.patient)}</span>
                {row.patient.dateOfBirth !== null && <span className="vr-line vr-number">{list.born} {formatDate(row.patient.dateOfBirth)}</span>}
                {row.patient.nhsNumber !== null && <span className="vr-line vr-number">{formatNhsNumber(row.patient.nhsNumber)}</span>}
              </>
            )}
          </Cell>
          <Cell label={row.purpose === null ? undefined : text.columns.why}>{row.purpose !== null && purposeWords(row.purpose)}</Cell>
          <Cell><Outcome row={row} /></Cell>
          <Cell label={text.columns.device}><span className="vr-number">{shortDevice(row.device)}</span>{row.proof !== 'verified' && <span className="vr-line"><ProofTag proof={row.proof} /></span>}</Cell>
        </EventLine>
      ))}
    </DataTable>
  );
}
