/** The contract's methods of a review, as plain functions over its journeys. */
import { diskRefusal, problemOf, type Unsaved } from '../../platform/failure.ts';
import { faultFields, log } from '../../platform/log.ts';
import { readSettings, saveSettings } from '../../review/settings.ts';
import type { Handlers } from '../../window/ipc.ts';
import type { Desk } from '../desk.ts';
import { deliverWork } from './deliverWork.ts';
import { findRows } from './finding.ts';
import { exportReflection } from './portfolio.ts';
import { keepThumbnail, thumbnail } from './thumbnails.ts';
import { dropKeptWork, inLibraryOf, keptWork, releaseForm, removeNote, restoreNote, saveDraft, saveForm, saveNote, sayRoom, sendAgain, sendMessage, shownReview, showReviews, takeStep } from './reviewing.ts';

/** @param showStanding paints how much is queued. @param showList paints how far each review is */
export function reviewHandlers(desk: Desk, showStanding: () => void, showList: () => void) {
  /** What was made is sent now, and the screen told where it has got to. @param of what is not kept where the disk refuses */
  const told = async <T extends { id: string }>(of: Unsaved, work: Promise<T>): Promise<T> => {
    const result = await work.catch((error: unknown) => {
      throw diskRefusal(error, of);
    });
    void deliverWork(desk).then(async (changed) => {
      showStanding();
      if (!changed) return;
      showList();
      await showReviews(desk);
    }).catch((error: unknown) => log('refused', { step: 'reviews', code: problemOf(error).code, ...faultFields(error) }));
    return result;
  };
  const stepped = async (work: ReturnType<typeof takeStep>) => {
    const view = await told('step', work);
    showList();
    return view;
  };
  return {
    review: (_window, id) => shownReview(desk, id),
    saveNote: (_window, id, note, fields) => told('note', saveNote(desk, id, note, fields)),
    removeNote: (_window, id, note) => told('change', removeNote(desk, id, note)),
    restoreNote: (_window, id, note) => told('change', restoreNote(desk, id, note)),
    saveDraft: (_window, id, place, draft) => {
      saveDraft(desk, id, place, draft);
      return null;
    },
    saveForm: (_window, id, form, answers) => told('form', saveForm(desk, id, form, answers)),
    releaseForm: (_window, id, form) => told('release', releaseForm(desk, id, form)),
    sendMessage: (_window, id, text, position) => told('message', sendMessage(desk, id, text, position)),
    acceptReview: (_window, id) => stepped(takeStep(desk, id, 'accepted', null, null)),
    completeReview: (_window, id) => stepped(takeStep(desk, id, 'completed', null, null)),
    rejectReview: (_window, id, reason, note) => stepped(takeStep(desk, id, 'rejected', reason, note === '' ? null : note)),
    sendAgain: (_window, id) => told('change', sendAgain(desk, id)),
    sayRoom: (_window, id, names) => told('change', sayRoom(desk, id, names)),
    keptWork: () => keptWork(desk),
    dropKeptWork: (_window, id) => dropKeptWork(desk, id),
    settings: () => readSettings(inLibraryOf(desk), desk.site.idleLockMinutes),
    saveSettings: (_window, settings) => saveSettings(inLibraryOf(desk), settings, desk.site.idleLockMinutes),
    exportReflection: (_window, id, wanted) => exportReflection(desk, id, wanted),
    findRows: (_window, query) => findRows(desk, query),
    keepThumbnail: async (window, grant, at, jpeg) => {
      await keepThumbnail(desk, window, grant, at, jpeg);
      return null;
    },
    thumbnail: (window, grant, at) => thumbnail(desk, window, grant, at),
  } satisfies Partial<Handlers>;
}
