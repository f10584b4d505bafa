import type { CopyView } from '../../preload/contract.ts';
import { list as text } from '../text/room.ts';
import { formatProgress, percentDone } from '../words/bytes.ts';
import { formatRate, timeLeft } from '../words/downloads.ts';

interface Props {
  copy: CopyView;
  /** Names the recording for who does not see the row. */
  which: string;
  /** Where there is room for it. */
  withRate?: boolean;
}

/** How far a download is. Changes by itself, so it is no live region: whoever wants to know goes to it. */
export function DownloadProgress({ copy: { state, received, total, rate }, which, withRate = false }: Props) {
  const percent = percentDone(received, total);
  const label = text.copy[state];
  return (
    <>
      <span>{label}, {percent}%</span>
      <progress className="vr-progress" max={100} value={percent} aria-label={`${label}${which}`} />
      <span className="vr-line">{formatProgress(received, total)}{withRate && rate !== null && `, ${formatRate(rate)}`}</span>
      {/* Its line stays, so that the rows below do not move. */}
      <span className="vr-line vr-time-left">{state === 'downloading' && rate !== null ? timeLeft(total - received, rate) : ''}</span>
    </>
  );
}
