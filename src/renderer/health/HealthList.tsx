import { Tag } from 'nhsuk-react-components';
import type { Health, HealthState } from '../../preload/health.ts';
import { computer as text, healthWords, type HealthWords } from '../text/health.ts';

type Item = HealthWords & { state: HealthState };

const urgency: readonly HealthState[] = ['bad', 'attention', 'good'];
const colours = { bad: 'red', attention: 'yellow', good: 'green' } as const satisfies Record<HealthState, string>;

const itemOf = <K extends keyof Health>(health: Health, what: K): Item => ({ ...healthWords[what](health[what]), state: health[what].state });

/** What was looked at, what does not work first. */
export function HealthList({ health }: { health: Health }) {
  const items = (Object.keys(healthWords) as (keyof Health)[]).map((what) => itemOf(health, what));
  return (
    <ul className="vr-health">
      {urgency.flatMap((state) => items.filter((item) => item.state === state)).map(({ title, means, it, state }) => (
        <li key={title} className="vr-health__item">
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
