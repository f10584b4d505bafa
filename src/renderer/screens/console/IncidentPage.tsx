import { Tag } from 'nhsuk-react-components';
import { useCallback, useState } from 'react';
import type { Incident, IncidentFields, Ladder } from '../../../preload/console.ts';
import type { Problem } from '../../../preload/contract.ts';
import { attempt, door } from '../../door.ts';
import { BackButton } from '../../parts/BackButton.tsx';
import { Done } from '../../parts/Done.tsx';
import { ExportButtons } from '../../parts/ExportButtons.tsx';
import { Screen } from '../../parts/Screen.tsx';
import { useAsk } from '../../parts/useAsk.ts';
import { useNow } from '../../parts/useNow.ts';
import { Waited } from '../../parts/Waited.tsx';
import { incident as text, register, triggers } from '../../text/incidents.ts';
import { breachClock } from '../../words/breach.ts';
import { formatMoment } from '../../words/time.ts';
import { merged } from '../../words/versions.ts';
import { awareField, useConsole } from './context.ts';
import { BlastRadius } from './BlastRadius.tsx';
import { CloseIncident } from './CloseIncident.tsx';
import { IncidentForm } from './IncidentForm.tsx';
import { FieldList, IncidentRecord } from './IncidentRecord.tsx';
import { Keeping } from './Keeping.tsx';
import { Versions } from './Versions.tsx';

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

/** What began it, how long is left, and what has to be known of its versions. */
export function IncidentHead({ incident: { state, trigger, openedAt, openedBy, fields, remarks }, quiet = false }: { incident: Incident; quiet?: boolean }) {
  const { acts } = useConsole();
  const now = useNow(30_000);
  const clock = breachClock(fields, now);
  const closed = state === 'closed';
  return (
    <>
      <p>
        <Tag modifier={closed ? 'grey' : 'red'} className="vr-tag">{register.states[state]}</Tag> {text.openedBy(openedBy, formatMoment(openedAt))} {triggers[trigger]}.
      </p>
      {closed && !quiet && <p className="vr-notice">{text.closed}</p>}
      {remarks.length > 0 && (
        <section className="vr-notice" aria-labelledby="remarks">
          <h2 className="nhsuk-heading-s" id="remarks">{text.remarks}</h2>
          <ul className="nhsuk-list nhsuk-list--bullet">{remarks.map((remark) => <li key={remark}>{remark}</li>)}</ul>
        </section>
      )}
      <section className={clock.state === 'overdue' ? 'vr-clock vr-clock--overdue' : 'vr-clock'} aria-labelledby="clock">
        <h2 className="nhsuk-heading-s" id="clock">{text.sections.clock}</h2>
        <p>
          {clock.words}
          {clock.state === 'not-set' && acts && !closed && <> <button type="button" className="vr-text-button" onClick={() => document.getElementById(awareField)?.focus()}>{text.setAware}</button></>}
        </p>
      </section>
    </>
  );
}

/** A version that somebody saved while this one was being written. */
interface Newer {
  incident: Incident;
  both: (keyof IncidentFields)[];
  taken: (keyof IncidentFields)[];
}

function Page({ incident, onChange }: { incident: Incident; onChange: (incident: Incident) => void }) {
  const { acts } = useConsole();
  const [draft, setDraft] = useState<IncidentFields>(incident.fields);
  const [done, setDone] = useState({ words: '', times: 0 });
  const [ladder, setLadder] = useState<Ladder | null>(null);
  const [newer, setNewer] = useState<Newer | null>(null);
  const changed = JSON.stringify(draft) !== JSON.stringify(incident.fields);
  const { id, state, fields, versions } = incident;
  const closed = state === 'closed';
  const takeLadder = useCallback((next: Ladder) => setLadder(next), []);
  /** Nothing was saved because another version was: what is typed stays, and goes over that one with the next saving. */
  const onRefused = async ({ detail }: Problem) => {
    if (detail?.why !== 'incident-newer') return;
    const result = await attempt(door.incidents());
    const next = result.ok ? result.value.find((one) => one.id === id) : undefined;
    if (!next) return;
    const { fields: kept, both, taken } = merged(fields, draft, next.fields);
    setDraft(kept);
    setNewer({ incident: next, both, taken });
    onChange(next);
  };
  return (
    <>
      <IncidentHead incident={incident} quiet={done.times > 0} />
      <Done {...done} />
      <BlastRadius fields={fields} closed={closed || !acts} onLadder={takeLadder} onStopped={() => setDone({ words: text.stopped, times: done.times + 1 })} />
      <h2 className="nhsuk-heading-s vr-section-title">{text.sections.exports}</h2>
      {changed && <p className="vr-notice">{text.unsaved}</p>}
      <ExportButtons about={text.exportAbout} exports={(acts ? (['report', 'letters', 'mail-merge'] as const) : (['report'] as const)).map((what) => ({ label: text.exports[what], run: () => door.exportIncident(id, what) }))} />
      {closed || !acts ? <IncidentRecord fields={fields} /> : (
        <>
          {newer && <NewerVersion newer={newer} />}
          <IncidentForm
            draft={draft} onDraft={setDraft} ladder={ladder} againstReporting={incident.againstReporting}
            onRefused={(problem) => void onRefused(problem)}
            onSave={(note) => door.saveIncident(id, draft, incident.revision, note)}
            onSaved={(next) => {
              onChange(next);
              setDraft(next.fields);
              setNewer(null);
              setDone({ words: text.saved(next.revision), times: done.times + 1 });
            }}
          />
          <CloseIncident
            incident={incident} unsaved={changed} onRefused={(problem) => void onRefused(problem)}
            onClosed={(next) => {
              onChange(next);
              setDone({ words: text.closed, times: done.times + 1 });
            }}
          />
        </>
      )}
      {!closed && acts && <Keeping incident={incident} unsaved={changed} />}
      <Versions versions={versions} />
    </>
  );
}

function NewerVersion({ newer: { incident, both, taken } }: { newer: Newer }) {
  const last = incident.versions.findLast(({ version }) => version === incident.revision);
  const { newer: words } = text;
  return (
    <section className="vr-notice" aria-labelledby="newer">
      <h2 className="nhsuk-heading-s" id="newer">{words.title}</h2>
      {last && <p>{words.body(last.version, last.by, formatMoment(last.at))}</p>}
      {taken.length > 0 && <p>{words.taken(taken.map((field) => text.fields[field]).join(', '))}</p>}
      {both.length > 0 && (
        <>
          <p>{words.both}</p>
          <FieldList fields={incident.fields} only={both} />
        </>
      )}
    </section>
  );
}
