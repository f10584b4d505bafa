import { Tag } from 'nhsuk-react-components';
import { door } from '../../door.ts';
import { BackButton } from '../../parts/BackButton.tsx';
import { Cell, DataTable } from '../../parts/DataTable.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { Screen } from '../../parts/Screen.tsx';
import { useAsk } from '../../parts/useAsk.ts';
import { Waited } from '../../parts/Waited.tsx';
import { findings as text } from '../../text/console.ts';
import { formatMoment } from '../../words/time.ts';
import { readSoFar, shortDevice, useConsole } from './context.ts';

/** Where the record does not fit together. */
export function Findings() {
  const { trail, go } = useConsole();
  const { value, problem, reload } = useAsk(() => door.findings(), '', readSoFar(trail));
  return (
    <Screen wide windowTitle={text.title} heading={text.title} before={<BackButton onPress={() => go({ kind: 'devices' })}>{text.devices}</BackButton>}>
      <p>{text.about}</p>
      <Waited value={value} problem={problem} onAgain={reload}>
        {(rows) => (rows.length === 0 ? <Empty {...text.none} /> : (
          <DataTable caption={text.title} columns={text.columns}>
            {rows.map(({ kind, device, who, sequence, at, sentence }) => (
              <tr role="row" key={`${kind} ${device} ${who?.sds ?? ''} ${sequence}`} className="nhsuk-table__row">
                <Cell><Tag modifier="red" className="vr-tag">{text.kinds[kind]}</Tag></Cell>
                <Cell><strong>{who?.name}</strong><span className="vr-line vr-number">{shortDevice(device)}</span></Cell>
                <Cell label={text.columns.place} className="vr-number">{sequence}</Cell>
                <Cell label={text.columns.at} className="vr-number">{at !== null && formatMoment(at)}</Cell>
                <Cell>{sentence}</Cell>
              </tr>
            ))}
          </DataTable>
        ))}
      </Waited>
    </Screen>
  );
}
