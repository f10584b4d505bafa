import type { PracticeView } from '../../preload/contract.ts';

/** Whom to ask at the practice. */
export function SupportContact({ practice }: { practice: PracticeView }) {
  return (
    <p className="vr-contact">
      <strong>{practice.support.name}</strong>
      <br />
      <span className="vr-break">{practice.support.contact}</span>
    </p>
  );
}
