/** A sealer: a thread beside main's, so that hashing, sealing and syncing never hold up the screens. */
import { parentPort } from 'node:worker_threads';
import { keepMemory } from './keptMemory.ts';
import type { ToSealer } from './messages.ts';
import { serve } from './serve.ts';

/** What is sealed and on its way to the disk, and as much again. */
const KEPT_MEGABYTES = 8;

keepMemory(KEPT_MEGABYTES);
const take = serve((message) => parentPort?.postMessage(message));
parentPort?.on('message', (message) => take(message as ToSealer));
