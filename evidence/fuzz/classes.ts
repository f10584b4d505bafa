/** The classes, in the order in which they run. */
import type { FuzzClass } from './fuzzClass.ts';
import { powerCuts } from './powerCuts.ts';

export const classes: readonly FuzzClass[] = [powerCuts];
