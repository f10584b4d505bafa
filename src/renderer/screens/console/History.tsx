import { useEffect, useId, useState } from 'react';
import type { Ladder } from '../../../preload/console.ts';
import { door } from '../../door.ts';
import { BackButton } from '../../parts/BackButton.tsx';
import { Button } from '../../parts/Button.tsx';
import { ExportButtons } from '../../parts/ExportButtons.tsx';
import { Radios, SelectField } from '../../parts/fields.tsx';
import { Screen } from '../../parts/Screen.tsx';
import { useAsk } from '../../parts/useAsk.ts';
import { Waited } from '../../parts/Waited.tsx';
import { exporting, finding, history as text } from '../../text/console.ts';
import { ladderSentence } from '../../words/exposure.ts';
import { addTo, wholeFilter } from '../../words/filter.ts';
import { patientsOf, patientWords, readSoFar, recordingId, useConsole, type About } from './context.ts';
import { FindField } from './FindField.tsx';
import { LadderTable } from './LadderTable.tsx';
import { Meanings } from './Meanings.tsx';
import { OpenIncident } from './OpenIncident.tsx';
import { StopDialog } from './StopDialog.tsx';

const listOf = { recording: 'recordings', person: 'people', patient: 'patients' } as const;

/** What the record says of one recording, one clinician or one patient; first of which. */
export function History({ about }: { about: About | null }) {
  return about === null ? <Choose /> : <Of about={about} />;
}

function Choose() {
  const id = useId();
  const { known, go } = useConsole();
  const [kind, setKind] = useState<About['kind']>('recording');
  const [chosen, setChosen] = useState('');
  const options = known[listOf[kind]];
  return (
    <Screen windowTitle={text.title} heading={text.title}>
      <p>{text.about}</p>
      <FindField id={`${id}-find`} label={finding.label} wants={['patient', 'person', 'recording']} onChosen={(found) => found && go({ kind: 'history', about: found })} />
      <Radios
        id={`${id}-kind`} legend={text.kind} value={kind} options={Object.entries(text.kinds).map(([value, label]) => ({ value, label }))}
        onChange={(value) => {
          setKind(value as About['kind']);
          setChosen('');
        }}
      />
      {kind === 'person'
        ? <SelectField id={`${id}-which`} label={text.which[kind]} hint={text.hint[kind]} value={chosen} options={[{ value: '', label: text.choose }, ...options]} onChange={setChosen} />
        : <FindField key={kind} id={`${id}-which`} label={text.which[kind]} hint={text.hint[kind]} wants={[kind]} options={options} onChosen={(found) => setChosen(found?.id ?? '')} />}
      <Button unavailable={chosen === ''} onClick={() => go({ kind: 'history', about: { kind, id: chosen } })}>{text.show}</Button>
    </Screen>
  );
}

function Of({ about: { kind, id } }: { about: About }) {
  const { acts, trail, learn, label, go, showEvents } = useConsole();
  const list = listOf[kind];
  const { value, problem, reload } = useAsk(() => door.ladder({ [list]: [id] }), '', readSoFar(trail));
  const [asking, setAsking] = useState<'incident' | 'stop' | null>(null);
  useEffect(() => {
    if (value) learn(value.rows);
  }, [value, learn]);
  const filter = addTo(wholeFilter, list, id);
  const name = label(list, id);
  const patient = value && patientsOf(value.rows).find((one) => one.patient === id);
  const recordings = value ? [...new Set(value.rows.map((row) => recordingId(row.recording)))] : [];
  return (
    <Screen
      wide windowTitle={text.heading[kind]} heading={`${text.heading[kind]}: ${name}`}
      before={<BackButton onPress={() => go({ kind: 'history', about: null })}>{text.again}</BackButton>}
    >
      {kind === 'recording' && value && value.rows.length > 0 && <p>{whose(value.rows)}</p>}
      {kind === 'patient' && patient && <p>{patientWords(patient)}</p>}
      {name !== id && <p className="vr-secondary vr-break">{id}</p>}
      <Waited value={value} problem={problem} onAgain={reload}>
        {(ladder) => (
          <>
            <Totals ladder={ladder} by={kind === 'person' ? 'recordings' : 'people'} />
            {ladder.rows.length > 0 && <LadderTable rows={ladder.rows} caption={text.heading[kind]} about={kind} />}
          </>
        )}
      </Waited>
      <div className="vr-buttons vr-buttons--spaced">
        <Button look="secondary" small onClick={() => showEvents(filter)}>{text.events}</Button>
        {acts && <Button look="secondary" small onClick={() => setAsking('incident')}>{text.incident}</Button>}
        {acts && kind !== 'person' && <Button look="warning" small onClick={() => setAsking('stop')}>{text.stop[kind]}</Button>}
      </div>
      {kind === 'recording' && <ExportButtons exports={[{ label: text.ladder, run: () => door.exportLadder({ recordings: [id] }) }]} />}
      {kind === 'patient' && <ExportButtons about={text.reportAbout} exports={[{ label: text.report, run: () => door.exportPatientReport(id) }]} />}
      {kind === 'person' && <ExportButtons exports={[{ label: text.personExport, run: () => door.exportEvents(filter, 'pdf') }, { label: exporting.csv, run: () => door.exportEvents(filter, 'csv') }]} />}
      <Meanings />
      {asking === 'incident' && <OpenIncident trigger={value?.rows.some((row) => row.wrongPatient) ? 'wrong-patient' : 'query'} recordings={kind === 'recording' ? [id] : recordings.slice(0, 500)} patients={kind === 'patient' ? [id] : []} onDismiss={() => setAsking(null)} />}
      {asking === 'stop' && kind !== 'person' && (
        <StopDialog target={kind === 'recording' ? { kind, recording: id } : { kind, patient: id }} name={name} {...(kind === 'recording' && value && value.rows.length > 0 ? { whose: whose(value.rows) } : {})} onDismiss={() => setAsking(null)} onDone={() => go({ kind: 'assignments' })} />
      )}
    </Screen>
  );
}

/** Under whose name what is looked at stands: to be compared before anything is stopped. */
export function whose(rows: Ladder['rows']): string {
  const patients = patientsOf(rows);
  return patients.length === 0 ? text.notUnder : text.under(patients.map(patientWords).join('; '));
}

/** The figures in one sentence, who was exposed by name, and whether they can still grow. */
export function Totals({ ladder, by }: { ladder: Ladder; by: 'people' | 'recordings' }) {
  const exposed = by === 'people' ? [...new Map(ladder.rows.flatMap(({ rung, who }) => (rung === 'exposed' ? [[who.sds, who.name] as const] : []))).values()] : [];
  return (
    <div className="vr-totals" role="status">
      <p><strong>{ladderSentence(ladder, by)}</strong></p>
      {exposed.length > 0 && <p>{text.exposed(exposed)}</p>}
      {!ladder.complete && <p>{text.incomplete}</p>}
    </div>
  );
}
