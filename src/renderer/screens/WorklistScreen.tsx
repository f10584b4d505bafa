import { useCallback, useEffect, useId, useLayoutEffect, useRef, type ReactNode } from 'react';
import type { Problem, Worklist } from '../../preload/contract.ts';
import type { ListQuery } from '../../preload/review.ts';
import { Button } from '../parts/Button.tsx';
import { Empty } from '../parts/Empty.tsx';
import { ProblemSummary } from '../parts/ErrorSummary.tsx';
import { Screen } from '../parts/Screen.tsx';
import { useNow } from '../parts/useNow.ts';
import { isCovered } from '../presented/covered.ts';
import { usePresented } from '../presented/usePresented.ts';
import { unsigned } from '../text/common.ts';
import { filters } from '../text/list.ts';
import { list as text, withheld } from '../text/room.ts';
import { whyNothing } from '../words/list.ts';
import { ListFilters } from './ListFilters.tsx';
import { RowTable } from './RowTable.tsx';
import { useFound } from './useFound.ts';
import { WithheldList } from './WithheldList.tsx';
import { WorklistRowView } from './WorklistRowView.tsx';

interface Props {
  worklist: Worklist | null;
  problem: Problem | null;
  onReload: () => void;
  online: boolean;
  /** The practice has sent a list to this computer. */
  hasBeenSent: boolean;
  /** What is shown cannot be recorded: nothing is, and that is said elsewhere. */
  closed: boolean;
  /** The row being opened. */
  opening: string | null;
  query: ListQuery;
  onQuery: (query: ListQuery) => void;
  /** With the media position to begin at, where there is one. */
  onOpen: (id: string, position?: number) => void;
  onWithheld: (id: string) => void;
  onStorage: () => void;
  /** Above the list: what the person should know first. */
  notice?: ReactNode;
}

export function WorklistScreen(props: Props) {
  const { worklist, problem, onReload } = props;
  return (
    <Screen
      wide
      windowTitle={text.title}
      heading={text.title}
      before={problem && <ProblemSummary problem={problem}><Button look="secondary" small onClick={onReload}>{text.tryAgain}</Button></ProblemSummary>}
    >
      {props.notice}
      {worklist === null && problem === null && <p role="status">{text.loading}</p>}
      {worklist?.ids.length === 0 && worklist.checking === 0 && !props.closed && <Empty {...emptyWords(worklist, props.hasBeenSent)} />}
      {worklist !== null && worklist.ids.length > 0 && <Rows {...props} worklist={worklist} isUnsigned={worklist.unsigned} />}
      {worklist !== null && worklist.withheld.length > 0 && <WithheldList rows={worklist.withheld} onWhy={props.onWithheld} />}
      {worklist !== null && worklist.notYours > 0 && <p className="vr-notice vr-not-yours">{text.notYours(worklist.notYours)}</p>}
    </Screen>
  );
}

function emptyWords({ withheld }: Worklist, hasBeenSent: boolean): { title: string; body: string } {
  if (withheld.length > 0) return text.empty.withheld;
  return hasBeenSent ? text.empty.none : text.empty.never;
}

function Rows({ worklist, query, onQuery, isUnsigned, online, opening, onOpen, onStorage }: Props & { worklist: Worklist; isUnsigned: boolean }) {
  const searchId = useId();
  const field = useRef<HTMLInputElement>(null);
  const presented = usePresented();
  const now = useNow(60_000);
  const { found, problem } = useFound(worklist, query);
  const typed = query.text;
  // Rows are not drawn anew because what is above them was.
  const asked = useRef({ onOpen, onStorage });
  useLayoutEffect(() => {
    asked.current = { onOpen, onStorage };
  });
  const open = useCallback((id: string, position?: number) => asked.current.onOpen(id, position), []);
  const toStorage = useCallback(() => asked.current.onStorage(), []);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof Element && event.target.closest('input, textarea, select') !== null;
      if (event.key !== '/' || event.ctrlKey || event.altKey || event.metaKey || typing || isCovered()) return;
      event.preventDefault();
      field.current?.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  /** The button goes with the text, and must not take the focus with it. */
  const clear = () => {
    onQuery({ ...query, text: '' });
    field.current?.focus();
  };

  return (
    <>
      {isUnsigned && <p className="vr-notice"><strong>{unsigned.heading}.</strong> {unsigned.body}</p>}
      {problem && <ProblemSummary problem={problem} />}
      <div className="vr-search" role="search">
        <label className="nhsuk-label" htmlFor={searchId}>{text.search}</label>
        <div className="vr-search__line">
          <input
            className="nhsuk-input vr-search__input" id={searchId} type="search" autoComplete="off" spellCheck={false} maxLength={200} value={typed} ref={field} aria-keyshortcuts="/"
            onChange={(event) => onQuery({ ...query, text: event.target.value })}
          />
          {typed !== '' && <Button look="secondary" small onClick={clear}>{text.clear}</Button>}
          <p className="vr-search__count" role="status">{found && text.count(found.ids.length, worklist.ids.length)}{worklist.checking > 0 && ` ${filters.checking(worklist.checking)}`}</p>
          {worklist.withheld.length > 0 && (
            <button type="button" className="vr-text-button" onClick={() => document.getElementById('withheld')?.scrollIntoView()}>
              {withheld.alsoWithheld(worklist.withheld.length)}
            </button>
          )}
          <button type="button" className="vr-text-button vr-search__storage" onClick={onStorage}>{text.storage}</button>
        </div>
      </div>
      <ListFilters query={query} onQuery={onQuery} counts={found?.counts ?? {}} />
      {found?.ids.length === 0 && <p className="vr-empty">{whyNothing(found.query, worklist.withheld.length > 0)}</p>}
      {found !== null && found.ids.length > 0 && (
        <RowTable found={found} onOpen={open}>
          {(row, hits, { measure, index, active }) => (
            <WorklistRowView
              key={row.id} row={row} isUnsigned={isUnsigned} online={online} now={now} opening={opening} onOpen={open} onStorage={toStorage} presented={presented}
              hits={hits} measure={measure} index={index} active={active}
            />
          )}
        </RowTable>
      )}
    </>
  );
}
