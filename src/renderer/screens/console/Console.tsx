import classNames from 'classnames';
import { useCallback, useMemo, useState } from 'react';
import type { AppState } from '../../../preload/contract.ts';
import type { EventFilter } from '../../../preload/console.ts';
import { SessionBar } from '../../parts/SessionBar.tsx';
import { StandingBanner } from '../../parts/StandingBanner.tsx';
import { UpdateBanner } from '../../parts/UpdateBanner.tsx';
import { usePlace } from '../../places.ts';
import { HealthScreen } from '../HealthScreen.tsx';
import { frame as text } from '../../text/console.ts';
import { usualFilter } from '../../words/filter.ts';
import { Assignments } from './Assignments.tsx';
import { ConsoleContext, nameOf, namesIn, type Named, type Names, type Place } from './context.ts';
import { Devices } from './Devices.tsx';
import { Events } from './Events.tsx';
import { Findings } from './Findings.tsx';
import { Flags } from './Flags.tsx';
import { History } from './History.tsx';
import { IncidentPage } from './IncidentPage.tsx';
import { Incidents } from './Incidents.tsx';
import { Managers } from './Managers.tsx';
import { TrailBar } from './TrailBar.tsx';
import { useKnown } from './useKnown.ts';
import { useTrail } from './useTrail.ts';

type State = Extract<AppState, { screen: 'console' }>;

/** A manager's screens, and a second reader's. Where they are and what they filter by is kept here: leaving the console forgets it. */
export function Console({ state: { practice, name, role, standing } }: { state: State }) {
  const trail = useTrail();
  const [place, setPlace] = useState<Place>({ kind: role.kind === 'guardian' ? 'managers' : 'events' });
  usePlace('console', place.kind);
  const acts = role.kind === 'manager';
  const [filter, setFilter] = useState<EventFilter>(() => usualFilter(Date.now()));
  const [managersFilter, setManagersFilter] = useState<EventFilter>(() => usualFilter(Date.now()));
  const [names, setNames] = useState<Names>(() => new Map());
  const learn = useCallback((rows: readonly Named[]) => {
    const found = namesIn(rows);
    setNames((before) => ([...found].every(([key, value]) => before.get(key) === value) ? before : new Map([...before, ...found])));
  }, []);
  const known = useKnown(names, learn);

  const context = useMemo(
    () => ({
      name, acts, trail, offline: false, known, learn,
      label: (list: Parameters<typeof nameOf>[1], value: string) => nameOf(names, list, value),
      go: setPlace,
      showEvents: (wanted: EventFilter) => {
        setFilter(wanted);
        setPlace({ kind: 'events' });
      },
    }),
    [name, acts, trail, known, learn, names],
  );

  const screen = () => {
    switch (place.kind) {
      case 'managers':
        return <Managers role={role.name} filter={managersFilter} onFilter={setManagersFilter} />;
      case 'events':
        return <Events filter={filter} onFilter={setFilter} />;
      case 'history':
        return <History key={place.about === null ? '' : `${place.about.kind} ${place.about.id}`} about={place.about} />;
      case 'flags':
        return <Flags />;
      case 'findings':
        return <Findings />;
      case 'incidents':
        return <Incidents />;
      case 'incident':
        return <IncidentPage key={place.id} id={place.id} />;
      case 'assignments':
        return <Assignments />;
      case 'devices':
        return <Devices />;
      case 'computer':
        return <HealthScreen practice={practice} standing={standing} />;
    }
  };

  return (
    <ConsoleContext value={context}>
      <SessionBar practice={practice} name={name} role={role} />
      <StandingBanner standing={standing} offlineUse={false} />
      {place.kind !== 'computer' && <UpdateBanner onShow={() => setPlace({ kind: 'computer' })} />}
      <TrailBar trail={trail} onFlags={() => setPlace({ kind: 'flags' })} onFindings={() => setPlace({ kind: 'findings' })} onDevices={() => setPlace({ kind: 'devices' })} />
      <Places first={acts ? [] : [['managers', text.managers]]} place={place} onGo={setPlace} />
      {screen()}
    </ConsoleContext>
  );
}

/** Which of the places in the bar a screen belongs to. */
const belongsTo = ({ kind }: Place) => (kind === 'incident' ? 'incidents' : kind === 'findings' ? 'devices' : kind);

/** @param first before those that everybody at the console has */
function Places({ first, place, onGo }: { first: readonly ['managers', string][]; place: Place; onGo: (place: Place) => void }) {
  const places = [...first, ...(Object.entries(text.places) as [keyof typeof text.places, string][])];
  return (
    <nav className="vr-places" aria-label={text.nav}>
      {places.map(([kind, words]) => {
        const here = belongsTo(place) === kind;
        return (
          <button
            key={kind} type="button" className={classNames('vr-place', here && 'vr-place--here')} aria-current={here ? 'page' : undefined}
            onClick={() => onGo(kind === 'history' ? { kind, about: null } : { kind })}
          >
            {words}
          </button>
        );
      })}
    </nav>
  );
}
