import { useId, useState } from 'react';
import type { IncidentFields, Ladder } from '../../../preload/console.ts';
import type { Problem, Result } from '../../../preload/contract.ts';
import { checklistSteps } from '../../../preload/incident.ts';
import { Button } from '../../parts/Button.tsx';
import { FieldErrors, ProblemSummary } from '../../parts/ErrorSummary.tsx';
import { Radios, TextArea, TextField, Tick } from '../../parts/fields.tsx';
import type { Fault } from '../../parts/FormDialog.tsx';
import { MomentField } from '../../parts/MomentField.tsx';
import { useAction } from '../../parts/useAction.ts';
import { incident as text } from '../../text/incidents.ts';
import { Hindrances } from './CloseIncident.tsx';
import { awareField } from './context.ts';
import { Corrections } from './Corrections.tsx';
import { FindMany } from './FindField.tsx';

interface Props<T> {
  draft: IncidentFields;
  onDraft: (draft: IncidentFields) => void;
  /** What the record says of its recordings; null as long as that is not known. */
  ladder: Ladder | null;
  /** What still stands against marking it as reported. */
  againstReporting: readonly string[];
  onSave: (note: string) => Promise<Result<T>>;
  onSaved: (saved: T) => void;
  onRefused?: (problem: Problem) => void;
}

type TextName = { [K in keyof IncidentFields]: IncidentFields[K] extends string ? K : never }[keyof IncidentFields];
type CountName = 'people' | 'records';
type Decision = IncidentFields['report'];

const decisions = Object.entries(text.decisions).map(([value, label]) => ({ value, label }));
/** What Articles 33 and 34 ask. Saving makes a version; none is ever changed. */
export function IncidentForm<T>({ draft, onDraft, ladder, againstReporting, onSave, onSaved, onRefused }: Props<T>) {
  const id = useId();
  const action = useAction();
  const [note, setNote] = useState('');
  const [wrong, setWrong] = useState<ReadonlySet<string>>(new Set());
  const [found, setFound] = useState<{ faults: Fault[]; times: number }>({ faults: [], times: 0 });
  const { fields, hints, legends, errors } = text;
  const change = (part: Partial<IncidentFields>) => onDraft({ ...draft, ...part });
  const idOf = (name: string) => (name === 'awareAt' ? awareField : `${id}-${name}`);
  const error = (name: string) => found.faults.find(({ field }) => field === idOf(name))?.text;
  /** Fields whose text is not a value: kept out of the draft until it is. */
  const mark = (name: string, isWrong: boolean) => setWrong((before) => (before.has(name) === isWrong ? before : new Set(isWrong ? [...before, name] : [...before].filter((one) => one !== name))));

  const line = (name: TextName, hint?: string) => <TextField id={`${id}-${name}`} label={fields[name]} hint={hint} value={draft[name]} onChange={(value) => change({ [name]: value })} />;
  const area = (name: TextName, hint?: string) => <TextArea id={`${id}-${name}`} label={fields[name]} hint={hint} value={draft[name]} onChange={(value) => change({ [name]: value })} />;
  const count = (name: CountName) => (
    <TextField
      id={`${id}-${name}`} label={fields[name]} width={5} error={error(name)} value={draft[name] === null ? '' : String(draft[name])}
      onChange={(value) => {
        if (/^\d{0,9}$/.test(value)) change({ [name]: value === '' ? null : Number(value) });
      }}
    />
  );
  const moment = (name: 'awareAt' | 'reportedAt', hint: string) => (
    <MomentField id={idOf(name)} legend={fields[name]} hint={hint} error={error(name)} value={draft[name]} onChange={(value) => change({ [name]: value })} onWrong={(isWrong) => mark(name, isWrong)} />
  );

  const save = async () => {
    const faults = [
      ...[...wrong].map((name) => ({ field: idOf(name), text: errors.moment })),
      ...draft.corrections.flatMap(({ patient, reason }, index) => (patient === '' || reason.trim() === '' ? [{ field: `${id}-corrections-${index}`, text: errors.correction }] : [])),
      ...(note.trim() === '' ? [{ field: `${id}-note`, text: errors.note }] : []),
    ];
    setFound({ faults, times: found.times + 1 });
    if (faults.length > 0) return;
    const result = await action.run(() => onSave(note.trim()));
    if (result && !result.ok) onRefused?.(result.error);
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
      <FindMany id={`${id}-recordings`} kind="recording" label={fields.recordings} add={text.addRecording} values={draft.recordings} onChange={(recordings) => change({ recordings, corrections: draft.corrections.filter(({ recording }) => recordings.includes(recording)) })} />
      <FindMany id={`${id}-patients`} kind="patient" label={fields.patients} add={text.addPatient} values={draft.patients} onChange={(patients) => change({ patients })} />
      <h3>{legends.breach}</h3>
      {area('nature', hints.nature)}
      {area('categoriesOfPeople')}
      {count('people')}
      {area('categoriesOfRecords')}
      {count('records')}
      {area('consequences', hints.consequences)}
      {area('measures', hints.measures)}
      {area('contact', hints.contact)}
      <h3>{legends.report}</h3>
      <Radios id={`${id}-report`} legend={fields.report} hint={hints.report} value={draft.report} options={decisions} onChange={(value) => change({ report: value as Decision })} />
      {draft.report !== 'undecided' && area('reportReasons')}
      {draft.report === 'yes' && (
        <>
          {draft.reportedAt === null && againstReporting.length > 0 && <Hindrances lead={text.reportingLead} sentences={againstReporting} />}
          {moment('reportedAt', hints.awareClock)}
          {area('lateBecause')}
        </>
      )}
      <h3>{legends.patients}</h3>
      <Radios id={`${id}-tell`} legend={fields.tellPatients} hint={hints.tellPatients} value={draft.tellPatients} options={decisions} onChange={(value) => change({ tellPatients: value as Decision })} />
      {draft.tellPatients !== 'undecided' && area('tellReasons')}
      <Corrections id={`${id}-corrections`} draft={draft} ladder={ladder} error={(index) => error(`corrections-${index}`)} onChange={(corrections) => change({ corrections })} />
      <h3>{fields.checklist}</h3>
      <p className="vr-secondary">{text.checklistAbout}</p>
      {checklistSteps.map((step) => (
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
