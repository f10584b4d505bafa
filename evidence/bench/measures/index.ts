/** All measures, in the order in which they are taken and listed. */
import type { Measure } from '../measure.ts';
import { auditQuery, auditVerify } from './audit.ts';
import { opening } from './crypto.ts';
import { ingest } from './ingest.ts';
import { size } from './size.ts';

export const measures: readonly Measure[] = [opening, ingest, size, auditQuery, auditVerify];
