import classNames from 'classnames';
import { useRef, useState, type KeyboardEvent, type ReactNode, type SelectHTMLAttributes } from 'react';

interface FieldProps {
  id: string;
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
}

const describedBy = ({ id, hint, error }: FieldProps) => [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean).join(' ') || undefined;

/** Label, hint and error around one field. */
export function Field({ id, label, hint, error, children }: FieldProps & { children: ReactNode }) {
  return (
    <div className={classNames('nhsuk-form-group vr-field', error !== undefined && 'nhsuk-form-group--error')}>
      <label className="nhsuk-label vr-label" htmlFor={id}>{label}</label>
      <FieldNotes id={id} label={label} hint={hint} error={error} />
      {children}
    </div>
  );
}

function FieldNotes({ id, hint, error }: FieldProps) {
  return (
    <>
      {hint !== undefined && <div className="nhsuk-hint" id={`${id}-hint`}>{hint}</div>}
      {error !== undefined && <span className="nhsuk-error-message" id={`${id}-error`}><span className="nhsuk-u-visually-hidden">Error: </span>{error}</span>}
    </>
  );
}

interface ValueProps<T> extends FieldProps {
  value: T;
  onChange: (value: T) => void;
}

export function TextField({ value, onChange, width, ...field }: ValueProps<string> & { width?: number }) {
  return (
    <Field {...field}>
      <input
        id={field.id} type="text" autoComplete="off" className={classNames('nhsuk-input', width !== undefined && `nhsuk-input--width-${width}`, field.error !== undefined && 'nhsuk-input--error')}
        value={value} aria-describedby={describedBy(field)} aria-invalid={field.error !== undefined || undefined} onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
}

/** Without `onChange` it is there to be copied from. */
export function TextArea({ value, onChange, rows = 3, ...field }: Omit<ValueProps<string>, 'onChange'> & { rows?: number; onChange?: (value: string) => void }) {
  return (
    <Field {...field}>
      <textarea
        id={field.id} rows={rows} readOnly={onChange === undefined} className={classNames('nhsuk-textarea', field.error !== undefined && 'nhsuk-textarea--error')}
        value={value} aria-describedby={describedBy(field)} aria-invalid={field.error !== undefined || undefined} onChange={(event) => onChange?.(event.target.value)}
      />
    </Field>
  );
}

export interface Option {
  value: string;
  label: string;
}

export function SelectField({ value, onChange, options, ...field }: ValueProps<string> & { options: readonly Option[] }) {
  return <Field {...field}><List {...field} options={options} value={value} onChange={(event) => onChange(event.target.value)} /></Field>;
}

function List({ id, label, hint, error, options, ...rest }: FieldProps & { options: readonly Option[] } & Omit<SelectHTMLAttributes<HTMLSelectElement>, 'id'>) {
  return (
    <select {...rest} id={id} className={classNames('nhsuk-select', error !== undefined && 'nhsuk-select--error')} aria-describedby={describedBy({ id, label, hint, error })}>
      {options.map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
    </select>
  );
}

/** A list to add from, which is as before once something was added. Keys go through a closed list one by one, each of them a change: there Enter adds, or leaving the list. */
export function AddField({ options, onAdd, ...field }: FieldProps & { options: readonly Option[]; onAdd: (value: string) => void }) {
  const [passed, setPassed] = useState('');
  const passing = useRef(false);
  const add = (value: string) => {
    passing.current = false;
    setPassed('');
    if (value !== '') onAdd(value);
  };
  const onKeyDown = ({ key, altKey }: KeyboardEvent) => {
    if (key === 'Enter') add(passed);
    else if (key === 'Escape') add('');
    // These open it: what is chosen there is chosen.
    else if (altKey || key === ' ' || key === 'F4') passing.current = false;
    else if (key.length === 1 || /^(Arrow|Page|Home|End)/.test(key)) passing.current = true;
  };
  return (
    <Field {...field}>
      <List
        {...field} options={options} value={passed} onKeyDown={onKeyDown} onPointerDown={() => (passing.current = false)} onBlur={() => add(passed)}
        onChange={({ target: { value } }) => (passing.current ? setPassed(value) : add(value))}
      />
    </Field>
  );
}

interface ChoiceProps {
  id: string;
  legend: string;
  hint?: string;
  value: string;
  options: readonly Option[];
  /** Beside each other: few, and short. */
  inline?: boolean;
  onChange: (value: string) => void;
}

export function Radios({ id, legend, hint, value, options, inline = false, onChange }: ChoiceProps) {
  return (
    <fieldset className="nhsuk-fieldset nhsuk-form-group vr-field" aria-describedby={hint === undefined ? undefined : `${id}-hint`}>
      <legend className="nhsuk-fieldset__legend vr-label">{legend}</legend>
      {hint !== undefined && <div className="nhsuk-hint" id={`${id}-hint`}>{hint}</div>}
      <div className={classNames('nhsuk-radios nhsuk-radios--small', inline && 'nhsuk-radios--inline')}>
        {options.map((option) => (
          <div className="nhsuk-radios__item" key={option.value}>
            <input className="nhsuk-radios__input" type="radio" name={id} id={`${id}-${option.value}`} checked={value === option.value} onChange={() => onChange(option.value)} />
            <label className="nhsuk-label nhsuk-radios__label" htmlFor={`${id}-${option.value}`}>{option.label}</label>
          </div>
        ))}
      </div>
    </fieldset>
  );
}

export function Tick({ id, label, ticked, onTick }: { id: string; label: string; ticked: boolean; onTick: (on: boolean) => void }) {
  return (
    <div className="nhsuk-checkboxes nhsuk-checkboxes--small">
      <div className="nhsuk-checkboxes__item">
        <input className="nhsuk-checkboxes__input" type="checkbox" id={id} checked={ticked} onChange={(event) => onTick(event.target.checked)} />
        <label className="nhsuk-label nhsuk-checkboxes__label" htmlFor={id}>{label}</label>
      </div>
    </div>
  );
}
