import { useState } from 'react';
import type { Problem } from '../../preload/contract.ts';
import type { KeptWork, WorkState } from '../../preload/review.ts';
import { door } from '../door.ts';
import { AppDialog } from '../parts/AppDialog.tsx';
import { BackButton } from '../parts/BackButton.tsx';
import { Button } from '../parts/Button.tsx';
import { Done } from '../parts/Done.tsx';
import { Empty } from '../parts/Empty.tsx';
import { ProblemSummary } from '../parts/ErrorSummary.tsx';
import { Quoting } from '../parts/Quoting.tsx';
import { Screen } from '../parts/Screen.tsx';
import { useAction } from '../parts/useAction.ts';
import { ConflictNotice } from '../review/ConflictNotice.tsx';
import { hasRefused } from '../review/notes.ts';
import { dialog } from '../text/common.ts';
import { forms } from '../text/forms.ts';
import { kept as text, notes, reviewWork } from '../text/reviewWork.ts';
import { formatMoment, formatPosition } from '../words/time.ts';

interface Props {
  kept: readonly KeptWork[] | null;
  problem: Problem | null;
  onReload: () => void;
  onKept: (kept: KeptWork[]) => void;
  onBack: () => void;
}

/** What the person wrote about recordings that are not theirs any more, or are withheld. Names no patient and no title. */
export function KeptWorkScreen({ kept, problem, onReload, onKept, onBack }: Props) {
  const action = useAction();
  const [asked, setAsked] = useState<KeptWork | null>(null);
  const [removed, setRemoved] = useState({ words: '', times: 0 });
  const remove = async ({ id, reference }: KeptWork) => {
    setAsked(null);
    const result = await action.run(() => door.dropKeptWork(id));
    if (!result?.ok) return;
    onKept(result.value);
    setRemoved({ words: text.removed(reference), times: removed.times + 1 });
  };
  const trouble = action.problem ?? problem;
  return (
    <Screen
      windowTitle={text.title}
      heading={text.title}
      before={
        <>
          <BackButton onPress={onBack}>{text.back}</BackButton>
          {trouble && <ProblemSummary problem={trouble} attempt={action.failures}><Button look="secondary" small onClick={onReload}>{text.tryAgain}</Button></ProblemSummary>}
        </>
      }
    >
      <Done {...removed} />
      {kept === null && problem === null && <p role="status">{text.loading}</p>}
      {kept?.length === 0 && <Empty title={text.emptyTitle} body={text.empty} />}
      {kept !== null && kept.length > 0 && (
        <>
          <p>{text.about}</p>
          {kept.map((one) => <One key={one.id} work={one} onRemove={() => setAsked(one)} />)}
        </>
      )}
      {asked && (
        <AppDialog
          title={text.confirm.title(asked.reference)}
          onDismiss={() => setAsked(null)}
          buttons={
            <>
              <Button look="warning" onClick={() => void remove(asked)}>{text.confirm.yes}</Button>
              <Button look="secondary" onClick={() => setAsked(null)}>{dialog.cancel}</Button>
            </>
          }
        >
          <p>{text.confirm.body}</p>
        </AppDialog>
      )}
    </Screen>
  );
}

function One({ work, onRemove }: { work: KeptWork; onRemove: () => void }) {
  return (
    <section className="vr-kept" aria-label={text.heading(work.reference)}>
      <h2 className="nhsuk-heading-s"><Quoting text={text.heading(work.reference)} /></h2>
      {work.conflict ? <ConflictNotice conflict={work.conflict} /> : <p>{work.withheld ? text.withheld : text.ended}</p>}
      <p className="vr-secondary">{text.last(`on ${formatMoment(work.at)}`)}</p>
      <Words title={text.notes} items={work.notes.map(({ id, kind, from, until, text: words, state }) => ({ id, words: words === '' ? notes.kinds[kind] : words, place: until === null ? formatPosition(from) : `${formatPosition(from)} – ${formatPosition(until)}`, state }))} />
      {work.responses.map((response) => <Answers key={response.form} work={work} response={response} />)}
      <Words title={text.messages} items={work.messages.map(({ id, text: words, position, state }) => ({ id, words, place: position === null ? null : formatPosition(position), state }))} />
      <Words title={text.drafts} items={work.drafts.map((words, index) => ({ id: String(index), words, place: null, state: null }))} />
      {hasRefused(work.notes, work.responses, work.messages) && <p>{work.withheld ? text.refusedWithheld : text.refused}</p>}
      {work.waiting > 0 ? <p>{work.withheld ? text.held(work.waiting) : text.waiting(work.waiting)}</p> : <Button look="secondary" small onClick={onRemove}>{text.remove}<span className="nhsuk-u-visually-hidden">{text.removeWhich(work.reference)}</span></Button>}
    </section>
  );
}

function Words({ title, items }: { title: string; items: { id: string; words: string; place: string | null; state: WorkState | null }[] }) {
  if (items.length === 0) return null;
  return (
    <>
      <h3 className="nhsuk-heading-xs">{title}</h3>
      <ul className="vr-kept__list">
        {items.map(({ id, words, place, state }) => (
          <li key={id}>
            <p className="vr-note__text">{place !== null && <strong>{place} </strong>}{words}</p>
            {state !== null && <span className={state === 'refused' ? 'vr-overdue' : 'vr-secondary'}>{reviewWork.states[state]}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Answers of one form with the questions that they are to. */
function Answers({ work, response: { form: id, state: stage, answers, work: state } }: { work: KeptWork; response: KeptWork['responses'][number] }) {
  const form = work.forms.find((one) => one.id === id);
  const items = Object.entries(answers).flatMap(([linkId, { grade, text: words }]) => {
    const item = form?.items.find((one) => one.linkId === linkId);
    const said = grade === null ? words : item?.options.find(({ value }) => value === grade)?.label ?? String(grade);
    return said.trim() === '' ? [] : [{ id: linkId, words: said, place: item ? [item.number, item.text].filter(Boolean).join(' ') : null, state: null }];
  });
  return (
    <>
      <Words title={`${text.forms}: ${form?.title ?? text.unknownForm}`} items={items} />
      {items.length > 0 && <p className={state === 'refused' ? 'vr-overdue' : 'vr-secondary'}>{stage === 'draft' ? forms.drafts[state] : reviewWork.states[state]}</p>}
    </>
  );
}
