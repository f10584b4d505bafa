import { useId, useState } from 'react';
import type { Incident, IncidentFields } from '../../../preload/console.ts';
import type { Result } from '../../../preload/contract.ts';
import { Button } from '../../parts/Button.tsx';
import { FieldErrors, ProblemSummary } from '../../parts/ErrorSummary.tsx';
import { Radios, TextArea, TextField, Tick } from '../../parts/fields.tsx';
import type { Fault } from '../../parts/FormDialog.tsx';
import { LinesField } from '../../parts/LinesField.tsx';
import { MomentField } from '../../parts/MomentField.tsx';
import { useAction } from '../../parts/useAction.ts';
import { incident as text } from '../../text/incidents.ts';
import { checklist } from '../../words/breach.ts';

interface Props {
  draft: IncidentFields;
  onDraft: (draft: IncidentFields) => void;
  onSave: (note: string) => Promise<Result<Incident>>;
  onSaved: (incident: Incident) => void;
}

type TextName = { [K in keyof IncidentFields]: IncidentFields[K] extends string ? K : never }[keyof IncidentFields];
type CountName = 'people' | 'records';
type Decision = IncidentFields['report'];

const decisions = Object.entries(text.decisions).map(([value, label]) => ({ value, label }));
/** What Articles 33 and 34 ask. Saving makes a version; none is ever changed. */
export function IncidentForm({ draft, onDraft, onSave, onSaved }: Props) {
  const id = useId();
  const action = useAction();
  const [note, setNote] = useState('');
  const [wrong, setWrong] = useState<ReadonlySet<string>>(new Set());
  const [found, setFound] = useState<{ faults: Fault[]; times: number }>({ faults: [], times: 0 });
  const { fields, hints, legends, errors } = text;
  const change = (part: Partial<IncidentFields>) => onDraft({ ...draft, ...part });
  const error = (name: string) => found.faults.find(({ field }) => field === `${id}-${name}`)?.text;
  /** Fields whose text is not a value: kept out of the draft until it is. */
  const mark = (name: string, isWrong: boolean) => setWrong((before) => (before.has(name) === isWrong ? before : new Set(isWrong ? [...before, name] : [...before].filter((one) => one !== name))));

  const line = (name: TextName, hint?: string) => <TextField id={`${id}-${name}`} label={fields[name as keyof typeof fields]} hint={hint} value={draft[name]} onChange={(value) => change({ [name]: value })} />;
  const area = (name: TextName, hint?: string) => <TextArea id={`${id}-${name}`} label={fields[name as keyof typeof fields]} hint={hint} value={draft[name]} onChange={(value) => change({ [name]: value })} />;
  const count = (name: CountName) => (
    <TextField
      id={`${id}-${name}`} label={fields[name]} width={5} error={error(name)} value={draft[name] === null ? '' : String(draft[name])}
      onChange={(value) => {
        if (/^\d{0,9}$/.test(value)) change({ [name]: value === '' ? null : Number(value) });
      }}
    />
  );
  const moment = (name: 'awareAt' | 'reportedAt', hint: string) => (
    <MomentField id={`${id}-${name}`} legend={fields[name]} hint={hint} error={error(name)} value={draft[name]} onChange={(value) => change({ [name]: value })} onWrong={(isWrong) => mark(name, isWrong)} />
  );

  const save = async () => {
    const faults = [
      ...[...wrong].map((name) => ({ field: `${id}-${name}`, text: errors.moment })),
      ...(note.trim() === '' ? [{ field: `${id}-note`, text: errors.note }] : []),
    ];
    setFound({ faults, times: found.times + 1 });
    if (faults.length > 0) return;
    const result = await action.run(() => onSave(note.trim()));
    if (!result?.ok) return;
    setNote('');
    onSaved(result.value);
  };

  return (
    <section className="vr-form" aria-labelledby={`${id}-title-of`}>
      <h2 className="nhsuk-heading-s vr-section-title" id={`${id}-title-of`}>{text.sections.fields}</h2>
      {found.faults.length > 0 && <FieldErrors attempt={found.times} faults={found.faults} />}
      {action.problem && <ProblemSummary problem={action.problem} attempt={action.failures} />}
      <h3>{legends.about}</h3>
      {line('title', hints.title)}
      {moment('awareAt', hints.awareAt)}
      <LinesField id={`${id}-recordings`} label={fields.recordings} hint={hints.list} values={draft.recordings} onChange={(recordings) => change({ recordings })} />
      <LinesField id={`${id}-patients`} label={fields.patients} hint={hints.list} values={draft.patients} onChange={(patients) => change({ patients })} />
      <h3>{legends.breach}</h3>
      {area('nature', hints.nature)}
      {line('categoriesOfPeople')}
      {count('people')}
      {line('categoriesOfRecords')}
      {count('records')}
      {area('consequences', hints.consequences)}
      {area('measures', hints.measures)}
      {area('contact', hints.contact)}
      <h3>{legends.report}</h3>
      <Radios id={`${id}-report`} legend={fields.report} hint={hints.report} value={draft.report} options={decisions} onChange={(value) => change({ report: value as Decision })} />
      {draft.report !== 'undecided' && area('reportReasons')}
      {draft.report === 'yes' && (
        <>
          {moment('reportedAt', hints.awareClock)}
          {area('lateBecause')}
        </>
      )}
      <h3>{legends.patients}</h3>
      <Radios id={`${id}-tell`} legend={fields.tellPatients} hint={hints.tellPatients} value={draft.tellPatients} options={decisions} onChange={(value) => change({ tellPatients: value as Decision })} />
      {draft.tellPatients !== 'undecided' && area('tellReasons')}
      <h3>{text.checklistLegend}</h3>
      <p className="vr-secondary">{text.checklistAbout}</p>
      {checklist.map((step) => (
        <Tick
          key={step} id={`${id}-${step}`} label={text.checklist[step]} ticked={draft.checklist.includes(step)}
          onTick={(on) => change({ checklist: on ? [...draft.checklist, step] : draft.checklist.filter((one) => one !== step) })}
        />
      ))}
      <div className="vr-form__save">
        <TextArea id={`${id}-note`} label={text.note} rows={2} error={error('note')} value={note} onChange={setNote} />
        <Button unavailable={action.busy} onClick={() => void save()}>{action.busy ? text.saving : text.save}</Button>
      </div>
    </section>
  );
}
