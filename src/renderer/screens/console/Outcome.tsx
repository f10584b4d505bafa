import { Tag } from 'nhsuk-react-components';
import type { EventRow } from '../../../preload/console.ts';
import { events as text, proofWords } from '../../text/console.ts';
import { intervalWords, longSeconds } from '../../words/exposure.ts';

/** What came of it: refused or not, what was watched and how long, and whether the record of it is proved. */
export function Outcome({ row: { event, refused, seconds, media, transcript, detail, proof } }: { row: EventRow }) {
  return (
    <>
      {refused && <Tag modifier="red" className="vr-tag">{text.refused}</Tag>}
      {media.length > 0 && <span className="vr-number vr-intervals">{intervalWords(media)}</span>}
      {seconds !== null && <span className="vr-line">{event === 'presented' ? text.onScreen(longSeconds(seconds)) : longSeconds(seconds)}</span>}
      {transcript && <span className="vr-line">{text.transcript}</span>}
      {detail !== '' && <span className="vr-line vr-break">{detail}</span>}
      {proof !== 'verified' && <Tag modifier={proof === 'broken' ? 'red' : 'yellow'} className="vr-tag">{proofWords[proof]}</Tag>}
    </>
  );
}
