import classNames from 'classnames';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { playerText } from '../text/player.ts';
import { formatPosition } from '../words/time.ts';
import type { Interval } from '../../preload/intervals.ts';
import { mergeIntervals } from './exposure.ts';
import { beforeNote, coverage, placeMarkers, type Marker, type Placed } from './lanes.ts';
import { stretchOf, type Marks } from './marks.ts';

interface Props {
  duration: number;
  markers: readonly Marker[];
  watched: readonly Interval[];
  marks: Marks;
  onSeek: (position: number) => void;
}

const text = playerText.lanes;
/** Of a button, in pixels (WCAG 2.5.8). */
const LEAST = 26;

const percent = (share: number) => `${share * 100}%`;

/** "Note at 3:12: Strength, by someone else" */
function wordsOf({ markers }: Placed): string {
  const [first] = markers;
  if (!first) return '';
  if (markers.length > 1) return `${text.several(markers.length)}, ${text.span(formatPosition(first.from), formatPosition(markers.at(-1)?.from ?? first.from))}`;
  const where = first.until === null ? formatPosition(first.from) : text.span(formatPosition(first.from), formatPosition(first.until));
  return `${text.kinds[first.kind]}, ${where}${first.label === '' ? '' : `: ${first.label}`}${first.mine ? '' : `, ${text.theirs}`}`;
}

/** Under the progress bar and as wide: what was watched, the stretch between in and out, and a button for every note and mask. */
export function MarkersLane({ duration, markers, watched, marks, onSeek }: Props) {
  const lane = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const frame = lane.current;
    if (!frame) return undefined;
    const sizes = new ResizeObserver(() => setWidth(frame.clientWidth));
    sizes.observe(frame);
    return () => sizes.disconnect();
  }, []);

  const placed = useMemo(() => (width > 0 ? placeMarkers(markers, duration, LEAST / width) : []), [markers, duration, width]);
  const shown = useMemo(() => mergeIntervals(watched), [watched]);
  const stretch = stretchOf(marks);
  const at = (seconds: number) => percent(duration > 0 ? Math.min(1, seconds / duration) : 0);

  return (
    <div className="vr-lanes" ref={lane}>
      <svg className="vr-lanes__watched" aria-hidden="true" data-testid="watched">
        {duration > 0 && shown.map(([from, to]) => <rect key={from} x={at(from)} width={at(to - from)} y="2" height="6" />)}
        {stretch && <rect className="vr-lanes__stretch" x={at(stretch[0])} width={at(stretch[1] - stretch[0])} y="0" height="10" />}
        {marks.in !== null && <path className="vr-lanes__end" d="M6 0 H1 V10 H6" transform={`translate(${duration > 0 ? (marks.in / duration) * width : 0} 0)`} />}
        {marks.out !== null && <path className="vr-lanes__end" d="M-6 0 H-1 V10 H-6" transform={`translate(${duration > 0 ? (marks.out / duration) * width : 0} 0)`} />}
      </svg>
      {placed.length > 0 && <Markers placed={placed} onSeek={onSeek} />}
      <p className="vr-lanes__words">
        <span data-testid="coverage">{text.watched(coverage(watched, duration))}</span>
        {placed.length > 0 && (
          // What the buttons say of themselves, for those who see them.
          <span className="vr-lanes__legend" aria-hidden="true">
            <i className="vr-marker__shape vr-marker__shape--point" /> {text.legend.point}
            <i className="vr-marker__shape vr-marker__shape--range" /> {text.legend.range}
            <i className="vr-marker__shape vr-marker__shape--mask" /> {text.legend.mask}
            <span>{text.legend.theirs}</span>
          </span>
        )}
      </p>
    </div>
  );
}

function Markers({ placed, onSeek }: { placed: readonly Placed[]; onSeek: (position: number) => void }) {
  const bar = useRef<HTMLDivElement>(null);
  /** The one that Tab reaches. */
  const [stop, setStop] = useState(0);
  const [looked, setLooked] = useState<number | null>(null);
  const reachable = Math.min(stop, placed.length - 1);
  const levels = Math.max(...placed.map(({ level }) => level)) + 1;
  const told = looked === null ? undefined : placed[looked];

  const onKey = (event: KeyboardEvent) => {
    const last = placed.length - 1;
    const next = { ArrowLeft: Math.max(0, reachable - 1), ArrowRight: Math.min(last, reachable + 1), Home: 0, End: last }[event.key];
    if (next === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    // Here the arrows do not seek.
    event.preventDefault();
    setStop(next);
    bar.current?.querySelector<HTMLElement>(`[data-marker="${next}"]`)?.focus();
  };

  return (
    <div className="vr-markers-frame">
      <div className={`vr-markers vr-markers--${levels}`} role="toolbar" aria-label={text.markers} ref={bar} onKeyDown={onKey}>
        {placed.map((one, index) => {
          const [first] = one.markers;
          if (!first) return null;
          const several = one.markers.length > 1;
          return (
            <button
              key={first.id} type="button" data-marker={index} tabIndex={index === reachable ? 0 : -1} aria-label={wordsOf(one)}
              className={classNames('vr-marker', `vr-marker--level-${one.level}`, !several && first.until !== null && 'vr-marker--wide')} style={{ left: percent(one.left), width: percent(one.width) }}
              onClick={() => {
                setStop(index);
                onSeek(beforeNote(first.from));
              }}
              onFocus={() => {
                setStop(index);
                setLooked(index);
              }}
              onBlur={() => setLooked(null)} onPointerEnter={() => setLooked(index)} onPointerLeave={() => setLooked(null)}
            >
              {several ? <span className="vr-marker__count">{one.markers.length}</span> : <i className={classNames('vr-marker__shape', `vr-marker__shape--${first.kind}`, !first.mine && 'vr-marker__shape--theirs')} />}
              {!several && first.until !== null && <span className="vr-marker__label">{first.label}</span>}
            </button>
          );
        })}
      </div>
      {told && <p className="vr-markers__told" aria-hidden="true">{wordsOf(told)}</p>}
    </div>
  );
}
