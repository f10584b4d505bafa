import { useEffect, useRef, useState } from 'react';
import type { AppState, OpenRecording, Problem } from '../../preload/contract.ts';
import { attempt, door } from '../door.ts';
import { SessionBar } from '../parts/SessionBar.tsx';
import { StandingBanner } from '../parts/StandingBanner.tsx';
import { RecordingClosed } from './RecordingClosed.tsx';
import { Review } from './Review.tsx';
import { useWorklist } from './useWorklist.ts';
import { WithheldScreen } from './WithheldScreen.tsx';
import { WorklistScreen } from './WorklistScreen.tsx';

type State = Extract<AppState, { screen: 'room' }>;

/** Where a clinician is within the room. Kept here and not by the main process: leaving the room forgets it. */
type View =
  | { kind: 'list' }
  | { kind: 'withheld'; id: string }
  | { kind: 'review'; id: string; recording: OpenRecording }
  | { kind: 'closed'; id: string; problem: Problem; wasOpen: boolean };

export function Room({ state: { practice, name, role, standing } }: { state: State }) {
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
  const close = (grant: string) => {
    toList();
    void attempt(door.closeRecording(grant));
  };

  const screen = () => {
    switch (view.kind) {
      case 'review':
        return (
          <Review
            key={view.recording.grant}
            recording={view.recording}
            onClose={() => close(view.recording.grant)}
            onStopped={(why) => setView({ kind: 'closed', id: view.id, problem: why, wasOpen: true })}
          />
        );
      case 'closed':
        return (
          <RecordingClosed
            problem={view.problem} wasOpen={view.wasOpen} online={standing.online} onBack={toList}
            onDownload={() => {
              toList();
              void attempt(door.download(view.id));
            }}
            onRetry={() => void open(view.id)}
          />
        );
      case 'withheld':
        return <WithheldScreen id={view.id} worklist={worklist} practice={practice} online={standing.online} onBack={toList} />;
      case 'list':
        return (
          <WorklistScreen
            worklist={worklist} problem={problem} onReload={load} online={standing.online} opening={opening}
            typed={typed} onType={setTyped}
            onOpen={(id) => void open(id)} onWithheld={(id) => {
              wanted.current = null;
              setView({ kind: 'withheld', id });
            }}
          />
        );
    }
  };

  return (
    <>
      <SessionBar practice={practice} name={name} role={role} />
      <StandingBanner standing={standing} offlineUse />
      {screen()}
    </>
  );
}
