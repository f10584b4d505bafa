import classNames from 'classnames';
import { startTransition, useEffect, useEffectEvent, useMemo, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import type { OpenRecording, Problem } from '../../preload/contract.ts';
import type { Settings } from '../../preload/settings.ts';
import { Button } from '../parts/Button.tsx';
import { useSettings } from '../parts/useSettings.tsx';
import { mediumWords } from '../text/common.ts';
import { captionBackgrounds, captionSizes, pictureSizes, playerText as text, rateWords } from '../text/player.ts';
import { review } from '../text/review.ts';
import { formatPosition } from '../words/time.ts';
import { createPlayer, type Look, type PlayerControls } from './createPlayer.ts';
import type { Cue } from './cues.ts';
import type { Interval } from '../../preload/intervals.ts';
import { mergeIntervals } from './exposure.ts';
import { playerKey, type Within } from './keys.ts';
import { coverage, type Marker } from './lanes.ts';
import { MarkersLane } from './MarkersLane.tsx';
import { noMarks, stretchOf, type Marks } from './marks.ts';

interface Props {
  recording: OpenRecording;
  /** Is there a connection to the practice? */
  online: boolean;
  /** Where to begin, seconds. */
  initialPosition?: number | undefined;
  cues: readonly Cue[];
  /** Filled while the player is there. */
  controlsRef: RefObject<PlayerControls | null>;
  /** Notes and masks, mine and others'. */
  markers: readonly Marker[];
  /** What this person was shown before, seconds of media. */
  watched: readonly Interval[];
  /** Where they stopped, in seconds; null while that is not known. */
  stoppedAt: number | null;
  /** Stretches that are hidden from a group, and whether one is in the room. */
  masks: readonly Interval[];
  group: boolean;
  onPosition: (position: number) => void;
  onFailed: (problem: Problem) => void;
  /** The person wants to write a note. */
  onNote: () => void;
  onMarks: (marks: Marks) => void;
  /** Whole per cent that were shown; null while the length is not known. */
  onCoverage: (percent: number | null) => void;
}

/** Seconds from either end within which there is nothing to continue. */
const EDGE = 5;
const nothing: readonly Interval[] = [];

function within(target: EventTarget): Within {
  if (!(target instanceof Element)) return 'stage';
  if (target.closest('input, select, textarea')) return 'field';
  if (target.closest('[role="menu"], [role="slider"]')) return 'menu';
  return target.closest('button, summary') ? 'button' : 'stage';
}

/** The frame of the player. video.js lives in an element made here and thrown away with it. */
export function Player({ recording, online, initialPosition, cues, controlsRef, markers, watched, stoppedAt, masks, group, onPosition, onFailed, onNote, onMarks, onCoverage }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const { settings, change } = useSettings();
  const { captions, captionSize, captionBackground, rate, volume } = settings;
  const look = useMemo((): Look => ({ captions, captionSize, captionBackground, rate, volume }), [captions, captionSize, captionBackground, rate, volume]);
  const [duration, setDuration] = useState(0);
  const [begun, setBegun] = useState(false);
  const [marks, setMarks] = useState<Marks>(noMarks);
  const [loops, setLoops] = useState(false);
  const [shown, setShown] = useState<readonly Interval[]>(nothing);
  const [told, setTold] = useState('');
  const [waits, setWaits] = useState(false);
  const hasCaptions = cues.length > 0;
  const hidden = group ? masks : nothing;
  const seen = useMemo(() => [...watched, ...shown], [watched, shown]);

  const percent = duration > 0 ? coverage(seen, duration) : null;
  const covers = useEffectEvent(onCoverage);
  // Told once the picture has had its turn: whoever hears it paints all that is beside the player anew.
  useEffect(() => startTransition(() => covers(percent)), [percent]);

  const moved = useEffectEvent(onPosition);
  const failed = useEffectEvent(onFailed);
  const chosen = useEffectEvent((changed: Partial<Look>) => {
    change(changed);
    if (changed.rate !== undefined) setTold(text.told.rate(rateWords(changed.rate)));
    if (changed.captions !== undefined) setTold(text.told.captions(changed.captions));
  });
  const marksMoved = useEffectEvent(onMarks);
  const first = useEffectEvent(() => look);

  useEffect(() => {
    if (!frame.current) return undefined;
    const player = createPlayer(frame.current, recording, cues, first(), {
      onPosition: (position) => moved(position), onFailed: (problem) => failed(problem), onChosen: (changed) => chosen(changed), onDuration: setDuration, onBegun: () => setBegun(true),
      // Said only of what is on its way here.
      onWaiting: (waits) => recording.arriving && setWaits(waits),
      // The picture comes first: the bar of what was watched is in no hurry.
      onShown: (intervals) => startTransition(() => setShown((before) => mergeIntervals([...before, ...intervals]))),
    });
    player.onMarks((now, loopsNow) => {
      setMarks(now);
      marksMoved(now);
      setLoops(loopsNow);
    });
    controlsRef.current = player;
    // Before its length is known there is nowhere to go. Media events do not bubble.
    if (initialPosition !== undefined) frame.current.addEventListener('loadedmetadata', () => player.seek(initialPosition), { once: true, capture: true });
    return () => {
      controlsRef.current = null;
      player.dispose();
    };
  }, [recording, initialPosition, cues, controlsRef]);

  useEffect(() => controlsRef.current?.look(look), [look, controlsRef]);
  // Also of a player that was made anew.
  useEffect(() => controlsRef.current?.mask(hidden), [hidden, recording, cues, controlsRef]);

  const marked = marks.in !== null || marks.out !== null;
  const act = {
    mark: (end: 'in' | 'out') => {
      const player = controlsRef.current;
      if (!player) return;
      player.mark(end);
      setTold(text.told[end](formatPosition(player.position())));
    },
    loop: () => {
      if (stretchOf(marks)) controlsRef.current?.loop(!loops);
      setTold(stretchOf(marks) ? text.told.loop(!loops) : text.marks.needsBoth);
    },
    clear: () => {
      if (!marked) return;
      controlsRef.current?.setMarks(noMarks);
      setTold(text.told.cleared);
    },
  };

  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    const action = playerKey(event.key, event.ctrlKey || event.altKey || event.metaKey, settings.singleKeys, within(event.target));
    if (!action) return;
    event.preventDefault();
    const player = controlsRef.current;
    switch (action.do) {
      case 'toggle': player?.toggle(); break;
      case 'skip': player?.skip(action.by); break;
      case 'step': player?.step(action.by); break;
      case 'rate': player?.faster(action.by); break;
      case 'captions': player?.showCaptions(!captions); break;
      case 'mark': act.mark(action.end); break;
      case 'loop': act.loop(); break;
      case 'clear': act.clear(); break;
      case 'note': onNote(); break;
      case 'fullscreen': player?.fullScreen(); break;
    }
  };

  // The bar under the picture keeps the focus where it was when it is pressed, and with it the keys.
  const toKeys = () => {
    if (frame.current?.contains(document.activeElement) === false) frame.current.focus({ preventScroll: true });
  };

  // Never by itself: it starts where it is asked to.
  const start = (from: number) => {
    const player = controlsRef.current;
    player?.focus();
    player?.seek(from);
    player?.play();
  };
  const canContinue = !begun && stoppedAt !== null && stoppedAt > EDGE && duration > 0 && stoppedAt < duration - EDGE;

  return (
    // The keys of the player work wherever the focus is inside it, and nowhere else.
    <section className={classNames('vr-player', group && 'vr-player--group')} aria-label={review.player} onKeyDown={onKey}>
      <div className="vr-screen">
        {canContinue && (
          <div className="vr-continue" role="group" aria-label={text.resumeGroup}>
            <Button small onClick={() => start(stoppedAt)}>{text.resume(formatPosition(stoppedAt))}</Button>
            <Button look="secondary" small onClick={() => start(0)}>{text.fromStart}</Button>
          </div>
        )}
        <div className={`vr-stage vr-stage--${recording.medium}`} ref={frame} tabIndex={0} onPointerDown={toKeys} role="group" aria-label={recording.medium === 'audio' ? mediumWords.audio : mediumWords.video} aria-describedby="player-help" data-testid="stage" />
      </div>
      {recording.arriving && (
        <p className="vr-arriving" role="status">{text.arriving[online ? waits ? 'waits' : 'comes' : waits ? 'waitsCut' : 'cut']}</p>
      )}
      <MarkersLane duration={duration} markers={markers} watched={seen} marks={marks} onSeek={(position) => controlsRef.current?.seek(position)} />
      <div className="vr-player__below">
        <div className="vr-player__group" role="group" aria-label={text.marks.group}>
          <Button look="secondary" small onClick={() => act.mark('in')}>{text.marks.in(marks.in === null ? null : formatPosition(marks.in))}</Button>
          <Button look="secondary" small onClick={() => act.mark('out')}>{text.marks.out(marks.out === null ? null : formatPosition(marks.out))}</Button>
          <Button look="secondary" small aria-pressed={loops} unavailable={!stretchOf(marks)} onClick={act.loop}>{text.marks.loop} {loops ? text.on : text.off}</Button>
          <Button look="secondary" small unavailable={!marked} onClick={act.clear}>{text.marks.clear}</Button>
        </div>
        {recording.medium === 'video' && <Choice id="picture-size" label={text.pictureSize} value={settings.pictureSize} options={pictureSizes} onChange={(to) => change({ pictureSize: to })} />}
        {hasCaptions && (
          <div className="vr-player__group">
            <Button look="secondary" small aria-pressed={captions} onClick={() => controlsRef.current?.showCaptions(!captions)}>{text.captions} {captions ? text.on : text.off}</Button>
            <Choice id="caption-size" label={text.captionSize} value={captionSize} options={captionSizes} onChange={(to) => change({ captionSize: to })} />
            <Choice id="caption-background" label={text.captionBackground} value={captionBackground} options={captionBackgrounds} onChange={(to) => change({ captionBackground: to })} />
          </div>
        )}
        <p className="vr-player__help" id="player-help">{review.playerHelp}</p>
      </div>
      <p role="status" className="nhsuk-u-visually-hidden">{told}</p>
    </section>
  );
}

/** A small list to choose from, with its label beside it. */
function Choice<T extends Settings['captionSize'] | Settings['captionBackground'] | Settings['pictureSize']>({ id, label, value, options, onChange }: { id: string; label: string; value: T; options: Record<T, string>; onChange: (to: T) => void }) {
  return (
    <span className="vr-choose">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value as T)}>
        {(Object.entries(options) as [T, string][]).map(([option, words]) => <option key={option} value={option}>{words}</option>)}
      </select>
    </span>
  );
}
