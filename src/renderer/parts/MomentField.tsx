import classNames from 'classnames';
import { useState } from 'react';
import { incident as text } from '../text/incidents.ts';
import { localParts, momentOf } from '../words/time.ts';

interface Props {
  /** Also that of its first field. */
  id: string;
  legend: string;
  hint: string;
  error?: string | undefined;
  value: string | null;
  onChange: (value: string | null) => void;
  /** One of the two is there and the other is not. */
  onWrong: (wrong: boolean) => void;
}

/** A moment, as a day and a clock of England. */
export function MomentField({ id, legend, hint, error, value, onChange, onWrong }: Props) {
  const [parts, setParts] = useState(() => (value === null ? { day: '', clock: '' } : localParts(value)));
  const change = (next: typeof parts) => {
    setParts(next);
    const moment = momentOf(next.day, next.clock);
    onWrong(moment === null && (next.day !== '' || next.clock !== ''));
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
          <input id={id} type="date" className="nhsuk-input vr-moment__day" value={parts.day} onChange={(event) => change({ ...parts, day: event.target.value })} />
        </div>
        <div>
          <label className="nhsuk-label" htmlFor={`${id}-clock`}>{text.clock}</label>
          <input id={`${id}-clock`} type="time" className="nhsuk-input vr-moment__clock" value={parts.clock} onChange={(event) => change({ ...parts, clock: event.target.value })} />
        </div>
      </div>
    </fieldset>
  );
}
