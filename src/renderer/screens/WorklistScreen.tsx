import { useId, type ReactNode } from 'react';
import type { Problem, Worklist } from '../../preload/contract.ts';
import { Button } from '../parts/Button.tsx';
import { Empty } from '../parts/Empty.tsx';
import { ProblemSummary } from '../parts/ErrorSummary.tsx';
import { Screen } from '../parts/Screen.tsx';
import { useNow } from '../parts/useNow.ts';
import { usePresented } from '../presented/usePresented.ts';
import { unsigned } from '../text/common.ts';
import { list as text, withheld } from '../text/room.ts';
import { matches } from '../words/search.ts';
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
  typed: string;
  onType: (typed: string) => void;
  onOpen: (id: string) => void;
  onWithheld: (id: string) => void;
  onStorage: () => void;
  /** Above the list: what the person should know first. */
  notice?: ReactNode;
}

export function WorklistScreen(props: Props) {
  const { worklist, problem, onReload, typed } = props;
  const rows = worklist?.rows.filter((row) => matches(row, typed)) ?? [];
  return (
    <Screen
      wide
      windowTitle={text.title}
      heading={text.title}
      before={problem && <ProblemSummary problem={problem}><Button look="secondary" small onClick={onReload}>{text.tryAgain}</Button></ProblemSummary>}
    >
      {props.notice}
      {worklist === null && problem === null && <p role="status">{text.loading}</p>}
      {worklist?.rows.length === 0 && !props.closed && <Empty {...emptyWords(worklist, props.hasBeenSent)} />}
      {worklist !== null && worklist.rows.length > 0 && <Rows {...props} rows={rows} all={worklist.rows.length} withheldCount={worklist.withheld.length} isUnsigned={worklist.unsigned} />}
      {worklist !== null && worklist.withheld.length > 0 && <WithheldList rows={worklist.withheld} onWhy={props.onWithheld} />}
      {worklist !== null && worklist.notYours > 0 && <p className="vr-notice vr-not-yours">{text.notYours(worklist.notYours)}</p>}
    </Screen>
  );
}

function emptyWords({ withheld }: Worklist, hasBeenSent: boolean): { title: string; body: string } {
  if (withheld.length > 0) return text.empty.withheld;
  return hasBeenSent ? text.empty.none : text.empty.never;
}

function Rows({ rows, all, withheldCount, isUnsigned, online, opening, typed, onType, onOpen, onStorage }: Props & { rows: Worklist['rows']; all: number; withheldCount: number; isUnsigned: boolean }) {
  const searchId = useId();
  const presented = usePresented();
  const now = useNow(60_000);
  const { columns } = text;
  return (
    <>
      {isUnsigned && <p className="vr-notice"><strong>{unsigned.heading}.</strong> {unsigned.body}</p>}
      <div className="vr-search" role="search">
        <label className="nhsuk-label" htmlFor={searchId}>{text.search}</label>
        <div className="vr-search__line">
          <input
            className="nhsuk-input vr-search__input" id={searchId} type="search" autoComplete="off" spellCheck={false} value={typed}
            onChange={(event) => onType(event.target.value)}
          />
          {typed !== '' && <Button look="secondary" small onClick={() => onType('')}>{text.clear}</Button>}
          <p className="vr-search__count" role="status">{text.count(rows.length, all)}</p>
          {withheldCount > 0 && (
            <button type="button" className="vr-text-button" onClick={() => document.getElementById('withheld')?.scrollIntoView()}>
              {withheld.alsoWithheld(withheldCount)}
            </button>
          )}
          <button type="button" className="vr-text-button vr-search__storage" onClick={onStorage}>{text.storage}</button>
        </div>
      </div>
      {rows.length === 0 ? (
        <p className="vr-empty">{text.noneFound(typed.trim())}</p>
      ) : (
        <table className="nhsuk-table nhsuk-table--compact vr-table" role="table">
          <caption className="nhsuk-u-visually-hidden">{text.title}</caption>
          <thead role="rowgroup">
            <tr role="row">
              {Object.entries(columns).map(([key, words]) => (
                <th role="columnheader" scope="col" key={key} className="nhsuk-table__header">{words}</th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {rows.map((row) => (
              <WorklistRowView key={row.id} row={row} isUnsigned={isUnsigned} online={online} now={now} opening={opening} onOpen={onOpen} onStorage={onStorage} presented={presented} />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
