import { useEffect, useRef, type ReactNode } from 'react';
import type { Problem } from '../../preload/contract.ts';
import { errorSummary } from '../text/common.ts';
import { problemWords } from '../text/problems.ts';
import { Quoting } from './Quoting.tsx';

interface Props {
  title: string;
  /** Changes with every failure, so that the same failure twice is announced twice. */
  attempt?: number | undefined;
  children: ReactNode;
}

/** The NHS error summary: takes the focus when it appears. */
export function ErrorSummary({ title, attempt = 0, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.focus();
  }, [attempt]);
  return (
    <div className="nhsuk-error-summary" tabIndex={-1} ref={box}>
      <div role="alert">
        <h2 className="nhsuk-error-summary__title">{title}</h2>
        <div className="nhsuk-error-summary__body">{children}</div>
      </div>
    </div>
  );
}

/** Faults of a form, each a link to its field. */
export function FieldErrors({ attempt, faults, children }: { attempt: number; faults: { field: string; text: string }[]; children?: ReactNode }) {
  return (
    <ErrorSummary title={errorSummary.title} attempt={attempt}>
      <ul className="nhsuk-list nhsuk-error-summary__list">
        {faults.map(({ field, text }) => (
          <li key={field}>
            <a
              href={`#${field}`}
              onClick={(event) => {
                event.preventDefault();
                document.getElementById(field)?.focus();
              }}
            >
              {text}
            </a>
          </li>
        ))}
      </ul>
      {children}
    </ErrorSummary>
  );
}

/** A problem in words, as an error summary. */
export function ProblemSummary({ problem, attempt, children }: { problem: Problem; attempt?: number | undefined; children?: ReactNode }) {
  const { what, means, next } = problemWords(problem);
  return (
    <ErrorSummary title={what} attempt={attempt}>
      <p>{means}</p>
      <p><Quoting text={next} /></p>
      {children}
    </ErrorSummary>
  );
}
