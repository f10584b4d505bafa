import { useEffect, useRef, useState } from 'react';
import type { StorageView, Worklist } from '../../preload/contract.ts';
import { door } from '../door.ts';
import { AppDialog } from '../parts/AppDialog.tsx';
import { BackButton } from '../parts/BackButton.tsx';
import { Button } from '../parts/Button.tsx';
import { ProblemSummary } from '../parts/ErrorSummary.tsx';
import { OnlyAsked } from '../parts/OnlyAsked.tsx';
import { RecordKey } from '../parts/RecordKey.tsx';
import { Screen } from '../parts/Screen.tsx';
import { useAction } from '../parts/useAction.ts';
import { useAsk } from '../parts/useAsk.ts';
import { usePresented } from '../presented/usePresented.ts';
import { dialog } from '../text/common.ts';
import { downloads as downloadWords, storage as text } from '../text/room.ts';
import { formatBytes } from '../words/bytes.ts';
import { bytesOf } from '../words/storage.ts';
import { DownloadList, shownDownloads } from './DownloadList.tsx';
import { StoredCopies } from './StoredCopies.tsx';
import { useRows } from './useRows.ts';

interface Props {
  worklist: Worklist | null;
  online: boolean;
  onBack: () => void;
}

/** What is on its way to this computer, what the copies here use, and which of them can go. The person decides; a suggestion is only ticked for them. */
export function StorageScreen({ worklist, online, onBack }: Props) {
  const { value: storage, set: setStorage, problem, reload } = useAsk(() => door.storage(), '', worklist);
  const action = useAction();
  /** Null until the person changed it: the suggestion. */
  const [ticked, setTicked] = useState<ReadonlySet<string> | null>(null);
  const [confirming, setConfirming] = useState(false);
  const [removed, setRemoved] = useState<{ count: number; bytes: number; times: number } | null>(null);
  const note = useRef<HTMLDivElement>(null);
  const times = removed?.times ?? 0;
  useEffect(() => {
    if (times > 0) note.current?.focus();
  }, [times]);

  const listed = new Set(worklist?.ids);
  const downloads = worklist?.downloads ?? [];
  const coming = new Set(downloads);
  // A copy is named here only while its recording is on the list: what was withdrawn a moment ago may be in the older answer. What is coming is named above.
  const copies = storage?.copies.filter(({ id }) => listed.has(id) && !coming.has(id)) ?? [];
  const { rows } = useRows(worklist, [...shownDownloads(downloads), ...copies.map(({ id }) => id)]);
  const presented = usePresented();
  const isTicked = (copy: StorageView['copies'][number]) => ticked?.has(copy.id) ?? copy.suggested;
  const chosen = copies.filter(isTicked);

  const tick = (id: string, on: boolean) => {
    const next = new Set(chosen.map((copy) => copy.id));
    if (on) next.add(id);
    else next.delete(id);
    setTicked(next);
  };
  const remove = async () => {
    setConfirming(false);
    // They may all have been withdrawn while the question was on the screen.
    if (chosen.length === 0) return;
    const bytes = bytesOf(chosen);
    const result = await action.run(() => door.removeCopies(chosen.map(({ id }) => id)));
    if (!result?.ok) return;
    setStorage(result.value);
    setTicked(new Set());
    setRemoved({ count: chosen.length, bytes, times: times + 1 });
  };

  return (
    <Screen
      wide
      windowTitle={text.title}
      heading={text.title}
      before={
        <>
          <BackButton onPress={onBack}>{text.back}</BackButton>
          {action.problem && <ProblemSummary problem={action.problem} attempt={action.failures} />}
          {problem && <ProblemSummary problem={problem}><Button look="secondary" small onClick={reload}>{text.tryAgain}</Button></ProblemSummary>}
        </>
      }
    >
      {removed && <div className="vr-done" tabIndex={-1} ref={note}><p>{text.done(removed.count, formatBytes(removed.bytes))}</p></div>}
      {(storage === null || worklist === null) && problem === null && <p role="status">{text.loading}</p>}
      {worklist !== null && (
        <section aria-labelledby="downloads">
          <h2 className="nhsuk-heading-m vr-section-title" id="downloads">{downloadWords.title}</h2>
          <OnlyAsked />
          <DownloadList downloads={downloads} rows={rows} isUnsigned={worklist.unsigned} online={online} presented={presented} />
        </section>
      )}
      {storage !== null && worklist !== null && (
        <>
          <h2 className="nhsuk-heading-m vr-section-title">{text.copies}</h2>
          <Use storage={storage} />
          {copies.length === 0 ? downloads.length === 0 && (
            <div className="vr-empty">
              {storage.used > 0 ? <p>{text.unlisted}</p> : (
                <>
                  <h3 className="nhsuk-heading-s">{text.emptyTitle}</h3>
                  <p>{text.empty}</p>
                </>
              )}
            </div>
          ) : (
            <>
              <p>{text.about}{copies.some(({ suggested }) => suggested) && ` ${text.suggestion}`}</p>
              <Choice storage={storage} count={chosen.length} bytes={bytesOf(chosen)} busy={action.busy} onRemove={() => setConfirming(true)} />
              <StoredCopies copies={copies} rows={rows} isUnsigned={worklist.unsigned} presented={presented} isTicked={isTicked} onTick={tick} />
            </>
          )}
        </>
      )}
      <RecordKey />
      {confirming && (
        <Confirm chosen={chosen} online={online} onCancel={() => setConfirming(false)} onRemove={() => void remove()} />
      )}
    </Screen>
  );
}

function Use({ storage: { used, budget, free } }: { storage: StorageView }) {
  return (
    <div className="vr-use">
      <p>{text.used(formatBytes(used), formatBytes(budget))} {text.free(formatBytes(free))}</p>
      {/* The words above say the same. */}
      <meter className="vr-use__bar" min={0} max={budget} value={Math.min(used, budget)} aria-label={text.bar} />
      {used > budget && <p><strong>{text.over}</strong></p>}
    </div>
  );
}

/** How much is ticked and whether that is enough; stays in sight above a long list. */
function Choice({ storage: { waiting, needed }, count, bytes, busy, onRemove }: { storage: StorageView; count: number; bytes: number; busy: boolean; onRemove: () => void }) {
  const room = waiting === 0 || needed === 0 ? '' : needed > bytes ? text.short(waiting, formatBytes(needed - bytes)) : text.enough(waiting);
  return (
    <div className="vr-choice">
      <Button small className="vr-button-flush" unavailable={busy || count === 0} aria-describedby="choice" onClick={onRemove}>
        {busy ? text.removing : text.remove(count, formatBytes(bytes))}
      </Button>
      <p role="status" id="choice">{text.selected(count, formatBytes(bytes))} {room}</p>
    </div>
  );
}

function Confirm({ chosen, online, onCancel, onRemove }: { chosen: StorageView['copies']; online: boolean; onCancel: () => void; onRemove: () => void }) {
  const toReview = chosen.filter(({ progress }) => progress !== 'reviewed').length;
  return (
    <AppDialog
      title={text.confirm.title(chosen.length)}
      onDismiss={onCancel}
      buttons={
        <>
          <Button look="warning" onClick={onRemove}>{text.confirm.yes(chosen.length)}</Button>
          <Button look="secondary" onClick={onCancel}>{dialog.cancel}</Button>
        </>
      }
    >
      <p>{text.confirm.body(formatBytes(bytesOf(chosen)))}</p>
      {toReview > 0 && <p>{text.confirm.toReview(toReview, chosen.length)}</p>}
      {!online && <p>{text.confirm.offline}</p>}
    </AppDialog>
  );
}
