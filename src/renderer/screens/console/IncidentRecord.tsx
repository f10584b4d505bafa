import type { IncidentFields } from '../../../preload/console.ts';
import { checklistSteps } from '../../../preload/incident.ts';
import { incident as text } from '../../text/incidents.ts';
import { formatMoment } from '../../words/time.ts';
import { useConsole } from './context.ts';

type Label = ReturnType<typeof useConsole>['label'];

/** One field as it is read; '' where there is nothing in it. */
function fieldWords(fields: IncidentFields, field: keyof IncidentFields, label: Label): string {
  switch (field) {
    case 'awareAt': case 'reportedAt': return fields[field] === null ? '' : formatMoment(fields[field]);
    case 'people': case 'records': return String(fields[field] ?? '');
    case 'report': case 'tellPatients': return text.decisions[fields[field]];
    case 'recordings': case 'patients': return fields[field].map((id) => label(field, id)).join(', ');
    case 'checklist': return checklistSteps.filter((step) => fields.checklist.includes(step)).map((step) => text.checklist[step]).join('; ');
    case 'corrections': return fields.corrections.map(({ recording, patient, reason }) => text.corrections.decided(label('recordings', recording), patient === null ? text.corrections.choices.unknown : label('patients', patient), reason)).join('\n');
    default: return fields[field];
  }
}

/** The fields of one version, to be read. @param only of these; with `before`, what was in each then */
export function FieldList({ fields, only, before }: { fields: IncidentFields; only?: readonly (keyof IncidentFields)[]; before?: IncidentFields | undefined }) {
  const { label } = useConsole();
  const names = only ?? (Object.keys(text.fields) as (keyof IncidentFields)[]);
  return (
    <dl className="vr-details vr-details--wide">
      {names.map((name) => {
        const value = fieldWords(fields, name, label);
        const was = before && fieldWords(before, name, label);
        if (value === '' && was === undefined) return null;
        return (
          <div className="vr-details__row" key={name}>
            <dt>{text.fields[name]}</dt>
            <dd className="vr-lines">{value === '' ? text.empty : value}{was !== undefined && <span className="vr-line">{text.before}: {was === '' ? text.empty : was}</span>}</dd>
          </div>
        );
      })}
    </dl>
  );
}

/** The last version of a closed incident, to be read. */
export function IncidentRecord({ fields }: { fields: IncidentFields }) {
  return (
    <section aria-labelledby="record">
      <h2 className="nhsuk-heading-s vr-section-title" id="record">{text.sections.fields}</h2>
      <FieldList fields={fields} />
    </section>
  );
}
