import classNames from 'classnames';
import { memo, useEffect, useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode, type UIEvent } from 'react';
import { review as text } from '../text/review.ts';
import { group, transcript as more } from '../text/reviewWork.ts';
import { formatPosition } from '../words/time.ts';
import { Button } from '../parts/Button.tsx';
import type { Cue } from './cues.ts';
import type { Interval } from '../../preload/intervals.ts';
import { firstFrom, isLineMasked, matchesIn, stretchOfLines, type Match } from './lines.ts';
import { useMadeLines } from './useMadeLines.ts';

interface Props {
  cues: readonly Cue[];
  /** Why there are no lines. */
  absent: string | null;
  current: number;
  onSeek: (position: number) => void;
  /** A note is wanted on a stretch that was chosen by its lines; absent where none can be made. */
  onNote?: (stretch: Interval) => void;
  /** Stretches whose words are hidden: it is shown to a group. */
  masks?: readonly Interval[];
}

const scrolling = ['PageUp', 'PageDown'];
/** So near the end of what is there somebody wants more of it. */
const NEAR_PX = 200;
const noMasks: readonly Interval[] = [];
const noMatches: readonly Match[] = [];

/** The line that something on the page is in. */
function lineOf(node: Node | null): number | null {
  const element = node instanceof Element ? node : node?.parentElement;
  const line = element?.closest<HTMLElement>('[data-line]')?.dataset.line;
  return line === undefined ? null : Number(line);
}

/** The lines of the transcript, which follow the player until someone scrolls, searches or chooses among them. */
export function Transcript({ cues, absent, current, onSeek, onNote, masks = noMasks }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const searchId = useId();
  const [following, setFollowing] = useState(true);
  /** The one line that Tab reaches; Up and Down move it. */
  const [stop, setStop] = useState<number | null>(null);
  /** First and last line that are chosen for a note, in the order of choosing. */
  const [chosen, setChosen] = useState<readonly [number, number] | null>(null);
  const [{ wanted, at }, setSearch] = useState({ wanted: '', at: 0 });
  const reachable = stop ?? Math.max(0, current);

  const matches = useMemo(() => matchesIn(cues, wanted, (cue) => isLineMasked(cue, masks)), [cues, wanted, masks]);
  const byLine = useMemo(() => new Map([...new Set(matches.map(({ line }) => line))].map((line) => [line, matches.filter((one) => one.line === line)])), [matches]);
  const match = matches[at];
  /** They have had a line in their hands. */
  const [entered, setEntered] = useState(false);
  /** They have come near: with the mouse, or towards the end of what is there. */
  const [approached, setApproached] = useState(false);
  const [first, end] = useMadeLines(cues.length, reachable, entered || match !== undefined ? 'all' : approached || !following ? 'some' : 'none');
  const firstBefore = useRef(first);
  const stretch = chosen && stretchOfLines(cues, ...chosen);

  const lineAt = (index: number) => box.current?.querySelector<HTMLElement>(`[data-line="${index}"] button`) ?? null;

  // Lines that come above leave those that are in sight where they are.
  useLayoutEffect(() => {
    const [frame, was] = [box.current, firstBefore.current];
    firstBefore.current = first;
    if (frame && first < was) frame.scrollTop += frame.querySelector<HTMLElement>(`[data-line="${was}"]`)?.offsetTop ?? 0;
  }, [first]);

  useEffect(() => {
    const frame = box.current;
    const line = frame?.querySelector<HTMLElement>(`[data-line="${match ? match.line : current}"]`);
    if ((!following && !match) || !frame || !line) return;
    frame.scrollTop = line.offsetTop - frame.clientHeight / 3;
  }, [current, following, match]);

  // What is selected with the mouse is a choice of lines.
  useEffect(() => {
    const onSelect = () => {
      const selection = document.getSelection();
      if (!selection || !box.current?.contains(selection.anchorNode) || !box.current.contains(selection.focusNode)) return;
      const [from, to] = [lineOf(selection.anchorNode), lineOf(selection.focusNode)];
      if (from === null || to === null) return;
      setChosen(selection.isCollapsed ? null : [from, to]);
      if (!selection.isCollapsed) setFollowing(false);
    };
    document.addEventListener('selectionchange', onSelect);
    return () => document.removeEventListener('selectionchange', onSelect);
  }, []);

  const onKey = (event: KeyboardEvent) => {
    if (scrolling.includes(event.key)) setFollowing(false);
    if (event.key === 'Escape' && chosen) setChosen(null);
    const to = { ArrowDown: reachable + 1, ArrowUp: reachable - 1, Home: 0, End: cues.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = Math.min(cues.length - 1, Math.max(0, to));
    setFollowing(false);
    setChosen(event.shiftKey ? [chosen?.[0] ?? reachable, next] : null);
    setStop(next);
    lineAt(next)?.focus();
  };

  const pause = () => setFollowing(false);
  // However it is scrolled: by the bar, by a screen reader, which sends no key and no wheel.
  const onScroll = ({ currentTarget: { scrollTop, scrollHeight, clientHeight } }: UIEvent<HTMLDivElement>) => {
    if ((first > 0 && scrollTop < NEAR_PX) || (end < cues.length && scrollHeight - scrollTop - clientHeight < NEAR_PX)) setApproached(true);
  };
  const jump = () => {
    setFollowing(true);
    setStop(null);
    setChosen(null);
    setSearch({ wanted: '', at: 0 });
  };
  const search = (typed: string) => {
    const found = matchesIn(cues, typed, (cue) => isLineMasked(cue, masks));
    setSearch({ wanted: typed, at: firstFrom(found, Math.max(0, current)) });
    if (found.length > 0) setFollowing(false);
  };
  const step = (by: 1 | -1) => {
    if (matches.length > 0) setSearch({ wanted, at: (at + by + matches.length) % matches.length });
  };

  const line = (cue: Cue, index: number) => (
    <Line
      key={index} cue={cue} index={index} isCurrent={index === current} isReachable={index === reachable} isMasked={isLineMasked(cue, masks)}
      isChosen={chosen !== null && index >= Math.min(...chosen) && index <= Math.max(...chosen)}
      speaks={cue.speaker !== null && cue.speaker !== cues[index - 1]?.speaker} of={cues.length}
      matches={byLine.get(index) ?? noMatches} match={match?.line === index ? match : undefined}
      onChoose={(position) => {
        onSeek(position);
        jump();
      }}
    />
  );

  return (
    <section className="vr-transcript" aria-labelledby="transcript">
      <h2 className="nhsuk-u-visually-hidden" id="transcript">{text.transcript}</h2>
      {absent !== null ? (
        <p className="vr-secondary">{absent}</p>
      ) : (
        <>
          <div className="vr-transcript__search" role="search">
            <label className="nhsuk-u-visually-hidden" htmlFor={searchId}>{more.search}</label>
            <input
              className="nhsuk-input" id={searchId} type="search" autoComplete="off" spellCheck={false} placeholder={more.search} value={wanted} aria-describedby={`${searchId}-help`}
              onChange={(event) => search(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
                event.preventDefault();
                step(event.shiftKey ? -1 : 1);
              }}
            />
            <span className="nhsuk-u-visually-hidden" id={`${searchId}-help`}>{more.searchHelp}</span>
            <span className="vr-transcript__count" role="status">{wanted.trim() !== '' && more.found(match ? at + 1 : 0, matches.length)}</span>
            {matches.length > 1 && (
              <>
                <button type="button" className="vr-text-button" onClick={() => step(-1)}>{more.previous}</button>
                <button type="button" className="vr-text-button" onClick={() => step(1)}>{more.next}</button>
              </>
            )}
            {!following && <button type="button" className="vr-text-button vr-transcript__jump" onClick={jump}>{text.jump}</button>}
          </div>
          <p className="nhsuk-u-visually-hidden" id="transcript-help">{onNote ? more.selectHelp : text.transcriptHelp}</p>
          <div
            className="vr-transcript__lines" ref={box} aria-describedby="transcript-help"
            onWheel={pause} onTouchMove={pause} onPointerMove={() => setApproached(true)} onScroll={onScroll} onKeyDown={onKey} onFocus={() => setEntered(true)}
            onPointerDown={(event) => {
              // On the box itself and not on a line: the scroll bar.
              if (event.target === event.currentTarget) pause();
            }}
          >
            <ol>
              {cues.slice(first, end).map((cue, n) => line(cue, first + n))}
            </ol>
          </div>
          {onNote && (
            <div className="vr-transcript__chosen" role="status">
              {stretch && (
                <Button
                  small className="vr-button-flush"
                  // A press would let go of what is selected before it is asked for.
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => {
                    document.getSelection()?.removeAllRanges();
                    setChosen(null);
                    onNote(stretch);
                  }}
                >
                  {more.note(formatPosition(stretch[0]), formatPosition(stretch[1]))}
                </Button>
              )}
            </div>
          )}
        </>
      )}
    </section>
  );
}

interface LineProps {
  cue: Cue;
  index: number;
  /** Lines in all. */
  of: number;
  isCurrent: boolean;
  isReachable: boolean;
  isMasked: boolean;
  isChosen: boolean;
  /** The speaker changes here. */
  speaks: boolean;
  matches: readonly Match[];
  /** The one that the search is at, if it is on this line. */
  match: Match | undefined;
  onChoose: (position: number) => void;
}

/** Text with what was found in it marked. */
function marked(words: string, matches: readonly Match[], match: Match | undefined): ReactNode {
  if (matches.length === 0) return words;
  const parts: ReactNode[] = [];
  let done = 0;
  for (const one of matches) {
    parts.push(words.slice(done, one.from), <mark key={one.from} className={classNames('vr-mark', one === match && 'vr-mark--current')}>{words.slice(one.from, one.to)}</mark>);
    done = one.to;
  }
  return [...parts, words.slice(done)];
}

const Line = memo(
  function Line({ cue, index, of, isCurrent, isReachable, isMasked, isChosen, speaks, matches, match, onChoose }: LineProps) {
    const id = useId();
    return (
      // Its text can be selected, which a button's cannot: a click that selects nothing goes to the line, as its button does.
      <li
        data-line={index} aria-posinset={index + 1} aria-setsize={of} className={classNames('vr-line-row', isCurrent && 'vr-line-row--current', isChosen && 'vr-line-row--chosen')}
        onClick={() => {
          if (document.getSelection()?.isCollapsed !== false) onChoose(cue.from);
        }}
      >
        <button type="button" className="vr-line-button" tabIndex={isReachable ? 0 : -1} aria-current={isCurrent || undefined} aria-labelledby={`${id}-time ${id}-words`}>
          <span className="vr-line-button__time" id={`${id}-time`}>{formatPosition(cue.from)}</span>
        </button>
        <span id={`${id}-words`}>
          {speaks && <strong className="vr-line-button__speaker">{cue.speaker} </strong>}
          {isMasked ? <span className="vr-masked">{group.maskedLine}</span> : marked(cue.text, matches, match)}
        </span>
      </li>
    );
  },
  // The handler is new at every render and does the same.
  (a, b) => a.cue === b.cue && a.isCurrent === b.isCurrent && a.isReachable === b.isReachable && a.isMasked === b.isMasked && a.isChosen === b.isChosen && a.speaks === b.speaks
    && a.matches === b.matches && a.match === b.match,
);
