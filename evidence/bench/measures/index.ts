/** All measures, in the order in which they are taken and listed. */
import type { Measure } from '../measure.ts';
import { auditQuery, auditVerify } from './audit.ts';
import { opening } from './crypto.ts';
import { ingest } from './ingest.ts';
import { jank } from './jank.ts';
import { size } from './size.ts';
import { syncCost } from './sync.ts';
import { windows } from './windows.ts';

export const measures: readonly Measure[] = [opening, ingest, jank, size, syncCost, auditQuery, auditVerify, ...windows];
