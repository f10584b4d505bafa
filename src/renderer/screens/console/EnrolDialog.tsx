import type { DeviceRow } from '../../../preload/console.ts';
import { door } from '../../door.ts';
import { FormDialog } from '../../parts/FormDialog.tsx';
import { devices as text } from '../../text/console.ts';

export type Decision = 'enrol' | 'revoke';

interface Props {
  decision: Decision;
  row: DeviceRow;
  onDone: (rows: DeviceRow[]) => void;
  onDismiss: () => void;
}

/** Vouching for a key, after its characters have been compared, or taking that back. */
export function EnrolDialog({ decision, row: { device, who, key, enrolled }, onDone, onDismiss }: Props) {
  const enrol = decision === 'enrol';
  return (
    <FormDialog
      title={enrol ? text.enrolTitle(who.name) : text.revokeTitle(who.name)} yes={enrol ? text.enrolYes : text.revokeYes} warning={!enrol}
      run={() => door.enrolDevice(device, who.sds, decision, key)} onDone={onDone} onDismiss={onDismiss}
    >
      <p>{enrol ? text.enrolBody : text.revokeBody}</p>
      {enrol && enrolled === 'other-key' && <p className="vr-notice">{text.otherKey}</p>}
      {key !== null && <p className="vr-key vr-key--large"><span className="nhsuk-u-visually-hidden">{text.key}: </span>{key}</p>}
    </FormDialog>
  );
}
