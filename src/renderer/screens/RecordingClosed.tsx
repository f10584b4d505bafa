import type { Problem } from '../../preload/contract.ts';
import { BackButton } from '../parts/BackButton.tsx';
import { Button } from '../parts/Button.tsx';
import { ProblemSummary } from '../parts/ErrorSummary.tsx';
import { Screen } from '../parts/Screen.tsx';
import { review as text } from '../text/review.ts';
import { list } from '../text/room.ts';
import { needsRoom } from '../words/storage.ts';

interface Props {
  problem: Problem;
  /** It was open and has been taken away, rather than never opened. */
  wasOpen: boolean;
  online: boolean;
  onBack: () => void;
  onDownload: () => void;
  onRetry: () => void;
  onStorage: () => void;
  /** There are words of this person's that outlived what they are about. */
  onKept?: (() => void) | undefined;
}

const downloadHelps: readonly Problem['code'][] = ['recording-corrupt', 'recording-not-here', 'download-interrupted'];
const retryHelps: readonly Problem['code'][] = ['busy', 'internal', 'practice-unreachable', 'practice-error', 'audit-unwritable', 'lease-ended', 'clock-set-back', 'rolled-back'];

/** A blank frame where a recording was, or would have been. Names no patient and no title: it may not be this person's to see. */
export function RecordingClosed({ problem, wasOpen, online, onBack, onDownload, onRetry, onStorage, onKept }: Props) {
  const heading = wasOpen ? text.stopped : text.cannotOpen;
  return (
    <Screen
      windowTitle={heading}
      heading={heading}
      wide={wasOpen}
      before={<BackButton onPress={onBack}>{text.back}</BackButton>}
    >
      {wasOpen ? <div className="vr-blank"><ProblemSummary problem={problem} /></div> : <ProblemSummary problem={problem} />}
      <div className="nhsuk-button-group">
        {downloadHelps.includes(problem.code) && online && <Button onClick={onDownload}>{text.downloadAgain}</Button>}
        {retryHelps.includes(problem.code) && <Button onClick={onRetry}>{text.tryAgain}</Button>}
        {needsRoom(problem) && <Button onClick={onStorage}>{list.storage}</Button>}
        {onKept && <Button look="secondary" onClick={onKept}>{text.kept}</Button>}
        <Button look="secondary" onClick={onBack}>{text.back}</Button>
      </div>
    </Screen>
  );
}
