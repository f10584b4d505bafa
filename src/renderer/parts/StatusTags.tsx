import { Tag } from 'nhsuk-react-components';
import { sensitive, unsigned } from '../text/common.ts';

/** Marks that a recording carries wherever it is named. */
export function StatusTags({ isSensitive, isUnsigned }: { isSensitive: boolean; isUnsigned: boolean }) {
  return (
    <>
      {isSensitive && <Tag modifier="red" className="vr-tag">{sensitive}</Tag>}
      {isUnsigned && <Tag modifier="yellow" className="vr-tag">{unsigned.heading}</Tag>}
    </>
  );
}
