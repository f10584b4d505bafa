import classNames from 'classnames';
import { memo, useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { review as text } from '../text/review.ts';
import { formatPosition } from '../words/time.ts';
import { Button } from '../parts/Button.tsx';
import type { Cue } from './cues.ts';

interface Props {
  cues: readonly Cue[];
  /** Why there are no lines. */
  absent: string | null;
  current: number;
  onSeek: (position: number) => void;
}

const scrolling = ['PageUp', 'PageDown', 'Home', 'End'];

/** The lines of the transcript, which follow the player until someone scrolls. */
export function Transcript({ cues, absent, current, onSeek }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  /** The one line that Tab reaches; Up and Down move it. */
  const [stop, setStop] = useState<number | null>(null);
  const reachable = stop ?? Math.max(0, current);

  const lineAt = (index: number) => box.current?.querySelector<HTMLElement>(`[data-line="${index}"]`) ?? null;

  useEffect(() => {
    const frame = box.current;
    const line = frame?.querySelector<HTMLElement>(`[data-line="${current}"]`);
    if (!following || !frame || !line) return;
    frame.scrollTop = line.offsetTop - frame.clientHeight / 3;
  }, [current, following]);

  const onKey = (event: KeyboardEvent) => {
    if (scrolling.includes(event.key)) setFollowing(false);
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    const next = Math.min(cues.length - 1, Math.max(0, reachable + (event.key === 'ArrowDown' ? 1 : -1)));
    setFollowing(false);
    setStop(next);
    lineAt(next)?.focus();
  };

  const pause = () => setFollowing(false);
  const jump = () => {
    setFollowing(true);
    setStop(null);
  };

  return (
    <section className="vr-transcript" aria-labelledby="transcript">
      <div className="vr-transcript__head">
        <h2 className="nhsuk-heading-s" id="transcript">{text.transcript}</h2>
        {!following && absent === null && <Button look="secondary" small className="vr-button-flush" onClick={jump}>{text.jump}</Button>}
      </div>
      {absent !== null ? (
        <p className="vr-secondary">{absent}</p>
      ) : (
        <>
          <p className="nhsuk-u-visually-hidden" id="transcript-help">{text.transcriptHelp}</p>
          <div
            className="vr-transcript__lines" ref={box} aria-describedby="transcript-help"
            onWheel={pause} onTouchMove={pause} onKeyDown={onKey}
            onPointerDown={(event) => {
              // On the box itself and not on a line: the scroll bar.
              if (event.target === event.currentTarget) pause();
            }}
          >
            <ol>
              {cues.map((cue, index) => (
                <Line
                  key={index} cue={cue} index={index} isCurrent={index === current} isReachable={index === reachable}
                  speaks={cue.speaker !== null && cue.speaker !== cues[index - 1]?.speaker}
                  onChoose={(position) => {
                    onSeek(position);
                    jump();
                  }}
                />
              ))}
            </ol>
          </div>
        </>
      )}
    </section>
  );
}

interface LineProps {
  cue: Cue;
  index: number;
  isCurrent: boolean;
  isReachable: boolean;
  /** The speaker changes here. */
  speaks: boolean;
  onChoose: (position: number) => void;
}

const Line = memo(
  function Line({ cue, index, isCurrent, isReachable, speaks, onChoose }: LineProps) {
    return (
      <li>
        <button
          type="button" data-line={index} tabIndex={isReachable ? 0 : -1} aria-current={isCurrent || undefined}
          className={classNames('vr-line-button', isCurrent && 'vr-line-button--current')}
          onClick={() => onChoose(cue.from)}
        >
          <span className="vr-line-button__time">{formatPosition(cue.from)}</span>
          <span>
            {speaks && <strong className="vr-line-button__speaker">{cue.speaker}</strong>}
            {cue.text}
          </span>
        </button>
      </li>
    );
  },
  // The handler is new at every render and does the same.
  (a, b) => a.cue === b.cue && a.isCurrent === b.isCurrent && a.isReachable === b.isReachable && a.speaks === b.speaks,
);
