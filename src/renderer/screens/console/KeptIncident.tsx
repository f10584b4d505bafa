import { Activity, useMemo, useState } from 'react';
import type { AppState } from '../../../preload/contract.ts';
import type { IncidentFields, KeptPage } from '../../../preload/console.ts';
import { door } from '../../door.ts';
import { Button } from '../../parts/Button.tsx';
import { Done } from '../../parts/Done.tsx';
import { Screen } from '../../parts/Screen.tsx';
import { SessionBar } from '../../parts/SessionBar.tsx';
import { useAsk } from '../../parts/useAsk.ts';
import { Waited } from '../../parts/Waited.tsx';
import { usePlace } from '../../places.ts';
import { computer } from '../../text/health.ts';
import { incident as incidentText, kept, register } from '../../text/incidents.ts';
import { formatMoment } from '../../words/time.ts';
import { HealthScreen } from '../HealthScreen.tsx';
import { ConsoleContext, namesIn, nameOf, recordingId, recordingLabel } from './context.ts';
import { Totals } from './History.tsx';
import { IncidentForm } from './IncidentForm.tsx';
import { IncidentHead } from './IncidentPage.tsx';
import { RemoveDialog } from './Keeping.tsx';
import { LadderTable } from './LadderTable.tsx';
import { Versions } from './Versions.tsx';

type State = Extract<AppState, { screen: 'kept' }>;
const { page: text } = kept;

/** A manager without the practice: the incident that is kept here, and nothing else. */
export function KeptIncident({ state: { practice, name, role, standing } }: { state: State }) {
  const { value, set, problem, reload } = useAsk(() => door.keptPage());
  const [looking, setLooking] = useState(false);
  usePlace(looking ? 'computer' : 'kept');
  const title = value === null ? text.title : value.incident.fields.title === '' ? register.untitled : value.incident.fields.title;
  return (
    <>
      <SessionBar practice={practice} name={name} role={role} kept>
        {!looking && <Button look="reverse" small onClick={() => setLooking(true)}>{computer.title}</Button>}
      </SessionBar>
      {looking && <HealthScreen practice={practice} standing={standing} onBack={() => setLooking(false)} />}
      {/* Out of sight and not gone: what was typed and not saved is nowhere else. */}
      <Activity mode={looking ? 'hidden' : 'visible'}>
        <Screen wide windowTitle={text.title} heading={title}>
          <Waited value={value} problem={problem} onAgain={reload}>{(page) => <Page name={name} page={page} queued={standing.queued} onChange={set} />}</Waited>
        </Screen>
      </Activity>
    </>
  );
}

function Page({ name, page, queued, onChange }: { name: string; page: KeptPage; queued: number; onChange: (page: KeptPage) => void }) {
  const { incident, keptAt, until, ladder, findings } = page;
  const [draft, setDraft] = useState<IncidentFields>(incident.fields);
  const [done, setDone] = useState({ words: '', times: 0 });
  const [removing, setRemoving] = useState(false);
  const context = useMemo(() => {
    const names = namesIn([...ladder.rows, ...page.recordings.map((recording) => ({ who: nobody, recording, patient: null })), ...page.patients.map((patient) => ({ who: nobody, recording: null, patient }))]);
    return {
      name, acts: true, trail: null, offline: true, learn: () => undefined, go: () => undefined, showEvents: () => undefined,
      label: (list: Parameters<typeof nameOf>[1], value: string) => nameOf(names, list, value),
      known: {
        people: [], staff: [], recordings: page.recordings.map((one) => ({ value: recordingId(one), label: recordingLabel(one) })),
        patients: page.patients.flatMap((one) => (one.name === null ? [] : [{ value: one.patient, label: one.name }])),
      },
    };
  }, [name, ladder, page.recordings, page.patients]);
  return (
    <ConsoleContext value={context}>
      <p className="vr-notice">{text.keptAt(formatMoment(keptAt), formatMoment(until))} {text.offline}</p>
      <div className="vr-buttons vr-buttons--spaced">
        <Button small onClick={() => void door.signIn()}>{text.signIn}</Button>
        <Button look="secondary" small onClick={() => setRemoving(true)}>{kept.remove}</Button>
        {queued > 0 && <p className="vr-secondary">{text.waiting(queued)}</p>}
      </div>
      <Done {...done} />
      <IncidentHead incident={incident} />
      <section aria-labelledby="extent">
        <h2 className="nhsuk-heading-s vr-section-title" id="extent">{incidentText.sections.extent}</h2>
        <p className="vr-secondary">{text.figures(formatMoment(keptAt))} {text.checked(page.verified, page.entries)} {text.findings(findings.length)}</p>
        {findings.length > 0 && <ul className="nhsuk-list nhsuk-list--bullet">{findings.map(({ device, sequence, kind, sentence }) => <li key={`${device} ${sequence} ${kind}`}>{sentence}</li>)}</ul>}
        <Totals ladder={ladder} by="people" />
        {ladder.rows.length > 0 && <LadderTable rows={ladder.rows} caption={incidentText.sections.extent} about={incident.fields.recordings.length === 1 ? 'recording' : 'several'} />}
      </section>
      <IncidentForm
        draft={draft} onDraft={setDraft} ladder={ladder} againstReporting={incident.againstReporting}
        onSave={(note) => door.saveKept(draft, incident.revision, note)}
        onSaved={(next) => {
          onChange(next);
          setDraft(next.incident.fields);
          setDone({ words: text.saved(next.incident.revision), times: done.times + 1 });
        }}
      />
      <Versions versions={incident.versions} />
      {removing && <RemoveDialog onDone={() => setRemoving(false)} onDismiss={() => setRemoving(false)} />}
    </ConsoleContext>
  );
}

const nobody = { sds: '', name: '', role: '' };
