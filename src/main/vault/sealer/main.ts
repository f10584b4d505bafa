/** A sealer process: an Electron utility process, so that hashing, sealing and syncing never hold up the screens. It has no network and no window. */
import type { ToSealer } from './messages.ts';
import { serve } from './serve.ts';

const { parentPort } = process;
// Whoever started it ends it: an exit of its own could overtake the last answer.
const take = serve((message) => parentPort.postMessage(message), () => undefined);
parentPort.on('message', ({ data }) => take(data as ToSealer));
