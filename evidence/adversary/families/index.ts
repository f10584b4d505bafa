import type { Family } from '../app/case.ts';
import { capture, consents, crossWired, wrongRecords } from './records.ts';
import { othersTasks, wrongTasks } from './tasks.ts';

/** In the order of the table. */
export const families: readonly Family[] = [othersTasks, wrongTasks, wrongRecords, crossWired, capture, consents];
