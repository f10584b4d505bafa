import type { CopyView } from '../../preload/contract.ts';
import { list as text } from '../text/room.ts';
import { percentDone } from './bytes.ts';

/** Did it stop for want of a connection? What came of it stays, and it goes on there. */
export const isBrokenOff = ({ state, problem }: CopyView): boolean => state === 'failed' && (problem?.code === 'practice-unreachable' || problem?.code === 'download-interrupted');

/** Where a copy stands, in few words. @param offline whether it may be used without the practice */
export function copyLabel(copy: CopyView, offline: boolean): string {
  const percent = percentDone(copy.received, copy.total);
  if (copy.state === 'sealed' && !offline) return text.copy.sealedOnlineOnly;
  if (isBrokenOff(copy)) return text.copy.brokenOff(percent);
  return copy.state === 'none' && copy.received > 0 ? text.copy.partly(percent) : text.copy[copy.state];
}
