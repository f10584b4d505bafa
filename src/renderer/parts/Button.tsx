import classNames from 'classnames';
import type { ButtonHTMLAttributes } from 'react';

interface Props extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled'> {
  look?: 'primary' | 'secondary' | 'warning' | 'reverse';
  small?: boolean;
  /** Stays in the tab order, so that its reason can be heard, but does nothing. */
  unavailable?: boolean;
}

/**
 * An NHS.UK button. The one of nhsuk-react-components loads a script for every button, which a list of them does not need.
 */
export function Button({ look = 'primary', small = false, unavailable = false, type = 'button', className, onClick, ...rest }: Props) {
  return (
    <button
      {...rest}
      type={type}
      aria-disabled={unavailable || undefined}
      className={classNames('nhsuk-button', look !== 'primary' && `nhsuk-button--${look}`, small && 'nhsuk-button--small', className)}
      onClick={(event) => {
        if (unavailable) event.preventDefault();
        else onClick?.(event);
      }}
    />
  );
}
