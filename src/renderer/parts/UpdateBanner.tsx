import { updates as text } from '../text/updates.ts';
import { useUpdates } from './useUpdates.ts';

/** One quiet line where there is an update to restart for, or none of it is to be put off any more. Nothing is done from here: that is for the place where it says what it means. */
export function UpdateBanner({ onShow }: { onShow: () => void }) {
  const view = useUpdates();
  if (!view) return null;
  const words = view.state.is === 'ready' ? text.banner.ready(view.state.release) : view.minimum !== null ? text.banner.below : null;
  if (words === null) return null;
  return <p className="vr-notice" role="status">{words} <button type="button" className="vr-text-button" onClick={onShow}>{text.banner.show}</button></p>;
}
