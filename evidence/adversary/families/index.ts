import type { Family } from '../app/case.ts';
import { roles, text, withdrawals } from './changes.ts';
import { oddAnswers, oddGraphs } from './odd.ts';
import { capture, consents, crossWired, wrongRecords } from './records.ts';
import { assignments, captions, manifests, mediaBytes, oneBrokenAnswer } from './signed.ts';
import { othersTasks, wrongTasks } from './tasks.ts';
import { elsewhere, identities, ignoredParameters, metadata, pages } from './wire.ts';

/** In the order of the table. */
export const families: readonly Family[] = [
  othersTasks, ignoredParameters, wrongTasks, wrongRecords, crossWired, capture, mediaBytes, manifests, assignments, captions, consents, oneBrokenAnswer, elsewhere, identities, pages, metadata, withdrawals, roles, text, oddGraphs, oddAnswers,
];
