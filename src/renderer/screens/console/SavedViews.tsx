import { useId, useState } from 'react';
import type { EventFilter } from '../../../preload/console.ts';
import { door } from '../../door.ts';
import { FormDialog } from '../../parts/FormDialog.tsx';
import { SelectField, TextField } from '../../parts/fields.tsx';
import { useAsk } from '../../parts/useAsk.ts';
import { useNow } from '../../parts/useNow.ts';
import { views as text } from '../../text/console.ts';
import { fromSaved, toSaved } from '../../words/filter.ts';

interface Props {
  filter: EventFilter;
  onFilter: (filter: EventFilter) => void;
}

/** Filters kept under a name. */
export function SavedViews({ filter, onFilter }: Props) {
  const id = useId();
  const { value: views, set } = useAsk(() => door.savedViews());
  const now = useNow(60_000);
  const [asking, setAsking] = useState<'save' | 'remove' | null>(null);
  const [name, setName] = useState('');
  const chosen = views?.find((view) => JSON.stringify(fromSaved(view.filter, now)) === JSON.stringify(filter));

  return (
    <div className="vr-views">
      {views !== null && views.length > 0 && (
        <SelectField
          id={`${id}-view`} label={text.label} value={chosen?.name ?? ''}
          options={[{ value: '', label: text.choose }, ...views.map((view) => ({ value: view.name, label: view.name }))]}
          onChange={(wanted) => {
            const view = views.find((one) => one.name === wanted);
            if (view) onFilter(fromSaved(view.filter, Date.now()));
          }}
        />
      )}
      {chosen
        ? <button type="button" className="vr-text-button" onClick={() => setAsking('remove')}>{text.remove}</button>
        : <button type="button" className="vr-text-button" onClick={() => { setName(''); setAsking('save'); }}>{text.save}</button>}
      {asking === 'save' && (
        <FormDialog
          title={text.saveTitle} yes={text.save} onDismiss={() => setAsking(null)}
          faults={() => (name.trim() === '' ? [{ field: `${id}-name`, text: text.nameMissing }] : [])}
          run={() => door.saveView({ name: name.trim().slice(0, 80), filter: toSaved(filter, Date.now()) })}
          onDone={(next) => { set(next); setAsking(null); }}
        >
          {(error) => (
            <>
              <p>{text.saveBody}</p>
              <TextField id={`${id}-name`} label={text.name} error={error(`${id}-name`)} value={name} onChange={setName} />
            </>
          )}
        </FormDialog>
      )}
      {asking === 'remove' && chosen && (
        <FormDialog title={text.removeTitle(chosen.name)} yes={text.remove} warning onDismiss={() => setAsking(null)} run={() => door.removeView(chosen.name)} onDone={(next) => { set(next); setAsking(null); }}>
          <p>{text.removeBody}</p>
        </FormDialog>
      )}
    </div>
  );
}
