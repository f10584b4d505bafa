import { Tag } from 'nhsuk-react-components';
import { useState } from 'react';
import type { Incident, IncidentFields } from '../../../preload/console.ts';
import { door } from '../../door.ts';
import { BackButton } from '../../parts/BackButton.tsx';
import { Done } from '../../parts/Done.tsx';
import { Cell, DataTable } from '../../parts/DataTable.tsx';
import { ExportButtons } from '../../parts/ExportButtons.tsx';
import { Screen } from '../../parts/Screen.tsx';
import { useAsk } from '../../parts/useAsk.ts';
import { useNow } from '../../parts/useNow.ts';
import { Waited } from '../../parts/Waited.tsx';
import { incident as text, register, triggers } from '../../text/incidents.ts';
import { breachClock } from '../../words/breach.ts';
import { formatMoment } from '../../words/time.ts';
import { useConsole } from './context.ts';
import { BlastRadius } from './BlastRadius.tsx';
import { CloseIncident } from './CloseIncident.tsx';
import { IncidentForm } from './IncidentForm.tsx';
import { IncidentRecord } from './IncidentRecord.tsx';

/** One incident: how long is left, whom it reached, stopping it, what the regulator asks, its versions. */
export function IncidentPage({ id }: { id: string }) {
  const { go } = useConsole();
  const { value, set, problem, reload } = useAsk(() => door.incidents());
  const found = value?.find((one) => one.id === id) ?? null;
  const keep = (incident: Incident) => set([...(value ?? []).filter((one) => one.id !== id), incident]);
  return (
    <Screen
      wide windowTitle={register.title} heading={found === null || found.fields.title === '' ? register.untitled : found.fields.title}
      before={<BackButton onPress={() => go({ kind: 'incidents' })}>{text.back}</BackButton>}
    >
      <Waited value={found} problem={problem} onAgain={reload}>{(incident) => <Page incident={incident} onChange={keep} />}</Waited>
    </Screen>
  );
}

function Page({ incident, onChange }: { incident: Incident; onChange: (incident: Incident) => void }) {
  const { acts } = useConsole();
  const now = useNow(30_000);
  const [draft, setDraft] = useState<IncidentFields>(incident.fields);
  const [done, setDone] = useState({ words: '', times: 0 });
  const changed = JSON.stringify(draft) !== JSON.stringify(incident.fields);
  const clock = breachClock(incident.fields, now);
  const { id, state, trigger, openedAt, openedBy, fields, versions } = incident;
  const closed = state === 'closed';
  return (
    <>
      <p>
        <Tag modifier={closed ? 'grey' : 'red'} className="vr-tag">{register.states[state]}</Tag> {text.openedBy(openedBy, formatMoment(openedAt))} {triggers[trigger]}.
      </p>
      {closed && done.times === 0 && <p className="vr-notice">{text.closed}</p>}
      <section className={clock.state === 'overdue' ? 'vr-clock vr-clock--overdue' : 'vr-clock'} aria-labelledby="clock">
        <h2 className="nhsuk-heading-s" id="clock">{text.sections.clock}</h2>
        <p>{clock.words}</p>
      </section>
      <Done {...done} />
      <BlastRadius fields={fields} closed={closed || !acts} onStopped={() => setDone({ words: text.stopped, times: done.times + 1 })} />
      <h2 className="nhsuk-heading-s vr-section-title">{text.sections.exports}</h2>
      {changed && <p className="vr-notice">{text.unsaved}</p>}
      <ExportButtons about={text.exportAbout} exports={(acts ? (['report', 'letters', 'mail-merge'] as const) : (['report'] as const)).map((what) => ({ label: text.exports[what], run: () => door.exportIncident(id, what) }))} />
      {closed || !acts ? <IncidentRecord fields={fields} /> : (
        <>
          <IncidentForm
            draft={draft} onDraft={setDraft}
            onSave={(note) => door.saveIncident(id, draft, incident.revision, note)}
            onSaved={(next) => {
              onChange(next);
              setDraft(next.fields);
              setDone({ words: text.saved(next.versions.length), times: done.times + 1 });
            }}
          />
          <CloseIncident
            incident={incident} unsaved={changed}
            onClosed={(next) => {
              onChange(next);
              setDone({ words: text.closed, times: done.times + 1 });
            }}
          />
        </>
      )}
      <h2 className="nhsuk-heading-s vr-section-title">{text.sections.versions}</h2>
      <DataTable caption={text.sections.versions} columns={text.versionColumns}>
        {[...versions].reverse().map(({ version, at, by, note }) => (
          <tr role="row" key={version} className="nhsuk-table__row">
            <Cell label={text.versionColumns.version}>{version}</Cell>
            <Cell className="vr-number">{formatMoment(at)}</Cell>
            <Cell>{by}</Cell>
            <Cell>{note}</Cell>
          </tr>
        ))}
      </DataTable>
    </>
  );
}
