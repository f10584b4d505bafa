import { lazy, Suspense, useState } from 'react';
import { Button } from '../parts/Button.tsx';
import { Screen } from '../parts/Screen.tsx';
import { TopBar } from '../parts/TopBar.tsx';
import { fault as text } from '../text/common.ts';
import { computer } from '../text/health.ts';

/** Read when it is asked for: this screen is there from the start, in case. */
const HealthScreen = lazy(async () => ({ default: (await import('./HealthScreen.tsx')).HealthScreen }));

/** After a fault in the page: what it means, and the way to what support asks for, which is wanted now. It stands in the place of the whole app. */
export function FaultScreen() {
  const [looking, setLooking] = useState(false);
  return (
    <>
      <TopBar />
      {looking ? <Suspense><HealthScreen onBack={() => setLooking(false)} /></Suspense> : (
        <Screen windowTitle={text.title} heading={text.title}>
          <p>{text.means}</p>
          <p>{text.next} {text.support}</p>
          <Button look="secondary" onClick={() => setLooking(true)}>{computer.title}</Button>
        </Screen>
      )}
    </>
  );
}

/** Where not even that can be shown: nothing in it can fail. */
export function FaultWords() {
  return (
    <main className="vr-main">
      <h1 className="vr-title" tabIndex={-1} ref={(title) => title?.focus()}>{text.title}</h1>
      <p>{text.means}</p>
      <p>{text.next}</p>
    </main>
  );
}
