import type { StopTarget } from '../../../preload/console.ts';
import type { StopView } from '../../../preload/contract.ts';
import { door } from '../../door.ts';
import { CodeDialog } from '../../parts/FormDialog.tsx';
import { reasons, stops as text } from '../../text/assignments.ts';

interface Props {
  target: StopTarget;
  /** As it is called on the screen. */
  name: string;
  /** Under whose name it stands, where that is known. */
  whose?: string;
  onDone: (stops: StopView[]) => void;
  onDismiss: () => void;
}

/** Stops one recording, a patient's or all, with a reason. */
export function StopDialog({ target, name, whose, onDone, onDismiss }: Props) {
  return (
    <CodeDialog reasons={reasons.stop} title={text.confirm.title(name)} yes={text.confirm.yes} warning run={(reason) => door.stop(target, reason)} onDone={onDone} onDismiss={onDismiss}>
      {whose !== undefined && <p>{whose}</p>}
      <p>{target.kind === 'all' ? text.confirm.all : text.confirm.body}</p>
    </CodeDialog>
  );
}
