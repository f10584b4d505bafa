import { createContext, use, useCallback, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { Problem } from '../../preload/contract.ts';
import { defaultSettings, type Settings } from '../../preload/settings.ts';
import { attempt, door } from '../door.ts';

/** ms. A slider changes at every step: what it comes to is kept. */
const PAUSE = 400;

interface Chosen {
  settings: Settings;
  /** Counts at once, and is kept a moment later. */
  change: (to: Partial<Settings>) => void;
  /** Why they could not be read or kept. */
  problem: Problem | null;
  /** How often that has happened. */
  failures: number;
  tryAgain: () => void;
}

const Context = createContext<Chosen | null>(null);

const lessMotion = () => matchMedia('(prefers-reduced-motion: reduce)');

const whenLessMotion = (changed: () => void) => {
  const query = lessMotion();
  query.addEventListener('change', changed);
  return () => query.removeEventListener('change', changed);
};
/** Whether this computer is set to less movement, and heard when that changes. */
const useLessMotion = (): boolean => useSyncExternalStore(whenLessMotion, () => lessMotion().matches);

/** What the person chose, the same everywhere in the room. */
export function useSettings(): Chosen {
  const chosen = use(Context);
  if (!chosen) throw new Error('no settings here');
  return chosen;
}

/** @param lockMinutes the site's */
export function SettingsProvider({ lockMinutes, children }: { lockMinutes: number; children: ReactNode }) {
  /** As main has them; null until it has answered. */
  const [kept, setKept] = useState<Settings | null>(null);
  /** Chosen since. */
  const [changed, setChanged] = useState<Partial<Settings>>({});
  const [{ problem, failures }, setTrouble] = useState<{ problem: Problem | null; failures: number }>({ problem: null, failures: 0 });
  const [tries, setTries] = useState(0);
  const settings = useMemo(() => ({ ...(kept ?? defaultSettings(lockMinutes)), ...changed }), [kept, changed, lockMinutes]);

  const failed = (error: Problem) => setTrouble((before) => ({ problem: error, failures: before.failures + 1 }));

  const unread = kept === null;
  useEffect(() => {
    if (!unread) return undefined;
    let current = true;
    void attempt(door.settings()).then((result) => {
      if (!current) return;
      if (!result.ok) {
        failed(result.error);
        return;
      }
      setKept(result.value);
      setTrouble({ problem: null, failures: 0 });
    });
    return () => {
      current = false;
    };
  }, [unread, tries]);

  useEffect(() => {
    if (kept === null || Object.keys(changed).length === 0) return undefined;
    const timer = setTimeout(() => {
      void attempt(door.saveSettings({ ...kept, ...changed })).then((result) => {
        if (!result.ok) {
          failed(result.error);
          return;
        }
        setTrouble({ problem: null, failures: 0 });
        setKept(result.value);
        // What was changed again meanwhile stays.
        setChanged((now) => Object.fromEntries(Object.entries(now).filter(([name, value]) => value !== changed[name as keyof Settings])));
      });
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [kept, changed, tries]);

  const { textSize } = settings;
  const isComputerSet = useLessMotion();
  const reducedMotion = settings.reducedMotion || isComputerSet;
  useEffect(() => {
    const { classList } = document.documentElement;
    const classes = [`vr-text--${textSize}`, ...(reducedMotion ? ['vr-less-motion'] : [])];
    classList.add(...classes);
    return () => classList.remove(...classes);
  }, [textSize, reducedMotion]);

  const change = useCallback((to: Partial<Settings>) => setChanged((before) => ({ ...before, ...to })), []);
  const tryAgain = useCallback(() => setTries((count) => count + 1), []);
  const chosen = useMemo(() => ({ settings, change, problem, failures, tryAgain }), [settings, change, problem, failures, tryAgain]);
  return <Context value={chosen}>{children}</Context>;
}
