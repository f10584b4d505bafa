/** The classes, in the order in which they run. */
import { constantMemory } from './constantMemory.ts';
import { faults } from './faults.ts';
import type { FuzzClass } from './fuzzClass.ts';
import { kills } from './kills.ts';
import { powerCuts } from './powerCuts.ts';
import { properties } from './properties.ts';
import { plaintext } from './plaintext.ts';
import { auditChain } from './tamper/auditChain.ts';
import { databases } from './tamper/databases.ts';
import { keyringFile } from './tamper/keyringFile.ts';
import { lease } from './tamper/lease.ts';
import { media } from './tamper/media.ts';
import { mediaFiles } from './tamper/mediaFiles.ts';
import { wrappedKeys } from './tamper/wrappedKeys.ts';

export const classes: readonly FuzzClass[] = [properties, media, mediaFiles, wrappedKeys, keyringFile, lease, auditChain, databases, powerCuts, kills, faults, plaintext, constantMemory];
