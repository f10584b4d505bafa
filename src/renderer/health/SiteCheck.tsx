import { Details, Tag } from 'nhsuk-react-components';
import { useState, type ReactNode } from 'react';
import { advisedBy, groupNames, markNames, summaryOf, untried, type Group, type Mark, type SiteCheckLine } from '../../preload/siteCheck.ts';
import { door } from '../door.ts';
import { Button } from '../parts/Button.tsx';
import { ProblemSummary } from '../parts/ErrorSummary.tsx';
import { useAction } from '../parts/useAction.ts';
import { siteCheck as text } from '../text/siteCheck.ts';

const colours = { ok: 'green', missing: 'red', warning: 'yellow', 'not-tried': 'grey' } as const satisfies Record<Mark, string>;

/** What the practice's systems offer of what the app needs: what fails first, then why something was not tried, and the rest by group behind one word. */
export function SiteCheck() {
  const [lines, setLines] = useState<SiteCheckLine[] | null>(null);
  const action = useAction();
  const check = async () => {
    const result = await action.run(() => door.checkSite());
    if (result?.ok) setLines(result.value.lines);
  };
  return (
    <section aria-labelledby="site-check">
      <h2 id="site-check" className="nhsuk-heading-m vr-section-title">{text.title}</h2>
      <p>{text.about}</p>
      {action.problem && <ProblemSummary problem={action.problem} attempt={action.failures} />}
      <Button look="secondary" small unavailable={action.busy} onClick={() => void check()}>{lines === null ? text.check : text.again}</Button>
      <p role="status">{action.busy ? text.checking : lines && summaryOf(lines)}</p>
      {lines && <Found lines={lines} />}
    </section>
  );
}

function Found({ lines }: { lines: readonly SiteCheckLine[] }) {
  const failing = (['missing', 'warning'] as const).flatMap((mark) => lines.filter((line) => line.mark === mark));
  const rest = lines.filter((line) => !failing.includes(line));
  const groups = [...new Set(rest.map(({ group }): Group => group))];
  const reasons = [...untried(lines)];
  return (
    <>
      {failing.length > 0 ? <ul className="vr-health">{failing.map((line) => <Line key={line.id} line={line} first={advisedBy(line, failing)} />)}</ul> : <p>{text.nothing}</p>}
      {reasons.length > 0 && <ul className="vr-health">{reasons.map(([why, of]) => <Untried key={why} why={why} lines={of} />)}</ul>}
      <Details>
        <Details.Summary>{text.rest(rest.length)}</Details.Summary>
        <Details.Text>
          {groups.map((group) => (
            <div key={group}>
              <h3 className="nhsuk-heading-s">{groupNames[group]}</h3>
              <ul className="vr-health">{rest.filter((line) => line.group === group).map((line) => <Line key={line.id} line={line} />)}</ul>
            </div>
          ))}
        </Details.Text>
      </Details>
      <p className="vr-secondary">{text.command}</p>
    </>
  );
}

/** One reason, for however many. */
function Untried({ why, lines }: { why: string; lines: readonly SiteCheckLine[] }) {
  const [only] = lines;
  if (lines.length === 1 && only) return <Line line={only} />;
  return <li className="vr-health__item"><Head mark="not-tried">{text.untried(lines.length, why)}</Head></li>;
}

function Head({ mark, children }: { mark: Mark; children: ReactNode }) {
  return (
    <div className="vr-health__head">
      <span>{children}</span>
      <Tag modifier={colours[mark]} className="vr-tag">{markNames[mark]}</Tag>
    </div>
  );
}

/** @param first the line that gives the advice, where it is another */
function Line({ line: { id, mark, looked, found, fix, see }, first }: { line: SiteCheckLine; first?: string | undefined }) {
  return (
    <li className="vr-health__item">
      <Head mark={mark}>{looked.charAt(0).toUpperCase() + looked.slice(1)}: {found}</Head>
      {fix !== null && <p><span className="vr-label">{text.toDo}:</span> {first === undefined || first === id ? fix : text.asFor(first)}</p>}
      <p className="vr-health__it">{id}{fix !== null && ` · ${text.more} ${see}`}</p>
    </li>
  );
}
