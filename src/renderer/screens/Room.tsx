import { useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { AppState, OpenRecording, Problem } from '../../preload/contract.ts';
import { attempt, door } from '../door.ts';
import { Button } from '../parts/Button.tsx';
import { SessionBar } from '../parts/SessionBar.tsx';
import { StandingBanner } from '../parts/StandingBanner.tsx';
import { changeSecret } from '../text/start.ts';
import { ChangeSecret } from './ChangeSecret.tsx';
import { RecordingClosed } from './RecordingClosed.tsx';
import { Review } from './Review.tsx';
import { StorageScreen } from './StorageScreen.tsx';
import { useWorklist } from './useWorklist.ts';
import { WithheldScreen } from './WithheldScreen.tsx';
import { WorklistScreen } from './WorklistScreen.tsx';
import { WrongPatient, type Told } from './WrongPatient.tsx';

type State = Extract<AppState, { screen: 'room' }>;

/** Where a clinician is within the room. Kept here and not by the main process: leaving the room forgets it. */
type View =
  | { kind: 'list' }
  | { kind: 'storage' }
  | { kind: 'secret' }
  | { kind: 'withheld'; id: string }
  | { kind: 'review'; id: string; recording: OpenRecording }
  | { kind: 'wrong-patient'; grant: string; told: Told }
  | { kind: 'closed'; id: string; problem: Problem; wasOpen: boolean };

export function Room({ state: { practice, name, role, standing, secret } }: { state: State }) {
  const { worklist, problem, load } = useWorklist();
  const [view, setView] = useState<View>({ kind: 'list' });
  const [opening, setOpening] = useState<string | null>(null);
  const [typed, setTyped] = useState('');

  /** The row whose opening is still wanted: opening may first download, and meanwhile the person may go elsewhere. */
  const wanted = useRef<string | null>(null);
  useEffect(() => () => {
    wanted.current = null;
  }, []);

  const open = async (id: string) => {
    if (opening !== null) return;
    setOpening(id);
    wanted.current = id;
    const result = await attempt(door.openRecording(id));
    setOpening(null);
    if (wanted.current !== id) {
      if (result.ok) void attempt(door.closeRecording(result.value.grant));
      return;
    }
    if (result.ok) setView({ kind: 'review', id, recording: result.value });
    else setView({ kind: 'closed', id, problem: result.error, wasOpen: false });
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

  const screen = () => {
    switch (view.kind) {
      case 'storage':
        return <StorageScreen worklist={worklist} online={standing.online} onBack={toList} />;
      case 'secret':
        return <ChangeSecret present={secret.present} next={secret.next} onBack={toList} />;
      case 'review':
        return (
          <Review
            key={view.recording.grant}
            recording={view.recording}
            onClose={() => close(view.recording.grant)}
            onWrong={() => sayWrong(view.recording.grant)}
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
            onRetry={() => void open(view.id)} onStorage={toStorage}
          />
        );
      case 'withheld':
        return <WithheldScreen id={view.id} worklist={worklist} practice={practice} online={standing.online} onBack={toList} />;
      case 'list':
        return (
          <WorklistScreen
            worklist={worklist} problem={problem} onReload={load} online={standing.online} hasBeenSent={standing.lastSync !== null} opening={opening} closed={standing.problem?.code === 'audit-unwritable'}
            typed={typed} onType={setTyped}
            onOpen={(id) => void open(id)} onWithheld={(id) => go({ kind: 'withheld', id })} onStorage={toStorage}
          />
        );
    }
  };

  return (
    <>
      <SessionBar practice={practice} name={name} role={role}>
        <Button look="reverse" small onClick={() => go({ kind: 'secret' })}>{changeSecret.title(secret.present)}</Button>
      </SessionBar>
      <StandingBanner standing={standing} offlineUse onStorage={view.kind === 'storage' ? undefined : toStorage} />
      {screen()}
    </>
  );
}
