import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { AppState, OpenRecording, Problem, Result } from '../../preload/contract.ts';
import type { ReviewWork } from '../../preload/review.ts';
import { attempt, door } from '../door.ts';
import { Button } from '../parts/Button.tsx';
import { Done } from '../parts/Done.tsx';
import { SessionBar } from '../parts/SessionBar.tsx';
import { StandingBanner } from '../parts/StandingBanner.tsx';
import { UpdateBanner } from '../parts/UpdateBanner.tsx';
import { useAsk } from '../parts/useAsk.ts';
import { SettingsProvider, useSettings } from '../parts/useSettings.tsx';
import { HelpDialog } from '../player/HelpDialog.tsx';
import { isHelpKey } from '../player/keys.ts';
import { usePlace } from '../places.ts';
import { isCovered } from '../presented/covered.ts';
import { readReview } from '../review/useReviewWork.ts';
import { help } from '../text/player.ts';
import { settings as settingsText } from '../text/settings.ts';
import { finish, kept } from '../text/reviewWork.ts';
import { changeSecret } from '../text/start.ts';
import { ChangeSecret } from './ChangeSecret.tsx';
import { HealthScreen } from './HealthScreen.tsx';
import { KeptWorkScreen } from './KeptWorkScreen.tsx';
import { RecordingClosed } from './RecordingClosed.tsx';
import { Review } from './Review.tsx';
import { SettingsScreen } from './SettingsScreen.tsx';
import { StorageScreen } from './StorageScreen.tsx';
import { everything } from './useFound.ts';
import { useWorklist } from './useWorklist.ts';
import { WithheldScreen } from './WithheldScreen.tsx';
import { WorklistScreen } from './WorklistScreen.tsx';
import { WrongPatient, type Told } from './WrongPatient.tsx';

type State = Extract<AppState, { screen: 'room' }>;

/** Where a clinician is within the room. Kept here and not by the main process: leaving the room forgets it. */
type View =
  | { kind: 'list'; declined?: boolean }
  | { kind: 'storage' }
  | { kind: 'secret' }
  | { kind: 'settings' }
  | { kind: 'computer' }
  | { kind: 'kept' }
  | { kind: 'withheld'; id: string }
  /** `from`: the media position that was chosen in the list. */
  | { kind: 'review'; id: string; recording: OpenRecording; work: Result<ReviewWork>; from?: number | undefined }
  | { kind: 'wrong-patient'; grant: string; told: Told }
  | { kind: 'closed'; id: string; problem: Problem; wasOpen: boolean };

export function Room({ state }: { state: State }) {
  return <SettingsProvider lockMinutes={state.idleLockMinutes}><Inside state={state} /></SettingsProvider>;
}

function Inside({ state: { practice, name, role, standing, secret, idleLockMinutes } }: { state: State }) {
  const { worklist, problem, load } = useWorklist();
  const [view, setView] = useState<View>({ kind: 'list' });
  usePlace('room', view.kind);
  const [opening, setOpening] = useState<string | null>(null);
  /** The person's words about what is not theirs any more: that may change with the list. */
  const keptWork = useAsk(() => door.keptWork(), '', worklist);
  const keptCount = keptWork.value?.length ?? 0;
  const [query, setQuery] = useState(everything);

  /** The row whose opening is still wanted: opening may first download, and meanwhile the person may go elsewhere. */
  const wanted = useRef<string | null>(null);
  useEffect(() => () => {
    wanted.current = null;
  }, []);

  const open = async (id: string, from?: number) => {
    if (opening !== null) return;
    setOpening(id);
    wanted.current = id;
    const result = await attempt(door.openRecording(id));
    const work = result.ok && wanted.current === id ? await readReview(id) : null;
    setOpening(null);
    if (wanted.current !== id) {
      if (result.ok) void attempt(door.closeRecording(result.value.grant));
      return;
    }
    // In this turn: what main says next is for that screen to hear.
    if (result.ok && work) flushSync(() => setView({ kind: 'review', id, recording: result.value, work, from }));
    // The person did that themselves, and the list shows it.
    else if (!result.ok && result.error.code !== 'download-stopped') setView({ kind: 'closed', id, problem: result.error, wasOpen: false });
  };
  const toList = () => setView({ kind: 'list' });
  /** The player goes first, with its last word on what it showed; a grant that has ended takes none. */
  const close = (grant: string) => {
    flushSync(toList);
    void attempt(door.closeRecording(grant));
  };

  /** The screen does not wait for the main process: its answer only adds the reference to quote. */
  const sayWrong = (grant: string) => {
    setView({ kind: 'wrong-patient', grant, told: { state: 'working' } });
    void attempt(door.wrongPatient(grant)).then((result) => {
      const told: Told = result.ok ? { state: 'done', reference: result.value.reference } : { state: 'failed' };
      setView((now) => (now.kind === 'wrong-patient' && now.grant === grant ? { ...now, told } : now));
    });
  };

  /** Elsewhere in the room: what was being opened is no longer wanted, and what is on the screen is closed. */
  const go = (next: View) => {
    wanted.current = null;
    flushSync(() => setView(next));
    if (view.kind === 'review') void attempt(door.closeRecording(view.recording.grant));
  };
  const toStorage = () => go({ kind: 'storage' });
  const toRefused = () => {
    setQuery({ ...everything, refused: true });
    go({ kind: 'list' });
  };

  const { settings: { singleKeys } } = useSettings();
  const [helping, setHelping] = useState(false);
  const openHelp = () => {
    // It could not be seen over a player in full screen.
    if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
    setHelping(true);
  };
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const typing = event.target instanceof Element && event.target.closest('input:not([type="radio"], [type="checkbox"]), textarea, select') !== null;
    if (isCovered() || event.defaultPrevented || !isHelpKey(event.key, event.ctrlKey || event.altKey || event.metaKey, singleKeys, typing)) return;
    event.preventDefault();
    openHelp();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);

  const screen = () => {
    switch (view.kind) {
      case 'storage':
        return <StorageScreen worklist={worklist} online={standing.online} onBack={toList} />;
      case 'settings':
        return <SettingsScreen practice={practice} lockMinutes={idleLockMinutes} onHelp={openHelp} onComputer={() => go({ kind: 'computer' })} onBack={toList} />;
      case 'computer':
        return <HealthScreen practice={practice} standing={standing} onBack={() => go({ kind: 'settings' })} />;
      case 'secret':
        return <ChangeSecret present={secret.present} next={secret.next} onBack={toList} />;
      case 'review':
        return (
          <Review
            key={view.recording.grant}
            id={view.id}
            recording={view.recording}
            work={view.work}
            online={standing.online}
            initialPosition={view.from}
            onClose={() => close(view.recording.grant)}
            onWrong={() => sayWrong(view.recording.grant)}
            onDeclined={() => {
              close(view.recording.grant);
              setView({ kind: 'list', declined: true });
            }}
            onStopped={(why) => setView({ kind: 'closed', id: view.id, problem: why, wasOpen: true })}
          />
        );
      case 'wrong-patient':
        return <WrongPatient told={view.told} practice={practice} online={standing.online} onBack={toList} />;
      case 'closed':
        return (
          <RecordingClosed
            problem={view.problem} wasOpen={view.wasOpen} online={standing.online} onBack={toList}
            onDownload={() => {
              toList();
              void attempt(door.download(view.id));
            }}
            onRetry={() => void open(view.id)} onStorage={toStorage} onKept={view.wasOpen && keptCount > 0 ? () => go({ kind: 'kept' }) : undefined}
          />
        );
      case 'withheld':
        return <WithheldScreen id={view.id} worklist={worklist} practice={practice} online={standing.online} onBack={toList} />;
      case 'kept':
        return <KeptWorkScreen kept={keptWork.value} problem={keptWork.problem} onReload={keptWork.reload} onKept={keptWork.set} onBack={toList} />;
      case 'list':
        return (
          <WorklistScreen
            worklist={worklist} problem={problem} onReload={load} online={standing.online} hasBeenSent={standing.lastSync !== null} opening={opening} closed={standing.problem?.code === 'audit-unwritable'}
            query={query} onQuery={setQuery}
            notice={
              <>
                <Done words={finish.declined} times={view.declined === true ? 1 : 0} />
                {keptCount > 0 && <p><button type="button" className="vr-text-button" onClick={() => go({ kind: 'kept' })}>{kept.link(keptCount)}</button></p>}
              </>
            }
            onOpen={(id, position) => void open(id, position)} onWithheld={(id) => go({ kind: 'withheld', id })} onStorage={toStorage}
          />
        );
    }
  };

  return (
    <>
      <SessionBar practice={practice} name={name} role={role}>
        <Button look="reverse" small onClick={openHelp}>{help.button}</Button>
        <Button look="reverse" small onClick={() => go({ kind: 'settings' })}>{settingsText.button}</Button>
        <Button look="reverse" small onClick={() => go({ kind: 'secret' })}>{changeSecret.title(secret.present)}</Button>
      </SessionBar>
      <StandingBanner standing={standing} offlineUse onStorage={view.kind === 'storage' ? undefined : toStorage} onRefused={view.kind === 'review' ? undefined : toRefused} />
      {view.kind !== 'review' && view.kind !== 'computer' && <UpdateBanner onShow={() => go({ kind: 'computer' })} />}
      {screen()}
      {helping && <HelpDialog onClose={() => setHelping(false)} />}
    </>
  );
}
