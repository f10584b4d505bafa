import { useEffect, useState } from 'react';
import { attempt, door } from '../door.ts';
import { idle } from '../text/start.ts';
import { countdown } from '../words/time.ts';
import { AppDialog } from './AppDialog.tsx';
import { Button } from './Button.tsx';

/** Warns before the idle lock and offers to stay. */
export function IdleWarning() {
  const [secondsLeft, setSecondsLeft] = useState<number | null>(null);

  useEffect(
    () =>
      door.onIdle((warning) => {
        // The warning cannot be seen over a player in full screen.
        if (warning.secondsLeft !== null && document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
        setSecondsLeft(warning.secondsLeft);
      }),
    [],
  );

  // Counts on by itself between what the main process says.
  useEffect(() => {
    if (secondsLeft === null || secondsLeft <= 0) return undefined;
    const timer = setTimeout(() => setSecondsLeft((left) => (left === null ? null : Math.max(0, left - 1))), 1000);
    return () => clearTimeout(timer);
  }, [secondsLeft]);

  if (secondsLeft === null) return null;
  const stay = () => {
    setSecondsLeft(null);
    void attempt(door.activity());
  };
  return (
    <AppDialog title={idle.title} onDismiss={stay} buttons={<Button autoFocus onClick={stay}>{idle.stay}</Button>}>
      <p role="timer">{idle.body(countdown(secondsLeft))}</p>
    </AppDialog>
  );
}
