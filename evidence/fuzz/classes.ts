/** The classes, in the order in which they run. */
import type { FuzzClass } from './fuzzClass.ts';
import { faults } from './faults.ts';
import { kills } from './kills.ts';
import { powerCuts } from './powerCuts.ts';

export const classes: readonly FuzzClass[] = [powerCuts, kills, faults];
