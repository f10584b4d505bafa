import { Tag } from 'nhsuk-react-components';
import type { LadderRow } from '../../../preload/console.ts';
import { Cell, DataTable } from '../../parts/DataTable.tsx';
import { ProofTag } from '../../parts/ProofTag.tsx';
import { purposeWords } from '../../text/common.ts';
import { events, history as text } from '../../text/console.ts';
import { longSeconds, secondsWords } from '../../words/exposure.ts';
import { formatClock, formatShortDay } from '../../words/time.ts';
import { patientName, recordingId, recordingName } from './context.ts';
import { Intervals } from './Outcome.tsx';

interface Props {
  rows: readonly LadderRow[];
  caption: string;
  /** What every row is about is in no column. */
  about: 'recording' | 'person' | 'patient' | 'several';
}

/** How far each got with each recording: one rung a column. */
export function LadderTable({ rows, caption, about }: Props) {
  const { who, recording, why, when, listed, presented, opened, exposed, attended, refused } = text.columns;
  const columns = {
    ...(about === 'person' ? {} : { who }), ...(about === 'recording' ? {} : { recording }),
    listed, presented, opened, exposed, attended, refused, why, when,
  };
  return (
    <DataTable caption={caption} columns={columns} className="vr-ladder">
      {rows.map((row) => (
        <tr role="row" key={`${row.who.sds} ${recordingId(row.recording)}`} className="nhsuk-table__row">
          {about !== 'person' && <Cell><strong>{row.who.name}</strong><span className="vr-line">{row.who.role}</span></Cell>}
          {about !== 'recording' && (
            <Cell className="vr-cell--consultation">
              <span className="vr-break">{recordingName(row.recording)}</span>
              {row.recording.consultedAt !== null && <span className="vr-line">{formatShortDay(row.recording.consultedAt)}</span>}
              {about !== 'patient' && row.patient && <span className="vr-line">{patientName(row.patient)}</span>}
            </Cell>
          )}
          <Cell label={listed}>{text.times(row.listed)}</Cell>
          <Cell label={presented} className="vr-number">{row.presentedSeconds === null ? text.no : secondsWords(row.presentedSeconds)}</Cell>
          <Cell label={opened}>{text.times(row.opened)}</Cell>
          <Cell label={exposed} className="vr-cell--exposed"><Exposed row={row} /></Cell>
          <Cell label={attended} className="vr-number">{row.exposedSeconds > 0 ? secondsWords(row.attendedSeconds) : text.no}</Cell>
          <Cell label={refused}>
            {row.denied === 0 && row.withheld === 0 && text.no}
            {row.denied > 0 && text.denied(row.denied)}
            {row.withheld > 0 && <span className="vr-line">{text.withheld(row.withheld)}</span>}
          </Cell>
          <Cell label={why}>{row.purposes.map(purposeWords).join(', ')}</Cell>
          <Cell label={when}>
            <Moment at={row.first} />
            {row.last !== row.first && <span className="vr-line"><Moment at={row.last} /></span>}
            {row.downloaded > 0 && <span className="vr-line">{text.downloaded(row.downloaded)}</span>}
            {row.destroyed > 0 && <span className="vr-line">{text.destroyed(row.destroyed)}</span>}
            {row.proof !== 'verified' && <ProofTag proof={row.proof} />}
          </Cell>
        </tr>
      ))}
    </DataTable>
  );
}

/** Breaks between day and clock alone. */
const Moment = ({ at }: { at: string }) => <><span className="vr-number">{formatShortDay(at)},</span> <span className="vr-number">{formatClock(at)}</span></>;

function Exposed({ row: { rung, exposedSeconds, media, transcript, unreported, wrongPatient } }: { row: LadderRow }) {
  return (
    <>
      {rung !== 'exposed' && text.no}
      {exposedSeconds > 0 && <strong>{longSeconds(exposedSeconds)}</strong>}
      {media.length > 0 && <span className="vr-line">{text.at} <Intervals media={media} /></span>}
      {transcript && <span className="vr-line">{events.transcript}</span>}
      {wrongPatient && <Tag modifier="red" className="vr-tag">{text.wrongPatient}</Tag>}
      {unreported && <span className="vr-line vr-overdue">{text.unreported}</span>}
    </>
  );
}
