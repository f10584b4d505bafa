import { defaultRangeExtractor, useWindowVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { WorklistRow } from '../../preload/contract.ts';
import type { Hit } from '../../preload/review.ts';
import { list as text } from '../text/room.ts';
import { rowsWanted } from './rowsWanted.ts';
import type { Found } from './useFound.ts';
import { useRows } from './useRows.ts';

/** px, before any was measured; what a row really takes is measured when it is there. */
const ROW = 100;
/** Rows beyond those in sight, and how many come and go together: each time the table is laid out and painted anew, however few they are. */
const [OVERSCAN, STEP] = [4, 8];

interface RowPlace {
  /** For the row's element. */
  measure: (element: HTMLTableRowElement | null) => void;
  index: number;
  /** The one that Tab leads to. */
  active: boolean;
}

interface Props {
  found: Found;
  onOpen: (id: string) => void;
  children: (row: WorklistRow, hits: readonly Hit[], place: RowPlace) => ReactNode;
}

const noHits: readonly Hit[] = [];

/** A long list as a table of which only what is near the screen is on the page; screen readers are told how long it is. Arrows, Home and End go from row to row, Enter opens. */
export function RowTable({ found, onOpen, children }: Props) {
  const { ids } = found;
  const body = useRef<HTMLTableSectionElement>(null);
  /** px: of the first that was measured. Most are as high, and each that is not moves all that follow. */
  const usual = useRef<number | null>(null);
  const [top, setTop] = useState(0);
  const [active, setActive] = useState<string | null>(null);
  const [goal, setGoal] = useState<string | null>(null);
  const activeIndex = Math.max(0, active === null ? 0 : ids.indexOf(active));

  // What is above it may become higher or lower at any time, and with it the page. Asked in between, where it is would cost a layout in each frame that scrolls.
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      const now = body.current === null ? 0 : Math.round(body.current.getBoundingClientRect().top + window.scrollY);
      setTop((before) => (Math.abs(now - before) > 1 ? now : before));
    });
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);

  // One for each list: with another it computes the place of every row anew, at each drawing.
  const keyOf = useCallback((index: number) => ids[index] ?? index, [ids]);
  /** Each letter brings other rows, all of which are made anew: no more than are near. */
  const isAnswer = found.query.text.trim() !== '';
  const virtualizer = useWindowVirtualizer({
    count: ids.length, estimateSize: () => usual.current ?? ROW, overscan: OVERSCAN, scrollMargin: top, useFlushSync: false, getItemKey: keyOf,
    // A row that has just come is laid out with the rest of the frame, and then the observer says how high it is. Where rows are cards there is room between them.
    measureElement: (element, entry, { measurementsCache, indexFromElement }) => {
      if (!entry) return measurementsCache[indexFromElement(element)]?.size ?? ROW;
      const height = element.getBoundingClientRect().height + Number.parseFloat(getComputedStyle(element).marginBottom);
      usual.current ??= height;
      return height;
    },
    // The row with the focus stays on the page wherever it is scrolled to: the focus would be lost with it.
    rangeExtractor: ({ startIndex, endIndex, ...range }) => [...new Set([
      ...defaultRangeExtractor({ ...range, startIndex: Math.floor(startIndex / STEP) * STEP, endIndex: isAnswer && startIndex === 0 ? endIndex : Math.ceil((endIndex + 1) / STEP) * STEP - 1 }), activeIndex,
    ])].filter((index) => index < range.count).sort((a, b) => a - b),
  });
  const items = virtualizer.getVirtualItems();
  const { rows, hits } = useRows(found, rowsWanted(ids, items.map(({ index }) => index), virtualizer.range), found.query.text, found);

  const goTo = (index: number) => {
    const id = ids[index];
    if (id === undefined) return;
    setActive(id);
    setGoal(id);
    virtualizer.scrollToIndex(index, { align: 'auto' });
  };
  useEffect(() => {
    if (goal === null) return;
    const element = body.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(goal)}"]`);
    if (!element) return;
    element.focus({ preventScroll: true });
    setGoal(null);
  }, [goal, items]);

  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || !(event.target instanceof Element)) return;
    const id = event.target.closest<HTMLElement>('[data-row]')?.dataset.row;
    const at = ids.indexOf(id ?? '');
    if (id === undefined || at < 0) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: ids.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      goTo(Math.min(ids.length - 1, Math.max(0, to)));
    } else if (event.key === 'Enter' && event.target.matches('[data-row]')) {
      event.preventDefault();
      onOpen(id);
    }
  };

  const end = items.at(-1)?.end ?? top;
  const total = top + virtualizer.getTotalSize();
  return (
    <table className="nhsuk-table nhsuk-table--compact vr-table vr-table--long" role="table" aria-rowcount={ids.length + 1}>
      <caption className="nhsuk-u-visually-hidden">{text.title}. {text.keys}</caption>
      <thead role="rowgroup">
        <tr role="row" aria-rowindex={1}>
          {Object.entries(text.columns).map(([key, words]) => (
            <th role="columnheader" scope="col" key={key} className="nhsuk-table__header">{words}</th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" ref={body} onKeyDown={onKey} onFocus={(event) => setActive(event.target.closest<HTMLElement>('[data-row]')?.dataset.row ?? active)}>
        {items.flatMap((item, n) => {
          const gap = item.start - (items[n - 1]?.end ?? top);
          const id = ids[item.index] ?? '';
          const row = rows.get(id);
          const shown = row
            ? children(row, hits.get(id) ?? noHits, { measure: virtualizer.measureElement, index: item.index, active: item.index === activeIndex })
            : <tr key={id} role="row" aria-rowindex={item.index + 2}><td role="cell" colSpan={7} className="nhsuk-table__cell vr-secondary" style={{ height: ROW }}>{text.loadingRow}</td></tr>;
          return gap > 0 ? [<Space key={`before ${id}`} height={gap} />, shown] : [shown];
        })}
        {total > end && <Space key="after" height={total - end} />}
      </tbody>
    </table>
  );
}

/** In place of rows that are not on the page. */
function Space({ height }: { height: number }) {
  return <tr className="vr-space" aria-hidden="true" role="presentation"><td colSpan={7} role="presentation" style={{ height }} /></tr>;
}
