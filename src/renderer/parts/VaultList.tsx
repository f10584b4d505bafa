import type { VaultPerson } from '../../preload/contract.ts';
import { signIn as text } from '../text/start.ts';
import { Button } from './Button.tsx';

interface Props {
  people: readonly VaultPerson[];
  busy: boolean;
  onChoose: (vault: string) => void;
}

/** A button, as an item of a list, for everyone with a vault here; those that do not open come last. */
export function VaultList({ people, busy, onChoose }: Props) {
  const broken = people.filter((person) => person.broken);
  const named = [
    ...people.filter((person) => !person.broken).map(({ vault, name, kept }) => ({ vault, label: kept ? text.unlockKept(name) : text.unlockAs(name) })),
    ...broken.map(({ vault }, index) => ({ vault, label: text.broken(index + 1, broken.length) })),
  ];
  return named.map(({ vault, label }) => (
    <li key={vault}>
      <Button look="secondary" unavailable={busy} onClick={() => onChoose(vault)}>{label}</Button>
    </li>
  ));
}
