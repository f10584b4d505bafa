import { useEffect, useEffectEvent, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import type { OpenRecording, Problem } from '../../preload/contract.ts';
import { mediumWords } from '../text/common.ts';
import { review as text } from '../text/review.ts';
import { createPlayer, type PlayerControls } from './createPlayer.ts';
import type { Cue } from './cues.ts';
import { playerKey } from './keys.ts';

interface Props {
  recording: OpenRecording;
  /** Where to begin, seconds. */
  initialPosition?: number | undefined;
  cues: readonly Cue[];
  /** Filled while the player is there. */
  controlsRef: RefObject<PlayerControls | null>;
  onPosition: (position: number) => void;
  onFailed: (problem: Problem) => void;
}

/** The frame of the player. video.js lives in an element made here and thrown away with it. */
export function Player({ recording, initialPosition, cues, controlsRef, onPosition, onFailed }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [captions, setCaptions] = useState(true);
  const moved = useEffectEvent(onPosition);
  const failed = useEffectEvent(onFailed);
  const hasCaptions = cues.length > 0;

  useEffect(() => {
    if (!frame.current) return undefined;
    const player = createPlayer(frame.current, recording, cues, { onPosition: (position) => moved(position), onFailed: (problem) => failed(problem), onCaptions: setCaptions });
    controlsRef.current = player;
    // Before its length is known there is nowhere to go. Media events do not bubble.
    if (initialPosition !== undefined) frame.current.addEventListener('loadedmetadata', () => player.seek(initialPosition), { once: true, capture: true });
    return () => {
      controlsRef.current = null;
      player.dispose();
    };
  }, [recording, initialPosition, cues, controlsRef]);

  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    const key = playerKey(event.key, event.ctrlKey || event.altKey || event.metaKey);
    if (!key) return;
    // Space and the arrows keep their meaning on the buttons, menus and sliders of the player.
    const inner = event.target instanceof Element && event.target.closest('button, [role="menu"], [role="slider"]');
    if (inner && !/^[a-z<>]$/i.test(event.key)) return;
    event.preventDefault();
    switch (key.action) {
      case 'toggle': controlsRef.current?.toggle(); break;
      case 'seek': controlsRef.current?.skip(key.by); break;
      case 'rate': controlsRef.current?.faster(key.step); break;
      case 'captions': controlsRef.current?.showCaptions(!captions); break;
    }
  };

  return (
    // The keys of the player work wherever the focus is inside it, and nowhere else.
    <section className="vr-player" aria-label={text.player} onKeyDown={onKey}>
      <div className={`vr-stage vr-stage--${recording.medium}`} ref={frame} tabIndex={0} role="group" aria-label={recording.medium === 'audio' ? mediumWords.audio : mediumWords.video} aria-describedby="player-help" data-testid="stage" />
      <div className="vr-player__below">
        {hasCaptions && (
          <button type="button" className="nhsuk-button nhsuk-button--secondary nhsuk-button--small vr-button-flush" aria-pressed={captions} onClick={() => controlsRef.current?.showCaptions(!captions)}>
            {text.captions} {captions ? text.on : text.off}
          </button>
        )}
        <details className="nhsuk-details vr-keys">
          <summary className="nhsuk-details__summary"><span className="nhsuk-details__summary-text">{text.keysTitle}</span></summary>
          <div className="vr-keys__text">
            <p id="player-help">{text.playerHelp}</p>
            <dl className="vr-keys__list">
              {text.keys.map(([key, does]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{does}</dd></div>)}
            </dl>
          </div>
        </details>
      </div>
    </section>
  );
}
