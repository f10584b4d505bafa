import { useState } from 'react';
import type { AppState, Screen } from '../preload/contract.ts';
import { useAppState } from './appState.ts';
import { ComputerContext } from './computer.ts';
import { TopBar } from './parts/TopBar.tsx';
import { useActivity } from './parts/useActivity.ts';
import { usePlace } from './places.ts';
import { Browser } from './screens/Browser.tsx';
import { ChooseRole } from './screens/ChooseRole.tsx';
import { Forgotten } from './screens/Forgotten.tsx';
import { NoRole } from './screens/NoRole.tsx';
import { ProblemScreen } from './screens/ProblemScreen.tsx';
import { SetSecret } from './screens/SetSecret.tsx';
import { SignIn } from './screens/SignIn.tsx';
import { Starting } from './screens/Starting.tsx';
import { Unlock } from './screens/Unlock.tsx';
import { Waiting } from './screens/Waiting.tsx';
import { closed, starting } from './text/start.ts';
import { useInside, type Inside } from './useInside.ts';

/** The main process decides which screen is shown; this follows it. */
export function App() {
  const state = useAppState();
  /** The screen from which the person went to "This computer": when main shows another, that comes forward. */
  const [lookingFrom, setLookingFrom] = useState<Screen | null>(null);
  if (lookingFrom !== null && lookingFrom !== state.screen) setLookingFrom(null);

  const isIn = state.screen === 'room' || state.screen === 'console' || state.screen === 'kept';
  useActivity(isIn);
  const inside = useInside(state.screen !== 'starting' || lookingFrom !== null);
  const looking = lookingFrom === state.screen && inside !== null;
  usePlace(looking ? 'computer' : state.screen);

  return (
    <ComputerContext value={isIn || looking ? null : () => setLookingFrom(state.screen)}>
      {looking ? (
        <>
          <TopBar />
          <inside.HealthScreen practice={'practice' in state ? state.practice : undefined} onBack={() => setLookingFrom(null)} />
        </>
      ) : <CurrentScreen state={state} inside={inside} />}
      {isIn && inside && <inside.IdleWarning />}
    </ComputerContext>
  );
}

function CurrentScreen({ state, inside }: { state: AppState; inside: Inside | null }) {
  switch (state.screen) {
    case 'starting':
      return <Starting />;
    case 'closed':
      return <Waiting key="closed" {...closed} />;
    case 'problem':
      return <ProblemScreen key={state.problem.code} state={state} />;
    case 'sign-in':
      return <SignIn state={state} />;
    case 'browser':
      return <Browser state={state} />;
    case 'choose-role':
      return <ChooseRole state={state} />;
    case 'no-role':
      return <NoRole state={state} />;
    case 'set-secret':
      return <SetSecret key={state.why} state={state} />;
    case 'forgotten':
      return <Forgotten state={state} />;
    case 'unlock':
      // Another person starts with an empty field.
      return <Unlock key={state.person.vault} state={state} />;
    case 'room':
      return inside ? <inside.Room key={state.role.id} state={state} /> : <Waiting key="starting" {...starting} />;
    case 'console':
      return inside ? <inside.Console key={state.role.id} state={state} /> : <Waiting key="starting" {...starting} />;
    case 'kept':
      return inside ? <inside.KeptIncident state={state} /> : <Waiting key="starting" {...starting} />;
  }
}
