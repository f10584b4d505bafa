import { useState } from 'react';
import { TextArea } from './fields.tsx';

interface Props {
  id: string;
  label: string;
  hint: string;
  values: readonly string[];
  onChange: (values: string[]) => void;
}

const valuesOf = (typed: string) => [...new Set(typed.split('\n').map((line) => line.trim()).filter((line) => line !== ''))].slice(0, 500);

/** Several values, one a line. What is typed stays as it is typed; empty lines and repeats are no values. */
export function LinesField({ values, onChange, ...field }: Props) {
  const [typed, setTyped] = useState(values.join('\n'));
  return (
    <TextArea
      {...field} value={typed}
      onChange={(next) => {
        setTyped(next);
        onChange(valuesOf(next));
      }}
    />
  );
}
