/** A sealer: a thread beside main's, so that hashing, sealing and syncing never hold up the screens. */
import { parentPort } from 'node:worker_threads';
import type { ToSealer } from './messages.ts';
import { serve } from './serve.ts';

// Whoever started it ends it: an exit of its own could overtake the last answer.
const take = serve((message) => parentPort?.postMessage(message), () => undefined);
parentPort?.on('message', (message) => take(message as ToSealer));
