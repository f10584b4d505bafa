import { Tag } from 'nhsuk-react-components';
import { useId, useState, type ComponentProps } from 'react';
import type { Ladder, StopTarget } from '../../../preload/console.ts';
import type { Result, StopView } from '../../../preload/contract.ts';
import { door } from '../../door.ts';
import { Button } from '../../parts/Button.tsx';
import { Cell, DataTable } from '../../parts/DataTable.tsx';
import { Done } from '../../parts/Done.tsx';
import { CodeDialog } from '../../parts/FormDialog.tsx';
import { useAsk } from '../../parts/useAsk.ts';
import { Waited } from '../../parts/Waited.tsx';
import { reasons, reasonWords, stops as text } from '../../text/assignments.ts';
import { formatMoment } from '../../words/time.ts';
import { useConsole } from './context.ts';
import { ChooseStop } from './ChooseStop.tsx';
import { whose } from './History.tsx';
import { StopDialog } from './StopDialog.tsx';

type Asking = { what: 'choose' } | { what: 'stop'; target: StopTarget } | { what: 'lift'; stop: StopView };

/** What nobody may open, and lifting it, for which it takes two. */
export function Stops() {
  const id = useId();
  const { name: me, acts, label } = useConsole();
  const { value, set, problem, reload } = useAsk(() => door.stops());
  const [asking, setAsking] = useState<Asking | null>(null);
  const [done, setDone] = useState({ words: '', times: 0 });
  const nameOf = (target: StopTarget) => (target.kind === 'all' ? text.all : target.kind === 'recording' ? label('recordings', target.recording) : label('patients', target.patient));
  const finish = (next: StopView[], words: string) => {
    set(next);
    setAsking(null);
    setDone({ words, times: done.times + 1 });
  };
  return (
    <section aria-labelledby={id}>
      <h2 className="nhsuk-heading-s" id={id}>{text.heading}</h2>
      <Done {...done} />
      <p>{text.about}</p>
      <Waited value={value} problem={problem} onAgain={reload} loading={text.loading}>
        {(rows) => (rows.length === 0 ? <p>{text.none}</p> : (
          <DataTable caption={text.heading} columns={text.columns}>
            {rows.map((stop) => <Row key={`${JSON.stringify(stop.target)} ${stop.at}`} stop={stop} name={nameOf(stop.target)} me={me} onLift={() => setAsking({ what: 'lift', stop })} />)}
          </DataTable>
        ))}
      </Waited>
      {acts && (
        <div className="vr-buttons">
          <Button look="warning" small onClick={() => setAsking({ what: 'choose' })}>{text.stop}</Button>
        </div>
      )}
      {asking?.what === 'choose' && <ChooseStop onDismiss={() => setAsking(null)} onChosen={(target) => setAsking({ what: 'stop', target })} />}
      {asking?.what === 'stop' && <StopChosen target={asking.target} name={nameInSentence(asking.target, nameOf)} onDismiss={() => setAsking(null)} onDone={(next) => finish(next, text.done)} />}
      {asking?.what === 'lift' && (
        <CodeDialog reasons={reasons.lift}
          title={text.lift.title(nameInSentence(asking.stop.target, nameOf))} yes={asking.stop.liftProposedBy === null ? text.propose : text.agree} onDismiss={() => setAsking(null)}
          run={(reason) => door.lift(asking.stop.target, reason)} onDone={(next) => finish(next, asking.stop.liftProposedBy === null ? text.lift.proposed : text.lift.agreed)}
        >
          <p>{asking.stop.liftProposedBy === null ? text.lift.propose : text.lift.agree(asking.stop.liftProposedBy)}</p>
        </CodeDialog>
      )}
    </section>
  );
}

/** Says whose it is: here it was chosen by its name alone. */
function StopChosen(props: Omit<ComponentProps<typeof StopDialog>, 'whose'>) {
  const { target } = props;
  const { value } = useAsk((): Promise<Result<Ladder | null>> => (target.kind === 'recording' ? door.ladder({ recordings: [target.recording] }) : Promise.resolve({ ok: true, value: null })));
  return <StopDialog {...props} {...(value && value.rows.length > 0 ? { whose: whose(value.rows) } : {})} />;
}

const nameInSentence = (target: StopTarget, nameOf: (target: StopTarget) => string) => (target.kind === 'all' ? text.all.toLowerCase() : nameOf(target));

function Row({ stop: { target, at, reason, standing, liftProposedBy }, name, me, onLift }: { stop: StopView; name: string; me: string; onLift: () => void }) {
  const id = useId();
  const { acts } = useConsole();
  const own = acts && liftProposedBy === me;
  return (
    <tr role="row" className="nhsuk-table__row">
      <Cell><strong className="vr-break">{name}</strong><span className="vr-line">{text.kinds[target.kind]}</span></Cell>
      <Cell label={text.columns.at}>{formatMoment(at)}</Cell>
      <Cell label={text.columns.reason}>{reasonWords('stop', reason)}</Cell>
      <Cell>
        <Tag modifier={standing ? 'red' : 'grey'} className="vr-tag">{standing ? text.standing : text.lifted}</Tag>
        {standing && liftProposedBy !== null && <span className="vr-line" id={id}>{own ? text.own : text.proposed(liftProposedBy)}</span>}
      </Cell>
      <Cell className="vr-cell--actions">
        {acts && standing && (
          <Button look="secondary" small className="vr-button-flush" unavailable={own} aria-describedby={liftProposedBy === null ? undefined : id} onClick={onLift}>
            {liftProposedBy === null || own ? text.propose : text.agree}<span className="nhsuk-u-visually-hidden">{text.liftWhich(name)}</span>
          </Button>
        )}
      </Cell>
    </tr>
  );
}
