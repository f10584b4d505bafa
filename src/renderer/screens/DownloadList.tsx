import { useRef, useState } from 'react';
import type { WorklistRow } from '../../preload/contract.ts';
import { attempt, door } from '../door.ts';
import { Button } from '../parts/Button.tsx';
import { Done } from '../parts/Done.tsx';
import { DownloadProgress } from '../parts/DownloadProgress.tsx';
import { StatusTags } from '../parts/StatusTags.tsx';
import { useAction } from '../parts/useAction.ts';
import type { PresentedReporter } from '../presented/PresentedReporter.ts';
import { usePresentedRow } from '../presented/usePresented.ts';
import { problemWords } from '../text/problems.ts';
import { downloads as text, list } from '../text/room.ts';
import { formatProgress } from '../words/bytes.ts';
import { copyActions } from '../words/copyActions.ts';
import { formatDate } from '../words/time.ts';

/** What comes by itself may be thousands: so many are shown, those under way and those that wait for the person first. */
const SHOWN = 20;
export const shownDownloads = (downloads: readonly string[]): readonly string[] => downloads.slice(0, SHOWN);

interface Props {
  /** Rows of the list, by id, in the order in which they are of interest. */
  downloads: readonly string[];
  rows: ReadonlyMap<string, WorklistRow>;
  isUnsigned: boolean;
  online: boolean;
  presented: PresentedReporter;
}

/** All that is coming, waits, is paused or did not come, and what can be done with it. */
export function DownloadList({ downloads, rows, isUnsigned, online, presented }: Props) {
  const [cancelled, setCancelled] = useState(0);
  const shown = shownDownloads(downloads).flatMap((id) => rows.get(id) ?? []);
  const more = downloads.length - SHOWN;
  return (
    <>
      <Done words={text.cancelled} times={cancelled} />
      {downloads.length === 0 ? <p>{text.none}</p> : (
        <table className="nhsuk-table nhsuk-table--compact vr-table" role="table">
          <caption className="nhsuk-u-visually-hidden">{text.title}</caption>
          <thead role="rowgroup">
            <tr role="row">
              {Object.entries(text.columns).map(([key, words]) => <th role="columnheader" scope="col" key={key} className="nhsuk-table__header">{words}</th>)}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {shown.map((row) => (
              <DownloadRow key={row.id} row={row} isUnsigned={isUnsigned} online={online} presented={presented} onCancelled={() => setCancelled((count) => count + 1)} />
            ))}
          </tbody>
        </table>
      )}
      {more > 0 && <p>{text.more(more)}</p>}
    </>
  );
}

type RowProps = Pick<Props, 'isUnsigned' | 'online' | 'presented'> & { row: WorklistRow; onCancelled: () => void };

function DownloadRow({ row, isUnsigned, online, presented, onCancelled }: RowProps) {
  const { id, patient, title, copy } = row;
  const element = usePresentedRow(presented, id);
  const which = list.which(patient.name, title);
  const problem = copy.problem && problemWords(copy.problem);
  return (
    <tr role="row" className="nhsuk-table__row" ref={element}>
      <td role="cell" className="nhsuk-table__cell vr-cell--patient">
        <strong>{patient.name}</strong>
        <span className="vr-line">{list.born} {formatDate(patient.dateOfBirth)}</span>
      </td>
      <td role="cell" className="nhsuk-table__cell vr-cell--consultation">
        <span className="vr-row-title">{title}</span>
        <span className="vr-tags"><StatusTags isSensitive={row.sensitive} sensitiveKinds={row.sensitiveKinds} isUnsigned={isUnsigned} /></span>
      </td>
      <td role="cell" className="nhsuk-table__cell vr-cell--download">
        {copy.state === 'downloading' ? <DownloadProgress copy={copy} which={which} withRate /> : (
          <>
            {list.copy[copy.state]}
            <span className="vr-line">{formatProgress(copy.received, copy.total)}</span>
          </>
        )}
        {problem && <span className="vr-line vr-why">{problem.what}. {problem.means}</span>}
      </td>
      <td role="cell" className="nhsuk-table__cell vr-cell--steer"><Steer row={row} which={which} online={online} onCancelled={onCancelled} /></td>
    </tr>
  );
}

/** Its buttons. The one that pauses stays the same button when it then resumes, so that it keeps the focus. */
function Steer({ row, which, online, onCancelled }: { row: WorklistRow; which: string; online: boolean; onCancelled: () => void }) {
  const { id, copy: { state } } = row;
  const { download } = copyActions(row, online);
  const action = useAction();
  const main = useRef<HTMLDivElement>(null);
  const named = (words: string) => <>{words}<span className="nhsuk-u-visually-hidden">{which}</span></>;
  /** Answers only at its end, which shows by itself. */
  const ask = () => void attempt(door.download(id));
  const isPausable = state === 'downloading' || state === 'queued';
  const askWords = download === 'again' ? list.tryAgain : list.resume;
  return (
    <>
      <div className="vr-steer" ref={main}>
        {(isPausable || download !== null) && (
          <Button
            key="main" look="secondary" small className="vr-button-flush"
            onClick={() => {
              if (isPausable) void action.run(() => door.pauseDownload(id));
              else ask();
            }}
          >
            {named(isPausable ? text.pause : askWords)}
          </Button>
        )}
        {download === 'now' && (
          <Button
            key="now" look="secondary" small className="vr-button-flush"
            onClick={() => {
              // The button goes with what it asks for, and must not take the focus with it.
              main.current?.querySelector('button')?.focus();
              ask();
            }}
          >
            {named(list.now)}
          </Button>
        )}
        <Button
          key="cancel" look="secondary" small className="vr-button-flush"
          onClick={() => void action.run(() => door.cancelDownload(id)).then((result) => {
            if (result?.ok) onCancelled();
          })}
        >
          {named(text.cancel)}
        </Button>
      </div>
      {action.problem && <span className="vr-line vr-why">{problemWords(action.problem).what}.</span>}
    </>
  );
}
