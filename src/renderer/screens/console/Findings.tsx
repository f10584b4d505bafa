import { Tag } from 'nhsuk-react-components';
import { useState } from 'react';
import type { DeviceRow, Finding } from '../../../preload/console.ts';
import { door } from '../../door.ts';
import { BackButton } from '../../parts/BackButton.tsx';
import { Cell, DataTable } from '../../parts/DataTable.tsx';
import { Done } from '../../parts/Done.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { Screen } from '../../parts/Screen.tsx';
import { useAsk } from '../../parts/useAsk.ts';
import { Waited } from '../../parts/Waited.tsx';
import { findings as text } from '../../text/console.ts';
import { formatMoment } from '../../words/time.ts';
import { readSoFar, shortDevice, useConsole } from './context.ts';
import { EnrolDialog } from './EnrolDialog.tsx';

/** Where the record does not fit together. */
export function Findings() {
  const { acts, trail, go } = useConsole();
  const { value, problem, reload } = useAsk(() => door.findings(), '', readSoFar(trail));
  const devices = useAsk(() => door.devices(), '', readSoFar(trail));
  const [enrolling, setEnrolling] = useState<DeviceRow | null>(null);
  const [done, setDone] = useState({ words: '', times: 0 });
  /** The chain of what names another key, while the key that it names by now is not the enrolled one. */
  const renewed = ({ kind, device, who }: Finding) => (acts && kind === 'other-key' ? devices.value?.find((row) => row.device === device && row.who.sds === who?.sds && row.enrolled !== 'enrolled' && row.key !== null) : undefined);
  return (
    <Screen wide windowTitle={text.title} heading={text.title} before={<BackButton onPress={() => go({ kind: 'devices' })}>{text.devices}</BackButton>}>
      <Done {...done} />
      <p>{text.about}</p>
      <Waited value={value} problem={problem} onAgain={reload}>
        {(rows) => (rows.length === 0 ? <Empty {...text.none} /> : (
          <DataTable caption={text.title} columns={text.columns}>
            {rows.map((finding) => <Row key={`${finding.kind} ${finding.device} ${finding.who?.sds ?? ''} ${finding.sequence}`} finding={finding} renewed={renewed(finding)} onEnrol={setEnrolling} />)}
          </DataTable>
        ))}
      </Waited>
      {enrolling && (
        <EnrolDialog
          decision="enrol" row={enrolling} onDismiss={() => setEnrolling(null)}
          onDone={(rows) => {
            devices.set(rows);
            reload();
            setDone({ words: text.enrolled(enrolling.who.name), times: done.times + 1 });
            setEnrolling(null);
          }}
        />
      )}
    </Screen>
  );
}

function Row({ finding: { kind, device, who, sequence, at, sentence }, renewed, onEnrol }: { finding: Finding; renewed: DeviceRow | undefined; onEnrol: (row: DeviceRow) => void }) {
  return (
    <tr role="row" className="nhsuk-table__row">
      <Cell><Tag modifier="red" className="vr-tag">{text.kinds[kind]}</Tag></Cell>
      <Cell><strong>{who?.name}</strong><span className="vr-line vr-number">{shortDevice(device)}</span></Cell>
      <Cell label={text.columns.place} className="vr-number">{sequence}</Cell>
      <Cell label={text.columns.at} className="vr-number">{at !== null && formatMoment(at)}</Cell>
      <Cell>
        {sentence}
        {renewed && <span className="vr-line"><button type="button" className="vr-text-button" onClick={() => onEnrol(renewed)}>{text.enrol}<span className="nhsuk-u-visually-hidden">{text.enrolWhich(renewed.who.name)}</span></button></span>}
      </Cell>
    </tr>
  );
}
