import { useId, useState, type ReactNode } from 'react';
import type { Result } from '../../preload/contract.ts';
import { dialog } from '../text/common.ts';
import { reasonField } from '../text/assignments.ts';
import { LateDialog } from './LateDialog.tsx';
import { Button } from './Button.tsx';
import { FieldErrors, ProblemSummary } from './ErrorSummary.tsx';
import { SelectField, TextArea } from './fields.tsx';
import { useAction } from './useAction.ts';

export interface Fault {
  field: string;
  text: string;
}

interface Props<T> {
  title: string;
  yes: string;
  warning?: boolean;
  no?: string;
  /** What is wrong with the answers; nothing is asked of main until there is nothing. */
  faults?: () => Fault[];
  run: () => Promise<Result<T>>;
  onDone: (value: T) => void;
  onDismiss: () => void;
  children?: ReactNode | ((error: (field: string) => string | undefined) => ReactNode);
}

/** A question with fields, which stays until main has done what was asked or the person leaves it. */
export function FormDialog<T>({ title, yes, warning = false, no = dialog.cancel, faults, run, onDone, onDismiss, children }: Props<T>) {
  const action = useAction();
  const [found, setFound] = useState<{ faults: Fault[]; times: number }>({ faults: [], times: 0 });
  const submit = async () => {
    const now = faults?.() ?? [];
    setFound({ faults: now, times: found.times + 1 });
    if (now.length > 0) return;
    const result = await action.run(run);
    if (result?.ok) onDone(result.value);
  };
  return (
    <LateDialog
      title={title}
      asks="form"
      onDismiss={onDismiss}
      buttons={
        <>
          <Button look={warning ? 'warning' : 'primary'} unavailable={action.busy} onClick={() => void submit()}>{yes}</Button>
          <Button look="secondary" onClick={onDismiss}>{no}</Button>
        </>
      }
    >
      {found.faults.length > 0 && <FieldErrors attempt={found.times} faults={found.faults} />}
      {action.problem && <ProblemSummary problem={action.problem} attempt={action.failures} />}
      {typeof children === 'function' ? children((field) => found.faults.find((fault) => fault.field === field)?.text) : children}
    </LateDialog>
  );
}

/** A question whose answer is on the record with a reason out of a few. @param reasons code → words */
export function CodeDialog<T>({ run, reasons, children, ...rest }: Omit<Props<T>, 'faults' | 'run' | 'children'> & { run: (code: string) => Promise<Result<T>>; reasons: Readonly<Record<string, string>>; children?: ReactNode }) {
  const id = useId();
  const [code, setCode] = useState('');
  return (
    <FormDialog {...rest} faults={() => (code === '' ? [{ field: id, text: reasonField.error }] : [])} run={() => run(code)}>
      {(error) => (
        <>
          {children}
          <SelectField id={id} label={reasonField.label} error={error(id)} value={code} options={[{ value: '', label: reasonField.choose }, ...Object.entries(reasons).map(([value, label]) => ({ value, label }))]} onChange={setCode} />
        </>
      )}
    </FormDialog>
  );
}

/** A question whose answer is on the record with a note. */
export function ReasonDialog<T>({ run, label = reasonField.label, children, ...rest }: Omit<Props<T>, 'faults' | 'run' | 'children'> & { run: (reason: string) => Promise<Result<T>>; label?: string; children?: ReactNode }) {
  const id = useId();
  const [reason, setReason] = useState('');
  return (
    <FormDialog {...rest} faults={() => (reason.trim() === '' ? [{ field: id, text: label === reasonField.label ? reasonField.error : reasonField.missing(label) }] : [])} run={() => run(reason.trim())}>
      {(error) => (
        <>
          {children}
          <TextArea id={id} label={label} hint={reasonField.hint} error={error(id)} value={reason} onChange={setReason} />
        </>
      )}
    </FormDialog>
  );
}
