import { useEffect, useMemo, useState } from 'react';
import type { PersonRef } from '../../../preload/console.ts';
import { attempt, door } from '../../door.ts';
import type { Option } from '../../parts/fields.tsx';
import type { Known, Named, Names } from './context.ts';

/** The practice's staff, and the recordings and patients that any answer has named, as choices. Two of one name are told apart by their references. */
export function useKnown(names: Names, learn: (rows: readonly Named[]) => void): Known {
  const [staff, setStaff] = useState<readonly PersonRef[]>([]);
  useEffect(() => {
    let current = true;
    void attempt(door.staff()).then((result) => {
      if (!current || !result.ok) return;
      setStaff(result.value);
      learn(result.value.map((who) => ({ who, recording: null, patient: null })));
    });
    void attempt(door.assignments({})).then((result) => {
      if (current && result.ok) learn(result.value);
    });
    return () => {
      current = false;
    };
  }, [learn]);

  return useMemo(() => {
    const of = (list: string): Option[] => {
      const found = [...names].filter(([key]) => key.startsWith(`${list} `)).map(([key, label]) => ({ value: key.slice(list.length + 1), label }));
      const times = (label: string) => found.filter((other) => other.label === label).length;
      return found.map(({ value, label }) => ({ value, label: times(label) > 1 ? `${label} (${value})` : label })).sort((a, b) => a.label.localeCompare(b.label, 'en-GB'));
    };
    return { staff, people: of('people'), recordings: of('recordings'), patients: of('patients') };
  }, [names, staff]);
}
