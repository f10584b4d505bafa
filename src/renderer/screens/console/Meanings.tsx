import { Details } from 'nhsuk-react-components';
import { meanings as text } from '../../text/console.ts';

/** What listed, presented, opened and watched mean. */
export function Meanings() {
  return (
    <Details className="vr-keys">
      <Details.Summary>{text.summary}</Details.Summary>
      <Details.Text className="vr-keys__text">
        <dl className="vr-meanings">{text.rows.map(([word, means]) => <div key={word}><dt>{word}</dt><dd>{means}</dd></div>)}</dl>
      </Details.Text>
    </Details>
  );
}
