import { downloads as text } from '../text/room.ts';
import { Tick } from './fields.tsx';
import { useSettings } from './useSettings.tsx';

/** Whether anything is downloaded by itself: in the settings, and beside the downloads. */
export function OnlyAsked() {
  const { settings: { onlyAsked }, change } = useSettings();
  return (
    <>
      <Tick id="onlyAsked" label={text.onlyAsked} ticked={onlyAsked} onTick={(ticked) => change({ onlyAsked: ticked })} />
      <p className="vr-secondary">{text.onlyAskedHint}</p>
    </>
  );
}
