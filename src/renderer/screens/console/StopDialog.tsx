import type { StopTarget } from '../../../preload/console.ts';
import type { StopView } from '../../../preload/contract.ts';
import { door } from '../../door.ts';
import { CodeDialog } from '../../parts/FormDialog.tsx';
import { reasons, stops as text } from '../../text/assignments.ts';

interface Props {
  target: StopTarget;
  /** As it is called on the screen. */
  name: string;
  onDone: (stops: StopView[]) => void;
  onDismiss: () => void;
}

/** Stops one recording, a patient's or all, with a reason. */
export function StopDialog({ target, name, onDone, onDismiss }: Props) {
  return (
    <CodeDialog reasons={reasons.stop} title={text.confirm.title(name)} yes={text.confirm.yes} warning run={(reason) => door.stop(target, reason)} onDone={onDone} onDismiss={onDismiss}>
      <p>{target.kind === 'all' ? text.confirm.all : text.confirm.body}</p>
    </CodeDialog>
  );
}
