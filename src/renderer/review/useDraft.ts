import { useEffect, useRef, useState } from 'react';
import type { ReviewWork } from '../../preload/review.ts';
import { attempt, door } from '../door.ts';
import { DraftKeeper, type DraftState } from './DraftKeeper.ts';

export type Draft = Omit<ReviewWork['drafts'][string], 'changedAt'>;

const noDraft: Draft = { text: '', from: null, until: null, category: 'general' };

/**
 * Unfinished text of one place of one review: kept while it is written, when the focus leaves it, and when its screen goes, for whatever reason.
 * @param kept as main has it; later pushes do not overwrite what is being typed. @param begin what there is to start with where nothing was kept
 */
export function useDraft(id: string, place: string, kept: Draft | undefined, begin: Draft = noDraft) {
  const [draft, setDraft] = useState<Draft>(kept ?? begin);
  const [state, setState] = useState<DraftState | null>(kept ? 'kept' : null);
  const keeper = useRef<DraftKeeper<Draft> | null>(null);

  useEffect(() => {
    const mine = new DraftKeeper<Draft>(async (value) => (await attempt(door.saveDraft(id, place, value))).ok, setState);
    keeper.current = mine;
    return () => {
      keeper.current = null;
      mine.end();
    };
  }, [id, place]);

  return {
    draft,
    state: draft.text === '' ? null : state,
    change: (next: Draft) => {
      setDraft(next);
      keeper.current?.change(next);
    },
    flush: () => keeper.current?.flush(),
    /** `save` makes something else of it, which main keeps. Resolves to whether it did. */
    become: async (save: () => Promise<boolean>): Promise<boolean> => {
      const saved = await (keeper.current?.become(save) ?? save());
      if (saved) {
        setDraft(noDraft);
        setState(null);
      }
      return saved;
    },
  };
}
