import { Fragment } from 'react';
import { AppDialog } from '../parts/AppDialog.tsx';
import { Button } from '../parts/Button.tsx';
import { useSettings } from '../parts/useSettings.tsx';
import { help as text, keyNames, keyReadings } from '../text/player.ts';
import { otherKeys, playerKeys } from './keys.ts';

/** Every shortcut, from the table that the player reads. */
export function HelpDialog({ onClose }: { onClose: () => void }) {
  const { settings: { singleKeys } } = useSettings();
  return (
    <AppDialog title={text.title} asks="form" onDismiss={onClose} buttons={<Button onClick={onClose}>{text.close}</Button>}>
      <p>{singleKeys ? text.singleOn : text.singleOff}</p>
      <Place title={text.playerTitle} rows={Object.entries(playerKeys).map(([name, keys]) => ({ keys: Object.keys(keys), does: text.player[name as keyof typeof playerKeys] }))} />
      {(Object.keys(otherKeys) as (keyof typeof otherKeys)[]).map((place) => {
        const { title, does } = text.others[place];
        return <Place key={place} title={title} rows={Object.entries(otherKeys[place] as Record<string, readonly string[]>).map(([name, keys]) => ({ keys, does: (does as Record<string, string>)[name] ?? '' }))} />;
      })}
    </AppDialog>
  );
}

function Place({ title, rows }: { title: string; rows: readonly { keys: readonly string[]; does: string }[] }) {
  return (
    <>
      <h3 className="nhsuk-heading-s vr-shortcuts__place">{title}</h3>
      <dl className="vr-shortcuts">
        {rows.map(({ keys, does }) => (
          <div key={does}>
            <dt>{keys.map((key, index) => <Fragment key={key}>{index > 0 && text.or}<Key name={key} /></Fragment>)}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Key({ name }: { name: string }) {
  const shown = keyNames[name] ?? (name.length === 1 ? name.toUpperCase() : name);
  const read = keyReadings[name];
  if (read === undefined) return <kbd>{shown}</kbd>;
  return <kbd><span aria-hidden="true">{shown}</span><span className="nhsuk-u-visually-hidden">{read}</span></kbd>;
}
