import { Tag } from 'nhsuk-react-components';
import type { SensitiveKind } from '../../preload/contract.ts';
import { sensitiveWords, unsigned } from '../text/common.ts';

interface Props {
  isSensitive: boolean;
  sensitiveKinds: readonly SensitiveKind[];
  isUnsigned: boolean;
}

/** Marks that a recording carries wherever it is named. */
export function StatusTags({ isSensitive, sensitiveKinds, isUnsigned }: Props) {
  return (
    <>
      {isSensitive && <Tag modifier="red" className="vr-tag">{sensitiveWords(sensitiveKinds)}</Tag>}
      {isUnsigned && <Tag modifier="yellow" className="vr-tag">{unsigned.heading}</Tag>}
    </>
  );
}
