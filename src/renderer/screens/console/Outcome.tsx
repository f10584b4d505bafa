import { Tag } from 'nhsuk-react-components';
import { Fragment } from 'react';
import type { EventRow } from '../../../preload/console.ts';
import { events as text } from '../../text/console.ts';
import { intervalWords, longSeconds } from '../../words/exposure.ts';
import { detailWords } from '../../words/managers.ts';
import { useConsole } from './context.ts';

/** What came of it: refused or not, what was watched and how long. */
export function Outcome({ row }: { row: EventRow }) {
  const { label } = useConsole();
  const { event, refused, seconds, media, transcript } = row;
  const detail = detailWords(row, label);
  return (
    <>
      {refused && <Tag modifier="red" className="vr-tag">{text.refused}</Tag>}
      {media.length > 0 && <Intervals media={media} />}
      {seconds !== null && <span className="vr-line">{event === 'presented' ? text.onScreen(longSeconds(seconds)) : longSeconds(seconds)}</span>}
      {transcript && <span className="vr-line">{text.transcript}</span>}
      {detail !== '' && <span className="vr-line vr-break">{detail}</span>}
    </>
  );
}

/** Each interval stays in one piece where a line ends. */
export function Intervals({ media }: { media: EventRow['media'] }) {
  return media.map((interval, index) => (
    <Fragment key={interval.join()}>{index > 0 && ', '}<span className="vr-number">{intervalWords([interval])}</span></Fragment>
  ));
}
