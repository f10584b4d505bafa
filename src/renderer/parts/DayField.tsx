import classNames from 'classnames';
import { useState, type KeyboardEvent } from 'react';
import { dates as text } from '../text/common.ts';
import { dayAfter, dayTyped, typedDay } from '../words/time.ts';
import { Field } from './fields.tsx';

interface Props {
  id: string;
  label: string;
  error?: string | undefined;
  /** ISO date, or '' for none. */
  value: string;
  /** Null: what is typed is no date, or not yet. */
  onChange: (value: string | null) => void;
}

/** A day as it is typed in England: a field of the browser's own follows the language of the computer. Up and Down change it by a day. */
export function DayField({ id, label, error, value, onChange }: Props) {
  /** `said`: the last day that this field gave; `seen`: the last that it was given. */
  const [typed, setTyped] = useState({ text: value === '' ? '' : typedDay(value), said: value, seen: value });
  const [left, setLeft] = useState(false);
  // Changed from elsewhere: what is typed is not it.
  if (typed.seen !== value) setTyped(typed.said === value ? { ...typed, seen: value } : { text: value === '' ? '' : typedDay(value), said: value, seen: value });
  const change = (next: string) => {
    const day = next.trim() === '' ? '' : dayTyped(next);
    setTyped({ ...typed, text: next, said: day ?? '' });
    setLeft(false);
    onChange(day);
  };
  const step = (event: KeyboardEvent) => {
    const day = dayTyped(typed.text);
    if (day === null || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    change(typedDay(dayAfter(day, event.key === 'ArrowUp' ? 1 : -1)));
  };
  const fault = error ?? (left && typed.text.trim() !== '' && dayTyped(typed.text) === null ? text.dayFault : undefined);
  return (
    <Field id={id} label={label} error={fault}>
      <input
        id={id} type="text" inputMode="numeric" autoComplete="off" spellCheck={false} placeholder={text.dayShape} className={classNames('nhsuk-input vr-day', fault !== undefined && 'nhsuk-input--error')} value={typed.text}
        aria-describedby={fault === undefined ? undefined : `${id}-error`} aria-invalid={fault !== undefined || undefined} onChange={(event) => change(event.target.value)} onKeyDown={step} onBlur={() => setLeft(true)}
      />
    </Field>
  );
}
