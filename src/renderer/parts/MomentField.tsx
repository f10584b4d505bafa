import classNames from 'classnames';
import { useState } from 'react';
import { incident as text } from '../text/incidents.ts';
import { dates } from '../text/common.ts';
import { clockTyped, dayTyped, localParts, momentOf, typedDay } from '../words/time.ts';

interface Props {
  /** Also that of its first field. */
  id: string;
  legend: string;
  hint: string;
  error?: string | undefined;
  value: string | null;
  onChange: (value: string | null) => void;
  /** What is typed is no moment: one of the two is missing, or is none. */
  onWrong: (wrong: boolean) => void;
}

interface Parts {
  day: string;
  clock: string;
}

function partsOf(value: string | null): Parts {
  const local = value === null ? null : localParts(value);
  return { day: local === null ? '' : typedDay(local.day), clock: local?.clock ?? '' };
}

function typed({ day: dayText, clock: clockText }: Parts): string | null {
  const [day, clock] = [dayTyped(dayText), clockTyped(clockText)];
  return day === null || clock === null ? null : momentOf(day, clock);
}

/** A moment, as a day and a clock of England with 24 hours: fields of the browser's own follow the language of the computer. */
export function MomentField({ id, legend, hint, error, value, onChange, onWrong }: Props) {
  const [parts, setParts] = useState(() => partsOf(value));
  const [given, setGiven] = useState(value);
  // Not what was typed here: another's version was taken over, and has to be seen.
  if (value !== given) {
    setGiven(value);
    if (value !== typed(parts)) setParts(partsOf(value));
  }
  const change = (next: typeof parts) => {
    setParts(next);
    const moment = typed(next);
    onWrong(moment === null && (next.day.trim() !== '' || next.clock.trim() !== ''));
    onChange(moment);
  };
  return (
    <fieldset className={classNames('nhsuk-fieldset nhsuk-form-group vr-field', error !== undefined && 'nhsuk-form-group--error')} aria-describedby={`${id}-hint`}>
      <legend className="nhsuk-fieldset__legend vr-label">{legend}</legend>
      <div className="nhsuk-hint" id={`${id}-hint`}>{hint}</div>
      {error !== undefined && <span className="nhsuk-error-message"><span className="nhsuk-u-visually-hidden">Error: </span>{error}</span>}
      <div className="vr-moment">
        <div>
          <label className="nhsuk-label" htmlFor={id}>{text.day}</label>
          <input id={id} type="text" inputMode="numeric" autoComplete="off" placeholder={dates.dayShape} className="nhsuk-input vr-moment__day" value={parts.day} onChange={(event) => change({ ...parts, day: event.target.value })} />
        </div>
        <div>
          <label className="nhsuk-label" htmlFor={`${id}-clock`}>{text.clock}</label>
          <input id={`${id}-clock`} type="text" inputMode="numeric" autoComplete="off" placeholder={dates.clockShape} className="nhsuk-input vr-moment__clock" value={parts.clock} onChange={(event) => change({ ...parts, clock: event.target.value })} />
        </div>
      </div>
    </fieldset>
  );
}
