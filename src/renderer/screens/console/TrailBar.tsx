import type { TrailState } from '../../../preload/console.ts';
import { trail as text } from '../../text/console.ts';

/** How much of the practice's record has been read and checked. It changes by the second while reading, so it is not announced. */
export function TrailBar({ trail, onFindings, onDevices }: { trail: TrailState | null; onFindings: () => void; onDevices: () => void }) {
  return (
    <section className="vr-trail" aria-label={text.region}>
      {trail === null ? <p>{text.starting}</p> : (
        <>
          <p>
            {trail.entries === 0 && trail.reading ? text.starting : text.words(trail)}
            {trail.verifying && ` ${text.verifying(trail.verified, trail.entries)}`}
            {trail.others > 0 && ` ${text.others(trail.others)}`}
          </p>
          {trail.findings > 0
            ? <button type="button" className="vr-text-button vr-trail__findings" onClick={onFindings}>{text.findings(trail.findings)}</button>
            : !trail.verifying && trail.verified > 0 && <p>{text.findings(0)}</p>}
          {trail.notEnrolled > 0 && <button type="button" className="vr-text-button" onClick={onDevices}>{text.notEnrolled(trail.notEnrolled)}</button>}
        </>
      )}
    </section>
  );
}
