import type { TrailState } from '../../../preload/console.ts';
import { door } from '../../door.ts';
import { useAsk } from '../../parts/useAsk.ts';
import { trail as text } from '../../text/console.ts';
import { wholeFilter } from '../../words/filter.ts';
import { dayStart } from '../../words/time.ts';
import { readSoFar } from './context.ts';

/** How much of the practice's record has been read and checked. It changes by the second while reading, so it is not announced. */
export function TrailBar({ trail, onFlags, onFindings, onDevices }: { trail: TrailState | null; onFlags: () => void; onFindings: () => void; onDevices: () => void }) {
  return (
    <section className="vr-trail" aria-label={text.region}>
      {trail === null ? <p>{text.starting}</p> : (
        <>
          <p>
            {trail.entries === 0 && trail.reading ? text.starting : text.words(trail)}
            {trail.verifying && ` ${text.verifying(trail.verified, trail.entries)}`}
            {trail.others > 0 && ` ${text.others(trail.others)}`}
          </p>
          <WrongPatients trail={trail} onPress={onFlags} />
          {trail.findings > 0
            ? <button type="button" className="vr-text-button vr-trail__findings" onClick={onFindings}>{text.findings(trail.findings)}</button>
            : !trail.verifying && trail.verified > 0 && <p>{text.findings(0)}</p>}
          {trail.notEnrolled > 0 && <button type="button" className="vr-text-button" onClick={onDevices}>{text.notEnrolled(trail.notEnrolled)}</button>}
        </>
      )}
    </section>
  );
}

/** What a clinician reported in the last days is said wherever the manager is: the newest events are seldom it. */
function WrongPatients({ trail, onPress }: { trail: TrailState; onPress: () => void }) {
  const { value } = useAsk(() => door.events({ ...wholeFilter, from: dayStart(Date.now(), -7), events: ['wrong-patient'] }, null), '', trail.complete ? String(trail.entries) : readSoFar(trail));
  return value === null || value.total === 0 ? null : <button type="button" className="vr-text-button vr-trail__findings" onClick={onPress}>{text.wrongPatient(value.total)}</button>;
}
