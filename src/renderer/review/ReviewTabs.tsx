import classNames from 'classnames';
import type { ReactNode } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { reviewWork as text } from '../text/reviewWork.ts';

export type Place = 'transcript' | 'notes' | 'forms' | 'messages' | 'finish';

interface Props {
  /** What stands in each, and a number beside its name where it says something. */
  places: readonly { place: Place; count?: number; content: ReactNode }[];
  place: Place;
  onPlace: (place: Place) => void;
}

/** What is beside the player, one at a time; all of them stay, with what was typed in them. */
export function ReviewTabs({ places, place, onPlace }: Props) {
  return (
    <Tabs className="vr-tabs" selectedKey={place} onSelectionChange={(key) => onPlace(key as Place)} keyboardActivation="manual">
      <TabList className="vr-tabs__list" aria-label={text.tabs}>
        {places.map(({ place: id, count }) => (
          <Tab key={id} id={id} className={({ isSelected, isFocusVisible }) => classNames('vr-tab', isSelected && 'vr-tab--selected', isFocusVisible && 'vr-tab--focus')}>
            {text.places[id]}{count !== undefined && count > 0 && <span className="vr-tab__count">{count}</span>}
          </Tab>
        ))}
      </TabList>
      {places.map(({ place: id, content }) => <TabPanel key={id} id={id} shouldForceMount className={classNames('vr-tabs__panel', id !== place && 'vr-tabs__panel--away')}>{content}</TabPanel>)}
    </Tabs>
  );
}
