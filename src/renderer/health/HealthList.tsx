import { Tag } from 'nhsuk-react-components';
import type { HealthItems, HealthState } from '../../preload/health.ts';
import { computer as text, healthWords, type HealthWords } from '../text/health.ts';

type What = keyof typeof healthWords;

const urgency: readonly HealthState[] = ['bad', 'attention', 'good', 'unknown'];
const colours = { bad: 'red', attention: 'yellow', good: 'green', unknown: 'grey' } as const satisfies Record<HealthState, string>;

/** The words of one thing, which differ in what they are told. */
const wordsOf = (health: HealthItems, what: What, now: number): HealthWords => (healthWords[what] as (found: HealthItems[What], now: number) => HealthWords)(health[what], now);

/** What was looked at, what does not work first. @param now ms since the epoch */
export function HealthList({ health, now }: { health: HealthItems; now: number }) {
  const items = (Object.keys(healthWords) as What[]).map((what) => ({ what, state: health[what].state, ...wordsOf(health, what, now) }));
  return (
    <ul className="vr-health">
      {urgency.flatMap((state) => items.filter((item) => item.state === state)).map(({ what, state, title, means, it }) => (
        <li key={what} className="vr-health__item">
          <div className="vr-health__head">
            <h2 className="nhsuk-heading-s">{title}</h2>
            <Tag modifier={colours[state]} className="vr-tag">{text.states[state]}</Tag>
          </div>
          <p>{means}</p>
          <p className="vr-health__it"><span className="vr-label">{text.forIt}:</span> {it}</p>
        </li>
      ))}
    </ul>
  );
}
