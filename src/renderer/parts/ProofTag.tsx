import { Tag } from 'nhsuk-react-components';
import type { Proof } from '../../preload/console.ts';
import { proofWords } from '../text/console.ts';

const colours = { verified: 'green', unenrolled: 'yellow', broken: 'red', unchecked: 'grey' } as const satisfies Record<Proof, string>;

/** Whether an entry, or a chain, is proved. */
export function ProofTag({ proof }: { proof: Proof }) {
  return <Tag className="vr-tag" modifier={colours[proof]}>{proofWords[proof]}</Tag>;
}
