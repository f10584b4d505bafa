import { useState } from 'react';
import type { DeviceRow } from '../../../preload/console.ts';
import { door } from '../../door.ts';
import { Button } from '../../parts/Button.tsx';
import { Cell, DataTable } from '../../parts/DataTable.tsx';
import { Done } from '../../parts/Done.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { ProofTag } from '../../parts/ProofTag.tsx';
import { RecordKey } from '../../parts/RecordKey.tsx';
import { Screen } from '../../parts/Screen.tsx';
import { useAsk } from '../../parts/useAsk.ts';
import { useNow } from '../../parts/useNow.ts';
import { Waited } from '../../parts/Waited.tsx';
import { devices as text } from '../../text/console.ts';
import { ago } from '../../words/time.ts';
import { readSoFar, shortDevice, useConsole } from './context.ts';
import { EnrolDialog, type Decision } from './EnrolDialog.tsx';

/** Whose key signs on which computer, what came from it, and whether a manager vouches for it. */
export function Devices() {
  const { trail, go } = useConsole();
  const { value, set, problem, reload } = useAsk(() => door.devices(), '', readSoFar(trail));
  const [asking, setAsking] = useState<{ decision: Decision; row: DeviceRow } | null>(null);
  const [done, setDone] = useState({ words: '', times: 0 });
  return (
    <Screen wide windowTitle={text.title} heading={text.title}>
      <Done {...done} />
      <p>{text.about}</p>
      <Waited value={value} problem={problem} onAgain={reload}>
        {(rows) => (rows.length === 0 ? <Empty {...text.none} /> : (
          <DataTable caption={text.title} columns={text.columns}>
            {rows.map((row) => <Row key={`${row.device} ${row.who.sds}`} row={row} onAsk={(decision) => setAsking({ decision, row })} onFindings={() => go({ kind: 'findings' })} />)}
          </DataTable>
        ))}
      </Waited>
      <RecordKey />
      {asking && (
        <EnrolDialog
          {...asking} onDismiss={() => setAsking(null)}
          onDone={(rows) => {
            set(rows);
            setAsking(null);
            setDone({ words: text.done[asking.decision](asking.row.who.name), times: done.times + 1 });
          }}
        />
      )}
    </Screen>
  );
}

function Row({ row, onAsk, onFindings }: { row: DeviceRow; onAsk: (decision: Decision) => void; onFindings: () => void }) {
  const { acts } = useConsole();
  const now = useNow(60_000);
  const { who, device, version, lastContact, entries, proof, enrolled, key, findings } = row;
  const which = <span className="nhsuk-u-visually-hidden">{text.which(who.name)}</span>;
  return (
    <tr role="row" className="nhsuk-table__row">
      <Cell><strong>{who.name}</strong><span className="vr-line">{who.role}</span></Cell>
      <Cell label={text.columns.device}><abbr title={device} className="vr-number">{shortDevice(device)}</abbr></Cell>
      <Cell label={text.columns.version} className="vr-number">{version}</Cell>
      <Cell label={text.columns.contact}>{lastContact === null ? <span className="vr-secondary">{text.never}</span> : ago(lastContact, now)}</Cell>
      <Cell>
        <ProofTag proof={proof} />
        <span className="vr-line">{text.entries(entries)}</span>
        {findings > 0 && <button type="button" className="vr-text-button" onClick={onFindings}>{text.findings(findings)}<span className="nhsuk-u-visually-hidden">,{text.which(who.name)}</span></button>}
      </Cell>
      <Cell>
        <span className={enrolled === 'other-key' || enrolled === 'revoked' ? 'vr-overdue' : undefined}>{text.states[enrolled]}</span>
        {key === null ? <span className="vr-line">{text.noKey}</span> : <span className="vr-line vr-key">{key}</span>}
      </Cell>
      <Cell className="vr-cell--actions">
        {acts && enrolled !== 'enrolled' && key !== null && <Button look="secondary" small className="vr-button-flush" onClick={() => onAsk('enrol')}>{text.enrol}{which}</Button>}
        {acts && (enrolled === 'enrolled' || enrolled === 'other-key') && <Button look="secondary" small className="vr-button-flush" onClick={() => onAsk('revoke')}>{text.revoke}{which}</Button>}
      </Cell>
    </tr>
  );
}
