import { Details } from 'nhsuk-react-components';
import type { ReactNode } from 'react';
import type { EventDetails, EventFilter } from '../../../preload/console.ts';
import { door } from '../../door.ts';
import { Button } from '../../parts/Button.tsx';
import { Drawer } from '../../parts/Drawer.tsx';
import { ProofTag } from '../../parts/ProofTag.tsx';
import { useAsk } from '../../parts/useAsk.ts';
import { Waited } from '../../parts/Waited.tsx';
import { purposeWords } from '../../text/common.ts';
import { drawer as text, eventName, events, proofMeans } from '../../text/console.ts';
import { longSeconds, secondsWords } from '../../words/exposure.ts';
import { addTo, onDay, type FilterList } from '../../words/filter.ts';
import { detailWords } from '../../words/managers.ts';
import { formatNhsNumber } from '../../words/nhsNumber.ts';
import { formatDate, formatDay, formatMoment, formatSecond, localParts } from '../../words/time.ts';
import { patientName, readSoFar, recordingId, recordingName, useConsole, type About } from './context.ts';
import { Intervals } from './Outcome.tsx';

interface Props {
  /** The rows that Up and Down go through, in their order. */
  ids: readonly number[];
  id: number;
  onMove: (id: number) => void;
  onClose: () => void;
  filter: EventFilter;
  onFilter: (filter: EventFilter) => void;
}

/** One event with all that is known of it, at the side of the list. */
export function EventDrawer({ ids, id, onMove, onClose, filter, onFilter }: Props) {
  const { trail } = useConsole();
  const { value, problem, reload } = useAsk(() => door.eventDetails(id), String(id), readSoFar(trail));
  const index = ids.indexOf(id);
  const step = (by: 1 | -1) => {
    const next = ids[index + by];
    if (next !== undefined) onMove(next);
  };
  const narrow = (next: EventFilter) => {
    onFilter(next);
    onClose();
  };
  return (
    <Drawer
      title={text.title}
      onDismiss={onClose}
      onStep={step}
      head={
        <div className="vr-buttons">
          <Button look="secondary" small unavailable={index <= 0} onClick={() => step(-1)}>{text.previous}</Button>
          <Button look="secondary" small unavailable={index >= ids.length - 1} onClick={() => step(1)}>{text.next}</Button>
          <Button look="secondary" small autoFocus onClick={onClose}>{text.close}</Button>
        </div>
      }
    >
      <p className="vr-line" role="status">
        {text.place(index + 1, ids.length)}.{value && <span className="nhsuk-u-visually-hidden"> {eventName(value.row.event)}, {value.row.who.name}, {formatMoment(value.row.at)}.</span>} {text.keys}
      </p>
      <Waited value={value} problem={problem} onAgain={reload} loading={text.loading}>
        {(details) => <Facts details={details} filter={filter} onFilter={narrow} />}
      </Waited>
    </Drawer>
  );
}

function Facts({ details, filter, onFilter }: { details: EventDetails; filter: EventFilter; onFilter: (filter: EventFilter) => void }) {
  const { go, label } = useConsole();
  const { row, findings } = details;
  const detail = detailWords(row, label);
  const { recording, patient } = row;
  const { fields } = text;
  const by = (list: FilterList, value: string, words: string) => <FilterBy words={words} onPress={() => onFilter(addTo(filter, list, value))} />;
  const historyOf = (about: About, words: string) => <button type="button" className="vr-text-button" onClick={() => go({ kind: 'history', about })}>{text.history}<span className="nhsuk-u-visually-hidden"> {words}</span></button>;
  return (
    <>
      <dl className="vr-details">
        <Fact name={fields.when} actions={<FilterBy words={formatDay(row.at)} onPress={() => onFilter(onDay(filter, localParts(row.at).day))} />}>{formatDay(row.at)}, {formatSecond(row.at)}</Fact>
        <Fact name={fields.who} actions={<>{by('people', row.who.sds, row.who.name)} {historyOf({ kind: 'person', id: row.who.sds }, row.who.name)}</>}>{row.who.name}<span className="vr-line">{row.who.role}</span></Fact>
        <Fact name={fields.what} actions={by('events', row.event, eventName(row.event))}>{eventName(row.event)}</Fact>
        {recording && (
          <Fact name={fields.recording} actions={<>{by('recordings', recordingId(recording), recordingName(recording))} {historyOf({ kind: 'recording', id: recordingId(recording) }, recordingName(recording))}</>}>
            {recordingName(recording)}
            {recording.consultedAt !== null && <span className="vr-line">{formatMoment(recording.consultedAt)}</span>}
            {recording.title !== null && <span className="vr-line vr-break">{recordingId(recording)}</span>}
          </Fact>
        )}
        {patient && (
          <Fact name={fields.patient} actions={<>{by('patients', patient.patient, patientName(patient))} {historyOf({ kind: 'patient', id: patient.patient }, patientName(patient))}</>}>
            {patientName(patient)}
            {patient.dateOfBirth !== null && <span className="vr-line">{fields.born} {formatDate(patient.dateOfBirth)}</span>}
            {patient.nhsNumber !== null && <span className="vr-line">{fields.nhs} {formatNhsNumber(patient.nhsNumber)}</span>}
          </Fact>
        )}
        {row.purpose !== null && <Fact name={fields.why}>{purposeWords(row.purpose)}</Fact>}
        <Fact name={fields.outcome} actions={row.refused ? <FilterBy words={text.refused} onPress={() => onFilter({ ...filter, refusedOnly: true })} /> : undefined}>{row.refused ? text.refused : text.done}</Fact>
        {row.media.length > 0 && <Fact name={fields.media}><Intervals media={row.media} /></Fact>}
        {row.attended.length > 0 && <Fact name={fields.attended}><Intervals media={row.attended} /></Fact>}
        {row.seconds !== null && <Fact name={fields.seconds}>{row.event === 'presented' ? events.onScreen(secondsWords(row.seconds)) : longSeconds(row.seconds)}</Fact>}
        {row.transcript && <Fact name={fields.transcript}>{text.shown}</Fact>}
        {detail !== '' && <Fact name={fields.detail}>{detail}</Fact>}
        <Fact name={fields.device} actions={by('devices', row.device, row.device)}><span className="vr-break">{row.device}</span></Fact>
        <Fact name={fields.proof}>
          <ProofTag proof={row.proof} />
          <span className="vr-line">{proofMeans[row.proof]}</span>
        </Fact>
        {findings.length > 0 && <Fact name={fields.findings}>{findings.map((sentence) => <span key={sentence} className="vr-line vr-overdue">{sentence}</span>)}</Fact>}
        <Fact name={fields.sequence}>{details.sequence}</Fact>
        <Fact name={fields.received}>{details.receivedAt === null ? text.notReceived : formatMoment(details.receivedAt)}</Fact>
        <Fact name={fields.reference}><span className="vr-break">{details.reference}</span></Fact>
      </dl>
      <Details className="vr-keys">
        <Details.Summary>{text.entry}</Details.Summary>
        <Details.Text className="vr-keys__text">
          <pre className="vr-entry" tabIndex={0}>{details.entry}</pre>
          <p className="vr-hash">{fields.hash}: <span className="vr-break">{details.hash}</span></p>
          <p className="vr-hash">{text.signature}: <span className="vr-break">{details.signature}</span></p>
        </Details.Text>
      </Details>
    </>
  );
}

function Fact({ name, actions, children }: { name: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <div className="vr-details__row">
      <dt>{name}</dt>
      <dd>{children}{actions !== undefined && <span className="vr-details__actions">{actions}</span>}</dd>
    </div>
  );
}

function FilterBy({ words, onPress }: { words: string; onPress: () => void }) {
  return <button type="button" className="vr-text-button" aria-label={text.filterBy(words)} onClick={onPress}>{text.filter}</button>;
}
