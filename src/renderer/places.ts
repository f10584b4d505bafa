/** Where the app can be: main's screens, and the places within the two that have some. The walkthrough goes to each and fails where it did not. */
import { useEffect } from 'react';
import type { AppState } from '../preload/contract.ts';

const roomPlaces = ['list', 'storage', 'secret', 'settings', 'kept', 'withheld', 'review', 'wrong-patient', 'closed', 'computer'] as const;
const consolePlaces = ['managers', 'events', 'history', 'flags', 'findings', 'incidents', 'incident', 'assignments', 'devices', 'computer'] as const;

/** Main's, and "This computer", which the page shows over those where nobody is in. */
type PlaceScreen = AppState['screen'] | 'computer';

const screensOf: Readonly<Record<PlaceScreen, readonly string[]>> = {
  starting: [], closed: [], problem: [], 'sign-in': [], browser: [], 'choose-role': [], 'no-role': [], 'set-secret': [], forgotten: [], unlock: [],
  room: roomPlaces, console: consolePlaces, kept: [], computer: [],
};

/** `unlock`, `room/list`, `console/events` and so on. */
export const places: readonly string[] = Object.entries(screensOf).flatMap(([screen, within]) => (within.length === 0 ? [screen] : within.map((place) => `${screen}/${place}`)));

/** Says on the document where the app is; of a screen that has places, the place says it. */
export function usePlace(screen: PlaceScreen, place?: (typeof roomPlaces | typeof consolePlaces)[number]): void {
  useEffect(() => {
    if (place === undefined && screensOf[screen].length > 0) return;
    document.documentElement.dataset.place = place === undefined ? screen : `${screen}/${place}`;
  }, [screen, place]);
}
