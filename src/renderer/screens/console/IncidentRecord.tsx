import type { IncidentFields } from '../../../preload/console.ts';
import { incident as text } from '../../text/incidents.ts';
import { checklist } from '../../words/breach.ts';
import { formatMoment } from '../../words/time.ts';
import { useConsole } from './context.ts';

/** The last version of a closed incident, to be read. */
export function IncidentRecord({ fields }: { fields: IncidentFields }) {
  const { label } = useConsole();
  const { fields: names, decisions } = text;
  const moment = (time: string | null) => (time === null ? '' : formatMoment(time));
  const rows: [string, string][] = [
    [names.awareAt, moment(fields.awareAt)],
    [names.recordings, fields.recordings.map((id) => label('recordings', id)).join(', ')], [names.patients, fields.patients.map((id) => label('patients', id)).join(', ')],
    [names.nature, fields.nature], [names.categoriesOfPeople, fields.categoriesOfPeople], [names.people, String(fields.people ?? '')],
    [names.categoriesOfRecords, fields.categoriesOfRecords], [names.records, String(fields.records ?? '')], [names.consequences, fields.consequences], [names.measures, fields.measures], [names.contact, fields.contact],
    [names.report, decisions[fields.report]], [names.reportReasons, fields.reportReasons], [names.reportedAt, moment(fields.reportedAt)], [names.lateBecause, fields.lateBecause],
    [names.tellPatients, decisions[fields.tellPatients]], [names.tellReasons, fields.tellReasons],
    [text.checklistLegend, checklist.filter((step) => fields.checklist.includes(step)).map((step) => text.checklist[step]).join('; ')],
  ];
  return (
    <section aria-labelledby="record">
      <h2 className="nhsuk-heading-s vr-section-title" id="record">{text.sections.fields}</h2>
      <dl className="vr-details vr-details--wide">
        {rows.map(([name, value], index) => value !== '' && <div className="vr-details__row" key={index}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
    </section>
  );
}
