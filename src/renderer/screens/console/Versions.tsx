import { useState } from 'react';
import type { Incident } from '../../../preload/console.ts';
import { AppDialog } from '../../parts/AppDialog.tsx';
import { Button } from '../../parts/Button.tsx';
import { Cell, DataTable } from '../../parts/DataTable.tsx';
import { incident as text } from '../../text/incidents.ts';
import { formatMoment } from '../../words/time.ts';
import { changedFields, versionBefore } from '../../words/versions.ts';
import { FieldList } from './IncidentRecord.tsx';

/** Every version of an incident, and each of them to be read: what was in it, and what it changed. */
export function Versions({ versions }: { versions: Incident['versions'] }) {
  const [reading, setReading] = useState<number | null>(null);
  const { version, at, by, note, actions } = text.versionColumns;
  return (
    <>
      <h2 className="nhsuk-heading-s vr-section-title">{text.sections.versions}</h2>
      <DataTable caption={text.sections.versions} columns={{ version, at, by, note, actions }}>
        {versions.map((one, index) => (
          <tr role="row" key={`${one.version} ${one.at} ${one.by}`} className="nhsuk-table__row">
            <Cell label={version}>{one.version}</Cell>
            <Cell className="vr-number">{formatMoment(one.at)}</Cell>
            <Cell>{one.by}</Cell>
            <Cell>{one.note}</Cell>
            <Cell className="vr-cell--actions"><Button look="secondary" small className="vr-button-flush" onClick={() => setReading(index)}>{text.showVersion}<span className="nhsuk-u-visually-hidden">{text.whichVersion(one.version, one.by)}</span></Button></Cell>
          </tr>
        )).reverse()}
      </DataTable>
      {reading !== null && <Reading versions={versions} index={reading} onClose={() => setReading(null)} />}
    </>
  );
}

function Reading({ versions, index, onClose }: { versions: Incident['versions']; index: number; onClose: () => void }) {
  const one = versions[index];
  if (!one) return null;
  const before = versionBefore(versions, index);
  const changed = before ? changedFields(before.fields, one.fields) : [];
  return (
    <AppDialog title={text.versionTitle(one.version)} asks="form" onDismiss={onClose} buttons={<Button look="secondary" onClick={onClose}>{text.closeVersion}</Button>}>
      <p>{text.versionBy(one.by, formatMoment(one.at), one.note)}</p>
      {before === null ? <p>{text.firstVersion}</p> : changed.length === 0 ? <p>{text.unchanged(before.version)}</p> : (
        <>
          <h3 className="nhsuk-heading-s">{text.changedFrom(before.version)}</h3>
          <FieldList fields={one.fields} only={changed} before={before.fields} />
        </>
      )}
      <h3 className="nhsuk-heading-s">{text.sections.fields}</h3>
      <FieldList fields={one.fields} />
    </AppDialog>
  );
}
