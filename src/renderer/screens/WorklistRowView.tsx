import { Tag } from 'nhsuk-react-components';
import { memo, useCallback, useId } from 'react';
import type { WorklistRow } from '../../preload/contract.ts';
import type { Hit } from '../../preload/review.ts';
import { door } from '../door.ts';
import { Button } from '../parts/Button.tsx';
import { DownloadProgress } from '../parts/DownloadProgress.tsx';
import { StatusTags } from '../parts/StatusTags.tsx';
import { useAction } from '../parts/useAction.ts';
import type { PresentedReporter } from '../presented/PresentedReporter.ts';
import { usePresentedRow } from '../presented/usePresented.ts';
import { mediumWords, purposeWords } from '../text/common.ts';
import { problemWords } from '../text/problems.ts';
import { list as text } from '../text/room.ts';
import { RowHits } from './RowHits.tsx';
import { copyActions, type DownloadAction } from '../words/copyActions.ts';
import { copyLabel, isBrokenOff } from '../words/copyLabel.ts';
import { formatNhsNumber } from '../words/nhsNumber.ts';
import { needsRoom } from '../words/storage.ts';
import { dueWords, formatClock, formatDate, formatShortDay } from '../words/time.ts';

interface Props {
  row: WorklistRow;
  isUnsigned: boolean;
  online: boolean;
  now: number;
  opening: string | null;
  onOpen: (id: string, position?: number) => void;
  onStorage: () => void;
  presented: PresentedReporter;
  hits: readonly Hit[];
  index: number;
  active: boolean;
  measure: (element: HTMLTableRowElement | null) => void;
}

/** While the list goes by, and with each letter that is searched for, most rows stay as they are. */
export const WorklistRowView = memo(function WorklistRowView({ row, isUnsigned, online, now, opening, onOpen, onStorage, presented, hits, index, active, measure }: Props) {
  const reasonId = useId();
  const watch = usePresentedRow(presented, row.id);
  const element = useCallback((tr: HTMLTableRowElement) => {
    measure(tr);
    const unwatch = watch(tr);
    return () => {
      unwatch();
      measure(null);
    };
  }, [measure, watch]);
  const { patient } = row;
  const { blocked, download } = copyActions(row, online);
  const due = row.due === null ? null : dueWords(row.due, now);
  const which = text.which(patient.name, row.title);
  const isOpening = opening === row.id;
  return (
    <tr role="row" className="nhsuk-table__row" ref={element} data-index={index} data-row={row.id} aria-rowindex={index + 2} tabIndex={active ? 0 : -1}>
      <td role="cell" className="nhsuk-table__cell vr-cell--patient">
        <strong>{patient.name}</strong>
        <span className="vr-line">{text.born} {formatDate(patient.dateOfBirth)}</span>
        <span className="vr-line">{patient.nhsNumber === null ? text.noNhs : <><abbr title={text.nhs}>NHS</abbr> <span className="vr-number">{formatNhsNumber(patient.nhsNumber)}</span></>}</span>
      </td>
      <td role="cell" className="nhsuk-table__cell vr-cell--consultation">
        <span className="vr-row-title">{row.title}</span>
        <span className="vr-line">{formatShortDay(row.consultedAt)}, {formatClock(row.consultedAt)} · {mediumWords[row.medium]}</span>
        <span className="vr-tags"><StatusTags isSensitive={row.sensitive} sensitiveKinds={row.sensitiveKinds} isUnsigned={isUnsigned} /></span>
        <RowHits hits={hits} which={which} unavailable={blocked !== null || isOpening} onOpen={(position) => onOpen(row.id, position)} />
      </td>
      <td role="cell" className="nhsuk-table__cell">
        {row.review === 'own' ? text.own : text.peer}
        <span className="vr-line">{purposeWords(row.purpose)}</span>
      </td>
      <td role="cell" className="nhsuk-table__cell vr-cell--due" data-label={text.columns.due}>
        {due === null ? <span className="vr-secondary">{text.noDue}</span> : due.words}
        {due?.overdue === true && row.progress !== 'reviewed' && <span className="vr-line vr-overdue">{text.overdue}</span>}
      </td>
      <td role="cell" className="nhsuk-table__cell">
        <Tag className="vr-tag vr-tag--progress" {...(row.progress === 'new' ? { modifier: 'white' } : row.progress === 'reviewed' ? { modifier: 'green' } : {})}>
          {text.progress[row.progress]}
        </Tag>
      </td>
      <td role="cell" className="nhsuk-table__cell vr-cell--copy">
        <CopyCell row={row} which={which} download={download} onStorage={onStorage} />
      </td>
      <td role="cell" className="nhsuk-table__cell vr-cell--action">
        <Button
          small
          className="vr-button-flush"
          look={row.progress === 'reviewed' ? 'secondary' : 'primary'}
          unavailable={blocked !== null || isOpening}
          aria-describedby={blocked === null ? undefined : reasonId}
          onClick={() => onOpen(row.id)}
        >
          {isOpening ? text.opening : row.progress === 'reviewed' ? text.reviewAgain : text.review}
          <span className="nhsuk-u-visually-hidden">{which}</span>
        </Button>
        {blocked !== null && <span className="vr-line" id={reasonId}>{text.disabled[blocked]}</span>}
      </td>
    </tr>
  );
});

interface CopyProps {
  row: WorklistRow;
  which: string;
  download: DownloadAction | null;
  onStorage: () => void;
}

function CopyCell({ row: { id, copy, offline }, which, download, onStorage }: CopyProps) {
  const action = useAction();
  const problem = action.problem ?? copy.problem;
  const words = problem && problemWords(problem);
  return (
    <>
      {copy.state === 'downloading' ? (
        <DownloadProgress copy={copy} which={which} />
      ) : (
        <span className={copy.state === 'sealed' ? 'vr-ready' : undefined}>{copyLabel(copy, offline)}</span>
      )}
      {words && copy.state !== 'sealed' && <span className="vr-line vr-why">{isBrokenOff({ ...copy, problem }) ? text.copy.goesOn : `${words.what}. ${words.means}`}</span>}
      {copy.state !== 'sealed' && needsRoom(problem) && <button type="button" className="vr-text-button vr-to-storage" onClick={onStorage}>{text.toStorage}</button>}
      {download !== null && (
        <Button look="secondary" small className="vr-button-flush vr-button-inline" unavailable={action.busy} onClick={() => void action.run(() => door.download(id))}>
          {{ first: text.download, again: text.tryAgain, now: text.now, resume: text.resume }[download]}
          <span className="nhsuk-u-visually-hidden">{which}</span>
        </Button>
      )}
    </>
  );
}
