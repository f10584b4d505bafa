import type { UpdatesView } from '../../preload/updates.ts';
import { door } from '../door.ts';
import { updates as text } from '../text/updates.ts';
import { formatBytes, formatProgress, percentDone } from '../words/bytes.ts';
import { ago } from '../words/time.ts';
import { Button } from './Button.tsx';
import { ProblemSummary } from './ErrorSummary.tsx';
import { useAction } from './useAction.ts';
import { useNow } from './useNow.ts';
import { useUpdates } from './useUpdates.ts';

/** Updates of the app: which version this is, where new ones come from, and what a person can do about one. */
export function Updates() {
  const view = useUpdates();
  return view && <UpdatesSection view={view} />;
}

export function UpdatesSection({ view }: { view: UpdatesView }) {
  const { version, by, minimum, askedAt, state } = view;
  const now = useNow(15_000);
  const action = useAction();
  const canCheck = by === 'feed' && state.is !== 'checking' && state.is !== 'downloading';
  return (
    <section aria-labelledby="updates">
      <h2 className="nhsuk-heading-m vr-section-title" id="updates">{text.title}</h2>
      {action.problem && <ProblemSummary problem={action.problem} attempt={action.failures} />}
      <p>{text.version(version)} {text.by[by]}{by === 'feed' && askedAt !== null && ` ${text.askedAt(ago(askedAt, now))}`}</p>
      {minimum !== null && <p className="vr-notice"><strong>{text.below(version, minimum)}</strong></p>}
      {by === 'feed' && <div role="status"><Where view={view} /></div>}
      <div className="nhsuk-button-group">
        {state.is === 'available' && <Button small unavailable={action.busy} onClick={() => void action.run(() => door.downloadUpdate())}>{text.download}</Button>}
        {state.is === 'ready' && <Button small unavailable={action.busy} onClick={() => void action.run(() => door.restartToUpdate())}>{text.restart}</Button>}
        {canCheck && <Button look="secondary" small unavailable={action.busy} onClick={() => void action.run(() => door.checkForUpdates())}>{text.checkNow}</Button>}
      </div>
      {state.is === 'downloading' && (
        // Changes by itself, so it is no live region.
        <>
          <progress className="vr-progress" max={100} value={percentDone(state.received, state.bytes)} aria-label={text.downloading(state.release)} />
          <p>{formatProgress(state.received, state.bytes)}</p>
        </>
      )}
    </section>
  );
}

function Where({ view: { version, state } }: { view: UpdatesView }) {
  switch (state.is) {
    case 'unknown':
    case 'checking':
    case 'current':
      return <p>{text[state.is]}</p>;
    case 'available':
      return (
        <>
          <p><strong>{text.available(state.release, formatBytes(state.bytes))}</strong></p>
          <Notes notes={state.notes} />
        </>
      );
    case 'downloading':
      return <p>{text.downloading(state.release)}</p>;
    case 'ready':
      return (
        <>
          <p><strong>{text.ready(state.release)}</strong></p>
          <Notes notes={state.notes} />
        </>
      );
    case 'refused': {
      const { what, next } = text.refusals[state.why];
      return (
        <>
          <p><strong>{text.refused}: {what.charAt(0).toLowerCase()}{what.slice(1)}.</strong></p>
          <p>{state.release !== null && `${text.release(state.release)} `}{text.means(version)} {next}</p>
        </>
      );
    }
  }
}

/** The signer's own words, as plain text. */
function Notes({ notes }: { notes: string }) {
  return notes === '' ? null : <p className="vr-written">{text.notes} {notes}</p>;
}
