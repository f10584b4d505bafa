import classNames from 'classnames';
import { useState, type Ref } from 'react';
import type { SecretRule } from '../../preload/contract.ts';
import { secretField } from '../text/start.ts';

interface Props {
  id: string;
  label: string;
  hint?: string;
  rule: SecretRule;
  value: string;
  error?: string | undefined;
  autoComplete: 'new-password' | 'current-password';
  /** Heading-sized label, where the field is the screen's one question. */
  ref?: Ref<HTMLInputElement>;
  onChange: (value: string) => void;
}

/** A PIN or passphrase that can be shown while it is typed. */
export function SecretField({ id, label, hint, rule, value, error, autoComplete, ref, onChange }: Props) {
  const [shown, setShown] = useState(false);
  const describedBy = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className={classNames('nhsuk-form-group', error !== undefined && 'nhsuk-form-group--error')}>
      <label className="nhsuk-label vr-label" htmlFor={id}>{label}</label>
      {hint !== undefined && <div className="nhsuk-hint" id={`${id}-hint`}>{hint}</div>}
      {error !== undefined && (
        <span className="nhsuk-error-message" id={`${id}-error`}>
          <span className="nhsuk-u-visually-hidden">Error: </span>{error}
        </span>
      )}
      <div className="vr-secret">
        <input
          ref={ref}
          id={id}
          className={classNames('nhsuk-input', rule.kind === 'pin' ? 'nhsuk-input--width-10' : 'nhsuk-input--width-30', error !== undefined && 'nhsuk-input--error')}
          type={shown ? 'text' : 'password'}
          inputMode={rule.kind === 'pin' ? 'numeric' : 'text'}
          autoComplete={autoComplete}
          autoCapitalize="none"
          spellCheck={false}
          maxLength={256}
          value={value}
          aria-describedby={describedBy || undefined}
          aria-invalid={error !== undefined || undefined}
          onChange={(event) => onChange(event.target.value)}
        />
        <button
          type="button"
          className="nhsuk-button nhsuk-button--secondary nhsuk-button--small vr-secret__toggle"
          aria-label={shown ? secretField.hideWhat(label) : secretField.showWhat(label)}
          onClick={() => setShown((was) => !was)}
        >
          {shown ? secretField.hide : secretField.show}
        </button>
      </div>
    </div>
  );
}
