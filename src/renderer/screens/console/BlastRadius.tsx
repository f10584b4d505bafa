import { useEffect, useState } from 'react';
import type { IncidentFields, Ladder, StopTarget } from '../../../preload/console.ts';
import type { Result, StopView } from '../../../preload/contract.ts';
import { attempt, door } from '../../door.ts';
import { Button } from '../../parts/Button.tsx';
import { CodeDialog } from '../../parts/FormDialog.tsx';
import { useAsk } from '../../parts/useAsk.ts';
import { Waited } from '../../parts/Waited.tsx';
import { reasons, stops } from '../../text/assignments.ts';
import { incident as text } from '../../text/incidents.ts';
import { readSoFar, useConsole } from './context.ts';
import { Totals, whose } from './History.tsx';
import { LadderTable } from './LadderTable.tsx';
import { Meanings } from './Meanings.tsx';

const none: Ladder['people'] = { exposed: 0, opened: 0, presented: 0, listed: 0, refused: 0 };

interface Props {
  fields: Pick<IncidentFields, 'recordings' | 'patients'>;
  closed: boolean;
  onLadder: (ladder: Ladder) => void;
  onStopped: () => void;
}

/** Whom the recordings of an incident ever reached, and stopping them from here. */
export function BlastRadius({ fields: { recordings, patients }, closed, onLadder, onStopped }: Props) {
  const { trail, learn, label } = useConsole();
  const about = recordings.length > 0 ? { recordings } : { patients };
  const nothing = recordings.length === 0 && patients.length === 0;
  const { value, problem, reload } = useAsk(
    // Asked about nothing, the record would answer about everything.
    (): Promise<Result<Ladder>> => (nothing ? Promise.resolve({ ok: true, value: { rows: [], people: none, recordings: none, exposedSeconds: 0, complete: trail?.complete ?? false } }) : door.ladder(about)),
    JSON.stringify(about),
    readSoFar(trail),
  );
  // What cannot be read here is said where the stops are.
  const { value: stopped, reload: lookAgain } = useAsk(() => door.stops());
  const [asking, setAsking] = useState<StopTarget[] | null>(null);
  useEffect(() => {
    if (!value) return;
    learn(value.rows);
    onLadder(value);
  }, [value, learn, onLadder]);
  const targets: StopTarget[] = [...recordings.map((recording) => ({ kind: 'recording' as const, recording })), ...(recordings.length > 0 ? [] : patients.map((patient) => ({ kind: 'patient' as const, patient })))];
  /** One after the other; the first that fails ends it, and asking again begins with those that are stopped already, which changes nothing. */
  const stopAll = async (wanted: readonly StopTarget[], reason: string): Promise<Result<null>> => {
    for (const target of wanted) {
      const result = await attempt(door.stop(target, reason));
      if (!result.ok) return result;
    }
    return { ok: true, value: null };
  };
  return (
    <section aria-labelledby="extent">
      <h2 className="nhsuk-heading-s vr-section-title" id="extent">{text.sections.extent}</h2>
      {recordings.length > 0 && <p className="vr-break">{text.about(recordings.map((recording) => label('recordings', recording)).join('; '))}</p>}
      {nothing ? <p>{text.noRecordings}</p> : (
        <Waited value={value} problem={problem} onAgain={reload}>
          {(ladder) => (
            <>
              {recordings.length === 1 && ladder.rows.length > 0 && <p>{whose(ladder.rows)}</p>}
              <Totals ladder={ladder} by="people" />
            </>
          )}
        </Waited>
      )}
      {stopped && targets.length > 0 && <Standing stops={stopped} targets={targets} />}
      {!closed && (
        <div className="vr-buttons vr-buttons--spaced">
          {targets.length > 0 && !(stopped && isAllStopped(stopped, targets)) && <Button look="warning" small onClick={() => setAsking(targets)}>{recordings.length > 0 ? text.stop.recordings(recordings.length) : text.stop.patients(patients.length)}</Button>}
          {!(stopped && isEverythingStopped(stopped)) && <Button look="secondary" small onClick={() => setAsking([{ kind: 'all' }])}>{text.stop.all}</Button>}
        </div>
      )}
      {value && value.rows.length > 0 && (
        <>
          <LadderTable rows={value.rows} caption={text.sections.extent} about={recordings.length === 1 ? 'recording' : 'several'} />
          <Meanings />
        </>
      )}
      {asking && (
        <CodeDialog reasons={reasons.stop}
          title={asking[0]?.kind === 'all' ? stops.confirm.title(stops.all.toLowerCase()) : text.stop.title(asking[0]?.kind === 'recording' ? asking.length : 2)} yes={stops.confirm.yes} warning onDismiss={() => setAsking(null)}
          run={(reason) => stopAll(asking, reason)}
          onDone={() => {
            setAsking(null);
            lookAgain();
            onStopped();
          }}
        >
          {asking[0]?.kind !== 'all' && <p className="vr-break">{asking.map((target) => (target.kind === 'recording' ? label('recordings', target.recording) : target.kind === 'patient' ? label('patients', target.patient) : '')).join('; ')}</p>}
          {recordings.length === 1 && asking[0]?.kind === 'recording' && value && value.rows.length > 0 && <p>{whose(value.rows)}</p>}
          <p>{asking[0]?.kind === 'all' ? stops.confirm.all : stops.confirm.body}</p>
        </CodeDialog>
      )}
    </section>
  );
}

const standingOf = (stops: readonly StopView[], targets: readonly StopTarget[]) => targets.filter((target) => stops.some((stop) => stop.standing && JSON.stringify(stop.target) === JSON.stringify(target)));
const isEverythingStopped = (stops: readonly StopView[]) => stops.some(({ standing, target }) => standing && target.kind === 'all');
const isAllStopped = (stops: readonly StopView[], targets: readonly StopTarget[]) => isEverythingStopped(stops) || standingOf(stops, targets).length === targets.length;

/** What of it is stopped already. That it is not is not said: a stop may name it in a way that is not seen here. */
function Standing({ stops: all, targets }: { stops: readonly StopView[]; targets: readonly StopTarget[] }) {
  if (isEverythingStopped(all)) return <p className="vr-notice">{text.standingAll}</p>;
  const stopped = standingOf(all, targets).length;
  return stopped === 0 ? null : <p className="vr-notice">{text.standing(stopped, targets.length)}</p>;
}
