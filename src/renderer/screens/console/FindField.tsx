import classNames from 'classnames';
import { useState, type KeyboardEvent } from 'react';
import type { Found, PatientRef, RecordingRef } from '../../../preload/console.ts';
import type { Result } from '../../../preload/contract.ts';
import { attempt, door } from '../../door.ts';
import { Button } from '../../parts/Button.tsx';
import { ProblemSummary } from '../../parts/ErrorSummary.tsx';
import type { Option } from '../../parts/fields.tsx';
import { useAction } from '../../parts/useAction.ts';
import { finding as text } from '../../text/console.ts';
import { patientName, patientWords, recordingId, recordingLabel, useConsole, type About } from './context.ts';

interface Props {
  id: string;
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  /** What may be chosen; where recordings may, they are those of a patient who was found. */
  wants: readonly About['kind'][];
  /** Names that can be chosen without a search. */
  options?: readonly Option[];
  /** By name, or by the practice's own reference; null while what is typed stands for nothing. */
  onChosen: (chosen: About | null) => void;
}

const references: [RegExp, About['kind']][] = [[/^urn:uuid:[0-9a-f-]{36}$/i, 'recording'], [/^DocumentReference\/[A-Za-z0-9.-]{1,64}$/, 'recording'], [/^Patient\/[A-Za-z0-9.-]{1,64}$/, 'patient']];

/** A choice by what a person knows: a patient's name, NHS number or date of birth, or a clinician's name. What is chosen can still be typed as the practice's reference. */
export function FindField({ id, label, hint, error, wants, options = [], onChosen }: Props) {
  const { offline, learn } = useConsole();
  const action = useAction();
  const [typed, setTyped] = useState('');
  const [found, setFound] = useState<Found | null>(null);
  const [recordings, setRecordings] = useState<{ patient: PatientRef; rows: readonly RecordingRef[] } | null>(null);
  const [only = 'patient'] = wants;

  /** What stands for something without a search. */
  const known = (value: string): About | null => {
    const option = options.find((one) => one.label === value);
    if (option) return { kind: only, id: option.value };
    const [, kind] = references.find(([shape]) => shape.test(value.trim())) ?? [];
    return kind !== undefined && wants.includes(kind) ? { kind, id: kind === 'recording' ? value.trim().toLowerCase().replace(/^documentreference/, 'DocumentReference') : value.trim() } : null;
  };
  const type = (value: string) => {
    setTyped(value);
    setFound(null);
    setRecordings(null);
    onChosen(known(value));
  };
  const choose = (kind: About['kind'], of: string, words: string) => {
    setTyped(words);
    setFound(null);
    setRecordings(null);
    onChosen({ kind, id: of });
  };
  const search = async () => {
    const chosen = known(typed);
    if (chosen || offline || typed.trim() === '') return;
    const result = await action.run(() => door.find(typed));
    if (!result?.ok) return;
    learn([...result.value.patients.map((patient) => ({ who: nobody, recording: null, patient })), ...result.value.people.map((who) => ({ who, recording: null, patient: null }))]);
    setRecordings(null);
    setFound(result.value);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    void search();
  };
  const showRecordings = async (patient: PatientRef) => {
    const result: Result<RecordingRef[]> | null = await action.run(() => attempt(door.recordingsOf(patient.patient)));
    if (!result?.ok) return;
    learn(result.value.map((recording) => ({ who: nobody, recording, patient: null })));
    setRecordings({ patient, rows: result.value });
  };
  const people = found && wants.includes('person') ? found.people : [];
  const patients = found && wants.some((kind) => kind !== 'person') ? found.patients : [];
  const describedBy = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean).join(' ') || undefined;
  return (
    <div className={classNames('nhsuk-form-group vr-field vr-find', error !== undefined && 'nhsuk-form-group--error')}>
      <label className="nhsuk-label vr-label" htmlFor={id}>{label}</label>
      <div className="nhsuk-hint" id={`${id}-hint`}>{offline ? text.offline : hint ?? text.hint}</div>
      {error !== undefined && <span className="nhsuk-error-message" id={`${id}-error`}><span className="nhsuk-u-visually-hidden">Error: </span>{error}</span>}
      <div className="vr-find__box">
        <input
          id={id} list={`${id}-list`} autoComplete="off" spellCheck={false} className={classNames('nhsuk-input', error !== undefined && 'nhsuk-input--error')} value={typed}
          aria-describedby={describedBy} aria-invalid={error !== undefined || undefined} onChange={(event) => type(event.target.value)} onKeyDown={onKeyDown}
        />
        <datalist id={`${id}-list`}>{options.map((option) => <option key={option.value} value={option.label} />)}</datalist>
        {!offline && <Button look="secondary" small unavailable={action.busy} onClick={() => void search()}>{text.search}</Button>}
      </div>
      {action.problem && <ProblemSummary problem={action.problem} attempt={action.failures} />}
      <div role="status">
        {action.busy && <p>{text.searching}</p>}
        {found && !recordings && <p>{patients.length + people.length === 0 ? text.none : text.count(patients.length + people.length, found.more)}</p>}
        {recordings && <p>{text.recordings(recordings.rows.length, patientName(recordings.patient))}</p>}
      </div>
      {found && !recordings && patients.length + people.length > 0 && (
        <ul className="vr-find__list">
          {patients.map((patient) => (
            <li key={patient.patient}>
              {wants.includes('patient') && <button type="button" className="vr-text-button" onClick={() => choose('patient', patient.patient, patientWords(patient))}>{patientWords(patient)}</button>}
              {wants.includes('recording') && <button type="button" className="vr-text-button" onClick={() => void showRecordings(patient)}>{wants.includes('patient') ? text.theirRecordings(patientName(patient)) : patientWords(patient)}</button>}
            </li>
          ))}
          {people.map((who) => <li key={who.sds}><button type="button" className="vr-text-button" onClick={() => choose('person', who.sds, who.name)}>{who.name}, {who.role}</button></li>)}
        </ul>
      )}
      {recordings && recordings.rows.length > 0 && (
        <ul className="vr-find__list">
          {recordings.rows.map((recording) => {
            const words = recordingLabel(recording);
            return <li key={recordingId(recording)}><button type="button" className="vr-text-button" onClick={() => choose('recording', recordingId(recording), words)}>{words}</button></li>;
          })}
        </ul>
      )}
    </div>
  );
}

const nobody = { sds: '', name: '', role: '' };

interface ManyProps {
  id: string;
  label: string;
  add: string;
  kind: 'recording' | 'patient';
  values: readonly string[];
  onChange: (values: string[]) => void;
}

/** Several, by name, each with its own way out. */
export function FindMany({ id, label, add, kind, values, onChange }: ManyProps) {
  const { known, label: nameOf } = useConsole();
  const list = kind === 'recording' ? 'recordings' : 'patients';
  const [times, setTimes] = useState(0);
  return (
    <fieldset className="nhsuk-fieldset nhsuk-form-group vr-field">
      <legend className="nhsuk-fieldset__legend vr-label">{label}</legend>
      {values.length > 0 && (
        <ul className="vr-chips" aria-label={label}>
          {values.map((value) => (
            <li key={value}>
              <button type="button" className="vr-chip" aria-label={text.remove(nameOf(list, value))} onClick={() => onChange(values.filter((one) => one !== value))}>{nameOf(list, value)}<span className="vr-chip__cross" aria-hidden="true">×</span></button>
            </li>
          ))}
        </ul>
      )}
      <FindField
        key={times} id={id} label={add} wants={[kind]} options={known[list].filter(({ value }) => !values.includes(value))}
        onChosen={(chosen) => {
          if (!chosen) return;
          if (!values.includes(chosen.id)) onChange([...values, chosen.id].slice(0, 500));
          setTimes(times + 1);
        }}
      />
    </fieldset>
  );
}
