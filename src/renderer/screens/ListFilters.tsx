import { useId, useRef } from 'react';
import type { ListQuery } from '../../preload/review.ts';
import { filters as text } from '../text/list.ts';
import { everything, isFiltered } from './useFound.ts';

interface Props {
  query: ListQuery;
  onQuery: (query: ListQuery) => void;
  counts: Record<string, number>;
}

/** What the list is narrowed to, each with how many there are, and its order. */
export function ListFilters({ query, onQuery, counts }: Props) {
  const sortId = useId();
  const first = useRef<HTMLDivElement>(null);
  const chip = (key: string, words: string, on: boolean, next: Partial<ListQuery>, count: number | undefined) => (
    <button key={key} type="button" className="vr-filter" aria-pressed={on} onClick={() => onQuery({ ...query, ...next })}>
      {words}{count !== undefined && <span className="vr-filter__count"> {text.of(count)}</span>}
    </button>
  );
  const stages = ['new', 'in-progress', 'reviewed'] as const;
  const without = (stage: typeof stages[number]) => query.progress.filter((one) => one !== stage);
  /** The button goes with what it clears, and must not take the focus with it. */
  const clear = () => {
    onQuery({ ...everything, sort: query.sort, descending: query.descending });
    first.current?.querySelector('button')?.focus();
  };
  return (
    <div className="vr-filters">
      <div role="group" ref={first} aria-label={text.groups.due} className="vr-filters__group">
        {(['overdue', 'today', 'week'] as const).map((due) => chip(due, text.due[due], query.due === due, { due: query.due === due ? 'any' : due }, counts[due]))}
      </div>
      <div role="group" aria-label={text.groups.progress} className="vr-filters__group">
        {stages.map((stage) => chip(stage, text.progress[stage], query.progress.includes(stage), { progress: query.progress.includes(stage) ? without(stage) : [...query.progress, stage] }, counts[stage]))}
      </div>
      <div role="group" aria-label={text.groups.copy} className="vr-filters__group">
        {(['here', 'not-here'] as const).map((copy) => chip(copy, text.copy[copy], query.copy === copy, { copy: query.copy === copy ? 'any' : copy }, copy === 'here' ? counts.here : (counts.all ?? 0) - (counts.here ?? 0)))}
      </div>
      <div role="group" aria-label={text.groups.review} className="vr-filters__group">
        {(['own', 'peer'] as const).map((review) => chip(review, text.review[review], query.review === review, { review: query.review === review ? 'any' : review }, counts[review]))}
      </div>
      {/* Hardly ever there is any: nobody has to read past it before. */}
      {((counts.refused ?? 0) > 0 || query.refused) && (
        <div role="group" aria-label={text.groups.refused} className="vr-filters__group">{chip('refused', text.refused, query.refused, { refused: !query.refused }, counts.refused)}</div>
      )}
      {isFiltered(query) && <button type="button" className="vr-text-button" onClick={clear}>{text.clear}</button>}
      <div className="vr-filters__sort">
        <label htmlFor={sortId}>{text.sort}</label>
        <select id={sortId} className="nhsuk-select" value={query.sort} onChange={(event) => onQuery({ ...query, sort: event.target.value as ListQuery['sort'], descending: event.target.value === 'consulted' })}>
          {Object.entries(text.sorts).map(([sort, words]) => <option key={sort} value={sort}>{words}</option>)}
        </select>
      </div>
    </div>
  );
}
